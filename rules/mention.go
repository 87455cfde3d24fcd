package rules

import (
	"cmp"
	"slices"
)

// mention is one place in a field where what a node looks for stands, from its
// first token to its last. A combination of several also knows where the first
// of them ends, and where the last of them starts: what lies between is how far
// apart they are. For a term they are its own end and start.
type mention struct{ field, start, end, firstEnd, lastStart int32 }

// order sorts mentions by where the last of them starts.
func order(a, b mention) int {
	return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.lastStart, b.lastStart), cmp.Compare(a.start, b.start),
		cmp.Compare(a.end, b.end), cmp.Compare(a.firstEnd, b.firstEnd))
}

// with gives the combination of two mentions.
func (a mention) with(b mention) mention {
	return mention{a.field, min(a.start, b.start), max(a.end, b.end), min(a.firstEnd, b.firstEnd), max(a.lastStart, b.lastStart)}
}

// all gives the mentions of a node, in order, each once.
func (m *matching) all(n *node) []mention {
	switch n.op {
	case opTerm:
		return m.ofTerm(atom{n.term, n.in})
	case opConcept, opLevel:
		known, asked := m.mentions[n.id]
		if asked {
			return known
		}
		if n.op == opConcept {
			known = m.all(n.children[0])
		} else {
			known = m.ofLevel(n)
		}
		if m.mentions == nil {
			m.mentions = map[int][]mention{}
		}
		m.mentions[n.id] = known
		return known
	case opAny:
		return m.ofAny(n.children)
	case opAtLeast, opAll:
		if !m.holds(n) {
			return nil
		}
		return m.combined(m.lists(n.children), n.least, Anywhere)
	}
	return nil // nothing is mentioned by not being there
}

func (m *matching) ofTerm(a atom) []mention {
	known, asked := m.standing[a]
	if asked {
		return known
	}
	for _, p := range m.places(a.term) {
		if m.within(p, a.in) {
			known = append(known, mention{p.field, p.first, p.last, p.last, p.first})
		}
	}
	known = sorted(known)
	if m.standing == nil {
		m.standing = map[atom][]mention{}
	}
	m.standing[a] = known
	return known
}

// ofAny gives the mentions of several nodes together.
func (m *matching) ofAny(nodes []*node) []mention {
	var union []mention
	for _, n := range nodes {
		if here := m.all(n); union == nil {
			union = slices.Clip(here)
		} else {
			union = append(union, here...)
		}
	}
	return sorted(union)
}

// lists gives the mentions of each node; nodes that hold without any are left
// out.
func (m *matching) lists(nodes []*node) [][]mention {
	var lists [][]mention
	for _, n := range nodes {
		if !n.silent {
			lists = append(lists, m.all(n))
		}
	}
	return lists
}

// sorted puts mentions in order, each once. The list may be changed, unless it
// is in order.
func sorted(list []mention) []mention {
	for i := 1; i < len(list); i++ {
		if order(list[i-1], list[i]) >= 0 {
			slices.SortFunc(list, order)
			return slices.Compact(list)
		}
	}
	return list
}
