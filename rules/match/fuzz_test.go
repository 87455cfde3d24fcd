package match_test

import (
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// grower makes nodes and stories of the bytes of a fuzzer.
type grower struct{ bytes []byte }

// take returns a number below n.
func (g *grower) take(n int) int {
	if len(g.bytes) == 0 {
		return 0
	}
	b := g.bytes[0]
	g.bytes = g.bytes[1:]
	return int(b) % n
}

func (g *grower) node(depth int) rules.Node {
	words := []string{"Kim", "Putin", "kim putin", "~weapon", "weap*", "=US", "김정은", "푸틴", "金正恩", "Путин", "/k[iu]m+/", "K?m", "/!+|x/"}
	kind := g.take(8)
	switch {
	case kind < 3 || depth > 3:
		return term(words[g.take(len(words))])
	case kind == 3:
		return use([]string{"one", "two"}[g.take(2)])
	}
	var n rules.Node
	switch g.take(4) {
	case 0, 1:
		n.All = g.nodes(depth)
		n.Ordered = len(n.All) > 1 && g.take(4) == 0
	case 2:
		n.Any = g.nodes(depth)
	case 3:
		n.Of = g.nodes(depth)
		n.AtLeast = 1 + g.take(len(n.Of))
	}
	g.conditions(&n, depth)
	return n
}

func (g *grower) nodes(depth int) []rules.Node {
	nodes := make([]rules.Node, 1+g.take(3))
	for i := range nodes {
		nodes[i] = g.node(depth + 1)
	}
	return nodes
}

// conditions sets what is asked of a node's mentions.
func (g *grower) conditions(n *rules.Node, depth int) {
	switch g.take(8) {
	case 0:
		n.None = g.nodes(depth)
	case 1:
		n.Times = 2 + g.take(2)
	case 2:
		n.Near = g.nodes(depth)
	case 3:
		n.NotNear = g.nodes(depth)
	case 4:
		n.NotPartOf = g.nodes(depth)
	case 5:
		n.In = []rules.Place{{Field: []news.FieldName{"title", "lead", "body", "url"}[g.take(4)]}}
	case 6:
		n.In = []rules.Place{{Words: 1 + g.take(9)}, {Field: "title"}}
	}
	unit := rules.Unit(g.take(4))
	if n.Near != nil || n.NotNear != nil {
		unit = max(unit, rules.Words)
	}
	n.Within.Unit = unit
	if unit == rules.Words {
		n.Within.Words = g.take(5)
	}
}

func (g *grower) story() *news.Story {
	words := []string{"Kim", "Putin", "weapons", "US", "us", "김정은이", "푸틴은", "金正恩", "Путину", "kum", "x", "!", ".", ". The", "\n", "\n\n", "。", "K", "一"}
	text := func() string {
		var b strings.Builder
		for range g.take(24) {
			b.WriteString(words[g.take(len(words))] + " ")
		}
		return b.String()
	}
	return &news.Story{Title: text(), Titles: []string{text()}, Summary: text(), Text: text() + "\n" + text(), URL: "https://example.org/kim-putin"}
}

// FuzzTree holds that no rule panics, that evidence lies in the story, that an
// explanation says what Match says and adds up, and that the answer does not
// depend on what was asked before.
func FuzzTree(f *testing.F) {
	for seed := range 200 {
		b := make([]byte, 160)
		x := uint32(seed*2654435761 + 12345)
		for i := range b {
			x ^= x << 13
			x ^= x >> 17
			x ^= x << 5
			b[i] = byte(x >> 8)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		g := grower{b}
		d := rules.Definition{Concepts: map[string]rules.Node{"one": term("Kim"), "two": g.node(2)}}
		if strings.Contains(conceptsOf(d.Concepts["two"]), "two") {
			d.Concepts["two"] = term("Putin")
		}
		for _, name := range []string{"a", "b", "c"} {
			d.Rules = append(d.Rules, rules.Rule{Name: name, Node: g.node(0)})
		}
		set, mistakes := rules.Compile(d)
		if set == nil {
			if len(mistakes) == 0 {
				t.Fatal("refused without a mistake")
			}
			return
		}
		s := g.story()
		matched := map[string]bool{}
		for _, m := range set.Match(s) {
			matched[m.Rule] = true
			if len(m.Evidence) == 0 {
				t.Errorf("%s matches without evidence", m.Rule)
			}
			for _, e := range m.Evidence {
				checkEvidence(t, s, e)
			}
		}
		for _, r := range d.Rules {
			e := set.Explain(s, r.Name)[0]
			if e.Matched != matched[r.Name] || e.Matched != (len(e.Failed) == 0) {
				t.Errorf("%s of %+v: matched is %v, explained as %+v", r.Name, d, matched[r.Name], e)
			}
			checkClauses(t, e)
		}
	})
}

// conceptsOf names the concepts that a node uses.
func conceptsOf(n rules.Node) string {
	names := n.Concept
	for _, list := range [][]rules.Node{n.All, n.Any, n.None, n.Of, n.Near, n.NotNear, n.NotPartOf} {
		for _, c := range list {
			names += " " + conceptsOf(c)
		}
	}
	return names
}
