package rules

// analysis is what can be said of the nodes of a definition without a story. It
// remembers the answers for concepts.
type analysis struct {
	d     *Definition
	terms *Terms

	findings map[string]bool // whether concepts can hold only where a term was found
	extents  map[string]extent
	reaches  map[scopedConcept]Fields
}

// scopedConcept is a concept and where it looks.
type scopedConcept struct {
	name string
	in   Scope
}

func newAnalysis(d *Definition, terms *Terms) analysis {
	return analysis{d: d, terms: terms, findings: map[string]bool{}, extents: map[string]extent{},
		reaches: map[scopedConcept]Fields{}}
}

// reach gives the fields that a mention of a node can lie in, when its level
// looks in a scope.
func (a *analysis) reach(n *Node, in Scope) Fields {
	in = n.Scope(in)
	switch {
	case n.Term != "":
		return in.Touches()
	case n.Concept != "":
		return a.reachOf(scopedConcept{n.Concept, in})
	}
	reach := InText | InURL
	for i := range n.All {
		if !a.silent(&n.All[i]) {
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

func (a *analysis) silent(n *Node) bool { return !a.finds(n, 0) }

func (a *analysis) reachAny(nodes []Node, in Scope) Fields {
	var reach Fields
	for i := range nodes {
		reach |= a.reach(&nodes[i], in)
	}
	return reach
}

func (a *analysis) reachOf(use scopedConcept) Fields {
	known, asked := a.reaches[use]
	if !asked {
		a.reaches[use] = InText | InURL // while it is looked at: it may use itself
		def, defined := a.d.Concepts[use.name]
		if known = a.reaches[use]; defined {
			known = a.reach(&def, use.in)
		}
		a.reaches[use] = known
	}
	return known
}

// wanted is a term or a concept that must be found, or must not be, and where
// it is looked for.
type wanted struct {
	key  string
	in   Scope
	name string
}

// needs yields what must be found for a node to hold.
func (a *analysis) needs(n *Node, in Scope, depth int, yield func(wanted)) {
	in = n.Scope(in)
	switch {
	case depth > MaxDepth:
		return
	case n.Term != "":
		yield(wanted{a.termOf(n).Key, in, n.Name()})
	case n.Concept != "":
		yield(wanted{"$" + n.Concept, in, n.Name()})
	}
	for i := range n.All {
		a.needs(&n.All[i], in, depth+1, yield)
	}
	if len(n.Any) == 1 {
		a.needs(&n.Any[0], in, depth+1, yield)
	}
}

// forbids lists what must not be found for a node to hold. Of a level on which
// only some mentions count nothing can be said.
func (a *analysis) forbids(n *Node, in Scope, depth int) []wanted {
	in = n.Scope(in)
	if depth > MaxDepth || n.Near != nil || n.NotNear != nil || n.NotPartOf != nil || n.Within != (Window{}) && depth > 0 {
		return nil
	}
	forbidden := a.alternatives(n.None, in)
	for i := range n.All {
		forbidden = append(forbidden, a.forbids(&n.All[i], in, depth+1)...)
	}
	return forbidden
}

// alternatives lists the terms and concepts of which each makes a list hold.
func (a *analysis) alternatives(nodes []Node, in Scope) []wanted {
	var all []wanted
	for i := range nodes {
		switch n := &nodes[i]; {
		case n.Term != "":
			all = append(all, wanted{a.termOf(n).Key, n.Scope(in), n.Name()})
		case n.Concept != "":
			all = append(all, wanted{"$" + n.Concept, n.Scope(in), n.Name()})
		case n.IsList():
			all = append(all, a.alternatives(n.Any, in)...)
		}
	}
	return all
}

// finds reports whether a node holds only where something was found.
func (a *analysis) finds(n *Node, depth int) bool {
	switch {
	case n.Term != "" || depth > MaxDepth:
		return true // of the depth is complained already
	case n.Concept != "":
		def, known := a.d.Concepts[n.Concept]
		if !known {
			return true // complained of already
		}
		if answer, asked := a.findings[n.Concept]; asked {
			return answer
		}
		a.findings[n.Concept] = true // while it is looked at: of a cycle is complained too
		a.findings[n.Concept] = a.finds(&def, 0)
		return a.findings[n.Concept]
	case n.All == nil && n.Any == nil && n.Of == nil && (n.None == nil || n.HasConditions()), n.Of != nil && n.AtLeast < 1:
		return true // complained of already
	}
	return a.found(n.All, depth) > 0 || n.AtLeast > len(n.Of)-a.found(n.Of, depth) || len(n.Any) > 0 && a.found(n.Any, depth) == len(n.Any)
}

// found counts the nodes that hold only where something was found.
func (a *analysis) found(nodes []Node, depth int) int {
	count := 0
	for i := range nodes {
		if a.finds(&nodes[i], depth+1) {
			count++
		}
	}
	return count
}

func (a *analysis) termOf(n *Node) *Term { return a.terms.At(a.terms.ID(n.Term)) }

// extent is how many tokens a mention of a node takes, and how many words it
// counts at least.
type extent struct{ least, most, words int }

// unknownLength is longer than any mention.
const unknownLength = 1 << 30

func (a *analysis) extent(n *Node, depth int) extent {
	switch {
	case depth > MaxDepth:
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
		a.extents[concept] = extent{0, unknownLength, 0} // while it is looked at: it may use itself
		def, defined := a.d.Concepts[concept]
		if known = a.extents[concept]; defined {
			known = a.extent(&def, 0)
		}
		a.extents[concept] = known
	}
	return known
}
