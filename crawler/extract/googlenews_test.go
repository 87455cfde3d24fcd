package extract

import (
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
)

// googleID packs a URL as Google did until 2024.
func googleID(page string) string {
	b := binary.AppendUvarint([]byte("\x08\x13\x22"), uint64(len(page)))
	return base64.RawURLEncoding.EncodeToString(append(append(b, page...), "\xd2\x01\x00"...))
}

func TestResolveGoogleNews(t *testing.T) {
	const folder = "https://news.google.com/rss/articles/"
	long := "https://lantern.example/" + strings.Repeat("a", 120)
	for _, c := range []struct {
		link, want string
		ok         bool
	}{
		// As Google wrote them until 2024: with an AMP twin, without one, and
		// with a length of two bytes.
		{folder + "CBMiJ2h0dHBzOi8vd3d3LmxhbnRlcm4uZXhhbXBsZS9uZXdzLzEuaHRtbNIBK2h0dHBzOi8vd3d3LmxhbnRlcm4uZXhhbXBsZS9hbXAvbmV3cy8xLmh0bWw?oc=5", "https://www.lantern.example/news/1.html", true},
		{"https://news.google.com/articles/CBMihQFodHRwczovL3d3dy50LW9ubGluZS5kZS9uYWNocmljaHRlbi91a3JhaW5lL2lkXzEwMDMxMDYxNi91a3JhaW5lLWtyaWVnLXJ1c3NsYW5kLXdlbGNoZXMtemllbC12ZXJmb2xndC1wdXRpbi1taXQtZGVtLWx1ZnRhbmdyaWZmLS5odG1s0gEA?hl=de&gl=DE&ceid=DE%3Ade", "https://www.t-online.de/nachrichten/ukraine/id_100310616/ukraine-krieg-russland-welches-ziel-verfolgt-putin-mit-dem-luftangriff-.html", true},
		{"https://news.google.com/__i/rss/rd/articles/" + googleID(long) + "?oc=5", long, true},
		{"https://news.google.com/read/CBMiJ2h0dHBzOi8vd3d3LmxhbnRlcm4uZXhhbXBsZS9uZXdzLzEuaHRtbNIBK2h0dHBzOi8vd3d3LmxhbnRlcm4uZXhhbXBsZS9hbXAvbmV3cy8xLmh0bWw", "https://www.lantern.example/news/1.html", true},
		{folder + googleID("https://lantern.example/ü?q=ä") + "==", "https://lantern.example/ü?q=ä", true},
		// As it writes them since.
		{folder + "CBMiRUFVX3lxTE5hYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODlBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWg?oc=5&hl=en-US&gl=US&ceid=US:en", folder + "CBMiRUFVX3lxTE5hYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODlBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWg", false},
		{folder + "CBMigwFBVV95cUxNSTdJdTY3SnlJSDJkLVNQN2NWZzVId3lJQzl4Q194OVJUcVB5Snlwa1dVUmpXaEYzbGdiZVBlVmRvdVEtcVM1c3JCYW95QXRxc1pGRzhYcTJ4S2k1bGxwY19TYS0tUkxqY2YyaE5PMHlUMV9Na3VHWmdoVHpPQWtnb1hfMA", folder + "CBMigwFBVV95cUxNSTdJdTY3SnlJSDJkLVNQN2NWZzVId3lJQzl4Q194OVJUcVB5Snlwa1dVUmpXaEYzbGdiZVBlVmRvdVEtcVM1c3JCYW95QXRxc1pGRzhYcTJ4S2k1bGxwY19TYS0tUkxqY2YyaE5PMHlUMV9Na3VHWmdoVHpPQWtnb1hfMA", false},
		// What must not be taken for a page: scripts, Google again, passwords, spaces.
		{folder + "CBMiE2phdmFzY3JpcHQ6YWxlcnQoMSk", folder + "CBMiE2phdmFzY3JpcHQ6YWxlcnQoMSk", false},
		{folder + "CBMiJmh0dHBzOi8vbmV3cy5nb29nbGUuY29tL3Jzcy9hcnRpY2xlcy94", folder + "CBMiJmh0dHBzOi8vbmV3cy5nb29nbGUuY29tL3Jzcy9hcnRpY2xlcy94", false},
		{folder + "CBMiImh0dHBzOi8vdXNlcjpwYXNzQGxhbnRlcm4uZXhhbXBsZS8", folder + "CBMiImh0dHBzOi8vdXNlcjpwYXNzQGxhbnRlcm4uZXhhbXBsZS8", false},
		{folder + "CBMiG2h0dHBzOi8vbGFudGVybi5leGFtcGxlL2EgYg", folder + "CBMiG2h0dHBzOi8vbGFudGVybi5leGFtcGxlL2EgYg", false},
		{folder + "not base64!", folder + "not%20base64%21", false},
		{folder, folder, false},
		// Other links.
		{"https://news.google.com/search?q=kim", "https://news.google.com/search?q=kim", false},
		{"https://lantern.example/rss/articles/CBMiHWh0dHBzOi8vbGFudGVybi5leGFtcGxlL8O8P3E9w6Q", "https://lantern.example/rss/articles/CBMiHWh0dHBzOi8vbGFudGVybi5leGFtcGxlL8O8P3E9w6Q", false},
		{"", "", false},
	} {
		if got, ok := ResolveGoogleNews(c.link); got != c.want || ok != c.ok {
			t.Errorf("%s:\n got %s, %v\nwant %s, %v", c.link, got, ok, c.want, c.ok)
		}
	}
}

