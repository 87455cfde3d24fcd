package score

import (
	"bytes"
	"compress/gzip"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
)

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		want, got         string
		precision, recall float64
	}{
		{"", "", 1, 1},
		{"a", "", 0, 0},
		{"", "a", 0, 1},
		{"a b c", "a b c", 1, 1},
		{"a b c d e", "a b c d e", 1, 1},
		{"a b c d e", "a b c d", 1, .5},
		{"a b c d", "a b c d e", .5, 1},
		{"a b c d e f", "x y z w", 0, 0},
		{"a b c d a b c d", "a b c d", 1, .2}, // shingles count as often as they stand there
	} {
		o := Compare(Words(c.want), Words(c.got))
		if math.Abs(o.Precision-c.precision) > 1e-9 || math.Abs(o.Recall-c.recall) > 1e-9 {
			t.Errorf("%q against %q: %+v, want %v and %v", c.got, c.want, o, c.precision, c.recall)
		}
	}
	if f := (Overlap{.5, 1}).F1(); math.Abs(f-2./3) > 1e-9 {
		t.Errorf("F1 %f", f)
	}
	if f := (Overlap{}).F1(); f != 0 {
		t.Errorf("F1 of nothing %f", f)
	}
}

func TestWords(t *testing.T) {
	if got := Words("It's 3 o'clock, a_b"); !slices.Equal(got, []string{"It", "s", "3", "o", "clock", "a_b"}) {
		t.Errorf("words %q", got)
	}
	if got := WideWords("金正恩 met 푸틴"); !slices.Equal(got, []string{"金", "正", "恩", "met", "푸", "틴"}) {
		t.Errorf("wide words %q", got)
	}
}

func TestCard(t *testing.T) {
	at := time.Date(2024, 5, 3, 22, 30, 0, 0, time.UTC)
	page := Page{
		ID: "a", Title: "“News” – today", Authors: []string{"Ada Miles", "Bo"}, Published: at, Language: "en",
		Body: "a b c d e", Wide: true,
	}
	titles := func(c *Card) Tally { return c.Titles }
	right := news.Story{Title: `"news" - today`, Authors: []string{"BO", "ada  miles"}, Published: at, Language: "en", Text: "a b c d e"}
	for _, c := range []struct {
		name   string
		change func(*news.Story)
		err    error
		wrong  int // lines
		count  func(*Card) Tally
	}{
		{"all", func(*news.Story) {}, nil, 0, nil},
		{"another title", func(s *news.Story) { s.Title, s.Titles = "x", []string{s.Title} }, nil, 1, titles},
		{"no title", func(s *news.Story) { s.Title = "" }, nil, 2, func(c *Card) Tally { return c.Variants }},
		{"two minutes late", func(s *news.Story) { s.Published = at.Add(2 * time.Minute) }, nil, 1,
			func(c *Card) Tally { return c.Instants }},
		{"its own zone's day", func(s *news.Story) { s.Published = at.In(time.FixedZone("", 9*3600)) }, nil, 0, nil},
		{"another day", func(s *news.Story) { s.Published = at.Add(48 * time.Hour) }, nil, 2, func(c *Card) Tally { return c.Days }},
		{"an author less", func(s *news.Story) { s.Authors = s.Authors[:1] }, nil, 1, func(c *Card) Tally { return c.Authors }},
		{"another language", func(s *news.Story) { s.Language = "de" }, nil, 1, func(c *Card) Tally { return c.Languages }},
		{"an error", func(*news.Story) {}, errors.New("no"), 8, titles},
	} {
		story := right
		c.change(&story)
		var card Card
		if wrong := card.Add(&page, story, c.err); len(wrong) != c.wrong {
			t.Errorf("%s: %q, want %d lines", c.name, wrong, c.wrong)
		}
		if c.count != nil && c.count(&card) != (Tally{0, 1}) {
			t.Errorf("%s: %+v", c.name, card)
		}
		if good := card.Good == 1 && card.F1() == 1; good != (c.err == nil) {
			t.Errorf("%s: body %+v", c.name, card)
		}
	}
}

