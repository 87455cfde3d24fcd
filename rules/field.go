package rules

import (
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// fields is a set of fields of a story, a bit for each.
type fields uint8

const (
	inTitle fields = 1 << iota
	inLead
	inBody
	inURL

	inText = inTitle | inLead | inBody // where a node looks that does not say
)

// fieldBit gives the bit of a field, 0 when there is no such field.
func fieldBit(name news.FieldName) fields {
	switch name {
	case news.FieldTitle:
		return inTitle
	case news.FieldLead:
		return inLead
	case news.FieldBody:
		return inBody
	case news.FieldURL:
		return inURL
	}
	return 0
}

// within gives the fields that a node looks in, on a level that looks in outer.
func (n *Node) within(outer fields) fields {
	if n.In == nil {
		return outer
	}
	var f fields
	for _, p := range n.In {
		f |= fieldBit(p.Field)
	}
	return f
}

// String names the fields as people read them: "title or lead".
func (f fields) String() string {
	var names []string
	for i, name := range fieldNames() {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}
