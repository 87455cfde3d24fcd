package config_test

import (
	"strings"
	"testing"
)

// warned returns the warnings of a right config, and which key says that something is in front.
func warned(t *testing.T, text string) (front, warnings string) {
	t.Helper()
	c, mistakes := loadText(t, text)
	if c == nil {
		t.Fatalf("%s\n%v", text, mistakes)
	}
	var all []string
	for _, w := range c.Warnings {
		all = append(all, w.Message)
	}
	return c.Front(), strings.Join(all, "\n")
}

// TestSharedDelay: users behind a proxy that the config does not name are warned of.
func TestSharedDelay(t *testing.T) {
	const public = "public_url: https://news.example.org\n"
	for _, c := range []struct {
		text, from string
		want       bool
	}{
		{public, "", true},
		{public + "listen: \"\"\n", "", false},
		{public, "from: [127.0.0.1/32], ", false},
		{"public_url: http://news.example.org:8460\n", "", false}, // people may call the daemon itself
		{"", "", false},
	} {
		text := c.text + strings.Replace(frontUsers, "auth: {", "auth: {"+c.from, 1)
		if _, warnings := warned(t, text); strings.Contains(warnings, "anybody's wrong passwords delay everybody") != c.want {
			t.Errorf("%s: %s", text, warnings)
		}
	}
}

// TestTrusted: a network of every address is refused as a proxy's, and a very large one warned of.
func TestTrusted(t *testing.T) {
	for network, want := range map[string]string{
		"0.0.0.0/0": "every address", "::/0": "every address", "0.0.0.0/1": "very large", "10.0.0.0/7": "very large",
		"fc00::/7": "very large", "2000::/3": "very large", "2002::/15": "very large", "::/1": "very large",
		"10.0.0.0/8": "", "fd00::/16": "", "10.0.0.1": "", "::1": "", "0.0.0.0": "", "10.0.0.1/32": "",
	} {
		for _, from := range []string{"[\"" + network + "\"]", "[10.0.0.1/32, \"" + network + "\"]"} {
			c, mistakes := loadText(t, "auth: {header: X-User, from: "+from+"}\n")
			if refused := c == nil; refused != (want == "every address") {
				t.Errorf("%s is refused: %v", from, refused)
			}
			if c != nil {
				mistakes = c.Warnings
			}
			said := ""
			for _, m := range mistakes {
				said += m.Error()
			}
			address, _, _ := strings.Cut(network, "/")
			if want == "" && said != "" || want != "" && (!strings.Contains(said, want) || !strings.Contains(said, address)) {
				t.Errorf("%s: %q, want %q", from, said, want)
			}
		}
	}
}

const (
	frontUsers = "auth: {users: [{name: ada, password_hash: $$2a$$10$$VU.KuSTU5lYKYAifWKb3.OJr0ZHbCrg0jJrHCdzNBXM3VU7Kf6ioW}]}\n"
	frontShut  = "the pages are shown to nobody without `auth`"
)

// TestFront: a config that says that something passes requests on, and not who may see the pages,
// is warned of.
func TestFront(t *testing.T) {
	const slack = "slack: {token: xoxb-1, signing_secret: 0123456789abcdef0123456789abcdef}\npublic_url: "
	for text, want := range map[string]string{
		"public_url: https://news.example.org\n":                          "public_url",
		"public_url: http://10.0.0.5:8460\n":                              "public_url",
		"public_url: http://[2001:db8::1]:8460\n":                         "public_url",
		"crawl: {websub_callback: \"https://news.example.org/websub\"}\n": "crawl.websub_callback",
		slack + "https://news.example.org\n":                              "public_url",
		slack + "https://localhost:8443\n":                                "slack.signing_secret",
		"crawl: {websub_callback: \"http://[::1]:8460/websub\"}\n":        "",
		"public_url: http://127.0.0.1:8460\n":                             "",
		"public_url: http://desk.localhost:8460\n":                        "",
		"listen: 0.0.0.0:8460\n":                                          "",
	} {
		front, warnings := warned(t, text)
		if front != want || strings.Contains(warnings, frontShut) != (want != "") {
			t.Errorf("%s: %q, want %q, warnings:\n%s", text, front, want, warnings)
		}
		if _, warnings := warned(t, text+frontUsers); strings.Contains(warnings, frontShut) {
			t.Errorf("%s, where users log in: %s", text, warnings)
		}
		if !strings.Contains(text, "listen") && !strings.Contains(text, "signing") {
			if _, warnings := warned(t, text+"listen: \"\"\n"); strings.Contains(warnings, frontShut) {
				t.Errorf("%s, where nothing listens: %s", text, warnings)
			}
		}
	}
}
