package news

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
)

// CanonicalURL returns one spelling for all links to the same page. The result
// is a key, not a link: it has no scheme. It is "" for anything except an
// absolute http or https URL.
//
// What counts as the same page is a policy, in this order:
//
//  1. A link into an AMP viewer or cache is the link of the page inside it.
//  2. The host is in lower case and in punycode, without a root dot, a default
//     port, and the labels www, m, amp, wap and touch. The label mobile goes
//     only in front of a story's path: mobile.example.org/review may be a
//     section.
//  3. Escapes are written in one way, "." and ".." are resolved, and double
//     slashes, session ids, index pages (index.html) and slashes at the ends go.
//  4. AMP's and mobile sites' parts of the path go: /amp/ and /m/ in front, /amp/
//     inside, .amp at the end, and /amp at the end of a story's path.
//  5. The query is sorted; parameters that say who links, or in which form to
//     show the page, go (isTracking). Every other parameter counts.
//  6. The fragment goes, except one that is a route of its own: #!/story/1, #/a/1.
func CanonicalURL(raw string) string {
	raw = strings.TrimRight(strings.TrimSpace(raw), "<>\"") // no URL ends so: it is of the text around it
	u := innermost(parseWeb(strings.ReplaceAll(raw, "&amp;", "&")))
	if u == nil {
		return ""
	}
	query := canonicalQuery(u.RawQuery)
	place := canonicalPath(u.EscapedPath(), query != "")
	host := canonicalHost(u, isStoryPath(place, query != ""))
	if host == "" {
		return ""
	}
	if inner := insideAMP(host, place, query); inner != nil { // its spelling hid that it is in there
		return CanonicalURL(inner.String())
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	key := host + place
	if query != "" {
		key += "?" + query
	}
	if route := u.EscapedFragment(); strings.HasPrefix(route, "!") || strings.HasPrefix(route, "/") {
		key += "#" + route
	}
	return key
}

// notInHosts are the signs that no host may have (https://url.spec.whatwg.org,
// "forbidden host code point") and that net/url leaves in it.
const notInHosts = "\t\n\r #%/<>?@\\^`{|}\""

// parseWeb reads an absolute http or https URL; nil is anything else.
func parseWeb(raw string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	if host := u.Hostname(); !utf8.ValidString(host) || strings.ContainsAny(host, notInHosts) {
		return nil
	}
	return u
}

// ampViewers are hosts that show a copy of the page that their path names,
// behind /amp/.
var ampViewers = []string{"google.com", "www.google.com", "news.google.com", "bing.com", "www.bing.com"}

// innermost returns the URL of the page that is shown in the end, through AMP viewers and caches; nil
// is that of none.
func innermost(u *url.URL) *url.URL {
	for inner := u; inner != nil; {
		u = inner
		inner = insideAMP(strings.ToLower(u.Hostname()), u.EscapedPath(), u.RawQuery)
	}
	return u
}

// insideAMP returns the URL of which an AMP viewer or AMP cache shows a copy, given the host of its
// URL in lower case, its escaped path and its query; nil for any other URL:
//
//	https://www.google.com/amp/s/example.org/a
//	https://example-org.cdn.ampproject.org/c/s/example.org/a
//
// (https://developers.google.com/amp/cache/overview).
func insideAMP(host, path, query string) *url.URL {
	var inner string
	found := false
	switch {
	case slices.Contains(ampViewers, host):
		inner, found = strings.CutPrefix(path, "/amp/")
	case strings.HasSuffix(host, ".cdn.ampproject.org"):
		path := strings.TrimPrefix(path, "/")
		for _, kind := range []string{"c/", "v/"} { // a page, and one for a viewer
			if inner, found = strings.CutPrefix(path, kind); found {
				break
			}
		}
	}
	inner = strings.TrimPrefix(inner, "s/") // over TLS
	if !found || !strings.Contains(inner, ".") {
		return nil
	}
	if query != "" {
		inner += "?" + query
	}
	return parseWeb("https://" + inner)
}

// twinLabels are first labels of hosts that serve the same pages as the host
// without them.
var twinLabels = []string{"www", "m", "amp", "wap", "touch"}

// canonicalHost returns the host without its port. No label of the registrable
// domain is dropped: m.com stays m.com.
func canonicalHost(u *url.URL, story bool) string {
	host := strings.TrimLeft(HostName(u), ".")
	if strings.Contains(host, ":") {
		return "[" + host + "]" // IPv6
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	for host != domain {
		label, rest, _ := strings.Cut(host, ".")
		if !slices.Contains(twinLabels, label) && (label != "mobile" || !story) {
			break
		}
		host = rest
	}
	return host
}

var (
	// cookieless are the parts that ASP.NET puts in front of a path for a reader
	// without cookies: session, anonymous id, form ticket and a mark, as in /(X(1)S(token))/
	// (https://learn.microsoft.com/dotnet/api/system.web.configuration.sessionstatesection.cookieless).
	cookieless    = regexp.MustCompile(`/\((?:[ASFX]\([^()/]*\))+\)(?:/|$)`)
	sessionInPath = regexp.MustCompile(`(?i);(jsessionid|phpsessid|sessionid)=[^/;]*`)
	indexPage     = regexp.MustCompile(`(?i)^(index\.(x?html?|php\d?|aspx?|jsp)|default\.aspx?)$`)
)

// canonicalPath returns the path, beginning with a slash.
func canonicalPath(escaped string, query bool) string {
	if strings.Contains(escaped, ";") {
		escaped = sessionInPath.ReplaceAllString(escaped, "")
	}
	cleaned := path.Clean("/" + oneEscape(escaped, pathKeeps))
	for strings.Contains(cleaned, "(") && cookieless.MatchString(cleaned) {
		cleaned = cookieless.ReplaceAllString(cleaned, "/")
	}
	segments := strings.Split(strings.TrimPrefix(path.Clean(cleaned), "/"), "/")
	if last := len(segments) - 1; indexPage.MatchString(segments[last]) {
		segments = segments[:last]
	}
	for again := true; again && len(segments) > 0; {
		again = false
		if len(segments) > 1 && (segments[0] == "amp" || segments[0] == "m") {
			segments, again = segments[1:], true
		}
		last := len(segments) - 1
		if name, ok := strings.CutSuffix(segments[last], ".amp"); ok && name != "" {
			segments[last], again = name, true
		} else if name, ok := strings.CutSuffix(segments[last], ".amp.html"); ok {
			segments[last], again = name+".html", true
		}
		page := len(segments)
		for page > 1 && segments[page-1] == "amp" {
			page--
		}
		if page < len(segments) && isStoryPath(segments[page-1], query) {
			segments, again = segments[:page], true
		}
	}
	if last := len(segments) - 1; last > 0 {
		segments = append(slices.DeleteFunc(segments[:last:last], func(s string) bool { return s == "amp" }), segments[last])
	}
	return "/" + strings.Join(segments, "/")
}

// isStoryPath reports whether a canonical path looks like that of one story
// rather than of a section: a number, a hyphen, a file's ending or a letter that
// needs an escape in its last part, or a query behind it.
func isStoryPath(canonical string, query bool) bool {
	return query || strings.ContainsAny(path.Base(canonical), "0123456789-_.%")
}

// The bytes that an escaped path and an escaped query may hold unescaped
// beside letters, digits and "-._~" (RFC 3986, section 3.3 and 3.4), without
// those that separate: "/" of the path is kept by pathKeeps.
const (
	pathKeeps  = "/!$&'()*+,;=:@"
	queryKeeps = "!$'()*,;:@/?"
)

// oneEscape writes a percent-encoded text in one way: what needs no escape has
// none, everything else has one, in capitals. An escaped byte that is among
// those kept stays apart from the byte itself only where it is a "/".
func oneEscape(s, keeps string) string {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); i++ {
		c, escaped := s[i], false
		if c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) {
			c, escaped = unhex(s[i+1])<<4|unhex(s[i+2]), true
			i += 2
		}
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("-._~", c) >= 0,
			strings.IndexByte(keeps, c) >= 0 && (!escaped || c != '/'):
			out = append(out, c)
		default:
			out = append(out, '%', digits[c>>4], digits[c&15])
		}
	}
	return string(out)
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	default:
		return c - '0'
	}
}

// canonicalQuery returns the parameters that count, sorted. A parameter without
// "=" is one whose value is empty, and "+" is a space.
func canonicalQuery(raw string) string {
	if raw == "" {
		return ""
	}
	keep := []string{}
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(pair), "+", "%20"), "=")
		name, value = oneEscape(name, queryKeeps), oneEscape(value, queryKeeps+"=")
		if name == "" && value == "" || isTracking(strings.ToLower(name), strings.ToLower(value)) {
			continue
		}
		if value != "" {
			name += "=" + value
		}
		keep = append(keep, name)
	}
	slices.Sort(keep)
	return strings.Join(slices.Compact(keep), "&")
}

// LinkKey is the identity of a page over all sources: a short hash of its
// canonical URL, "" for anything except an absolute http or https URL.
func LinkKey(raw string) string {
	if c := CanonicalURL(raw); c != "" {
		return hashKey("url", c)
	}
	return ""
}

func hashKey(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
