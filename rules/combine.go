package rules

import (
	"cmp"
	"slices"
)

// combined gives the combinations of mentions, one of each list, or of as many
// lists as least says when it is not 0. Of all that end with a mention only the
// closest is given: the last before it of every other list. For sentences and
// paragraphs mentions are combined only with those in the same one.
func (m *matching) combined(lists [][]mention, least int, unit Unit) []mention {
	if len(lists) == 1 {
		return m.contained(lists[0], unit)
	}
	var all []mention
	m.sweep(lists, least, unit, func(c mention, _ []mention) bool {
		if n := len(all); n == 0 || all[n-1] != c { // of mentions that start at one place each may end it
			all = append(all, c)
		}
		return true
	})
	return sorted(all)
}

// contained leaves out the mentions that do not lie in one sentence or
// paragraph.
func (m *matching) contained(list []mention, unit Unit) []mention {
	if unit != Sentence && unit != Paragraph {
		return list
	}
	var inside []mention
	for _, c := range list {
		if m.lies(c, unit) {
			inside = append(inside, c)
		}
	}
	return inside
}

// lies reports whether a mention lies in one sentence or paragraph.
func (m *matching) lies(c mention, unit Unit) bool {
	return m.segment(unit, c.field, c.start) == m.segment(unit, c.field, c.end)
}

// sweeping goes over lists of mentions from left to right.
type sweeping struct {
	lists [][]mention
	best  []mention // of each list, of those passed: the one that ends last
	near  []int     // the lists of which one was passed, the one that ends last first
}

// sweep yields the combinations that combined gives, with the mentions that
// each is made of, until yield says false.
func (m *matching) sweep(lists [][]mention, least int, unit Unit, yield func(c mention, of []mention) bool) {
	if least == 0 {
		least = len(lists)
	}
	s := sweeping{lists: make([][]mention, len(lists)), best: make([]mention, len(lists))}
	for i := range lists {
		s.lists[i] = m.contained(lists[i], unit)
	}
	var field, segment int32 = -1, -1
	var now []int // the lists that go on here, once for each of their mentions
	var here []mention
	of := make([]mention, 0, least)
	for {
		at, ok := s.next()
		if !ok {
			return
		}
		if in := m.segment(unit, at.field, at.lastStart); at.field != field || in != segment {
			field, segment = at.field, in
			s.near = s.near[:0]
		}
		now, here = s.pass(at, now[:0], here[:0])
		if len(s.near) < least {
			continue
		}
		for k, last := range here {
			of = s.others(append(of[:0], last), now[k], least)
			c := last
			for _, other := range of[1:] {
				c = c.with(other)
			}
			if !yield(c, of) {
				return
			}
		}
	}
}

// next gives the mention that comes next in the order of last starts.
func (s *sweeping) next() (first mention, ok bool) {
	for _, list := range s.lists {
		if len(list) > 0 && (!ok || cmp.Or(cmp.Compare(list[0].field, first.field), cmp.Compare(list[0].lastStart, first.lastStart)) < 0) {
			first, ok = list[0], true
		}
	}
	return first, ok
}

// pass takes all mentions from the lists whose last starts are at one place.
func (s *sweeping) pass(at mention, now []int, here []mention) ([]int, []mention) {
	for i, list := range s.lists {
		for len(list) > 0 && list[0].field == at.field && list[0].lastStart == at.lastStart {
			s.bring(i, list[0])
			now, here = append(now, i), append(here, list[0])
			list = list[1:]
		}
		s.lists[i] = list
	}
	return now, here
}

// bring notes a mention of a list when it ends after those passed before.
func (s *sweeping) bring(i int, c mention) {
	at := slices.Index(s.near, i)
	if at >= 0 {
		if !after(c, s.best[i]) {
			return
		}
		s.near = slices.Delete(s.near, at, at+1)
	}
	s.best[i] = c
	at = 0
	for at < len(s.near) && after(s.best[s.near[at]], c) {
		at++
	}
	s.near = slices.Insert(s.near, at, i)
}

// after reports whether the first of a ends after that of b, and when they end
// at one place, a starts later.
func after(a, b mention) bool {
	return cmp.Or(cmp.Compare(a.firstEnd, b.firstEnd), cmp.Compare(a.start, b.start)) > 0
}

// others adds the best of other lists to a mention of one, to make least.
func (s *sweeping) others(of []mention, list, least int) []mention {
	for _, i := range s.near {
		if len(of) == least {
			break
		}
		if i != list {
			of = append(of, s.best[i])
		}
	}
	return of
}
