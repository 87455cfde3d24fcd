package rules

import (
	"fmt"
	"slices"
)

// conditions tells what a level asks of its mentions, when every part of it is
// there; before that nothing can be said of it.
func (x *explainer) conditions(n *node) []verdict {
	l := n.level
	known := !slices.ContainsFunc(n.children, func(c *node) bool { return !x.holds(c) })
	if !known {
		return unknown(l)
	}
	f := x.findings(n)
	all := x.guards(l, f.sieve, n.children)
	counted := !slices.ContainsFunc(all, func(v verdict) bool { return !v.held })
	switch {
	case l.times > 0:
		return append(append(all, x.times(l, f, counted)), x.noneCounts(l, f)...)
	case l.joins():
		joins := x.joins(l, f, counted)
		return append(append(all, joins...), x.spoils(l, f)...)
	}
	return append(all, x.noneCounts(l, f)...)
}

// unknown lists the conditions of a level of which nothing can be said.
func unknown(l *level) []verdict {
	var all []verdict
	for _, c := range [...]struct {
		text  string
		given bool
	}{
		{"near", l.near != nil}, {"not near", l.notNear != nil}, {"not part of", l.notPartOf != nil},
		{"ordered", l.ordered}, {timesText(l.times), l.times > 0}, {l.window.String(), l.window.Unit != Anywhere && l.times == 0},
	} {
		if c.given {
			all = append(all, verdict{text: c.text})
		}
	}
	return all
}

// String is a window as a rule writes it.
func (w Window) String() string {
	switch w.Unit {
	case Words:
		return "within " + someWords(w.Words)
	case Sentence:
		return "within sentence"
	case Paragraph:
		return "within paragraph"
	}
	return "anywhere"
}

func someWords(n int) string {
	if n == 1 {
		return "1 word"
	}
	return fmt.Sprintf("%d words", n)
}

func timesText(n int) string { return fmt.Sprintf("times %d", n) }

// guards tells what keeps mentions of a level's parts from counting: of each
// part that has none left, why not.
func (x *explainer) guards(l *level, s *sieve, parts []*node) []verdict {
	type guard struct {
		name  string
		nodes []*node
		why   func(*sieve, []mention) string
	}
	var all []verdict
	var given []guard
	for _, g := range []guard{{"near", l.near, x.tooFar}, {"not near", l.notNear, x.tooNear}, {"not part of", l.notPartOf, x.insideOf}} {
		if g.nodes != nil {
			given = append(given, g)
			all = append(all, verdict{text: g.name, held: true})
		}
	}
	for _, part := range parts {
		if part.silent || len(given) == 0 || x.counts(s, part) {
			continue
		}
		list := x.ofAny([]*node{part})
		if part == l.of {
			list = x.ofAny(part.children)
		}
		told := slices.IndexFunc(given, func(g guard) bool { return g.why(s, list) != "" })
		if told < 0 {
			all[0].fail("found in different fields only")
			continue
		}
		all[told].fail(given[told].why(s, list))
	}
	return all
}

// fail makes the verdict one that does not hold, for a reason.
func (v *verdict) fail(reason string) { v.held, v.reason = false, reason }

// comparedMentions bounds how many mentions are measured for an explanation.
const comparedMentions = 200

// tooFar says how far away the nearest of the near nodes is, "" when one is
// near enough.
func (x *explainer) tooFar(s *sieve, list []mention) string {
	for _, c := range list {
		if _, ok := s.near.of(c); ok {
			return ""
		}
	}
	if len(list) == 0 {
		return ""
	}
	near := x.ofAny(s.level.near)
	if len(near) == 0 {
		var leaves []*node
		for _, n := range s.level.near {
			leaves = append(leaves, leavesOf(n)...)
		}
		return x.noneOf(leaves, "")
	}
	best, least := mention{}, -1
	for _, c := range list[:min(len(list), comparedMentions)] {
		for _, other := range near[:min(len(near), comparedMentions)] {
			if both := c.with(other); other.field == c.field {
				if words := inWords(x.between(c.field, both.firstEnd, both.lastStart)); least < 0 || words < least {
					best, least = other, words
				}
			}
		}
	}
	switch {
	case least < 0:
		return fmt.Sprintf("%s is in %s only", x.quoted(near[0]), x.fields[near[0].field].Name)
	case s.level.window.Unit == Words:
		return fmt.Sprintf("nearest %s is %s away", x.quoted(best), someWords(least))
	}
	return fmt.Sprintf("nearest %s is in another %s, %s away", x.quoted(best), unitName(s.level.window.Unit), someWords(least))
}

