package match

import (
	"slices"

	"github.com/copytaster/copytaster/internal/text"
)

// search is what one search for candidates works with.
type search struct {
	found      []uint32    // the candidates
	listed     []uint64    // a bit for each rule that is among them
	lists      [][2]uint32 // from where to where the posting lists of the keys found go
	candidates []candidate
	fetched    uint32 // what was fetched ahead, so that the compiler keeps the fetches
}

// candidate is a rule of which two clauses are found, and where the others lie.
type candidate struct{ rule, from, to uint32 }

// cacheLine is how many numbers are fetched from memory at once.
const cacheLine = 16

// candidates returns the rules that a story could match, in their order, when
// the finder has read it. It marks the groups that are found.
//
// Of many rules the lists lie far apart, and to fetch them from memory takes
// longer than to read them. So it goes in passes, of which each fetches without
// waiting for what it fetched: where the lists lie, how each begins, and only
// then what they say.
func (p *postings) candidates(f *text.Finder, s *search) []uint32 {
	p.markGroups(f)
	s.found, s.lists, s.candidates = append(s.found[:0], p.always...), s.lists[:0], s.candidates[:0]
	for _, key := range f.Found() {
		if int(key) < len(p.lists.starts)-1 {
			s.lists = append(s.lists, [2]uint32{p.lists.starts[key], p.lists.starts[key+1]})
		}
	}
	n := 0
	for _, list := range s.lists {
		if list[0] < list[1] {
			s.fetched ^= p.lists.numbers[list[0]] ^ p.lists.numbers[min(list[0]+cacheLine, list[1]-1)]
			s.lists[n] = list
			n++
		}
	}
	marks := f.Marks()
	for _, list := range s.lists[:n] {
		s.readList(marks, p.lists.numbers[list[0]:list[1]])
	}
	for i := range s.candidates {
		c := &s.candidates[i]
		c.from, c.to = p.rest.starts[c.rule], p.rest.starts[c.rule+1]
	}
	for _, c := range s.candidates {
		if c.from < c.to {
			s.fetched ^= p.rest.numbers[c.from]
		}
	}
	for _, c := range s.candidates {
		if s.listed[c.rule/64]>>(c.rule%64)&1 == 0 && eachFound(marks, p.rest.numbers[c.from:c.to]) {
			s.listed[c.rule/64] |= 1 << (c.rule % 64)
			s.found = append(s.found, c.rule)
		}
	}
	for _, rule := range s.found {
		s.listed[rule/64] = 0
	}
	slices.Sort(s.found)
	return s.found
}

// markGroups marks the groups of the phrases found. A group may be in others:
// what is marked is found, and comes up later.
func (p *postings) markGroups(f *text.Finder) {
	for i := 0; len(p.groups.numbers) > 0 && i < len(f.Found()); i++ {
		for _, group := range p.groups.row(f.Found()[i]) {
			f.Mark(group)
		}
	}
}

// readList notes the rules of a posting list of which the second clause is found
// too.
func (s *search) readList(marks []uint64, list []uint32) {
	for i := 0; i < len(list); {
		head := list[i]
		i++
		found := uint64(head)
		for end := head & 1; end == 0; i++ {
			key := list[i] &^ lastKey
			found |= marks[key/64] >> (key % 64)
			end = list[i] / lastKey
		}
		if found&1 != 0 {
			s.candidates = append(s.candidates, candidate{rule: head >> 1})
		}
	}
}

// eachFound reports whether a key of each clause was found.
func eachFound(marks []uint64, clauses []uint32) bool {
	found := uint64(0)
	for _, key := range clauses {
		found |= marks[key&^lastKey/64] >> (key % 64)
		if key&lastKey != 0 {
			if found&1 == 0 {
				return false
			}
			found = 0
		}
	}
	return true
}
