package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// checkedList is a list of nodes that were checked.
type checkedList struct {
	nodes []syntax.Node
	keys  []string // of the nodes: those that find the same share one
	at    *syntax.Path
	name  string // of the list
}

// warn warns about a node of the list.
func (l *checkedList) warn(c *inspection, i int, message, hint string) {
	c.warn(l.at.Element(l.name, i), message, hint)
}

// fewNodes is how many nodes of a list are compared with each other one by one.
const fewNodes = 8

// duplicates warns of nodes of one list that find the same, and, when they are
// alternatives, of those that find only what another one finds.
func (c *inspection) duplicates(l *checkedList) {
	if len(l.nodes) < 2 {
		return
	}
	if len(l.nodes) <= fewNodes {
		c.duplicatesInFew(l)
	} else {
		c.duplicatesInMany(l)
	}
	wide := func(key string) bool { return key != "" && (key[0] == '~' || key[0] == '*') }
	if l.name != "all" && slices.ContainsFunc(l.keys, wide) {
		c.subsumed(l)
	}
}

func (c *inspection) duplicatesInFew(l *checkedList) {
	for i, key := range l.keys {
		first, times := slices.Index(l.keys, key), 0
		for _, k := range l.keys[:i+1] {
			if k == key {
				times++
			}
		}
		if key != "" && times > 1 && !slices.Contains(l.keys[i+1:], key) {
			c.duplicate(l, first, i, times)
		}
	}
}

func (c *inspection) duplicatesInMany(l *checkedList) {
	type seen struct{ first, last, times int }
	known := make(map[string]seen, len(l.keys))
	twice := false
	for i, key := range l.keys {
		if key == "" {
			continue
		}
		s, before := known[key]
		if !before {
			s.first = i
		}
		twice = twice || before
		known[key] = seen{s.first, i, s.times + 1}
	}
	if !twice {
		return
	}
	for i, key := range l.keys {
		if s := known[key]; s.times > 1 && s.last == i {
			c.duplicate(l, s.first, i, s.times)
		}
	}
}

// duplicate warns of what stands in a list several times, where it stands last.
func (c *inspection) duplicate(l *checkedList, first, last, times int) {
	one, other := l.nodes[first].Name(), l.nodes[last].Name()
	if one != other {
		l.warn(c, last, fmt.Sprintf("%s and %s are found by the same words", syntax.Quote(one), syntax.Quote(other)),
			"one of them is enough")
		return
	}
	l.warn(c, last, fmt.Sprintf("%s stands in the list %s", syntax.Quote(one), timesWritten(times)), "once is enough")
}

func timesWritten(n int) string {
	if n == 2 {
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// percents warns of 5%, which texts also write out, in a list without 5 percent.
func (c *inspection) percents(l *checkedList) {
	for i, key := range l.keys {
		number, _, found := strings.Cut(key, "%")
		if !found || strings.Trim(number, "0123456789.") != "" || number == "" {
			continue
		}
		if !slices.ContainsFunc(l.keys, func(other string) bool { return strings.HasPrefix(other, number+" ") }) {
			l.warn(c, i, syntax.Quote(number+"%")+" is found with the sign only",
				"list what texts write: ["+number+"%, "+number+" percent, "+number+" per cent]")
		}
	}
}

// subsumed warns of terms that a prefix or an inflected word of the same list
// finds too.
func (c *inspection) subsumed(l *checkedList) {
	wide := map[string]int{} // prefixes and stems, by what they are compared as
	var stems text.Stems
	for i := range l.nodes {
		if l.keys[i] == "" || l.nodes[i].Term == "" {
			continue
		}
		switch t := c.termOf(&l.nodes[i]); {
		case t.Look == text.Look{Prefix: true}:
			wide[t.Key] = i
		case t.Look.Stem && t.Latin:
			wide["~"+stemmed(t.Compared(), &stems)] = i
		}
	}
	for i := range l.nodes {
		if l.keys[i] == "" || l.nodes[i].Term == "" {
			continue
		}
		if by, ok := subsumedBy(c.termOf(&l.nodes[i]), wide, &stems); ok && by != i {
			l.warn(c, i, fmt.Sprintf("%s finds all that %s finds", syntax.Quote(l.nodes[by].Name()), syntax.Quote(l.nodes[i].Name())),
				"one of them is enough")
		}
	}
}

// subsumedBy returns the index of a wider term that finds all that a term finds.
func subsumedBy(t *syntax.Term, wide map[string]int, stems *text.Stems) (int, bool) {
	if !t.Indexed() || t.Mistake != nil {
		return 0, false
	}
	words := t.Compared()
	if t.Look.Exact {
		words = strings.ToLower(words)
	}
	if t.Latin && !t.Look.Prefix && (!t.Look.Stem || !hasParted(words, stems)) {
		if i, ok := wide["~"+stemmed(words, stems)]; ok {
			return i, true
		}
	}
	if t.Look.Stem {
		return 0, false // not every inflection begins with the word
	}
	last := strings.LastIndexByte(words, ' ') + 1
	longest := len(words)
	if t.Look == (text.Look{Prefix: true}) {
		longest-- // it covers itself
	}
	for end := last + 1; end <= min(longest, last+longestWord); end++ {
		if i, ok := wide["*"+words[:end]]; ok {
			return i, true
		}
	}
	return 0, false
}

// hasParted reports whether one of several words has forms that its stem does not find.
func hasParted(words string, stems *text.Stems) bool {
	return slices.ContainsFunc(strings.Split(words, " "), func(word string) bool { return len(stems.Parted(word)) > 0 })
}

// longestWord bounds the beginnings of a word that are looked up, in bytes.
const longestWord = 64

// stemmed returns the English stems of words with one space between them.
func stemmed(words string, stems *text.Stems) string {
	all := strings.Split(words, " ")
	for i := range all {
		all[i] = stems.English(all[i])
	}
	return strings.Join(all, " ")
}
