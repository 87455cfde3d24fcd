package rules

import (
	"maps"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// This file reads texts: it finds the terms of a set in them, and the rules
// that could match. What rules make of it is the business of the other files,
// which know a text by the methods of matching alone: seen, places, candidates.

// finder finds the terms of a set.
type finder struct {
	phrases []text.Phrase        // of each term
	index   map[text.Key][]int32 // terms whose anchor has the key
	keyring text.Keyring
	needing [][]int32 // for each term, the rules to look at when it is found
	always  []int32   // rules to look at for every story
	terms   []term
}

func newFinder(terms []term) finder {
	f := finder{terms: terms, phrases: make([]text.Phrase, len(terms)), needing: make([][]int32, len(terms)), index: map[text.Key][]int32{}}
	for i := range terms {
		if !terms[i].indexed() {
			continue
		}
		f.phrases[i] = text.NewPhrase(terms[i].words, terms[i].look)
		for _, k := range f.phrases[i].Keys() {
			f.keyring.Add(k)
			f.index[k] = append(f.index[k], int32(i))
		}
	}
	return f
}

// post has a rule looked at when one of its triggers is found.
func (f *finder) post(rule int32, triggers []int32) {
	if triggers == nil {
		f.always = append(f.always, rule)
	}
	for _, t := range triggers {
		f.needing[t] = append(f.needing[t], rule)
	}
}

// trigger lists the terms of which one must be found for the node to hold; nil
// when it can hold without any.
func (f *finder) trigger(n *node) []int32 {
	switch n.op {
	case opTerm:
		if f.terms[n.term].indexed() {
			return []int32{n.term}
		}
	case opConcept:
		return n.children[0].triggers
	case opAny:
		return union(n.children)
	case opAtLeast: // of all but least-1 children one must hold
		return union(fewest(n.children)[:len(n.children)-n.least+1])
	case opAll, opLevel:
		return fewest(n.children)[0].triggers
	}
	return nil
}

// fewest sorts nodes by the number of their triggers, those without any last.
func fewest(nodes []*node) []*node {
	weight := func(n *node) int {
		if n.triggers == nil {
			return int(^uint(0) >> 1)
		}
		return len(n.triggers)
	}
	return slices.SortedStableFunc(slices.Values(nodes), func(a, b *node) int { return weight(a) - weight(b) })
}

// union is the triggers of which one must be found for one of the nodes to
// hold.
func union(nodes []*node) []int32 {
	var all []int32
	for _, n := range nodes {
		if n.triggers == nil {
			return nil
		}
		all = append(all, n.triggers...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// reading is what was found in the fields of one story.
type reading struct {
	fields    []news.Field
	tokens    [][]text.Token // of each field
	stems     text.Stems
	found     map[int32]fields  // where terms were found; of those that are not indexed, once asked
	placed    map[int32][]place // by term, once asked
	spellings map[string]*text.Phrase
}

// place is where a term was found: a field, its first and last token there, and
// the bytes from start to end.
type place struct{ field, first, last, start, end int32 }

// read looks for all indexed terms of the set in the fields of a story.
func (s *Set) read(all []news.Field) *matching {
	m := &matching{set: s, reading: reading{fields: all, tokens: make([][]text.Token, len(all)), found: map[int32]fields{}}}
	for f := range all {
		m.tokens[f] = text.Split(all[f].Text)
		m.readField(f)
	}
	return m
}

func (m *matching) readField(f int) {
	tokens, shouted := m.tokens[f], text.Shouted(m.tokens[f])
	bit := fieldBit(m.fields[f].Name)
	finder := &m.set.finder
	i := 0
	look := func(k text.Key) {
		for _, t := range finder.index[k] {
			phrase := &finder.phrases[t]
			if m.found[t]&bit != 0 || shouted && phrase.Exact() {
				continue
			}
			if _, _, ok := phrase.At(tokens, i, &m.stems); ok {
				m.found[t] |= bit
			}
		}
	}
	for i = range tokens {
		finder.keyring.Each(&tokens[i], &m.stems, look)
	}
}

// candidates lists the rules that could match, in their order.
func (m *matching) candidates() []int32 {
	all := slices.Clone(m.set.finder.always)
	for t := range maps.Keys(m.found) {
		all = append(all, m.set.finder.needing[t]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// seen gives the fields in which a term stands.
func (m *matching) seen(t int32) fields {
	in, known := m.found[t]
	if known || m.set.terms[t].indexed() {
		return in
	}
	for f := range m.fields {
		if bit := fieldBit(m.fields[f].Name); in&bit == 0 && m.stands(t, f) {
			in |= bit
		}
	}
	m.found[t] = in
	return in
}

// stands reports whether a term that is not indexed stands in a field.
func (m *matching) stands(t int32, f int) bool {
	if p := m.set.terms[t].pattern; p != nil {
		at := p.FindStringIndex(m.fields[f].Text)
		return at != nil && (at[1] > at[0] || len(m.patternPlaces(nil, t, f)) > 0)
	}
	return len(m.spelledPlaces(nil, t, f, 1)) > 0
}

// places gives all places of a term, in the order of the fields and of the
// text.
func (m *matching) places(t int32) []place {
	if m.seen(t) == 0 {
		return nil
	}
	known, asked := m.placed[t]
	if asked {
		return known
	}
	for f := range m.fields {
		if m.seen(t)&fieldBit(m.fields[f].Name) == 0 {
			continue
		}
		switch term := &m.set.terms[t]; {
		case term.pattern != nil:
			known = m.patternPlaces(known, t, f)
		case term.spellings != nil:
			known = m.spelledPlaces(known, t, f, len(m.tokens[f]))
		default:
			known = m.phrasePlaces(known, t, f)
		}
	}
	if m.placed == nil {
		m.placed = map[int32][]place{}
	}
	m.placed[t] = known
	return known
}

func (m *matching) phrasePlaces(into []place, t int32, f int) []place {
	tokens, phrase := m.tokens[f], &m.set.finder.phrases[t]
	if phrase.Exact() && text.Shouted(tokens) {
		return into
	}
	for i := range tokens {
		if start, end, ok := phrase.At(tokens, i, &m.stems); ok {
			into = append(into, spanning(tokens, i, f, start, end))
		}
	}
	return into
}

// spanning makes the place of the bytes from start to end, near token i.
func spanning(tokens []text.Token, i, f, start, end int) place {
	for i > 0 && tokens[i].Start > start {
		i--
	}
	for i+1 < len(tokens) && tokens[i].End <= start {
		i++
	}
	last := i
	for last+1 < len(tokens) && tokens[last+1].Start < end {
		last++
	}
	return place{int32(f), int32(i), int32(last), int32(start), int32(end)}
}

// spelledPlaces finds at most so many places of a term with open letters.
func (m *matching) spelledPlaces(into []place, t int32, f, most int) []place {
	tokens, s := m.tokens[f], m.set.terms[t].spellings
	if s.look.Exact && text.Shouted(tokens) {
		return into
	}
	if m.spellings == nil {
		m.spellings = map[string]*text.Phrase{}
	}
	for i := range tokens {
		start, end, ok := s.at(tokens, i, &m.stems, m.spellings)
		if !ok {
			continue
		}
		if into = append(into, spanning(tokens, i, f, start, end)); len(into) == most {
			break
		}
	}
	return into
}

// patternPlaces finds the places of a regular expression: the tokens that it
// touches, else the next one, else the last.
func (m *matching) patternPlaces(into []place, t int32, f int) []place {
	tokens, i := m.tokens[f], 0
	for _, at := range m.set.terms[t].pattern.FindAllStringIndex(m.fields[f].Text, -1) {
		if at[0] == at[1] {
			continue
		}
		for i+1 < len(tokens) && tokens[i].End <= at[0] {
			i++
		}
		into = append(into, spanning(tokens, i, f, at[0], at[1]))
	}
	return into
}