// A link that does not say where it leads is the same story's, whatever
// parameters it came with.
func TestUnresolvedLinksKeepTheirIdentity(t *testing.T) {
	keys := map[string]bool{}
	for _, link := range []string{
		"https://news.google.com/rss/articles/CBMiBEFVX3k?oc=5", "https://news.google.com/rss/articles/CBMiBEFVX3k?oc=5&hl=en-US&gl=US&ceid=US:en",
		"https://news.google.com/articles/CBMiBEFVX3k?hl=ko", "https://news.google.com/read/CBMiBEFVX3k", "https://NEWS.google.com/rss/articles/CBMiBEFVX3k/",
	} {
		resolved, _ := ResolveGoogleNews(link)
		keys[news.LinkKey(resolved)] = true
	}
	if len(keys) != 1 {
		t.Errorf("%d stories", len(keys))
	}
}

func TestGoogleNewsURL(t *testing.T) {
	for _, c := range []struct{ language, country, hl, gl, ceid string }{
		{"", "", "en-US", "US", "US:en"},
		{"en", "", "en-US", "US", "US:en"},
		{"en", "GB", "en-GB", "GB", "GB:en"},
		{"en-GB", "", "en-GB", "GB", "GB:en"},
		{"en-gb", "", "en-GB", "GB", "GB:en"},
		{"ko", "", "ko", "KR", "KR:ko"},
		{"ko", "KR", "ko", "KR", "KR:ko"},
		{"", "KR", "ko", "KR", "KR:ko"},
		{"", "JP", "ja", "JP", "JP:ja"},
		{"ru", "", "ru", "RU", "RU:ru"},
		{"ru", "UA", "ru", "UA", "UA:ru"},
		{"zh", "", "zh-CN", "CN", "CN:zh-Hans"},
		{"zh-Hant", "", "zh-TW", "TW", "TW:zh-Hant"},
		{"zh-Hant", "HK", "zh-HK", "HK", "HK:zh-Hant"},
		{"zh-TW", "", "zh-TW", "TW", "TW:zh-Hant"},
		{"pt", "", "pt-BR", "BR", "BR:pt-419"},
		{"pt", "PT", "pt-PT", "PT", "PT:pt-150"},
		{"es", "MX", "es-419", "MX", "MX:es-419"},
		{"", "CA", "en-CA", "CA", "CA:en"},
		{"fr", "CA", "fr", "CA", "CA:fr"},
		{"en", "KP", "en-KP", "KP", "KP:en"}, // no edition
		{"", "KP", "en-KP", "KP", "KP:en"},
		{"eo", "", "eo", "US", "US:eo"},
		{"uz-Cyrl", "UZ", "uz-Cyrl", "UZ", "UZ:uz-Cyrl"},
	} {
		const query = `"Kim Jong Un" OR 김정은 site:kcna.kp&when=1d`
		u, err := url.Parse(GoogleNewsURL(query, c.language, c.country))
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		if u.Scheme+"://"+u.Host+u.Path != "https://news.google.com/rss/search" || q.Get("q") != query || len(q) != 4 {
			t.Errorf("%s", u)
		}
		if q.Get("hl") != c.hl || q.Get("gl") != c.gl || q.Get("ceid") != c.ceid {
			t.Errorf("%q in %q: hl %s, gl %s, ceid %s, want %+v", c.language, c.country, q.Get("hl"), q.Get("gl"), q.Get("ceid"), c)
		}
	}
}

func TestSplitOutlet(t *testing.T) {
	for _, c := range []struct{ title, name, short, outlet string }{
		{"A - B", "B", "A", "B"},
		{"A - B - C", "B - C", "A", "B - C"},
		{"A - B - C", "", "A - B", "C"},
		{"A - B", "C", "A - B", "C"},
		{"A", "", "A", ""},
		{" - B", "", " - B", ""},
		{"A-B", "", "A-B", ""},
		{"", "B", "", "B"},
	} {
		if short, outlet := splitOutlet(c.title, c.name); short != c.short || outlet != c.outlet {
			t.Errorf("%q of %q: %q, %q", c.title, c.name, short, outlet)
		}
	}
}

func TestProtoText(t *testing.T) {
	for in, want := range map[string]string{
		"\x08\x13\x22\x01a":                "a",
		"\x22\x00":                         "",
		"\x12\x02xx\x22\x01a":              "a",
		"\x22\x05a":                        "", // too short
		"\x22\xff\xff\xff\xff\xff\xff\xff": "",
		"\x21aaaaaaaa\x22\x01a":            "", // a fixed number
		"\x08":                             "",
		"\xff\xff\xff\xff\xff\xff\xff\xff": "",
		"\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a": "",
	} {
		if got := protoText([]byte(in), 4); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzResolveGoogleNews(f *testing.F) {
	f.Add(googleID("https://lantern.example/ü?q=ä"))
	f.Add("CBMiRUFVX3lxTE5hYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0NTY3ODlBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWg")
	f.Add(base64.RawURLEncoding.EncodeToString([]byte("\x22\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01a")))
	f.Add("%2500")
	f.Fuzz(func(t *testing.T, id string) {
		link := "https://news.google.com/rss/articles/" + id
		resolved, ok := ResolveGoogleNews(link)
		if ok && (news.IsGoogleNews(resolved) || !strings.HasPrefix(strings.ToLower(resolved), "http") ||
			news.CanonicalURL(resolved) == "") {
			t.Errorf("%q leads to %q", link, resolved)
		}
		if again, _ := ResolveGoogleNews(resolved); !ok && again != resolved {
			t.Errorf("%q is %q, then %q", link, resolved, again)
		}
	})
}

func FuzzGoogleNews(f *testing.F) {
	seeds(f, "googlenews")
	f.Fuzz(func(t *testing.T, body []byte) {
		list, err := GoogleNews(body, fuzzOptions)
		checkList(t, list, err, KindFeed)
	})
}
