package revision

import (
	"strings"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
)

// The weight of a sentence is about what its words would take in English:
// letters and digits, a Hangul syllable counted twice, a Han or kana character
// three times.
const (
	// furnitureWeight is the weight below which a line that does not end like a
	// sentence is no part of the story: a link, a label, a headline of another
	// story, a time.
	furnitureWeight = 100
	// counterWeight is the weight below which a sentence that differs from
	// another one by its numbers alone is a counter: "Updated 5 minutes ago.".
	// "At least 15 people were killed." is heavier.
	counterWeight = 24
)

// sentence is one sentence of a version.
type sentence struct {
	text   string // as it is written
	folded string // its words in the form that is compared
	masked string // the same without its numbers
	weight int
	ended  bool // it ends like a sentence
}

// furniture reports whether a change of the sentence says nothing.
func (s sentence) furniture() bool { return !s.ended && s.weight < furnitureWeight }

// version is a text cut into sentences.
type version struct {
	sentences []sentence
	weight    int // of those that are no furniture
}

// read cuts a text.
func read(s string) version {
	var v version
	tokens := text.Split(s)
	for from, to := range text.EachSentence(s) {
		n := 0
		for n < len(tokens) && tokens[n].Start < to {
			n++
		}
		if n == 0 {
			continue
		}
		one := newSentence(s[from:to], tokens[:n])
		if !one.furniture() {
			v.weight += one.weight
		}
		v.sentences = append(v.sentences, one)
		tokens = tokens[n:]
	}
	return v
}

// readSummary cuts a summary, all of which is the story's: many end without a
// full stop.
func readSummary(s string) version {
	v := read(s)
	for i := range v.sentences {
		one := &v.sentences[i]
		if one.furniture() {
			v.weight += one.weight
		}
		one.ended = true
	}
	return v
}

// newSentence reads a sentence that consists of the tokens.
func newSentence(s string, tokens []text.Token) sentence {
	s = strings.TrimSpace(s)
	one := sentence{text: s, ended: text.EndsSentence(s)}
	var folded, masked strings.Builder
	for i := range tokens {
		t := &tokens[i]
		folded.WriteString(t.Folded)
		folded.WriteByte(' ')
		if t.Script != text.Number {
			masked.WriteString(t.Folded)
			masked.WriteByte(' ')
		}
		one.weight += weigh(t)
	}
	one.folded, one.masked = folded.String(), masked.String()
	return one
}

func weigh(t *text.Token) int {
	n := utf8.RuneCountInString(t.Folded)
	switch t.Script {
	case text.Hangul:
		return 2 * n
	case text.Han, text.Kana:
		return 3 * n
	}
	return n
}

// fold returns a headline the form in which it is compared.
func fold(s string) string {
	var b strings.Builder
	for _, t := range text.Split(s) {
		b.WriteString(t.Folded)
		b.WriteByte(' ')
	}
	return b.String()
}

// sameAs returns whether another headline has the same words.
func sameAs(headline string) func(other string) bool {
	folded := fold(headline)
	return func(other string) bool { return fold(other) == folded }
}
