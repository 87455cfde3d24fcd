package extract

import (
	"strings"
	"testing"

	"github.com/copytaster/copytaster/crawler/extract/score"
)

// TestFlatten reads what is nested too deep for a tree.
func TestFlatten(t *testing.T) {
	for in, want := range map[string]string{
		"<div><div>a</div>b</div>":                                 "<p><p>a</p>b</p>",
		`<html lang="de"><meta name=a><h1>b</h1><time datetime=c>`: `<html lang="de"><meta name=a><h1>b</h1><time datetime=c>`,
		"<a href=x>one<a href=y>two</a>":                           "<a href=x>one</a><a href=y>two</a>",
		`<div class=x><p class="y z">a</p></div><h2>b</h2>`:        `<p class="x"><p class="y z x">a</p></p><h2>b</h2>`,
		"<nav>menu<div>more</nav><p>a":                             "<p><p></p><p>a",
		"</div></nav><p>a":                                         "</p></p><p>a",
		"<b><i><span>x":                                            "x",
		"<script>a<b</script><br/>":                                "<script>a<b</script><br/>",
	} {
		if got := string(flatten([]byte(in))); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

// TestFlatCorpus reads every page of both collections as if it were nested too
// deep. Little is lost: the article's element, and what elements look like.
func TestFlatCorpus(t *testing.T) {
	for name, c := range map[string]struct {
		pages []score.Page
		floor float64
	}{
		"articles":   {articlePages(t), 0.88},
		"publishers": {publisherPages(t), 0.85},
	} {
		var card score.Card
		for i := range c.pages {
			p := &c.pages[i]
			s, err := Article(flatten(toUTF8(p.HTML, "")), Options{URL: p.URL})
			if err != nil {
				t.Errorf("%s: %v", p.ID, err)
			}
			card.Add(p, s, err)
			if strings.Contains(s.Text, "<div") {
				t.Errorf("%s: markup in the text", p.ID)
			}
		}
		t.Logf("%s: F1 %.4f, %d under .5", name, card.F1(), card.Poor)
		if card.F1() < c.floor {
			t.Errorf("%s: F1 %.4f, want at least %.2f", name, card.F1(), c.floor)
		}
	}
}
