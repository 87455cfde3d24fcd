package syntax

import "github.com/copytaster/copytaster/internal/news"

// Node is one condition on a story. It says one of three things:
//
//  1. Term: words that must be found.
//  2. Concept: the name of a node that is defined elsewhere.
//  3. Lists of nodes, with conditions on the spans of what they find. All that
//     is said on one level must hold.
//
// Every field but AtLeast, which goes with Of, is a key: see Keys.
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

// IsList reports whether a node is a bare YAML list.
func (n *Node) IsList() bool { return n.Any != nil && n.AtLeast == 0 && n.Keys() == HasAny }

// HasLists reports whether a node has lists that say whether it holds.
func (n *Node) HasLists() bool { return n.All != nil || n.Any != nil || n.Of != nil || n.None != nil }

// HasConditions reports whether a node has conditions on the spans of its level.
func (n *Node) HasConditions() bool { return n.Keys()&Conditions != 0 }

// IsNarrow reports whether a node asks where in a story its words stand, or how
// often: then it says little that they do.
func (n *Node) IsNarrow() bool {
	return n.Times > 1 || n.Keys()&(Conditions|HasIn)&^HasTimes != 0
}

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
