package news

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
)

// This file holds the identity that version 0.1 gave a story, over all
// sources. The keys of that version say what was told before an upgrade; no key
// is made in this way any more. The file can go when such keys have aged out:
// 400 days after the last upgrade from 0.1.

// FirstKey is the key that version 0.1 gave a story: of its URL, else of the
// feed's id within the source, else of the title within the source.
func FirstKey(s *Story) string {
	if c := firstCanonicalURL(s.URL); c != "" {
		return hashKey("url", c)
	}
	if s.GUID != "" {
		return hashKey("guid", s.Origin.Source, s.GUID)
	}
	return hashKey("title", s.Origin.Source, strings.ToLower(squeeze(s.Title)))
}

// firstParams are query parameters that say where a reader came from, not
// what is read: the union of the lists of ClearURLs and Firefox's query
// stripping for the large platforms and newsletter tools.
var firstParams = []string{
	"fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "igsh",
	"mc_cid", "mc_eid", "mkt_tok", "_hsenc", "_hsmi", "vero_id", "oly_anon_id", "oly_enc_id", "ncid", "cmpid", "cmp",
	"ocid", "icid", "smid", "smtyp", "s_cid", "xtor", "ref_src", "ref_url", "wt_mc", "at_medium", "at_campaign",
	"at_custom1", "at_custom2", "at_custom3", "at_custom4", "ito", "spm", "traffic_source", "feedtype", "feedname",
}

var firstPrefixes = []string{"utm_", "pk_", "piwik_", "mtm_", "hsa_", "__twitter", "stm_"}

// firstLabels are first host labels under which sites serve the same stories.
var firstLabels = []string{"www", "m", "mobile", "amp"}

// firstCanonicalURL returns one spelling for links to the same page: no fragment,
// tracking parameters, default port, AMP or mobile twin; lower-case host;
// sorted query. The result is a key, not a link: it has no scheme. It returns
// "" for anything but an absolute http or https URL.
func firstCanonicalURL(raw string) string {
	u := innermost(parseWeb(raw))
	if u == nil {
		return ""
	}
	host := firstHost(strings.Trim(strings.ToLower(u.Hostname()), "."))
	if host == "" {
		return ""
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]" // IPv6
	}
	if port := u.Port(); port != "" && port != "80" && port != "443" {
		host += ":" + port
	}
	key := host + firstPath(firstEscapes(u.EscapedPath()))
	if q := firstQuery(firstEscapes(u.RawQuery)); q != "" {
		key += "?" + q
	}
	return key
}

// firstEscapes writes the hexadecimal digits of percent signs in capitals,
// and escapes what is not ASCII: lists and pages spell one address either way.
func firstEscapes(s string) string {
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

// firstHost drops "www.", "m." and the like, but never down into the
// registrable domain (m.com stays m.com).
func firstHost(host string) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	for host != domain {
		label, rest, _ := strings.Cut(host, ".")
		if !slices.Contains(firstLabels, label) {
			break
		}
		host = rest
	}
	return host
}

// firstPath drops slashes at the ends and AMP's marks before, behind and
// at the end of a path.
func firstPath(path string) string {
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

func firstQuery(raw string) string {
	if raw == "" {
		return ""
	}
	keep := []string{}
	for pair := range strings.SplitSeq(raw, "&") {
		pair = strings.TrimSpace(pair)
		name, _, _ := strings.Cut(pair, "=")
		if pair != "" && !firstTracking(strings.ToLower(name)) {
			keep = append(keep, pair)
		}
	}
	slices.Sort(keep)
	return strings.Join(slices.Compact(keep), "&")
}

func firstTracking(name string) bool {
	if slices.Contains(firstParams, name) || name == "amp" || name == "outputtype" {
		return true
	}
	return slices.ContainsFunc(firstPrefixes, func(p string) bool { return strings.HasPrefix(name, p) })
}
