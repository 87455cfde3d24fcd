package rules

import (
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Definition is what people write: named nodes, and the rules that use them.
type Definition struct {
	Concepts map[string]Node
	Rules    []Rule
}

// Node is one condition on a story. Exactly one of Term and Concept is set, or
// some of the lists; everything on one level must hold.
//
// A mention is one place where a term was found. Those of Any are all that its
// nodes have; one of All, or of Of, is a mention of every node that it needs,
// as close together as they come. Within, Ordered, Times, Near, NotNear and
// NotPartOf are about mentions, and none of these reaches over the end of a
// field.
type Node struct {
	Term    string // words as written, the sigil included
	Concept string // name of a concept, without "$"
	All     []Node // every one holds
	Any     []Node // at least one holds; a YAML list is one
	None    []Node // no one holds
	Of      []Node // at least AtLeast hold
	AtLeast int

	Times     int    // how many mentions there are, at least; 0 does not count them
	Within    Window // the mentions that hold together lie so close
	Ordered   bool   // the nodes of All are mentioned in their order
	Near      []Node // a mention counts only with one of these Within of it
	NotNear   []Node // a mention counts only with none of these Within of it
	NotPartOf []Node // a mention inside a longer one of these does not count

	// In says where to look, for this level and all below it that say nothing
	// themselves. Nil is title, lead and body.
	In []Place
}

// Place is a part of a story that a node looks in: a field, or the first words
// of the lead and the body.
type Place struct {
	Field news.FieldName
	Words int // when there is no Field
}

// Window is how close mentions lie. The zero value is no condition.
type Window struct {
	Unit  Unit
	Words int // for Words: how many may stand between the first and the last mention
}

// Unit is what a window is measured in.
type Unit uint8

// The units.
const (
	Anywhere  Unit = iota // in the story
	Words                 // a Han or kana character is half a word
	Sentence              //
	Paragraph             //
)

// Filter is a condition on what is known of a story beside its text. Values of
// one key are alternatives. Section, author, outlet and cites are found inside
// longer texts (Reuters in "Reuters UK"); the others are compared whole. Case
// never counts.
type Filter struct {
	Source, Tag, Tier, Country, Language []string
	Section, Author, Outlet, Cites       []string
	MinWords                             int // of the text, this one included; 0 is no bound
	MaxWords                             int // likewise
}

// Rule is one watch rule.
type Rule struct {
	Name        string
	Node        Node
	Never       []Node // none of these anywhere in the story
	Only        Filter // every key must hold; a story that does not say fails it
	Except      Filter // no key may hold
	Severity    news.Severity
	Topic       string
	Note        string // for whoever reads the rules
	Instruction string // what readers of its alerts are to do
	To          []string
	AlsoTo      []string
	Until       time.Time // the rule is off for stories first seen from then on; zero is never
	Disabled    bool
	Tests       []TestCase
}

// TestCase is a story in short, and whether the rule beside it must match it.
// Either Text or Story is given.
type TestCase struct {
	Want  bool
	Text  string // its first line is the title when a blank line follows; else it is title, lead and body at once
	Story TestStory
	Path  string // where it is written, for Failure; "" makes it rules[i].tests[j]
}

// TestStory is a story of a test, field by field. A filter looks at a field
// only when the test gives it.
type TestStory struct {
	Title     string
	Titles    []string // other titles of it
	Lead      string   // the list's summary
	Body      string   // the text of the article, its first paragraph included
	URL       string
	Source    string
	Tags      []string
	Tier      string
	Country   string
	Language  string
	Section   string
	Authors   []string
	Outlet    string
	Cites     []string
	Words     int       // length of the text that the body stands for; 0 is not given
	FirstSeen time.Time // when a crawl first gave it; zero is not given
}

// UnknownConcept begins the message of a Mistake about a concept that the
// definition does not have; its name follows.
const UnknownConcept = "unknown concept $"

// Mistake is something wrong with a definition, for people to mend. A warning
// does not keep the set from being used.
type Mistake struct {
	Path    string // like rules[3].all[1] or concepts.kim[2]; the children of a bare list have no "any"
	Message string
	Hint    string // what to do about it; may be empty
	Warning bool
}
