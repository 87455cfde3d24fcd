package main

import (
	"cmp"
	"slices"
	"strings"
)

// The sketch is the engine to beat: token hashes without verification, one
// posting list for the rarest concept of each rule. It knows nothing but AND of
// OR of phrases, and no spelling but case.

// postings finds the rules of the phrases that were seen. It serves every
// engine here that only finds phrases.
type postings struct {
	phrases []string // by number
	start   []uint32 // of each phrase's list in lists, and the end of the last one
	lists   []uint32 // rule, n, then n phrases of its other concepts, the last of each concept marked
	posted  uint32   // phrases from here on have no list
	seen    []uint64 // a bit for each phrase of this text
	order   []uint32 // the phrases seen
	given   []uint64 // a bit for each rule of this text
	matched []uint32
}

// mark in a number: the last phrase of a concept, and in a slot: a token that
// can continue a phrase.
const mark = 1 << 31

// phraseKey is a phrase as it is compared.
func phraseKey(p string) string { return strings.Join(splitWords(p), " ") }

// newPostings posts each rule under its rarest concept by df, the number of
// texts of a sample that have a phrase.
func newPostings(rules []concepts, df map[string]int) *postings {
	p := &postings{}
	numbers := map[string]uint32{}
	numbered := make([][][]uint32, len(rules))
	for i, r := range rules {
		for _, c := range r {
			var phrases []uint32
			for _, phrase := range c {
				phrases = append(phrases, p.number(phraseKey(phrase), numbers))
			}
			numbered[i] = append(numbered[i], phrases)
		}
	}
	cost := make([]float64, len(p.phrases))
	for i, phrase := range p.phrases {
		// A phrase that the sample lacks is rarer the longer it is.
		cost[i] = float64(df[phrase]) + 0.2/float64(1+3*strings.Count(phrase, " "))
	}
	lists := make([][]uint32, len(p.phrases))
	for i, r := range numbered {
		post(lists, uint32(i), r, cost)
	}
	p.lay(lists, df)
	p.seen = make([]uint64, len(lists)/64+1)
	p.given = make([]uint64, len(rules)/64+1)
	return p
}

func (p *postings) number(phrase string, numbers map[string]uint32) uint32 {
	n, ok := numbers[phrase]
	if !ok {
		n = uint32(len(p.phrases))
		numbers[phrase] = n
		p.phrases = append(p.phrases, phrase)
	}
	return n
}

// post puts one rule into the lists of the phrases of its cheapest concept,
// with the other concepts from the rarest on.
func post(lists [][]uint32, rule uint32, r [][]uint32, cost []float64) {
	sum := func(c []uint32) (total float64) {
		for _, p := range c {
			total += cost[p]
		}
		return total
	}
	r = slices.Clone(r)
	slices.SortStableFunc(r, func(a, b []uint32) int { return cmp.Compare(sum(a), sum(b)) })
	var others []uint32
	for _, c := range r[1:] {
		others = append(others, c...)
		others[len(others)-1] |= mark
	}
	for _, p := range r[0] {
		lists[p] = append(append(lists[p], rule, uint32(len(others))), others...)
	}
}

// lay puts the lists one after the other. Phrases are numbered anew: those with
// a list first, frequent ones first, so that the bits of the frequent share
// cache lines.
func (p *postings) lay(lists [][]uint32, df map[string]int) {
	order := make([]uint32, len(lists))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(min(1, len(lists[b])), min(1, len(lists[a]))), cmp.Compare(df[p.phrases[b]], df[p.phrases[a]]))
	})
	renumbered := make([]uint32, len(order))
	phrases := make([]string, len(order))
	for n, old := range order {
		renumbered[old] = uint32(n)
		phrases[n] = p.phrases[old]
		if len(lists[old]) > 0 {
			p.posted = uint32(n) + 1
		}
	}
	for _, old := range order {
		p.start = append(p.start, uint32(len(p.lists)))
		for l := lists[old]; len(l) > 0; l = l[2+l[1]:] {
			p.lists = append(p.lists, l[0], l[1])
			for _, v := range l[2 : 2+l[1]] {
				p.lists = append(p.lists, renumbered[v&^mark]|v&mark)
			}
		}
	}
	p.start = append(p.start, uint32(len(p.lists)))
	p.lists = slices.Clip(p.lists)
	p.phrases = phrases
}

// see notes that a phrase was found.
func (p *postings) see(phrase uint32) {
	word, bit := phrase>>6, uint64(1)<<(phrase&63)
	if p.seen[word]&bit == 0 {
		p.seen[word] |= bit
		p.order = append(p.order, phrase)
	}
}

// finish returns the rules of which every concept was seen, and forgets what was.
func (p *postings) finish() []uint32 {
	p.matched = p.matched[:0]
	seen := p.seen
	for _, phrase := range p.order {
		if phrase >= p.posted {
			continue
		}
		for l := p.lists[p.start[phrase]:p.start[phrase+1]]; len(l) > 0; {
			rule, others := l[0], l[2:2+l[1]]
			l = l[2+l[1]:]
			ok := false // the concept that is being looked at, and at the end all of them
			for i, v := range others {
				n := v &^ mark
				ok = ok || seen[n>>6]>>(n&63)&1 != 0
				if v&mark == 0 {
					continue
				}
				if !ok || i+1 == len(others) {
					break
				}
				ok = false
			}
			if ok {
				p.match(rule)
			}
		}
	}
	for _, phrase := range p.order {
		seen[phrase>>6] = 0
	}
	p.order = p.order[:0]
	for _, r := range p.matched {
		p.given[r>>6] = 0
	}
	return p.matched
}

func (p *postings) match(rule uint32) {
	word, bit := rule>>6, uint64(1)<<(rule&63)
	if p.given[word]&bit == 0 {
		p.given[word] |= bit
		p.matched = append(p.matched, rule)
	}
}
