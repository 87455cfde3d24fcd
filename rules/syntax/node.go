package syntax

import (
	"iter"

	"github.com/copytaster/copytaster/internal/news"
)

// Node is one condition on a story. It says one of three things:
//
//  1. Term: words that must be found.
//  2. Concept: the name of a node that is defined elsewhere.
//  3. Lists of nodes, with conditions on the spans of what they find. All that
//     is said on one level must hold.
type Node struct {
	Term    string // as written, the sigil included
	Concept string // name of a concept, without "$"
	All     []Node // every one holds
	Any     []Node // at least one holds; a YAML list is one
	None    []Node // no one holds
	Of      []Node // at least AtLeast hold
	AtLeast int

	Times     int    // the least number of spans; 0 does not count them
	Within    Window // how close the spans that hold together lie
	Ordered   bool   // the nodes of All are found in their order
	Near      []Node // a span counts only with one of these Within of it
	NotNear   []Node // a span counts only with none of these Within of it
	NotPartOf []Node // a span inside a longer one of these does not count

	// In is where to look, for this level and all levels below that say nothing
	// themselves. Nil is title, lead and body.
	In []Place
}

// Place is a part of a story that a node looks in: a field, or the first words
// of the lead and the body.
type Place struct {
	Field news.FieldName
	Words int // when there is no Field
}

// Window is how close spans lie. The zero value is no condition.
type Window struct {
	Unit  Unit
	Words int // for Words: how many may stand between the first and the last span
}

// Unit is what a window is measured in.
type Unit uint8

// The units.
const (
	Anywhere  Unit = iota // in the story
	Words                 // a Han or kana character is half a word
	Sentence              // as internal/text ends them
	Paragraph             // a line
)

// Keys is a set of keys that a node has, a bit for each.
type Keys uint32

// The keys of a node. Every list has a row in the table of lists.
const (
	HasTerm Keys = 1 << iota
	HasConcept
	HasAll
	HasAny
	HasOf
	HasNone
	HasNear
	HasNotNear
	HasNotPartOf
	HasTimes
	HasWithin
	HasOrdered
	HasIn

	// Operands are the lists that a node looks for.
	Operands = HasAll | HasAny | HasOf
	// Nodes are the lists that say whether a node holds.
	Nodes = Operands | HasNone
	// SpanLists are the lists that single spans of a level are held against.
	SpanLists = HasNear | HasNotNear | HasNotPartOf
	// Conditions are the keys about the spans of a level.
	Conditions = SpanLists | HasTimes | HasWithin | HasOrdered
)

// lists is the table of a node's lists, in the order in which they are printed,
// walked and hashed. A new list is a row here, a key above and a field of Node.
var lists = [...]struct {
	has  Keys
	name string
	of   func(*Node) *[]Node
}{
	{HasAll, "all", func(n *Node) *[]Node { return &n.All }},
	{HasAny, "any", func(n *Node) *[]Node { return &n.Any }},
	{HasOf, "of", func(n *Node) *[]Node { return &n.Of }},
	{HasNone, "none", func(n *Node) *[]Node { return &n.None }},
	{HasNear, "near", func(n *Node) *[]Node { return &n.Near }},
	{HasNotNear, "not near", func(n *Node) *[]Node { return &n.NotNear }},
	{HasNotPartOf, "not part of", func(n *Node) *[]Node { return &n.NotPartOf }},
}

// NodeList is one list of a node.
type NodeList struct {
	Has   Keys   // its key
	Name  string // its key as people write it: not part of
	Nodes []Node // not nil, but it may be empty
}

// Lists yields the lists that a node has.
func (n *Node) Lists() iter.Seq[NodeList] {
	return func(yield func(NodeList) bool) {
		for _, row := range lists {
			if nodes := *row.of(n); nodes != nil && !yield(NodeList{row.has, row.name, nodes}) {
				return
			}
		}
	}
}

// Keys returns the keys that a node has.
func (n *Node) Keys() Keys {
	var keys Keys
	for i := range lists {
		if *lists[i].of(n) != nil {
			keys |= lists[i].has
		}
	}
	for _, key := range [...]struct {
		has   Keys
		given bool
	}{
		{HasTerm, n.Term != ""}, {HasConcept, n.Concept != ""}, {HasTimes, n.Times != 0},
		{HasWithin, n.Within != Window{}}, {HasOrdered, n.Ordered}, {HasIn, n.In != nil},
	} {
		if key.given {
			keys |= key.has
		}
	}
	return keys
}

// IsList reports whether a node is a bare YAML list.
func (n *Node) IsList() bool { return n.Any != nil && n.AtLeast == 0 && n.Keys() == HasAny }

// HasLists reports whether a node has lists that say whether it holds.
func (n *Node) HasLists() bool { return n.All != nil || n.Any != nil || n.Of != nil || n.None != nil }

// HasConditions reports whether a node has conditions on the spans of its level.
func (n *Node) HasConditions() bool { return n.Keys()&Conditions != 0 }

// HasEmptyList reports whether a node has a list without nodes.
func (n *Node) HasEmptyList() bool {
	for list := range n.Lists() {
		if len(list.Nodes) == 0 {
			return true
		}
	}
	return false
}

// MaxDepth is how many lists may stand inside each other. Walk goes no deeper.
const MaxDepth = 100

// Walk visits a node and all nodes in it, the outer ones first. It tells visit
// the path of each, or nil when it is given none, which costs less.
func (n *Node) Walk(at *Path, visit func(n *Node, at *Path)) { n.walk(at, 0, visit) }

func (n *Node) walk(at *Path, depth int, visit func(n *Node, at *Path)) {
	visit(n, at)
	if depth > MaxDepth {
		return
	}
	bare := at != nil && !at.isRule() && n.IsList()
	for list := range n.Lists() {
		name := list.Name
		if bare {
			name = ""
		}
		for i := range list.Nodes {
			var here *Path
			if at != nil {
				here = at.Element(name, i)
			}
			list.Nodes[i].walk(here, depth+1, visit)
		}
	}
}
