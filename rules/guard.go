package rules

import (
	"cmp"
	"slices"
	"sort"
)

// neighbours are mentions that are asked whether one of them lies in one window
// with another.
type neighbours struct {
	m      *matching
	window Window
	list   []mention // those that lie in one window themselves, in order
	latest []int     // of each and those before it in its field or segment, the one that ends last
}

func (m *matching) neighbours(list []mention, window Window) neighbours {
	n := neighbours{m: m, window: window}
	for _, c := range list {
		if !m.fits(c, window) {
			continue
		}
		i := len(n.list)
		n.list, n.latest = append(n.list, c), append(n.latest, i)
		if i > 0 && n.compare(n.list[i-1], c) == 0 && !after(c, n.list[n.latest[i-1]]) {
			n.latest[i] = n.latest[i-1]
		}
	}
	return n
}

// compare puts mentions in the order of their fields and segments.
func (n *neighbours) compare(a, b mention) int {
	return cmp.Or(cmp.Compare(a.field, b.field),
		cmp.Compare(n.m.segment(n.window.Unit, a.field, a.lastStart), n.m.segment(n.window.Unit, b.field, b.lastStart)))
}

// of gives a neighbour of a mention.
func (n *neighbours) of(c mention) (mention, bool) {
	if !n.m.fits(c, n.window) {
		return mention{}, false
	}
	beyond := sort.Search(len(n.list), func(i int) bool {
		if side := n.compare(n.list[i], c); side != 0 {
			return side > 0
		}
		return !n.m.spans(n.window, c.field, c.firstEnd, n.list[i].lastStart)
	})
	if beyond == 0 || n.compare(n.list[beyond-1], c) != 0 {
		return mention{}, false
	}
	latest := n.list[n.latest[beyond-1]]
	return latest, n.m.spans(n.window, c.field, latest.firstEnd, c.lastStart)
}

// fits reports whether a mention lies in one window.
func (m *matching) fits(c mention, w Window) bool {
	switch w.Unit {
	case Words:
		return m.spans(w, c.field, c.firstEnd, c.lastStart)
	case Sentence, Paragraph:
		return m.lies(c, w.Unit)
	}
	return true
}

// fitting leaves out the mentions that do not lie in one window.
func (m *matching) fitting(list []mention, w Window) []mention {
	if !slices.ContainsFunc(list, func(c mention) bool { return !m.fits(c, w) }) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(c mention) bool { return !m.fits(c, w) })
}

// spans reports whether a window of words reaches from the end of one token to
// the start of another; other windows are not measured so.
func (m *matching) spans(w Window, field, firstEnd, lastStart int32) bool {
	return w.Unit != Words || int(m.between(field, firstEnd, lastStart)) <= wholeWord*w.Words
}

// covers are mentions that are asked which others lie inside them.
type covers struct {
	list []mention // by where they start
	most []int     // of each and those before it in its field, the one that reaches furthest
}

func newCovers(list []mention) covers {
	c := covers{list: slices.Clone(list), most: make([]int, len(list))}
	slices.SortFunc(c.list, func(a, b mention) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end))
	})
	for i := range c.list {
		c.most[i] = i
		if i > 0 && c.list[i-1].field == c.list[i].field && c.list[c.most[i-1]].end > c.list[i].end {
			c.most[i] = c.most[i-1]
		}
	}
	return c
}

// around gives a mention that covers another and is longer.
func (c *covers) around(inner mention) (mention, bool) {
	for _, sooner := range [...]int32{0, 1} { // starts there and ends later, or starts before
		i := sort.Search(len(c.list), func(i int) bool {
			return cmp.Or(cmp.Compare(c.list[i].field, inner.field), cmp.Compare(c.list[i].start, inner.start-sooner)) > 0
		})
		if i == 0 || c.list[i-1].field != inner.field {
			continue
		}
		if outer := c.list[c.most[i-1]]; outer.end > inner.end || sooner == 1 && outer.end == inner.end {
			return outer, true
		}
	}
	return mention{}, false
}

// sieve keeps the mentions of a level that count.
type sieve struct {
	level         *level
	near, notNear neighbours
	longer        covers
}

func (m *matching) sieve(l *level) *sieve {
	s := &sieve{level: l}
	if l.near != nil {
		s.near = m.neighbours(m.ofAny(l.near), l.window)
	}
	if l.notNear != nil {
		s.notNear = m.neighbours(m.ofAny(l.notNear), l.window)
	}
	if l.notPartOf != nil {
		s.longer = newCovers(m.ofAny(l.notPartOf))
	}
	return s
}

// choosy reports whether there are mentions that do not count.
func (s *sieve) choosy() bool {
	return s.level.near != nil || s.level.notNear != nil || s.level.notPartOf != nil
}

// keep leaves out the mentions that do not count.
func (s *sieve) keep(list []mention) []mention {
	if !s.choosy() {
		return list
	}
	var kept []mention
	for _, c := range list {
		if s.counts(c) {
			kept = append(kept, c)
		}
	}
	return kept
}

func (s *sieve) counts(c mention) bool {
	if s.level.near != nil {
		if _, ok := s.near.of(c); !ok {
			return false
		}
	}
	if s.level.notNear != nil {
		if _, near := s.notNear.of(c); near {
			return false
		}
	}
	if s.level.notPartOf != nil {
		if _, inside := s.longer.around(c); inside {
			return false
		}
	}
	return true
}
