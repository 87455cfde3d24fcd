package rules

import (
	"cmp"
	"slices"
	"sort"
)

// chain yields mentions in order, one of each list, each starting after the one
// before ends: for every mention of the first list the closest chain. Between
// the first and the last it takes what ends first, which leaves most to choose
// the last from; of these it takes the one whose last start comes first.
func (m *matching) chain(lists [][]mention, unit Unit, yield func(c mention, of []mention) bool) {
	followers := make([]followers, len(lists)-1)
	for i := range followers {
		sooner := endsSooner
		if i == len(followers)-1 {
			sooner = closesSooner
		}
		followers[i] = m.followers(lists[i+1], unit, sooner)
	}
	of := make([]mention, len(lists))
	for _, first := range m.contained(lists[0], unit) {
		c, whole := first, true
		of[0] = first
		for i := range followers {
			if of[i+1], whole = followers[i].after(of[i], m.segment(unit, first.field, first.start)); !whole {
				break
			}
			c = c.with(of[i+1])
		}
		if whole && !yield(c, of) {
			return
		}
	}
}

func endsSooner(a, b mention) bool { return a.end < b.end }

func closesSooner(a, b mention) bool {
	return a.lastStart < b.lastStart || a.lastStart == b.lastStart && a.end < b.end
}

// followers are mentions by where they start, with the one that is sooner than
// others of each and those behind it in its sentence, paragraph or field.
type followers struct {
	list     []mention
	segments []int32
	first    []int
}

func (m *matching) followers(list []mention, unit Unit, sooner func(a, b mention) bool) followers {
	f := followers{list: slices.Clone(m.contained(list, unit))}
	slices.SortFunc(f.list, func(a, b mention) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end))
	})
	f.segments, f.first = make([]int32, len(f.list)), make([]int, len(f.list))
	for i, c := range slices.Backward(f.list) {
		f.segments[i], f.first[i] = m.segment(unit, c.field, c.start), i
		if i+1 < len(f.list) && f.list[i+1].field == c.field && f.segments[i+1] == f.segments[i] {
			if next := f.first[i+1]; !sooner(c, f.list[next]) {
				f.first[i] = next
			}
		}
	}
	return f
}

// after gives the soonest mention of those that start after another ends, in
// its segment.
func (f *followers) after(c mention, segment int32) (mention, bool) {
	i := sort.Search(len(f.list), func(i int) bool {
		return cmp.Or(cmp.Compare(f.list[i].field, c.field), cmp.Compare(f.list[i].start, c.end)) > 0
	})
	if i == len(f.list) || f.list[i].field != c.field || f.segments[i] != segment {
		return mention{}, false
	}
	return f.list[f.first[i]], true
}
