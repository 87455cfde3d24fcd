package lint_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/rules/syntax"
)

// TestCheck holds what is said of rules that are right as far as they go: warnings,
// and errors, which begin with "error:".
func TestCheck(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files of cases: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var cases []struct {
				Rules string
				Says  []string
			}
			if err := yaml.Unmarshal(b, &cases); err != nil {
				t.Fatal(err)
			}
			for _, c := range cases {
				if diff := cmp.Diff(c.Says, said(t, c.Rules)); diff != "" {
					t.Errorf("%s: -want +got:\n%s", c.Rules, diff)
				}
			}
		})
	}
}

// said returns what is said of rules.
func said(t *testing.T, rules string) []string {
	t.Helper()
	d, err := config.ParseRules("rules.yaml", []byte(rules))
	if err != nil {
		t.Fatal(err)
	}
	all := []string{}
	for _, m := range check(d) {
		s := fmt.Sprintf("%s: %s", m.Path, m.Message)
		if m.Hint != "" {
			s += " (" + m.Hint + ")"
		}
		if !m.Warning {
			s = "error: " + s
		}
		all = append(all, s)
	}
	return all
}

func TestMistakesOfLevels(t *testing.T) {
	of := func(n int, nodes ...syntax.Node) syntax.Node { return syntax.Node{Of: nodes, AtLeast: n} }
	two := []syntax.Node{term("x1"), term("x2")}
	ten := syntax.Window{Unit: syntax.Words, Words: 10}
	none := syntax.Node{None: []syntax.Node{term("x9")}}
	for _, c := range []struct {
		name          string
		n             syntax.Node
		path, message string
	}{
		{"at least without of", syntax.Node{All: two, AtLeast: 2}, "rules[0]", "at least says how many of a list, and there is no list"},
		{"of without at least", syntax.Node{Of: two}, "rules[0]", "of does not say how many of its list"},
		{"at least too many", of(3, two...), "rules[0].at least", "at least 3 of a list of 2"},
		{"at least less than one", of(-1, two...), "rules[0].at least", "at least -1 of a list of 2"},
		{"empty of", syntax.Node{Of: []syntax.Node{}, AtLeast: 1}, "rules[0].of", "the list is empty"},
		{"times", syntax.Node{Any: two, Times: -1}, "rules[0].times", "times counts mentions: at least 1"},
		{"times of two lists", syntax.Node{Any: two, All: two, Times: 2}, "rules[0].times", "times counts the mentions of one list, and there are several"},
		{"ordered alone", syntax.Node{All: two[:1], Ordered: true}, "rules[0].ordered", "ordered is about the nodes of all, two or more, and of no other list"},
		{"ordered any", syntax.Node{Any: two, Ordered: true}, "rules[0].ordered", "ordered is about the nodes of all, two or more, and of no other list"},
		{"ordered all and of", syntax.Node{All: two, Of: append(two, term("x3")), AtLeast: 2, Ordered: true}, "rules[0].ordered", "ordered is about the nodes of all, two or more, and of no other list"},
		{"near without within", syntax.Node{Any: two, Near: two}, "rules[0]", "near does not say how near"},
		{"not near without within", syntax.Node{Any: two, NotNear: two}, "rules[0]", "not near does not say how near"},
		{"a window of less than nothing", syntax.Node{All: two, Within: syntax.Window{Unit: syntax.Words, Words: -1}}, "rules[0].within", "within is no number of words, sentence or paragraph"},
		{"words of a sentence", syntax.Node{All: two, Within: syntax.Window{Unit: syntax.Sentence, Words: 1}}, "rules[0].within", "within is no number of words, sentence or paragraph"},
		{"unknown unit", syntax.Node{All: two, Within: syntax.Window{Unit: 9}}, "rules[0].within", "within is no number of words, sentence or paragraph"},
		{"within on a term", syntax.Node{Term: "x", Within: ten}, "rules[0]", "a condition on the mentions of a term that stands beside it"},
		{"within of none", anyOf(syntax.Node{None: two, Within: ten}, term("x")), "rules[0].any[0]", "nothing is looked for that could be mentioned"},
		{"none in a window", syntax.Node{All: []syntax.Node{term("x"), none}, Within: ten}, "rules[0].all[1]", "this only says what must not be there: it is mentioned nowhere"},
		{"near to none", syntax.Node{Any: two, Near: []syntax.Node{none}, Within: ten}, "rules[0].near[0]", "this only says what must not be there: it is mentioned nowhere"},
		{"of negatives", of(2, term("x"), none, none), "rules[0]", "the rule only says what must not be there"},
		{"first words", syntax.Node{Any: two, In: []syntax.Place{{Words: -5}}}, "rules[0].in[0]", "first -5 words: no text has those"},
		{"field and words", syntax.Node{Any: two, In: []syntax.Place{{Field: "title", Words: 5}}}, "rules[0].in[0]", "a field and a number of words in one place"},
		{"no place", syntax.Node{Any: two, In: []syntax.Place{{}}}, "rules[0].in[0]", `unknown field ""`},
		{"a bad term to be near", syntax.Node{Any: two, Near: []syntax.Node{anyOf(term("x"), term("="))}, Within: ten}, "rules[0].near[0][1]", `only a sign, and no word: "="`},
		{"a bad term to be a part of", syntax.Node{Any: two, NotPartOf: []syntax.Node{term("/(/")}}, "rules[0].not part of[0]", `regular expression "/(/": missing closing )`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := check(rule(c.n))
			if len(got) != 1 || got[0].Path != c.path || got[0].Message != c.message || got[0].Warning {
				t.Errorf("%+v", got)
			}
		})
	}
}
