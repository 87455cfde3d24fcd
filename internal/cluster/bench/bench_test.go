package main

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
)

const ferry = "A ferry with 212 passengers ran aground off Valdoria on Tuesday, the coast guard said. Divers found a tear of four metres. " +
	"The operator Nordlinie suspended all crossings until Thursday. Captain Mirela Osk said that the steering had failed. "

func TestWebPage(t *testing.T) {
	for _, c := range []struct{ page, title, body string }{
		{"A title  The text of it. More.", "A title", "The text of it. More."},
		{"A title\nThe text", "A title", "The text"},
		{"One sentence. And another one.", "One sentence.", "And another one."},
		{"根室沖で転覆。船長が不明。", "根室沖で転覆。", "船長が不明。"},
	} {
		s := webPage(c.page, "en", "a")
		if s.Title != c.title || strings.TrimSpace(s.Text) != c.body {
			t.Errorf("%q: title %q, text %q", c.page, s.Title, s.Text)
		}
	}
}

func TestBCubed(t *testing.T) {
	list := []sketched{{nil, "a", ""}, {nil, "a", ""}, {nil, "b", ""}, {nil, "b", ""}}
	for _, c := range []struct {
		of                []int
		precision, recall float64
	}{
		{[]int{1, 1, 2, 2}, 1, 1},
		{[]int{1, 1, 1, 1}, .5, 1},
		{[]int{1, 2, 3, 4}, 1, .5},
	} {
		if p, r := bcubed(list, c.of, -1); p != c.precision || r != c.recall {
			t.Errorf("%v: precision %v, recall %v", c.of, p, r)
		}
	}
}

// TestBurst wants edits to leave most of a text, and one alert of them all.
func TestBurst(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	first := &news.Story{ID: 1000, Title: "Ferry runs aground off Valdoria", Text: ferry, Outlet: "outlet 0", Language: "en"}
	own := &news.Story{Title: "Another story", Text: strings.ReplaceAll(ferry, "Valdoria", "Kessel"), Language: "en"}
	b := makeBurst(r, first, []*news.Story{own}, true)
	if len(b.stories) != 1+burstCopies+burstReports {
		t.Fatalf("%d stories", len(b.stories))
	}
	copies := 0
	for i := range b.stories {
		copies += count(b.copies[i])
	}
	if copies != 1+burstCopies {
		t.Errorf("%d copies", copies)
	}
	if got := sentencesOf(ferry); len(got) != 4 {
		t.Errorf("%d sentences", len(got))
	}
}

func TestBaselines(t *testing.T) {
	a := &news.Story{Title: "A title", Text: ferry}
	b := &news.Story{Title: "a title ", Text: ferry + "More."}
	c := &news.Story{Title: "", Text: strings.ToUpper("nothing of this is in the other one at all, not a single row of words")}
	for name, joins := range map[string]func(*labelledPair) bool{"title": sameTitle, "SimHash": nearSimHash, "containment": contained} {
		if !joins(&labelledPair{a: a, b: b}) || joins(&labelledPair{a: a, b: c}) {
			t.Errorf("%s decides otherwise", name)
		}
	}
}

func TestTally(t *testing.T) {
	var all tally
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		all.add(id, id < "d")
	}
	if all.of[half("a")] == 0 {
		t.Error("a label belongs to no half")
	}
	if got := all.String(); !strings.HasPrefix(got, "3 of 6 (halves ") {
		t.Errorf("tally %q", got)
	}
	if got := shares([2]int{1, 2}, [2]int{2, 2}); got != "0.750 (0.500 · 1.000)" {
		t.Errorf("shares %q", got)
	}
	if got := len(pairsOf([]string{"a", "b", "c"})); got != 3 {
		t.Errorf("%d pairs", got)
	}
}

