package replay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/rules"
)

// archiveOf opens an archive of stories with these titles.
func archiveOf(t *testing.T, titles ...string) *Archive {
	t.Helper()
	var lines strings.Builder
	for i, title := range titles {
		fmt.Fprintf(&lines, "{\"url\":\"https://example.org/%d\",\"title\":%q}\n", i, title)
	}
	storage := storetest.SQLite(t)
	importInto(t, storage, file(t, "stories", []byte(lines.String())))
	return openedArchive(t, storage)
}

func openedArchive(t testing.TB, storage string) *Archive {
	t.Helper()
	a, err := OpenArchive(t.Context(), silent, storage, time.Time{}, time.Time{}, anonymous)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// times repeats a title.
func times(n int, title string) []string {
	return strings.Split(strings.Repeat(title+"\n", n-1)+title, "\n")
}

func list(terms ...string) (n rules.Node) {
	for _, term := range terms {
		n.Any = append(n.Any, rules.Node{Term: term})
	}
	return n
}

func TestTerms(t *testing.T) {
	a := archiveOf(t, "A strike", "Strikes go on", "Two strikes", "Minister is struck", "Strike and strikes", "Lockouts")
	d := rules.Definition{
		Concepts: map[string]rules.Node{"walkout": list("strike", "strikes"), "all": {All: []rules.Node{{Term: "strike"}, {Term: "strikes"}}}},
		Rules: []rules.Rule{
			{Name: "plain", Node: list("strike", "lockout")}, {Name: "all forms", Node: list("~strike")}, {Name: "single", Node: rules.Node{Term: "strike"}},
			{Name: "name", Node: list("Strike", "=Strike"), Never: []rules.Node{{Term: "lockout"}}},
		},
	}
	report, err := Terms(t.Context(), a, d, 100)
	if err != nil || report.Stories != 6 {
		t.Fatal(report, err)
	}
	var got []string
	for _, c := range report.Terms {
		got = append(got, fmt.Sprintf("%s %s: %d, %d", c.Path, c.Term, c.Stories, c.Others))
	}
	want := []string{
		"concepts.all.all[0] strike: 2, 2", "concepts.all.all[1] strikes: 3, 1", // both are needed
		"concepts.walkout[0] strike: 2, 0", "concepts.walkout[1] strikes: 3, 0", // the other form is in the list
		"rules[0].any[0] strike: 2, 2", "rules[0].any[1] lockout: 0, 1",
		"rules[1].any[0] ~strike: 4, 0",
		"rules[2] strike: 2, 2",
		"rules[3].any[0] Strike: 2, 0", "rules[3].any[1] =Strike: 1, 0", "rules[3].never[0] lockout: 0, 1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Only the stories that were recorded last count.
func TestTermsOfTheNewestStories(t *testing.T) {
	a := archiveOf(t, append(times(300, "Grain"), times(250, "Steel")...)...)
	for most, want := range map[int]TermReport{
		270:  {Stories: 270, Terms: []TermCount{{Path: "rules[0].any[0]", Term: "grain", Stories: 20, Alone: true}}},
		1000: {Stories: 550, Terms: []TermCount{{Path: "rules[0].any[0]", Term: "grain", Stories: 300, Alone: true}}},
	} {
		report, err := Terms(t.Context(), a, rules.Definition{Rules: []rules.Rule{term("grain", "grain")}}, most)
		if diff := cmp.Diff(want, report); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Terms(ctx, a, rules.Definition{}, 10); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := Terms(t.Context(), a, rules.Definition{Rules: []rules.Rule{term("none")}}, 10); err != nil {
		t.Error("no terms:", err)
	}
}

func TestTermCount(t *testing.T) {
	for _, c := range []struct {
		count        TermCount
		stories      int
		wide, misses bool
	}{
		{TermCount{Stories: 41, Alone: true}, 200, true, false},
		{TermCount{Stories: 40, Alone: true}, 200, false, false},
		{TermCount{Stories: 199, Alone: true}, 199, false, false},
		{TermCount{Stories: 200}, 200, false, false},
		{TermCount{Others: 5}, 2000, false, true},
		{TermCount{Others: 4}, 2000, false, false},
		{TermCount{Stories: 100, Others: 25}, 2000, false, true},
		{TermCount{Stories: 100, Others: 24}, 2000, false, false},
	} {
		if wide, misses := c.count.Wide(c.stories), c.count.MissesForms(); wide != c.wide || misses != c.misses {
			t.Errorf("%+v of %d: wide %v, misses forms %v", c.count, c.stories, wide, misses)
		}
	}
}

// A term is alone where a story that holds it and nothing else matches.
func TestTermsAlone(t *testing.T) {
	const text = "said"
	leaf := rules.Node{Term: text}
	one, two := []rules.Node{leaf}, []rules.Node{leaf, {Term: "other"}}
	for name, c := range map[string]struct {
		d    rules.Definition
		want []string
	}{
		"term": {nodeRule(leaf), []string{"rules[0]"}},
		"any":  {nodeRule(rules.Node{Any: one}), []string{"rules[0].any[0]"}},
		"nested": {nodeRule(rules.Node{Any: []rules.Node{{Any: one}, {Any: one, None: []rules.Node{{Term: "x"}}}}}),
			[]string{"rules[0].any[0][0]", "rules[0].any[1].any[0]"}},
		"all of one":  {nodeRule(rules.Node{All: one}), []string{"rules[0].all[0]"}},
		"all of two":  {nodeRule(rules.Node{All: two}), nil},
		"all and any": {nodeRule(rules.Node{All: one, Any: one}), nil},
		"one of two":  {nodeRule(rules.Node{Of: two, AtLeast: 1}), []string{"rules[0].of[0]"}},
		"two of two":  {nodeRule(rules.Node{Of: two, AtLeast: 2}), nil},
		"none":        {nodeRule(rules.Node{All: []rules.Node{{Term: "x"}}, None: one}), nil},
		"in":          {nodeRule(rules.Node{Any: one, In: []rules.Place{{Words: 100}}}), nil},
		"near": {nodeRule(rules.Node{Any: one, Near: []rules.Node{{Term: "x"}},
			Within: rules.Window{Unit: rules.Sentence}}), nil},
		"not near": {nodeRule(rules.Node{Any: one, NotNear: []rules.Node{{Term: "x"}},
			Within: rules.Window{Unit: rules.Words, Words: 5}}), nil},
		"not part of": {nodeRule(rules.Node{Any: one, NotPartOf: []rules.Node{{Term: "said so"}}}), nil},
		"times":       {nodeRule(rules.Node{Any: one, Times: 3}), nil},
		"never":       {rules.Definition{Rules: []rules.Rule{{Name: "r", Node: list("x"), Never: one}}}, nil},
		"only": {rules.Definition{Rules: []rules.Rule{{Name: "r", Node: list(text),
			Only: rules.Filter{Tag: []string{"wire"}}}}}, nil},
		"except": {rules.Definition{Rules: []rules.Rule{{Name: "r", Node: list(text), Except: rules.Filter{Tag: []string{"wire"}}}}},
			[]string{"rules[0].any[0]"}},
		"switched off":   {rules.Definition{Rules: []rules.Rule{{Name: "r", Node: list(text), Disabled: true}}}, nil},
		"concept":        {conceptRule(rules.Node{Any: one}, rules.Node{Any: []rules.Node{{Concept: "c"}}}), []string{"concepts.c[0]"}},
		"word":           {conceptRule(leaf, rules.Node{Concept: "c"}), []string{"concepts.c"}},
		"unused concept": {conceptRule(rules.Node{Any: one}, list("x")), nil},
		"concept of all": {conceptRule(rules.Node{Any: one}, rules.Node{All: []rules.Node{{Concept: "c"}, {Term: "x"}}}), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if set, found := rules.Compile(c.d); set == nil {
				t.Fatal(found)
			}
			counter := newTermCounter(c.d)
			var got []string
			for _, counted := range counter.report.Terms {
				if counted.Term == text && counted.Alone {
					got = append(got, counted.Path)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func nodeRule(n rules.Node) rules.Definition {
	return rules.Definition{Rules: []rules.Rule{{Name: "r", Node: n}}}
}

// conceptRule is a rule in a definition with the concept c.
func conceptRule(c, n rules.Node) rules.Definition {
	d := nodeRule(n)
	d.Concepts = map[string]rules.Node{"c": c}
	return d
}

// BenchmarkTerms counts 10,000 terms, each also with ~, in 2,000 stories.
func BenchmarkTerms(b *testing.B) {
	storage := storetest.SQLite(b)
	importInto(b, storage, generated(b, 3000))
	a := openedArchive(b, storage)
	r := rand.New(rand.NewPCG(3, 3))
	var d rules.Definition
	for i := range 1000 {
		rule := rules.Rule{Name: fmt.Sprint(i)}
		for range 10 {
			rule.Node.Any = append(rule.Node.Any, rules.Node{Term: words(r, 1) + " " + word(r.IntN(3000))})
		}
		d.Rules = append(d.Rules, rule)
	}
	for b.Loop() {
		if report, err := Terms(b.Context(), a, d, 2000); err != nil || report.Stories != 2000 {
			b.Fatal(report.Stories, err)
		}
	}
}
