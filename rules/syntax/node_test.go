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

// TestLevels holds what is said of a level by the lists that it has.
func TestLevels(t *testing.T) {
	some, none := []syntax.Node{term("x")}, []syntax.Node{}
	for _, tt := range []struct {
		node         syntax.Node
		lists, empty bool
	}{
		{term("x"), false, false},
		{syntax.Node{Concept: "x"}, false, false},
		{syntax.Node{All: some}, true, false},
		{syntax.Node{Any: some}, true, false},
		{syntax.Node{Of: some, AtLeast: 1}, true, false},
		{syntax.Node{None: some}, true, false},
		{syntax.Node{Near: some}, false, false}, // it says which mentions count, and not what to look for
		{syntax.Node{NotNear: some, NotPartOf: some}, false, false},
		{syntax.Node{All: none}, true, true},
		{syntax.Node{Any: some, None: none}, true, true},
		{syntax.Node{Any: some, NotPartOf: none}, true, true},
		{syntax.Node{Any: some, In: []syntax.Place{}}, true, false},
		{syntax.Node{Any: []syntax.Node{{Any: none}}}, true, false}, // the list inside is a level of its own
	} {
		if got := tt.node.HasLists(); got != tt.lists {
			t.Errorf("%+v has lists: %v", tt.node, got)
		}
		if got := tt.node.HasEmptyList(); got != tt.empty {
			t.Errorf("%+v has an empty list: %v", tt.node, got)
		}
	}
}

// TestListsStop holds that a caller can stop reading the lists of a node.
func TestListsStop(t *testing.T) {
	n := full()
	for list := range n.Lists() {
		if list.Has != syntax.HasAll {
			t.Errorf("%s was read after the end", list.Name)
		}
		break
	}
}
