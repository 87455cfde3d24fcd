package rules_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/rules"
)

func TestWarningsOfRules(t *testing.T) {
	var cases []struct {
		Rules string
		Says  []string
	}
	load(t, "warnings.yaml", &cases)
	for _, c := range cases {
		d, err := config.ParseRules("rules.yaml", []byte(c.Rules))
		if err != nil {
			t.Error(err)
			continue
		}
		set, mistakes := rules.Compile(d)
		said := []string{}
		for _, m := range mistakes {
			said = append(said, fmt.Sprintf("%s: %s (%s)", m.Path, m.Message, m.Hint))
			if !m.Warning || set == nil {
				t.Errorf("%s: refused with %+v", c.Rules, m)
			}
		}
		if diff := cmp.Diff(c.Says, said); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.Rules, diff)
		}
	}
}

func TestMistakesOfLevels(t *testing.T) {
	of := func(n int, nodes ...rules.Node) rules.Node { return rules.Node{Of: nodes, AtLeast: n} }
	two := []rules.Node{Term("x1"), Term("x2")}
	ten := rules.Window{Unit: rules.Words, Words: 10}
	none := rules.Node{None: []rules.Node{Term("x9")}}
	for _, c := range []struct {
		name          string
		n             rules.Node
		path, message string
	}{
		{"at least without of", rules.Node{All: two, AtLeast: 2}, "rules[0]", "at least says how many of a list, and there is no list"},
		{"of without at least", rules.Node{Of: two}, "rules[0]", "of does not say how many of its list"},
		{"at least too many", of(3, two...), "rules[0].at least", "at least 3 of a list of 2"},
		{"at least less than one", of(-1, two...), "rules[0].at least", "at least -1 of a list of 2"},
		{"empty of", rules.Node{Of: []rules.Node{}, AtLeast: 1}, "rules[0].of", "the list is empty"},
		{"times", rules.Node{Any: two, Times: -1}, "rules[0].times", "times counts mentions: at least 1"},
		{"times of two lists", rules.Node{Any: two, All: two, Times: 2}, "rules[0].times", "times counts the mentions of one list, and there are several"},
		{"ordered alone", rules.Node{All: two[:1], Ordered: true}, "rules[0].ordered", "ordered is about the nodes of all, two or more, and of no other list"},
		{"ordered any", rules.Node{Any: two, Ordered: true}, "rules[0].ordered", "ordered is about the nodes of all, two or more, and of no other list"},
		{"ordered all and of", rules.Node{All: two, Of: append(two, Term("x3")), AtLeast: 2, Ordered: true}, "rules[0].ordered", "ordered is about the nodes of all, two or more, and of no other list"},
		{"near without within", rules.Node{Any: two, Near: two}, "rules[0]", "near does not say how near"},
		{"not near without within", rules.Node{Any: two, NotNear: two}, "rules[0]", "not near does not say how near"},
		{"a window of less than nothing", rules.Node{All: two, Within: rules.Window{Unit: rules.Words, Words: -1}}, "rules[0].within", "within is no number of words, sentence or paragraph"},
		{"words of a sentence", rules.Node{All: two, Within: rules.Window{Unit: rules.Sentence, Words: 1}}, "rules[0].within", "within is no number of words, sentence or paragraph"},
		{"unknown unit", rules.Node{All: two, Within: rules.Window{Unit: 9}}, "rules[0].within", "within is no number of words, sentence or paragraph"},
		{"within on a term", rules.Node{Term: "x", Within: ten}, "rules[0]", "a condition on the mentions of a term that stands beside it"},
		{"within of none", anyOf(rules.Node{None: two, Within: ten}, Term("x")), "rules[0].any[0]", "nothing is looked for that could be mentioned"},
		{"none in a window", rules.Node{All: []rules.Node{Term("x"), none}, Within: ten}, "rules[0].all[1]", "this only says what must not be there: it is mentioned nowhere"},
		{"near to none", rules.Node{Any: two, Near: []rules.Node{none}, Within: ten}, "rules[0].near[0]", "this only says what must not be there: it is mentioned nowhere"},
		{"of negatives", of(2, Term("x"), none, none), "rules[0]", "the rule only says what must not be there"},
		{"first words", rules.Node{Any: two, In: []rules.Place{{Words: -5}}}, "rules[0].in[0]", "first -5 words: no text has those"},
		{"field and words", rules.Node{Any: two, In: []rules.Place{{Field: "title", Words: 5}}}, "rules[0].in[0]", "a field and a number of words in one place"},
		{"no place", rules.Node{Any: two, In: []rules.Place{{}}}, "rules[0].in[0]", `unknown field ""`},
		{"a bad term to be near", rules.Node{Any: two, Near: []rules.Node{anyOf(Term("x"), Term("="))}, Within: ten}, "rules[0].near[0][1]", `only a sign, and no word: "="`},
		{"a bad term to be a part of", rules.Node{Any: two, NotPartOf: []rules.Node{Term("/(/")}}, "rules[0].not part of[0]", `regular expression "/(/": missing closing )`},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, got := rules.Compile(rule(c.n))
			if set != nil || len(got) != 1 || got[0].Path != c.path || got[0].Message != c.message || got[0].Warning {
				t.Errorf("%+v", got)
			}
		})
	}
}
