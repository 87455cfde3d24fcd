package news

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
)

// trackingParams are query parameters that say where a reader came from, not
// what is read: the union of the lists of ClearURLs and Firefox's query
// stripping for the large platforms and newsletter tools.
var trackingParams = []string{
	"fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "igsh",
	"mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "vero_id", "oly_anon_id", "oly_enc_id", "ncid", "cmpid", "cmp",
	"ocid", "icid", "smid", "smtyp", "s_cid", "xtor", "ref_src", "ref_url", "wt_mc", "at_medium", "at_campaign",
	"at_custom1", "at_custom2", "at_custom3", "at_custom4", "ito", "spm", "traffic_source", "feedtype", "feedname",
}

var trackingPrefixes = []string{"utm_", "pk_", "piwik_", "mtm_", "hsa_", "__twitter", "stm_"}

// mobileLabels are first host labels under which sites serve the same stories.
var mobileLabels = []string{"www", "m", "mobile", "amp"}

// CanonicalURL gives links to the same page one spelling: no fragment,
// tracking parameters, default port, AMP or mobile twin; lower-case host;
// sorted query. The result is a key, not a link: it has no scheme. It returns
// "" for anything but an absolute http or https URL.
func CanonicalURL(raw string) string {
	u := parseWeb(raw)
	for inner := u; inner != nil; inner = insideAMP(inner) {
		u = inner
	}
	if u == nil {
		return ""
	}
	host := withoutMobileLabel(strings.Trim(strings.ToLower(u.Hostname()), "."))
	if host == "" {
		return ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]" // IPv6
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	key := host + canonicalPath(canonicalEscapes(u.EscapedPath()))
	if q := canonicalQuery(canonicalEscapes(u.RawQuery)); q != "" {
		key += "?" + q
	}
	return key
}

// parseWeb reads an absolute http or https URL; nil is anything else.
func parseWeb(raw string) *url.URL {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	return u
}

// insideAMP is the URL that Google's AMP viewer or AMP cache shows a copy of,
// nil for a URL of anybody else:
//
//	https://www.google.com/amp/s/example.org/a
//	https://example-org.cdn.ampproject.org/c/s/example.org/a
//
// (https://developers.google.com/amp/cache/overview).
func insideAMP(u *url.URL) *url.URL {
	var inner string
	found := false
	switch host := strings.ToLower(u.Hostname()); {
	case host == "google.com" || host == "www.google.com":
		inner, found = strings.CutPrefix(u.EscapedPath(), "/amp/")
	case strings.HasSuffix(host, ".cdn.ampproject.org"):
		path := strings.TrimPrefix(u.EscapedPath(), "/")
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
	if u.RawQuery != "" {
		inner += "?" + u.RawQuery
	}
	return parseWeb("https://" + inner)
}

// canonicalEscapes writes the hexadecimal digits of percent signs in capitals,
// and escapes what is not ASCII: lists and pages spell one address either way.
func canonicalEscapes(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r == '%' || r >= utf8.RuneSelf }) {
		return s
	}
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(s)+8)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			out = append(out, '%', digits[c>>4], digits[c&15])
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, strings.ToUpper(s[i:i+3])...)
			i += 2
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

func isHex(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }

// withoutMobileLabel drops "www.", "m." and the like, but never down into the
// registrable domain (m.com stays m.com).
func withoutMobileLabel(host string) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	for host != domain {
		label, rest, _ := strings.Cut(host, ".")
		if !slices.Contains(mobileLabels, label) {
			break
		}
		host = rest
	}
	return host
}

// canonicalPath drops slashes at the ends and AMP's marks before, behind and
// at the end of a path.
func canonicalPath(path string) string {
	for {
		short := strings.Trim(path, "/")
		short = strings.TrimPrefix(short, "amp/")
		short = strings.TrimSuffix(short, "/amp")
		short = strings.TrimSuffix(short, ".amp")
		if page, ok := strings.CutSuffix(short, ".amp.html"); ok {
			short = page + ".html"
		}
		if short == path {
			return "/" + path
		}
		path = short
	}
}

func canonicalQuery(raw string) string {
	if raw == "" {
		return ""
	}
	keep := []string{}
	for pair := range strings.SplitSeq(raw, "&") {
		pair = strings.TrimSpace(pair)
		name, _, _ := strings.Cut(pair, "=")
		if pair != "" && !isTracking(strings.ToLower(name)) {
			keep = append(keep, pair)
		}
	}
	slices.Sort(keep)
	return strings.Join(slices.Compact(keep), "&")
}

func isTracking(name string) bool {
	if slices.Contains(trackingParams, name) || name == "amp" || name == "outputtype" {
		return true
	}
	return slices.ContainsFunc(trackingPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}

// TitleQuiet is how long a story without a link and an id must not have been
// listed for its title to name a new story: a "Morning briefing" comes back.
const TitleQuiet = 7 * 24 * time.Hour

// StoryKey is the identity of a story: its canonical URL, else the feed's id
// within the source, else the title within the source (KeyedByTitle). The date
// is never part of it. Keys are short hashes, so that any of the three can be
// indexed alike.
func StoryKey(s *Story) string {
	switch key := urlKey(s.URL); {
	case key != "":
		return key
	case s.GUID != "":
		return hashKey("guid", s.Origin.Source, s.GUID)
	default:
		return hashKey("title", s.Origin.Source, strings.ToLower(squeeze(s.Title)))
	}
}

// KeyedByTitle reports whether nothing but its title identifies a story. Its
// key then stands for it only until the title was quiet for TitleQuiet.
func KeyedByTitle(s *Story) bool { return s.GUID == "" && CanonicalURL(s.URL) == "" }

// CanonicalKey is the StoryKey of the URL that the story's page calls its own,
// "" when it names none.
func CanonicalKey(s *Story) string { return urlKey(s.Canonical) }

func urlKey(raw string) string {
	if c := CanonicalURL(raw); c != "" {
		return hashKey("url", c)
	}
	return ""
}

func hashKey(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Host names whom a URL's requests go to, as the pace per host counts them:
// the name, and the port unless it is the scheme's own. It is "" for anything
// but an absolute URL.
func Host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return HostOf(u)
}

// HostOf is Host of a parsed URL.
func HostOf(u *url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	switch port := u.Port(); {
	case port == "", port == "80" && u.Scheme == "http", port == "443" && u.Scheme == "https":
		return host
	default:
		return host + ":" + port
	}
}

// SiteOf names the site that a URL belongs to: the registrable domain of its
// host (news.example.co.uk is on example.co.uk), or the host itself where there
// is no such thing, as for an address or "localhost".
func SiteOf(u *url.URL) string {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}
