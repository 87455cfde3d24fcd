package lint

import (
	"fmt"

	"github.com/copytaster/copytaster/rules/syntax"
)

// conflicts warns of a term or a concept that a rule requires, and forbids in none
// or never.
func (c *inspection) conflicts(n *syntax.Node, never []syntax.Node, at *syntax.Path) {
	var needed map[string]literal
	refuse := func(list []literal) {
		if needed == nil {
			needed = map[string]literal{}
			c.required(n, syntax.TextScope(), 0, func(w literal) { needed[w.key] = w })
		}
		for _, f := range list {
			if w, ok := needed[f.key]; ok && f.in.Covers(w.in) {
				c.warn(at, fmt.Sprintf("this can never match: %s has to be there, and must not be", syntax.Quote(w.name)),
					"take one of them out")
			}
		}
	}
	if forbidden := c.forbidden(n, syntax.TextScope(), 0); forbidden != nil {
		refuse(forbidden)
	}
	if forbidden := c.alternatives(never, syntax.TextScope()); forbidden != nil {
		refuse(forbidden)
	}
}
