package news

import (
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// Host names the host of a URL's requests, as the pace per host counts them:
// the name, and the port unless it is the scheme's own. It is "" for anything
// but an absolute URL.
func Host(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return HostOf(u)
}

// HostName returns the name of a URL's host as the network knows it: in lower
// case, in ASCII (RFC 5891), without the port and a dot at the end.
func HostName(u *url.URL) string {
	host := strings.TrimRight(strings.ToLower(u.Hostname()), ".")
	for i := range len(host) {
		if host[i] < utf8.RuneSelf {
			continue
		}
		if ascii, err := idna.Lookup.ToASCII(host); err == nil {
			return strings.TrimRight(ascii, ".")
		}
		if ascii, err := idna.Punycode.ToASCII(host); err == nil {
			return ascii // of an emoji, which RFC 5891 does not know
		}
		break
	}
	return host
}

// HostOf is Host of a parsed URL.
func HostOf(u *url.URL) string {
	host := HostName(u)
	switch port := u.Port(); {
	case port == "", port == "80" && u.Scheme == "http", port == "443" && u.Scheme == "https":
		return host
	default:
		return host + ":" + port
	}
}

// ShownHost returns the host of a URL as people call it, without the port and
// "www."; "" when it has none.
func ShownHost(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Hostname(), "www.")
}

// SiteOf names the site that a URL belongs to: the registrable domain of its
// host (news.example.co.uk is on example.co.uk), or the host itself where there
// is none, as for an address or "localhost".
func SiteOf(u *url.URL) string {
	host := HostName(u)
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}
