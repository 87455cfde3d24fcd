package rules

import "fmt"

// conflicts warns when a rule needs what it must not have: of a term that has
// to be there, in none or never.
func (c *checker) conflicts(n *Node, never []Node, at *Path) {
	var needed map[string]wanted
	refuse := func(list []wanted) {
		if needed == nil {
			needed = map[string]wanted{}
			c.needs(n, TextScope(), 0, func(w wanted) { needed[w.key] = w })
		}
		for _, f := range list {
			if w, ok := needed[f.key]; ok && f.in.Covers(w.in) {
				c.warn(at, fmt.Sprintf("this can never match: %s has to be there, and must not be", Quote(w.name)), "take one of them out")
			}
		}
	}
	if forbidden := c.forbids(n, TextScope(), 0); forbidden != nil {
		refuse(forbidden)
	}
	if forbidden := c.alternatives(never, TextScope()); forbidden != nil {
		refuse(forbidden)
	}
}
