package rules

import (
	"fmt"
	"slices"
	"strings"
)

// explainer tells how a story stands to one rule.
type explainer struct {
	*matching
	words *vocabulary
	told  map[int]bool // concepts that were taken apart
	why   map[int]string
}

// root gives the conditions of a rule.
func (x *explainer) root(n *node) []verdict {
	v := x.verdict(n)
	if v.label == "" && v.parts {
		return v.children
	}
	return []verdict{v}
}

func (x *explainer) verdict(n *node) verdict {
	v := verdict{label: n.label(), text: n.written(), held: x.holds(n)}
	switch n.op {
	case opConcept:
		if !x.told[n.id] {
			x.told[n.id] = true
			v.children = x.inside(n.children[0])
		}
	case opAny:
		v.children = x.choices(n.children)
	case opAtLeast:
		v.children = x.choices(n.children)
		if !v.held {
			v.reason = x.tooFew(n)
		}
		return v
	case opNone:
		v.parts = true
		v.children = x.absences(n.children)
	case opAll:
		v.parts = true
		v.children = x.sequence(n.children)
	case opLevel:
		v.parts = true
		v.children = append(x.sequence(n.children), x.conditions(n)...)
	}
	if !v.held && !v.parts {
		v.reason = x.because(n)
	}
	return v
}

// longestReason bounds what is told of one condition, in bytes: a concept's
// reason is that of the concept inside it, and so on.
const longestReason = 400

// because says why a node does not hold, and remembers it.
func (x *explainer) because(n *node) string {
	reason, known := x.why[n.id]
	if !known {
		reason = x.absence(n)
		if len(reason) > longestReason {
			reason = strings.ToValidUTF8(reason[:longestReason], "") + "…"
		}
		x.why[n.id] = reason
	}
	return reason
}

// inside gives what a concept is defined as; a bare list says no more than its
// elements.
func (x *explainer) inside(n *node) []verdict {
	v := x.verdict(n)
	if v.label == "" && len(v.children) > 0 {
		return v.children
	}
	return []verdict{v}
}

// sequence gives the verdicts of nodes that belong together; what a node
// without a name of its own is made of stands in its place.
func (x *explainer) sequence(nodes []*node) []verdict {
	var all []verdict
	for _, n := range nodes {
		v := x.verdict(n)
		if v.label == "" && v.parts {
			all = append(all, v.children...)
		} else {
			all = append(all, v)
		}
	}
	return all
}

// shownChoices is how many nodes of a list of alternatives are told at most.
const shownChoices = 20

// choices gives the verdicts of alternatives, those that hold before others
// when there are too many. A term that was not found needs no reason.
func (x *explainer) choices(nodes []*node) []verdict {
	told := nodes
	if len(nodes) > shownChoices {
		held := slices.DeleteFunc(slices.Clone(nodes), func(n *node) bool { return !x.holds(n) })
		others := slices.DeleteFunc(slices.Clone(nodes), x.holds)
		told = append(held, others...)[:shownChoices]
	}
	var all []verdict
	for _, n := range told {
		v := x.verdict(n)
		if n.op == opTerm {
			v.reason = ""
		}
		all = append(all, v)
	}
	if more := len(nodes) - len(told); more > 0 {
		all = append(all, verdict{text: fmt.Sprintf("… and %d more", more)})
	}
	return all
}

func (x *explainer) absences(nodes []*node) []verdict {
	var all []verdict
	for _, n := range nodes {
		v := verdict{label: n.label(), text: n.written(), held: !x.holds(n)}
		if !v.held {
			v.reason = x.presence(n)
		}
		all = append(all, v)
	}
	return all
}

// tooFew says which of the nodes hold of which more must.
func (x *explainer) tooFew(n *node) string {
	var held []string
	for _, c := range n.children {
		if x.holds(c) {
			held = append(held, c.written())
		}
	}
	if held == nil {
		return x.noneOf(leavesOf(n), "")
	}
	return "only " + strings.Join(held, ", ")
}

// absence says why a node that should hold does not.
func (x *explainer) absence(n *node) string {
	inner := n
	for inner.op == opConcept {
		inner = inner.children[0]
	}
	switch inner.op {
	case opAll, opNone, opLevel:
		v := x.verdict(inner)
		for _, f := range failures([]verdict{v}) {
			return f.String()
		}
	case opAtLeast:
		return inner.written() + ": " + x.tooFew(inner)
	}
	if nearly := x.nearly(inner); nearly != "" {
		return nearly
	}
	leaves := leavesOf(inner)
	if elsewhere := x.elsewhere(leaves); elsewhere != "" {
		return elsewhere
	}
	if len(leaves) == 1 && n.op != opConcept {
		return x.noneOf(leaves, "not found")
	}
	return x.noneOf(leaves, "")
}

// nearly gives the reason of the first choice of a list of which something was
// found.
func (x *explainer) nearly(n *node) string {
	for _, c := range n.children {
		if c.op != opTerm && slices.ContainsFunc(leavesOf(c), x.standsIn) {
			named := verdict{label: c.label(), text: c.written()}
			return named.name() + ": " + x.because(c)
		}
	}
	return ""
}

// noneOf says that no term was found, and what comes nearest to one.
func (x *explainer) noneOf(leaves []*node, reason string) string {
	if reason == "" {
		reason = fmt.Sprintf("none of %d terms found", len(leaves))
	}
	return reason + x.nearest(leaves)
}

// elsewhere says where terms were found that had to be somewhere else.
func (x *explainer) elsewhere(leaves []*node) string {
	var in fields
	var wanted scope
	for _, n := range leaves {
		if seen := x.seen(n.term); seen != 0 && !x.standsIn(n) {
			in |= seen
			wanted.fields |= n.in.fields
			wanted.first = max(wanted.first, n.in.first)
		}
	}
	if in == 0 {
		return ""
	}
	return fmt.Sprintf("found only in %s, wanted %s", strings.Join(in.names(), " and "), wanted)
}

// presence says where something was found that must not be there.
func (x *explainer) presence(n *node) string {
	for _, l := range leavesOf(n) {
		if finds := x.finds(l, ""); len(finds) > 0 {
			return fmt.Sprintf("%s found in %s", quote(string(x.set.written.of(int(l.term)))), x.fields[finds[0].field].Name)
		}
	}
	return n.written() + " holds"
}

// leavesOf lists the nodes of the terms that can make a node hold, each once.
func leavesOf(n *node) []*node {
	var leaves []*node
	seen := map[int]bool{}
	var walk func(n *node)
	walk = func(n *node) {
		if seen[n.id] {
			return
		}
		seen[n.id] = true
		switch n.op {
		case opTerm:
			leaves = append(leaves, n)
		case opNone:
		default:
			for _, c := range n.children {
				walk(c)
			}
		}
	}
	walk(n)
	return leaves
}
