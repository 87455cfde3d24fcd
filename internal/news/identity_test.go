package news_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// bases are links to stories, each to another one.
var bases = []string{
	"https://example.org/world/leaders-meet-1234",
	"https://example.org/world/leaders-meet-1235",
	"https://example.org/story?id=7&section=world",
	"https://example.org/story?id=8&section=world",
	"https://news.example.co.uk/2023/09/13/leaders.html",
	"https://example.org/World/Leaders-Meet-1234",
	"https://example.org:8443/world/leaders-meet-1234",
	"https://xn--e1afmkfd.xn--p1ai/новости/встреча",
	"https://example.org/%EB%B6%81%ED%95%9C/1",
	"https://example.org/search?q=%D0%BC%D0%B8%D1%80",
	"http://[2001:db8::1]/a",
	"http://203.0.113.7/a",
	"https://amp-it-up.example.org/campaign/amplifier",
}

// twins write a link in another way that leads to the same story.
var twins = map[string]func(u *url.URL){
	"fragment":        func(u *url.URL) { u.Fragment = "comments" },
	"http":            func(u *url.URL) { u.Scheme = "http" },
	"default port":    func(u *url.URL) { u.Host = withPort(u) },
	"host in capital": func(u *url.URL) { u.Host = strings.ToUpper(u.Host) },
	"root dot": func(u *url.URL) {
		if u.Port() == "" && !strings.HasPrefix(u.Host, "[") && !strings.HasSuffix(u.Host, ".") {
			u.Host += "."
		}
	},
	"slash at the end": func(u *url.URL) { setPath(u, u.EscapedPath()+"/") },
	"query in another order": func(u *url.URL) {
		pairs := strings.Split(u.RawQuery, "&")
		slices.Reverse(pairs)
		u.RawQuery = strings.Join(pairs, "&")
	},
	"tracking":           func(u *url.URL) { addQuery(u, "utm_source=rss&utm_medium=feed&fbclid=Iw") },
	"tracking elsewhere": func(u *url.URL) { addQuery(u, "at_medium=RSS&UTM_Campaign=z&ocid=x") },
	"amp path":           func(u *url.URL) { setPath(u, "/amp"+u.EscapedPath()) },
	"amp at the end":     func(u *url.URL) { setPath(u, strings.TrimRight(u.EscapedPath(), "/")+"/amp/") },
	"amp parameter":      func(u *url.URL) { addQuery(u, "amp=1&outputType=amp") },
	"www":                func(u *url.URL) { addLabel(u, "www.") },
	"mobile":             func(u *url.URL) { addLabel(u, "m.") },
	"amp host":           func(u *url.URL) { addLabel(u, "amp.") },
	"small escapes": func(u *url.URL) {
		setPath(u, lowerEscapes(u.EscapedPath()))
		u.RawQuery = lowerEscapes(u.RawQuery)
	},
	"Google's viewer": func(u *url.URL) {
		setPath(u, "/amp/s/"+u.Host+u.EscapedPath())
		u.Scheme, u.Host = "https", "www.google.com"
	},
	"AMP's cache": func(u *url.URL) {
		setPath(u, "/c/s/"+u.Host+u.EscapedPath())
		u.Scheme, u.Host = "https", "example-org.cdn.ampproject.org"
	},
}

func withPort(u *url.URL) string {
	port, ok := map[string]string{"http": ":80", "https": ":443"}[u.Scheme]
	if u.Port() != "" || !ok {
		return u.Host
	}
	return u.Host + port
}

func setPath(u *url.URL, escaped string) {
	path, err := url.PathUnescape(escaped)
	if err != nil {
		panic(err)
	}
	u.Path, u.RawPath = path, escaped
}

func addQuery(u *url.URL, more string) {
	u.RawQuery = strings.Trim(more+"&"+u.RawQuery, "&")
}

// addLabel puts a label in front of a name, where there is a name.
func addLabel(u *url.URL, label string) {
	if name := strings.TrimSuffix(u.Hostname(), "."); strings.Contains(name, ".") && !strings.HasPrefix(name, "203.") && !strings.Contains(name, ":") {
		u.Host = label + u.Host
	}
}

// lowerEscapes writes %EB as %eb.
func lowerEscapes(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], strings.ToLower(string(b[i+1:i+3])))
		}
	}
	return string(b)
}

func parse(t *testing.T, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestTwinsAreOneStory(t *testing.T) {
	for _, base := range bases {
		want := news.CanonicalURL(base)
		if want == "" {
			t.Errorf("%s has no canonical URL", base)
		}
		for name, change := range twins {
			u := parse(t, base)
			change(u)
			if strings.HasPrefix(base, "http://[") && strings.Contains(u.Path, "/[") || u.Port() == "8443" && strings.Contains(u.Host, "google") {
				continue // caches have no such copies
			}
			if got := news.CanonicalURL(u.String()); got != want {
				t.Errorf("%s: %s is %q, want %q", name, u, got, want)
			}
		}
	}
}

// Several twins at once, in any order and number, are still the same story.
func TestTwinsOfTwinsAreOneStory(t *testing.T) {
	names := make([]string, 0, len(twins))
	for name := range twins {
		if name != "Google's viewer" && name != "AMP's cache" { // these are links to copies: others may stand in them, not around them
			names = append(names, name)
		}
	}
	slices.Sort(names)
	random := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		base := bases[random.IntN(len(bases))]
		u := parse(t, base)
		var applied []string
		for range 1 + random.IntN(5) {
			name := names[random.IntN(len(names))]
			if name == "default port" && u.Scheme == "http" && strings.HasSuffix(u.Host, ":443") || name == "http" && u.Port() != "" {
				continue // the port of the other scheme is not the default one
			}
			twins[name](u)
			applied = append(applied, name)
		}
		if got, want := news.CanonicalURL(u.String()), news.CanonicalURL(base); got != want {
			t.Fatalf("%v: %s is %q, want %q", applied, u, got, want)
		}
	}
}

