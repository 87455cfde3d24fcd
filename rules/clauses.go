package rules

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/internal/text"
)

// What a rule cannot do without is kept as clauses: of each one thing at least
// must be found. A thing is a term, by the number of its phrase, or a concept's
// clause, by a number after those: rules that use one concept do not look at
// its terms each for themselves.

// need is the clauses of a node. It is exact when the node holds wherever a
// thing of each clause was found in title, lead or body; else there is more to
// ask.
type need struct {
	clauses [][]uint32
	exact   bool
}

// seeker makes the needs of nodes, and the index of the words that they are
// found by. As long as it does, the clauses of concepts are numbered from
// ofConcepts on.
type seeker struct {
	concepts map[string]Node
	glossary *glossary
	words    *text.Indexer
	phrases  []uint32  // of each term; 0 when it is not found by its words
	sure     []bool    // of each term: wherever its phrase is found
	often    []float32 // of each phrase: in how many of a thousand stories it is found, about
	needs    map[string]need
	members  [][]uint32 // of the clauses of concepts
	costs    []float32  // likewise, as often
}

// ofConcepts is the number of the first clause of a concept.
const ofConcepts = 1 << 30

func newSeeker(d *Definition, g *glossary) *seeker {
	return &seeker{concepts: d.Concepts, glossary: g, words: text.NewIndexer(), often: make([]float32, 1), needs: map[string]need{}}
}

// phrase gives the number of a term's phrase, 0 when it is not found by its
// words.
func (s *seeker) phrase(t int32) (number uint32, sure bool) {
	s.number(int(t) + 1)
	return s.phrases[t], s.sure[t]
}

// number numbers the phrases of the first terms.
func (s *seeker) number(terms int) {
	for len(s.phrases) < terms {
		words, look, whole := s.glossary.terms[len(s.phrases)].sought()
		phrase, sure, often := s.words.Add(words, look)
		s.phrases, s.sure = append(s.phrases, uint32(phrase)), append(s.sure, sure && whole)
		if phrase == len(s.often) {
			s.often = append(s.often, often)
		}
	}
}

// sought gives the words without which a term cannot stand, "" when there are
// none, and whether they are all of it. Of organi?ation they are organi*.
func (t *term) sought() (words string, look text.Look, whole bool) {
	switch {
	case t.mistake != nil, t.pattern != nil:
		return "", text.Look{}, false
	case t.spellings == nil:
		return t.words, t.look, true
	}
	before, _, _ := strings.Cut(t.words, "?")
	if slices.ContainsFunc(t.spellings.words, func(w openWord) bool { return w.open && w.prefixed }) {
		return before[:strings.LastIndexByte(before, ' ')+1], look, false // the word may begin with other letters
	}
	words = strings.TrimRightFunc(before, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	look.Prefix = words != "" && !unicode.IsSpace(lastRune(before)) // what joins letters goes on the word: O'?rien
	return words, look, false
}

// of gives the need of a node. Only a node that looks in title, lead and body
// can be exact.
func (s *seeker) of(n *Node) need {
	switch {
	case n.Term != "":
		return s.ofTerm(n)
	case n.Concept != "":
		found := s.ofConcept(n.Concept)
		return need{found.clauses, found.exact && n.In == nil}
	}
	all := need{exact: n.None == nil && n.Of == nil && n.In == nil && !n.asksOfMentions()}
	for i := range n.All {
		child := s.of(&n.All[i])
		all.exact = all.exact && child.exact
		for _, clause := range child.clauses {
			all.add(clause)
		}
	}
	if n.Any != nil {
		clause, exact := s.either(n.Any)
		all.add(clause)
		all.exact = all.exact && exact
	}
	if n.Of != nil {
		all.add(s.some(n.Of, n.AtLeast))
	}
	return all
}

// mostClauses bounds the clauses of a node: more make it a candidate hardly
// less often.
const mostClauses = 16

// add adds a clause, if there is one, that is not among them.
func (n *need) add(clause []uint32) {
	same := func(c []uint32) bool { return slices.Equal(c, clause) }
	switch {
	case clause == nil, slices.ContainsFunc(n.clauses, same):
	case len(n.clauses) == mostClauses:
		n.exact = false
	default:
		n.clauses = append(n.clauses, clause)
	}
}

func (s *seeker) ofTerm(n *Node) need {
	phrase, sure := s.phrase(s.glossary.read(n.Term))
	if phrase == 0 {
		return need{}
	}
	return need{[][]uint32{{phrase}}, sure && n.In == nil}
}

// ofConcept gives the need of a concept. A clause of several things becomes one
// thing, which is found with any of them.
func (s *seeker) ofConcept(name string) need {
	if known, ok := s.needs[name]; ok {
		return known
	}
	def := s.concepts[name]
	found := s.of(&def)
	for i, clause := range found.clauses {
		if len(clause) > 1 {
			found.clauses[i] = []uint32{ofConcepts + uint32(len(s.members))}
			s.members, s.costs = append(s.members, clause), append(s.costs, s.cost(clause))
		}
	}
	s.needs[name] = found
	return found
}

// either gives one clause for a list of which one node must hold; nil when one
// of them can hold without anything.
func (s *seeker) either(nodes []Node) (clause []uint32, exact bool) {
	exact = true
	clause = make([]uint32, 0, len(nodes))
	for i := range nodes {
		child := s.of(&nodes[i])
		best := s.rarest(child.clauses)
		if best < 0 {
			return nil, false
		}
		clause = append(clause, child.clauses[best]...)
		exact = exact && child.exact && len(child.clauses) == 1
	}
	slices.Sort(clause)
	return slices.Compact(clause), exact
}

// some gives one clause for a list of which so many nodes must hold: of all but
// least-1 of them one holds, the rarest of them all the same.
func (s *seeker) some(nodes []Node, least int) []uint32 {
	var clauses [][]uint32
	without := 0
	for i := range nodes {
		child := s.of(&nodes[i])
		if best := s.rarest(child.clauses); best >= 0 {
			clauses = append(clauses, child.clauses[best])
		} else {
			without++
		}
	}
	if without >= least {
		return nil
	}
	s.sort(clauses)
	union := slices.Concat(clauses[:len(nodes)-least+1]...)
	slices.Sort(union)
	return slices.Compact(union)
}

// sort puts clauses in order, the rarest first.
func (s *seeker) sort(clauses [][]uint32) {
	slices.SortStableFunc(clauses, func(a, b []uint32) int { return cmp.Compare(s.cost(a), s.cost(b)) })
}

// rarest gives the number of the rarest clause; -1 when there is none.
func (s *seeker) rarest(clauses [][]uint32) int {
	best := -1
	for i, c := range clauses {
		if best < 0 || s.cost(c) < s.cost(clauses[best]) {
			best = i
		}
	}
	return best
}

func (s *seeker) cost(clause []uint32) float32 {
	var sum float32
	for _, thing := range clause {
		if thing < ofConcepts {
			sum += s.often[thing]
		} else {
			sum += s.costs[thing-ofConcepts]
		}
	}
	return sum
}
