package rules

import (
	"cmp"
	"maps"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// Match gives the rules that match a story, in the order of the rules, with the
// places that made them match.
func (s *Set) Match(story *news.Story) []news.Match {
	m := s.read(story.Fields())
	about := factsOf(story)
	var matches []news.Match
	for _, i := range m.candidates() {
		r := &s.rules[i]
		if r.Disabled || !m.matches(i, about) {
			continue
		}
		matches = append(matches, news.Match{Rule: r.Name, Hash: s.matched[i].hash, Severity: r.Severity, Topic: r.Topic,
			To: r.To, AlsoTo: r.AlsoTo, Evidence: m.evidence(s.matched[i].root)})
	}
	return matches
}

// Matched appends to into the numbers of the rules that match a story, in their
// order. It says the same as Match, without the evidence, and costs less.
func (s *Set) Matched(story *news.Story, into []int) []int {
	m := s.read(story.Fields())
	about := factsOf(story)
	for _, i := range m.candidates() {
		if !s.rules[i].Disabled && m.matches(i, about) {
			into = append(into, int(i))
		}
	}
	return into
}

// Rules gives the rules as they were compiled, in their order. The caller must
// not change them.
func (s *Set) Rules() []Rule { return s.rules }

// matching is one story being matched by one goroutine.
type matching struct {
	set    *Set
	fields []news.Field
	tokens [][]text.Token // of each field
	stems  text.Stems
	found  map[int32]*finds // by term
	memory map[int]bool     // which concepts hold, by node
}

// finds is where a term was found.
type finds struct {
	in     fields
	places []place
}

// place is one find of a term.
type place struct{ field, start, end int }

// keptPlaces is how many finds of a term are kept for each field: as many as
// can be shown.
const keptPlaces = shownPlaces

// read looks for all terms of the set in the fields of a story.
func (s *Set) read(all []news.Field) *matching {
	m := &matching{set: s, fields: all, tokens: make([][]text.Token, len(all)), found: map[int32]*finds{}, memory: map[int]bool{}}
	for f := range all {
		m.tokens[f] = text.Split(all[f].Text)
		m.readField(f)
	}
	return m
}

func (m *matching) readField(f int) {
	tokens, shouted := m.tokens[f], text.Shouted(m.tokens[f])
	here := map[int32]int{} // finds of each term in this field
	i := 0
	look := func(k text.Key) {
		for _, t := range m.set.index[k] {
			phrase := &m.set.terms[t].phrase
			if here[t] >= keptPlaces || shouted && phrase.Exact() {
				continue
			}
			start, end, ok := phrase.At(tokens, i, &m.stems)
			if ok && m.add(t, place{f, start, end}) {
				here[t]++
			}
		}
	}
	for i = range tokens {
		m.set.keyring.Each(&tokens[i], &m.stems, look)
	}
}

// add notes a find of a term; it reports false for one that is known already,
// found under another key of the same word.
func (m *matching) add(t int32, p place) bool {
	f := m.found[t]
	if f == nil {
		f = &finds{}
		m.found[t] = f
	}
	if n := len(f.places); n > 0 && f.places[n-1] == p {
		return false
	}
	f.in |= fieldBit(m.fields[p.field].Name)
	f.places = append(f.places, p)
	return true
}

// candidates lists the rules of which a needed term was found, in their order.
func (m *matching) candidates() []int32 {
	var all []int32
	for t := range maps.Keys(m.found) {
		all = append(all, m.set.needing[t]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// matches reports whether a rule matches, whether it is enabled or not.
func (m *matching) matches(rule int32, about *facts) bool {
	c, r := &m.set.matched[rule], &m.set.rules[rule]
	return m.holds(c.root) && !slices.ContainsFunc(c.never, m.holds) && r.Only.admits(about) && !r.Except.excludes(about)
}

func (m *matching) holds(n *node) bool {
	switch n.op {
	case opTerm:
		f := m.found[n.term]
		return f != nil && f.in&n.in != 0
	case opConcept:
		known, asked := m.memory[n.id]
		if !asked {
			known = m.holds(n.children[0])
			m.memory[n.id] = known
		}
		return known
	case opAny:
		return slices.ContainsFunc(n.children, m.holds)
	case opNone:
		return !slices.ContainsFunc(n.children, m.holds)
	}
	return !slices.ContainsFunc(n.children, func(c *node) bool { return !m.holds(c) }) // opAll
}

// How much evidence a match shows.
const (
	shownPlaces   = 3   // of one concept, or of one term outside concepts
	shownEvidence = 60  // of one rule
	sentenceRunes = 300 // around a find
)

// proof is one condition that held, with the finds that made it hold.
type proof struct{ evidence []find }

// find is a place with the term that was found there.
type find struct {
	place
	term    int32
	concept string
}

// evidence gives for every condition of a rule that holds the first finds,
// title before lead before body.
func (m *matching) evidence(root *node) []news.Evidence {
	out := []news.Evidence{}
	for _, p := range m.proofs(root, "", map[int]bool{}) {
		for _, f := range m.first(p.evidence) {
			if len(out) == shownEvidence {
				return out
			}
			field := m.fields[f.field]
			out = append(out, news.Evidence{Term: m.set.terms[f.term].written, Concept: f.concept, Field: field.Name, Variant: field.Variant,
				Text: field.Text[f.start:f.end], Start: f.start, End: f.end, Sentence: text.Sentence(field.Text, f.start, f.end, sentenceRunes)})
		}
	}
	return out
}

// proofs collects what made a node hold. A concept is proven once, however
// often it is used.
func (m *matching) proofs(n *node, concept string, seen map[int]bool) []proof {
	if !m.holds(n) {
		return nil
	}
	switch n.op {
	case opTerm:
		return []proof{{m.finds(n, concept)}}
	case opConcept:
		if seen[n.id] {
			return nil
		}
		seen[n.id] = true
		return m.proofs(n.children[0], n.concept, seen)
	case opAny:
		return m.alternatives(n, concept, seen)
	case opAll:
		var all []proof
		for _, c := range n.children {
			all = append(all, m.proofs(c, concept, seen)...)
		}
		return all
	}
	return nil // nothing proves that something is not there
}

// alternatives makes one proof of the terms of an opAny, and leaves the proofs
// of its other children as they are.
func (m *matching) alternatives(n *node, concept string, seen map[int]bool) []proof {
	var terms []find
	var others []proof
	for _, c := range n.children {
		if c.op == opTerm {
			terms = append(terms, m.finds(c, concept)...)
		} else {
			others = append(others, m.proofs(c, concept, seen)...)
		}
	}
	if terms == nil {
		return others
	}
	return append([]proof{{terms}}, others...)
}

// finds gives the finds of a term in the fields where its node looks.
func (m *matching) finds(n *node, concept string) []find {
	f := m.found[n.term]
	if f == nil {
		return nil
	}
	var all []find
	for _, p := range f.places {
		if fieldBit(m.fields[p.field].Name)&n.in != 0 {
			all = append(all, find{p, n.term, concept})
		}
	}
	return all
}

// first chooses the finds to show: in the order of the fields, the longer of
// two in one place.
func (m *matching) first(all []find) []find {
	slices.SortFunc(all, func(a, b find) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end), cmp.Compare(a.term, b.term))
	})
	var shown []find
	for _, f := range all {
		if n := len(shown); n > 0 && shown[n-1].field == f.field && f.start < shown[n-1].end {
			continue
		}
		if shown = append(shown, f); len(shown) == shownPlaces {
			break
		}
	}
	return shown
}
