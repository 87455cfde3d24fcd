package syntax

import (
	"encoding/binary"
	"math/bits"

	"github.com/copytaster/copytaster/internal/news"
)

// Encoder writes nodes as few bytes: a Node has a field for every key, and most
// nodes have one key. A node is its keys, then the value of each key in the
// order of their bits. Every number is a varint; terms and concepts are numbers.
type Encoder struct {
	terms    *Terms
	concepts map[string]int
	fields   Fields
}

// NewEncoder returns an encoder of nodes that use the concepts.
func NewEncoder(concepts []string, terms *Terms) *Encoder {
	e := &Encoder{terms: terms, concepts: map[string]int{}}
	for i, name := range concepts {
		e.concepts[name] = i
	}
	return e
}

// Fields returns the fields that the nodes encoded so far name.
func (e *Encoder) Fields() Fields { return e.fields }

// Append appends a node.
func (e *Encoder) Append(into []byte, n *Node) []byte {
	keys := n.Keys()
	into = number(into, int(keys))
	for ; keys != 0; keys &= keys - 1 {
		switch key := keys & -keys; key {
		case HasTerm:
			into = number(into, int(e.terms.ID(n.Term)))
		case HasConcept:
			into = number(into, e.concepts[n.Concept])
		case HasTimes:
			into = number(into, n.Times)
		case HasWithin:
			into = number(number(into, int(n.Within.Unit)), n.Within.Words)
		case HasOrdered:
		case HasIn:
			into = e.appendPlaces(into, n.In)
		default:
			if key == HasOf {
				into = number(into, n.AtLeast)
			}
			into = e.AppendNodes(into, *key.list(n))
		}
	}
	return into
}

// list returns the list of a node for the key of a list.
func (k Keys) list(n *Node) *[]Node { return lists[bits.TrailingZeros32(uint32(k/HasAll))].of(n) }

// AppendNodes appends a list of nodes.
func (e *Encoder) AppendNodes(into []byte, nodes []Node) []byte {
	into = number(into, len(nodes))
	for i := range nodes {
		into = e.Append(into, &nodes[i])
	}
	return into
}

func (e *Encoder) appendPlaces(into []byte, places []Place) []byte {
	into = number(into, len(places))
	for _, place := range places {
		field := FieldBit(place.Field)
		e.fields |= field
		into = number(number(into, int(field)), place.Words)
	}
	return into
}

func number(into []byte, n int) []byte { return binary.AppendUvarint(into, uint64(n)) }

// Decoder reads what an Encoder wrote.
type Decoder struct {
	Bytes    []byte
	Term     func(id int) string
	Concepts []string // those of the encoder
}

// Node reads a node.
func (d *Decoder) Node() Node {
	var n Node
	for keys := Keys(d.number()); keys != 0; keys &= keys - 1 {
		switch key := keys & -keys; key {
		case HasTerm:
			n.Term = d.Term(d.number())
		case HasConcept:
			n.Concept = d.Concepts[d.number()]
		case HasTimes:
			n.Times = d.number()
		case HasWithin:
			n.Within = Window{Unit: Unit(d.number()), Words: d.number()}
		case HasOrdered:
			n.Ordered = true
		case HasIn:
			n.In = make([]Place, d.number())
			for i := range n.In {
				n.In[i] = Place{Field: fieldName(Fields(d.number())), Words: d.number()}
			}
		default:
			if key == HasOf {
				n.AtLeast = d.number()
			}
			*key.list(&n) = d.Nodes()
		}
	}
	return n
}

// Nodes reads a list of nodes; nil when it is empty.
func (d *Decoder) Nodes() []Node {
	n := d.number()
	if n == 0 {
		return nil
	}
	nodes := make([]Node, n)
	for i := range nodes {
		nodes[i] = d.Node()
	}
	return nodes
}

func (d *Decoder) number() int {
	n, size := binary.Uvarint(d.Bytes)
	d.Bytes = d.Bytes[size:]
	return int(n)
}

// fieldName returns the name of a field by its bit, "" when there is none.
func fieldName(bit Fields) news.FieldName {
	if bit == 0 {
		return ""
	}
	return fieldNames[bits.TrailingZeros8(uint8(bit))]
}
