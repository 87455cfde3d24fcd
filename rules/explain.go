package rules

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

// String gives the clause and the reason in one line.
func (f Failed) String() string { return f.Clause + ": " + f.Reason }

// Explain says of the named rules, or of all when none is named, whether they
// match a story and why. Names that no rule bears are passed over.
func (s *Set) Explain(story *news.Story, rules ...string) []Explanation {
	m := s.takeClosely(story.Fields())
	defer s.give(m)
	about := factsOf(story)
	explained := []Explanation{}
	words := &vocabulary{}
	for i, name := range s.names {
		if len(rules) > 0 && !slices.Contains(rules, name) {
			continue
		}
		e := m.explain(uint32(i), about, words)
		if s.compiled(uint32(i)).Disabled {
			off := Failed{Clause: "enabled", Reason: "the rule is switched off"}
			e.Matched, e.Failed = false, append(e.Failed, off)
			e.Clauses = append(e.Clauses, off.clause())
		}
		explained = append(explained, e)
	}
	return explained
}

func (f Failed) clause() Clause { return Clause{Text: f.Clause, Reason: f.Reason} }

func (m *matching) explain(rule uint32, about *facts, words *vocabulary) Explanation {
	c := m.set.compiled(rule)
	e := Explanation{Rule: c.Name, Severity: c.Severity, Failed: []Failed{}, Clauses: []Clause{}}
	e.Matched = m.matches(rule, about)
	if e.Matched {
		e.Evidence = m.evidence(c.root)
	} else {
		e.Evidence = m.partial(c.root)
	}
	x := &explainer{matching: m, words: words, told: map[int]bool{}, why: map[int]string{}}
	verdicts := x.root(c.root)
	for _, n := range c.never {
		v := verdict{label: n.label(), text: n.written(), held: !m.holds(n)}
		if !v.held {
			v.reason = "never: " + x.presence(n)
		}
		verdicts = append(verdicts, v)
	}
	for _, v := range verdicts {
		e.Clauses = append(e.Clauses, v.clause())
	}
	if !e.Matched {
		e.Failed = failures(verdicts)
	}
	e.state(c.Rule, about)
	return e
}

// state adds what the rule asks beside the text.
func (e *Explanation) state(r *Rule, about *facts) {
	only, except := r.Only.refusals(about, false), r.Except.exclusions(about, false)
	e.Failed = append(append(e.Failed, only...), except...)
	e.Clauses = append(append(e.Clauses, r.Only.clauses(about, "only", only)...), r.Except.clauses(about, "except", except)...)
	if r.Until.IsZero() {
		return
	}
	until := Clause{Text: "until " + r.Until.AddDate(0, 0, -1).Format("2006-01-02"), Held: !r.over(about)}
	if !until.Held {
		until.Reason = "the story was first seen on " + about.firstSeen.In(r.Until.Location()).Format("2006-01-02")
		e.Failed = append(e.Failed, Failed{Clause: until.Text, Reason: until.Reason})
	}
	e.Clauses = append(e.Clauses, until)
}

// clauses lists the keys of a filter that were given, with the reasons of those
// that failed.
func (f *Filter) clauses(s *facts, name string, failed []Failed) []Clause {
	if f.zero() {
		return nil
	}
	var all []Clause
	add := func(key string) {
		c := Clause{Text: name + "." + key, Held: true}
		for _, f := range failed {
			if f.Clause == c.Text {
				c.Held, c.Reason = false, f.Reason
			}
		}
		all = append(all, c)
	}
	for _, c := range f.criteria(s) {
		add(c.key)
	}
	if f.MinWords != 0 || f.MaxWords != 0 {
		add("words")
	}
	return all
}

// partial gives the evidence of the conditions that hold in a rule that does
// not match.
func (m *matching) partial(n *node) []news.Evidence {
	if m.holds(n) || n.op != opAll && n.op != opLevel && n.op != opAtLeast {
		return m.evidence(n)
	}
	out := []news.Evidence{}
	for _, c := range n.children {
		out = append(out, m.partial(c)...)
	}
	return out
}

// verdict is whether a condition holds, with what it is made of.
type verdict struct {
	label, text string
	held        bool
	reason      string // of one that does not hold
	parts       bool   // it is told by its children, when it does not hold
	children    []verdict
}

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

// failures lists the conditions that do not hold, the innermost first. What is
// made of parts is told by them; a concept, or a choice, fails as a whole.
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
		case !v.parts:
			if v.reason != "" {
				all = append(all, deep{Failed{strings.TrimSpace(join(path, v.label) + v.after(path) + v.text), v.reason}, depth})
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

// after is what stands between the path of a condition and its text.
func (v *verdict) after(path string) string {
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
