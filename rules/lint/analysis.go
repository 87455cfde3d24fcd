package lint

import (
	"github.com/copytaster/copytaster/rules/syntax"
)

// analysis is what can be said of the nodes of a definition without a story. It
// remembers the answers for concepts.
type analysis struct {
	d     *syntax.Definition
	terms *syntax.Terms

	termNeeded map[string]bool // whether concepts can hold only where a term was found
	extents    map[string]extent
	reaches    map[scopedConcept]syntax.Fields
}

// scopedConcept is a concept and where it looks.
type scopedConcept struct {
	name string
	in   syntax.Scope
}

func newAnalysis(d *syntax.Definition, terms *syntax.Terms) analysis {
	return analysis{d: d, terms: terms, termNeeded: map[string]bool{}, extents: map[string]extent{},
		reaches: map[scopedConcept]syntax.Fields{}}
}

// reach returns the fields that a span of a node can lie in, when its level looks
// in a scope.
func (a *analysis) reach(n *syntax.Node, in syntax.Scope) syntax.Fields {
	in = n.Scope(in)
	switch {
	case n.Term != "":
		return in.Touches()
	case n.Concept != "":
		return a.reachOf(scopedConcept{n.Concept, in})
	}
	reach := syntax.InText | syntax.InURL
	for i := range n.All {
		if !a.spanless(&n.All[i]) {
			reach &= a.reach(&n.All[i], in)
		}
	}
	if n.Any != nil {
		reach &= a.reachAny(n.Any, in)
	}
	if n.Of != nil {
		reach &= a.reachAny(n.Of, in)
	}
	return reach
}

// spanless reports whether a node can hold without a span.
func (a *analysis) spanless(n *syntax.Node) bool { return !a.needsTerm(n, 0) }

func (a *analysis) reachAny(nodes []syntax.Node, in syntax.Scope) syntax.Fields {
	var reach syntax.Fields
	for i := range nodes {
		reach |= a.reach(&nodes[i], in)
	}
	return reach
}

func (a *analysis) reachOf(use scopedConcept) syntax.Fields {
	known, asked := a.reaches[use]
	if !asked {
		a.reaches[use] = syntax.InText | syntax.InURL // during the analysis: it may use itself
		def, defined := a.d.Concepts[use.name]
		if known = a.reaches[use]; defined {
			known = a.reach(&def, use.in)
		}
		a.reaches[use] = known
	}
	return known
}

// literal is a term or a concept, and where it is looked for.
type literal struct {
	key  string // that of literals which find the same
	in   syntax.Scope
	name string
}

// required yields what must be found for a node to hold.
func (a *analysis) required(n *syntax.Node, in syntax.Scope, depth int, yield func(literal)) {
	in = n.Scope(in)
	switch {
	case depth > syntax.MaxDepth:
		return
	case n.Term != "":
		yield(literal{a.termOf(n).Key, in, n.Name()})
	case n.Concept != "":
		yield(literal{"$" + n.Concept, in, n.Name()})
	}
	for i := range n.All {
		a.required(&n.All[i], in, depth+1, yield)
	}
	if len(n.Any) == 1 {
		a.required(&n.Any[0], in, depth+1, yield)
	}
}

// forbidden lists what must not be found for a node to hold. It lists nothing for a
// level on which only some spans count.
func (a *analysis) forbidden(n *syntax.Node, in syntax.Scope, depth int) []literal {
	in = n.Scope(in)
	keys := n.Keys()
	if depth > syntax.MaxDepth || keys&syntax.SpanLists != 0 || keys&syntax.HasWithin != 0 && depth > 0 {
		return nil
	}
	forbidden := a.alternatives(n.None, in)
	for i := range n.All {
		forbidden = append(forbidden, a.forbidden(&n.All[i], in, depth+1)...)
	}
	return forbidden
}

// alternatives lists the terms and concepts of which each makes a list hold.
func (a *analysis) alternatives(nodes []syntax.Node, in syntax.Scope) []literal {
	var all []literal
	for i := range nodes {
		switch n := &nodes[i]; {
		case n.Term != "":
			all = append(all, literal{a.termOf(n).Key, n.Scope(in), n.Name()})
		case n.Concept != "":
			all = append(all, literal{"$" + n.Concept, n.Scope(in), n.Name()})
		case n.IsList():
			all = append(all, a.alternatives(n.Any, in)...)
		}
	}
	return all
}

// needsTerm reports whether a node holds only where a term was found. It returns
// true, too, where a mistake is known that would have another follow from it.
func (a *analysis) needsTerm(n *syntax.Node, depth int) bool {
	switch {
	case n.Term != "" || depth > syntax.MaxDepth:
		return true
	case n.Concept != "":
		def, known := a.d.Concepts[n.Concept]
		if !known {
			return true
		}
		if answer, asked := a.termNeeded[n.Concept]; asked {
			return answer
		}
		a.termNeeded[n.Concept] = true // during the analysis: a cycle is a mistake
		a.termNeeded[n.Concept] = a.needsTerm(&def, 0)
		return a.termNeeded[n.Concept]
	case n.All == nil && n.Any == nil && n.Of == nil && (n.None == nil || n.HasConditions()), n.Of != nil && n.AtLeast < 1:
		return true
	}
	return a.countNeedingTerm(n.All, depth) > 0 || n.AtLeast > len(n.Of)-a.countNeedingTerm(n.Of, depth) ||
		len(n.Any) > 0 && a.countNeedingTerm(n.Any, depth) == len(n.Any)
}

// countNeedingTerm counts the nodes that hold only where a term was found.
func (a *analysis) countNeedingTerm(nodes []syntax.Node, depth int) int {
	count := 0
	for i := range nodes {
		if a.needsTerm(&nodes[i], depth+1) {
			count++
		}
	}
	return count
}

func (a *analysis) termOf(n *syntax.Node) *syntax.Term { return a.terms.At(a.terms.ID(n.Term)) }

// extent is how long the spans of a node are.
type extent struct {
	least, most int // tokens
	words       int // the least number of words that they count
}

// unknownLength is longer than any span.
const unknownLength = 1 << 30

func (a *analysis) extent(n *syntax.Node, depth int) extent {
	switch {
	case depth > syntax.MaxDepth:
		return extent{0, unknownLength, 0}
	case n.Term != "":
		t := a.termOf(n)
		if t.Length == 0 {
			return extent{1, unknownLength, 0}
		}
		e := extent{int(t.Length), int(t.Length), 0}
		if t.Latin {
			e.words = int(t.Length)
		}
		return e
	case n.Concept != "":
		return a.extentOf(n.Concept)
	}
	var e extent
	for i := range n.All {
		part := a.extent(&n.All[i], depth+1)
		e.least, e.words = max(e.least, part.least), max(e.words, part.words)
	}
	e.most = unknownLength
	if n.Any != nil {
		choice := extent{unknownLength, 0, unknownLength}
		for i := range n.Any {
			part := a.extent(&n.Any[i], depth+1)
			choice = extent{min(choice.least, part.least), max(choice.most, part.most), min(choice.words, part.words)}
		}
		if n.All != nil || n.Of != nil {
			choice.most = unknownLength
		}
		e = extent{max(e.least, choice.least), choice.most, max(e.words, choice.words)}
	}
	return e
}

func (a *analysis) extentOf(concept string) extent {
	known, asked := a.extents[concept]
	if !asked {
		a.extents[concept] = extent{0, unknownLength, 0} // during the analysis: it may use itself
		def, defined := a.d.Concepts[concept]
		if known = a.extents[concept]; defined {
			known = a.extent(&def, 0)
		}
		a.extents[concept] = known
	}
	return known
}
