package match_test

import (
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

// This file and its neighbours reference_*_test.go are the meaning of rules a
// second time: as slow and as plain as the definition of the language, so that
// the fast one can be compared with it. Nothing is prepared, and every
// combination is looked for by trying.

// reading is one story as the reference reads it, with the definition that it
// is read for.
type reading struct {
	rules.Definition
	story  *news.Story
	fields []fieldText
	stems  text.Stems
	found  map[string][]place // where terms stand; only so that tests are quick
}

// fieldText is a field with its words, and the number of the sentence and of
// the paragraph that each stands in, once they are asked for.
type fieldText struct {
	news.Field
	tokens                []text.Token
	sentences, paragraphs []int
}

func read(d rules.Definition, s *news.Story) *reading {
	r := &reading{Definition: d, story: s, found: map[string][]place{}}
	for _, f := range s.Fields() {
		r.fields = append(r.fields, fieldText{Field: f, tokens: text.Split(f.Text)})
	}
	return r
}

// matching returns the numbers of the rules that match.
func (r *reading) matching() []int {
	var all []int
	for i := range r.Rules {
		if r.matches(&r.Rules[i]) {
			all = append(all, i)
		}
	}
	return all
}

func (r *reading) matches(rule *rules.Rule) bool {
	return !rule.Disabled && inTime(rule.Until, r.story.FirstSeen) && r.holds(rule.Node, nil) &&
		!slices.ContainsFunc(rule.Never, func(n rules.Node) bool { return r.holds(n, nil) }) &&
		r.admits(rule.Only) && !r.excludes(rule.Except)
}

func inTime(until, seen time.Time) bool { return until.IsZero() || seen.IsZero() || seen.Before(until) }

// holds reports whether a node holds on a level that looks in the given places.
func (r *reading) holds(n rules.Node, in []rules.Place) bool {
	if n.In != nil {
		in = n.In
	}
	switch {
	case n.Term != "":
		return len(r.term(n.Term, in)) > 0
	case n.Concept != "":
		return r.holds(r.Concepts[n.Concept], in)
	case n.Times > 0 || bound(n):
		return len(r.level(n, in)) > 0
	case filtered(n):
		return logic(n, func(child rules.Node) bool { return len(r.counted(n, []rules.Node{child}, in)[0]) > 0 })
	}
	return logic(n, func(child rules.Node) bool { return r.holds(child, in) })
}

// bound reports whether what holds on a level has to lie together.
func bound(n rules.Node) bool { return n.Within.Unit != rules.Anywhere || n.Ordered }

// filtered reports whether not every mention counts on a level.
func filtered(n rules.Node) bool { return len(n.Near)+len(n.NotNear)+len(n.NotPartOf) > 0 }

// logic is the plain boolean meaning of a level.
func logic(n rules.Node, holds func(rules.Node) bool) bool {
	count := func(nodes []rules.Node) int {
		held := 0
		for _, child := range nodes {
			if holds(child) {
				held++
			}
		}
		return held
	}
	return count(n.All) == len(n.All) && (n.Any == nil || count(n.Any) > 0) &&
		count(n.Of) >= n.AtLeast && count(n.None) == 0
}

// mentions returns the places where a node is mentioned, on a level that looks in
// the given places.
func (r *reading) mentions(n rules.Node, in []rules.Place) []mention {
	if n.In != nil {
		in = n.In
	}
	switch {
	case n.Term != "":
		var all []mention
		for _, p := range r.term(n.Term, in) {
			all = append(all, p.mention)
		}
		return all
	case n.Concept != "":
		return r.mentions(r.Concepts[n.Concept], in)
	}
	return r.level(n, in)
}

func (r *reading) mentionsOf(nodes []rules.Node, in []rules.Place) []mention {
	var all []mention
	for _, n := range nodes {
		all = append(all, r.mentions(n, in)...)
	}
	return all
}

// counted returns the mentions of each child that count on its level: those that
// near, not near and not part of leave.
func (r *reading) counted(level rules.Node, children []rules.Node, in []rules.Place) [][]mention {
	near, notNear := r.mentionsOf(level.Near, in), r.mentionsOf(level.NotNear, in)
	longer := r.mentionsOf(level.NotPartOf, in)
	all := make([][]mention, len(children))
	for i, child := range children {
		for _, m := range r.mentions(child, in) {
			isNear := func(other mention) bool { return r.fit(level.Within, m, other) }
			if (len(level.Near) == 0 || slices.ContainsFunc(near, isNear)) && !slices.ContainsFunc(notNear, isNear) &&
				!slices.ContainsFunc(longer, m.partOf) {
				all[i] = append(all[i], m)
			}
		}
	}
	return all
}

// level returns the mentions of everything on one level, taken together. A level
// that a node of none bars has no mentions.
func (r *reading) level(n rules.Node, in []rules.Place) []mention {
	holds := func(child rules.Node) bool { return r.holds(child, in) }
	absent := slices.DeleteFunc(slices.Clone(n.All), r.mentioned)
	if slices.ContainsFunc(absent, func(child rules.Node) bool { return !holds(child) }) {
		return nil
	}
	n.All = slices.DeleteFunc(slices.Clone(n.All), func(child rules.Node) bool { return !r.mentioned(child) })
	none := slices.Concat(r.counted(n, n.None, in)...)
	if !bound(n) || n.Times > 0 {
		if filtered(n) && len(none) > 0 || !filtered(n) && slices.ContainsFunc(n.None, holds) {
			return nil
		}
		none = nil
	}
	all, either, of := r.counted(n, n.All, in), r.counted(n, n.Any, in), r.counted(n, n.Of, in)
	var found []mention
	for _, scope := range r.scopes(n.Within.Unit) {
		for _, m := range together(n, inside(all, scope), inside(either, scope), inside(of, scope)) {
			spoils := func(other mention) bool { return r.fit(n.Within, m, other) }
			if r.fit(n.Within, m) && !slices.ContainsFunc(none, spoils) {
				found = append(found, m)
			}
		}
	}
	if n.Times > 0 {
		return r.times(n, found)
	}
	return found
}

// mentioned reports whether a node can have mentions: one that only says what
// must not be there takes no part where others are combined, but has to hold.
func (r *reading) mentioned(n rules.Node) bool {
	return n.Term != "" || n.Concept != "" && r.mentioned(r.Concepts[n.Concept]) ||
		slices.ContainsFunc(slices.Concat(n.All, n.Any, n.Of), r.mentioned)
}

// together combines the parts of a level: every node of all, then any as one,
// then of as one.
func together(n rules.Node, all, either, of [][]mention) []mention {
	parts := all
	if n.Any != nil {
		parts = append(parts, slices.Concat(either...))
	}
	if n.Of != nil {
		parts = append(parts, combine(of, n.AtLeast))
	}
	if n.Ordered {
		return chains(parts)
	}
	return combine(parts, len(parts))
}

// inside returns the mentions of every part that lie in a scope.
func inside(parts [][]mention, scope func(mention) bool) [][]mention {
	kept := make([][]mention, len(parts))
	for i, part := range parts {
		for _, m := range part {
			if scope(m) {
				kept[i] = append(kept[i], m)
			}
		}
	}
	return kept
}
