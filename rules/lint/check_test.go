package lint_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/rules/lint"
	"github.com/copytaster/copytaster/rules/syntax"
)

// check returns the mistakes of a definition.
func check(d syntax.Definition) []syntax.Mistake {
	return lint.Check(&d, slices.Sorted(maps.Keys(d.Concepts)), syntax.NewTerms(), func(int) {})
}

func term(s string) syntax.Node              { return syntax.Node{Term: s} }
func use(s string) syntax.Node               { return syntax.Node{Concept: s} }
func anyOf(nodes ...syntax.Node) syntax.Node { return syntax.Node{Any: nodes} }
func allOf(nodes ...syntax.Node) syntax.Node { return syntax.Node{All: nodes} }

func concept(name string, n syntax.Node) syntax.Definition {
	return syntax.Definition{Concepts: map[string]syntax.Node{name: n}}
}

func rule(n syntax.Node) syntax.Definition {
	return syntax.Definition{Rules: []syntax.Rule{{Name: "r", Node: n}}}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name string
		d    syntax.Definition
		want syntax.Mistake
	}{
		{"unknown concept", syntax.Definition{Concepts: map[string]syntax.Node{"kim": term("Kim")},
			Rules: []syntax.Rule{{Name: "r", Node: allOf(term("a"), use("kin"))}}},
			syntax.Mistake{Path: "rules[0].all[1]", Message: "unknown concept $kin", Hint: "did you mean $kim?"}},
		{"unknown concept, nothing near", rule(allOf(use("putin"))),
			syntax.Mistake{Path: "rules[0].all[0]", Message: "unknown concept $putin", Hint: "define it under concepts:"}},
		{"unknown concept in a concept", concept("a", anyOf(term("x"), use("b"))),
			syntax.Mistake{Path: "concepts.a[1]", Message: "unknown concept $b", Hint: "did you mean $a?"}},
		{"cycle", syntax.Definition{Concepts: map[string]syntax.Node{
			"a": use("b"), "b": anyOf(term("x"), allOf(use("c"))), "c": use("a")}},
			syntax.Mistake{Path: "concepts.a", Message: "concept $a uses itself: $a → $b → $c → $a"}},
		{"cycle of one", concept("a", anyOf(use("a"), term("x"))),
			syntax.Mistake{Path: "concepts.a", Message: "concept $a uses itself: $a → $a"}},
		{"empty term", rule(anyOf(term("a"), term(" "))), syntax.Mistake{Path: "rules[0].any[1]", Message: "empty term"}},
		{"empty node", rule(allOf(syntax.Node{})), syntax.Mistake{Path: "rules[0].all[0]", Message: "empty term"}},
		{"empty node with fields", concept("a", syntax.Node{In: []syntax.Place{{Field: "title"}}}), syntax.Mistake{Path: "concepts.a", Message: "empty term"}},
		{"empty all", rule(syntax.Node{All: []syntax.Node{}}), syntax.Mistake{Path: "rules[0].all", Message: "the list is empty"}},
		{"empty any inside", rule(allOf(term("a"), syntax.Node{Any: []syntax.Node{}})), syntax.Mistake{Path: "rules[0].all[1]", Message: "the list is empty"}},
		{"empty none", rule(syntax.Node{All: []syntax.Node{term("a")}, None: []syntax.Node{}}), syntax.Mistake{Path: "rules[0].none", Message: "the list is empty"}},
		{"deep path", rule(allOf(anyOf(term("a"), syntax.Node{Any: []syntax.Node{term("=")}, In: []syntax.Place{{Field: "title"}}}))),
			syntax.Mistake{Path: "rules[0].all[0][1].any[0]", Message: `only a sign, and no word: "="`, Hint: "signs go with a word: =US, ~weapon, missile*"}},
		{"nothing to look for", rule(syntax.Node{}), syntax.Mistake{Path: "rules[0]", Message: "the rule has nothing to look for", Hint: "add all: or any: with a list of terms"}},
		{"only negatives", rule(syntax.Node{None: []syntax.Node{term("a")}}),
			syntax.Mistake{Path: "rules[0]", Message: "the rule only says what must not be there", Hint: "add all: or any: with what to look for"}},
		{"only negatives, nested", rule(allOf(syntax.Node{None: []syntax.Node{term("a")}})),
			syntax.Mistake{Path: "rules[0]", Message: "the rule only says what must not be there", Hint: "add all: or any: with what to look for"}},
		{"a negative choice", rule(anyOf(term("a"), syntax.Node{None: []syntax.Node{term("b")}})),
			syntax.Mistake{Path: "rules[0]", Message: "the rule only says what must not be there", Hint: "add all: or any: with what to look for"}},
		{"only negatives in a concept", syntax.Definition{Concepts: map[string]syntax.Node{"no": {None: []syntax.Node{term("a")}}},
			Rules: []syntax.Rule{{Name: "r", Node: allOf(use("no"))}}},
			syntax.Mistake{Path: "rules[0]", Message: "the rule only says what must not be there", Hint: "add all: or any: with what to look for"}},
		{"no name", syntax.Definition{Rules: []syntax.Rule{{Node: term("a")}}}, syntax.Mistake{Path: "rules[0]", Message: "the rule has no name", Hint: "add name: a short word for it"}},
		{"two of one name", syntax.Definition{Rules: []syntax.Rule{{Name: "a", Node: term("a")}, {Name: "a", Node: term("b")}}},
			syntax.Mistake{Path: "rules[1].name", Message: `two rules are named "a"`, Hint: "the other is rule 1 of all"}},
		{"unknown field", rule(syntax.Node{Any: []syntax.Node{term("a")}, In: []syntax.Place{{Field: "title"}, {Field: "boddy"}}}),
			syntax.Mistake{Path: "rules[0].in[1]", Message: `unknown field "boddy"`, Hint: "did you mean body?"}},
		{"unknown field, nothing near", rule(syntax.Node{Any: []syntax.Node{term("a")}, In: []syntax.Place{{Field: "headline"}}}),
			syntax.Mistake{Path: "rules[0].in[0]", Message: `unknown field "headline"`, Hint: "use title, lead, body or url"}},
		{"term and list", rule(syntax.Node{Term: "a", Any: []syntax.Node{term("b")}}),
			syntax.Mistake{Path: "rules[0]", Message: "a term and a list on one level", Hint: "put the term into the list"}},
		{"concept and list", rule(syntax.Node{Concept: "a", Any: []syntax.Node{term("b")}}),
			syntax.Mistake{Path: "rules[0]", Message: "a term and a list on one level", Hint: "put the term into the list"}},
		{"name of white space", syntax.Definition{Rules: []syntax.Rule{{Name: " ", Node: term("a")}}},
			syntax.Mistake{Path: "rules[0]", Message: "the rule has no name", Hint: "add name: a short word for it"}},
		{"term of another tool", rule(term("missile* AND test")),
			syntax.Mistake{Path: "rules[0]", Message: `* stands elsewhere than at the end of "missile* AND test"`, Hint: "write {all: [missile*, test]}"}},
		{"negative lengths", syntax.Definition{Rules: []syntax.Rule{{Name: "r", Node: term("a"), Except: syntax.Filter{MinWords: -1}}}},
			syntax.Mistake{Path: "rules[0].except.words", Message: "no text is that long", Hint: "the first number is the least, the second the most"}},
		{"test without any field that rules look in", syntax.Definition{Rules: []syntax.Rule{{
			Name: "r", Node: term("a"), Tests: []syntax.TestCase{
				{Story: syntax.TestStory{Titles: []string{"a"}}}, {Story: syntax.TestStory{Lead: "a"}},
				{Story: syntax.TestStory{URL: "a"}}, {Story: syntax.TestStory{Source: "a", Outlet: "b"}}}}}},
			syntax.Mistake{Path: "rules[0].tests[3]", Message: "the test has no text"}},
		{"never", syntax.Definition{Rules: []syntax.Rule{{Name: "r", Node: term("a"),
			Never: []syntax.Node{term("b"), anyOf(term("/x*/"))}}}},
			syntax.Mistake{Path: "rules[0].never[1][0]", Message: `regular expression "/x*/" matches where nothing stands`, Hint: "let it ask for at least one character: + instead of *"}},
		{"lengths", syntax.Definition{Rules: []syntax.Rule{{Name: "r", Node: term("a"),
			Only: syntax.Filter{MinWords: 9, MaxWords: 3}}}},
			syntax.Mistake{Path: "rules[0].only.words", Message: "no text is that long", Hint: "the first number is the least, the second the most"}},
		{"test without text", syntax.Definition{Rules: []syntax.Rule{{Name: "r", Node: term("a"), Tests: []syntax.TestCase{{Want: true}}}}},
			syntax.Mistake{Path: "rules[0].tests[0]", Message: "the test has no text"}},
	} {
		t.Run(c.name, func(t *testing.T) { checkMistake(t, c.d, c.want) })
	}
}

