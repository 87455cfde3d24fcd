package match

import (
	"slices"
	"unicode"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// wildcard finds a term with open letters in the tokens of one field. It fills
// in the letters that a text has, and looks for the words that result.
type wildcard struct {
	*syntax.Wildcard
	tokens  []text.Token
	stems   *text.Stems
	spelled map[string]*text.Phrase // the phrases of the spellings met so far
}

// longestPrefix is how many letters stand before an Arabic or Hebrew word at
// most.
const longestPrefix = 4

// at reports whether the term stands so that its first word is token i, and
// from which byte to which.
func (w *wildcard) at(i int) (start, end int, ok bool) {
	if i+len(w.Words) > len(w.tokens) {
		return 0, 0, false
	}
	for skip := range longestPrefix + 1 {
		letters, more := w.letters(i, skip)
		if len(letters) == len(w.Open) {
			if start, end, ok = w.stands(i, letters); ok {
				return start, end, true
			}
		}
		if !more {
			break
		}
	}
	return 0, 0, false
}

// letters returns the letters that the tokens from i on have for the open ones,
// nil when they are other words; more is whether a longer prefix may be skipped.
func (w *wildcard) letters(i, skip int) (letters []rune, more bool) {
	for k := range w.Words {
		word := &w.Words[k]
		if !word.Open {
			continue
		}
		n := 0
		if word.Prefixed {
			n, more = skip, true
		}
		token := &w.tokens[i+k]
		filled := fill(word.Letters, w.Form(token), n)
		if filled == nil && token.Alt != nil {
			filled = fill(word.Letters, w.Form(token.Alt), n)
		}
		if filled == nil {
			return nil, more
		}
		letters = append(letters, filled...)
	}
	return letters, more
}

// fill compares a word of a text, without so many letters at its head, with a
// word that has open letters, and returns the letters that it has for these.
func fill(open []rune, word string, skip int) []rune {
	var filled []rune
	k := -skip
	for _, r := range word {
		if k >= len(open) {
			break
		}
		if k >= 0 {
			switch {
			case open[k] == 0 && unicode.IsLetter(r):
				filled = append(filled, r)
			case open[k] != r:
				return nil
			}
		}
		k++
	}
	if k < len(open) {
		return nil
	}
	return filled
}

// stands looks for the term with its letters filled in.
func (w *wildcard) stands(i int, letters []rune) (start, end int, ok bool) {
	written := slices.Clone(w.Letters)
	for k, at := range w.Open {
		written[at] = letters[k]
	}
	spelled := string(written)
	key := spelled
	if w.Look.Exact {
		key = "=" + spelled // no other term begins so
	}
	phrase := w.spelled[key]
	if phrase == nil {
		p := text.NewPhrase(spelled, w.Look)
		phrase = &p
		w.spelled[key] = phrase
	}
	for k := i; k < i+len(w.Words); k++ {
		start, end, ok = phrase.At(w.tokens, k, w.stems)
		if ok && start >= w.tokens[i].Start && start < w.tokens[i].End {
			return start, end, true
		}
	}
	return 0, 0, false
}
