package rules_test

import (
	"os"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// load reads a YAML file of testdata.
func load(t testing.TB, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// compile makes a set of a definition that holds no mistake.
func compile(t testing.TB, d rules.Definition) *rules.Set {
	t.Helper()
	set, mistakes := rules.Compile(d)
	for _, m := range mistakes {
		if !m.Warning {
			t.Fatalf("%s: %s", m.Path, m.Message)
		}
	}
	return set
}

func TestWords(t *testing.T) {
	var groups []struct {
		Group string
		Cases []struct {
			Term, Text string
			Match      bool
		}
	}
	load(t, "words.yaml", &groups)
	total := 0
	for _, g := range groups {
		t.Run(g.Group, func(t *testing.T) {
			for _, c := range g.Cases {
				total++
				set := compile(t, rules.Definition{Rules: []rules.Rule{{Name: "r", Node: rules.Node{Term: c.Term}}}})
				matches := set.Match(&news.Story{Title: c.Text})
				if got := len(matches) > 0; got != c.Match {
					t.Errorf("%s in %q: found is %v, want %v", c.Term, c.Text, got, c.Match)
				}
				for _, m := range matches {
					for _, e := range m.Evidence {
						if c.Text[e.Start:e.End] != e.Text || e.Text == "" {
							t.Errorf("%s in %q: evidence %+v does not lie in the title", c.Term, c.Text, e)
						}
					}
				}
			}
		})
	}
	if total < 80 {
		t.Errorf("%d cases read", total)
	}
}
