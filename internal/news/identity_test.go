package news_test

import (
	"math/rand/v2"
	"net/url"
	"os"
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
	"http://[2001:db8::1]/a1",
	"http://203.0.113.7/a-2",
	"https://amp-it-up.example.org/campaign/amplifier-2",
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
	if name := strings.TrimSuffix(u.Hostname(), "."); strings.Contains(name, ".") && !strings.HasPrefix(name, "203.") &&
		!strings.Contains(name, ":") {
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
		key := news.LinkKey(raw)
		if other, ok := keys[key]; ok {
			t.Errorf("%s and %s are two stories", raw, other)
		}
		keys[key] = raw
	}
}

// The pairs of testdata/twins.tsv are two spellings of one link, those of
// testdata/apart.tsv two stories.
func TestPairsOfLinks(t *testing.T) {
	for file, twins := range map[string]bool{"testdata/twins.tsv": true, "testdata/apart.tsv": false} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pairs := 0
		for line := range strings.Lines(string(data)) {
			fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
			if strings.HasPrefix(line, "#") || len(fields) != 3 {
				continue
			}
			pairs++
			a, b := news.CanonicalURL(fields[1]), news.CanonicalURL(fields[2])
			if (a == b) != twins || a == "" || b == "" {
				t.Errorf("%s: %s: %s is %q, %s is %q", file, fields[0], fields[1], a, fields[2], b)
			}
			if twice := news.CanonicalURL("https://" + a); twice != a {
				t.Errorf("%s: %s: the canonical URL of %q is %q", file, fields[0], a, twice)
			}
		}
		if pairs < 15 {
			t.Errorf("%s has %d pairs", file, pairs)
		}
	}
}

// What version 0.1 made of a link is the key of what it told.
func TestFirstKey(t *testing.T) {
	cases := map[string]news.Story{
		"4957fb2e3d14815aa9d9f95d507057de": {URL: "https://www.example.org/amp/a/?ncid=1&utm_source=x&id=2%2c#b"},
		"52f2cddf70a763735dbda2cd37cc9ddc": {URL: "mailto:desk@example.org", GUID: "7", Origin: news.Origin{Source: "tass"}},
		"a14bbc0ee96f91ab07828a02fe7151b4": {Title: "Morning  Briefing", Origin: news.Origin{Source: "tass"}},
	}
	for want, s := range cases {
		if got := news.FirstKey(&s); got != want {
			t.Errorf("%+v has the key %s, want %s", s, got, want)
		}
	}
}

func TestEntries(t *testing.T) {
	base := news.Story{URL: "https://example.org/a-1", GUID: "7", Title: "Leaders meet", Summary: "In the east", Text: "They met.\nThey left."}
	was := news.FingerprintOf("tass", &base)
	cases := []struct {
		name                    string
		change                  func(s *news.Story)
		link, guid, title, text bool // stay as they were
	}{
		{"white space and case", func(s *news.Story) {
			s.Title, s.Summary, s.Text = " LEADERS  meet\n", "in the\teast", "They met. They left."
		}, true, true, true, true},
		{"date", func(s *news.Story) { s.Published = time.Unix(1, 0) }, true, true, true, true},
		{"spelling of the link", func(s *news.Story) { s.URL += "?utm_source=rss#comments" }, true, true, true, true},
		{"link", func(s *news.Story) { s.URL += "2" }, false, true, true, true},
		{"id", func(s *news.Story) { s.GUID = "8" }, true, false, true, true},
		{"title", func(s *news.Story) { s.Title = "Leaders meat" }, true, true, false, true},
		{"words across fields", func(s *news.Story) { s.Title, s.Summary = "Leaders meet In", "the east" }, true, true, false, false},
		{"text", func(s *news.Story) { s.Text = "They met." }, true, true, true, false},
	}
	for _, c := range cases {
		s := base
		c.change(&s)
		is := news.FingerprintOf("tass", &s)
		for _, h := range []struct {
			name    string
			was, is news.Hash
			stays   bool
		}{{"link", was.Link, is.Link, c.link}, {"id", was.GUID, is.GUID, c.guid}, {"title", was.Title, is.Title, c.title},
			{"text", was.Text, is.Text, c.text}} {
			if h.was == 0 || h.is == 0 || (h.was == h.is) != h.stays {
				t.Errorf("%s: %s was %x, is %x", c.name, h.name, h.was, h.is)
			}
		}
	}
	if other := news.FingerprintOf("kcna", &base); other.Link == was.Link || other.GUID == was.GUID ||
		other.Title == was.Title || other.Text == was.Text {
		t.Error("two sources share a hash")
	}
}

