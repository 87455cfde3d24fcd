package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
)

// cycles refuses concepts that use themselves: each cycle once, at the concept
// of it that comes first by name.
func (c *checker) cycles() {
	const looking, done = 1, 2
	state := map[string]int{}
	var trail []string
	var visit func(name string)
	visit = func(name string) {
		switch state[name] {
		case done:
			return
		case looking:
			loop := slices.Clone(trail[slices.Index(trail, name):])
			at := path{key: "concepts." + loop[0], index: -1}
			c.add(&at, fmt.Sprintf("concept $%s uses itself: $%s → $%s", loop[0], strings.Join(loop, " → $"), loop[0]), "")
			return
		}
		state[name] = looking
		trail = append(trail, name)
		def := c.d.Concepts[name]
		for _, next := range def.uses() {
			visit(next)
		}
		trail = trail[:len(trail)-1]
		state[name] = done
	}
	for _, name := range c.names {
		visit(name)
	}
}

// survey notes which concepts are used.
func survey(d *Definition) (used map[string]bool) {
	used = map[string]bool{}
	if len(d.Concepts) == 0 {
		return used
	}
	note := func(n *Node) {
		if n.Concept != "" {
			used[n.Concept] = true
		}
	}
	for _, n := range d.Concepts {
		n.each(0, note)
	}
	for i := range d.Rules {
		d.Rules[i].Node.each(0, note)
		for k := range d.Rules[i].Never {
			d.Rules[i].Never[k].each(0, note)
		}
	}
	return used
}

// uses lists the concepts that a node names, each once.
func (n *Node) uses() []string {
	var names []string
	seen := map[string]bool{}
	n.each(0, func(n *Node) {
		if n.Concept != "" && !seen[n.Concept] {
			seen[n.Concept] = true
			names = append(names, n.Concept)
		}
	})
	return names
}

// each yields a node and all in it.
func (n *Node) each(depth int, yield func(*Node)) {
	yield(n)
	if depth > deepest || !n.hasLists() {
		return
	}
	for _, list := range n.lists() {
		for i := range list.nodes {
			list.nodes[i].each(depth+1, yield)
		}
	}
}

// lookalikes are the names of concepts that nothing uses, by their spellings
// with one letter left out or none: two names are one change apart only when
// they share one of these.
type lookalikes struct {
	names       map[string][]string
	least, most int // letters of the names
}

// leastAlike is the fewest letters of a name for which a word one letter off is
// taken for it.
const leastAlike = 3

func newLookalikes(used map[string]bool, names []string) lookalikes {
	l := lookalikes{names: map[string][]string{}}
	for _, name := range names {
		n := utf8.RuneCountInString(name)
		if used[name] || n < leastAlike {
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

// of gives the name of a concept that nothing uses and that a term is one
// change away from.
func (l *lookalikes) of(t *term) string {
	if len(l.names) == 0 || !t.plain() || len(t.written) > 4*(l.most+1) || strings.ContainsRune(t.written, ' ') {
		return ""
	}
	if n := utf8.RuneCountInString(t.written); n < max(l.least-1, leastAlike) || n > l.most+1 {
		return ""
	}
	found := ""
	eachShorter(t.written, func(s string) {
		for _, name := range l.names[s] {
			if found == "" && text.Distance(name, t.written) == 1 {
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
