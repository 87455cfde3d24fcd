package rules

import (
	"fmt"
	"slices"

	"github.com/copytaster/copytaster/internal/text"
)

// Set is compiled rules. It never changes and serves any number of goroutines.
type Set struct {
	rules   []Rule
	matched []compiled // one for each rule
	terms   []compiledTerm
	index   map[text.Key][]int32 // terms whose anchor has the key
	keyring text.Keyring
	needing [][]int32 // for each term, the rules to look at when it is found
	nodes   int
}

// compiled is a rule ready to be matched.
type compiled struct {
	root  *node
	never []*node
	hash  string
}

type compiledTerm struct {
	term
	phrase text.Phrase
}

// operation says when a node holds.
type operation uint8

const (
	opTerm    operation = iota // its term was found in its fields
	opConcept                  // its only child holds
	opAll
	opAny
	opNone
)

// node is a Node with its concepts put in. Nodes are shared between all uses of
// a concept that look in the same fields.
type node struct {
	id       int // for the memory of a match
	op       operation
	term     int32
	concept  string // name, of an opConcept
	in       fields
	children []*node
	label    string // where it stands in its parent: all[2]
	written  string // as people wrote it, shortened
	triggers []int32
}

// Compile checks a definition and makes a Set of it. It reports every mistake
// at once; the set is nil when one of them is more than a warning.
func Compile(d Definition) (*Set, []Mistake) {
	mistakes := check(d)
	if slices.ContainsFunc(mistakes, func(m Mistake) bool { return !m.Warning }) {
		return nil, mistakes
	}
	b := builder{d: d, set: &Set{rules: slices.Clone(d.Rules), index: map[text.Key][]int32{}},
		terms: map[string]int32{}, concepts: map[conceptUse]*node{}, hashes: map[string]string{}}
	for i, r := range d.Rules {
		b.rule(int32(i), r)
	}
	b.set.nodes = b.nodes
	return b.set, mistakes
}

// builder makes the nodes of one set.
type builder struct {
	d        Definition
	set      *Set
	terms    map[string]int32
	concepts map[conceptUse]*node
	hashes   map[string]string
	nodes    int
}

type conceptUse struct {
	name string
	in   fields
}

func (b *builder) rule(i int32, r Rule) {
	c := compiled{root: b.level(r.Node, inText), hash: b.hash(r)}
	if c.root.op == opAny {
		c.root.label = "any" // a rule is no bare list
	}
	for j, n := range r.Never {
		c.never = append(c.never, b.child(n, inText, fmt.Sprintf("never[%d]", j)))
	}
	b.set.matched = append(b.set.matched, c)
	for _, t := range c.root.triggers {
		b.set.needing[t] = append(b.set.needing[t], i)
	}
}

func (b *builder) new(n node) *node {
	n.id = b.nodes
	b.nodes++
	n.triggers = n.trigger()
	return &n
}

// child makes a node that stands under a label in its parent.
func (b *builder) child(n Node, outer fields, label string) *node {
	made := *b.level(n, outer)
	made.label = label
	return &made
}

// level makes one node of everything on one level of a Node.
func (b *builder) level(n Node, outer fields) *node {
	in := n.within(outer)
	switch {
	case n.Term != "":
		return b.new(node{op: opTerm, term: b.term(n.Term), in: in, written: b.set.terms[b.term(n.Term)].written})
	case n.Concept != "":
		return b.concept(n.Concept, in)
	}
	var parts []*node
	if n.Any != nil {
		parts = append(parts, b.any(n, in))
	}
	if n.None != nil {
		parts = append(parts, b.new(node{op: opNone, in: in, children: b.children(n.None, in, "none")}))
	}
	all := append(b.children(n.All, in, "all"), parts...)
	if len(all) == 1 && n.All == nil {
		return all[0]
	}
	return b.new(node{op: opAll, in: in, children: all, written: list(n.All, "all of ")})
}

func (b *builder) any(n Node, in fields) *node {
	prefix, label := "any", "any"
	if n.isList() {
		prefix, label = "", ""
	}
	return b.new(node{op: opAny, in: in, label: label, children: b.children(n.Any, in, prefix), written: list(n.Any, "")})
}

func (b *builder) children(nodes []Node, in fields, key string) []*node {
	var made []*node
	for i, n := range nodes {
		made = append(made, b.child(n, in, fmt.Sprintf("%s[%d]", key, i)))
	}
	return made
}

// concept makes the node of a concept once for all uses in the same fields.
func (b *builder) concept(name string, in fields) *node {
	use := conceptUse{name, in}
	if made, ok := b.concepts[use]; ok {
		return made
	}
	made := b.new(node{op: opConcept, concept: name, in: in, written: "$" + name, children: []*node{b.level(b.d.Concepts[name], in)}})
	b.concepts[use] = made
	return made
}

// term gives the number of a term, the same for all its uses.
func (b *builder) term(written string) int32 {
	t, _ := parseTerm(written) // checked before
	if id, ok := b.terms[t.written]; ok {
		return id
	}
	id := int32(len(b.set.terms))
	b.terms[t.written] = id
	c := compiledTerm{term: t, phrase: t.phrase()}
	b.set.terms = append(b.set.terms, c)
	b.set.needing = append(b.set.needing, nil)
	for _, k := range c.phrase.Keys() {
		b.set.keyring.Add(k)
		b.set.index[k] = append(b.set.index[k], id)
	}
	return id
}

// trigger lists the terms of which one must be found for the node to hold; nil
// when it can hold without any. Of the children of an opAll the one with the
// fewest serves.
func (n *node) trigger() []int32 {
	switch n.op {
	case opTerm:
		return []int32{n.term}
	case opConcept:
		return n.children[0].triggers
	case opAny:
		var union []int32
		for _, c := range n.children {
			if c.triggers == nil {
				return nil
			}
			union = append(union, c.triggers...)
		}
		slices.Sort(union)
		return slices.Compact(union)
	case opAll:
		var least []int32
		for _, c := range n.children {
			if c.triggers != nil && (least == nil || len(c.triggers) < len(least)) {
				least = c.triggers
			}
		}
		return least
	}
	return nil
}

// list writes a list of nodes as people read it: the first three, and how many
// there are.
func list(nodes []Node, before string) string {
	s := before + "["
	for i := range nodes {
		if i == 3 && len(nodes) > 4 {
			return s + fmt.Sprintf(", … %d in all]", len(nodes))
		}
		if i > 0 {
			s += ", "
		}
		s += nodes[i].brief()
	}
	return s + "]"
}

func (n *Node) brief() string {
	switch {
	case n.Term != "":
		return n.Term
	case n.Concept != "":
		return "$" + n.Concept
	}
	return "…"
}
