package rules

import (
	"maps"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/wordindex"
	"github.com/copytaster/copytaster/rules/explain"
	"github.com/copytaster/copytaster/rules/lint"
	"github.com/copytaster/copytaster/rules/match"
	"github.com/copytaster/copytaster/rules/syntax"
)

// Set is compiled rules. It never changes and serves any number of goroutines.
type Set struct{ index *match.Index }

// Compile checks a definition and makes a Set of it. It reports every mistake
// at once; the set is nil when one of them is more than a warning.
func Compile(d Definition) (*Set, []Mistake) {
	names, terms := slices.Sorted(maps.Keys(d.Concepts)), syntax.NewTerms()
	b := match.NewBuilder(&d, names, terms)
	mistakes := lint.Check(&d, names, terms, b.Add)
	if slices.ContainsFunc(mistakes, func(m Mistake) bool { return !m.Warning }) {
		return nil, mistakes
	}
	return &Set{b.Index()}, mistakes
}

// Len is the number of rules.
func (s *Set) Len() int { return s.index.Len() }

// Name is the name of a rule by its number.
func (s *Set) Name(rule int) string { return s.index.Name(rule) }

// Rules returns the rules in their order, without their nodes.
func (s *Set) Rules() []Rule {
	rules := make([]Rule, s.Len())
	for i := range rules {
		rules[i] = s.index.Rule(i)
	}
	return rules
}

// Hash names what a rule looks for, by the number of the rule: it is that of a
// Match, and equal when two rules look for the same.
func (s *Set) Hash(rule int) string { return s.index.Compiled(rule).Hash }

// Match returns the rules that match a story, in the order of the rules, with
// the places that made them match.
func (s *Set) Match(story *news.Story) []news.Match { return s.index.Match(story) }

// Matched appends to into the numbers of the rules that match a story, in their
// order. It decides as Match does, without the evidence, and costs much less.
func (s *Set) Matched(story *news.Story, into []int) []int { return s.index.Matched(story, into) }

// Need returns a condition that every story meets which an enabled rule matches, for an index of
// words. It is not Known when nothing can be said of such stories.
func (s *Set) Need() wordindex.Need {
	needs := []wordindex.Need{}
	for i := range s.Len() {
		if !s.index.Rule(i).Disabled {
			needs = append(needs, s.NeedOf(i))
		}
	}
	return wordindex.HasAny(needs...)
}

// NeedOf is Need of one rule, by its number.
func (s *Set) NeedOf(rule int) wordindex.Need { return s.index.Need(rule) }

// Certain returns the matches of Match that hold whatever the story's page may
// add, as long as it keeps the titles and the summary. story is what a list says
// of it.
func (s *Set) Certain(story *news.Story) []news.Match { return s.index.Certain(story) }

// Explain says of the named rules, or of all when none is named, whether they
// match a story and why. Names that no rule has are passed over.
func (s *Set) Explain(story *news.Story, rules ...string) []Explanation {
	x := explain.Open(s.index, story.Fields(), match.FactsOf(story))
	defer x.Close()
	explained := []Explanation{}
	for i := range s.Len() {
		if len(rules) == 0 || slices.Contains(rules, s.Name(i)) {
			explained = append(explained, x.Rule(i))
		}
	}
	return explained
}
