package lint

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/copytaster/copytaster/rules/foreign"
	"github.com/copytaster/copytaster/rules/syntax"
)

// term checks a term, and returns its key.
func (c *checker) term(written string, v visit) (key string) {
	t := c.terms.At(c.terms.ID(written))
	form, isForeign := foreign.Find(t.Written)
	if t.Mistake != nil {
		m := *t.Mistake
		m.Path = v.at.String()
		if isForeign {
			m.Hint = form.Hint
		}
		c.mistakes = append(c.mistakes, m)
		c.errors++
		return ""
	}
	if isForeign {
		c.warn(v.at, form.Message, form.Hint)
		return t.Key
	}
	if _, known := c.d.Concepts[t.Written]; known && t.Written != v.concept {
		c.warn(v.at, syntax.Quote(t.Written)+" is looked for as a word, and is the name of a concept too",
			fmt.Sprintf("did you mean $%s?", t.Written))
	} else if name := c.lookalikes.of(t); name != "" && name != v.concept {
		c.warn(v.at, syntax.Quote(t.Written)+" is looked for as a word, and nothing uses the concept $"+name,
			fmt.Sprintf("did you mean $%s?", name))
	}
	if t.Length == 1 && !t.Look.Exact && !t.Look.Prefix && t.Indexed() && frequent[strings.TrimPrefix(t.Key, "~")] {
		hint := "look for a longer phrase"
		if t.Words == strings.ToUpper(t.Words) && t.Words != strings.ToLower(t.Words) {
			hint = "=" + t.Words + " finds it in capitals only"
		}
		c.warn(v.at, syntax.Quote(t.Written)+" is found in nearly every story", hint)
	}
	return t.Key
}

// suggestedNames bounds for how many unknown names a likely one is looked for.
const suggestedNames = 100

// reference checks that a concept is defined.
func (c *checker) reference(name string, at *syntax.Path) {
	if _, ok := c.d.Concepts[name]; ok {
		return
	}
	hint, known := c.unknown[name]
	if !known {
		hint = "define it under concepts:"
		if len(c.unknown) < suggestedNames {
			hint = suggest(name, c.names, "$", hint)
		}
		c.unknown[name] = hint
	}
	c.add(at, syntax.UnknownConcept+name, hint)
}

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
			if found == "" && syntax.Distance(name, t.Written) == 1 {
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
