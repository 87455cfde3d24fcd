package extract

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// para gives a paragraph of 20 words that no other number gives.
func para(n int) string {
	words := make([]string, 20)
	for i := range words {
		words[i] = fmt.Sprintf("w%dx%d", n, i)
	}
	return strings.Join(words, " ")
}

func paras(from, to int) []block {
	var blocks []block
	for n := from; n < to; n++ {
		blocks = append(blocks, textBlocks(para(n))...)
	}
	return blocks
}

func TestCombine(t *testing.T) {
	furniture := textBlocks("Subscribe to the letter of the week today")
	for _, c := range []struct {
		name             string
		deep, wide, want []block
	}{
		{"they agree", paras(0, 5), paras(0, 5), paras(0, 5)},
		{"furniture of the deep one goes", append(paras(0, 5), furniture...), paras(0, 5), paras(0, 5)},
		{"furniture of the wide one never counts", paras(0, 5), append(paras(0, 5), furniture...), paras(0, 5)},
		{"the deep one stopped early", paras(0, 2), paras(0, 10), paras(0, 10)},
		{"the deep one took the whole page", paras(0, 20), paras(3, 8), paras(3, 8)},
		{"the wide one took a part", paras(0, 10), append(paras(0, 3), paras(50, 53)...), paras(0, 10)},
		{"no deep text", nil, paras(0, 5), paras(0, 5)},
		{"no wide text", paras(0, 5), nil, paras(0, 5)},
		{"nothing", nil, nil, nil},
	} {
		if got := lines(combine(c.deep, c.wide, "")); got != lines(c.want) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, lines(c.want))
		}
	}
}

// TestCombineStrangers lets the headline decide between readers that have
// nothing in common.
func TestCombineStrangers(t *testing.T) {
	story := textBlocks("The harbour of Lindau was closed on Friday, and nobody in the town hall would say why.")
	other := textBlocks("Ten recipes for the weekend that are easy, quick and cheap, and that children like.")
	const headline = "Harbour of Lindau closed"
	if got := lines(combine(other, story, headline)); got != lines(story) {
		t.Errorf("got %q", got)
	}
	if got := lines(combine(story, other, headline)); got != lines(story) {
		t.Errorf("got %q", got)
	}
}

func TestSplitWords(t *testing.T) {
	w := newWords()
	for text, want := range map[string]int{
		"":                       0,
		"one two, three!":        3,
		"don't":                  2,
		"北朝鮮が発射":                 6,
		"북한 발사":                  4,
		"2024年5月":                4,
		"Kim김정은Un":               5,
		"snake_case counts once": 3,
	} {
		if got := len(w.split(text)); got != want {
			t.Errorf("%q: %d words, want %d", text, got, want)
		}
	}
}

func TestTidy(t *testing.T) {
	long := "A paragraph that is long enough to be told from a label, which may be repeated."
	got := lines(tidy(textBlocks(strings.Join([]string{"The Title", "Kicker", "Yes.", long, "Advertisement", "Yes.", long, "The Title"}, "\n")), []string{"Other", "the title"}))
	if want := strings.Join([]string{"Kicker", "Yes.", long, "Yes.", "The Title"}, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestIsBetter(t *testing.T) {
	glued := textBlocks(strings.ReplaceAll(lines(paras(0, 10)), "\n", " "))
	for _, c := range []struct {
		name          string
		linked, found []block
		want          bool
	}{
		{"none", nil, paras(0, 10), false},
		{"the same", paras(0, 10), paras(0, 10), false},
		{"a little longer", paras(0, 13), paras(0, 10), false},
		{"twice as long", paras(0, 20), paras(0, 10), true},
		{"the same with paragraphs", paras(0, 10), glued, true},
		{"the same without paragraphs", glued, paras(0, 10), false},
		{"a summary for nothing", paras(0, 3), nil, false},
	} {
		if got := isBetter(c.linked, c.found); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}

func TestSplitBreaks(t *testing.T) {
	for in, want := range map[string]string{
		"One<br><br>Two":                        "<p>One</p><p>Two</p>",
		"One<br> <br>\n<br>Two<br>lines":        "<p>One</p><p>Two<br/>lines</p>",
		"<p>One<br><br>Two</p>":                 "<div><p>One</p><p>Two</p></div>",
		"One <b>bold</b><br><br><i>Two</i> end": "<p>One <b>bold</b></p><p><i>Two</i> end</p>",
		"<br><br>One<div>x</div>two":            "<p>One</p><div>x</div><p>two</p>",
		"One<br>line":                           "One<br/>line",
		"<p>One</p><p>Two</p>":                  "<p>One</p><p>Two</p>",
		"<br><br>":                              "",
	} {
		root, err := html.Parse(strings.NewReader("<body>" + in))
		if err != nil {
			t.Fatal(err)
		}
		splitBreaks(root)
		var b strings.Builder
		if err := html.Render(&b, root); err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(b.String(), "<body>")
		if got = strings.TrimSuffix(got, "</body></html>"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
