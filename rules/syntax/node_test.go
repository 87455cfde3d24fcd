package syntax_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules/syntax"
)

// full is a node with every list.
func full() syntax.Node {
	return syntax.Node{
		All: []syntax.Node{term("a")}, Any: []syntax.Node{term("b")}, Of: []syntax.Node{term("c")}, AtLeast: 1,
		None: []syntax.Node{term("d")}, Near: []syntax.Node{term("e")}, NotNear: []syntax.Node{term("f")},
		NotPartOf: []syntax.Node{term("g"), {Any: []syntax.Node{term("h"), {Any: []syntax.Node{term("i")}, Times: 2}}}},
	}
}

func TestLists(t *testing.T) {
	var got []string
	n := full()
	var keys syntax.Keys
	for list := range n.Lists() {
		got = append(got, list.Name)
		if keys&list.Has != 0 || n.Keys()&list.Has == 0 {
			t.Errorf("%s: key %b of %b", list.Name, list.Has, n.Keys())
		}
		keys |= list.Has
	}
	want := []string{"all", "any", "of", "none", "near", "not near", "not part of"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if keys != syntax.Nodes|syntax.SpanLists || keys != n.Keys() {
		t.Errorf("keys %b, want %b", keys, n.Keys())
	}
}

func TestKeys(t *testing.T) {
	some := []syntax.Node{term("x")}
	for _, tt := range []struct {
		node             syntax.Node
		keys             syntax.Keys
		list, conditions bool
	}{
		{term("x"), syntax.HasTerm, false, false},
		{syntax.Node{Concept: "x"}, syntax.HasConcept, false, false},
		{syntax.Node{Any: some}, syntax.HasAny, true, false},
		{syntax.Node{Any: []syntax.Node{}}, syntax.HasAny, true, false},
		{syntax.Node{Any: some, AtLeast: 1}, syntax.HasAny, false, false},
		{syntax.Node{Any: some, In: []syntax.Place{}}, syntax.HasAny | syntax.HasIn, false, false},
		{syntax.Node{Any: some, Times: 2}, syntax.HasAny | syntax.HasTimes, false, true},
		{syntax.Node{All: some, Ordered: true}, syntax.HasAll | syntax.HasOrdered, false, true},
		{syntax.Node{All: some, Within: syntax.Window{Unit: syntax.Sentence}}, syntax.HasAll | syntax.HasWithin, false, true},
		{syntax.Node{Of: some, NotPartOf: some}, syntax.HasOf | syntax.HasNotPartOf, false, true},
		{syntax.Node{None: some}, syntax.HasNone, false, false},
	} {
		if got := tt.node.Keys(); got != tt.keys {
			t.Errorf("%+v: keys %b, want %b", tt.node, got, tt.keys)
		}
		if tt.node.IsList() != tt.list || tt.node.HasConditions() != tt.conditions {
			t.Errorf("%+v: is a list: %v, has conditions: %v", tt.node, tt.node.IsList(), tt.node.HasConditions())
		}
	}
}

func TestIsNarrow(t *testing.T) {
	some := []syntax.Node{term("x")}
	for _, n := range []syntax.Node{
		{Any: some, Times: 2}, {All: some, Ordered: true}, {All: some, Within: syntax.Window{Unit: syntax.Sentence}},
		{Any: some, Near: some}, {Any: some, NotNear: some}, {Any: some, NotPartOf: some},
		{Any: some, In: []syntax.Place{{Field: news.FieldTitle}}},
	} {
		if !n.IsNarrow() {
			t.Errorf("%+v is not narrow", n)
		}
	}
	for _, n := range []syntax.Node{term("x"), {Concept: "x"}, full(), {Any: some, Times: 1}, {Of: some, AtLeast: 2}} {
		n.Near, n.NotNear, n.NotPartOf = nil, nil, nil
		if n.IsNarrow() {
			t.Errorf("%+v is narrow", n)
		}
	}
}

func TestWalk(t *testing.T) {
	paths := func(at *syntax.Path) map[string]string {
		n, all := full(), map[string]string{}
		n.Walk(at, func(n *syntax.Node, at *syntax.Path) {
			if n.Term != "" && at != nil {
				all[n.Term] = at.String()
			}
		})
		return all
	}
	want := map[string]string{
		"a": "rules[2].all[0]", "b": "rules[2].any[0]", "c": "rules[2].of[0]", "d": "rules[2].none[0]",
		"e": "rules[2].near[0]", "f": "rules[2].not near[0]", "g": "rules[2].not part of[0]",
		"h": "rules[2].not part of[1][0]", "i": "rules[2].not part of[1][1].any[0]",
	}
	if diff := cmp.Diff(want, paths(syntax.RulePath(2))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := paths(nil); len(got) > 0 {
		t.Errorf("paths without a path: %v", got)
	}
}

// TestWalkRule holds that a list is only bare below a rule.
func TestWalkRule(t *testing.T) {
	n := syntax.Node{Any: []syntax.Node{term("x")}}
	for _, tt := range []struct {
		at   *syntax.Path
		want string
	}{{syntax.RulePath(0), "rules[0].any[0]"}, {syntax.ConceptPath("kim"), "concepts.kim[0]"}} {
		n.Walk(tt.at, func(n *syntax.Node, at *syntax.Path) {
			if got := at.String(); n.Term != "" && got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
}

func TestWalkIsBounded(t *testing.T) {
	n := term("x")
	for range 1000 {
		n = syntax.Node{Any: []syntax.Node{n}}
	}
	visited := 0
	n.Walk(nil, func(*syntax.Node, *syntax.Path) { visited++ })
	if visited != syntax.MaxDepth+2 {
		t.Errorf("%d nodes visited", visited)
	}
}

func TestScope(t *testing.T) {
	title, first := syntax.Place{Field: news.FieldTitle}, syntax.Place{Words: 50}
	for _, tt := range []struct {
		in       []syntax.Place
		text     string
		touches  syntax.Fields
		inScopes []bool // whether title, the first 50 words and all text cover it
	}{
		{nil, "title or lead or body", syntax.InText, []bool{false, false, true}},
		{[]syntax.Place{title}, "title", syntax.InTitle, []bool{true, false, true}},
		{[]syntax.Place{first}, "the first 50 words", syntax.InFirst, []bool{false, true, true}},
		{[]syntax.Place{{Words: 10}, {Words: 20}}, "the first 20 words", syntax.InFirst, []bool{false, true, true}},
		{[]syntax.Place{{Field: news.FieldURL}, title}, "title or url", syntax.InTitle | syntax.InURL, []bool{false, false, false}},
	} {
		n := syntax.Node{In: tt.in}
		s := n.Scope(syntax.TextScope())
		if s.String() != tt.text || s.Touches() != tt.touches {
			t.Errorf("%+v: %q touches %b", tt.in, s, s.Touches())
		}
		for i, places := range [][]syntax.Place{{title}, {first}, nil} {
			outer := syntax.Node{In: places}
			if got := outer.Scope(syntax.TextScope()).Covers(s); got != tt.inScopes[i] {
				t.Errorf("%+v covers %+v: %v", places, tt.in, got)
			}
		}
	}
}

func TestFormat(t *testing.T) {
	five := []syntax.Node{term("a"), {Concept: "kim"}, {All: []syntax.Node{term("b")}}, term("d"), term("e")}
	for _, tt := range []struct {
		node syntax.Node
		want string
	}{
		{syntax.Node{All: five}, "all of [a, $kim, …, … 5 in all]"},
		{syntax.Node{Any: five[:4]}, "[a, $kim, …, d]"},
		{syntax.Node{Of: five[:1], AtLeast: 1}, "at least 1 of [a]"},
		{syntax.Node{None: five[:2]}, "none of [a, $kim]"},
	} {
		if got := tt.node.Brief(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	for want, w := range map[string]syntax.Window{
		"anywhere": {}, "within 1 word": {Unit: syntax.Words, Words: 1}, "within 10 words": {Unit: syntax.Words, Words: 10},
		"within sentence": {Unit: syntax.Sentence}, "within paragraph": {Unit: syntax.Paragraph},
	} {
		if got := w.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestFilterRange(t *testing.T) {
	for _, tt := range []struct {
		f    syntax.Filter
		text string
		in   []int
		out  []int
	}{
		{syntax.Filter{MinWords: 100}, "100+", []int{100, 9999}, []int{99}},
		{syntax.Filter{MaxWords: 200}, "0-200", []int{0, 200}, []int{201}},
		{syntax.Filter{MinWords: 100, MaxWords: 200}, "100-200", []int{100, 200}, []int{99, 201}},
	} {
		if tt.f.IsZero() || tt.f.WordRange() != tt.text {
			t.Errorf("%+v: %q", tt.f, tt.f.WordRange())
		}
		for _, n := range tt.in {
			if !tt.f.AdmitsWords(n) {
				t.Errorf("%s does not admit %d", tt.text, n)
			}
		}
		for _, n := range tt.out {
			if tt.f.AdmitsWords(n) {
				t.Errorf("%s admits %d", tt.text, n)
			}
		}
	}
	empty := syntax.Filter{Cites: []string{}}
	if !empty.IsZero() {
		t.Error("an empty list makes a filter")
	}
}
