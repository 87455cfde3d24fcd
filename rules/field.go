package rules

import (
	"fmt"
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

	inText  = inTitle | inLead | inBody // where a node looks that does not say
	inFirst = inLead | inBody           // where the first words of a story stand
)

// scope is where a node looks: whole fields, and the first words of the lead
// and the body. The parts are alternatives.
type scope struct {
	fields fields
	first  int // words; 0 is none
}

// everywhere is the scope of a rule that does not say.
var everywhere = scope{fields: inText}

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

// scope gives where the node looks, on a level that looks in outer.
func (n *Node) scope(outer scope) scope {
	if n.In == nil {
		return outer
	}
	var s scope
	for _, p := range n.In {
		s.fields |= fieldBit(p.Field)
		s.first = max(s.first, p.Words)
	}
	return s
}

// touches gives the fields in which something of the scope lies.
func (s scope) touches() fields {
	if s.first > 0 {
		return s.fields | inFirst
	}
	return s.fields
}

// covers reports whether all that lies in another scope lies in this one too.
func (s scope) covers(other scope) bool {
	return other.fields&^s.fields == 0 && (other.first == 0 || s.fields&inFirst == inFirst || other.first <= s.first)
}

// String names the fields as people read them: "title or lead".
func (s scope) String() string {
	names := s.fields.names()
	if s.first > 0 {
		names = append(names, fmt.Sprintf("the first %d words", s.first))
	}
	return strings.Join(names, " or ")
}

func (f fields) names() []string {
	var names []string
	for i, name := range fieldNames() {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

func fieldNames() []string {
	return []string{string(news.FieldTitle), string(news.FieldLead), string(news.FieldBody), string(news.FieldURL)}
}
