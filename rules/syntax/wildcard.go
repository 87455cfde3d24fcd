package syntax

import (
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/internal/text"
)

// Wildcard is a term with ? for single letters. It is looked for as the words
// that a text fills it with: organi?ation, where the text has organization, is
// looked for as organization.
type Wildcard struct {
	Letters []rune // as written, with stand-ins where letters are open
	Open    []int  // where letters are open
	Words   []WildcardWord
	Look    text.Look
}

// WildcardWord is one token of the term, as it is compared; open letters are 0.
type WildcardWord struct {
	Letters  []rune
	Open     bool // some letter is open
	Prefixed bool // words of its script carry prefixes
}

// isWildcard reports whether a ? in the words stands for a letter: one of its
// neighbours is a letter.
func isWildcard(words string) bool {
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

// neighbour returns the letter beside the ? at i, other ? skipped; 0 when there is
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

// newWildcard reads a term twice, with two different letters for each ?: the
// letters in which the readings differ are the open ones.
func newWildcard(words string, exact bool) (*Wildcard, *Mistake) {
	s := &Wildcard{Letters: []rune(words), Look: text.Look{Exact: exact}}
	s.Open = openLetters(s.Letters)
	other := []rune(words)
	wrong := &Mistake{Message: "? cannot stand for a letter in " + Quote(words), Hint: "list the spellings"}
	for _, i := range s.Open {
		a, b := standIns(neighbour([]rune(words), i))
		if a == b {
			return nil, wrong
		}
		s.Letters[i], other[i] = a, b
	}
	one, two := text.Split(string(s.Letters)), text.Split(string(other))
	if len(one) != len(two) {
		return nil, wrong
	}
	open := 0
	for k := range one {
		w := WildcardWord{Letters: []rune(s.Form(&one[k]))}
		w.Prefixed = one[k].Script == text.Arabic || one[k].Script == text.Hebrew
		others := []rune(s.Form(&two[k]))
		if len(w.Letters) != len(others) {
			return nil, wrong
		}
		for i := range w.Letters {
			if w.Letters[i] != others[i] {
				w.Letters[i], w.Open = 0, true
				open++
			}
		}
		s.Words = append(s.Words, w)
	}
	if open != len(s.Open) {
		return nil, wrong
	}
	return s, nil
}

// standIns returns two letters like r that words are read with in the same way.
func standIns(r rune) (a, b rune) {
	var first string
	for d := range rune(40) {
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

// Form is what is compared of a token.
func (s *Wildcard) Form(t *text.Token) string {
	if s.Look.Exact {
		return t.Exact
	}
	return t.Folded
}
