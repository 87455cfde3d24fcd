package rules

import (
	"math"
	"slices"

	"github.com/copytaster/copytaster/internal/text"
)

// index says which rules a story could match, from what was found in it. Each
// rule is posted under the things of its rarest clause alone.
type index struct {
	words    *text.Index
	things   int      // phrases and clauses of concepts, the number 0 included
	phrases  []uint32 // of each term; 0 when it is not found by its words
	concepts lists    // for each thing, the concepts' clauses that it is of
	posts    lists    // for each thing, records of rules
	rest     lists    // for each rule, its clauses from the third on
	exact    []uint64 // a bit for each rule that matches wherever its clauses are found
	always   []uint32 // rules without a clause
	sure     []uint64 // a bit for each term that stands wherever its phrase is found
	inURL    bool     // some rule looks in the URL
}

// A record is the number of a rule, doubled, and 1 more when there is no second
// clause; else that one follows. The last thing of every clause has the bit
// last.
const last = 1 << 31

// newIndex makes the index of rules whose needs are known.
func newIndex(rules []Rule, needs []need, s *seeker) *index {
	s.number(len(s.glossary.terms)) // those of never and the like, too
	x := &index{exact: make([]uint64, len(rules)/64+1), phrases: slices.Clip(s.phrases), sure: make([]uint64, len(s.sure)/64+1)}
	for t, sure := range s.sure {
		if sure {
			x.sure[t/64] |= 1 << (t % 64)
		}
	}
	for i := range needs {
		if rules[i].Disabled {
			continue
		}
		s.sort(needs[i].clauses)
		if len(needs[i].clauses) == 0 {
			x.always = append(x.always, uint32(i))
		}
		if needs[i].exact && rules[i].unconditional() {
			x.exact[i/64] |= 1 << (i % 64)
		}
	}
	numbers := renumbered(s, needs)
	x.words, x.things = s.words.Index(numbers.phrases), len(s.often)+len(s.members)
	for t, phrase := range x.phrases {
		x.phrases[t] = numbers.of(phrase)
	}
	if len(s.members) > 0 {
		x.concepts = makeLists(x.things, func(put func(number uint32, values ...uint32)) {
			for i, clause := range s.members {
				for _, thing := range clause {
					put(numbers.of(thing), numbers.of(ofConcepts+uint32(i)))
				}
			}
		})
	}
	var record []uint32
	x.posts = makeLists(int(numbers.concepts)+len(s.members), func(put func(number uint32, values ...uint32)) {
		for i := range needs {
			record = needs[i].record(record[:0], uint32(i), numbers)
			for _, thing := range needs[i].posted() {
				put(numbers.of(thing), record...)
			}
		}
	})
	x.rest = makeLists(len(rules), func(put func(number uint32, values ...uint32)) {
		for i := range needs {
			record = record[:0]
			for _, clause := range needs[i].clauses[min(2, len(needs[i].clauses)):] {
				record = closed(record, clause, numbers)
			}
			put(uint32(i), record...)
		}
	})
	return x
}

// numbers are the last numbers of things: the phrases by those that they had,
// and the first of those of concepts' clauses.
type numbers struct {
	phrases  []uint32
	concepts uint32
}

func (n numbers) of(thing uint32) uint32 {
	if thing < ofConcepts {
		return n.phrases[thing]
	}
	return n.concepts + thing - ofConcepts
}

// renumbered gives things their last numbers: first the phrases that rules are
// posted under, then the clauses of concepts, then the other phrases, and among
// phrases the frequent ones first. So what is looked at often lies together.
func renumbered(s *seeker, needs []need) numbers {
	const classes = 32
	class := make([]uint8, len(s.often))
	for i, often := range s.often[1:] {
		class[i+1] = classes + uint8(min(max(10-math.Ilogb(float64(often)), 0), classes-1)) // 1,000 and more are the first
	}
	for i := range needs {
		for _, thing := range needs[i].posted() {
			if thing < ofConcepts {
				class[thing] %= classes
			}
		}
	}
	next := [2*classes + 1]uint32{1} // 0 is no phrase
	for _, c := range class[1:] {
		next[c+1]++
	}
	for i := range next[1:] {
		if i == classes-1 {
			next[classes] += uint32(len(s.members))
		}
		next[i+1] += next[i]
	}
	n := numbers{make([]uint32, len(s.often)), next[classes] - uint32(len(s.members))}
	for i, c := range class[1:] {
		n.phrases[i+1] = next[c]
		next[c]++
	}
	return n
}

// unconditional reports whether the rule says nothing but what it looks for.
func (r *Rule) unconditional() bool {
	return len(r.Never) == 0 && r.Until.IsZero() && r.Only.zero() && r.Except.zero()
}

// posted gives the things that a rule is posted under.
func (n *need) posted() []uint32 {
	if len(n.clauses) == 0 {
		return nil
	}
	return n.clauses[0]
}

