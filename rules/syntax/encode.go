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
		key := keys & -keys
		for _, row := range scalars {
			if row.has == key {
				into = row.write(e, into, n)
			}
		}
		if nodes := key.list(n); nodes != nil {
			into = e.AppendNodes(into, *nodes)
		}
	}
	return into
}

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
		key := keys & -keys
		for _, row := range scalars {
			if row.has == key {
				row.read(d, &n)
			}
		}
		if nodes := key.list(&n); nodes != nil {
			*nodes = d.Nodes()
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

func (d *Decoder) places() []Place {
	places := make([]Place, d.number())
	for i := range places {
		places[i] = Place{Field: fieldName(Fields(d.number())), Words: d.number()}
	}
	return places
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
