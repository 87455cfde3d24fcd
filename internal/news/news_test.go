package news_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
)

func TestCanonicalURL(t *testing.T) {
	cases := []struct{ url, want string }{
		{"https://www.Example.org/World/Story?id=7#top", "example.org/World/Story?id=7"},
		{"http://example.org:80/a/", "example.org/a"},
		{"https://example.org:443/a", "example.org/a"},
		{"https://example.org:8443/a", "example.org:8443/a"},
		{"https://example.org", "example.org/"},
		{"https://example.org./a", "example.org/a"},
		{"https://m.example.co.uk/a", "example.co.uk/a"},
		{"https://amp.m.example.org/a", "example.org/a"},
		{"https://m.com/a", "m.com/a"},
		{"https://example.org/a-1/amp/", "example.org/a-1"},
		{"https://example.org/amp/a", "example.org/a"},
		{"https://example.org/a.amp", "example.org/a"},
		{"https://example.org/amplifier", "example.org/amplifier"},
		{"https://example.org/a?utm_source=x&b=2&a=1&fbclid=y", "example.org/a?a=1&b=2"},
		{"https://example.org/a?b=2&a=1&a=1", "example.org/a?a=1&b=2"},
		{"https://example.org/a?UTM_Campaign=z", "example.org/a"},
		{"https://example.org/a?", "example.org/a"},
		{"https://example.org/%EB%B6%81%ED%95%9C", "example.org/%EB%B6%81%ED%95%9C"},
		{"http://127.0.0.1:8080/a", "127.0.0.1:8080/a"},
		{" https://example.org/a\n", "example.org/a"},
		{"https://example.org/(S(lit3py55t21z5v55vlm25s55))/news/0/a.aspx", "example.org/news/0/a.aspx"},
		{"https://example.org/(X(1)S(lit3py55))/news", "example.org/news"},
		{"https://example.org/(A(x1)F(y2)S(z3))/news", "example.org/news"},
		{"https://example.org/app/(S(a))/(F(b))/news", "example.org/app/news"},
		{"https://example.org/wiki/Putin_(S)", "example.org/wiki/Putin_(S)"},
		{"https://example.org/a?sid=3f2b9c0d1e4a5b6c7d8e&id=7", "example.org/a?id=7"},
		{"https://example.org/article?sid=91831", "example.org/article?sid=91831"},
		{"https://example.org/article?sid=leadersmeetinvostochny", "example.org/article?sid=leadersmeetinvostochny"},
		{"javascript:alert(1)", ""},
		{"mailto:a@example.org", ""},
		{"/relative", ""},
		{"https://", ""},
		{"://", ""},
	}
	for _, c := range cases {
		if got := news.CanonicalURL(c.url); got != c.want {
			t.Errorf("%q: got %q, want %q", c.url, got, c.want)
		}
	}
}

