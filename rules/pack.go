package rules

import (
	"encoding/binary"
	"math/bits"

	"github.com/copytaster/copytaster/internal/news"
)

// What rules look for takes little room packed: a Node has a field for
// everything that can be said, and a rule says little. Terms and concepts are
// numbers there.

// packer packs what rules look for, one after the other.
type packer struct {
	terms    *glossary
	concepts map[string]int
	packed   packed
	inURL    bool // some node looks in the URL
}

func newPacker(concepts []string, terms *glossary) *packer {
	p := &packer{terms: terms, concepts: map[string]int{}}
	for i, name := range concepts {
		p.concepts[name] = i
	}
	return p
}

// rule packs what a rule looks for, and what it never takes.
func (p *packer) rule(r *Rule) {
	p.node(&r.Node)
	p.nodes(r.Never)
	p.packed.end()
}

// The things that a packed node may begin with, as bits in their order.
const (
	hasTerm = iota
	hasConcept
	hasAll
	hasAny
	hasNone
	hasOf
	hasNear
	hasNotNear
	hasNotPartOf
	hasTimes
	hasWithin
	hasOrdered
	hasIn
)

func (n *Node) has() uint64 {
	var said uint64
	for bit, is := range [...]bool{
		hasTerm: n.Term != "", hasConcept: n.Concept != "", hasAll: n.All != nil, hasAny: n.Any != nil, hasNone: n.None != nil, hasOf: n.Of != nil,
		hasNear: n.Near != nil, hasNotNear: n.NotNear != nil, hasNotPartOf: n.NotPartOf != nil, hasTimes: n.Times != 0, hasWithin: n.Within != Window{},
		hasOrdered: n.Ordered, hasIn: n.In != nil,
	} {
		if is {
			said |= 1 << bit
		}
	}
	return said
}

func (p *packer) number(n int) { p.packed.bytes = binary.AppendUvarint(p.packed.bytes, uint64(n)) }

func (p *packer) node(n *Node) {
	said := n.has()
	p.number(int(said))
	for ; said != 0; said &= said - 1 {
		switch bit := bits.TrailingZeros64(said); bit {
		case hasTerm:
			p.number(int(p.terms.read(n.Term)))
		case hasConcept:
			p.number(p.concepts[n.Concept])
		case hasTimes:
			p.number(n.Times)
		case hasWithin:
			p.number(int(n.Within.Unit))
			p.number(n.Within.Words)
		case hasIn:
			p.number(len(n.In))
			for _, place := range n.In {
				field := fieldBit(place.Field)
				p.inURL = p.inURL || field == inURL
				p.number(int(field))
				p.number(place.Words)
			}
		case hasOrdered:
		default:
			if bit == hasOf {
				p.number(n.AtLeast)
			}
			p.nodes(*n.list(bit))
		}
	}
}

// list gives the list that a bit stands for.
func (n *Node) list(bit int) *[]Node {
	return [...]*[]Node{hasAll: &n.All, hasAny: &n.Any, hasNone: &n.None, hasOf: &n.Of, hasNear: &n.Near, hasNotNear: &n.NotNear, hasNotPartOf: &n.NotPartOf}[bit]
}

func (p *packer) nodes(nodes []Node) {
	p.number(len(nodes))
	for i := range nodes {
		p.node(&nodes[i])
	}
}

// unpacker reads what a packer packed.
type unpacker struct {
	packed   []byte
	term     func(number int) string
	concepts []string
}

func (u *unpacker) number() int {
	n, size := binary.Uvarint(u.packed)
	u.packed = u.packed[size:]
	return int(n)
}

func (u *unpacker) node() Node {
	var n Node
	for said := uint64(u.number()); said != 0; said &= said - 1 {
		switch bit := bits.TrailingZeros64(said); bit {
		case hasTerm:
			n.Term = u.term(u.number())
		case hasConcept:
			n.Concept = u.concepts[u.number()]
		case hasTimes:
			n.Times = u.number()
		case hasWithin:
			n.Within = Window{Unit: Unit(u.number()), Words: u.number()}
		case hasOrdered:
			n.Ordered = true
		case hasIn:
			n.In = make([]Place, u.number())
			for i := range n.In {
				n.In[i] = Place{Field: fieldName(fields(u.number())), Words: u.number()}
			}
		default:
			if bit == hasOf {
				n.AtLeast = u.number()
			}
			*n.list(bit) = u.nodes()
		}
	}
	return n
}

func (u *unpacker) nodes() []Node {
	n := u.number()
	if n == 0 {
		return nil
	}
	nodes := make([]Node, n)
	for i := range nodes {
		nodes[i] = u.node()
	}
	return nodes
}

// fieldName gives the name of a field by its bit, "" when there is none.
func fieldName(bit fields) news.FieldName {
	if names := bit.names(); len(names) > 0 {
		return news.FieldName(names[0])
	}
	return ""
}
