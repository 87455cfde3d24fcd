package match

import (
	"cmp"
	"slices"
	"sort"

	"github.com/copytaster/copytaster/rules/syntax"
)

// Chain yields spans in order, one of each list, each of which starts after the
// one before ends: for every span of the first list the closest chain. Between
// the first and the last it takes what ends first, which leaves most to choose
// the last from. As the last it takes the span whose last part starts first.
func (l *Layout) Chain(lists [][]Span, unit syntax.Unit, yield func(s Span, of []Span) bool) {
	followers := make([]followers, len(lists)-1)
	for i := range followers {
		sooner := endsSooner
		if i == len(followers)-1 {
			sooner = closesSooner
		}
		followers[i] = l.followers(lists[i+1], unit, sooner)
	}
	of := make([]Span, len(lists))
	for _, first := range l.inSegments(lists[0], unit) {
		s, whole := first, true
		of[0] = first
		for i := range followers {
			if of[i+1], whole = followers[i].after(of[i], l.segment(unit, first.Field, first.Start)); !whole {
				break
			}
			s = s.Join(of[i+1])
		}
		if whole && !yield(s, of) {
			return
		}
	}
}

// Chains returns the combinations of the chains.
func (l *Layout) Chains(lists [][]Span, unit syntax.Unit) []Span {
	var all []Span
	l.Chain(lists, unit, func(s Span, _ []Span) bool {
		all = append(all, s)
		return true
	})
	return sorted(all)
}

func endsSooner(a, b Span) bool { return a.End < b.End }

func closesSooner(a, b Span) bool {
	return a.LastStart < b.LastStart || a.LastStart == b.LastStart && a.End < b.End
}

// followers finds what can follow a span. It is spans by where they start; of
// each it knows the soonest of the spans from there to the end of its sentence,
// paragraph or field.
type followers struct {
	list     []Span
	segments []int32 // of each
	soonest  []int   // of each, an index of list
}

func (l *Layout) followers(list []Span, unit syntax.Unit, sooner func(a, b Span) bool) followers {
	f := followers{list: slices.Clone(l.inSegments(list, unit))}
	slices.SortFunc(f.list, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	f.segments, f.soonest = make([]int32, len(f.list)), make([]int, len(f.list))
	for i, s := range slices.Backward(f.list) {
		f.segments[i], f.soonest[i] = l.segment(unit, s.Field, s.Start), i
		if i+1 < len(f.list) && f.list[i+1].Field == s.Field && f.segments[i+1] == f.segments[i] {
			if next := f.soonest[i+1]; !sooner(s, f.list[next]) {
				f.soonest[i] = next
			}
		}
	}
	return f
}

// after returns the soonest of the spans that start after another ends, in its
// segment.
func (f *followers) after(s Span, segment int32) (Span, bool) {
	i := sort.Search(len(f.list), func(i int) bool {
		return cmp.Or(cmp.Compare(f.list[i].Field, s.Field), cmp.Compare(f.list[i].Start, s.End)) > 0
	})
	if i == len(f.list) || f.list[i].Field != s.Field || f.segments[i] != segment {
		return Span{}, false
	}
	return f.list[f.soonest[i]], true
}