func TestSiteOf(t *testing.T) {
	for raw, want := range map[string]string{
		"https://www.Example.org./a": "example.org",
		"https://news.example.co.uk": "example.co.uk",
		"http://127.0.0.1:8080/a":    "127.0.0.1",
		"http://10.0.0.1/":           "10.0.0.1",
		"http://[::1]:80/":           "::1",
		"http://localhost:8460/":     "localhost",
		"https://co.uk/":             "co.uk",
		"mailto:a@example.org":       "",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := news.SiteOf(u); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
}

func FuzzCanonicalURL(f *testing.F) {
	for _, seed := range []string{"https://www.example.org/a/amp?utm_x=1&b#c", "http://m.a.co.uk:80//", "https://a.org/(S(x))/(F(y))//(A(z))?sid=0123456789abcdef", "https://[::1]:9/%zz"} {
		f.Add(seed)
	}
	f.Add("http://000..")
	f.Add(`http://a.b/?c"#d`)
	f.Fuzz(func(t *testing.T, raw string) {
		key := news.CanonicalURL(raw)
		if key == "" {
			return
		}
		if again := news.CanonicalURL("https://" + key); again != key {
			t.Errorf("%q has no steady spelling: %q, then %q", raw, key, again)
		}
		if u, err := url.Parse(strings.TrimSpace(raw)); err == nil &&
			u.Fragment != "" && !strings.HasPrefix(u.Fragment, "!") && !strings.HasPrefix(u.Fragment, "/") {
			u.Fragment, u.RawFragment = "", ""
			bare := u.String()
			ends := strings.ContainsAny(bare[len(bare)-1:], "<>\"") // as no URL does
			if other := news.CanonicalURL(bare); other != key && !ends {
				t.Errorf("%q: the fragment makes a difference: %q, %q", raw, key, other)
			}
		}
	})
}

func TestFirstKeyOfTwins(t *testing.T) {
	at := func(source string) news.Origin { return news.Origin{Source: source} }
	same := [][2]news.Story{
		{{URL: "https://example.org/a?utm_source=rss"}, {URL: "http://m.example.org/a", Title: "Changed", GUID: "x"}},
		{{GUID: "7", Origin: at("tass")}, {GUID: "7", Origin: at("tass"), Title: "Changed"}},
		{{Title: "Kim  meets Putin", Origin: at("tass")}, {Title: "KIM meets putin ", Origin: at("tass")}},
	}
	for _, s := range same {
		if news.FirstKey(&s[0]) != news.FirstKey(&s[1]) {
			t.Errorf("%+v and %+v are one story", s[0], s[1])
		}
	}
	different := []news.Story{
		{URL: "https://example.org/a"}, {URL: "https://example.org/b"}, {URL: "https://example.org/a?id=1"},
		{GUID: "7", Origin: at("tass")}, {GUID: "7", Origin: at("kcna")}, {Title: "7", Origin: at("tass")},
	}
	keys := map[string]news.Story{}
	for _, s := range different {
		k := news.FirstKey(&s)
		if other, ok := keys[k]; ok {
			t.Errorf("%+v and %+v are two stories", s, other)
		}
		keys[k] = s
	}
}

func TestFields(t *testing.T) {
	cases := []struct {
		name  string
		story news.Story
		want  string
	}{
		{"empty", news.Story{}, ""},
		{"everything", news.Story{
			Title: "Kim meets Putin", Titles: []string{"Ким и Путин"}, Summary: "They met on Wednesday.",
			Text: "VOSTOCHNY — The leaders met.\nThey talked.\nThey left.", URL: "https://example.org/a",
		}, "title0 Kim meets Putin|title1 Ким и Путин|lead0 They met on Wednesday.|lead1 VOSTOCHNY — The leaders met.|body0 They talked.\nThey left.|url0 https://example.org/a"},
		{"summary repeats the text", news.Story{Title: "T", Summary: "The leaders met at", Text: "The leaders met at noon.\nRest."}, "title0 T|lead0 The leaders met at noon.|body0 Rest."},
		{"summary cut with an ellipsis", news.Story{Summary: "The leaders  met…", Text: "The leaders met at noon."}, "lead0 The leaders met at noon."},
		{"summary without text", news.Story{Summary: "The leaders met."}, "lead0 The leaders met."},
		{"the same title twice", news.Story{Title: "A  B", Titles: []string{"A B", "C"}}, "title0 A  B|title1 C"},
		{"summary repeats the title", news.Story{Title: "A", Summary: "A"}, "title0 A"},
		{"space around", news.Story{Title: "\n A \t", Text: "\n\nfirst\nsecond\n"}, "title0 A|lead0 first|body0 second"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range c.story.Fields() {
				got = append(got, fmt.Sprintf("%s%d %s", f.Name, f.Variant, f.Text))
			}
			if diff := cmp.Diff(c.want, strings.Join(got, "|")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSecretNeverShows(t *testing.T) {
	src := news.Source{Name: "x", Password: "hunter2", Proxy: "http://u:hunter2@proxy", Headers: map[string]news.Secret{"X-Key": "hunter2"}}
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("m", "secret", src.Password, "source", src)
	slog.New(slog.NewTextHandler(&logged, nil)).Info("m", "secret", src.Password, "source", src)
	b, err := json.Marshal(src)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{
		fmt.Sprint(src), fmt.Sprintf("%+v", src), fmt.Sprintf("%#v", src),
		fmt.Sprintf("%q %s %v", src.Password, src.Password, &src), string(b), logged.String(),
	} {
		if strings.Contains(shown, "hunter2") {
			t.Errorf("it shows: %s", shown)
		}
	}
	if src.Password.Reveal() != "hunter2" {
		t.Error("a secret that cannot be used")
	}
	if news.Secret("").String() != "" {
		t.Error("an absent secret looks like a present one")
	}
}

func TestSeverity(t *testing.T) {
	for _, s := range []news.Severity{news.Info, news.Normal, news.High, news.Urgent} {
		b, err := json.Marshal(s)
		var back news.Severity
		if err != nil || json.Unmarshal(b, &back) != nil || back != s {
			t.Errorf("%v becomes %s becomes %v, %v", s, b, back, err)
		}
	}
	var s news.Severity
	if err := s.UnmarshalText([]byte("shrill")); err == nil || !strings.Contains(err.Error(), "info, normal, high, urgent") {
		t.Errorf("got %v", err)
	}
	if news.Info >= news.Normal || news.High >= news.Urgent || news.Severity(9).String() != "severity(9)" {
		t.Error("the order of severities is not theirs")
	}
}

func TestCrawlError(t *testing.T) {
	cause := fmt.Errorf("reset")
	cases := map[string]*news.CrawlError{
		"crawl u: dns":                    {Fault: news.FaultDNS, URL: "u"},
		"crawl u: http status 503: reset": {Fault: news.FaultStatus, URL: "u", Status: 503, Err: cause},
		"crawl u: not a list: reset":      {Fault: news.FaultContent, URL: "u", Err: cause},
	}
	for want, err := range cases {
		if err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	}
	for raw, want := range map[string]string{
		"https://Example.org:8443/a": "example.org:8443", "https://example.org:443/": "example.org", "http://example.org.": "example.org",
		"http://example.org:443/": "example.org:443", "/a": "", "://": "",
	} {
		if host := news.Host(raw); host != want {
			t.Errorf("%s: host %q, want %q", raw, host, want)
		}
	}
}
