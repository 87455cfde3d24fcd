package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// Explanation says why a rule matches a story, or why it does not.
type Explanation struct {
	Rule     string          `json:"rule"`
	Matched  bool            `json:"matched"`
	Severity news.Severity   `json:"severity"`
	Evidence []news.Evidence `json:"evidence"` // of the conditions that hold, even when the rule does not match
	Failed   []Failed        `json:"failed"`   // empty when it matches
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
	m := s.read(story.Fields())
	about := factsOf(story)
	explained := []Explanation{}
	for i := range s.rules {
		if len(rules) > 0 && !slices.Contains(rules, s.rules[i].Name) {
			continue
		}
		e := m.explain(int32(i), about)
		if s.rules[i].Disabled {
			e.Matched = false
			e.Failed = append(e.Failed, Failed{Clause: "enabled", Reason: "the rule is switched off"})
		}
		explained = append(explained, e)
	}
	return explained
}

func (m *matching) explain(rule int32, about *facts) Explanation {
	r, c := &m.set.rules[rule], &m.set.matched[rule]
	e := Explanation{Rule: r.Name, Severity: r.Severity, Failed: []Failed{}}
	e.Matched = m.matches(rule, about)
	if e.Matched {
		e.Evidence = m.evidence(c.root)
		return e
	}
	e.Evidence = m.partial(c.root)
	e.Failed = append(e.Failed, m.failures(c.root, "")...)
	for _, n := range c.never {
		if m.holds(n) {
			e.Failed = append(e.Failed, Failed{Clause: clause("", n), Reason: "never: " + m.presence(n)})
		}
	}
	e.Failed = append(e.Failed, r.Only.refusals(about, false)...)
	e.Failed = append(e.Failed, r.Except.exclusions(about, false)...)
	return e
}

// partial gives the evidence of the conditions that hold in a rule that does
// not match.
func (m *matching) partial(root *node) []news.Evidence {
	if root.op != opAll {
		return m.evidence(root)
	}
	out := []news.Evidence{}
	for _, c := range root.children {
		out = append(out, m.partial(c)...)
	}
	return out
}

// failures lists the conditions of a node that do not hold. Lists under all are
// taken apart; a concept, or a choice, fails as a whole.
func (m *matching) failures(n *node, path string) []Failed {
	if m.holds(n) {
		return nil
	}
	var failed []Failed
	switch n.op {
	case opAll:
		for _, c := range n.children {
			failed = append(failed, m.failures(c, join(path, n.label))...)
		}
	case opNone:
		for _, c := range n.children {
			if m.holds(c) {
				failed = append(failed, Failed{Clause: clause(join(path, n.label), c), Reason: m.presence(c)})
			}
		}
	default:
		failed = append(failed, Failed{Clause: clause(path, n), Reason: m.absence(n)})
	}
	return failed
}

func join(path, label string) string {
	if path == "" || label == "" || strings.HasPrefix(label, "[") {
		return path + label
	}
	return path + "." + label
}

// clause names a node as the rule writes it.
func clause(path string, n *node) string {
	return strings.TrimSpace(join(path, n.label) + " " + n.written)
}

// absence says why a node that should hold does not.
func (m *matching) absence(n *node) string {
	inner := n
	for inner.op == opConcept {
		inner = inner.children[0]
	}
	switch inner.op {
	case opAll:
		for _, c := range inner.children {
			if !m.holds(c) {
				return clause("", c) + ": " + m.absence(c)
			}
		}
	case opNone:
		return m.presence(inner.children[slices.IndexFunc(inner.children, m.holds)])
	}
	leaves := leavesOf(inner)
	if elsewhere := m.elsewhere(leaves); elsewhere != "" {
		return elsewhere
	}
	reason := "not found"
	if len(leaves) != 1 || n.op == opConcept {
		reason = fmt.Sprintf("none of %d terms found", len(leaves))
	}
	if near := m.nearest(leaves); near != "" {
		reason += ", but " + near
	}
	return reason
}

// elsewhere says where terms were found that had to be somewhere else.
func (m *matching) elsewhere(leaves []*node) string {
	var in, wanted fields
	for _, n := range leaves {
		if f := m.found[n.term]; f != nil && f.in&n.in == 0 {
			in |= f.in
			wanted |= n.in
		}
	}
	if in == 0 {
		return ""
	}
	return fmt.Sprintf("found only in %s, wanted %s", strings.ReplaceAll(in.String(), " or ", " and "), wanted)
}

// presence says where something was found that must not be there.
func (m *matching) presence(n *node) string {
	for _, l := range leavesOf(n) {
		if f := m.found[l.term]; f != nil && f.in&l.in != 0 {
			return fmt.Sprintf("%s found in %s", quote(m.set.terms[l.term].written), m.fields[m.finds(l, "")[0].field].Name)
		}
	}
	return n.written + " holds"
}

// leavesOf lists the nodes of the terms that can make a node hold, each once.
func leavesOf(n *node) []*node {
	var leaves []*node
	seen := map[int]bool{}
	var walk func(n *node)
	walk = func(n *node) {
		if seen[n.id] {
			return
		}
		seen[n.id] = true
		switch n.op {
		case opTerm:
			leaves = append(leaves, n)
		case opNone:
		default:
			for _, c := range n.children {
				walk(c)
			}
		}
	}
	walk(n)
	return leaves
}

// comparedTerms bounds how many terms nearest tries.
const comparedTerms = 50

// nearest looks for something close to one of the terms: another form of the
// word, another case, the beginning of the phrase.
func (m *matching) nearest(leaves []*node) string {
	for _, n := range leaves[:min(len(leaves), comparedTerms)] {
		t := &m.set.terms[n.term]
		switch {
		case t.look.Exact:
			if there := m.look(text.NewPhrase(t.words, text.Look{Prefix: t.look.Prefix}), n.in); there != "" {
				return fmt.Sprintf("%s is there, in a case that %s does not take", quote(there), t.written)
			}
		case !t.look.Stem && !t.look.Prefix:
			if there := m.look(text.NewPhrase(t.words, text.Look{Stem: true}), n.in); there != "" {
				return fmt.Sprintf("%s is there: ~%s would find it", quote(there), t.words)
			}
		}
		for words := t.phrase.Len() - 1; words > 0; words-- {
			if there := m.look(t.phrase.Leads(words), n.in); there != "" {
				return fmt.Sprintf("%s is there, not all of %s", quote(there), quote(t.written))
			}
		}
	}
	return ""
}

// look gives the first find of a phrase, as the story writes it.
func (m *matching) look(p text.Phrase, in fields) string {
	for f, tokens := range m.tokens {
		if fieldBit(m.fields[f].Name)&in == 0 {
			continue
		}
		for i := range tokens {
			if start, end, ok := p.At(tokens, i, &m.stems); ok {
				return m.fields[f].Text[start:end]
			}
		}
	}
	return ""
}
