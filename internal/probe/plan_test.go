package probe

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
)

// TestPlan: the next runs of a schedule, none of what is switched off, and of an
// adaptive source what the store knows.
func TestPlan(t *testing.T) {
	path := written(t, `listen: ""
timezone: UTC
sources:
  - {name: hourly, feed: "https://a.example/rss", schedule: "0 * * * *"}
  - {name: off, feed: "https://b.example/rss", enabled: false}
  - {name: adaptive, feed: "https://c.example/rss"}
`)
	cfg, err := config.Load(path, emptyEnv)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 2, 12, 30, 0, 0, time.UTC)
	next := Plan(t.Context(), cfg, now, 2)
	if len(next[0].Next) != 2 {
		t.Fatalf("%+v", next[0])
	}
	want := []PlannedSource{
		{Name: "hourly", Next: next[0].Next}, {Name: "off", Next: []time.Time{}}, {Name: "adaptive", Next: []time.Time{}, Adaptive: true},
	}
	if diff := cmp.Diff(want, next); diff != "" {
		t.Error(diff)
	}
	for i, at := range next[0].Next {
		if hour := time.Date(2026, 11, 2, 13+i, 0, 0, 0, time.UTC); at.Before(hour) || at.Sub(hour) >= time.Hour {
			t.Errorf("run %d at %v", i, at)
		}
	}
	stored(t, path)
	before := time.Now()
	if planned := Plan(t.Context(), cfg, before, 2); len(planned[2].Next) > 1 {
		t.Errorf("%+v", planned[2])
	}
}

// TestPlanChannels: the end of the present quiet or of the next one, and the digest of a
// schedule.
func TestPlanChannels(t *testing.T) {
	cfg, err := config.Load(written(t, `listen: ""
timezone: Europe/Berlin
alerts:
  channels:
    - {name: all}
    - {name: nights, quiet: ["22:00-07:00"]}
    - {name: noons, quiet: ["12:00-14:00"], zone: UTC}
    - {name: desk, digest: "0 8,16 * * *"}
    - {name: both, digest: "0 3 * * *", quiet: ["22:00-07:00"]}
`), emptyEnv)
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) *time.Time {
		when := time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC)
		return &when
	}
	got, err := PlanChannels(cfg, time.Date(2026, 11, 2, 12, 30, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	want := []PlannedChannel{
		{Name: "nights", Quiet: at(2, 21), Digest: at(3, 6)}, {Name: "noons", Quiet: at(2, 12), Digest: at(2, 14)},
		{Name: "desk", Digest: at(2, 15)}, {Name: "both", Quiet: at(2, 21), Digest: at(3, 6)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestReadings: terms stand under the concept or rule that they are written in.
func TestReadings(t *testing.T) {
	path := written(t, `concepts:
  kim: [Kim Jong-un, 김정은]
rules:
  - name: visits
    all: [$kim, "visit*"]
`)
	cfg, err := config.Load(path, emptyEnv)
	if err != nil {
		t.Fatal(err)
	}
	type owner struct {
		concept, rule string
		line          int
		terms         []string
	}
	var got []owner
	for _, r := range Readings(cfg) {
		o := owner{concept: r.Concept, rule: r.Rule, line: r.Line}
		for _, term := range r.Terms {
			if term.Reading == "" || term.Line == 0 || term.Column == 0 || r.File == "" {
				t.Errorf("%+v of %s", term, r.File)
			}
			o.terms = append(o.terms, term.Term)
		}
		got = append(got, o)
	}
	want := []owner{{"kim", "", 2, []string{"Kim Jong-un", "김정은"}}, {"", "visits", 4, []string{"visit*"}}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(owner{})); diff != "" {
		t.Error(diff)
	}
}

func TestOwners(t *testing.T) {
	path := written(t, "concepts: {kim: [Kim]}\nrules: [{name: a, any: [x]}]\n")
	cfg, err := config.Load(path, emptyEnv)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, concept, rule, whole string }{
		{"concepts.kim[0]", "kim", "", "concepts.kim"},
		{"concepts.kim", "kim", "", "concepts.kim"},
		{"concepts.lee[0]", "lee[0]", "", "concepts.lee[0]"},
		{"rules[0].any[0]", "", "a", "rules[0]"},
		{"rules[7].any[0]", "", "rules[7].any[0]", "rules[7].any[0]"}, // there is none
	} {
		concept, whole := conceptOf(cfg, c.path)
		rule := ""
		if whole == "" {
			rule, whole = ruleOf(cfg, c.path)
		}
		if concept != c.concept || rule != c.rule || whole != c.whole {
			t.Errorf("%s: concept %q, rule %q, %q", c.path, concept, rule, whole)
		}
	}
}
