package match

import (
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// Certain returns the matches of Match that hold whatever the story's page may
// add, as long as it keeps the titles and the summary. story is what a list says
// of it.
//
// Each part of a rule is one of three: true, false, or unknown until the page is
// read. A rule is certain when it is true with all that is unknown taken for false.
// Unknown is what more words could undo, and what may stand elsewhere then:
//
//  1. none, never, not near and not part of;
//  2. times, because what two texts repeat counts once;
//  3. the text, of which the page may have a longer one, the URL, and the last
//     word of the summary, which may be cut off;
//  4. what is looked for in the lead but not in the title, and in the first words:
//     a summary that the page has for a title is no lead;
//  5. terms with =, because capitals say nothing in a text of capitals;
//  6. regular expressions outside the title, because they may ask where a text ends;
//  7. only and except, where the page may say something else (see Facts.certain).
func (x *Index) Certain(story *news.Story) []news.Match {
	kept := *story
	kept.Summary, kept.Text, kept.URL = withoutLastWord(story.Summary), "", ""
	e := x.begin(&kept)
	defer e.Close()
	e.used = true
	e.split()
	c := certainty{Evaluation: e, monotone: map[int]bool{}}
	facts := FactsOf(story)
	rules := map[string]bool{}
	for _, i := range e.candidates() {
		if rule := x.Compiled(int(i)); c.matches(rule, facts) {
			rules[rule.Name] = true
		}
	}
	if len(rules) == 0 {
		return nil
	}
	return slices.DeleteFunc(x.Match(story), func(m news.Match) bool { return !rules[m.Rule] })
}

func withoutLastWord(s string) string {
	tokens := text.Split(s)
	if len(tokens) == 0 {
		return ""
	}
	return s[:tokens[len(tokens)-1].Start]
}

// certainty asks of rules whether they are certain.
type certainty struct {
	*Evaluation
	monotone map[int]bool // whether words that are added can undo an expression, by its ID
}

func (c *certainty) matches(rule *Compiled, facts *Facts) bool {
	return len(rule.Never) == 0 && !facts.After(rule.Until) &&
		(rule.only == nil || facts.certain(rule.only, true)) &&
		(rule.except == nil || facts.certain(rule.except, false)) && c.holds(rule.Root)
}

// holds reports whether an expression holds with all that is unknown taken for
// false.
func (c *certainty) holds(x *Expr) bool {
	switch x.Op {
	case OpTerm:
		return c.Seen(x.Term)&c.known(x) != 0
	case OpConcept, OpAll:
		return !slices.ContainsFunc(x.Children, func(child *Expr) bool { return !c.holds(child) })
	case OpAny:
		return slices.ContainsFunc(x.Children, c.holds)
	case OpAtLeast:
		return atLeast(x.Children, x.Least, c.holds)
	case OpLevel:
		return c.isMonotone(x) && c.Holds(x)
	}
	return false // OpNone
}

// known returns the fields in which a term that stands there stays.
func (c *certainty) known(x *Expr) syntax.Fields {
	special := c.index.special[x.Term]
	known := x.In.Fields & (syntax.InTitle | syntax.InLead)
	switch {
	case special != nil && special.Wildcard != nil && special.Wildcard.Look.Exact,
		special == nil && c.phrase(x.Term).Exact(), known&syntax.InTitle == 0:
		return 0
	case special != nil && special.Pattern != nil:
		return syntax.InTitle
	}
	return known
}

// isMonotone reports whether every span of an expression stays one, whatever
// words are added.
func (c *certainty) isMonotone(x *Expr) bool {
	known, asked := c.monotone[x.ID]
	if !asked {
		known = c.judge(x)
		c.monotone[x.ID] = known
	}
	return known
}

func (c *certainty) judge(x *Expr) bool {
	exprs := x.Children
	switch x.Op {
	case OpTerm:
		found := x.In.Touches() & (syntax.InTitle | syntax.InLead)
		return found&^c.known(x) == 0
	case OpNone:
		return false
	case OpLevel:
		if len(x.Level.None) > 0 || x.Level.Times > 0 {
			return false
		}
		for _, condition := range x.Level.Conditions {
			if condition.Has != syntax.HasNear {
				return false
			}
			exprs = append(slices.Clip(exprs), condition.Exprs...)
		}
	}
	return !slices.ContainsFunc(exprs, func(child *Expr) bool { return !c.isMonotone(child) })
}

// certain reports whether every key of a filter holds, or when wanted is false
// that none does, and the page cannot change that. It may change the language,
// the length and the outlets that the text cites, and name a section, an outlet
// and authors where the list names none.
func (s *Facts) certain(f *syntax.Filter, wanted bool) bool {
	for c := range s.Criteria(f) {
		switch c.Key {
		case "source", "tag", "tier", "country":
		case "section", "outlet", "author":
			if len(c.Have) == 0 {
				return false
			}
		default:
			return false
		}
		if c.Holds != wanted {
			return false
		}
	}
	return true
}
