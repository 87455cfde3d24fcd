package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/rules/syntax"
)

// cycles adds a mistake for each cycle of concepts that use each other, at the
// concept that comes first by name.
func (c *inspection) cycles() {
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
			at := syntax.ConceptPath(loop[0])
			c.add(at, fmt.Sprintf("concept $%s uses itself: $%s → $%s", loop[0], strings.Join(loop, " → $"), loop[0]), "")
			return
		}
		state[name] = looking
		trail = append(trail, name)
		def := c.d.Concepts[name]
		for _, next := range conceptsIn(&def) {
			visit(next)
		}
		trail = trail[:len(trail)-1]
		state[name] = done
	}
	for _, name := range c.names {
		visit(name)
	}
}

// usedConcepts returns the concepts that a definition uses.
func usedConcepts(d *syntax.Definition) map[string]bool {
	used := map[string]bool{}
	if len(d.Concepts) == 0 {
		return used
	}
	note := func(n *syntax.Node, _ *syntax.Path) {
		if n.Concept != "" {
			used[n.Concept] = true
		}
	}
	for _, n := range d.Concepts {
		n.Walk(nil, note)
	}
	for i := range d.Rules {
		d.Rules[i].Node.Walk(nil, note)
		for k := range d.Rules[i].Never {
			d.Rules[i].Never[k].Walk(nil, note)
		}
	}
	return used
}

// conceptsIn lists the concepts that a node names, each once.
func conceptsIn(n *syntax.Node) []string {
	var names []string
	seen := map[string]bool{}
	n.Walk(nil, func(n *syntax.Node, _ *syntax.Path) {
		if n.Concept != "" && !seen[n.Concept] {
			seen[n.Concept] = true
			names = append(names, n.Concept)
		}
	})
	return names
}
