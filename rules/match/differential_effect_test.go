package match_test

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// changed copies a definition, with a change made to every node.
func changed(d rules.Definition, change func(*rules.Node)) rules.Definition {
	d.Concepts = maps.Clone(d.Concepts)
	for name, n := range d.Concepts {
		d.Concepts[name] = changedNode(n, change)
	}
	d.Rules = slices.Clone(d.Rules)
	for i := range d.Rules {
		r := &d.Rules[i]
		r.Node, r.Never = changedNode(r.Node, change), changedNodes(r.Never, change)
	}
	return d
}

func changedNode(n rules.Node, change func(*rules.Node)) rules.Node {
	for _, list := range []*[]rules.Node{&n.All, &n.Any, &n.None, &n.Of, &n.Near, &n.NotNear, &n.NotPartOf} {
		*list = changedNodes(*list, change)
	}
	change(&n)
	return n
}

func changedNodes(nodes []rules.Node, change func(*rules.Node)) []rules.Node {
	nodes = slices.Clone(nodes)
	for i := range nodes {
		nodes[i] = changedNode(nodes[i], change)
	}
	return nodes
}

// effects are the parts of the language, each with what leaves it out, or puts
// its opposite in its place.
var effects = []struct {
	name   string
	change func(*rules.Node)
	rule   func(*rules.Rule)
}{
	{name: "all", change: func(n *rules.Node) {
		if n.All != nil && n.Any == nil && !n.Ordered {
			n.All, n.Any = nil, n.All
		}
	}},
	{name: "any", change: func(n *rules.Node) { n.Any = n.Any[:min(1, len(n.Any))] }},
	{name: "none", change: func(n *rules.Node) { n.None = nil }},
	{name: "at least", change: func(n *rules.Node) { n.AtLeast = min(1, n.AtLeast) }},
	{name: "times", change: func(n *rules.Node) { n.Times = 0 }},
	{name: "times with within", change: func(n *rules.Node) {
		if bound(*n) {
			n.Times = 0
		}
	}},
	{name: "within words", change: wider(rules.Words)},
	{name: "within sentence", change: wider(rules.Sentence)},
	{name: "within paragraph", change: wider(rules.Paragraph)},
	{name: "ordered", change: func(n *rules.Node) { n.Ordered = false }},
	{name: "near", change: func(n *rules.Node) { n.Near = nil }},
	{name: "not near", change: func(n *rules.Node) { n.NotNear = nil }},
	{name: "not part of", change: func(n *rules.Node) { n.NotPartOf = nil }},
	{name: "in", change: func(n *rules.Node) { n.In = nil }},
	{name: "first words", change: func(n *rules.Node) {
		if slices.ContainsFunc(n.In, func(p rules.Place) bool { return p.Words > 0 }) {
			n.In = []rules.Place{{Field: news.FieldLead}, {Field: news.FieldBody}}
		}
	}},
	{name: "=", change: func(n *rules.Node) { n.Term = strings.TrimPrefix(n.Term, "=") }},
	{name: "~", change: func(n *rules.Node) { n.Term = strings.TrimPrefix(n.Term, "~") }},
	{name: "*", change: func(n *rules.Node) { n.Term = strings.TrimSuffix(n.Term, "*") }},
	{name: "?", change: func(n *rules.Node) {
		if n.Term != "" && n.Term[0] != '/' {
			n.Term = strings.ReplaceAll(n.Term, "?", "x")
		}
	}},
	{name: "/re/", change: func(n *rules.Node) {
		if strings.HasPrefix(n.Term, "/") {
			n.Term = "x"
		}
	}},
	{name: "never", rule: func(r *rules.Rule) { r.Never = nil }},
	{name: "only", rule: func(r *rules.Rule) { r.Only = rules.Filter{} }},
	{name: "except", rule: func(r *rules.Rule) { r.Except = rules.Filter{} }},
	{name: "until", rule: func(r *rules.Rule) { r.Until = day(9) }},
	{name: "enabled", rule: func(r *rules.Rule) { r.Disabled = false }},
}

// wider opens the windows of one unit to the whole of a field.
func wider(u rules.Unit) func(*rules.Node) {
	return func(n *rules.Node) {
		if n.Within.Unit == u {
			n.Within = rules.Window{Unit: rules.Words, Words: 1 << 20}
		}
	}
}

// TestDifferentialCases holds that the trials try something: neither too few
// nor too many rules match, and every part of the language decides some.
func TestDifferentialCases(t *testing.T) {
	const trials, fewest = 500, 3
	matching, all := 0, 0
	decided := make([]int, len(effects))
	for seed := range uint64(trials) {
		c := newTrial(decisions(seed))
		r := read(c.definition, c.stories[0])
		was := r.matching()
		matching, all = matching+len(was), all+len(c.definition.Rules)
		for i, e := range effects {
			node, rule := e.change, e.rule
			if node == nil {
				node = func(*rules.Node) {}
			}
			if rule == nil {
				rule = func(*rules.Rule) {}
			}
			d := changed(c.definition, node)
			for j := range d.Rules {
				rule(&d.Rules[j])
			}
			if reflect.DeepEqual(d, c.definition) {
				continue
			}
			r.Definition = d
			if !slices.Equal(was, r.matching()) {
				decided[i]++
			}
		}
	}
	t.Logf("%d of %d rules match in %d trials", matching, all, trials)
	if matching*5 < all || matching*5 > all*4 {
		t.Errorf("%d of %d rules match", matching, all)
	}
	for i, e := range effects {
		t.Logf("%-20s decides %d trials", e.name, decided[i])
		if decided[i] < fewest {
			t.Errorf("%s decides %d trials, at least %d should hang on it", e.name, decided[i], fewest)
		}
	}
}