func TestDifferentLinksAreDifferentStories(t *testing.T) {
	keys := map[string]string{}
	more := []string{
		"https://example.org/story?id=7", "https://example.org/story?section=world&id=70", "https://example.org/story/7",
		"https://other.example/world/leaders-meet-1234", "https://world.example.org/leaders-meet-1234",
		"https://www.google.com/amp/", "https://www.google.com/search?q=amp", "https://cdn.ampproject.org/c/s/",
		"https://example.org/a%2Fb", "https://example.org/a/b",
	}
	for _, raw := range slices.Concat(bases, more) {
		key := news.StoryKey(&news.Story{URL: raw, GUID: "same", Title: "Same"})
		if other, ok := keys[key]; ok {
			t.Errorf("%s and %s are two stories", raw, other)
		}
		keys[key] = raw
	}
}

func TestKeysThatStandForATitle(t *testing.T) {
	cases := []struct {
		story   news.Story
		byTitle bool
	}{
		{news.Story{Title: "Morning briefing"}, true},
		{news.Story{Title: "Morning briefing", URL: "mailto:desk@example.org"}, true},
		{news.Story{Title: "Morning briefing", GUID: "7"}, false},
		{news.Story{Title: "Morning briefing", URL: "https://example.org/a"}, false},
	}
	for _, c := range cases {
		if got := news.KeyedByTitle(&c.story); got != c.byTitle {
			t.Errorf("%+v: %v", c.story, got)
		}
	}
	s := news.Story{URL: "https://t.example/x", Canonical: "https://www.example.org/a?utm_source=x"}
	if news.CanonicalKey(&s) != news.StoryKey(&news.Story{URL: "http://example.org/a"}) {
		t.Error("the canonical URL's key is not the key of a story listed under it")
	}
	if key := news.CanonicalKey(&news.Story{URL: "https://example.org/a"}); key != "" {
		t.Errorf("a key of no canonical URL: %q", key)
	}
}

func FuzzStoryKey(f *testing.F) {
	f.Add("https://www.google.com/amp/s/example.org/a", "7", "Morning briefing", "tass")
	f.Add("https://example-org.cdn.ampproject.org/v/s/example.org/a?usqp=x", "", "", "")
	f.Add("http://google.com/amp/s/google.com/amp/s/a.b", "", "\xff", "x")
	f.Add("https://a.b/%e2%80%zz?%E2&ü", "\x00", "title", "tass")
	f.Fuzz(func(t *testing.T, link, id, title, source string) {
		s := news.Story{URL: link, GUID: id, Title: title, Origin: news.Origin{Source: source}}
		key := news.StoryKey(&s)
		if len(key) != 32 {
			t.Fatalf("key %q", key)
		}
		s.Published, s.Modified = time.Unix(1e9, 0), time.Unix(2e9, 0)
		if again := news.StoryKey(&s); again != key {
			t.Fatal("the date is part of the key")
		}
		s.Title += " changed"
		if again := news.StoryKey(&s); (again == key) == news.KeyedByTitle(&s) {
			t.Fatalf("the title counts, or does not, against KeyedByTitle = %v", news.KeyedByTitle(&s))
		}
	})
}

func TestPrint(t *testing.T) {
	origin := news.Origin{Source: "tass"}
	base := news.Story{Title: "Leaders meet", Summary: "In the east", Text: "They met.\nThey left.", Origin: origin}
	was := news.PrintOf(&base)
	if was <= 0 {
		t.Fatalf("print %d", was)
	}
	same := []news.Story{
		{Title: " LEADERS  meet\n", Summary: "in the\teast", Text: "They met. They left.", Origin: origin},
		{Title: base.Title, Summary: base.Summary, Text: base.Text, Origin: origin, GUID: "new", Published: time.Unix(1, 0), URL: "https://other.example"},
	}
	for _, s := range same {
		if is := news.PrintOf(&s); is != was || was.SaysElse(is) {
			t.Errorf("%+v says the same: %x, %x", s, was, is)
		}
	}
	other := []news.Story{
		{Title: "Leaders meat", Summary: base.Summary, Text: base.Text, Origin: origin},
		{Title: "Leaders meet In", Summary: "the east", Text: base.Text, Origin: origin},
		{Title: base.Title, Summary: base.Summary, Text: "They met.", Origin: origin},
		{Origin: origin},
	}
	for _, s := range other {
		if is := news.PrintOf(&s); !was.SaysElse(is) {
			t.Errorf("%+v says something else: %x, %x", s, was, is)
		}
	}
	for i := range 1000 {
		elsewhere := base
		elsewhere.Title, elsewhere.Origin.Source = "Another title", fmt.Sprint("source ", i)
		if was.SaysElse(news.PrintOf(&elsewhere)) {
			t.Errorf("what %s says is no change of tass's", elsewhere.Origin.Source)
		}
	}
	if news.Print(0).SaysElse(was) {
		t.Error("what was not known cannot have changed")
	}
}

func BenchmarkPrint(b *testing.B) {
	s := news.Story{Title: "Leaders meet at the spaceport in the east", Summary: strings.Repeat("They met and talked for four hours. ", 8)}
	b.SetBytes(int64(len(s.Title) + len(s.Summary)))
	for b.Loop() {
		news.PrintOf(&s)
	}
}
