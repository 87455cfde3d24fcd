package rules_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

func Term(s string) rules.Node             { return rules.Node{Term: s} }
func use(s string) rules.Node              { return rules.Node{Concept: s} }
func anyOf(nodes ...rules.Node) rules.Node { return rules.Node{Any: nodes} }
func allOf(nodes ...rules.Node) rules.Node { return rules.Node{All: nodes} }

func concept(name string, n rules.Node) rules.Definition {
	return rules.Definition{Concepts: map[string]rules.Node{name: n}}
}

func rule(n rules.Node) rules.Definition {
	return rules.Definition{Rules: []rules.Rule{{Name: "r", Node: n}}}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		name string
		d    rules.Definition
		want rules.Mistake
	}{
		{"unknown concept", rules.Definition{Concepts: map[string]rules.Node{"kim": Term("Kim")}, Rules: []rules.Rule{{Name: "r", Node: allOf(Term("a"), use("kin"))}}},
			rules.Mistake{Path: "rules[0].all[1]", Message: "unknown concept $kin", Hint: "did you mean $kim?"}},
		{"unknown concept, nothing near", rule(allOf(use("putin"))),
			rules.Mistake{Path: "rules[0].all[0]", Message: "unknown concept $putin", Hint: "define it under concepts:"}},
		{"unknown concept in a concept", concept("a", anyOf(Term("x"), use("b"))),
			rules.Mistake{Path: "concepts.a[1]", Message: "unknown concept $b", Hint: "did you mean $a?"}},
		{"cycle", rules.Definition{Concepts: map[string]rules.Node{"a": use("b"), "b": anyOf(Term("x"), allOf(use("c"))), "c": use("a")}},
			rules.Mistake{Path: "concepts.a", Message: "concept $a uses itself: $a → $b → $c → $a"}},
		{"cycle of one", concept("a", anyOf(use("a"), Term("x"))),
			rules.Mistake{Path: "concepts.a", Message: "concept $a uses itself: $a → $a"}},
		{"empty term", rule(anyOf(Term("a"), Term(" "))), rules.Mistake{Path: "rules[0].any[1]", Message: "empty term"}},
		{"empty node", rule(allOf(rules.Node{})), rules.Mistake{Path: "rules[0].all[0]", Message: "empty term"}},
		{"empty node with fields", concept("a", rules.Node{In: []rules.Place{{Field: "title"}}}), rules.Mistake{Path: "concepts.a", Message: "empty term"}},
		{"empty all", rule(rules.Node{All: []rules.Node{}}), rules.Mistake{Path: "rules[0].all", Message: "the list is empty"}},
		{"empty any inside", rule(allOf(Term("a"), rules.Node{Any: []rules.Node{}})), rules.Mistake{Path: "rules[0].all[1]", Message: "the list is empty"}},
		{"empty none", rule(rules.Node{All: []rules.Node{Term("a")}, None: []rules.Node{}}), rules.Mistake{Path: "rules[0].none", Message: "the list is empty"}},
		{"deep path", rule(allOf(anyOf(Term("a"), rules.Node{Any: []rules.Node{Term("=")}, In: []rules.Place{{Field: "title"}}}))),
			rules.Mistake{Path: "rules[0].all[0][1].any[0]", Message: `only a sign, and no word: "="`, Hint: "signs go with a word: =US, ~weapon, missile*"}},
		{"nothing to look for", rule(rules.Node{}), rules.Mistake{Path: "rules[0]", Message: "the rule has nothing to look for", Hint: "add all: or any: with a list of terms"}},
		{"only negatives", rule(rules.Node{None: []rules.Node{Term("a")}}),
			rules.Mistake{Path: "rules[0]", Message: "the rule only says what must not be there", Hint: "add all: or any: with what to look for"}},
		{"only negatives, nested", rule(allOf(rules.Node{None: []rules.Node{Term("a")}})),
			rules.Mistake{Path: "rules[0]", Message: "the rule only says what must not be there", Hint: "add all: or any: with what to look for"}},
		{"a negative choice", rule(anyOf(Term("a"), rules.Node{None: []rules.Node{Term("b")}})),
			rules.Mistake{Path: "rules[0]", Message: "the rule only says what must not be there", Hint: "add all: or any: with what to look for"}},
		{"only negatives in a concept", rules.Definition{Concepts: map[string]rules.Node{"no": {None: []rules.Node{Term("a")}}}, Rules: []rules.Rule{{Name: "r", Node: allOf(use("no"))}}},
			rules.Mistake{Path: "rules[0]", Message: "the rule only says what must not be there", Hint: "add all: or any: with what to look for"}},
		{"no name", rules.Definition{Rules: []rules.Rule{{Node: Term("a")}}}, rules.Mistake{Path: "rules[0]", Message: "the rule has no name", Hint: "add name: a short word for it"}},
		{"two of one name", rules.Definition{Rules: []rules.Rule{{Name: "a", Node: Term("a")}, {Name: "a", Node: Term("b")}}},
			rules.Mistake{Path: "rules[1].name", Message: `two rules are named "a"`, Hint: "the other is rule 1 of all"}},
		{"unknown field", rule(rules.Node{Any: []rules.Node{Term("a")}, In: []rules.Place{{Field: "title"}, {Field: "boddy"}}}),
			rules.Mistake{Path: "rules[0].in[1]", Message: `unknown field "boddy"`, Hint: "did you mean body?"}},
		{"unknown field, nothing near", rule(rules.Node{Any: []rules.Node{Term("a")}, In: []rules.Place{{Field: "headline"}}}),
			rules.Mistake{Path: "rules[0].in[0]", Message: `unknown field "headline"`, Hint: "use title, lead, body or url"}},
		{"term and list", rule(rules.Node{Term: "a", Any: []rules.Node{Term("b")}}),
			rules.Mistake{Path: "rules[0]", Message: "a term and a list on one level", Hint: "put the term into the list"}},
		{"never", rules.Definition{Rules: []rules.Rule{{Name: "r", Node: Term("a"), Never: []rules.Node{Term("b"), anyOf(Term("/x*/"))}}}},
			rules.Mistake{Path: "rules[0].never[1][0]", Message: `regular expression "/x*/" matches where nothing stands`, Hint: "let it ask for at least one character: + instead of *"}},
		{"lengths", rules.Definition{Rules: []rules.Rule{{Name: "r", Node: Term("a"), Only: rules.Filter{MinWords: 9, MaxWords: 3}}}},
			rules.Mistake{Path: "rules[0].only.words", Message: "no text is that long", Hint: "the first number is the least, the second the most"}},
		{"test without text", rules.Definition{Rules: []rules.Rule{{Name: "r", Node: Term("a"), Tests: []rules.TestCase{{Want: true}}}}},
			rules.Mistake{Path: "rules[0].tests[0]", Message: "the test has no text"}},
	} {
		t.Run(c.name, func(t *testing.T) { checkMistake(t, c.d, c.want) })
	}
}

