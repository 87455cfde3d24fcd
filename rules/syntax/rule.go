package syntax

import (
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Definition is what people write: named nodes, and the rules that use them.
type Definition struct {
	Concepts map[string]Node
	Rules    []Rule
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
	Note        string // for those who read the rules
	Instruction string // what readers of its alerts are to do
	Editor      string // ID of the user or user group that hears what is said of its alerts; "" is none
	To          []string
	AlsoTo      []string
	Escalate    []news.Escalation
	Burst       *news.Burst      // nil: none is told
	Expect      news.Expectation // of matches
	Until       time.Time        // the rule is off for stories first seen from then on; zero is never
	Disabled    bool
	Tests       []TestCase
}

// Filter is a condition on what is known of a story beside its text. Values of
// one key are alternatives. Section, author, outlet and cites are found inside
// longer texts (Reuters in "Reuters UK"); the others are compared whole. Case
// never counts.
type Filter struct {
	Source, Tag, Tier, Country, Language []string
	Section, Author, Outlet, Cites       []string
	MinWords                             int // of the text, this one included; 0 is no bound
	MaxWords                             int // of the text, this one included; 0 is no bound
}

// FilterKey is one key of a filter, with its values.
type FilterKey struct {
	Name   string
	Values []string
}

// Keys lists the keys of a filter that compare words, given or not.
func (f *Filter) Keys() [9]FilterKey {
	return [...]FilterKey{
		{"source", f.Source}, {"tag", f.Tag}, {"tier", f.Tier}, {"country", f.Country}, {"language", f.Language},
		{"section", f.Section}, {"author", f.Author}, {"outlet", f.Outlet}, {"cites", f.Cites},
	}
}

// IsZero reports whether a filter says nothing.
func (f *Filter) IsZero() bool {
	for _, key := range f.Keys() {
		if len(key.Values) > 0 {
			return false
		}
	}
	return !f.CountsWords()
}

// CountsWords reports whether a filter has a bound on the length of the text.
func (f *Filter) CountsWords() bool { return f.MinWords != 0 || f.MaxWords != 0 }

// AdmitsWords reports whether a text of n words lies within the bounds.
func (f *Filter) AdmitsWords(n int) bool {
	return n >= f.MinWords && (f.MaxWords == 0 || n <= f.MaxWords)
}

// WordRange is the bounds as people write them: 100-500, or 100+.
func (f *Filter) WordRange() string {
	if f.MaxWords == 0 {
		return fmt.Sprintf("%d+", f.MinWords)
	}
	return fmt.Sprintf("%d-%d", f.MinWords, f.MaxWords)
}

// TestCase is a story in short, and whether the rule beside it must match it.
// Either Text or Story is given.
type TestCase struct {
	Want  bool
	Text  string // its first line is the title when a blank line follows; else it is title, lead and body at once
	Story TestStory
	Path  string // where it is written, for a failure; "" makes it rules[i].tests[j]
}

// TestStory is a story of a test, field by field. A filter looks at a field
// only when the test has it.
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
	FirstSeen time.Time // when a crawl first found it; zero is not given
}

// UnknownConcept begins the message of a Mistake about a concept that the
// definition does not have; its name follows.
const UnknownConcept = "unknown concept $"

// Mistake is something wrong with a definition, for people to correct. A warning
// does not keep the rules from being used.
type Mistake struct {
	Path    string // like rules[3].all[1] or concepts.kim[2]; the children of a bare list have no "any"
	Message string
	Hint    string // what to do about it; may be empty
	Warning bool
}
