package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/rules"
)

func TestMain(m *testing.M) {
	if storage := os.Getenv(fillEnv); storage != "" {
		if err := fillForEver(storage); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(storetest.Main(m))
}

// compile makes a version of rules.
func compile(t testing.TB, d rules.Definition) Version {
	t.Helper()
	set, found := rules.Compile(d)
	if set == nil {
		t.Fatal(found)
	}
	return Version{set}
}

// term is a rule that looks for words.
func term(name string, words ...string) rules.Rule {
	r := rules.Rule{Name: name}
	for _, w := range words {
		r.Node.Any = append(r.Node.Any, rules.Node{Term: w})
	}
	return r
}

const fiveStories = `{"url":"https://example.org/1","title":"Grain harvest is good","published":"2023-09-12T23:30:00Z","source":"tass","tags":["wire"]}
{"url":"https://example.org/2","title":"Grain and steel","text":"Steel is dear.\nGrain is cheap.","published":"2023-09-13T12:00:00Z"}
{"url":"https://example.org/3","title":"Steel strike","published":"2023-09-15T12:00:00Z","source":"kcna"}
{"url":"https://example.org/4","title":"Grain without a date"}
{"url":"https://example.org/5","title":"Weather","published":"2023-09-16T12:00:00Z"}
`

func TestBacktest(t *testing.T) {
	wire, off := term("wire-only", "grain"), term("off", "grain")
	wire.Only.Tag, off.Disabled = []string{"wire"}, true
	v := compile(t, rules.Definition{Rules: []rules.Rule{term("grain", "grain"), off, wire, term("steel", "steel"), term("none", "uranium")}})
	zone := time.FixedZone("two hours east", 2*60*60)
	report, err := Backtest(t.Context(), Files{Paths: []string{file(t, "five", []byte(fiveStories))}},
		Options{Rules: v, Samples: 2, Zone: zone})
	if err != nil {
		t.Fatal(err)
	}
	if report.Stories != 5 || report.Rules != 4 || report.Matches != 6 || report.Matched != 4 || report.From != "2023-09-13" ||
		report.To != "2023-09-16" {
		t.Errorf("report %+v", report)
	}
	want := []string{
		"grain 3 map[2023-09-13:2 undated:1]: Grain harvest is good|Grain and steel", "wire-only 1 map[2023-09-13:1]: Grain harvest is good",
		"steel 2 map[2023-09-13:1 2023-09-15:1]: Grain and steel|Steel strike", "none 0 map[]: ",
	}
	var got []string
	for _, r := range report.ByRule {
		got = append(got, fmt.Sprintf("%s %d %v: %s", r.Rule, r.Matches, r.ByDay, titlesOf(r.Samples)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	sample := report.ByRule[0].Samples[0]
	if sample.Source != "tass" || sample.URL != "https://example.org/1" || len(sample.Evidence) != 1 || sample.Evidence[0].Text != "Grain" ||
		sample.Evidence[0].Sentence != "Grain harvest is good" {
		t.Errorf("sample %+v", sample)
	}
}

// A rule that has run out finds what was published before, whenever that was
// imported: stories count as seen when they were published.
func TestStoriesCountAsSeenWhenPublished(t *testing.T) {
	b := &backtest{Options: Options{Rules: compile(t, generatedRules(1)), Zone: time.UTC}, tallies: make([]tally, 1)}
	old := &news.Story{Published: noon.Add(-time.Hour), FirstSeen: noon}
	undated, unknown := &news.Story{FirstSeen: noon}, &news.Story{}
	b.try(content{stories: []*news.Story{old, undated, unknown}})
	if !old.FirstSeen.Equal(old.Published) || !undated.FirstSeen.Equal(noon) || !unknown.FirstSeen.IsZero() {
		t.Errorf("seen %v, %v, %v", old.FirstSeen, undated.FirstSeen, unknown.FirstSeen)
	}
}

func titlesOf(samples []Sample) string {
	var titles []string
	for _, s := range samples {
		titles = append(titles, s.Title)
	}
	return strings.Join(titles, "|")
}

// The report of many cores is that of one, samples and all.
func TestBacktestIsDeterministic(t *testing.T) {
	path := generated(t, 3000)
	o := Options{Rules: compile(t, generatedRules(40)), Samples: 3, Zone: time.UTC}
	other := compile(t, generatedRules(35))
	o.Other = &other
	var reports []string
	for _, cores := range []int{1, 8} {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		report, err := Backtest(t.Context(), Files{Paths: []string{path}}, o)
		if err != nil || report.Matches == 0 {
			t.Fatal(report, err)
		}
		text, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, string(text))
	}
	if diff := cmp.Diff(reports[0], reports[1]); diff != "" {
		t.Error(diff)
	}
}

// A backtest that is stopped tells what it has found.
func TestBacktestStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	seen := int64(0)
	o := Options{Rules: compile(t, generatedRules(5)), Samples: 1, Zone: time.UTC, Progress: func(done, total int64) {
		if seen = done; done > total/4 {
			cancel()
		}
	}}
	report, err := Backtest(ctx, Files{Paths: []string{generated(t, 5000)}}, o)
	if !errors.Is(err, context.Canceled) || report.Stories == 0 || report.Stories == 5000 || seen == 0 {
		t.Errorf("%d stories, %v", report.Stories, err)
	}
}