func TestMistakesOfTerms(t *testing.T) {
	for _, c := range []struct {
		name string
		d    rules.Definition
		want rules.Mistake
	}{
		{"regular expression", rule(Term("/mi(s|z{2}ile/")),
			rules.Mistake{Path: "rules[0]", Message: `regular expression "/mi(s|z{2}ile/": missing closing )`, Hint: "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"}},
		{"regular expression, where", rule(Term("/mis**ile/")),
			rules.Mistake{Path: "rules[0]", Message: `regular expression "/mis**ile/": invalid nested repetition operator: "**" at character 4`, Hint: "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"}},
		{"regular expression without bound", rule(Term("/(x{900}){900}/")),
			rules.Mistake{Path: "rules[0]", Message: `regular expression "/(x{900}){900}/": invalid repeat count: "{900}"`, Hint: "the syntax is RE2's: https://github.com/google/re2/wiki/Syntax"}},
		{"regular expression for nothing", rule(Term("/(missile)*/")),
			rules.Mistake{Path: "rules[0]", Message: `regular expression "/(missile)*/" matches where nothing stands`, Hint: "let it ask for at least one character: + instead of *"}},
		{"long regular expression", rule(Term("/" + strings.Repeat("x", 1001) + "/")),
			rules.Mistake{Path: "rules[0]", Message: "a regular expression of 1001 bytes", Hint: "at most 1000: make it several terms"}},
		{"question mark and star", rule(Term("organi?ation*")),
			rules.Mistake{Path: "rules[0]", Message: `? and * on one term: "organi?ation*"`, Hint: "? is one letter of a word that is written out: organi?ation, organi?ations"}},
		{"question mark and tilde", rule(Term("~organi?ation")),
			rules.Mistake{Path: "rules[0]", Message: `? and ~ on one term: "~organi?ation"`, Hint: "? is one letter of a word that is written out: organi?ation, organi?ations"}},
		{"star in front", rule(Term("*missile")),
			rules.Mistake{Path: "rules[0]", Message: `* stands elsewhere than at the end of "*missile"`, Hint: "write the beginning of a word, then *: missile*; one letter is ?: organi?ation"}},
		{"star inside", rule(Term("mis*ile")),
			rules.Mistake{Path: "rules[0]", Message: `* stands elsewhere than at the end of "mis*ile"`, Hint: "write the beginning of a word, then *: missile*; one letter is ?: organi?ation"}},
		{"star alone", rule(Term("*")), rules.Mistake{Path: "rules[0]", Message: `only a sign, and no word: "*"`, Hint: "signs go with a word: =US, ~weapon, missile*"}},
		{"star after a space", rule(Term("nuclear *")), rules.Mistake{Path: "rules[0]", Message: `* stands alone in "nuclear *"`, Hint: "write it right behind a word"}},
		{"dollar alone", rule(Term("$")), rules.Mistake{Path: "rules[0]", Message: `only a sign, and no word: "$"`, Hint: "signs go with a word: =US, ~weapon, missile*"}},
		{"tilde alone", rule(Term("~")), rules.Mistake{Path: "rules[0]", Message: `only a sign, and no word: "~"`, Hint: "signs go with a word: =US, ~weapon, missile*"}},
		{"two signs", rule(Term("=~weapon")), rules.Mistake{Path: "rules[0]", Message: `two signs before one term: "=~weapon"`, Hint: "choose one of = and ~"}},
		{"tilde and star", rule(Term("~weapon*")),
			rules.Mistake{Path: "rules[0]", Message: `~ and * on one term: "~weapon*"`, Hint: "~weapon finds its inflections, weapon* everything that begins so"}},
		{"no word", rule(Term("!?…")), rules.Mistake{Path: "rules[0]", Message: `no word in "!?…"`, Hint: "a term needs a letter or a digit"}},
	} {
		t.Run(c.name, func(t *testing.T) { checkMistake(t, c.d, c.want) })
	}
}

