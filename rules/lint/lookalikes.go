package lint

import (
	"strings"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// lookalikes finds the names of unused concepts that a term is one change away
// from. It has the names by their spellings with one letter left out, or none:
// two words are one change apart only when they share one of these.
type lookalikes struct {
	names       map[string][]string
	least, most int // letters of the names
}

// leastLetters is the fewest letters of a name that another word is taken for.
const leastLetters = 3

func newLookalikes(used map[string]bool, names []string) lookalikes {
	l := lookalikes{names: map[string][]string{}}
	for _, name := range names {
		n := utf8.RuneCountInString(name)
		if used[name] || n < leastLetters {
			continue
		}
		if l.least == 0 || n < l.least {
			l.least = n
		}
		l.most = max(l.most, n)
		eachShorter(name, func(s string) { l.names[s] = append(l.names[s], name) })
	}
	return l
}

// of returns the name that a term is one change away from, "" when there is none.
func (l *lookalikes) of(t *syntax.Term) string {
	if len(l.names) == 0 || !t.Plain() || len(t.Written) > 4*(l.most+1) || strings.ContainsRune(t.Written, ' ') {
		return ""
	}
	if n := utf8.RuneCountInString(t.Written); n < max(l.least-1, leastLetters) || n > l.most+1 {
		return ""
	}
	found := ""
	eachShorter(t.Written, func(s string) {
		for _, name := range l.names[s] {
			if found == "" && text.Distance(name, t.Written) == 1 {
				found = name
			}
		}
	})
	return found
}

// eachShorter yields a word, and the word without each of its letters.
func eachShorter(word string, yield func(string)) {
	yield(word)
	for i, r := range word {
		yield(word[:i] + word[i+len(string(r)):])
	}
}
