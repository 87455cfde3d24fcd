package match

import (
	"cmp"
	"slices"
	"sort"

	"github.com/copytaster/copytaster/rules/syntax"
)

// Chain yields chains: one span of each list, in the order of the lists, where each
// span starts after the one before it ends. For each span of the first list it yields
// the closest chain:
//
//  1. Of each list in between it takes the span that ends first. That leaves the most
//     spans of the next list to choose from.
//  2. Of the last list it takes the span whose last part starts first.
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

// followers finds the span of a list that follows another span soonest.
type followers struct {
	list     []Span  // by field and start
	segments []int32 // the sentence, paragraph or field of each span
	soonest  []int   // for each span the soonest one from there to the end of its segment: an index of list
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
