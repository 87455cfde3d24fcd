package match_test

import (
	"os"
	"path/filepath"
	"strings"
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

func term(s string) rules.Node             { return rules.Node{Term: s} }
func use(s string) rules.Node              { return rules.Node{Concept: s} }
func anyOf(nodes ...rules.Node) rules.Node { return rules.Node{Any: nodes} }

func rule(n rules.Node) rules.Definition {
	return rules.Definition{Rules: []rules.Rule{{Name: "r", Node: n}}}
}

// wordGroup is cases of one kind: whether a term is found in a text.
type wordGroup struct {
	Group string
	Cases []wordCase
}

type wordCase struct {
	Term, Text string
	Match      bool
}

func TestWords(t *testing.T) {
	files, err := filepath.Glob("testdata/words/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, file := range append(files, "testdata/words.yaml") {
		var groups []wordGroup
		name := strings.TrimPrefix(filepath.ToSlash(file), "testdata/")
		load(t, name, &groups)
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			for _, g := range groups {
				total += len(g.Cases)
				t.Run(g.Group, func(t *testing.T) {
					for _, c := range g.Cases {
						c.check(t)
					}
				})
			}
		})
	}
	if total < 800 {
		t.Errorf("%d cases read", total)
	}
}

// check looks for the term in a title, and for its evidence where it was found.
func (c *wordCase) check(t *testing.T) {
	t.Helper()
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

// FuzzTerm holds that a term is either refused with a reason, or finds itself
// where nothing stands around it.
func FuzzTerm(f *testing.F) {
	for _, s := range []string{"Kim Jong-un", "=US", "~weapon", "missile*", "/re/", "a?b", "=", "~=x", "김정은", "l’Iran", "\xff", "*", "$100", "U.N.", "ﷺ", "=ß*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, written string) {
		set, mistakes := rules.Compile(rule(term(written)))
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