// checkMistake holds that a definition has one mistake.
func checkMistake(t *testing.T, d syntax.Definition, want syntax.Mistake) {
	t.Helper()
	got := check(d)
	if diff := cmp.Diff([]syntax.Mistake{want}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestMistakesAllAtOnce(t *testing.T) {
	got := check(syntax.Definition{
		Concepts: map[string]syntax.Node{"b": use("nowhere"), "a": term("=")},
		Rules:    []syntax.Rule{{Name: "r", Node: term("")}, {Name: "r", Node: anyOf(term("/x*/"), use("y"))}},
	})
	var paths []string
	for _, m := range got {
		paths = append(paths, m.Path)
	}
	want := []string{"concepts.a", "concepts.b", "rules[0]", "rules[1].name", "rules[1].any[0]", "rules[1].any[1]"}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWarnings(t *testing.T) {
	d := syntax.Definition{Concepts: map[string]syntax.Node{"kim": anyOf(term("kim"), term("Kim Jong-un")), "all": anyOf(term("kim"))},
		Rules: []syntax.Rule{{Name: "r", Node: allOf(term("Kim"), anyOf(term("kim"), term("=kim")))}}}
	got := check(d)
	want := []syntax.Mistake{
		{Path: "concepts.all[0]", Message: `"kim" is looked for as a word, and is the name of a concept too`, Hint: "did you mean $kim?", Warning: true},
		{Path: "rules[0].all[0]", Message: `"Kim" is looked for as a word, and nothing uses the concept $kim`, Hint: "did you mean $kim?", Warning: true},
		{Path: "rules[0].all[1][0]", Message: `"kim" is looked for as a word, and is the name of a concept too`, Hint: "did you mean $kim?", Warning: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestCheckedRules holds that a rule is passed on once it was checked, as long as
// nothing is wrong, and that its terms are in the dictionary by then.
func TestCheckedRules(t *testing.T) {
	right := syntax.Rule{Name: "right", Node: anyOf(term("Kim"))}
	warned := syntax.Rule{Name: "warned", Node: anyOf(term("Moon"), term("Moon"))}
	wrong := syntax.Rule{Name: "wrong", Node: anyOf(term("="))}
	for _, tt := range []struct {
		name  string
		d     syntax.Definition
		rules []int
	}{
		{"right", syntax.Definition{Rules: []syntax.Rule{right, warned}}, []int{0, 1}},
		{"a mistake in a rule", syntax.Definition{Rules: []syntax.Rule{right, wrong, warned}}, []int{0}},
		{"a mistake in a concept", syntax.Definition{
			Concepts: map[string]syntax.Node{"no": term("=")}, Rules: []syntax.Rule{right}}, nil},
		{"a concept that uses itself", syntax.Definition{
			Concepts: map[string]syntax.Node{"a": use("a")}, Rules: []syntax.Rule{right}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var passed []int
			terms := syntax.NewTerms()
			lint.Check(&tt.d, slices.Sorted(maps.Keys(tt.d.Concepts)), terms, func(i int) {
				passed = append(passed, i)
				known := terms.Len()
				tt.d.Rules[i].Node.Walk(nil, func(n *syntax.Node, _ *syntax.Path) {
					if n.Term != "" && int(terms.ID(n.Term)) >= known {
						t.Errorf("rule %d was passed on before its term %s was read", i, n.Term)
					}
				})
			})
			if !slices.Equal(passed, tt.rules) {
				t.Errorf("the rules %v were passed on, want %v", passed, tt.rules)
			}
		})
	}
}

// TestUnknownNames holds that names are compared with those of the concepts as long
// as they are few: of an include that is missing all of them are unknown.
func TestUnknownNames(t *testing.T) {
	names := []syntax.Node{use("kin")}
	for i := range 101 {
		names = append(names, use(fmt.Sprintf("unknown%d", i)))
	}
	d := syntax.Definition{Concepts: map[string]syntax.Node{"kim": term("Kim")},
		Rules: []syntax.Rule{{Name: "r", Node: allOf(append(names, use("kem"))...),
			Never: []syntax.Node{allOf(use("kin"), term("x"))}}}}
	got := check(d)
	if len(got) != len(names)+2 {
		t.Fatalf("%d mistakes of %d names", len(got), len(names)+2)
	}
	for at, hint := range map[int]string{
		0: "did you mean $kim?", 102: "define it under concepts:", 103: "did you mean $kim?",
	} {
		if got[at].Hint != hint {
			t.Errorf("%s: %s (%s), want the hint %q", got[at].Path, got[at].Message, got[at].Hint, hint)
		}
	}
}
