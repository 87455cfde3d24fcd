package match

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// conjunction is a condition that every story which a node matches meets: of
// each clause one key at least is found. It is conclusive when it is all that
// the node asks for: whatever meets it in title, lead or body is a match.
//
// A key is the ID of a phrase, or, from firstGroup on, of a group: a clause of
// a concept, which all rules that use the concept share.
type conjunction struct {
	clauses    [][]uint32
	conclusive bool
}

// firstGroup is the first key of a group while an index is built.
const firstGroup = 1 << 30

// planner works out the conjunctions of nodes, and collects the phrases and the
// groups that they are made of.
type planner struct {
	concepts map[string]syntax.Node
	terms    *syntax.Terms
	phrases  *text.Indexer

	termPhrases      []uint32               // by term ID: its phrase; 0 when it is not found by its words
	conclusive       []bool                 // by term ID: wherever its phrase is found, the term stands
	frequencies      []float32              // by phrase ID: in how many of a thousand stories it is found, about
	conjunctions     map[string]conjunction // of concepts
	groups           [][]uint32             // the clause of each group
	groupFrequencies []float32
}

func newPlanner(d *syntax.Definition, terms *syntax.Terms) *planner {
	return &planner{concepts: d.Concepts, terms: terms, phrases: text.NewIndexer(), frequencies: make([]float32, 1),
		conjunctions: map[string]conjunction{}}
}

// phrase returns the ID of a term's phrase, 0 when it is not found by its words.
func (p *planner) phrase(term int32) (id uint32, conclusive bool) {
	p.addPhrases(int(term) + 1)
	return p.termPhrases[term], p.conclusive[term]
}

// addPhrases adds the phrases of the terms up to a number.
func (p *planner) addPhrases(terms int) {
	for len(p.termPhrases) < terms {
		words, look, whole := requiredWords(p.terms.At(int32(len(p.termPhrases))))
		phrase, exact, frequency := p.phrases.Add(words, look)
		p.termPhrases, p.conclusive = append(p.termPhrases, uint32(phrase)), append(p.conclusive, exact && whole)
		if phrase == len(p.frequencies) {
			p.frequencies = append(p.frequencies, frequency)
		}
	}
}

// requiredWords returns the words without which a term cannot stand, "" when
// there are none, and whether they are all of it. Of organi?ation they are
// organi*.
func requiredWords(t *syntax.Term) (words string, look text.Look, whole bool) {
	switch {
	case t.Mistake != nil, t.Pattern != nil:
		return "", text.Look{}, false
	case t.Wildcard == nil:
		return t.Words, t.Look, true
	}
	before, _, _ := strings.Cut(t.Words, "?")
	if slices.ContainsFunc(t.Wildcard.Words, func(w syntax.WildcardWord) bool { return w.Open && w.Prefixed }) {
		return before[:strings.LastIndexByte(before, ' ')+1], look, false // the word may begin with other letters
	}
	words = strings.TrimRightFunc(before, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	end, _ := utf8.DecodeLastRuneInString(before)
	look.Prefix = words != "" && !unicode.IsSpace(end) // what joins letters goes on the word: O'?rien
	return words, look, false
}

// node returns the conjunction of a node. It is conclusive only where the node
// looks in title, lead and body.
func (p *planner) node(n *syntax.Node) conjunction {
	switch {
	case n.Term != "":
		phrase, conclusive := p.phrase(p.terms.ID(n.Term))
		if phrase == 0 {
			return conjunction{}
		}
		return conjunction{[][]uint32{{phrase}}, conclusive && n.In == nil}
	case n.Concept != "":
		c := p.concept(n.Concept)
		return conjunction{c.clauses, c.conclusive && n.In == nil}
	}
	all := conjunction{conclusive: n.Keys()&^(syntax.HasAll|syntax.HasAny) == 0}
	for i := range n.All {
		child := p.node(&n.All[i])
		all.conclusive = all.conclusive && child.conclusive
		for _, clause := range child.clauses {
			all.add(clause)
		}
	}
	if n.Any != nil {
		clause, conclusive := p.anyOf(n.Any)
		all.add(clause)
		all.conclusive = all.conclusive && conclusive
	}
	if n.Of != nil {
		all.add(p.atLeast(n.Of, n.AtLeast))
	}
	return all
}

// maxClauses bounds the clauses of a conjunction: more of them hardly make the
// rule a candidate less often.
const maxClauses = 16

// add adds a clause, unless it is nil or among them.
func (c *conjunction) add(clause []uint32) {
	same := func(other []uint32) bool { return slices.Equal(other, clause) }
	switch {
	case clause == nil, slices.ContainsFunc(c.clauses, same):
	case len(c.clauses) == maxClauses:
		c.conclusive = false
	default:
		c.clauses = append(c.clauses, clause)
	}
}

// concept returns the conjunction of a concept. Each of its clauses of several
// keys becomes a group.
func (p *planner) concept(name string) conjunction {
	if known, ok := p.conjunctions[name]; ok {
		return known
	}
	def := p.concepts[name]
	c := p.node(&def)
	for i, clause := range c.clauses {
		if len(clause) > 1 {
			c.clauses[i] = []uint32{firstGroup + uint32(len(p.groups))}
			p.groups = append(p.groups, clause)
			p.groupFrequencies = append(p.groupFrequencies, p.frequency(clause))
		}
	}
	p.conjunctions[name] = c
	return c
}

// anyOf returns one clause for a list of which one node must hold: the rarest
// clauses of all nodes together. It is nil when a node has no clause.
func (p *planner) anyOf(nodes []syntax.Node) (clause []uint32, conclusive bool) {
	conclusive = true
	clause = make([]uint32, 0, len(nodes))
	for i := range nodes {
		child := p.node(&nodes[i])
		best := p.rarest(child.clauses)
		if best < 0 {
			return nil, false
		}
		clause = append(clause, child.clauses[best]...)
		conclusive = conclusive && child.conclusive && len(child.clauses) == 1
	}
	slices.Sort(clause)
	return slices.Compact(clause), conclusive
}

// atLeast returns one clause for a list of which so many nodes must hold. Of any
// len(nodes)-least+1 of them one holds: it takes those with the rarest clauses.
func (p *planner) atLeast(nodes []syntax.Node, least int) []uint32 {
	var clauses [][]uint32
	without := 0
	for i := range nodes {
		child := p.node(&nodes[i])
		if best := p.rarest(child.clauses); best >= 0 {
			clauses = append(clauses, child.clauses[best])
		} else {
			without++
		}
	}
	if without >= least {
		return nil
	}
	p.sort(clauses)
	union := slices.Concat(clauses[:len(nodes)-least+1]...)
	slices.Sort(union)
	return slices.Compact(union)
}

// sort puts clauses in order, the rarest first.
func (p *planner) sort(clauses [][]uint32) {
	slices.SortStableFunc(clauses, func(a, b []uint32) int { return cmp.Compare(p.frequency(a), p.frequency(b)) })
}

// rarest returns the number of the rarest clause, -1 when there is none.
func (p *planner) rarest(clauses [][]uint32) int {
	best := -1
	for i, c := range clauses {
		if best < 0 || p.frequency(c) < p.frequency(clauses[best]) {
			best = i
		}
	}
	return best
}

// frequency is in how many of a thousand stories a key of a clause is found, at
// most.
func (p *planner) frequency(clause []uint32) float32 {
	var sum float32
	for _, key := range clause {
		if key < firstGroup {
			sum += p.frequencies[key]
		} else {
			sum += p.groupFrequencies[key-firstGroup]
		}
	}
	return sum
}
