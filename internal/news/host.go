package news

import (
	"net/netip"
	"net/url"
	"strings"

	"golang.org/x/net/publicsuffix"
)

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
