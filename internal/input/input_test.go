package input_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/input"
	"github.com/copytaster/copytaster/internal/news"
)

const (
	feed = `<?xml version="1.0"?><rss version="2.0"><channel><title>TASS</title>
<item><title>Kim met Putin</title><link>https://a.example/1</link><guid>g1</guid><pubDate>Wed, 13 Sep 2023 12:00:00 GMT</pubDate></item>
</channel></rss>`
	sitemaps = `<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://a.example/news.xml</loc></sitemap></sitemapindex>`
	article = `<!DOCTYPE html><html lang="en"><head><title>Kim met Putin</title><meta property="og:type" content="article"></head><body>
<article><h1>Kim met Putin</h1><p>The leaders met on Wednesday at a spaceport in the far east of the country, officials told reporters there.</p>
<p>They spoke of satellites, and of weapons, and they had dinner together before the train went on to the coast.</p></article></body></html>`
)

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestUnpack(t *testing.T) {
	long := strings.Repeat("Kim met Putin. ", 1000)
	zipped := packed(t, long)
	for name, c := range map[string]struct{ file, want string }{
		"plain":               {"Kim", "Kim"},
		"packed":              {zipped, long},
		"with a wrong sum":    {zipped[:len(zipped)-8] + "12345678", long},
		"without its end":     {zipped[:len(zipped)-8], long},
		"with something else": {packed(t, "Kim") + "trailer", "Kim"},
	} {
		got, err := input.Unpack(strings.NewReader(c.file))
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %d bytes, error %v; want %d bytes", name, len(got), err, len(c.want))
		}
	}
	if _, err := input.Unpack(strings.NewReader("\x1f\x8bno gzip")); err == nil {
		t.Error("what only begins like gzip was unpacked")
	}
}

// TestUnpackIsBounded holds that neither a large file is read whole nor a small one
// that unpacks to a large one.
func TestUnpackIsBounded(t *testing.T) {
	large := strings.Repeat("x", input.MaxBytes+1)
	for _, file := range []string{large, packed(t, large)} {
		if _, err := input.Unpack(strings.NewReader(file)); err == nil || err.Error() != "more than 64 MB" {
			t.Errorf("of %d bytes: %v", len(file), err)
		}
	}
	if got, err := input.Unpack(strings.NewReader(large[1:])); err != nil || len(got) != input.MaxBytes {
		t.Errorf("of the most bytes there may be %d are read: %v", len(got), err)
	}
}

func TestRead(t *testing.T) {
	at := time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		body string
		want *input.Listing
	}{
		"feed": {feed, &input.Listing{Kind: "feed", Title: "TASS", Stories: []input.ListedStory{
			{URL: "https://a.example/1", ID: "g1", Title: "Kim met Putin", Published: &at, Authors: []string{}},
		}}},
		"sitemaps": {sitemaps, &input.Listing{Kind: "sitemap", Stories: []input.ListedStory{}, Sitemaps: []string{"https://a.example/news.xml"}}},
	} {
		page, list, err := input.Read([]byte(c.body), extract.Options{Now: at})
		if err != nil || page != nil {
			t.Errorf("%s: a page %+v, error %v", name, page, err)
		}
		if diff := cmp.Diff(c.want, list); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
	for _, empty := range []string{"", " \n"} {
		if _, _, err := input.Read([]byte(empty), extract.Options{}); err == nil || err.Error() != "there is nothing in it" {
			t.Errorf("%q: %v", empty, err)
		}
	}
}

// TestReadPage holds that a page is read with how it was read, and that what is
// printed of it can be read as the same story.
func TestReadPage(t *testing.T) {
	page, list, err := input.Read([]byte(article), extract.Options{URL: "https://a.example/1"})
	if err != nil || list != nil {
		t.Fatalf("a list %+v, error %v", list, err)
	}
	if page.Kind != "article" || page.Title != "Kim met Putin" || !strings.Contains(page.Text, "spaceport") || page.Language != "en" {
		t.Errorf("%+v", page)
	}
	e := page.Explain
	if e == nil || e.Reader == "" || len(e.Candidates) == 0 || len(e.Fields) == 0 {
		t.Fatalf("explained as %+v", e)
	}
	for _, f := range e.Fields {
		if f.Field == "" || len(f.From) == 0 {
			t.Errorf("a field from nowhere: %+v", f)
		}
	}
	printed, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	again, err := input.Parse(printed, extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(page.Story, input.StoryOf(again)); diff != "" {
		t.Errorf("-printed +read:\n%s", diff)
	}
}

func TestParse(t *testing.T) {
	o := extract.Options{URL: "https://a.example/1", Language: "en"}
	at := time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		body string
		want news.Story
	}{
		"text":                {"\ufeff  Kim met Putin \nThey met.\n\nAgain.\n", news.Story{Title: "Kim met Putin", Text: "They met.\n\nAgain.", URL: o.URL, Language: "en"}},
		"one line":            {"Kim met Putin", news.Story{Title: "Kim met Putin", URL: o.URL, Language: "en"}},
		"JSON with a text":    {`{"text": "They met.", "url": "https://b.example/"}`, news.Story{Text: "They met.", URL: "https://b.example/"}},
		"JSON with a summary": {` {"summary": "They met."} `, news.Story{Summary: "They met."}},
		"JSON with what it has": {`{"title": "Kim", "titles": ["K"], "authors": ["Li"], "published": "2023-09-13T12:00:00Z", "modified": "2023-09-13T12:00:00Z", "language": "ko", "source": "tass", "tags": ["wire"], "more": 1}`, news.Story{
			Title: "Kim", Titles: []string{"K"}, Authors: []string{"Li"}, Published: at, Modified: at, Language: "ko",
			Origin: news.Origin{Source: "tass", Tags: []string{"wire"}}}},
	} {
		got, err := input.Parse([]byte(c.body), o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(c.want, *got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", name, diff)
		}
	}
	if got, err := input.Parse([]byte(article), o); err != nil || got.Title != "Kim met Putin" || got.URL != o.URL {
		t.Errorf("a page is read as %+v, error %v", got, err)
	}
}

func TestParseRefuses(t *testing.T) {
	for body, want := range map[string]string{
		"\ufeff \n": "there is nothing in it",
		`{"title": " ", "url": "https://a.example/"}`: "the JSON has neither title nor text",
		`{"title": `: "read JSON: unexpected end of JSON input",
		feed:         "it is a feed, not a story: `copytaster extract` reads it",
		sitemaps:     "it is a sitemap, not a story: `copytaster extract` reads it",
	} {
		if story, err := input.Parse([]byte(body), extract.Options{}); err == nil || err.Error() != want {
			t.Errorf("%.40q: %+v, error %v; want %s", body, story, err, want)
		}
	}
}

// FuzzParse holds that whatever is handed in ends in a story or in a reason.
func FuzzParse(f *testing.F) {
	for _, s := range []string{feed, sitemaps, article, "Kim\nmet", `{"title": "Kim"}`, "\x1f\x8b", "<", "{}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		story, err := input.Parse(body, extract.Options{})
		if story == nil && (err == nil || err.Error() == "") {
			t.Fatal("neither a story nor a reason")
		}
		if _, _, err := input.Read(body, extract.Options{}); err != nil && err.Error() == "" {
			t.Error("refused without a reason")
		}
	})
}
