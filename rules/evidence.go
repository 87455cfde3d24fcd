package rules

import (
	"cmp"
	"slices"
	"sort"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// How much evidence a match shows.
const (
	shownPlaces   = 3   // of one concept, or of one term outside concepts
	shownEvidence = 60  // of one rule
	sentenceRunes = 300 // around a find
	readPlaces    = 20  // of one term, to choose those from that are shown
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
	return m.shown(m.proofs(root, "", map[int]bool{}))
}

func (m *matching) shown(proofs []proof) []news.Evidence {
	out := []news.Evidence{}
	for _, p := range proofs {
		for _, f := range m.first(p.evidence) {
			if len(out) == shownEvidence {
				return out
			}
			field, start, end := m.fields[f.field], int(f.start), int(f.end)
			out = append(out, news.Evidence{Term: string(m.set.written.of(int(f.term))), Concept: f.concept, Field: field.Name, Variant: field.Variant,
				Text: field.Text[start:end], Start: start, End: end, Sentence: text.Sentence(field.Text, start, end, sentenceRunes)})
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
		return m.proofs(n.children[0], n.source.Concept, seen)
	case opAny:
		return m.alternatives(n, concept, seen)
	case opAll, opAtLeast:
		var all []proof
		for _, c := range n.children {
			all = append(all, m.proofs(c, concept, seen)...)
		}
		return all
	case opLevel:
		return m.levelProofs(n, concept)
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

// finds gives the first finds of a term where its node looks.
func (m *matching) finds(n *node, concept string) []find {
	if !m.standsIn(n) {
		return nil
	}
	var all []find
	here := 0 // in one field
	for _, p := range m.places(n.term) {
		if len(all) > 0 && all[len(all)-1].field != p.field {
			here = 0
		}
		if here < readPlaces && m.within(p, n.in) {
			all = append(all, find{p, n.term, concept})
			here++
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

// levelProofs gives the finds of the first combination that made a level hold,
// or of the mentions that it counted.
func (m *matching) levelProofs(n *node, concept string) []proof {
	l, f := n.level, m.findings(n)
	var finds []find
	switch {
	case l.times > 0:
		for _, c := range m.counted(l, f.joint) {
			finds = append(finds, m.pieces(n, c, concept)...)
		}
	case l.joins():
		finds = m.pieces(n, f.free[0], concept)
	default:
		for _, part := range n.children {
			finds = append(finds, m.partFinds(f.sieve, part, concept)...)
		}
	}
	var proofs []proof
	seen := map[find]bool{}
	for _, f := range finds {
		if !seen[f] {
			seen[f] = true
			proofs = append(proofs, proof{[]find{f}})
		}
	}
	return proofs
}

// counted gives the mentions that make up the number that a level asks for.
func (m *matching) counted(l *level, list []mention) []mention {
	apart, from := disjoint(list), 0
	if l.window.Unit == Anywhere {
		apart = m.oneTitle(apart)
	} else {
		from, _ = m.densest(l, apart)
	}
	return apart[from : from+min(l.times, shownEvidence)]
}

// partFinds gives the finds of the first mentions of a part that count.
func (m *matching) partFinds(s *sieve, part *node, concept string) []find {
	nodes := []*node{part}
	if part == s.level.of {
		nodes = part.children
	}
	var finds []find
	for _, n := range nodes {
		kept := s.keep(m.all(n))
		for _, c := range kept[:min(len(kept), shownPlaces)] {
			finds = append(finds, m.guarded(s, n, c, concept)...)
		}
	}
	return finds
}

// guarded gives the finds of a mention of a level's part, and of the mention
// near it that made it count.
func (m *matching) guarded(s *sieve, n *node, c mention, concept string) []find {
	finds := m.pieces(n, c, concept)
	if s.level.near == nil {
		return finds
	}
	near, _ := s.near.of(c)
	return append(finds, m.piecesOfAny(s.level.near, near, "")...)
}

// pieces gives the finds that a mention of a node is made of.
func (m *matching) pieces(n *node, c mention, concept string) []find {
	switch n.op {
	case opTerm:
		return m.findAt(n, c, concept)
	case opConcept:
		return m.pieces(n.children[0], c, n.source.Concept)
	case opAny:
		return m.piecesOfAny(n.children, c, concept)
	case opAll, opAtLeast:
		loud := slices.DeleteFunc(slices.Clone(n.children), func(c *node) bool { return c.silent })
		lists := m.lists(loud)
		return m.distribute(m.madeOf(lists, n.least, Anywhere, c), lists, func(i int, c mention) []find { return m.pieces(loud[i], c, concept) })
	case opLevel:
		return m.levelPieces(n, c, concept)
	}
	return nil
}

func (m *matching) findAt(n *node, c mention, concept string) []find {
	places := m.places(n.term)
	i := sort.Search(len(places), func(i int) bool {
		return cmp.Or(cmp.Compare(places[i].field, c.field), cmp.Compare(places[i].first, c.start)) >= 0
	})
	for ; i < len(places) && places[i].field == c.field && places[i].first == c.start; i++ {
		if places[i].last == c.end {
			return []find{{places[i], n.term, concept}}
		}
	}
	return nil
}

func (m *matching) piecesOfAny(nodes []*node, c mention, concept string) []find {
	for _, n := range nodes {
		if holdsMention(m.all(n), c) {
			return m.pieces(n, c, concept)
		}
	}
	return nil
}

func holdsMention(list []mention, c mention) bool {
	_, found := slices.BinarySearchFunc(list, c, order)
	return found
}

// levelPieces takes a mention of a level apart.
func (m *matching) levelPieces(n *node, c mention, concept string) []find {
	s, unit := m.sieve(n.level), n.level.window.Unit
	var parts []*node
	var lists [][]mention
	for _, part := range n.children {
		if !part.silent {
			parts, lists = append(parts, part), append(lists, m.counting(s, part))
		}
	}
	of := []mention{c}
	switch {
	case n.level.ordered:
		m.chain(lists, unit, func(found mention, made []mention) bool {
			of = made
			return found != c
		})
	case len(lists) > 1:
		of = m.madeOf(lists, 0, unit, c)
	}
	return m.distribute(of, lists, func(i int, c mention) []find {
		if parts[i] != n.level.of {
			return m.guarded(s, parts[i], c, concept)
		}
		each := m.countingEach(s, parts[i].children)
		return m.distribute(m.madeOf(each, parts[i].least, unit, c), each, func(k int, c mention) []find {
			return m.guarded(s, parts[i].children[k], c, concept)
		})
	})
}

// madeOf gives the mentions that a combination is made of.
func (m *matching) madeOf(lists [][]mention, least int, unit Unit, c mention) []mention {
	if len(lists) == 1 {
		return []mention{c}
	}
	var of []mention
	m.sweep(lists, least, unit, func(found mention, made []mention) bool {
		of = made
		return found != c
	})
	return of
}

// distribute gives mentions back to the lists that they are from, one to each,
// and collects their finds in the order of the lists.
func (m *matching) distribute(of []mention, lists [][]mention, pieces func(i int, c mention) []find) []find {
	left := slices.Clone(of)
	var finds []find
	for i, list := range lists {
		at := slices.IndexFunc(left, func(c mention) bool { return holdsMention(list, c) })
		if at >= 0 {
			finds = append(finds, pieces(i, left[at])...)
			left = slices.Delete(left, at, at+1)
		}
	}
	return finds
}
