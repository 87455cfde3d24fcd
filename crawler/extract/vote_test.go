package extract

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// para returns a paragraph of 20 words that no other number gives.
func para(n int) string {
	words := make([]string, 20)
	for i := range words {
		words[i] = fmt.Sprintf("w%dx%d", n, i)
	}
	return strings.Join(words, " ")
}

// paras returns paragraphs of text, one a line.
func paras(from, to int) string {
	var lines []string
	for n := from; n < to; n++ {
		lines = append(lines, para(n))
	}
	return strings.Join(lines, "\n")
}

// marked returns paragraphs as elements of a class.
func marked(tag, class string, from, to int) string {
	var b strings.Builder
	for n := from; n < to; n++ {
		fmt.Fprintf(&b, "<%s class=%q>%s</%s>", tag, class, para(n), tag)
	}
	return b.String()
}

func pageBlocks(t *testing.T, markup string) []block {
	t.Helper()
	root, err := html.Parse(strings.NewReader("<body>" + markup))
	if err != nil {
		t.Fatal(err)
	}
	return nodeBlocks(root)
}

const letter = "Subscribe to the letter of the week today"

// TestElect gives a page, what the two readers found in it and what is the
// story.
func TestElect(t *testing.T) {
	story := `<article>` + marked("p", "", 0, 5) + `</article>`
	headed := paras(0, 3) + "\nIn other words\n" + paras(3, 5)
	gallery := strings.ReplaceAll(marked("figcaption", "", 1, 4), "<figcaption", "<figure><figcaption")
	again, askedOnce := `<p>Say that again?</p>`, paras(0, 2)+"\nSay that again?\n"+paras(2, 4)
	for _, c := range []struct{ name, page, deep, wide, want string }{
		{"they agree", story, paras(0, 5), paras(0, 5), paras(0, 5)},
		{"nothing", "", "", "", ""},
		{"no deep text", story, "", paras(0, 5), paras(0, 5)},
		{"no wide text", story, paras(0, 5), "", paras(0, 5)},
		{"furniture of the deep one goes", story + "<div class=box><p>" + letter + "</p></div>", paras(0, 5) + "\n" + letter, paras(0, 5), paras(0, 5)},
		{"furniture of the wide one goes", story + "<div class=box><p>" + letter + "</p></div>", paras(0, 5), paras(0, 5) + "\n" + letter, paras(0, 5)},
		{"what looks like the story is the story", `<main>` + marked("p", "t", 0, 9) + `</main>`, paras(0, 5), paras(0, 5), paras(0, 9)},
		{"what looks different is not", story + marked("p", "card", 5, 9), paras(0, 5), paras(0, 5), paras(0, 5)},
		{"the look of links is not enough", `<main>` + marked("p", "", 0, 5) + `<p><a href=x>` + para(9) + `</a></p></main>`, paras(0, 5), paras(0, 5), paras(0, 5)},
		{"agreed links go", `<main>` + marked("p", "", 0, 5) + `<p><a href=x>` + para(9) + `</a></p></main>`,
			paras(0, 5) + "\n" + para(9), paras(0, 5) + "\n" + para(9), paras(0, 5)},
		{"the deep one stopped early", `<div id=a>` + marked("p", "", 0, 2) + `</div><div class=b>` + marked("p", "x", 2, 10) + `</div>`, paras(0, 2), paras(0, 10), paras(0, 10)},
		{"the deep one took the page", `<main>` + marked("p", "", 3, 8) + `</main>` + marked("p", "card", 8, 20), paras(0, 20), paras(3, 8), paras(3, 8)},
		{"the wide one took something else too", story + marked("p", "card", 50, 53), paras(0, 5), paras(0, 3) + "\n" + paras(50, 53), paras(0, 5)},
		{"a list of one reader among the paragraphs",
			`<article>` + marked("p", "", 0, 5) + `<ul><li>` + para(7) + `<li>short</ul></article>`,
			paras(0, 5) + "\n" + para(7) + "\nshort", paras(0, 5), paras(0, 5) + "\n" + para(7) + "\nshort"},
		{"a list of one reader elsewhere", story + `<div class=plans><ul><li>` + para(7) + `</ul></div>`, paras(0, 5) + "\n" + para(7), paras(0, 5), paras(0, 5)},
		{"a heading of one reader among the paragraphs",
			`<article>` + marked("p", "", 0, 3) + `<h3>In other words</h3>` + marked("p", "", 3, 5) + `</article>`,
			paras(0, 5), headed, headed},
		{"captions go",
			`<article>` + marked("p", "", 0, 5) + `<figure><figcaption>` + para(8) + `</figcaption></figure></article>`,
			paras(0, 5) + "\n" + para(8), paras(0, 5) + "\n" + para(8), paras(0, 5)},
		{"the captions of a gallery are its text", `<article><p>` + para(0) + `</p>` + gallery + `</article>`,
			paras(0, 4), paras(0, 4), paras(0, 4)},
		{"a card that repeats the story goes", `<div class=card><p>` + para(2) + `</p></div>` + story, paras(0, 5), paras(0, 5), paras(0, 5)},
		{"the title goes", `<h1>` + para(99) + `</h1>` + story, para(99) + "\n" + paras(0, 5), para(99) + "\n" + paras(0, 5), paras(0, 5)},
		{"advertising goes",
			`<article>` + marked("p", "", 0, 3) + `<p>Advertisement</p>` + marked("p", "", 3, 5) + `</article>`,
			paras(0, 3) + "\nAdvertisement\n" + paras(3, 5), paras(0, 3) + "\nAdvertisement\n" + paras(3, 5), paras(0, 5)},
		{"a short line may be said twice",
			`<article>` + marked("p", "", 0, 2) + again + marked("p", "", 2, 4) + again + `</article>`,
			askedOnce + "\nSay that again?", askedOnce, askedOnce + "\nSay that again?"},
	} {
		e := elect(pageBlocks(t, c.page), textBlocks(c.deep), textBlocks(c.wide), []string{para(99)}, measured)
		if got := lines(e.elected()); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, clip(got, 2000), c.want)
		}
	}
}

