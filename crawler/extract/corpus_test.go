package extract

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/copytaster/copytaster/internal/news"
	"golang.org/x/text/unicode/norm"
)

// corpus gives a folder of the real data that the readers are measured
// against. Without it the test is skipped, except in CI.
func corpus(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("COPYTASTER_CORPUS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "corpus")
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("find the corpus: %v", err)
		}
		t.Skipf("no corpus: %v", err)
	}
	return dir
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(path, ".gz") {
		return b
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if b, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	return b
}

// publisherPage is one captured page with what is expected of it.
type publisherPage struct {
	File, URL, Title, Published string
	Authors, Body               []string
	Faulty                      bool `json:"date_is_faulty"`
	html                        []byte
}

func publisherPages(t testing.TB) []publisherPage {
	dir := corpus(t, "publishers")
	var pages []publisherPage
	for line := range bytes.Lines(read(t, filepath.Join(dir, "expected.jsonl"))) {
		var p publisherPage
		if err := json.Unmarshal(line, &p); err != nil {
			t.Fatal(err)
		}
		p.html = read(t, filepath.Join(dir, p.File))
		pages = append(pages, p)
	}
	return pages
}

// articlePage is one page of the article benchmark.
type articlePage struct {
	ID, URL, Body string
	html          []byte
}

func articlePages(t testing.TB) []articlePage {
	dir := corpus(t, "articles")
	var truth map[string]struct {
		ArticleBody string `json:"articleBody"`
		URL         string `json:"url"`
	}
	if err := json.Unmarshal(read(t, filepath.Join(dir, "ground-truth.json")), &truth); err != nil {
		t.Fatal(err)
	}
	var pages []articlePage
	for id, p := range truth {
		pages = append(pages, articlePage{id, p.URL, p.ArticleBody, read(t, filepath.Join(dir, "html", id+".html.gz"))})
	}
	slices.SortFunc(pages, func(a, b articlePage) int { return strings.Compare(a.ID, b.ID) })
	return pages
}

// overlap is the precision and recall of one text against another, over
// shingles of four words as multisets.
type overlap struct{ precision, recall float64 }

func (o overlap) f1() float64 {
	if o.precision+o.recall == 0 {
		return 0
	}
	return 2 * o.precision * o.recall / (o.precision + o.recall)
}

func compare(want, got []string) overlap {
	a, b := shingles(want), shingles(got)
	var tp, fp, fn float64
	for k, n := range a {
		tp += float64(min(n, b[k]))
		fn += float64(max(0, n-b[k]))
	}
	for k, n := range b {
		fp += float64(max(0, n-a[k]))
	}
	o := overlap{1, 1}
	if tp+fp > 0 {
		o.precision = tp / (tp + fp)
	} else if fn > 0 {
		o.precision = 0
	}
	if tp+fn > 0 {
		o.recall = tp / (tp + fn)
	}
	return o
}

func shingles(words []string) map[string]int {
	m := map[string]int{}
	for i := range max(1, len(words)-3) {
		if part := words[i:min(i+4, len(words))]; len(part) > 0 {
			m[strings.Join(part, " ")]++
		}
	}
	return m
}

func splitWords(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' })
}

// splitWide is splitWords with each Han, kana and Hangul character a word.
func splitWide(s string) []string {
	var spaced strings.Builder
	for _, r := range s {
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) {
			spaced.WriteRune(' ')
			spaced.WriteRune(r)
			r = ' '
		}
		spaced.WriteRune(r)
	}
	return splitWords(spaced.String())
}

var straight = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'", "–", "-", "—", "-", "‑", "-", "…", "...", "\u00ad", "", "\u200b", "")

func normal(s string) string {
	s = straight.Replace(norm.NFC.String(s))
	return strings.ToLower(strings.Join(strings.Fields(s), " "))
}

func expectedTime(t testing.TB, s string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04:05.999999Z07:00", "2006-01-02 15:04:05.999999"} {
		if at, err := time.Parse(layout, s); err == nil {
			return at
		}
	}
	t.Fatalf("bad expectation %q", s)
	return time.Time{}
}

func sameDay(want, got time.Time) bool {
	x := got.In(want.Location())
	return !got.IsZero() && (want.Format(time.DateOnly) == x.Format(time.DateOnly) || want.Format(time.DateOnly) == got.Format(time.DateOnly))
}

