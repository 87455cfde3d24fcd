package match

import (
	"cmp"
	"slices"
	"sort"

	"github.com/copytaster/copytaster/rules/syntax"
)

// neighbours finds of some spans one that lies in one window with another span.
type neighbours struct {
	layout *Layout
	window syntax.Window
	list   []Span // those that lie in one window themselves, in order
	latest []int  // of each and those before it in its segment, the one that ends last
}

func (l *Layout) neighbours(list []Span, window syntax.Window) *neighbours {
	n := &neighbours{layout: l, window: window}
	for _, s := range list {
		if !l.fits(s, window) {
			continue
		}
		i := len(n.list)
		n.list, n.latest = append(n.list, s), append(n.latest, i)
		if i > 0 && n.compare(n.list[i-1], s) == 0 && !s.endsAfter(n.list[n.latest[i-1]]) {
			n.latest[i] = n.latest[i-1]
		}
	}
	return n
}

// compare is the order of spans by their fields and segments.
func (n *neighbours) compare(a, b Span) int {
	return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(
		n.layout.segment(n.window.Unit, a.Field, a.LastStart), n.layout.segment(n.window.Unit, b.Field, b.LastStart)))
}

// find returns a neighbour of a span.
func (n *neighbours) find(s Span) (Span, bool) {
	if !n.layout.fits(s, n.window) {
		return Span{}, false
	}
	beyond := sort.Search(len(n.list), func(i int) bool {
		if side := n.compare(n.list[i], s); side != 0 {
			return side > 0
		}
		return !n.layout.reaches(n.window, s.Field, s.FirstEnd, n.list[i].LastStart)
	})
	if beyond == 0 || n.compare(n.list[beyond-1], s) != 0 {
		return Span{}, false
	}
	latest := n.list[n.latest[beyond-1]]
	return latest, n.layout.reaches(n.window, s.Field, latest.FirstEnd, s.LastStart)
}

// enclosing finds of some spans one that another span lies inside of.
type enclosing struct {
	list     []Span // by where they start
	furthest []int  // of each and those before it in its field, the one that ends last
}

func newEnclosing(list []Span) *enclosing {
	e := &enclosing{list: slices.Clone(list), furthest: make([]int, len(list))}
	slices.SortFunc(e.list, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	for i := range e.list {
		e.furthest[i] = i
		if i > 0 && e.list[i-1].Field == e.list[i].Field && e.list[e.furthest[i-1]].End > e.list[i].End {
			e.furthest[i] = e.furthest[i-1]
		}
	}
	return e
}

// find returns a span that covers another and is longer.
func (e *enclosing) find(inner Span) (Span, bool) {
	for _, sooner := range [...]int32{0, 1} { // starts there and ends later, or starts before
		i := sort.Search(len(e.list), func(i int) bool {
			return cmp.Or(cmp.Compare(e.list[i].Field, inner.Field), cmp.Compare(e.list[i].Start, inner.Start-sooner)) > 0
		})
		if i == 0 || e.list[i-1].Field != inner.Field {
			continue
		}
		if outer := e.list[e.furthest[i-1]]; outer.End > inner.End || sooner == 1 && outer.End == inner.End {
			return outer, true
		}
	}
	return Span{}, false
}
