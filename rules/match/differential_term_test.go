package match_test

import (
	"slices"
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/internal/text"
)

// term writes a term with any sign.
func (w *writer) term() string {
	word := vocabulary[pick(w.choices, w.palette)]
	switch w.below(15) {
	case 0, 9:
		return "=" + word.written
	case 1, 8:
		return "~" + word.written
	case 2:
		return word.beginning() + "*"
	case 3:
		return "=" + word.beginning() + "*"
	case 4:
		return pick(w.choices, []string{"", "", "="}) + w.asking(word.written)
	case 5:
		if len(word.expressions) > 0 {
			return pick(w.choices, word.expressions)
		}
	case 6:
		return w.phrase(word)
	case 7:
		return readable(pick(w.choices, word.texts), word)
	}
	return word.written
}

// phrase writes a word with another that may stand beside it in a text.
func (w *writer) phrase(word word) string {
	other := vocabulary[pick(w.choices, w.palette)].written
	if w.chance(50) {
		other = pick(w.choices, w.between)
	}
	if w.chance(50) {
		return readable(word.written+" "+other, word)
	}
	return readable(other+" "+word.written, word)
}

// readable returns what a text writes as a term, or the word when that would be
// no term or one with a sign.
func readable(written string, w word) string {
	if strings.ContainsAny(written, "*?/=~$") || len(text.Split(written)) == 0 {
		return w.written
	}
	return written
}

func (w word) beginning() string {
	r := []rune(w.written)
	return strings.TrimSpace(string(r[:min(3, len(r))]))
}

// asking puts question marks in the place of letters, but not of all. A letter
// with marks on it is left alone, and one with a dot, that may be joined.
func (w *writer) asking(written string) string {
	r := []rune(written)
	for range 1 + w.below(16)/15 {
		at := w.below(len(r))
		left, right := r[max(0, at-1):at], r[at+1:min(len(r), at+2)]
		beside := slices.Concat(left, right)
		inWord := unicode.IsLetter(r[at]) && slices.ContainsFunc(beside, unicode.IsLetter)
		if inWord && !slices.ContainsFunc(beside, unicode.IsMark) && !slices.Contains(beside, '.') {
			r[at] = '?'
		}
	}
	return string(r)
}
