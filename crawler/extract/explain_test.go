package extract

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestExplain wants the same story as Article gives, and every block that a
// reader wanted with what became of it.
func TestExplain(t *testing.T) {
	page := []byte("<title>Harbour closed</title><article><h1>Harbour closed</h1>" + marked("p", "", 0, 5) + "<p>Advertisement</p>" +
		"<figure><figcaption>" + para(7) + "</figcaption></figure><p><a href=/x>" + para(8) + "</a></p></article><aside><p>" + para(9) + "</p></aside>")
	story, r, err := Explain(page, Options{URL: "https://a.test/x"})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Article(page, Options{URL: "https://a.test/x"})
	if d := cmp.Diff(plain, story); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
	if r.Reader != ReaderVote || r.Why == "" || r.Agreement < 0.5 || r.Agreement > 1 || len(r.Candidates) != 2 {
		t.Errorf("reading %+v", r)
	}
	var kept []string
	for _, b := range r.Blocks {
		if b.Dropped == "" {
			kept = append(kept, b.Text)
		}
		if b.Text == para(9) {
			t.Error("a block that no reader wanted is explained")
		}
	}
	if strings.Join(kept, "\n") != story.Text || story.Text != paras(0, 5) {
		t.Errorf("kept %q, text %q", kept, story.Text)
	}
}

func TestExplainNothing(t *testing.T) {
	_, r, err := Explain([]byte("<title>Harbour closed</title>"), Options{})
	if err != nil || r.Reader != ReaderNone || r.Why == "" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestExplainLinkedData(t *testing.T) {
	page := `<title>Harbour closed</title><script type="application/ld+json">{"@type":"NewsArticle","articleBody":"` +
		strings.ReplaceAll(paras(0, 12), "\n", `\n`) + `"}</script><article>` + marked("p", "", 0, 2) + `</article>`
	s, r, err := Explain([]byte(page), Options{})
	if err != nil || r.Reader != ReaderJSONLD || s.Text != paras(0, 12) || len(r.Blocks) != 12 {
		t.Errorf("%s, %q, %v", r.Reader, s.Text, err)
	}
}

func TestExplainFlat(t *testing.T) {
	page := strings.Repeat("<div>", 600) + "<title>Harbour closed</title><h1>Harbour closed</h1>" + marked("p", "", 0, 5)
	s, r, err := Explain([]byte(page), Options{})
	if err != nil || !r.Flat || s.Text != paras(0, 5) {
		t.Errorf("flat %t, %q, %v", r.Flat, s.Text, err)
	}
}
