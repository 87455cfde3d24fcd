package match_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

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
func parse(t testing.TB, yaml string) *rules.Set {
	t.Helper()
	d, err := config.ParseRules("rules.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, d)
}

// tree is rules, and stories with the rules that must match them.
type tree struct {
	Name, Rules string
	Stories     []struct {
		Story   story `yaml:",inline"`
		Matches []string
	}
}

func TestMatch(t *testing.T) {
	files, err := filepath.Glob("testdata/trees/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no trees", err)
	}
	for _, file := range append(files, "testdata/trees.yaml") {
		var trees []tree
		name := strings.TrimPrefix(filepath.ToSlash(file), "testdata/")
		load(t, name, &trees)
		t.Run(strings.TrimSuffix(name, ".yaml"), func(t *testing.T) {
			for _, tree := range trees {
				t.Run(tree.Name, tree.check)
			}
		})
	}
}

// check holds every rule to every story, by Match, Matched and Explain.
func (tree *tree) check(t *testing.T) {
	set := parse(t, tree.Rules)
	for _, s := range tree.Stories {
		story, got, counted := s.Story.news(), []string{}, []string{}
		for _, m := range set.Match(story) {
			got = append(got, m.Rule)
			for _, e := range m.Evidence {
				checkEvidence(t, story, e)
			}
			if len(m.Evidence) == 0 {
				t.Errorf("%+v: %s matches without evidence", s.Story, m.Rule)
			}
		}
		for _, i := range set.Matched(story, nil) {
			counted = append(counted, set.Name(i))
		}
		if diff := cmp.Diff(s.Matches, got) + cmp.Diff(got, counted); diff != "" {
			t.Errorf("%+v: -want +got:\n%s", s.Story, diff)
		}
		for _, e := range set.Explain(story) {
			if slices.Contains(s.Matches, e.Rule) != e.Matched || e.Matched != (len(e.Failed) == 0) || len(e.Clauses) == 0 {
				t.Errorf("%+v: %s is explained as %+v", s.Story, e.Rule, e)
			}
			checkClauses(t, e)
		}
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

func TestMatchReturnsWhatTheRuleSays(t *testing.T) {
	set := parse(t, `
rules:
  - {name: a, any: [Kim], severity: urgent, topic: dprk, to: [x, y], also to: z}
  - {name: b, any: [Kim]}
`)
	got := set.Match(&news.Story{Title: "Kim"})
	if len(got) != 2 {
		t.Fatalf("%d matches", len(got))
	}
	evidence := []news.Evidence{{Term: "Kim", Field: news.FieldTitle, Text: "Kim", End: 3, Sentence: "Kim"}}
	want := news.Match{Rule: "a", Hash: got[0].Hash, Severity: news.Urgent, Topic: "dprk",
		To: []string{"x", "y"}, AlsoTo: []string{"z"}, Evidence: evidence}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got[1].Severity != news.Normal || got[1].Hash != got[0].Hash {
		t.Errorf("the second match is %+v, the first has the hash %s", got[1], got[0].Hash)
	}
	if n := len(set.Rules()); n != 2 {
		t.Errorf("%d rules", n)
	}
}

func TestEvidence(t *testing.T) {
	set := parse(t, `
concepts:
  kim: [Kim Jong-un, Kim]
  putin: [Putin]
  leaders: {all: [$kim, $putin]}
rules:
  - {name: r, all: [$leaders, {any: [arms, ~weapon]}, envoy], none: [film]}
`)
	s := &news.Story{
		Title:   "Kim Jong Un’s envoy met Putin",
		Summary: "Kim wants weapons. Putin’s envoy said so.",
		Text:    "Kim, Kim, Kim and Kim.\nThe U.S. saw arms. Kim left.",
	}
	matches := set.Match(s)
	if len(matches) != 1 {
		t.Fatalf("%d matches", len(matches))
	}
	fields := s.Fields()
	var got []string
	for _, e := range matches[0].Evidence {
		for _, f := range fields {
			if f.Name == e.Field && f.Variant == e.Variant && f.Text[e.Start:e.End] != e.Text {
				t.Errorf("%+v does not lie in %q", e, f.Text)
			}
		}
		got = append(got, fmt.Sprintf("%s $%s %s %d: %s | %s", e.Term, e.Concept, e.Field, e.Variant, e.Text, e.Sentence))
	}
	want := []string{
		"Kim Jong-un $kim title 0: Kim Jong Un | Kim Jong Un’s envoy met Putin",
		"Kim $kim lead 0: Kim | Kim wants weapons.",
		"Kim $kim lead 1: Kim | Kim, Kim, Kim and Kim.",
		"Putin $putin title 0: Putin | Kim Jong Un’s envoy met Putin",
		"Putin $putin lead 0: Putin | Putin’s envoy said so.",
		"~weapon $ lead 0: weapons | Kim wants weapons.",
		"arms $ body 0: arms | The U.S. saw arms.",
		"envoy $ title 0: envoy | Kim Jong Un’s envoy met Putin",
		"envoy $ lead 0: envoy | Putin’s envoy said so.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestMatchConcurrently(t *testing.T) {
	set := parse(t, "concepts: {kim: [Ким, ~weapon, 김정은]}\nrules: [{name: r, all: [$kim, Putin]}]")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 50 {
				s := &news.Story{Title: "Киму и 김정은은 weapons", Text: strings.Repeat("Putin ", i)}
				if got := len(set.Match(s)) == 1; got != (i > 0) {
					t.Errorf("story %d: matched is %v", i, got)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestConceptsWithoutBound holds that concepts of concepts cost what they are
// written with, not what they would be written out.
func TestConceptsWithoutBound(t *testing.T) {
	d := rules.Definition{Concepts: map[string]rules.Node{"c0": {Any: []rules.Node{{Term: "Kim"}}}}}
	for i := 1; i < 200; i++ {
		below := rules.Node{Concept: fmt.Sprintf("c%d", i-1)}
		d.Concepts[fmt.Sprintf("c%d", i)] = rules.Node{All: []rules.Node{below, below}, None: []rules.Node{{Term: "never"}}}
	}
	top := rules.Node{Concept: "c199"}
	d.Rules = []rules.Rule{{Name: "r", Node: rules.Node{All: []rules.Node{top, top}}}}
	began := time.Now()
	set := compile(t, d)
	if got := set.Match(&news.Story{Title: "Kim"}); len(got) != 1 || len(got[0].Evidence) != 1 {
		t.Errorf("matches %+v", got)
	}
	if got := set.Explain(&news.Story{Title: "Kim, never"}); got[0].Matched {
		t.Error("matched in spite of none")
	}
	if took := time.Since(began); took > 5*time.Minute { // it would not end
		t.Errorf("took %v", took)
	}
}

func TestMatchHuge(t *testing.T) {
	const size = 2 << 20
	set := parse(t, "rules: [{name: r, any: [a a a a a b, aa*, ~aaa, =A, аа, 은은, 金金b]}, {name: found, any: [a, A, 金, 은]}]")
	for _, piece := range []string{"a ", "a", "A ", "аа", "은 ", "金", "\x00\xff", "a。"} {
		s := &news.Story{Title: "a", Text: strings.Repeat(piece, size/len(piece))}
		began := time.Now()
		var evidence []news.Evidence
		for _, m := range set.Match(s) {
			evidence = append(evidence, m.Evidence...)
		}
		for _, e := range evidence {
			if n := utf8.RuneCountInString(e.Sentence); n > 300 {
				t.Errorf("%q: a sentence of %d runes", piece, n)
			}
		}
		if took := time.Since(began); took > 15*time.Minute { // hours when it is not linear
			t.Errorf("%q: took %v", piece, took)
		}
	}
}

// FuzzMatch holds that a rule never panics, that its evidence lies in the
// story, and that it agrees with its explanation.
func FuzzMatch(f *testing.F) {
	f.Add("Kim Jong-un", "KIM JONG-UN'S", "body")
	f.Add("~weapon", "weapons", "\xff\x00")
	f.Add("=US", "the U.S.", "US")
	f.Add("김정은", "지하김정은이", "김정은숙")
	f.Add("Путин", "Путиным", "l’Iran")
	f.Add("missile*", "missiles", "x")
	f.Fuzz(func(t *testing.T, term, title, body string) {
		set, mistakes := rules.Compile(rules.Definition{Rules: []rules.Rule{
			{Name: "r", Node: rules.Node{Term: term}},
			{Name: "other", Node: rules.Node{All: []rules.Node{{Term: "the"}}, None: []rules.Node{{Term: term}}}}}})
		if set == nil {
			if len(mistakes) == 0 {
				t.Fatalf("%q is refused without a mistake", term)
			}
			return
		}
		s := &news.Story{Title: title, Text: body}
		matches := set.Match(s)
		for _, m := range matches {
			for _, e := range m.Evidence {
				checkEvidence(t, s, e)
			}
		}
		got, want := set.Explain(s, "r")[0], len(matches) > 0 && matches[0].Rule == "r"
		if got.Matched != want || got.Matched == (len(got.Failed) > 0) {
			t.Errorf("%q in %q: explained as %+v", term, title, got)
		}
	})
}

func checkEvidence(t *testing.T, s *news.Story, e news.Evidence) {
	t.Helper()
	for _, f := range s.Fields() {
		if f.Name == e.Field && f.Variant == e.Variant {
			if e.Start >= e.End || f.Text[e.Start:e.End] != e.Text {
				t.Errorf("%+v does not lie in %q", e, f.Text)
			}
			return
		}
	}
	t.Errorf("%+v lies in no field", e)
}

func BenchmarkMatch(b *testing.B) {
	body := strings.Repeat("Officials in the capital told reporters on Tuesday that talks about shipping routes would go on for weeks. ", 42)
	s := &news.Story{Title: "North Korea's Kim Jong Un met Putin", Text: body}
	for _, n := range []int{10, 1000, 10_000} {
		var d rules.Definition
		for i := range n {
			terms := func(c string) rules.Node {
				return rules.Node{Any: []rules.Node{
					{Term: fmt.Sprintf("%s%d", c, i)}, {Term: fmt.Sprintf("%s name%d", c, i)},
					{Term: fmt.Sprintf("talks with %s%d", c, i)},
				}}
			}
			d.Rules = append(d.Rules, rules.Rule{Name: fmt.Sprint(i),
				Node: rules.Node{All: []rules.Node{terms("who"), terms("whom"), terms("what")}}})
		}
		set := compile(b, d)
		b.Run(fmt.Sprintf("%d rules", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				set.Match(s)
			}
		})
	}
}