// tooNear says what is near the first mention that has near what must not be.
func (x *explainer) tooNear(s *sieve, list []mention) string {
	for _, c := range list {
		other, ok := s.notNear.of(c)
		switch {
		case !ok:
			continue
		case s.level.window.Unit == Words:
			both := c.with(other)
			return fmt.Sprintf("%s is %s away", x.quoted(other), someWords(inWords(x.between(c.field, both.firstEnd, both.lastStart))))
		}
		return fmt.Sprintf("%s is in the same %s", x.quoted(other), unitName(s.level.window.Unit))
	}
	return ""
}

// insideOf says in what longer mention the first mention lies that lies in one.
func (x *explainer) insideOf(s *sieve, list []mention) string {
	for _, c := range list {
		if outer, ok := s.longer.around(c); ok {
			return "inside " + x.quoted(outer)
		}
	}
	return ""
}

// quoted is a mention as the story writes it.
func (x *explainer) quoted(c mention) string {
	tokens := x.tokens[c.field]
	if int(c.end) >= len(tokens) {
		return quote("")
	}
	return quote(x.fields[c.field].Text[tokens[c.start].Start:tokens[c.end].End])
}

func (x *explainer) times(l *level, f *findings, counted bool) verdict {
	v := verdict{text: timesText(l.times)}
	if !counted {
		return v
	}
	n := x.often(l, f.joint)
	v.held = n >= l.times
	switch {
	case v.held:
	case l.window.Unit == Anywhere:
		v.reason = fmt.Sprintf("found %d", n)
	case n == 0:
		v.reason = "found none " + l.window.String()
	case l.window.Unit == Words:
		v.reason = fmt.Sprintf("found %d, at most %d within %s", len(disjoint(f.joint)), n, someWords(l.window.Words))
	default:
		v.reason = fmt.Sprintf("found %d, at most %d in one %s", len(disjoint(f.joint)), n, unitName(l.window.Unit))
	}
	return v
}

// joins tells whether the parts of a level stand in order, and close enough.
func (x *explainer) joins(l *level, f *findings, counted bool) []verdict {
	var all []verdict
	ordered, near := verdict{text: "ordered"}, verdict{text: l.window.String()}
	if counted {
		ordered.held, near.held = true, true
	}
	if counted && len(f.joint) == 0 {
		x.apart(l, f, &ordered, &near)
	}
	if l.ordered {
		all = append(all, ordered)
	}
	guarded := len(f.lists) == 1 && (l.near != nil || l.notNear != nil) // whose verdict tells of the window
	if l.window.Unit != Anywhere && (!guarded || near.reason != "") {
		all = append(all, near)
	}
	return all
}

// apart finds out why there is no combination: the parts stand in different
// fields, in another order, or too far from each other.
func (x *explainer) apart(l *level, f *findings, ordered, near *verdict) {
	var anywhere []mention
	if l.ordered {
		x.chain(f.lists, Anywhere, func(c mention, _ []mention) bool {
			anywhere = append(anywhere, c)
			return true
		})
	} else {
		anywhere = x.combined(f.lists, 0, Anywhere)
	}
	switch {
	case len(anywhere) == 0 && l.ordered && len(x.combined(f.lists, 0, Anywhere)) > 0:
		ordered.fail("found, but not in this order")
	case len(anywhere) == 0 && l.window.Unit == Anywhere:
		ordered.fail("found in different fields only")
	case len(anywhere) == 0:
		near.fail("found in different fields only")
	case l.window.Unit == Words:
		least := -1
		for _, c := range anywhere {
			if words := inWords(x.between(c.field, c.firstEnd, c.lastStart)); least < 0 || words < least {
				least = words
			}
		}
		near.fail(fmt.Sprintf("distance %d", least))
	default:
		near.fail("found in different " + unitName(l.window.Unit) + "s only")
	}
}

// spoils tells which none nodes keep the combinations of a level from counting.
func (x *explainer) spoils(l *level, f *findings) []verdict {
	var all []verdict
	for _, none := range l.none {
		v := verdict{label: none.label(), text: none.written(), held: true}
		if len(f.joint) > 0 && len(f.free) == 0 {
			spoiling := x.neighbours(f.sieve.keep(x.all(none)), l.window)
			for _, c := range f.joint {
				if by, spoilt := spoiling.of(c); spoilt {
					v.fail("spoilt by " + x.quoted(by) + " " + x.beside(l))
					break
				}
			}
		}
		all = append(all, v)
	}
	return all
}

// beside says where a spoiling mention stands.
func (x *explainer) beside(l *level) string {
	switch l.window.Unit {
	case Words:
		return l.window.String()
	case Anywhere:
		return "in the same field"
	}
	return "in the same " + unitName(l.window.Unit)
}

// noneCounts tells which none nodes of a level hold.
func (x *explainer) noneCounts(l *level, f *findings) []verdict {
	var all []verdict
	for _, none := range l.none {
		v := verdict{label: none.label(), text: none.written(), held: !x.anyCounts(f.sieve, []*node{none})}
		if !v.held {
			v.reason = x.presence(none)
		}
		all = append(all, v)
	}
	return all
}