// TestF1 tells the two collections' ways to average apart.
func TestF1(t *testing.T) {
	for _, c := range []struct {
		wide bool
		want float64
	}{{false, .6818}, {true, 2. / 3}} {
		var card Card
		card.Add(&Page{Body: "a b c d", Wide: c.wide}, news.Story{Text: "a b c d"}, nil)
		card.Add(&Page{Body: "a b c d e f g", Wide: c.wide}, news.Story{Text: "a b c d x"}, nil) // precision .5, recall .25
		if got := card.F1(); math.Abs(got-c.want) > .001 {
			t.Errorf("wide %v: %.3f, want %.3f", c.wide, got, c.want)
		}
		if card.Poor != 1 || card.Good != 1 || card.Titles.Of != 0 {
			t.Errorf("wide %v: %+v", c.wide, card)
		}
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		writeFile(t, filepath.Join(dir, name), text)
	}
	if _, err := LoadBenchmark(dir); err == nil {
		t.Error("articles of an empty folder")
	}
	write("ground-truth.json", `{"x":{"articleBody":"b","url":"u"}}`)
	if _, err := LoadBenchmark(dir); err == nil {
		t.Error("articles without their pages")
	}
	write("expected.jsonl", `{"file":"kr/a.html","url":"u","title":"t","published":"2024-05-03 10:00:00+09:00","authors":["a"],"body":["p","q"]}
{"file":"xx/b.html","published":"2024-05-03 10:00:00","date_is_faulty":true}
`)
	write("kr/a.html", "<p>A")
	write("xx/b.html", "<p>B")
	pages, err := LoadPublishers(dir)
	if err != nil || len(pages) != 2 {
		t.Fatalf("%d pages, error %v", len(pages), err)
	}
	a, b := pages[0], pages[1]
	if a.Language != "ko" || a.Body != "p\nq" || string(a.HTML) != "<p>A" || a.Published.UTC().Hour() != 1 || !a.Wide {
		t.Errorf("got %+v", a)
	}
	if !b.Published.IsZero() || b.Language != "" {
		t.Errorf("got %+v", b)
	}
	write("expected.jsonl", `{"file":"kr/a.html","published":"yesterday"}`)
	if _, err := LoadPublishers(dir); err == nil || !strings.Contains(err.Error(), "yesterday") {
		t.Errorf("a bad date: %v", err)
	}
	t.Setenv("COPYTASTER_CORPUS", dir)
	if found, err := Folder("kr"); err != nil || found != filepath.Join(dir, "kr") {
		t.Errorf("found %s, error %v", found, err)
	}
	if _, err := Folder("none"); err == nil {
		t.Error("found a folder that is not there")
	}
	write("bad.gz", "not gzip")
	if _, err := Read(filepath.Join(dir, "bad.gz")); err == nil {
		t.Error("read what is not gzip")
	}
}

// TestNormal holds that titles and names are compared without their typography,
// and by everything else.
func TestNormal(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"“Go”, he said", `"go", HE SAID`, true},
		{"„Nein“ – «non»", `"nein" - "non"`, true},
		{"It’s ‘over’", "it's 'over'", true},
		{"a—b‑c", "a-b-c", true},
		{"wait…", "Wait...", true},
		{"Ha\u00adfen\u200b", "hafen", true},
		{" two\u00a0 lines\n", "two lines", true},
		{"Cafe\u0301", "café", true},
		{"Café", "Cafe", false},
		{"ferry stuck", "ferry, stuck", false},
		{"news today", "newstoday", false},
	} {
		if same := normal(c.a) == normal(c.b); same != c.same {
			t.Errorf("%q and %q: same %v, want %v", c.a, c.b, same, c.same)
		}
	}
}

