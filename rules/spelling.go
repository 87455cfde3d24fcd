package rules

import (
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/internal/text"
)

// spellings is a term with ? for single letters. It is looked for as the words
// that a text could fill it with: organi?ation, where the text has
// organization, is looked for as organization.
type spellings struct {
	written []rune // with stand-ins where letters are open
	open    []int  // where in written
	words   []openWord
	look    text.Look
}

// openWord is one token of the term, as it is compared; open letters are 0.
type openWord struct {
	letters  []rune
	open     bool
	prefixed bool // words of its script carry prefixes
}

// longestPrefix is how many letters stand before an Arabic or Hebrew word at
// most.
const longestPrefix = 4

// holdsLetter reports whether a ? in the words stands for a letter: one of its
// neighbours is a letter.
func holdsLetter(words string) bool {
	if !strings.Contains(words, "?") {
		return false
	}
	return len(openLetters([]rune(words))) > 0
}

// openLetters lists where ? stands for a letter.
func openLetters(words []rune) []int {
	var open []int
	for i, r := range words {
		if r == '?' && neighbour(words, i) != 0 {
			open = append(open, i)
		}
	}
	return open
}

// neighbour gives the letter beside the ? at i, behind other ?; 0 when there is
// none.
func neighbour(words []rune, i int) rune {
	for _, step := range [...]int{-1, 1} {
		k := i
		for k >= 0 && k < len(words) && words[k] == '?' {
			k += step
		}
		if k >= 0 && k < len(words) && unicode.IsLetter(words[k]) {
			return words[k]
		}
	}
	return 0
}

// newSpellings reads a term twice, with two different letters for each ?: the
// letters in which the readings differ are the open ones.
func newSpellings(words string, exact bool) (*spellings, *Mistake) {
	s := &spellings{written: []rune(words), look: text.Look{Exact: exact}}
	s.open = openLetters(s.written)
	other := []rune(words)
	wrong := &Mistake{Message: "? cannot stand for a letter in " + quote(words), Hint: "list the spellings"}
	for _, i := range s.open {
		a, b := standIns(neighbour([]rune(words), i))
		if a == b {
			return nil, wrong
		}
		s.written[i], other[i] = a, b
	}
	one, two := text.Split(string(s.written)), text.Split(string(other))
	if len(one) != len(two) {
		return nil, wrong
	}
	open := 0
	for k := range one {
		w := openWord{letters: []rune(s.form(&one[k])), prefixed: one[k].Script == text.Arabic || one[k].Script == text.Hebrew}
		others := []rune(s.form(&two[k]))
		if len(w.letters) != len(others) {
			return nil, wrong
		}
		for i := range w.letters {
			if w.letters[i] != others[i] {
				w.letters[i], w.open = 0, true
				open++
			}
		}
		s.words = append(s.words, w)
	}
	if open != len(s.open) {
		return nil, wrong
	}
	return s, nil
}

// standIns gives two letters like r that words are read with in the same way.
func standIns(r rune) (a, b rune) {
	var first string
	for d := rune(0); d < 40; d++ {
		for _, c := range [...]rune{r + d, r - d} {
			if !unicode.IsLetter(c) || unicode.IsUpper(c) != unicode.IsUpper(r) || c == 's' || c == 'S' {
				continue
			}
			read := text.Split(string(c))
			if len(read) != 1 || len([]rune(read[0].Folded)) != 1 || read[0].Script != text.Split(string(r))[0].Script {
				continue
			}
			switch {
			case first == "":
				a, first = c, read[0].Folded
			case first != read[0].Folded:
				return a, c
			}
		}
	}
	return a, a
}

func (s *spellings) length() int { return len(s.words) }

// form is what is compared of a token.
func (s *spellings) form(t *text.Token) string {
	if s.look.Exact {
		return t.Exact
	}
	return t.Folded
}

// at reports whether the term stands so that its first word is token i, and
// from which byte to which.
func (s *spellings) at(tokens []text.Token, i int, stems *text.Stems, known map[string]*text.Phrase) (start, end int, ok bool) {
	if i+len(s.words) > len(tokens) {
		return 0, 0, false
	}
	for skip := range longestPrefix + 1 {
		letters, more := s.fill(tokens[i:], skip)
		if len(letters) == len(s.open) {
			if start, end, ok = s.stands(tokens, i, letters, stems, known); ok {
				return start, end, true
			}
		}
		if !more {
			break
		}
	}
	return 0, 0, false
}

// fill gives the letters that tokens have for the open ones, nil when they are
// other words; more is whether a longer prefix may be skipped.
func (s *spellings) fill(tokens []text.Token, skip int) (letters []rune, more bool) {
	for k := range s.words {
		w := &s.words[k]
		if !w.open {
			continue
		}
		n := 0
		if w.prefixed {
			n, more = skip, true
		}
		filled := w.fill(s.form(&tokens[k]), n)
		if filled == nil && tokens[k].Alt != nil {
			filled = w.fill(s.form(tokens[k].Alt), n)
		}
		if filled == nil {
			return nil, more
		}
		letters = append(letters, filled...)
	}
	return letters, more
}

// fill compares a word, from a letter on, with the open word and gives the
// letters that it has for the open ones.
func (w *openWord) fill(word string, skip int) []rune {
	var filled []rune
	k := -skip
	for _, r := range word {
		if k >= len(w.letters) {
			break
		}
		if k >= 0 {
			switch {
			case w.letters[k] == 0 && unicode.IsLetter(r):
				filled = append(filled, r)
			case w.letters[k] != r:
				return nil
			}
		}
		k++
	}
	if k < len(w.letters) {
		return nil
	}
	return filled
}

// stands looks for the term with its letters filled in.
func (s *spellings) stands(tokens []text.Token, i int, letters []rune, stems *text.Stems, known map[string]*text.Phrase) (start, end int, ok bool) {
	written := append([]rune{}, s.written...)
	for k, at := range s.open {
		written[at] = letters[k]
	}
	spelled := string(written)
	key := spelled
	if s.look.Exact {
		key = "=" + spelled // no other term begins so
	}
	phrase := known[key]
	if phrase == nil {
		p := text.NewPhrase(spelled, s.look)
		phrase = &p
		known[key] = phrase
	}
	for k := i; k < i+len(s.words); k++ {
		start, end, ok = phrase.At(tokens, k, stems)
		if ok && start >= tokens[i].Start && start < tokens[i].End {
			return start, end, true
		}
	}
	return 0, 0, false
}
