package explain

import (
	"fmt"
	"slices"

	"github.com/copytaster/copytaster/rules/match"
	"github.com/copytaster/copytaster/rules/syntax"
)

// conditions says what a level asks of its spans. Nothing can be said before
// every operand of it holds.
func (d *diagnosis) conditions(x *match.Expr) []verdict {
	if slices.ContainsFunc(x.Children, func(c *match.Expr) bool { return !d.Holds(c) }) {
		return unknown(x.Level)
	}
	l, s := x.Level, d.LevelSpans(x)
	all := d.tests(l, s.Filter, x.Children)
	counted := !slices.ContainsFunc(all, func(v verdict) bool { return !v.held })
	switch {
	case l.Times > 0:
		return append(append(all, d.times(l, s, counted)), d.noneCounts(l, s)...)
	case l.Joins():
		return append(append(all, d.joins(l, s, counted)...), d.blockers(l, s)...)
	}
	return append(all, d.noneCounts(l, s)...)
}

// unknown lists the conditions of a level of which nothing can be said.
func unknown(l *match.Level) []verdict {
	var all []verdict
	for _, c := range l.Conditions {
		all = append(all, verdict{text: c.Name})
	}
	if l.Ordered {
		all = append(all, verdict{text: "ordered"})
	}
	switch {
	case l.Times > 0:
		all = append(all, verdict{text: timesText(l.Times)})
	case l.Window.Unit != syntax.Anywhere:
		all = append(all, verdict{text: l.Window.String()})
	}
	return all
}

func timesText(n int) string { return fmt.Sprintf("times %d", n) }

// tests says which tests of a level keep the spans of its operands from
// counting: of each operand that has none left, why not.
func (d *diagnosis) tests(l *match.Level, f *match.SpanFilter, operands []*match.Expr) []verdict {
	var all []verdict
	for _, t := range f.Tests {
		all = append(all, verdict{text: t.Name, held: true})
	}
	for _, operand := range operands {
		if len(all) == 0 || d.Counts(l, f, operand) {
			continue
		}
		spans := d.Spans(operand)
		if operand == l.Of {
			spans = d.SpansOf(operand.Children)
		}
		d.failFirst(l, f, spans, all)
	}
	return all
}

// failFirst fails the first test that says why no span passes all of them.
func (d *diagnosis) failFirst(l *match.Level, f *match.SpanFilter, spans []match.Span, verdicts []verdict) {
	for i := range f.Tests {
		if reason := d.rejection(l, &f.Tests[i], spans); reason != "" {
			verdicts[i].fail(reason)
			return
		}
	}
	verdicts[0].fail("found in different fields only")
}

// rejection says why spans do not pass a test, "" when it does not reject them.
func (d *diagnosis) rejection(l *match.Level, t *match.SpanTest, spans []match.Span) string {
	if t.Wanted() {
		return d.tooFar(l, t, spans)
	}
	for _, s := range spans {
		if t.Passes(s) {
			continue
		}
		other, _ := t.Find(s)
		switch {
		case t.Has&syntax.Windowed == 0:
			return "inside " + d.quoted(other)
		case l.Window.Unit == syntax.Words:
			return fmt.Sprintf("%s is %s away", d.quoted(other), syntax.WordCount(d.Gap(s.Join(other))))
		}
		return fmt.Sprintf("%s is in the same %s", d.quoted(other), l.Window.Unit.Name())
	}
	return ""
}

// comparedSpans bounds how many spans are measured for an explanation.
const comparedSpans = 200

// tooFar says how far away the nearest of the wanted spans is, "" when one is
// near enough.
func (d *diagnosis) tooFar(l *match.Level, t *match.SpanTest, spans []match.Span) string {
	if len(spans) == 0 || slices.ContainsFunc(spans, t.Passes) {
		return ""
	}
	near := d.SpansOf(t.Exprs)
	if len(near) == 0 {
		var terms []*match.Expr
		for _, x := range t.Exprs {
			terms = append(terms, leaves(x)...)
		}
		return d.noneOf(terms, "")
	}
	best, least := match.Span{}, -1
	for _, s := range spans[:min(len(spans), comparedSpans)] {
		for _, other := range near[:min(len(near), comparedSpans)] {
			if other.Field != s.Field {
				continue
			}
			if gap := d.Gap(s.Join(other)); least < 0 || gap < least {
				best, least = other, gap
			}
		}
	}
	switch {
	case least < 0:
		return fmt.Sprintf("%s is in %s only", d.quoted(near[0]), d.Fields[near[0].Field].Name)
	case l.Window.Unit == syntax.Words:
		return fmt.Sprintf("nearest %s is %s away", d.quoted(best), syntax.WordCount(least))
	}
	return fmt.Sprintf("nearest %s is in another %s, %s away",
		d.quoted(best), l.Window.Unit.Name(), syntax.WordCount(least))
}