func TestSameDay(t *testing.T) {
	seoul, york := time.FixedZone("KST", 9*3600), time.FixedZone("EST", -5*3600)
	want := time.Date(2024, 5, 3, 8, 0, 0, 0, seoul) // 2 May, 23:00 UTC
	for _, c := range []struct {
		name string
		got  time.Time
		same bool
	}{
		{"the same time", want, true},
		{"the same time in another zone", want.UTC(), true},
		{"midnight of the day in its own zone", time.Date(2024, 5, 3, 0, 0, 0, 0, york), true},
		{"the last minute of the wanted day", time.Date(2024, 5, 3, 14, 59, 0, 0, time.UTC), true},
		{"the day before in both zones", time.Date(2024, 5, 2, 10, 0, 0, 0, time.UTC), false},
		{"the day after in both zones", time.Date(2024, 5, 4, 0, 30, 0, 0, time.UTC), false},
		{"no date", time.Time{}, false},
	} {
		if same := sameDay(want, c.got); same != c.same {
			t.Errorf("%s: same %v, want %v", c.name, same, c.same)
		}
	}
}

func TestSameNames(t *testing.T) {
	for _, c := range []struct {
		want, got []string
		same      bool
	}{
		{nil, nil, true},
		{[]string{"Ada Miles", "Bo"}, []string{"bo", "ADA  MILES"}, true},
		{[]string{"Ada Miles"}, []string{"Ada Miles", "ada miles"}, true},
		{[]string{"Ada Miles"}, nil, false},
		{[]string{"Ada Miles"}, []string{"Ada Miles", "Bo"}, false},
		{[]string{"Ada Miles"}, []string{"Miles Ada"}, false},
	} {
		if same := sameNames(c.want, c.got); same != c.same {
			t.Errorf("%q and %q: same %v, want %v", c.want, c.got, same, c.same)
		}
	}
}

// TestBadPages loads collections with one fault each.
func TestBadPages(t *testing.T) {
	const page = "<p>A"
	for _, c := range []struct {
		name  string
		load  func(string) ([]Page, error)
		files map[string]string
		says  string
	}{
		{"no list", LoadPublishers, nil, "expected.jsonl"},
		{"a torn list", LoadPublishers, map[string]string{"expected.jsonl": `{"file":"uk/a.html"`}, "unexpected end"},
		{"a page is missing", LoadPublishers, map[string]string{"expected.jsonl": `{"file":"uk/a.html"}`}, "a.html"},
		{"no date", LoadPublishers, map[string]string{"expected.jsonl": `{"file":"uk/a.html"}`, "uk/a.html": page}, `date: ""`},
		{"torn articles", LoadBenchmark, map[string]string{"ground-truth.json": `{"x":`}, "unexpected end"},
		{"a page that is not packed", LoadBenchmark,
			map[string]string{"ground-truth.json": `{"x":{}}`, "html/x.html.gz": "<p>it is not packed"}, "gzip"},
	} {
		dir := t.TempDir()
		for name, text := range c.files {
			writeFile(t, filepath.Join(dir, name), text)
		}
		if pages, err := c.load(dir); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %d pages, error %v, want one that says %s", c.name, len(pages), err, c.says)
		}
	}
}

// TestBenchmark loads articles in the order of their names, unpacked.
func TestBenchmark(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "ground-truth.json"),
		`{"b":{"articleBody":"two","url":"https://b.example"},"a":{"articleBody":"one","url":"https://a.example"}}`)
	for _, id := range []string{"a", "b"} {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, err := z.Write([]byte("<p>" + id))
		if err := errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		writeFile(t, filepath.Join(dir, "html", id+".html.gz"), packed.String())
	}
	got, err := LoadBenchmark(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []Page{
		{ID: "a", URL: "https://a.example", HTML: []byte("<p>a"), Body: "one"},
		{ID: "b", URL: "https://b.example", HTML: []byte("<p>b"), Body: "two"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNothingExpected counts only what a page has an expectation of.
func TestNothingExpected(t *testing.T) {
	var card Card
	story := news.Story{Title: "x", Authors: []string{"Bo"}, Published: time.Now(), Language: "en"}
	if wrong := card.Add(&Page{}, story, nil); len(wrong) > 0 {
		t.Errorf("got %q", wrong)
	}
	if want := (Card{Pages: 1, Good: 1, sum: Overlap{1, 1}, sumF1: 1}); card != want {
		t.Errorf("got %+v, want %+v", card, want)
	}
	if share := (Tally{}).Share(); share != 0 {
		t.Errorf("the share of none is %v", share)
	}
	if share := (Tally{3, 4}).Share(); share != .75 {
		t.Errorf("the share of three in four is %v", share)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