func sameAuthors(want, got []string) bool {
	set := func(names []string) []string {
		var out []string
		for _, n := range names {
			out = append(out, normal(n))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return slices.Equal(set(want), set(got))
}

// score counts what is right over the publishers' pages.
type score struct {
	pages, titles, variants          int
	dated, days, instants            int
	bylined, authors, placed, spoken int
	low                              int // pages with a body F1 under .5
	f1                               float64
}

// languages are the countries of the collection that publish in one language.
var languages = map[string]string{
	"at": "de", "us": "en", "uk": "en", "au": "en", "fr": "fr", "kr": "ko", "pl": "pl", "tr": "tr", "dk": "da", "se": "sv", "ru": "ru", "mx": "es", "id": "id", "cn": "zh",
}

func (s *score) add(t *testing.T, p publisherPage, got news.Story) {
	count := func(n *int, ok bool, format string, args ...any) {
		if ok {
			*n++
		} else {
			t.Logf(p.File+": "+format, args...)
		}
	}
	same := func(title string) bool { return normal(title) == normal(p.Title) }
	s.pages++
	count(&s.titles, same(got.Title), "title %q, want %q", got.Title, p.Title)
	count(&s.variants, same(got.Title) || slices.ContainsFunc(got.Titles, same), "titles %q, want %q", got.Titles, p.Title)
	if !p.Faulty {
		want := expectedTime(t, p.Published)
		s.dated++
		count(&s.days, sameDay(want, got.Published), "published %s, want %s", got.Published, want)
		count(&s.instants, want.Sub(got.Published).Abs() <= time.Minute, "published %s, want exactly %s", got.Published, want)
	}
	if len(p.Authors) > 0 {
		s.bylined++
		count(&s.authors, sameAuthors(p.Authors, got.Authors), "authors %q, want %q", got.Authors, p.Authors)
	}
	if want := languages[p.File[:2]]; want != "" {
		s.placed++
		count(&s.spoken, want == got.Language, "language %s, want %s", got.Language, want)
	}
	o := compare(splitWide(strings.Join(p.Body, "\n")), splitWide(got.Text))
	s.f1 += o.f1()
	if o.f1() < .5 {
		s.low++
	}
	if o.f1() < .85 {
		t.Logf("%s: body precision %.2f, recall %.2f", p.File, o.precision, o.recall)
	}
}

// TestPublishers holds the article reader to a little under what it reached
// when it was last measured.
func TestPublishers(t *testing.T) {
	var s score
	for _, p := range publisherPages(t) {
		got, err := Article(p.html, Options{URL: p.URL})
		if err != nil {
			t.Errorf("%s: %v", p.File, err)
		}
		s.add(t, p, got)
	}
	s.f1 /= float64(s.pages)
	t.Logf("%+v", s)
	for _, c := range []struct {
		what       string
		got, floor int
	}{
		{"titles", s.titles, 102}, {"titles among variants", s.variants, 124}, {"days", s.days, 124}, {"instants", s.instants, 119},
		{"authors", s.authors, 105}, {"languages", s.spoken, s.placed}, {"body F1, in thousandths", int(s.f1 * 1000), 950}, {"pages over .5", s.pages - s.low, 126},
	} {
		if c.got < c.floor {
			t.Errorf("%s: %d, want at least %d", c.what, c.got, c.floor)
		}
	}
}

func TestArticles(t *testing.T) {
	pages := articlePages(t)
	var sum overlap
	low := 0
	for _, p := range pages {
		u, _ := url.Parse(p.URL)
		s, err := Article(p.html, Options{URL: u.String()})
		if err != nil {
			t.Errorf("%s: %v", p.ID, err)
			continue
		}
		o := compare(splitWords(p.Body), splitWords(s.Text))
		sum.precision += o.precision
		sum.recall += o.recall
		if o.f1() < .5 {
			low++
		}
		if o.f1() < .9 {
			t.Logf("BODY %s precision %.2f recall %.2f %s", p.ID[:8], o.precision, o.recall, p.URL)
		}
	}
	n := float64(len(pages))
	sum.precision /= n
	sum.recall /= n
	t.Logf("of %.0f: F1 %.4f, precision %.4f, recall %.4f, %d under .5", n, sum.f1(), sum.precision, sum.recall, low)
	if sum.f1() < .968 || low > 0 {
		t.Errorf("F1 %.4f, %d pages under .5; want at least .968 and none", sum.f1(), low)
	}
}

// TestSniffCorpus wants every page of both collections taken for an article,
// but for two that are hardly more than links.
func TestSniffCorpus(t *testing.T) {
	const most = 2
	wrong := 0
	check := func(name string, html []byte) {
		if kind := Sniff(html); kind != KindArticle {
			wrong++
			t.Logf("%s is taken for a %s", name, kind)
		}
	}
	for _, p := range publisherPages(t) {
		check(p.File, p.html)
	}
	for _, p := range articlePages(t) {
		check(p.URL, p.html)
	}
	if wrong > most {
		t.Errorf("%d pages are not taken for articles, want at most %d", wrong, most)
	}
}
