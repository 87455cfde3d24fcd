package syntax

import (
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// Fields is a set of fields of a story, a bit for each.
type Fields uint8

// The fields of a story.
const (
	InTitle Fields = 1 << iota
	InLead
	InBody
	InURL

	InText  = InTitle | InLead | InBody // where a node looks that does not say
	InFirst = InLead | InBody           // where the first words of a story stand
)

// fieldNames are the names of the fields in the order of their bits.
var fieldNames = [...]news.FieldName{news.FieldTitle, news.FieldLead, news.FieldBody, news.FieldURL}

// FieldBit returns the bit of a field, 0 when there is no such field.
func FieldBit(name news.FieldName) Fields {
	switch name {
	case news.FieldTitle:
		return InTitle
	case news.FieldLead:
		return InLead
	case news.FieldBody:
		return InBody
	case news.FieldURL:
		return InURL
	}
	return 0
}

// FieldNames lists all fields as people write them.
func FieldNames() []string { return (InText | InURL).Names() }

// Names lists the fields of the set as people write them.
func (f Fields) Names() []string {
	var names []string
	for i, name := range fieldNames {
		if f&(1<<i) != 0 {
			names = append(names, string(name))
		}
	}
	return names
}

// Scope is where a node looks: whole fields, and the first words of the lead
// and the body. The parts are alternatives.
type Scope struct {
	Fields Fields
	First  int // words; 0 is none
}

// TextScope returns where a rule looks that does not say: title, lead and body.
func TextScope() Scope { return Scope{Fields: InText} }

// Scope returns where a node looks, on a level that looks in outer.
func (n *Node) Scope(outer Scope) Scope {
	if n.In == nil {
		return outer
	}
	var s Scope
	for _, p := range n.In {
		s.Fields |= FieldBit(p.Field)
		s.First = max(s.First, p.Words)
	}
	return s
}

// Touches returns the fields in which some part of the scope lies.
func (s Scope) Touches() Fields {
	if s.First > 0 {
		return s.Fields | InFirst
	}
	return s.Fields
}

// Covers reports whether the scope holds all of another.
func (s Scope) Covers(other Scope) bool {
	return other.Fields&^s.Fields == 0 &&
		(other.First == 0 || s.Fields&InFirst == InFirst || other.First <= s.First)
}

// String names the fields as people read them: "title or lead".
func (s Scope) String() string {
	names := s.Fields.Names()
	if s.First > 0 {
		names = append(names, fmt.Sprintf("the first %d words", s.First))
	}
	return strings.Join(names, " or ")
}
