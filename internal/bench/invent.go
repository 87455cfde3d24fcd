package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// frequent are the words that every English sentence has: with them an
// invented text has a language, as real ones do.
const frequent = "the of to and in a that is was for on it with as his he be by at are this have from or had not but which they were"

// writer invents texts: words that stand for nothing, drawn by Zipf's law
// after the frequent words of English. The same seed makes the same texts.
type writer struct {
	rng   *rand.Rand
	words []string
}

func newWriter(seed uint64) *writer {
	const vocabulary = 12000
	w := &writer{rng: rand.New(rand.NewPCG(seed, 1)), words: strings.Fields(frequent)} //nolint:gosec // no secret
	const consonants, vowels = "bcdfghklmnprstvw", "aeiou"
	for len(w.words) < vocabulary {
		var word strings.Builder
		for range 2 + w.rng.IntN(3) {
			word.WriteByte(consonants[w.rng.IntN(len(consonants))])
			word.WriteByte(vowels[w.rng.IntN(len(vowels))])
			if w.rng.IntN(3) == 0 {
				word.WriteByte(consonants[w.rng.IntN(len(consonants))])
			}
		}
		w.words = append(w.words, word.String())
	}
	return w
}

// word draws a word: the density of rank r is as 1/r.
func (w *writer) word() string {
	return w.words[int(math.Pow(float64(len(w.words)), w.rng.Float64()))%len(w.words)]
}

// sentences writes text of at least so many bytes.
func (w *writer) sentences(size int) string {
	var b strings.Builder
	for b.Len() <= size {
		first := w.word()
		b.WriteString(strings.ToUpper(first[:1]) + first[1:])
		for range 7 + w.rng.IntN(14) {
			b.WriteString(" " + w.word())
		}
		b.WriteString(". ")
	}
	return strings.TrimSpace(b.String())
}

func (w *writer) title() string {
	words := make([]string, 7)
	for i := range words {
		words[i] = w.word()
	}
	title := strings.Join(words, " ")
	return strings.ToUpper(title[:1]) + title[1:]
}

// page writes an article of twelve paragraphs in a frame as large as outlets
// have them: about 60 KB of scripts, styles, menus and teasers around 4 KB of
// text.
func (w *writer) page() []byte {
	const menus, scripts, teasers = 12, 28, 40
	var b strings.Builder
	title := w.title()
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>%s</title><meta property="og:title" content="%s">`, title, title)
	for i := range scripts {
		fmt.Fprintf(&b, "<script>window.part%d = {%q: %q, %q: [%d, %d]};</script>", i, w.word(), w.sentences(1200), w.word(), i, w.rng.IntN(1e9))
	}
	b.WriteString("</head><body>")
	for i := range menus {
		fmt.Fprintf(&b, `<nav class="menu menu-%d"><ul>`, i)
		for j := range 8 {
			fmt.Fprintf(&b, `<li class="link"><a href="/section/%d/%d">%s</a></li>`, i, j, w.word())
		}
		b.WriteString("</ul></nav>")
	}
	fmt.Fprintf(&b, `<main><article><h1>%s</h1><div class="body">`, title)
	for range 12 {
		fmt.Fprintf(&b, "<p>%s</p>", w.sentences(350))
	}
	b.WriteString("</div></article><aside>")
	for i := range teasers {
		fmt.Fprintf(&b, `<div class="card"><a href="/other/%d"><img src="/img/%d.jpg" alt="%s"><h3>%s</h3></a><span class="when">%d min</span></div>`,
			i, i, w.word(), w.title(), i)
	}
	fmt.Fprintf(&b, `</aside></main><footer><p>%s</p></footer></body></html>`, w.sentences(800))
	return []byte(b.String())
}
