package match

import (
	"slices"

	"github.com/copytaster/copytaster/rules/syntax"
)

// Combine returns the combinations of spans, one of each list, or of as many
// lists as least says when it is not 0. Of all combinations that end with a span
// only the closest is returned: the last span before it of every other list. For
// sentences and paragraphs only spans in the same one are combined.
func (l *Layout) Combine(lists [][]Span, least int, unit syntax.Unit) []Span {
	if len(lists) == 1 {
		return l.inSegments(lists[0], unit)
	}
	var all []Span
	l.sweep(lists, least, unit, func(s Span, _ []Span) bool {
		if n := len(all); n == 0 || all[n-1] != s { // each of several spans that start at one place may end it
			all = append(all, s)
		}
		return true
	})
	return sorted(all)
}

// sweeper goes over lists of spans from left to right.
type sweeper struct {
	lists  [][]Span // what is still ahead
	latest []Span   // by list: of the spans passed, the one that ends last
	passed []int    // the lists of which a span was passed, the one that ends last first
}

// sweep yields the combinations that Combine returns, with the spans that each
// is made of, until yield returns false. It takes time in proportion to the
// spans times the lists.
func (l *Layout) sweep(lists [][]Span, least int, unit syntax.Unit, yield func(s Span, of []Span) bool) {
	if least == 0 {
		least = len(lists)
	}
	w := sweeper{lists: make([][]Span, len(lists)), latest: make([]Span, len(lists))}
	for i := range lists {
		w.lists[i] = l.inSegments(lists[i], unit)
	}
	var field, segment int32 = -1, -1
	var from []int // the list of each span of here
	var here []Span
	of := make([]Span, 0, least)
	for {
		at, ok := w.next()
		if !ok {
			return
		}
		if in := l.segment(unit, at.Field, at.LastStart); at.Field != field || in != segment {
			field, segment = at.Field, in
			w.passed = w.passed[:0]
		}
		from, here = w.pass(at, from[:0], here[:0])
		if len(w.passed) < least {
			continue
		}
		for k, last := range here {
			of = w.others(append(of[:0], last), from[k], least)
			s := last
			for _, other := range of[1:] {
				s = s.Join(other)
			}
			if !yield(s, of) {
				return
			}
		}
	}
}

// next returns the span that comes next in the order of last starts.
func (w *sweeper) next() (first Span, ok bool) {
	for _, list := range w.lists {
		if len(list) > 0 && (!ok || list[0].closesBefore(first)) {
			first, ok = list[0], true
		}
	}
	return first, ok
}

// pass takes all spans from the lists whose last starts are at one place.
func (w *sweeper) pass(at Span, from []int, here []Span) ([]int, []Span) {
	for i, list := range w.lists {
		for len(list) > 0 && list[0].Field == at.Field && list[0].LastStart == at.LastStart {
			w.note(i, list[0])
			from, here = append(from, i), append(here, list[0])
			list = list[1:]
		}
		w.lists[i] = list
	}
	return from, here
}

// note notes a span of a list when it ends after those passed before.
func (w *sweeper) note(list int, s Span) {
	at := slices.Index(w.passed, list)
	if at >= 0 {
		if !s.endsAfter(w.latest[list]) {
			return
		}
		w.passed = slices.Delete(w.passed, at, at+1)
	}
	w.latest[list] = s
	at = 0
	for at < len(w.passed) && w.latest[w.passed[at]].endsAfter(s) {
		at++
	}
	w.passed = slices.Insert(w.passed, at, list)
}

// others adds the latest spans of other lists to a span of one, to make least.
func (w *sweeper) others(of []Span, list, least int) []Span {
	for _, i := range w.passed {
		if len(of) == least {
			break
		}
		if i != list {
			of = append(of, w.latest[i])
		}
	}
	return of
}

// madeOf returns the spans that a combination is made of.
func (l *Layout) madeOf(lists [][]Span, least int, unit syntax.Unit, s Span) []Span {
	if len(lists) == 1 {
		return []Span{s}
	}
	var of []Span
	l.sweep(lists, least, unit, func(found Span, made []Span) bool {
		of = made
		return found != s
	})
	return of
}