// TestStrangers lets the headline decide between readers that found different
// texts.
func TestStrangers(t *testing.T) {
	page := pageBlocks(t, `<div class=a>`+marked("p", "", 0, 5)+`</div><div class=b>`+marked("p", "x", 10, 15)+`</div>`)
	for headline, want := range map[string]Reader{
		"w12x1 w12x2 w13x7": ReaderTrafilatura,
		"w2x1 w2x2 w3x7":    ReaderReadability,
		"":                  ReaderReadability,
	} {
		e := elect(page, textBlocks(paras(0, 5)), textBlocks(paras(10, 15)), []string{headline}, measured)
		if e.mode != want {
			t.Errorf("%q: %s, want %s", headline, e.mode, want)
		}
	}
}

func TestSplit(t *testing.T) {
	for text, want := range map[string]int{
		"":                    0,
		" … ":                 0,
		"one two_three 4":     3,
		"don’t stop":          3,
		"한국 text":             3,
		"東京2020年":             4,
		"Straße, über-all":    3,
		"ภาษาไทย":             7,
		"Київ\u00a0— столиця": 2,
	} {
		if got := len(newWords().split(nil, text)); got != want {
			t.Errorf("%q: %d words, want %d", text, got, want)
		}
	}
}

func TestKnown(t *testing.T) {
	w := newWords()
	k := w.known(textBlocks("The talks in Geneva go on, officials said on Friday.\nTop 5"))
	for text, want := range map[string]bool{
		"The talks in Geneva go on":                              true,
		"talks in Geneva go on and on, some officials said here": false,
		"Top 5":                 true,
		"Geneva":                false, // a word of a text is no block
		"on talks Geneva in":    false,
		"officials said Friday": false,
	} {
		if got := k.has(text, w.split(nil, text), measured.agreement); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// TestIsBetter asks when an articleBody or the page's data goes before the text
// of the page.
func TestIsBetter(t *testing.T) {
	for _, c := range []struct {
		name         string
		whole, found string
		want         bool
	}{
		{"longer", paras(0, 10), paras(0, 3), true},
		{"nothing was found", paras(0, 10), "", true},
		{"a summary", paras(0, 4), "", false},
		{"about the same", paras(0, 10), paras(0, 8), false},
		{"said twice", paras(0, 8) + "\n" + paras(0, 8), paras(0, 8), false},
	} {
		if got := isBetter(textBlocks(c.whole), textBlocks(c.found), minLinked); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
}
