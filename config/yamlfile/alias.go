package yamlfile

import "go.yaml.in/yaml/v4"

// extent is how large a value is with its aliases written out.
type extent struct{ values, depth int }

// tooLarge finds aliases that contain themselves, nest too deeply or multiply.
// A value with an anchor is measured once, however often it is used.
func tooLarge(root *yaml.Node) *Diagnostic {
	var (
		known   = map[*yaml.Node]extent{}
		open    = map[*yaml.Node]bool{}
		written = 0
		found   *Diagnostic
		measure func(n *yaml.Node) extent
	)
	measure = func(n *yaml.Node) extent {
		target := n
		if n.Kind == yaml.AliasNode {
			target = n.Alias
		} else {
			written++
		}
		if len(target.Content) == 0 {
			return extent{values: 1}
		}
		anchored := target.Anchor != ""
		if anchored {
			if e, ok := known[target]; ok {
				return e
			}
			if open[target] {
				found = &Diagnostic{Line: n.Line, Column: n.Column, Message: "the alias stands inside the value that it repeats"}
				return extent{}
			}
			open[target] = true
		}
		e := extent{values: 1}
		for _, c := range target.Content {
			inner := measure(c)
			e.values = min(e.values+inner.values, 1<<40)
			e.depth = max(e.depth, inner.depth+1)
		}
		if anchored {
			delete(open, target)
			known[target] = e
		}
		return e
	}
	whole := measure(root)
	switch {
	case found != nil:
		return found
	case whole.values-written > maxExpanded:
		return &Diagnostic{Message: "the aliases of this file repeat too much", Hint: "write values out instead of nesting aliases"}
	case whole.depth > maxDepth:
		return &Diagnostic{Message: "the aliases of this file nest too deeply"}
	}
	return nil
}
