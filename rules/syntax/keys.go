package syntax

import (
	"bytes"
	"fmt"
	"iter"
)

// Keys is a set of keys that a node has, a bit for each.
type Keys uint32

// The keys of a node. Each has a row in one of the two tables below.
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
	// SpanLists are the lists that single spans of a level are compared with.
	SpanLists = HasNear | HasNotNear | HasNotPartOf
	// Windowed are those whose spans are looked for in the window of the level. Those
	// of the other lists are looked for around the span.
	Windowed = HasNear | HasNotNear
	// Wanted are those of which a span must be found. Of the others none may be.
	Wanted = HasNear
	// Conditions are the keys about the spans of a level: all others.
	Conditions = ^(HasTerm | HasConcept | Nodes | HasIn)
)

// lists is the table of a node's lists, in the order in which they are printed,
// walked and hashed. A new list is a row here, a bit above and a field of Node.
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

// scalar is a key of a node whose value is not a list of nodes.
type scalar struct {
	has   Keys
	given func(n *Node) bool
	write func(e *Encoder, into []byte, n *Node) []byte // the value, of a node that has the key
	read  func(d *Decoder, n *Node)                     // what write wrote
	hash  func(h *Hasher, w *bytes.Buffer, n *Node)     // of any node; a new key writes nothing unless it is given
}

// scalars is the table of a node's other keys, in the order in which they are
// hashed. A new key is a row at its end, a bit above and a field of Node.
//
// Hashes are stored. So what the first seven rows hash must stay as it is, zeros
// included.
var scalars = [...]scalar{
	{
		has:   HasTerm,
		given: func(n *Node) bool { return n.Term != "" },
		write: func(e *Encoder, into []byte, n *Node) []byte { return number(into, int(e.terms.ID(n.Term))) },
		read:  func(d *Decoder, n *Node) { n.Term = d.Term(d.number()) },
		hash:  func(_ *Hasher, w *bytes.Buffer, n *Node) { fmt.Fprintf(w, "%q", n.Term) },
	},
	{
		has:   HasIn,
		given: func(n *Node) bool { return n.In != nil },
		write: func(e *Encoder, into []byte, n *Node) []byte { return e.appendPlaces(into, n.In) },
		read:  func(d *Decoder, n *Node) { n.In = d.places() },
		hash:  func(_ *Hasher, w *bytes.Buffer, n *Node) { fmt.Fprintf(w, " in %v", n.In) },
	},
	{
		has:   HasConcept,
		given: func(n *Node) bool { return n.Concept != "" },
		write: func(e *Encoder, into []byte, n *Node) []byte { return number(into, e.concepts[n.Concept]) },
		read:  func(d *Decoder, n *Node) { n.Concept = d.Concepts[d.number()] },
		hash: func(h *Hasher, w *bytes.Buffer, n *Node) {
			if n.Concept != "" {
				w.WriteString("$" + h.concept(n.Concept))
			}
		},
	},
	{
		has:   HasOf, // AtLeast has no bit of its own: it goes with Of
		given: func(n *Node) bool { return n.Of != nil },
		write: func(_ *Encoder, into []byte, n *Node) []byte { return number(into, n.AtLeast) },
		read:  func(d *Decoder, n *Node) { n.AtLeast = d.number() },
		hash:  hashTogether(func(w *bytes.Buffer, n *Node) { fmt.Fprintf(w, "at least %d", n.AtLeast) }),
	},
	{
		has:   HasTimes,
		given: func(n *Node) bool { return n.Times != 0 },
		write: func(_ *Encoder, into []byte, n *Node) []byte { return number(into, n.Times) },
		read:  func(d *Decoder, n *Node) { n.Times = d.number() },
		hash:  hashTogether(func(w *bytes.Buffer, n *Node) { fmt.Fprintf(w, " times %d", n.Times) }),
	},
	{
		has:   HasOrdered,
		given: func(n *Node) bool { return n.Ordered },
		write: func(_ *Encoder, into []byte, _ *Node) []byte { return into },
		read:  func(_ *Decoder, n *Node) { n.Ordered = true },
		hash:  hashTogether(func(w *bytes.Buffer, n *Node) { fmt.Fprintf(w, " ordered %v", n.Ordered) }),
	},
	{
		has:   HasWithin,
		given: func(n *Node) bool { return n.Within != Window{} },
		write: func(_ *Encoder, into []byte, n *Node) []byte {
			return number(number(into, int(n.Within.Unit)), n.Within.Words)
		},
		read: func(d *Decoder, n *Node) { n.Within = Window{Unit: Unit(d.number()), Words: d.number()} },
		hash: hashTogether(func(w *bytes.Buffer, n *Node) { fmt.Fprintf(w, " within %d %d", n.Within.Unit, n.Within.Words) }),
	},
}

// hashedFirst is how many scalar keys are hashed before the lists.
const hashedFirst = 3

// hashTogether returns the hash of one of four keys. If a node has one of them,
// all four are hashed.
func hashTogether(write func(w *bytes.Buffer, n *Node)) func(*Hasher, *bytes.Buffer, *Node) {
	return func(_ *Hasher, w *bytes.Buffer, n *Node) {
		if n.AtLeast != 0 || n.Times != 0 || n.Ordered || n.Within != (Window{}) {
			write(w, n)
		}
	}
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
	for i := range scalars {
		if scalars[i].given(n) {
			keys |= scalars[i].has
		}
	}
	return keys
}

// list returns the list of a node for the key of a list, nil for another key.
func (k Keys) list(n *Node) *[]Node {
	for i := range lists {
		if lists[i].has == k {
			return lists[i].of(n)
		}
	}
	return nil
}
