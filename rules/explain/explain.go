package explain

import (
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules/match"
	"github.com/copytaster/copytaster/rules/syntax"
)

// Explainer explains rules for one story. It serves one goroutine.
type Explainer struct {
	index *match.Index
	story *match.Evaluation
	facts *match.Facts
	words vocabulary
}

// Open begins the explanations for a story, given by its fields and the facts
// about it. They end with Close.
func Open(x *match.Index, fields []news.Field, facts *match.Facts) *Explainer {
	return &Explainer{index: x, story: x.Open(fields), facts: facts, words: vocabulary{index: x, fields: fields}}
}

// Close ends the explanations.
func (x *Explainer) Close() { x.story.Close() }

// Rule explains a rule by its number.
func (x *Explainer) Rule(i int) Explanation {
	e := x.Enabled(i)
	if x.index.Rule(i).Disabled {
		off := Failed{Clause: "enabled", Reason: "the rule is switched off"}
		e.Matched, e.Failed = false, append(e.Failed, off)
		e.Clauses = append(e.Clauses, off.clause())
	}
	return e
}

// Enabled explains a rule as if it were switched on.
func (x *Explainer) Enabled(i int) Explanation {
	c := x.index.Compiled(i)
	e := Explanation{Rule: c.Name, Severity: c.Severity, Failed: []Failed{}, Clauses: []Clause{}}
	e.Matched = x.story.Matches(i, x.facts)
	if e.Matched {
		e.Evidence = x.story.Evidence(c.Root)
	} else {
		e.Evidence = x.partial(c.Root)
	}
	d := &diagnosis{Evaluation: x.story, index: x.index, words: &x.words,
		expanded: map[int]bool{}, reasons: map[int]string{}}
	verdicts := d.root(c.Root)
	for _, never := range c.Never {
		v := verdict{label: label(never), text: written(never), held: !x.story.Holds(never)}
		if !v.held {
			v.reason = "never: " + d.presence(never)
		}
		verdicts = append(verdicts, v)
	}
	for _, v := range verdicts {
		e.Clauses = append(e.Clauses, v.clause())
	}
	if !e.Matched {
		e.Failed = failures(verdicts)
	}
	e.filters(c.Rule, x.facts)
	e.until(c.Rule, x.facts)
	return e
}

// partial returns the evidence of the conditions that hold in a rule that does
// not match.
func (x *Explainer) partial(n *match.Expr) []news.Evidence {
	if x.story.Holds(n) || n.Op != match.OpAll && n.Op != match.OpLevel && n.Op != match.OpAtLeast {
		return x.story.Evidence(n)
	}
	out := []news.Evidence{}
	for _, c := range n.Children {
		out = append(out, x.partial(c)...)
	}
	return out
}

// filters adds what the only and except filters of a rule make of a story.
func (e *Explanation) filters(r *syntax.Rule, facts *match.Facts) {
	for c := range facts.Criteria(&r.Only) {
		reason := ""
		switch {
		case c.Holds || c.Skipped:
		case c.Key == match.CriterionWords:
			reason = fmt.Sprintf("the text has %s words, wanted %s", c.Have[0], c.Wanted[0])
		case len(c.Have) == 0:
			reason = fmt.Sprintf("%s is not known, wanted %s", c.Key, strings.Join(c.Wanted, " or "))
		default:
			reason = fmt.Sprintf("%s is %s, wanted %s", c.Key, strings.Join(c.Have, ", "), strings.Join(c.Wanted, " or "))
		}
		e.add("only."+c.Key, reason)
	}
	for c := range facts.Criteria(&r.Except) {
		reason := ""
		switch {
		case !c.Holds:
		case c.Key == match.CriterionWords:
			reason = fmt.Sprintf("the text has %s words, which is %s", c.Have[0], c.Wanted[0])
		default:
			reason = fmt.Sprintf("%s is %s", c.Key, strings.Join(c.Have, ", "))
		}
		e.add("except."+c.Key, reason)
	}
}

// until adds the day on which a rule ends.
func (e *Explanation) until(r *syntax.Rule, facts *match.Facts) {
	if r.Until.IsZero() {
		return
	}
	reason := ""
	if facts.After(r.Until) {
		reason = "the story was first seen on " + facts.FirstSeen.In(r.Until.Location()).Format("2006-01-02")
	}
	e.add("until "+r.Until.AddDate(0, 0, -1).Format("2006-01-02"), reason)
}

// add adds a clause, which holds when there is no reason why not.
func (e *Explanation) add(clause, reason string) {
	if reason != "" {
		e.Failed = append(e.Failed, Failed{Clause: clause, Reason: reason})
	}
	e.Clauses = append(e.Clauses, Clause{Text: clause, Held: reason == "", Reason: reason})
}
