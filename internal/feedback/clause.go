package feedback

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

const (
	mostClauses = 3  // proposed at once
	mostTried   = 60 // candidates
)

// Clause is something that a rule should never take, and what it would have changed.
type Clause struct {
	Never string // a term
	Lost  int    // alerts that would not have come
	Of    int    // alerts that it was tried on
	Days  int    // of these
}

// Effect says what the clause would have changed: "−3 of 41 alerts of 30 days, none that
// somebody got".
func (c Clause) Effect() string {
	return fmt.Sprintf("−%d of %s of %s, none that somebody got", c.Lost, text.Many(c.Of, "alert"), text.Many(c.Days, "day"))
}

// Encode returns the clause as the value of a choice.
func (c Clause) Encode() string { return fmt.Sprintf("%d/%d/%d/%s", c.Lost, c.Of, c.Days, c.Never) }

// ParseClause reads what Encode returned.
func ParseClause(value string) (c Clause, ok bool) {
	parts := strings.SplitN(value, "/", 4)
	if len(parts) != 4 || !isTerm(parts[3]) {
		return c, false
	}
	for i, into := range []*int{&c.Lost, &c.Of, &c.Days} {
		n, err := strconv.Atoi(parts[i])
		if err != nil || n < 0 {
			return c, false
		}
		*into = n
	}
	c.Never = parts[3]
	return c, true
}

// YAML is clauses to be pasted into a rule, each with its effect.
func YAML(clauses []Clause) string {
	var b strings.Builder
	b.WriteString("never:")
	for _, c := range clauses {
		fmt.Fprintf(&b, "\n  - %s # %s", strconv.Quote(c.Never), c.Effect())
	}
	return b.String()
}

// candidate is a term that a rule might never take.
type candidate struct {
	term   string
	shared bool         // it stands in several irrelevant stories; else around what matched
	lost   map[int]bool // stories that the rule would not take
	wrong  int          // of these, irrelevant ones
}

// Clauses proposes what the rule should never take, the best first: terms around what
// matched in its irrelevant alerts, and terms that these share. Each was tried by the rule
// itself: no alert that somebody got is lost, and more irrelevant than unanswered ones are.
// about is an alert that counts as irrelevant; 0 is none.
func (r *Record) Clauses(ctx context.Context, about int64) ([]Clause, error) {
	rule, ok := r.definition()
	if !ok {
		return nil, nil
	}
	stories, err := r.stories(ctx, about)
	if err != nil || !slices.ContainsFunc(stories, func(t *told) bool { return t.irrelevant && !t.got }) {
		return nil, err
	}
	bare, found := rules.Compile(rules.Definition{Concepts: r.plan.Definition.Concepts, Rules: []rules.Rule{rule}})
	if bare == nil {
		return nil, fmt.Errorf("compile rule %s: %s", rule.Name, found[0].Message)
	}
	tried := candidates(bare, stories)
	set, tried := r.compile(rule, tried)
	if set == nil || ctx.Err() != nil {
		return nil, ctx.Err()
	}
	of := try(set, stories, tried)
	var all []Clause
	for _, c := range best(tried, stories) {
		lost := 0
		for i := range c.lost {
			lost += stories[i].alerts
		}
		all = append(all, Clause{Never: c.term, Lost: lost, Of: of, Days: r.days()})
	}
	return all, nil
}

// compile compiles the rule as it is, and once more with each candidate. Candidates that
// are no clause of it are left out. The set is nil when none is left.
func (r *Record) compile(rule rules.Rule, tried []*candidate) (*rules.Set, []*candidate) {
	for len(tried) > 0 {
		d := rules.Definition{Concepts: r.plan.Definition.Concepts, Rules: []rules.Rule{rule}}
		for i, c := range tried {
			with := rule
			with.Name = fmt.Sprintf("%s.%d", rule.Name, i)
			with.Never = append(slices.Clone(rule.Never), rules.Node{Term: c.term})
			d.Rules = append(d.Rules, with)
		}
		set, mistakes := rules.Compile(d)
		if set != nil {
			return set, tried
		}
		bad := map[int]bool{}
		for _, m := range mistakes {
			var i int
			if _, err := fmt.Sscanf(m.Path, "rules[%d]", &i); err == nil && !m.Warning && i > 0 {
				bad[i-1] = true
			}
		}
		if len(bad) == 0 { // it is the rule itself
			return nil, nil
		}
		var left []*candidate
		for i, c := range tried {
			if !bad[i] {
				left = append(left, c)
			}
		}
		tried = left
	}
	return nil, nil
}

// try leads the stories through the rule and its candidates. It returns how many alerts the
// rule as it is now would raise.
func try(set *rules.Set, stories []*told, tried []*candidate) (of int) {
	for i, t := range stories {
		matched := set.Matched(t.story, nil)
		if len(matched) == 0 || matched[0] != 0 { // the rule was another one then
			continue
		}
		of += t.alerts
		for k, c := range tried {
			if slices.Contains(matched, k+1) {
				continue
			}
			if c.lost[i] = true; t.irrelevant && !t.got {
				c.wrong++
			}
		}
	}
	return of
}

// best returns the candidates that are worth proposing, the best first, each of other
// stories than those before.
func best(tried []*candidate, stories []*told) []*candidate {
	good := slices.DeleteFunc(slices.Clone(tried), func(c *candidate) bool {
		for i := range c.lost {
			if stories[i].got {
				return true
			}
		}
		others := len(c.lost) - c.wrong
		return c.wrong == 0 || others > 0 && others*2 > c.wrong ||
			c.shared && (c.wrong < 2 || 2*len(c.lost) > len(stories))
	})
	slices.SortStableFunc(good, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.wrong, a.wrong), cmp.Compare(len(a.lost), len(b.lost)),
			cmp.Compare(len(b.term), len(a.term)))
	})
	var kept []*candidate
	for _, c := range good {
		adds := func(k *candidate) bool {
			for i := range c.lost {
				if !k.lost[i] {
					return true
				}
			}
			return false
		}
		if len(kept) < mostClauses && !slices.ContainsFunc(kept, func(k *candidate) bool { return !adds(k) }) {
			kept = append(kept, c)
		}
	}
	return kept
}
