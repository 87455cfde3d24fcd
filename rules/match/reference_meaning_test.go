package match_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// TestMeaning holds the evaluator and the reference against cases written by
// hand.
func TestMeaning(t *testing.T) {
	for _, file := range []string{"meaning.yaml", "trees.yaml"} {
		var groups []struct {
			Name, Rules string
			Stories     []struct {
				Story   story `yaml:",inline"`
				Matches []string
			}
		}
		load(t, file, &groups)
		for _, g := range groups {
			t.Run(g.Name, func(t *testing.T) {
				d, err := config.ParseRules("rules.yaml", []byte(g.Rules))
				if err != nil {
					t.Fatal(err)
				}
				set := compile(t, d)
				for _, s := range g.Stories {
					r := read(d, s.Story.news())
					for _, difference := range r.differences(set) {
						t.Errorf("%s\n%s", difference, writtenStory(r.story))
					}
					r.check(t, s.Matches)
				}
			})
		}
	}
}

// check holds the reference against the names of the rules that match.
func (r *reading) check(t *testing.T, want []string) {
	t.Helper()
	var got []string
	for _, i := range r.matching() {
		got = append(got, r.Rules[i].Name)
	}
	slices.Sort(got)
	if want = slices.Sorted(slices.Values(want)); !slices.Equal(got, want) {
		t.Errorf("the reference returns %v, want %v\n%s", got, want, writtenStory(r.story))
	}
}

// TestReferenceWords holds the reference against the cases of words.
func TestReferenceWords(t *testing.T) {
	files, err := filepath.Glob("testdata/words/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "testdata/words.yaml") {
		var groups []wordGroup
		load(t, strings.TrimPrefix(filepath.ToSlash(file), "testdata/"), &groups)
		for _, g := range groups {
			t.Run(file, g.checkReference)
		}
	}
}

func (g wordGroup) checkReference(t *testing.T) {
	for _, c := range g.Cases {
		r := read(rules.Definition{}, &news.Story{Title: c.Text})
		if got := len(r.places(c.Term)) > 0; got != c.Match {
			t.Errorf("%s in %q: found is %v, want %v", c.Term, c.Text, got, c.Match)
		}
	}
}
