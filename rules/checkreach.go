package rules

import "fmt"

// reach gives the fields that a mention of a node can lie in, when its level
// looks in a scope.
func (c *checker) reach(n *Node, in scope) fields {
	in = n.scope(in)
	switch {
	case n.Term != "":
		return in.touches()
	case n.Concept != "":
		return c.reachOf(conceptUse{n.Concept, in})
	}
	reach := inText | inURL
	for i := range n.All {
		if !c.silent(&n.All[i]) {
			reach &= c.reach(&n.All[i], in)
		}
	}
	if n.Any != nil {
		reach &= c.reachAny(n.Any, in)
	}
	if n.Of != nil {
		reach &= c.reachAny(n.Of, in)
	}
	return reach
}

func (c *checker) silent(n *Node) bool { return !c.finds(n, 0) }

func (c *checker) reachAny(nodes []Node, in scope) fields {
	var reach fields
	for i := range nodes {
		reach |= c.reach(&nodes[i], in)
	}
	return reach
}

func (c *checker) reachOf(use conceptUse) fields {
	known, asked := c.reaches[use]
	if !asked {
		c.reaches[use] = inText | inURL // while it is looked at: it may use itself
		def, defined := c.d.Concepts[use.name]
		if known = c.reaches[use]; defined {
			known = c.reach(&def, use.in)
		}
		c.reaches[use] = known
	}
	return known
}

// wanted is a term or a concept that must be found, or must not be, and where
// it is looked for.
type wanted struct {
	key  string
	in   scope
	name string
}

// conflicts warns when a rule needs what it must not have: of a term that has
// to be there, in none or never.
func (c *checker) conflicts(n *Node, never []Node, at *path) {
	var needed map[string]wanted
	refuse := func(list []wanted) {
		if needed == nil {
			needed = map[string]wanted{}
			c.needs(n, everywhere, 0, func(w wanted) { needed[w.key] = w })
		}
		for _, f := range list {
			if w, ok := needed[f.key]; ok && f.in.covers(w.in) {
				c.warn(at, fmt.Sprintf("this can never match: %s has to be there, and must not be", quote(w.name)), "take one of them out")
			}
		}
	}
	if forbidden := c.forbids(n, everywhere, 0); forbidden != nil {
		refuse(forbidden)
	}
	if forbidden := c.alternatives(never, everywhere); forbidden != nil {
		refuse(forbidden)
	}
}

// needs yields what must be found for a node to hold.
func (c *checker) needs(n *Node, in scope, depth int, yield func(wanted)) {
	in = n.scope(in)
	switch {
	case depth > deepest:
		return
	case n.Term != "":
		yield(wanted{c.termOf(n).key, in, n.name()})
	case n.Concept != "":
		yield(wanted{"$" + n.Concept, in, n.name()})
	}
	for i := range n.All {
		c.needs(&n.All[i], in, depth+1, yield)
	}
	if len(n.Any) == 1 {
		c.needs(&n.Any[0], in, depth+1, yield)
	}
}

// forbids lists what must not be found for a node to hold. Of a level on which
// only some mentions count nothing can be said.
func (c *checker) forbids(n *Node, in scope, depth int) []wanted {
	in = n.scope(in)
	if depth > deepest || n.Near != nil || n.NotNear != nil || n.NotPartOf != nil || n.Within != (Window{}) && depth > 0 {
		return nil
	}
	forbidden := c.alternatives(n.None, in)
	for i := range n.All {
		forbidden = append(forbidden, c.forbids(&n.All[i], in, depth+1)...)
	}
	return forbidden
}

// alternatives lists the terms and concepts of which each makes a list hold.
func (c *checker) alternatives(nodes []Node, in scope) []wanted {
	var all []wanted
	for i := range nodes {
		switch n := &nodes[i]; {
		case n.Term != "":
			all = append(all, wanted{c.termOf(n).key, n.scope(in), n.name()})
		case n.Concept != "":
			all = append(all, wanted{"$" + n.Concept, n.scope(in), n.name()})
		case n.isList():
			all = append(all, c.alternatives(n.Any, in)...)
		}
	}
	return all
}
