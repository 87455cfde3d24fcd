package explain_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// load reads a YAML file of testdata.
func load(t *testing.T, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// story is a story of a YAML file.
type story struct {
	Title, Lead, Body, URL, Source, Tier, Country, Language, Section, Outlet string
	Titles, Tags, Authors, Cites                                             []string
	Seen                                                                     time.Time
}

func (s story) news() *news.Story {
	return &news.Story{Title: s.Title, Titles: s.Titles, Summary: s.Lead, Text: s.Body, URL: s.URL,
		Language: s.Language, Section: s.Section, Outlet: s.Outlet, Authors: s.Authors, Cites: s.Cites, FirstSeen: s.Seen,
		Origin: news.Origin{Source: s.Source, Tags: s.Tags, Tier: s.Tier, Country: s.Country}}
}

// parse compiles rules written as people write them.
func parse(t *testing.T, yaml string) *rules.Set {
	t.Helper()
	d, err := config.ParseRules("rules.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	set, mistakes := rules.Compile(d)
	if set == nil {
		t.Fatal(mistakes)
	}
	return set
}

func TestExplain(t *testing.T) {
	var file struct {
		Rules   string
		Stories []struct {
			Story story
			Says  map[string]lines
		}
	}
	load(t, "explain.yaml", &file)
	set := parse(t, file.Rules)
	for _, s := range file.Stories {
		for name, want := range s.Says {
			got := set.Explain(s.Story.news(), name)
			if len(got) != 1 || got[0].Rule != name {
				t.Fatalf("explained as %+v", got)
			}
			var said lines
			for _, f := range got[0].Failed {
				said = append(said, f.String())
			}
			if diff := cmp.Diff(want, said); diff != "" {
				t.Errorf("%s in %+v: -want +got:\n%s", name, s.Story, diff)
			}
			if got[0].Matched != (len(want) == 0) {
				t.Errorf("%s in %+v: matched is %v", name, s.Story, got[0].Matched)
			}
		}
	}
}

// lines is a list of texts; "matched" is none.
type lines []string

func (l *lines) UnmarshalYAML(decode func(any) error) error {
	var word string
	if decode(&word) == nil && word == "matched" {
		return nil
	}
	return decode((*[]string)(l))
}

func TestExplainShowsWhatHolds(t *testing.T) {
	set := parse(t, "rules: [{name: r, severity: high, all: [Kim, {all: [Putin, Xi]}, Moon]}]")
	got := set.Explain(&news.Story{Title: "Kim and Putin"})
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"rule":"r","matched":false,"severity":"high","evidence":[` +
		`{"term":"Kim","field":"title","variant":0,"text":"Kim","start":0,"end":3,"sentence":"Kim and Putin"},` +
		`{"term":"Putin","field":"title","variant":0,"text":"Putin","start":8,"end":13,"sentence":"Kim and Putin"}],` +
		`"failed":[{"clause":"all[1].all[1] Xi","reason":"not found"},{"clause":"all[2] Moon","reason":"not found"}],` +
		`"clauses":[{"text":"all[0] Kim","held":true},` +
		`{"text":"all[1] all of [Putin, Xi]","held":false,"children":[{"text":"all[0] Putin","held":true},{"text":"all[1] Xi","held":false,"reason":"not found"}]},` +
		`{"text":"all[2] Moon","held":false,"reason":"not found"}]}]`
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestClauses(t *testing.T) {
	var cases []struct {
		Rule    string
		Story   story
		Clauses string
		Failed  []string
	}
	load(t, "clauses.yaml", &cases)
	const concepts = `
concepts:
  arms: [arms, munition*, 무기]
  deep: {all: [Kim, Putin], within: 2 words}
  unused: [unused]
`
	for _, c := range cases {
		e := parse(t, concepts+"rules: [{name: r, "+strings.TrimPrefix(c.Rule, "{")+"]").Explain(c.Story.news())[0]
		var said strings.Builder
		writeClauses(&said, e.Clauses, "")
		failed := []string{}
		for _, f := range e.Failed {
			failed = append(failed, f.String())
		}
		if diff := cmp.Diff(c.Clauses, said.String()) + cmp.Diff(c.Failed, failed); diff != "" {
			t.Errorf("%s: -want +got:\n%s", c.Rule, diff)
		}
		checkClauses(t, e)
	}
}

// checkClauses holds that the clauses of an explanation add up to its answer.
func checkClauses(t *testing.T, e rules.Explanation) {
	t.Helper()
	held := !slices.ContainsFunc(e.Clauses, func(c rules.Clause) bool { return !c.Held })
	if held != e.Matched {
		t.Errorf("%s: matched is %v, its clauses are %+v", e.Rule, e.Matched, e.Clauses)
	}
}

// writeClauses writes a tree in lines; what nothing is said of has a dash.
func writeClauses(to *strings.Builder, clauses []rules.Clause, indent string) {
	for _, c := range clauses {
		sign := "✗"
		switch {
		case c.Held:
			sign = "✓"
		case c.Reason == "" && len(c.Children) == 0:
			sign = "-"
		}
		line := indent + sign + " " + c.Text
		if c.Reason != "" {
			line += ": " + c.Reason
		}
		to.WriteString(line + "\n")
		writeClauses(to, c.Children, indent+"  ")
	}
}

func TestExplainLongList(t *testing.T) {
	set := parse(t, "rules: [{name: r, any: [a1, a2, a3, a4, a5, a6, a7, a8, a9]}]")
	got := set.Explain(&news.Story{Title: "x"})[0].Failed
	want := []rules.Failed{{Clause: "any [a1, a2, a3, … 9 in all]", Reason: "none of 9 terms found"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
