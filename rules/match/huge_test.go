package match_test

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// TestHugeStory holds that rules about mentions take time in proportion to the
// story, though its mentions could be combined in countless ways.
func TestHugeStory(t *testing.T) {
	const size = 2 << 20
	set := parse(t, `
concepts:
  word: [missile, missile*, mizzile]
  both: {all: [missile, missile], within: 3 words}
rules:
  - {name: times, any: [missile], times: 1000}
  - {name: times-within, any: [missile], times: 90, within: 100 words}
  - {name: within, all: [missile, missile*, $word], within: 10 words}
  - {name: sentence, all: [missile, missile*, film], within: sentence}
  - {name: ordered, all: [missile, missile, missile], ordered: true, within: 2 words}
  - {name: near, any: [missile], near: [missile*, film], within: 5 words}
  - {name: not-near, any: [missile], not near: [missile*], within: 5 words}
  - {name: not-part, any: [missile], not part of: [missile missile], times: 2}
  - {name: of, at least: 2, of: [missile, missile*, film, $both], within: 5 words}
  - {name: spoilt, all: [missile, $both], none: [missile*], within: 5 words}
  - {name: pattern, all: ["/mis+ile/", "mi?sile"], within: 5 words}
  - {name: first, any: [film], in: first 100 words}
`)
	for _, piece := range []string{"missile ", "missile. ", "missile\n"} {
		s := &news.Story{Title: "x", Text: strings.Repeat(piece, size/len(piece))}
		began := time.Now()
		matched := len(set.Match(s))
		if took := time.Since(began); took > 15*time.Minute || matched == 0 { // hours when it is not
			t.Errorf("%q: %d rules match, took %v", piece, matched, took)
		}
	}
}

// TestManyMentions holds that of one term the first mentions of each field are
// looked at together, as many as the package says, and that the others are found
// all the same.
func TestManyMentions(t *testing.T) {
	const most = 100_000
	set := parse(t, `
rules:
  - {name: there, any: [missile, film]}
  - {name: next, all: [missile, film], within: 0 words}
  - {name: near, all: [missile, film], within: 9 words}
`)
	for _, c := range []struct {
		missiles int
		want     []string
	}{
		{most, []string{"there", "next", "near"}},
		{most + 5, []string{"there", "near"}},
		{most + 50, []string{"there"}},
	} {
		s := &news.Story{Title: "missile missile", Text: "x\n" + strings.Repeat("missile ", c.missiles) + "film"}
		var got []string
		for _, m := range set.Match(s) {
			got = append(got, m.Rule)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%d mentions: %v match, want %v", c.missiles, got, c.want)
		}
	}
}

// cpuTime is what this process has spent, beside however many others.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// TestManyNodes holds that definitions are checked and compiled in time that grows
// with their size and not faster. What is refused is in the tests of rules/lint.
func TestManyNodes(t *testing.T) {
	different := make([]rules.Node, 100_000)
	for i := range different {
		different[i] = term(fmt.Sprintf("~word%d", i))
	}
	chain := rules.Definition{Concepts: map[string]rules.Node{"c0": term("x1")}}
	for i := 1; i < 10_000; i++ {
		chain.Concepts[fmt.Sprintf("c%d", i)] = anyOf(use(fmt.Sprintf("c%d", i-1)), term(fmt.Sprintf("word%d", i)))
	}
	for name, d := range map[string]rules.Definition{"different terms": rule(anyOf(different...)), "a chain of concepts": chain} {
		t.Run(name, func(t *testing.T) {
			began := cpuTime(t)
			set, mistakes := rules.Compile(d)
			if took := cpuTime(t) - began; took > 20*time.Second && !raceDetector {
				t.Errorf("took %v", took)
			}
			if set == nil || len(mistakes) > 0 {
				t.Errorf("%d mistakes: %+v", len(mistakes), mistakes[:min(len(mistakes), 3)])
			}
		})
	}
}