// checkMistake holds that a definition is refused for one reason.
func checkMistake(t *testing.T, d rules.Definition, want rules.Mistake) {
	t.Helper()
	set, got := rules.Compile(d)
	if diff := cmp.Diff([]rules.Mistake{want}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if set != nil {
		t.Error("there is a set all the same")
	}
}

func TestMistakesAllAtOnce(t *testing.T) {
	_, got := rules.Compile(rules.Definition{
		Concepts: map[string]rules.Node{"b": use("nowhere"), "a": Term("=")},
		Rules:    []rules.Rule{{Name: "r", Node: Term("")}, {Name: "r", Node: anyOf(Term("/x*/"), use("y"))}},
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
	d := rules.Definition{Concepts: map[string]rules.Node{"kim": anyOf(Term("kim"), Term("Kim Jong-un")), "all": anyOf(Term("kim"))},
		Rules: []rules.Rule{{Name: "r", Node: allOf(Term("Kim"), anyOf(Term("kim"), Term("=kim")))}}}
	set, got := rules.Compile(d)
	want := []rules.Mistake{
		{Path: "concepts.all[0]", Message: `"kim" is looked for as a word, and is the name of a concept too`, Hint: "did you mean $kim?", Warning: true},
		{Path: "rules[0].all[0]", Message: `"Kim" is looked for as a word, and nothing uses the concept $kim`, Hint: "did you mean $kim?", Warning: true},
		{Path: "rules[0].all[1][0]", Message: `"kim" is looked for as a word, and is the name of a concept too`, Hint: "did you mean $kim?", Warning: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if set == nil {
		t.Error("a warning keeps the set from being used")
	}
}

func TestCompileNothing(t *testing.T) {
	set, mistakes := rules.Compile(rules.Definition{})
	if set == nil || len(mistakes) > 0 {
		t.Fatalf("%+v", mistakes)
	}
	s := &news.Story{Title: "Kim"}
	if set.Match(s) != nil || len(set.Explain(s)) > 0 || set.Test().Passed != 0 {
		t.Error("an empty set matches")
	}
}

// FuzzTerm holds that a term is either refused with a reason, or finds itself
// where nothing stands around it.
func FuzzTerm(f *testing.F) {
	for _, s := range []string{"Kim Jong-un", "=US", "~weapon", "missile*", "/re/", "a?b", "=", "~=x", "김정은", "l’Iran", "\xff", "*", "$100", "U.N.", "ﷺ", "=ß*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, written string) {
		set, mistakes := rules.Compile(rule(Term(written)))
		if set == nil {
			if len(mistakes) != 1 || mistakes[0].Message == "" || mistakes[0].Path != "rules[0]" {
				t.Fatalf("%q is refused with %+v", written, mistakes)
			}
			return
		}
		if strings.Contains(written, "?") || strings.HasPrefix(strings.TrimSpace(written), "/") {
			return // what they look for is not what is written
		}
		plain := strings.TrimSuffix(strings.TrimSpace(written), "*")
		if strings.HasPrefix(plain, "=") || strings.HasPrefix(plain, "~") {
			plain = plain[1:]
		}
		s := &news.Story{Title: plain + "\nand more"}
		shouted := strings.HasPrefix(strings.TrimSpace(written), "=")
		if got := set.Match(s); len(got) == 0 && !shouted && !strings.ContainsAny(written, "*") {
			t.Errorf("%q does not find itself", written)
		}
	})
}
