package extract

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestBlocks cuts markup into paragraphs, shown with "|" between them: the
// same from a stream of tags and from a tree.
func TestBlocks(t *testing.T) {
	for in, want := range map[string]string{
		"plain text":                              "plain text",
		"<p>One.</p><p>Two.</p>":                  "One.|Two.",
		"<p>One<br>line</p>":                      "One line",
		"One<br><br>Two<br/> <br/>Three":          "One|Two|Three",
		"<div>Outer <p>inner</p> tail</div>":      "Outer|inner|tail",
		"<p>With <b>bold</b> and <i>it</i>al</p>": "With bold and ital",
		"<ul><li>a</li><li>b</li></ul>":           "a|b",
		"<h2>Head</h2>text":                       "Head|text",
		"<script>x()</script>text<style>p{}</style><noscript>no</noscript>": "text",
		"a&nbsp;&amp;\u200b b\u00ad":                                        "a & b",
		"<table><tr><td>1</td><td>2</td></tr></table>":                      "1|2",
		"<blockquote>quoted</blockquote>by me":                              "quoted|by me",
		"   \n\t ":                                                          "",
	} {
		texts := func(blocks []block) string { return strings.ReplaceAll(lines(blocks), "\n", "|") }
		if got := texts(markupBlocks(in)); got != want {
			t.Errorf("stream of %q: got %q, want %q", in, got, want)
		}
		root, err := html.Parse(strings.NewReader("<body>" + in))
		if err != nil {
			t.Fatal(err)
		}
		if got := texts(nodeBlocks(root)); got != want {
			t.Errorf("tree of %q: got %q, want %q", in, got, want)
		}
	}
}

func TestBlockLinks(t *testing.T) {
	blocks := markupBlocks(`<p>one <a href=x>two three</a></p><p>four</p>`)
	if b := blocks[0]; b.link != len("twothree") || b.size != len("onetwothree") {
		t.Errorf("link %d of %d", b.link, b.size)
	}
	if b := blocks[1]; b.link != 0 || b.size != len("four") {
		t.Errorf("link %d of %d", b.link, b.size)
	}
}

func TestParagraphs(t *testing.T) {
	for in, want := range map[string]string{
		"One.\nTwo.\n\n Three. ":                 "One.\nTwo.\nThree.",
		"Fish &amp; chips":                       "Fish & chips",
		"<p>One.</p>\n<p>Two\nlines.</p>":        "One.\nTwo lines.",
		"<p>Text.</p><p>Advertisement</p>":       "Text.",
		"":                                       "",
		"<p>The post X appeared first on Y.</p>": "",
	} {
		if got := paragraphs(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestSqueeze writes every white space as one space and drops what cannot be seen,
// in every script, with the quick path and without it.
func TestSqueeze(t *testing.T) {
	for in, want := range map[string]string{
		"a b": "a b", " a b ": "a b", "a  b": "a b", "a\nb": "a b", "a\tb": "a b", "a\u00a0b": "a b", "a\u2009b": "a b", "a\u3000b": "a b", "a\u1680b": "a b",
		"a\u200bb": "ab", "a\u00adb": "ab", "\ufeffa": "a", "a\u2060b": "ab", "a\u0085b": "a b", "a\u007fb": "a b", "a\x01b": "a b",
		"é ü ж 漢 한 “q” – …": "é ü ж 漢 한 “q” – …", "a\u202fb": "a b", "a\u2028b": "a b", "": "", " ": "", "\u00a0": "",
		"a\xffb": "a\ufffdb",
	} {
		if got := squeeze(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
