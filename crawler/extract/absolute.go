package extract

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
)

// baseOf parses the URL that relative links are resolved against; nil when
// there is none.
func baseOf(o Options) *url.URL {
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

// absolute resolves a link of a document. It returns "" for anything that is
// not, or does not become, a web address when a base is known. What browsers
// mend is mended: spaces and line breaks, backslashes, slashes too few or too
// many, a lone "%". The name of the host is in ASCII (RFC 5891).
func absolute(base *url.URL, ref string) string {
	if ref == "" {
		return ""
	}
	u, err := url.Parse(mendLink(base, ref))
	if err != nil || u.Scheme == "" && u.Host == "" && base == nil || *u == (url.URL{}) {
		return ""
	}
	switch {
	case base != nil:
		u = base.ResolveReference(u)
	case u.Scheme == "":
		u.Scheme = "https"
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "" {
		return ""
	}
	if u.Host = hostInASCII(u); u.Host == "" {
		return ""
	}
	u.User, u.RawQuery = nil, escapeQuery(u.RawQuery)
	return u.String()
}

var (
	// behindLink is where a link ends that has a piece of its document behind it.
	behindLink = regexp.MustCompile(`(?i)"(?:[\s/>]|$)|<[a-z/!]|>|&(?:quot|lt|gt);|\]\](?:>|$)|\s+https?://`)
	// schemeOf is the beginning of an address with slashes too few or too many.
	schemeOf   = regexp.MustCompile(`(?i)^(https?)(?::/+|//)`)
	loneEscape = regexp.MustCompile(`%(?:[0-9A-Fa-f]?[^0-9A-Fa-f]|[0-9A-Fa-f]?$)`)
	everyAmp   = regexp.MustCompile(`(?i)&(?:amp;|#0*38;|#x0*26;)+(?:amp;)*`)
)

// isWhole reports whether a link is a whole address with nothing to mend: most
// are, and a sitemap has half a million of them.
func isWhole(ref string) bool {
	rest, ok := strings.CutPrefix(ref, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(ref, "http://")
	}
	if !ok || schemeOf.MatchString(rest[:min(len(rest), 8)]) {
		return false
	}
	for i := range len(rest) {
		if c := rest[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"'<>\\^`{|}%;[]", c) >= 0 {
			return false
		}
	}
	return rest != "" && rest[0] != '/'
}

// mendLink mends what people and programs write for a link.
func mendLink(base *url.URL, ref string) string {
	if ref = strings.TrimFunc(ref, isAroundLink); isWhole(ref) {
		return ref
	}
	if at := behindLink.FindStringIndex(ref); at != nil {
		ref = strings.TrimFunc(ref[:at[0]], isAroundLink)
	}
	ref = strings.NewReplacer("\n", "", "\r", "", "\t", "").Replace(everyAmp.ReplaceAllString(ref, "&"))
	path, query, hasQuery := strings.Cut(ref, "?")
	path = mendScheme(base, strings.ReplaceAll(strings.ReplaceAll(path, `\`, "/"), " ", "%20"))
	for loneEscape.MatchString(path) {
		path = loneEscape.ReplaceAllStringFunc(path, func(s string) string { return "%25" + s[1:] })
	}
	if hasQuery {
		path += "?" + query
	}
	return path
}

// isAroundLink reports whether a character stands around links, and in none.
func isAroundLink(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"'<>“”„«»`, r)
}

// mendScheme puts right how an address begins: "https:/host", "https//host",
// "http://https://host", and a host alone.
func mendScheme(base *url.URL, ref string) string {
	scheme := ""
	for {
		m := schemeOf.FindStringSubmatch(ref)
		if m == nil {
			break
		}
		scheme, ref = strings.ToLower(m[1])+"://", ref[len(m[0]):]
	}
	switch {
	case scheme != "":
		return scheme + ref
	case len(ref) > 4 && strings.EqualFold(ref[:4], "www."):
		return "https://" + ref
	case base != nil && strings.HasPrefix(ref, base.Host+"/"):
		return base.Scheme + "://" + ref
	}
	return ref
}

// hostInASCII returns the host of a URL, with its port, "" when it can be none.
func hostInASCII(u *url.URL) string {
	if strings.IndexFunc(u.Host, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return strings.TrimSuffix(u.Host, ":")
	}
	name := news.HostName(u)
	if port := u.Port(); port != "" {
		name += ":" + port
	}
	return name
}

// escapeQuery escapes what a query may not hold.
func escapeQuery(query string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(query) {
		c := query[i]
		if c > ' ' && c < 0x7f && !strings.ContainsRune(`"<>\^{|}`+"`", rune(c)) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	}
	return b.String()
}
