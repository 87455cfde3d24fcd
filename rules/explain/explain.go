package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules/match"
	"github.com/copytaster/copytaster/rules/syntax"
)

// Explanation says why a rule matches a story, or why it does not.
type Explanation struct {
	Rule     string          `json:"rule"`
	Matched  bool            `json:"matched"`
	Severity news.Severity   `json:"severity"`
	Evidence []news.Evidence `json:"evidence"` // of the conditions that hold, even when the rule does not match
	Failed   []Failed        `json:"failed"`   // empty when it matches; the innermost first
	Clauses  []Clause        `json:"clauses"`  // the whole rule
}

// Clause is one condition of a rule, and whether it holds. What a choice could
// also have found, and did not, stands among its children without a reason.
type Clause struct {
	Text     string   `json:"text"` // as the rule writes it: all[2] $arms
	Held     bool     `json:"held"` // a clause of none or never holds when nothing is found
	Reason   string   `json:"reason,omitempty"`
	Children []Clause `json:"children,omitempty"`
}

// Failed is a condition that does not hold, and why.
type Failed struct {
	Clause string `json:"clause"` // as the rule writes it: all[2] $arms
	Reason string `json:"reason"`
}

// String is the clause and the reason in one line.
func (f Failed) String() string { return f.Clause + ": " + f.Reason }

func (f Failed) clause() Clause { return Clause{Text: f.Clause, Reason: f.Reason} }

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
	return &Explainer{index: x, story: x.Open(fields), facts: facts}
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
	w := &witness{Evaluation: x.story, index: x.index, words: &x.words,
		expanded: map[int]bool{}, reasons: map[int]string{}}
	verdicts := w.root(c.Root)
	for _, never := range c.Never {
		v := verdict{label: label(never), text: written(never), held: !x.story.Holds(never)}
		if !v.held {
			v.reason = "never: " + w.presence(never)
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

// verdict is whether a condition holds, with what it is made of.
type verdict struct {
	label, text string
	held        bool
	reason      string // of one that does not hold
	composed    bool   // when it does not hold, its children tell why
	children    []verdict
}

// fail makes the verdict one that does not hold, for a reason.
func (v *verdict) fail(reason string) { v.held, v.reason = false, reason }

// name is the condition as people know it: the elements of a bare list have no
// other name than what they are.
func (v *verdict) name() string {
	if strings.HasPrefix(v.label, "[") {
		return v.text
	}
	return strings.TrimSpace(v.label + " " + v.text)
}

func (v *verdict) clause() Clause {
	c := Clause{Text: v.name(), Held: v.held, Reason: v.reason}
	for i := range v.children {
		c.Children = append(c.Children, v.children[i].clause())
	}
	return c
}

// failures lists the conditions that do not hold, the innermost first. Of what is
// composed its parts are listed; a concept, or a choice, fails as a whole.
func failures(verdicts []verdict) []Failed {
	type deep struct {
		Failed
		depth int
	}
	var all []deep
	var walk func(v *verdict, path string, depth int)
	walk = func(v *verdict, path string, depth int) {
		switch {
		case v.held:
		case !v.composed:
			if v.reason != "" {
				clause := strings.TrimSpace(join(path, v.label) + v.separator(path) + v.text)
				all = append(all, deep{Failed{clause, v.reason}, depth})
			}
		default:
			for i := range v.children {
				walk(&v.children[i], join(path, v.label), depth+1)
			}
		}
	}
	for i := range verdicts {
		walk(&verdicts[i], "", 0)
	}
	slices.SortStableFunc(all, func(a, b deep) int { return cmp.Compare(b.depth, a.depth) })
	failed := []Failed{}
	for _, d := range all {
		failed = append(failed, d.Failed)
	}
	return failed
}

// separator stands between the path of a condition and its text.
func (v *verdict) separator(path string) string {
	if v.label == "" && path != "" {
		return "."
	}
	return " "
}

func join(path, label string) string {
	if path == "" || label == "" || strings.HasPrefix(label, "[") {
		return path + label
	}
	return path + "." + label
}
