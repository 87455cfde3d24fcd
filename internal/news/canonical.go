package news

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"net/url"
	"slices"
	"strings"

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
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
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
	key := host + canonicalPath(u.EscapedPath())
	if q := canonicalQuery(u.RawQuery); q != "" {
		key += "?" + q
	}
	return key
}

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

// StoryKey is the identity of a story: its canonical URL, else the feed's id
// within the source, else the title within the source. The date is never part
// of it. Keys are short hashes, so that any of the three can be indexed alike.
func StoryKey(s *Story) string {
	switch c := CanonicalURL(s.URL); {
	case c != "":
		return hashKey("url", c)
	case s.GUID != "":
		return hashKey("guid", s.Origin.Source, s.GUID)
	default:
		return hashKey("title", s.Origin.Source, strings.ToLower(squeeze(s.Title)))
	}
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