func TestValuesThatSayNothing(t *testing.T) {
	cases := []struct {
		name        string
		story       news.Story
		link, guid  bool
		title, text bool
		words       int
	}{
		{"nothing", news.Story{}, false, false, false, false, 0},
		{"title alone", news.Story{Title: "Morning briefing"}, false, false, true, false, 0},
		{"front page", news.Story{URL: "https://www.example.org/index.html?utm_source=x"}, false, false, false, false, 0},
		{"no web link", news.Story{URL: "mailto:desk@example.org", GUID: "7"}, false, true, false, false, 0},
		{"id that is the link", news.Story{URL: "https://example.org/a", GUID: "http://www.example.org/a?utm_source=x"}, true, false, false, false, 0},
		{"id that is a permalink", news.Story{URL: "https://example.org/a", GUID: "https://example.org/?p=12"}, true, true, false, false, 0},
		{"entry of a ticker", news.Story{URL: "https://example.org/live#post-1"}, true, true, false, false, 0},
		{"tracking behind the hash", news.Story{URL: "https://example.org/live#xtor=RSS-1"}, true, false, false, false, 0},
		{"text for a title", news.Story{Text: "They met, didn't they?"}, false, false, true, true, 4},
		{"many words", news.Story{Summary: strings.Repeat("word ", 8), Text: strings.Repeat("word ", 8)},
			false, false, true, true, news.CountedWords},
		{"words without spaces", news.Story{Text: "北朝鮮の金正恩総書記"}, false, false, true, true, 5},
	}
	for _, c := range cases {
		e := news.FingerprintOf("tass", &c.story)
		if e.Link != 0 != c.link || e.GUID != 0 != c.guid || e.Title != 0 != c.title || e.Text != 0 != c.text ||
			e.Words != c.words {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

func FuzzFingerprint(f *testing.F) {
	f.Add("https://www.google.com/amp/s/example.org/a", "7", "Morning briefing", "tass")
	f.Add("https://example-org.cdn.ampproject.org/v/s/example.org/a?usqp=x", "", "", "")
	f.Add("http://google.com/amp/s/google.com/amp/s/a.b", "", "\xff", "x")
	f.Add("http://g.cdn.ampproject.org/v//.gq", "", "", "")
	f.Add("https://m.google.com/%61mp//s/a.b/./google.com//amp/amp/c.d", "", "", "")
	f.Add("https://a.b/%e2%80%zz?E2&ü", "\x00", "title", "tass")
	f.Add("https://a.b/;jsessionid=1/../amp/m/amp.amp.html?a=%26&b#!/x", "https://a.b/#c", "title", "tass")
	f.Fuzz(func(t *testing.T, link, id, title, source string) {
		s := news.Story{URL: link, GUID: id, Title: title}
		e := news.FingerprintOf(source, &s)
		if e.Link < 0 || e.GUID < 0 || e.Title < 0 || e.Text != 0 || news.StoryKey(&s, e) == "" ||
			len(news.FirstKey(&s)) != 32 {
			t.Fatalf("%+v", e)
		}
		s.Published, s.Modified = time.Unix(1e9, 0), time.Unix(2e9, 0)
		again := news.FingerprintOf(source, &s)
		if again.Published = e.Published; again != e {
			t.Fatal("the date is part of a hash")
		}
		canonical := news.CanonicalURL(link)
		if twice := news.CanonicalURL("https://" + canonical); canonical != "" && twice != canonical {
			t.Fatalf("the canonical URL of %q is %q", canonical, twice)
		}
	})
}

func BenchmarkFingerprint(b *testing.B) {
	s := news.Story{
		URL: "https://www.example.org/world/leaders-meet-1234?utm_source=rss", GUID: "https://www.example.org/?p=1234",
		Title: "Leaders meet at the spaceport in the east", Summary: strings.Repeat("They met and talked for four hours. ", 8),
	}
	b.SetBytes(int64(len(s.Title) + len(s.Summary)))
	for b.Loop() {
		news.FingerprintOf("tass", &s)
	}
}
