package news

import (
	"net/url"
	"testing"
)

// A host has one name in whatever script and case it is written.
func TestHosts(t *testing.T) {
	for raw, want := range map[string]struct{ name, host, site string }{
		"https://News.Example.co.uk.:443/a": {"news.example.co.uk", "news.example.co.uk", "example.co.uk"},
		"https://новости.пример.рф:8443/":   {"xn--b1amnebsh.xn--e1afmkfd.xn--p1ai", "xn--b1amnebsh.xn--e1afmkfd.xn--p1ai:8443", "xn--e1afmkfd.xn--p1ai"},
		"https://xn--e1afmkfd.xn--p1ai/":    {"xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"},
		"https://BÜCHER.example/":           {"xn--bcher-kva.example", "xn--bcher-kva.example", "xn--bcher-kva.example"},
		"https://例え。example/":               {"xn--r8jz45g.example", "xn--r8jz45g.example", "xn--r8jz45g.example"},
		"https://☃.example/":                {"xn--n3h.example", "xn--n3h.example", "xn--n3h.example"},
		"https://my_host.example/":          {"my_host.example", "my_host.example", "my_host.example"},
		"http://127.0.0.1:8080/":            {"127.0.0.1", "127.0.0.1:8080", "127.0.0.1"},
		"http://[::1]/":                     {"::1", "::1", "::1"},
		"mailto:a@b.example":                {},
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := HostName(u); got != want.name {
			t.Errorf("%s: name %q, want %q", raw, got, want.name)
		}
		if got := HostOf(u); got != want.host || Host(raw) != want.host {
			t.Errorf("%s: host %q, want %q", raw, got, want.host)
		}
		if got := SiteOf(u); got != want.site {
			t.Errorf("%s: site %q, want %q", raw, got, want.site)
		}
	}
}
