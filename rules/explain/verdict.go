package explain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
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
