package lint_test

import (
	"maps"
	"slices"
	"strings"
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

func TestMistakesOfTerms(t *testing.T) {
	for _, c := range []struct {
		name string
		d    syntax.Definition
		want syntax.Mistake
	}{
		{"regular expression", rule(term("/mi(s|z{2}ile/")),
			syntax.Mistake{Path: "rules[0]", Message: `regular expression "/mi(s|z{2}ile/": missing closing )`, Hint: "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"}},
		{"regular expression, where", rule(term("/mis**ile/")),
			syntax.Mistake{Path: "rules[0]", Message: `regular expression "/mis**ile/": invalid nested repetition operator: "**" at character 4`, Hint: "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"}},
		{"regular expression without bound", rule(term("/(x{900}){900}/")),
			syntax.Mistake{Path: "rules[0]", Message: `regular expression "/(x{900}){900}/": invalid repeat count: "{900}"`, Hint: "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"}},
		{"regular expression for nothing", rule(term("/(missile)*/")),
			syntax.Mistake{Path: "rules[0]", Message: `regular expression "/(missile)*/" matches where nothing stands`, Hint: "let it ask for at least one character: + instead of *"}},
		{"long regular expression", rule(term("/" + strings.Repeat("x", 1001) + "/")),
			syntax.Mistake{Path: "rules[0]", Message: "a regular expression of 1001 bytes", Hint: "at most 1000: make it several terms"}},
		{"question mark and star", rule(term("organi?ation*")),
			syntax.Mistake{Path: "rules[0]", Message: `? and * on one term: "organi?ation*"`, Hint: "? is one letter of a word that is written out: organi?ation, organi?ations"}},
		{"question mark and tilde", rule(term("~organi?ation")),
			syntax.Mistake{Path: "rules[0]", Message: `? and ~ on one term: "~organi?ation"`, Hint: "? is one letter of a word that is written out: organi?ation, organi?ations"}},
		{"star in front", rule(term("*missile")),
			syntax.Mistake{Path: "rules[0]", Message: `* stands elsewhere than at the end of "*missile"`, Hint: "write the beginning of a word, then *: missile*; one letter is ?: organi?ation"}},
		{"star inside", rule(term("mis*ile")),
			syntax.Mistake{Path: "rules[0]", Message: `* stands elsewhere than at the end of "mis*ile"`, Hint: "write the beginning of a word, then *: missile*; one letter is ?: organi?ation"}},
		{"star alone", rule(term("*")), syntax.Mistake{Path: "rules[0]", Message: `only a sign, and no word: "*"`, Hint: "signs go with a word: =US, ~weapon, missile*"}},
		{"star after a space", rule(term("nuclear *")), syntax.Mistake{Path: "rules[0]", Message: `* stands alone in "nuclear *"`, Hint: "write it right behind a word"}},
		{"dollar alone", rule(term("$")), syntax.Mistake{Path: "rules[0]", Message: `only a sign, and no word: "$"`, Hint: "signs go with a word: =US, ~weapon, missile*"}},
		{"tilde alone", rule(term("~")), syntax.Mistake{Path: "rules[0]", Message: `only a sign, and no word: "~"`, Hint: "signs go with a word: =US, ~weapon, missile*"}},
		{"two signs", rule(term("=~weapon")), syntax.Mistake{Path: "rules[0]", Message: `two signs before one term: "=~weapon"`, Hint: "choose one of = and ~"}},
		{"tilde and star", rule(term("~weapon*")),
			syntax.Mistake{Path: "rules[0]", Message: `~ and * on one term: "~weapon*"`, Hint: "~weapon finds its inflections, weapon* everything that begins so"}},
		{"no word", rule(term("!?…")), syntax.Mistake{Path: "rules[0]", Message: `no word in "!?…"`, Hint: "a term needs a letter or a digit"}},
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
