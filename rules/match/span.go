package match

import (
	"cmp"
	"slices"
)

// Span is one place in a field where what a node looks for stands, in tokens. A
// combination of several spans also knows where the first of them ends and where
// the last of them starts: what lies between is how far apart they are. Of a
// term these are its own end and start.
type Span struct{ Field, Start, End, FirstEnd, LastStart int32 }

// closesBefore reports whether the last part of s starts before that of t.
func (s Span) closesBefore(t Span) bool {
	return cmp.Or(cmp.Compare(s.Field, t.Field), cmp.Compare(s.LastStart, t.LastStart)) < 0
}

// compareSpans is the order of spans in a list: by where the last part starts.
func compareSpans(a, b Span) int {
	return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.LastStart, b.LastStart), cmp.Compare(a.Start, b.Start),
		cmp.Compare(a.End, b.End), cmp.Compare(a.FirstEnd, b.FirstEnd))
}

// Join returns the combination of two spans.
func (s Span) Join(t Span) Span {
	return Span{s.Field, min(s.Start, t.Start), max(s.End, t.End),
		min(s.FirstEnd, t.FirstEnd), max(s.LastStart, t.LastStart)}
}

// endsAfter reports whether the first part of s ends after that of t, or, when
// they end at one place, s starts later.
func (s Span) endsAfter(t Span) bool {
	return cmp.Or(cmp.Compare(s.FirstEnd, t.FirstEnd), cmp.Compare(s.Start, t.Start)) > 0
}

// sorted puts spans in order, each once. The list may be changed, unless it is
// in order.
func sorted(list []Span) []Span {
	for i := 1; i < len(list); i++ {
		if compareSpans(list[i-1], list[i]) >= 0 {
			slices.SortFunc(list, compareSpans)
			return slices.Compact(list)
		}
	}
	return list
}

// holdsSpan reports whether a span is in a sorted list.
func holdsSpan(list []Span, s Span) bool {
	_, found := slices.BinarySearchFunc(list, s, compareSpans)
	return found
}

// Disjoint returns spans that do not overlap, in the order of their starts: of
// those that overlap the first one, the longer of two that start in one place.
func Disjoint(list []Span) []Span {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Span) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	kept := list[:0]
	for _, s := range list {
		if n := len(kept); n == 0 || kept[n-1].Field != s.Field || s.Start > kept[n-1].End {
			kept = append(kept, s)
		}
	}
	return kept
}
