package rules

import (
	"slices"

	"github.com/copytaster/copytaster/internal/news"
)

// Match gives the rules that match a story, in the order of the rules, with the
// places that made them match.
func (s *Set) Match(story *news.Story) []news.Match {
	m := s.take(story)
	defer s.give(m)
	about := factsOf(story)
	var matches []news.Match
	for _, i := range m.candidates() {
		if !m.decides(i) && !m.matches(i, about) {
			continue
		}
		m.asked = true
		m.split()
		c := s.compiled(i)
		matches = append(matches, news.Match{Rule: c.Name, Hash: c.hash, Severity: c.Severity, Topic: c.Topic,
			Instruction: c.Instruction, To: c.To, AlsoTo: c.AlsoTo, Evidence: m.evidence(c.root)})
	}
	return matches
}

// Matched appends to into the numbers of the rules that match a story, in their
// order. It says the same as Match, without the evidence, and costs much less.
func (s *Set) Matched(story *news.Story, into []int) []int {
	m := s.take(story)
	defer s.give(m)
	var about *facts
	for _, i := range m.candidates() {
		matches := m.decides(i)
		if !matches {
			if about == nil {
				about = factsOf(story)
			}
			matches = m.matches(i, about)
		}
		if matches {
			into = append(into, int(i))
		}
	}
	return into
}

// decides reports whether it is enough for a match that the rule is a
// candidate. It is not when something was found in the URL alone.
func (m *matching) decides(rule uint32) bool {
	return m.set.index.isExact(rule) && !m.inURL
}

// matching is one story being matched by one goroutine.
type matching struct {
	set   *Set
	asked bool // a rule was evaluated: there is more to forget than what was found
	reading
	memory   map[int]bool      // which concepts and levels hold, by node
	mentions map[int][]mention // of concepts and levels, by node
	standing map[atom][]mention
	measures []measure // of each field
	last     *findings
}

// atom is a term where a node looks for it.
type atom struct {
	term int32
	in   scope
}

// matches reports whether a rule matches, whether it is enabled or not.
func (m *matching) matches(rule uint32, about *facts) bool {
	m.asked = true
	c := m.set.compiled(rule)
	if c.over(about) || !c.Only.admits(about) || c.Except.excludes(about) {
		return false
	}
	return m.holds(c.root) && !slices.ContainsFunc(c.never, m.holds)
}

// over reports whether the rule is off for a story for good.
func (r *Rule) over(about *facts) bool {
	return !r.Until.IsZero() && !about.firstSeen.IsZero() && !about.firstSeen.Before(r.Until)
}

func (m *matching) holds(n *node) bool {
	switch n.op {
	case opTerm:
		return m.standsIn(n)
	case opConcept, opLevel:
		return m.remembers(n)
	case opAny:
		return slices.ContainsFunc(n.children, m.holds)
	case opNone:
		return !slices.ContainsFunc(n.children, m.holds)
	case opAtLeast:
		return m.atLeast(n.children, n.least, m.holds)
	}
	return !slices.ContainsFunc(n.children, func(c *node) bool { return !m.holds(c) }) // opAll
}

// standsIn reports whether the term of a node stands where the node looks.
func (m *matching) standsIn(n *node) bool {
	if n.in == everywhere && m.set.index.isSure(n.term) && !m.inURL {
		return m.finder.Marked(m.set.index.phrases[n.term])
	}
	seen := m.seen(n.term)
	if seen&n.in.fields != 0 {
		return true
	}
	if n.in.first == 0 || seen&inFirst == 0 {
		return false
	}
	return slices.ContainsFunc(m.places(n.term), func(p place) bool { return m.within(p, n.in) })
}

func (m *matching) remembers(n *node) bool {
	known, asked := m.memory[n.id]
	if asked {
		return known
	}
	if n.op == opConcept {
		known = m.holds(n.children[0])
	} else {
		known = m.levelHolds(n)
	}
	if m.memory == nil {
		m.memory = map[int]bool{}
	}
	m.memory[n.id] = known
	return known
}

// atLeast reports whether enough nodes are as asked.
func (m *matching) atLeast(nodes []*node, least int, asked func(*node) bool) bool {
	for i, n := range nodes {
		if least == 0 || least > len(nodes)-i {
			break
		}
		if asked(n) {
			least--
		}
	}
	return least == 0
}
