package rules

import (
	"cmp"
	"slices"
)

// findings are what a level makes of its mentions, step by step.
type findings struct {
	node  int // the level's
	sieve *sieve
	lists [][]mention // of each part that can be mentioned, those that count
	joint []mention   // one of each, close enough when the level asks for that
	free  []mention   // those of joint that no mention of none spoils
}

// levelHolds reports whether the mentions of a level are as it says.
func (m *matching) levelHolds(n *node) bool {
	if slices.ContainsFunc(n.children, func(c *node) bool { return !m.holds(c) }) {
		return false
	}
	l, f := n.level, m.findings(n)
	switch {
	case l.times > 0:
		return m.often(l, f.joint) >= l.times && !m.anyCounts(f.sieve, l.none)
	case l.joins():
		return len(f.free) > 0
	}
	return !slices.ContainsFunc(n.children, func(c *node) bool { return !m.counts(f.sieve, c) }) && !m.anyCounts(f.sieve, l.none)
}

// counts reports whether a part of a level has a mention that counts; of the
// level's own Of enough nodes must.
func (m *matching) counts(s *sieve, part *node) bool {
	switch {
	case part.silent:
		return true // as it holds
	case part == s.level.of:
		return m.atLeast(part.children, part.least, func(c *node) bool { return c.silent && m.holds(c) || len(s.keep(m.all(c))) > 0 })
	}
	return len(s.keep(m.all(part))) > 0
}

// joins reports whether the level asks for a combination of its parts in one
// window, be it of one part.
func (l *level) joins() bool { return l.ordered || l.window.Unit != Anywhere }

// ofLevel gives the mentions of a level, of one that holds.
func (m *matching) ofLevel(n *node) []mention {
	if !m.holds(n) {
		return nil
	}
	f := m.findings(n)
	if n.level.times == 0 && n.level.joins() {
		return f.free
	}
	return f.joint
}

// findings looks at the mentions of a level. Those of the last level are kept:
// whoever asks whether it holds asks next what made it hold.
func (m *matching) findings(n *node) *findings {
	if m.last == nil || m.last.node != n.id {
		m.last = m.find(n)
	}
	return m.last
}

func (m *matching) find(n *node) *findings {
	l := n.level
	f := &findings{node: n.id, sieve: m.sieve(l)}
	for _, part := range n.children {
		if !part.silent {
			f.lists = append(f.lists, m.counting(f.sieve, part))
		}
	}
	switch {
	case slices.ContainsFunc(f.lists, func(list []mention) bool { return len(list) == 0 }):
		return f
	case l.ordered:
		m.chain(f.lists, l.window.Unit, func(c mention, _ []mention) bool {
			f.joint = append(f.joint, c)
			return true
		})
		f.joint = sorted(f.joint)
	default:
		f.joint = m.combined(f.lists, 0, l.window.Unit)
	}
	f.joint = m.fitting(f.joint, l.window)
	if l.times == 0 && l.joins() {
		f.free = m.unspoilt(f, l)
	}
	return f
}

// counting gives the mentions of a part of a level that count. Those of the
// level's own Of are looked at one by one, before they are combined.
func (m *matching) counting(s *sieve, part *node) []mention {
	if part != s.level.of {
		return s.keep(m.all(part))
	}
	return m.combined(m.countingEach(s, part.children), part.least, s.level.window.Unit)
}

func (m *matching) countingEach(s *sieve, nodes []*node) [][]mention {
	lists := make([][]mention, len(nodes))
	for i, n := range nodes {
		lists[i] = s.keep(m.all(n))
	}
	return lists
}

// unspoilt leaves out the combinations with which a mention of a none node lies
// in one window.
func (m *matching) unspoilt(f *findings, l *level) []mention {
	if l.none == nil {
		return f.joint
	}
	spoiling := m.spoiling(f.sieve, l)
	var free []mention
	for _, c := range f.joint {
		if _, spoilt := spoiling.of(c); !spoilt {
			free = append(free, c)
		}
	}
	return free
}

func (m *matching) spoiling(s *sieve, l *level) neighbours {
	return m.neighbours(s.keep(m.ofAny(l.none)), l.window)
}

// anyCounts reports whether a node holds that must not. Where only some
// mentions count, one that does is needed for that.
func (m *matching) anyCounts(s *sieve, none []*node) bool {
	if !s.choosy() {
		return slices.ContainsFunc(none, m.holds)
	}
	return slices.ContainsFunc(none, func(n *node) bool { return len(s.keep(m.all(n))) > 0 })
}

// often counts mentions: those that overlap once, of title variants those of
// the one with most. With a window it is the most in one.
func (m *matching) often(l *level, list []mention) int {
	apart := disjoint(list)
	if l.window.Unit == Anywhere {
		return len(m.oneTitle(apart))
	}
	_, most := m.densest(l, apart)
	return most
}

// oneTitle leaves out the mentions in titles, but for those in the variant that
// has most.
func (m *matching) oneTitle(list []mention) []mention {
	first, most := 0, 0
	for i := 0; i < len(list) && fieldBit(m.fields[list[i].field].Name) == inTitle; {
		n := 1
		for i+n < len(list) && list[i+n].field == list[i].field {
			n++
		}
		if n > most {
			first, most = i, n
		}
		i += n
	}
	others := list
	for len(others) > 0 && fieldBit(m.fields[others[0].field].Name) == inTitle {
		others = others[1:]
	}
	return append(slices.Clone(list[first:first+most]), others...)
}

// disjoint gives mentions in the order of their starts, the longer of two that
// start in one place; one that overlaps another that is given is left out.
func disjoint(list []mention) []mention {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b mention) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	kept := list[:0]
	for _, c := range list {
		if n := len(kept); n == 0 || kept[n-1].field != c.field || c.start > kept[n-1].end {
			kept = append(kept, c)
		}
	}
	return kept
}

// densest gives the first run of as many mentions as the level asks for that
// lie in one window, or else the longest run that does, and its length.
func (m *matching) densest(l *level, apart []mention) (from, most int) {
	first := 0
	for i, c := range apart {
		for first < i && (apart[first].field != c.field || !m.fits(apart[first].with(c), l.window)) {
			first++
		}
		if n := i - first + 1; n > most && (n > 1 || m.fits(c, l.window)) {
			if from, most = first, n; most >= l.times {
				break
			}
		}
	}
	return from, most
}
