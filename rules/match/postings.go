package match

import (
	"math"
	"slices"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// postings is the inverted index: it finds the candidates among the rules from
// the keys found in a story. The package comment draws how it is laid out.
type postings struct {
	phrases     *text.Index
	termPhrases []uint32    // by term ID: its phrase; 0 when it is not found by its words
	keys        int         // how many phrases and groups there are, the key 0 included
	groups      numberTable // by phrase: the groups that it is in
	lists       numberTable // by key: a posting list
	rest        numberTable // by rule: its clauses from the third on
	always      []uint32    // rules without a clause
	inURL       bool        // some rule looks in the URL

	conclusiveRules []uint64 // a bit for each rule that matches wherever its clauses are found
	conclusiveTerms []uint64 // a bit for each term that stands wherever its phrase is found
}

// A posting is the number of a rule, doubled, and 1 more when the rule has no
// second clause; else that clause follows. The last key of every clause has the
// bit lastKey.
const lastKey = 1 << 31

func (p *postings) termConclusive(term int32) bool {
	return p.conclusiveTerms[term/64]>>(term%64)&1 != 0
}

func (p *postings) ruleConclusive(rule int) bool { return p.conclusiveRules[rule/64]>>(rule%64)&1 != 0 }

// newPostings makes the postings of rules from their conjunctions.
func newPostings(rules []syntax.Rule, conjunctions []conjunction, plan *planner) *postings {
	plan.addPhrases(plan.terms.Len()) // of never and the like, too
	p := &postings{termPhrases: slices.Clip(plan.termPhrases),
		conclusiveRules: make([]uint64, len(rules)/64+1), conclusiveTerms: make([]uint64, len(plan.conclusive)/64+1)}
	for term, conclusive := range plan.conclusive {
		if conclusive {
			p.conclusiveTerms[term/64] |= 1 << (term % 64)
		}
	}
	for i := range conjunctions {
		if rules[i].Disabled {
			continue
		}
		plan.sort(conjunctions[i].clauses)
		if len(conjunctions[i].clauses) == 0 {
			p.always = append(p.always, uint32(i))
		}
		if conjunctions[i].conclusive && unconditional(&rules[i]) {
			p.conclusiveRules[i/64] |= 1 << (i % 64)
		}
	}
	order := newKeyOrder(plan, conjunctions)
	p.phrases, p.keys = plan.phrases.Index(order.phrases), len(plan.frequencies)+len(plan.groups)
	for term, phrase := range p.termPhrases {
		p.termPhrases[term] = order.of(phrase)
	}
	p.fill(plan, conjunctions, order)
	return p
}

// fill lays out the tables.
func (p *postings) fill(plan *planner, conjunctions []conjunction, order keyOrder) {
	if len(plan.groups) > 0 {
		p.groups = newTable(p.keys, func(put func(row uint32, values ...uint32)) {
			for i, clause := range plan.groups {
				for _, key := range clause {
					put(order.of(key), order.of(firstGroup+uint32(i)))
				}
			}
		})
	}
	var posting []uint32
	p.lists = newTable(int(order.firstGroup)+len(plan.groups), func(put func(row uint32, values ...uint32)) {
		for i := range conjunctions {
			posting = conjunctions[i].posting(posting[:0], uint32(i), order)
			for _, key := range conjunctions[i].rarest() {
				put(order.of(key), posting...)
			}
		}
	})
	p.rest = newTable(len(conjunctions), func(put func(row uint32, values ...uint32)) {
		for i := range conjunctions {
			posting = posting[:0]
			for _, clause := range conjunctions[i].clauses[min(2, len(conjunctions[i].clauses)):] {
				posting = order.appendClause(posting, clause)
			}
			put(uint32(i), posting...)
		}
	})
}

// unconditional reports whether a rule says nothing but what it looks for.
func unconditional(r *syntax.Rule) bool {
	return len(r.Never) == 0 && r.Until.IsZero() && r.Only.IsZero() && r.Except.IsZero()
}

// rarest returns the clause that a rule is posted under, nil when it has none.
func (c *conjunction) rarest() []uint32 {
	if len(c.clauses) == 0 {
		return nil
	}
	return c.clauses[0]
}

// posting appends the posting of a rule.
func (c *conjunction) posting(into []uint32, rule uint32, order keyOrder) []uint32 {
	if len(c.clauses) < 2 {
		return append(into, rule<<1|1)
	}
	return order.appendClause(append(into, rule<<1), c.clauses[1])
}

// keyOrder is the final keys, which follow each other in the order of their use:
//
//  1. phrases that rules are posted under, the frequent ones first,
//  2. groups,
//  3. other phrases, the frequent ones first.
//
// So the lists that are read often lie together, and keys of the third kind
// need no posting list.
type keyOrder struct {
	phrases    []uint32 // the final key of each phrase
	firstGroup uint32
}

func (o keyOrder) of(key uint32) uint32 {
	if key < firstGroup {
		return o.phrases[key]
	}
	return o.firstGroup + key - firstGroup
}

// appendClause appends a clause, its last key marked.
func (o keyOrder) appendClause(into, clause []uint32) []uint32 {
	for _, key := range clause {
		into = append(into, o.of(key))
	}
	into[len(into)-1] |= lastKey
	return into
}

// newKeyOrder sorts the phrases by counting them in classes: a class holds the
// frequencies between two powers of two.
func newKeyOrder(plan *planner, conjunctions []conjunction) keyOrder {
	const classes = 32
	class := make([]uint8, len(plan.frequencies))
	for i, frequency := range plan.frequencies[1:] {
		// 1,000 and more are the first class.
		class[i+1] = classes + uint8(min(max(10-math.Ilogb(float64(frequency)), 0), classes-1))
	}
	for i := range conjunctions {
		for _, key := range conjunctions[i].rarest() {
			if key < firstGroup {
				class[key] %= classes
			}
		}
	}
	next := [2*classes + 1]uint32{1} // 0 is no phrase
	for _, c := range class[1:] {
		next[c+1]++
	}
	for i := range next[1:] {
		if i == classes-1 {
			next[classes] += uint32(len(plan.groups))
		}
		next[i+1] += next[i]
	}
	o := keyOrder{make([]uint32, len(plan.frequencies)), next[classes] - uint32(len(plan.groups))}
	for i, c := range class[1:] {
		o.phrases[i+1] = next[c]
		next[c]++
	}
	return o
}

// numberTable is rows of numbers, laid one after the other: row i is the numbers from
// starts[i] to starts[i+1].
type numberTable struct{ starts, numbers []uint32 }

func (t *numberTable) row(i uint32) []uint32 { return t.numbers[t.starts[i]:t.starts[i+1]] }

// newTable makes a table of so many rows. It calls lay twice: to count, and to
// put the numbers in place.
func newTable(rows int, lay func(put func(row uint32, values ...uint32))) numberTable {
	t := numberTable{starts: make([]uint32, rows+1)}
	lay(func(row uint32, values ...uint32) { t.starts[row+1] += uint32(len(values)) })
	for i := range rows {
		t.starts[i+1] += t.starts[i]
	}
	t.numbers = make([]uint32, t.starts[rows])
	next := slices.Clone(t.starts)
	lay(func(row uint32, values ...uint32) { next[row] += uint32(copy(t.numbers[next[row]:], values)) })
	return t
}
