package match

import (
	"slices"

	"github.com/copytaster/copytaster/rules/syntax"
)

// Count counts spans for times: those that overlap once, of title variants those
// of the one with most. With a window it is the most in one.
func (l *Layout) Count(level *Level, list []Span) int {
	apart := Disjoint(list)
	if level.Window.Unit == syntax.Anywhere {
		return len(l.oneTitle(apart))
	}
	_, most := l.densest(level, apart)
	return most
}

// oneTitle leaves out the spans in titles, except those in the variant that has
// most.
func (l *Layout) oneTitle(list []Span) []Span {
	inTitle := func(s Span) bool { return syntax.FieldBit(l.Fields[s.Field].Name) == syntax.InTitle }
	first, most, i := 0, 0, 0
	for i < len(list) && inTitle(list[i]) {
		n := 1
		for i+n < len(list) && list[i+n].Field == list[i].Field {
			n++
		}
		if n > most {
			first, most = i, n
		}
		i += n
	}
	return append(slices.Clone(list[first:first+most]), list[i:]...)
}

// densest returns the first run of as many spans as a level asks for that lie in
// one window, or else the longest run that does, and its length.
func (l *Layout) densest(level *Level, apart []Span) (from, most int) {
	first := 0
	for i, s := range apart {
		for first < i && (apart[first].Field != s.Field || !l.fits(apart[first].Join(s), level.Window)) {
			first++
		}
		if n := i - first + 1; n > most && (n > 1 || l.fits(s, level.Window)) {
			if from, most = first, n; most >= level.Times {
				break
			}
		}
	}
	return from, most
}
