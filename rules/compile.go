package rules

import (
	"fmt"
	"slices"
	"strings"
)

// operation says when a node holds.
type operation uint8

const (
	opTerm    operation = iota // its term was found where it looks
	opConcept                  // its only child holds
	opAll
	opAny
	opNone
	opAtLeast // as many children as it says hold
	opLevel   // its mentions are as its level says
)

// node is a Node with its concepts put in. Nodes are shared between all uses of
// a concept that look in the same places.
type node struct {
	id       int // for the memory of a match
	op       operation
	term     int32
	least    int // of an opAtLeast
	in       scope
	children []*node // of an opLevel its parts: each node of All, then Any, then Of
	level    *level  // of an opLevel
	silent   bool    // it can hold and have no mention: none, and what is made of it
	key      string  // where it stands in its parent: all[2]
	index    int     // likewise; -1 when it is the whole of it
	source   *Node
}

// level is what an opLevel asks of its mentions.
type level struct {
	of        *node // the last of the parts, when it is the level's own Of
	none      []*node
	near      []*node
	notNear   []*node
	notPartOf []*node
	window    Window
	ordered   bool
	times     int
}

// builder makes the nodes of rules.
type builder struct {
	numbers  map[string]int32 // of the terms met
	define   func(concept string) Node
	concepts map[conceptUse]*node
	hashes   map[string]string
	nodes    int
}

type conceptUse struct {
	name string
	in   scope
}

// compiled is a rule ready to be matched.
type compiled struct {
	*Rule
	root  *node
	never []*node
	hash  string
}

func (b *builder) rule(r *Rule) *compiled {
	c := &compiled{Rule: r, root: b.level(&r.Node, everywhere), hash: b.hash(r)}
	if c.root.op == opAny && c.root.key == "" {
		c.root.key = "any" // a rule is no bare list
	}
	for j := range r.Never {
		c.never = append(c.never, b.child(&r.Never[j], everywhere, "never", j))
	}
	return c
}

func (b *builder) new(n node) *node {
	n.id = b.nodes
	b.nodes++
	n.silent = n.isSilent()
	return &n
}

// isSilent reports whether a node can hold and have no mention.
func (n *node) isSilent() bool {
	loud := func(c *node) bool { return !c.silent }
	switch n.op {
	case opNone:
		return true
	case opConcept, opAll:
		return !slices.ContainsFunc(n.children, loud)
	}
	return false
}

// child makes a node that stands at a place in its parent.
func (b *builder) child(n *Node, outer scope, key string, index int) *node {
	made := *b.level(n, outer)
	made.key, made.index = key, index
	return &made
}

func (b *builder) children(nodes []Node, in scope, key string) []*node {
	if nodes == nil {
		return nil
	}
	made := make([]*node, len(nodes))
	for i := range nodes {
		made[i] = b.child(&nodes[i], in, key, i)
	}
	return made
}

// level makes one node of everything on one level of a Node.
func (b *builder) level(n *Node, outer scope) *node {
	in := n.scope(outer)
	switch {
	case n.Term != "":
		return b.new(node{op: opTerm, term: b.numbers[strings.TrimSpace(n.Term)], in: in, index: -1, source: n})
	case n.Concept != "":
		return b.concept(n, in)
	}
	parts := b.children(n.All, in, "all")
	if n.Any != nil {
		parts = append(parts, b.any(n, in))
	}
	var of *node
	if n.Of != nil {
		of = b.new(node{op: opAtLeast, least: n.AtLeast, in: in, index: -1, children: b.children(n.Of, in, "of"), source: n})
		parts = append(parts, of)
	}
	none := b.children(n.None, in, "none")
	if n.asksOfMentions() {
		return b.new(node{op: opLevel, in: in, index: -1, children: parts, source: n, level: &level{of: of, none: none,
			near: b.children(n.Near, in, "near"), notNear: b.children(n.NotNear, in, "not near"),
			notPartOf: b.children(n.NotPartOf, in, "not part of"), window: n.Within, ordered: n.Ordered, times: n.Times}})
	}
	if n.None != nil {
		parts = append(parts, b.new(node{op: opNone, in: in, index: -1, children: none, source: n}))
	}
	if len(parts) == 1 && n.All == nil {
		return parts[0]
	}
	return b.new(node{op: opAll, in: in, index: -1, children: parts, source: n})
}

// asksOfMentions reports whether more is asked of a level than that its nodes
// hold.
func (n *Node) asksOfMentions() bool {
	return n.Within != (Window{}) || n.Ordered || n.Times != 0 || n.Near != nil || n.NotNear != nil || n.NotPartOf != nil
}

func (b *builder) any(n *Node, in scope) *node {
	prefix, key := "any", "any"
	if n.isList() {
		prefix, key = "", ""
	}
	return b.new(node{op: opAny, in: in, key: key, index: -1, children: b.children(n.Any, in, prefix), source: n})
}

// concept makes the node of a concept once for all uses in the same places.
func (b *builder) concept(n *Node, in scope) *node {
	use := conceptUse{n.Concept, in}
	if made, ok := b.concepts[use]; ok {
		return made
	}
	def := b.define(n.Concept)
	made := b.new(node{op: opConcept, in: in, index: -1, source: n, children: []*node{b.level(&def, in)}})
	b.concepts[use] = made
	return made
}

// label says where a node stands in its parent.
func (n *node) label() string {
	if n.index < 0 {
		return n.key
	}
	return fmt.Sprintf("%s[%d]", n.key, n.index)
}

// written is the node as people wrote it, shortened.
func (n *node) written() string {
	switch n.op {
	case opTerm:
		return strings.TrimSpace(n.source.Term)
	case opConcept:
		return "$" + n.source.Concept
	case opAny:
		return list(n.source.Any, "")
	case opAtLeast:
		return fmt.Sprintf("at least %d of", n.least)
	case opAll:
		return list(n.source.All, "all of ")
	case opLevel:
		return n.source.brief()
	}
	return list(n.source.None, "none of ") // opNone
}

// list writes a list of nodes as people read it: the first three, and how many
// there are.
func list(nodes []Node, before string) string {
	var s strings.Builder
	s.WriteString(before + "[")
	for i := range nodes {
		if i == 3 && len(nodes) > 4 {
			fmt.Fprintf(&s, ", … %d in all", len(nodes))
			break
		}
		if i > 0 {
			s.WriteString(", ")
		}
		switch n := &nodes[i]; {
		case n.Term != "":
			s.WriteString(n.Term)
		case n.Concept != "":
			s.WriteString("$" + n.Concept)
		default:
			s.WriteString("…")
		}
	}
	return s.String() + "]"
}

// brief is what a level looks for, without what it asks of the mentions.
func (n *Node) brief() string {
	switch {
	case n.All != nil:
		return list(n.All, "all of ")
	case n.Any != nil:
		return list(n.Any, "")
	case n.Of != nil:
		return list(n.Of, fmt.Sprintf("at least %d of ", n.AtLeast))
	}
	return list(n.None, "none of ")
}
