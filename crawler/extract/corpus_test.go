package extract

import (
	"os"
	"testing"

	"github.com/copytaster/copytaster/crawler/extract/score"
)

// corpus returns a folder of the real data that the readers are measured
// against. Without it the test is skipped, except in CI.
func corpus(t testing.TB, name string) string {
	t.Helper()
	dir, err := score.Folder(name)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("find the corpus: %v", err)
		}
		t.Skipf("no corpus: %v", err)
	}
	return dir
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := score.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func publisherPages(t testing.TB) []score.Page {
	t.Helper()
	return loaded(t, "publishers", score.LoadPublishers)
}

func articlePages(t testing.TB) []score.Page {
	t.Helper()
	return loaded(t, "articles", score.LoadBenchmark)
}

func loaded(t testing.TB, name string, load func(string) ([]score.Page, error)) []score.Page {
	t.Helper()
	pages, err := load(corpus(t, name))
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// TestPublishers holds the article reader to a little under what it reached
// when it was last measured.
func TestPublishers(t *testing.T) {
	c := scorePages(t, publisherPages(t))
	for _, f := range []struct {
		what       string
		got, floor int
	}{
		{"titles", c.Titles.Right, 117}, {"titles among variants", c.Variants.Right, 125}, {"days", c.Days.Right, 125}, {"instants", c.Instants.Right, 122},
		{"authors", c.Authors.Right, 112}, {"languages", c.Languages.Right, c.Languages.Of}, {"body F1, in thousandths", int(c.F1() * 1000), 965},
		{"pages over .5", c.Pages - c.Poor, 127},
	} {
		if f.got < f.floor {
			t.Errorf("%s: %d, want at least %d", f.what, f.got, f.floor)
		}
	}
}

func TestArticles(t *testing.T) {
	const floor = .975
	c := scorePages(t, articlePages(t))
	if c.F1() < floor || c.Poor > 0 {
		t.Errorf("F1 %.4f, %d pages under .5; want at least %.3f and none", c.F1(), c.Poor, floor)
	}
}

func scorePages(t *testing.T, pages []score.Page) score.Card {
	var c score.Card
	for i := range pages {
		p := &pages[i]
		got, err := Article(p.HTML, Options{URL: p.URL})
		for _, wrong := range c.Add(p, got, err) {
			t.Logf("%s: %s", p.ID, wrong)
		}
	}
	t.Logf("%d pages: F1 %.4f of %+v; %+v", c.Pages, c.F1(), c.Mean(), c)
	if c.Unread > 0 {
		t.Errorf("%d pages gave an error", c.Unread)
	}
	return c
}

// TestSniffCorpus wants every page of both collections taken for an article,
// except one that is hardly more than links.
func TestSniffCorpus(t *testing.T) {
	const most = 1
	wrong := 0
	check := func(name string, html []byte) {
		if kind := Sniff(html); kind != KindArticle {
			wrong++
			t.Logf("%s is taken for a %s", name, kind)
		}
	}
	for _, p := range publisherPages(t) {
		check(p.ID, p.HTML)
	}
	for _, p := range articlePages(t) {
		check(p.URL, p.HTML)
	}
	if wrong > most {
		t.Errorf("%d pages are not taken for articles, want at most %d", wrong, most)
	}
}
