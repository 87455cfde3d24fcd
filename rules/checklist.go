package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/text"
)

// fewNodes is how many nodes of a list are compared with each other one by one.
const fewNodes = 8

// alike warns of nodes of one list that find the same, and, when they are
// alternatives, of those that find what another one finds anyway.
func (c *checker) alike(nodes []Node, keys []string, at *Path, key string) {
	if len(nodes) < 2 {
		return
	}
	wide := slices.ContainsFunc(keys, func(k string) bool { return k != "" && (k[0] == '~' || k[0] == '*') })
	if len(nodes) <= fewNodes {
		for i := range keys {
			first, times := slices.Index(keys, keys[i]), 0
			for _, k := range keys[:i+1] {
				if k == keys[i] {
					times++
				}
			}
			if keys[i] != "" && times > 1 && !slices.Contains(keys[i+1:], keys[i]) {
				c.twice(nodes, first, i, times, at, key)
			}
		}
	} else {
		c.alikeInMany(nodes, keys, at, key)
	}
	if wide && key != "all" {
		c.covered(nodes, keys, at, key)
	}
}

func (c *checker) alikeInMany(nodes []Node, keys []string, at *Path, key string) {
	type seen struct{ first, last, times int }
	known := make(map[string]seen, len(keys))
	twice := false
	for i, k := range keys {
		if k == "" {
			continue
		}
		s, before := known[k]
		if !before {
			s.first = i
		}
		twice = twice || before
		known[k] = seen{s.first, i, s.times + 1}
	}
	for i, k := range keys {
		if s := known[k]; twice && s.times > 1 && s.last == i {
			c.twice(nodes, s.first, i, s.times, at, key)
		}
	}
}

// percents warns of 5%, which texts also write out, in a list without 5 percent.
func (c *checker) percents(keys []string, at *Path, key string) {
	for i, k := range keys {
		number, _, found := strings.Cut(k, "%")
		if !found || strings.Trim(number, "0123456789.") != "" || number == "" {
			continue
		}
		if !slices.ContainsFunc(keys, func(other string) bool { return strings.HasPrefix(other, number+" ") }) {
			here := at.Element(key, i)
			c.warn(here, Quote(number+"%")+" is found with the sign only", "list what texts write: ["+number+"%, "+number+" percent, "+number+" per cent]")
		}
	}
}

// twice warns of what stands in a list several times, where it stands last.
func (c *checker) twice(nodes []Node, first, last, times int, at *Path, key string) {
	here := at.Element(key, last)
	one, other := nodes[first].Name(), nodes[last].Name()
	if one != other {
		c.warn(here, fmt.Sprintf("%s and %s are found by the same words", Quote(one), Quote(other)), "one of them is enough")
		return
	}
	c.warn(here, fmt.Sprintf("%s stands in the list %s", Quote(one), timesWritten(times)), "once is enough")
}

func timesWritten(n int) string {
	if n == 2 {
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// covered warns of terms that a prefix or an inflected word of the same list
// finds too.
func (c *checker) covered(nodes []Node, keys []string, at *Path, key string) {
	wide := map[string]int{} // prefixes and stems, by what they are compared as
	var stems text.Stems
	for i := range nodes {
		if keys[i] == "" || nodes[i].Term == "" {
			continue
		}
		switch t := c.termOf(&nodes[i]); {
		case t.Look == text.Look{Prefix: true}:
			wide[t.Key] = i
		case t.Look.Stem && t.Latin:
			wide["~"+stemmed(t.Key[1:], &stems)] = i
		}
	}
	for i := range nodes {
		if keys[i] == "" || nodes[i].Term == "" {
			continue
		}
		if by, ok := coveredBy(c.termOf(&nodes[i]), wide, &stems); ok && by != i {
			here := at.Element(key, i)
			c.warn(here, fmt.Sprintf("%s finds all that %s finds", Quote(nodes[by].Name()), Quote(nodes[i].Name())), "one of them is enough")
		}
	}
}

// coveredBy gives the index of a wider term that finds all that a term finds.
func coveredBy(t *Term, wide map[string]int, stems *text.Stems) (int, bool) {
	if !t.Indexed() || t.Mistake != nil {
		return 0, false
	}
	words := t.Compared()
	if t.Look.Exact {
		words = strings.ToLower(words)
	}
	if t.Latin && !t.Look.Prefix {
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

// longestWord bounds the beginnings of a word that are looked up, in bytes.
const longestWord = 64

// stemmed gives the English stems of words with one space between them.
func stemmed(words string, stems *text.Stems) string {
	all := strings.Split(words, " ")
	for i := range all {
		all[i] = stems.English(all[i])
	}
	return strings.Join(all, " ")
}