// quoted is a span as the story writes it.
func (d *diagnosis) quoted(s match.Span) string {
	tokens := d.Tokens[s.Field]
	if int(s.End) >= len(tokens) {
		return syntax.Quote("")
	}
	return syntax.Quote(d.Fields[s.Field].Text[tokens[s.Start].Start:tokens[s.End].End])
}

func (d *diagnosis) times(l *match.Level, s *match.LevelSpans, counted bool) verdict {
	v := verdict{text: timesText(l.Times)}
	if !counted {
		return v
	}
	n := d.Count(l, s.Combined)
	v.held = n >= l.Times
	switch {
	case v.held:
	case l.Window.Unit == syntax.Anywhere:
		v.reason = fmt.Sprintf("found %d", n)
	case n == 0:
		v.reason = "found none " + l.Window.String()
	case l.Window.Unit == syntax.Words:
		v.reason = fmt.Sprintf("found %d, at most %d within %s",
			len(match.Disjoint(s.Combined)), n, syntax.WordCount(l.Window.Words))
	default:
		v.reason = fmt.Sprintf("found %d, at most %d in one %s", len(match.Disjoint(s.Combined)), n, l.Window.Unit.Name())
	}
	return v
}

// joins says whether the operands of a level stand in order, and close enough.
func (d *diagnosis) joins(l *match.Level, s *match.LevelSpans, counted bool) []verdict {
	var all []verdict
	ordered, near := verdict{text: "ordered", held: counted}, verdict{text: l.Window.String(), held: counted}
	if counted && len(s.Combined) == 0 {
		d.apart(l, s, &ordered, &near)
	}
	if l.Ordered {
		all = append(all, ordered)
	}
	// What is said of a list in the window says how far it reaches.
	said := len(s.Lists) == 1 && slices.ContainsFunc(l.Conditions, func(c match.Condition) bool {
		return c.Has&syntax.Windowed != 0
	})
	if l.Window.Unit != syntax.Anywhere && (!said || near.reason != "") {
		all = append(all, near)
	}
	return all
}

// apart finds out why there is no combination: the operands stand in different
// fields, in another order, or too far from each other.
func (d *diagnosis) apart(l *match.Level, s *match.LevelSpans, ordered, near *verdict) {
	var anywhere []match.Span
	if l.Ordered {
		anywhere = d.Chains(s.Lists, syntax.Anywhere)
	} else {
		anywhere = d.Combine(s.Lists, 0, syntax.Anywhere)
	}
	switch {
	case len(anywhere) == 0 && l.Ordered && len(d.Combine(s.Lists, 0, syntax.Anywhere)) > 0:
		ordered.fail("found, but not in this order")
	case len(anywhere) == 0 && l.Window.Unit == syntax.Anywhere:
		ordered.fail("found in different fields only")
	case len(anywhere) == 0:
		near.fail("found in different fields only")
	case l.Window.Unit == syntax.Words:
		least := -1
		for _, c := range anywhere {
			if gap := d.Gap(c); least < 0 || gap < least {
				least = gap
			}
		}
		near.fail(fmt.Sprintf("distance %d", least))
	default:
		near.fail("found in different " + l.Window.Unit.Name() + "s only")
	}
}

// blockers says which none nodes keep the combinations of a level from counting.
func (d *diagnosis) blockers(l *match.Level, s *match.LevelSpans) []verdict {
	var all []verdict
	for _, none := range l.None {
		v := verdict{label: label(none), text: written(none), held: true}
		if len(s.Combined) > 0 && len(s.Clear) == 0 {
			if by, blocked := d.Blocker(l, s, none); blocked {
				v.fail("spoilt by " + d.quoted(by) + " " + place(l))
			}
		}
		all = append(all, v)
	}
	return all
}

// place says where the span of a none node stands.
func place(l *match.Level) string {
	switch l.Window.Unit {
	case syntax.Words:
		return l.Window.String()
	case syntax.Anywhere:
		return "in the same field"
	}
	return "in the same " + l.Window.Unit.Name()
}

// noneCounts says which none nodes of a level hold.
func (d *diagnosis) noneCounts(l *match.Level, s *match.LevelSpans) []verdict {
	var all []verdict
	for _, none := range l.None {
		v := verdict{label: label(none), text: written(none), held: !d.AnyCounts(s.Filter, []*match.Expr{none})}
		if !v.held {
			v.reason = d.presence(none)
		}
		all = append(all, v)
	}
	return all
}