// TestOurs wants a copy to join and another story to stay apart.
func TestOurs(t *testing.T) {
	var k cluster.Sketcher
	a := &news.Story{Title: "Ferry runs aground off Valdoria", Text: ferry, Language: "en"}
	if !k.Sketch(a).Comparable() {
		t.Fatal("too short to compare")
	}
	if !ours(&labelledPair{a: a, b: a}) {
		t.Error("a copy does not join")
	}
	if ours(&labelledPair{a: a, b: &news.Story{Title: "Bank cuts jobs", Text: strings.ReplaceAll(ferry, "ferry", "bank")[90:], Language: "en"}}) {
		t.Error("another story joins")
	}
}

// TestWorthOfConstructed wants every turn and development that was written for
// the bench in the channel, and little that adds nothing.
func TestWorthOfConstructed(t *testing.T) {
	reports, err := constructedReports()
	if err != nil {
		t.Fatal(err)
	}
	languages := map[string]bool{}
	for i := range reports {
		languages[reports[i].next.Language] = true
	}
	if len(reports) < 80 || len(languages) < 15 {
		t.Errorf("%d reports in %d languages", len(reports), len(languages))
	}
	var miss strings.Builder
	score := scoreWorth(reports, &miss)
	holds(t, "turns", score.shown[cluster.Turn], .95, 1)
	holds(t, "turns as turns", &score.turns, .95, 1)
	holds(t, "developments", score.shown[cluster.Development], .9, 1)
	holds(t, "nothing new", score.shown[cluster.NothingNew], 0, .25)
	if t.Failed() {
		t.Log(miss.String())
	}
}

// TestWorthOfWritten holds what was reached on the second set of reports that were
// written, of which one half was held out.
func TestWorthOfWritten(t *testing.T) {
	reports, err := writtenSecond()
	if err != nil {
		t.Fatal(err)
	}
	var miss strings.Builder
	score := scoreWorth(reports, &miss)
	holds(t, "turns", score.shown[cluster.Turn], .8, 1)
	holds(t, "developments", score.shown[cluster.Development], .9, 1)
	holds(t, "nothing new", score.shown[cluster.NothingNew], 0, .25)
	holds(t, "no turns, as turns", &score.others, 0, .05)
	if t.Failed() {
		t.Log(miss.String())
	}
}

// TestWorthOfCorpus holds what was reached on the labelled reports of the corpus
// that the words were chosen by. What is held out is in docs/benchmarks.md.
func TestWorthOfCorpus(t *testing.T) {
	t.Chdir("../../..")
	if _, err := os.Stat(corpus()); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	reports, err := corpusReports()
	if err != nil {
		t.Fatal(err)
	}
	if len(reports) < 200 {
		t.Errorf("%d reports", len(reports))
	}
	score := scoreWorth(reports, new(strings.Builder))
	holds(t, "turns", score.shown[cluster.Turn], .95, 1)
	holds(t, "developments", score.shown[cluster.Development], .85, 1)
	holds(t, "nothing new", score.shown[cluster.NothingNew], 0, .18)
	holds(t, "no turns, as turns", &score.others, 0, .07)
}

// holds wants the share of a tally between bounds, on either half.
func holds(t *testing.T, name string, of *tally, least, most float64) {
	t.Helper()
	for h := range 2 {
		share := float64(of.joined[h]) / float64(max(1, of.of[h]))
		if of.of[h] == 0 || share < least || share > most {
			t.Errorf("%s: %.2f on half %d (%s), want %.2f to %.2f", name, share, h, of, least, most)
		}
	}
}

func TestDateLine(t *testing.T) {
	for title, want := range map[string]bool{
		"21 July 2013 Last updated at 11: 11 GMT": true, "10: 24 AM, MON 22 JUL 2013": true,
		"4. 6 earthquake shakes Northern California": false, "": false,
	} {
		if dateLine(title) != want {
			t.Errorf("%q: %v", title, !want)
		}
	}
}

// TestHead wants a constructed story read as a title and a text.
func TestHead(t *testing.T) {
	s := writtenStory("A title\nA text\nof two lines", "de")
	if s.Title != "A title" || s.Text != "A text\nof two lines" || s.Language != "de" {
		t.Errorf("read %+v", s)
	}
}
