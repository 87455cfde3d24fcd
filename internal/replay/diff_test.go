package replay

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// diffCase is two versions of rules, in short.
type diffCase struct {
	Name           string
	ConceptsBefore map[string][]string `yaml:"concepts before"`
	ConceptsAfter  map[string][]string `yaml:"concepts after"`
	Before, After  map[string][]string
	Want           []string
	Stories        string
}

// inShort makes a version of rules in the order of their names.
func inShort(t *testing.T, concepts, written map[string][]string) Version {
	t.Helper()
	d := rules.Definition{Concepts: map[string]rules.Node{}}
	for name, words := range concepts {
		d.Concepts[name] = rules.Node{Any: nodes(words)}
	}
	for _, name := range slices.Sorted(maps.Keys(written)) {
		r := rules.Rule{Name: name}
		for _, word := range written[name] {
			switch word {
			case "off":
				r.Disabled = true
			case "in title":
				r.Node.In = []rules.Place{{Field: news.FieldTitle}}
			default:
				r.Node.Any = append(r.Node.Any, nodes([]string{word})...)
			}
		}
		d.Rules = append(d.Rules, r)
	}
	return compile(t, d)
}

func nodes(words []string) (all []rules.Node) {
	for _, word := range words {
		if concept, ok := strings.CutPrefix(word, "$"); ok {
			all = append(all, rules.Node{Concept: concept})
		} else {
			all = append(all, rules.Node{Term: word})
		}
	}
	return all
}

// compared runs two versions over the five stories.
func compared(t *testing.T, before, after Version, samples int) *Report {
	t.Helper()
	in := Files{Paths: []string{file(t, "five", []byte(fiveStories))}}
	report, err := Backtest(t.Context(), in, Options{Rules: before, Other: &after, Samples: samples, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestDiff(t *testing.T) {
	text, err := os.ReadFile("testdata/diff.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var cases []diffCase
	if err := yaml.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			d := compared(t, inShort(t, c.ConceptsBefore, c.Before), inShort(t, c.ConceptsAfter, c.After), 5).Diff
			var got []string
			gained, lost := 0, 0
			for _, r := range d.ByRule {
				got = append(got, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s +%s −%s", r.Rule, r.Change, r.Was, numbers(r.GainedSamples),
					numbers(r.LostSamples))), " "))
				if r.Gained != len(r.GainedSamples) || r.Lost != len(r.LostSamples) {
					t.Errorf("%s: +%d −%d, but %d and %d samples", r.Rule, r.Gained, r.Lost, len(r.GainedSamples), len(r.LostSamples))
				}
				gained, lost = gained+r.Gained, lost+r.Lost
			}
			if diff := cmp.Diff(c.Want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if stories := fmt.Sprintf("+%d −%d", d.StoriesGained, d.StoriesLost); c.Stories != "" && stories != c.Stories ||
				c.Stories == "" && stories != "+0 −0" {
				t.Errorf("stories %s, want %s", stories, c.Stories)
			}
			if d.Gained != gained || d.Lost != lost {
				t.Errorf("+%d −%d in all, want +%d −%d", d.Gained, d.Lost, gained, lost)
			}
		})
	}
}

// numbers are the last signs of the stories' URLs.
func numbers(samples []Sample) string {
	var all []string
	for _, s := range samples {
		all = append(all, s.URL[len(s.URL)-1:])
	}
	return strings.Join(all, ",")
}

// What differs is shown with the words that do it, and with the reason why they
// do not in the other version, when the rule is there.
func TestDiffSaysWhy(t *testing.T) {
	before := compile(t, rules.Definition{Rules: []rules.Rule{term("corn", "grain"), term("gone", "weather")}})
	after := compile(t, rules.Definition{Rules: []rules.Rule{term("corn", "steel"), term("new", "strike")}})
	report := compared(t, before, after, 1)
	if report.Matches != 4 || report.Diff.Matches != 3 || report.Diff.Rules != 2 {
		t.Errorf("%d matches, then %+v", report.Matches, report.Diff)
	}
	var got []string
	for _, r := range report.Diff.ByRule {
		for _, s := range slices.Concat(r.GainedSamples, r.LostSamples) {
			reason := ""
			for _, f := range s.Failed {
				reason += " " + f.Clause
			}
			got = append(got, fmt.Sprintf("%s: %s: %s:%s", r.Rule, s.Title, s.Evidence[0].Text, reason))
		}
	}
	want := []string{
		"corn: Steel strike: Steel: any [grain]", "corn: Grain harvest is good: Grain: any [steel]",
		"gone: Weather: Weather:", "new: Steel strike: strike:",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A rule that is removed or added keeps its days in the one report that has it.
func TestDiffLeavesTheReportAlone(t *testing.T) {
	before := compile(t, rules.Definition{Rules: []rules.Rule{term("corn", "grain")}})
	after := compile(t, rules.Definition{Rules: []rules.Rule{term("other", "steel")}})
	with := compared(t, before, after, 2)
	alone, err := Backtest(t.Context(), Files{Paths: []string{file(t, "five", []byte(fiveStories))}},
		Options{Rules: before, Samples: 2, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	with.Diff = nil
	if diff := cmp.Diff(alone, with, cmpopts.IgnoreUnexported(Coverage{})); diff != "" {
		t.Error(diff)
	}
}