func (n *need) record(into []uint32, rule uint32, numbers numbers) []uint32 {
	if len(n.clauses) < 2 {
		return append(into, rule<<1|1)
	}
	return closed(append(into, rule<<1), n.clauses[1], numbers)
}

// closed appends a clause, its last thing marked.
func closed(into, clause []uint32, numbers numbers) []uint32 {
	for _, thing := range clause {
		into = append(into, numbers.of(thing))
	}
	into[len(into)-1] |= last
	return into
}

// lists is a list for each of some numbers, laid one after the other.
type lists struct{ from, all []uint32 }

func (l *lists) of(number uint32) []uint32 { return l.all[l.from[number]:l.from[number+1]] }

// makeLists makes the lists of as many numbers. It has them laid twice: to
// count, and to put in place.
func makeLists(numbers int, lay func(put func(number uint32, values ...uint32))) lists {
	l := lists{from: make([]uint32, numbers+1)}
	lay(func(number uint32, values ...uint32) { l.from[number+1] += uint32(len(values)) })
	for i := range numbers {
		l.from[i+1] += l.from[i]
	}
	l.all = make([]uint32, l.from[numbers])
	next := slices.Clone(l.from)
	lay(func(number uint32, values ...uint32) { next[number] += uint32(copy(l.all[next[number]:], values)) })
	return l
}

// search is what one search for candidates works with.
type search struct {
	once  []uint64    // a bit for each rule that is among them
	rules []uint32    // the candidates
	lists [][2]uint32 // where the records of the things found lie
	hopes []hope
	read  uint32
}

// line is how many numbers are fetched from memory at once.
const line = 16

// hope is a rule of which two clauses are found, and where the others lie.
type hope struct{ rule, from, to uint32 }

// candidates gives the rules that a story could match, when the finder has read
// it, in their order. It marks what concepts were found.
//
// Of many rules the records lie far apart, and to fetch them takes longer than
// to read them. So it goes in steps that need not wait for each other: first
// where the lists lie, then how each begins, and only then what they say.
func (x *index) candidates(f *text.Finder, s *search) []uint32 {
	for i := 0; len(x.concepts.all) > 0 && i < len(f.Found()); i++ {
		for _, clause := range x.concepts.of(f.Found()[i]) {
			f.Mark(clause)
		}
	}
	s.rules, s.lists, s.hopes = append(s.rules[:0], x.always...), s.lists[:0], s.hopes[:0]
	for _, thing := range f.Found() {
		if int(thing) < len(x.posts.from)-1 {
			s.lists = append(s.lists, [2]uint32{x.posts.from[thing], x.posts.from[thing+1]})
		}
	}
	n := 0
	for _, list := range s.lists {
		if list[0] < list[1] {
			s.read ^= x.posts.all[list[0]] ^ x.posts.all[min(list[0]+line, list[1]-1)]
			s.lists[n] = list
			n++
		}
	}
	for _, list := range s.lists[:n] {
		x.readPosts(f.Marks(), x.posts.all[list[0]:list[1]], s)
	}
	for i := range s.hopes {
		h := &s.hopes[i]
		h.from, h.to = x.rest.from[h.rule], x.rest.from[h.rule+1]
	}
	for _, h := range s.hopes {
		if h.from < h.to {
			s.read ^= x.rest.all[h.from]
		}
	}
	marks := f.Marks()
	for _, h := range s.hopes {
		if s.once[h.rule/64]>>(h.rule%64)&1 == 0 && holdAll(marks, x.rest.all[h.from:h.to]) {
			s.once[h.rule/64] |= 1 << (h.rule % 64)
			s.rules = append(s.rules, h.rule)
		}
	}
	for _, rule := range s.rules {
		s.once[rule/64] = 0
	}
	slices.Sort(s.rules)
	return s.rules
}

// readPosts notes the rules of which the second clause is found too.
func (x *index) readPosts(marks []uint64, posts []uint32, s *search) {
	for i := 0; i < len(posts); {
		head := posts[i]
		i++
		found := uint64(head)
		for more := head & 1; more == 0; i++ {
			thing := posts[i] &^ last
			found |= marks[thing/64] >> (thing % 64)
			more = posts[i] / last
		}
		if found&1 != 0 {
			s.hopes = append(s.hopes, hope{rule: head >> 1})
		}
	}
}

// holdAll reports whether one thing of each clause was found.
func holdAll(marks []uint64, clauses []uint32) bool {
	found := uint64(0)
	for _, thing := range clauses {
		found |= marks[thing&^last/64] >> (thing % 64)
		if thing&last != 0 {
			if found&1 == 0 {
				return false
			}
			found = 0
		}
	}
	return true
}

// isSure reports whether a term stands wherever its phrase is found.
func (x *index) isSure(term int32) bool { return x.sure[term/64]>>(term%64)&1 != 0 }

// isExact reports whether a rule matches wherever its clauses were found.
func (x *index) isExact(rule uint32) bool { return x.exact[rule/64]>>(rule%64)&1 != 0 }
