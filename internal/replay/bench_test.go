package replay

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// word is one of 3,000 invented words; small numbers are frequent ones.
func word(n int) string {
	const syllables = "bakodelifamonarupesitovuwazy"
	out := ""
	for n++; n > 0; n /= 14 {
		at := n % 14 * 2
		out += syllables[at : at+2]
	}
	return out + "n"
}

// words are some in a row, as frequent as words are: the n-th in proportion to
// 1/n, about.
func words(r *rand.Rand, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = word(int(3000 * r.Float64() * r.Float64() * r.Float64()))
	}
	return strings.Join(all, " ")
}

// plainLine is a line of the size and kind of a wire story.
func plainLine(n int) []byte {
	r := rand.New(rand.NewPCG(uint64(n), 1))
	var body strings.Builder
	for range 5 {
		fmt.Fprintf(&body, "%s\n%s\n%s, \"%s\".\n\n", words(r, 9), words(r, 9), words(r, 3), words(r, 3))
	}
	text, _ := json.Marshal(map[string]any{
		"url": fmt.Sprintf("https://wire.example/%d", n), "title": fmt.Sprintf("%s, story %d", words(r, 5), n), "text": body.String() + "\x03",
		"published": "2023-09-13T12:00:00Z", "language": "en", "topics": []string{"grain", "harbour"},
	})
	return text
}

// generated writes a file of stories in invented words.
func generated(t testing.TB, stories int) (path string) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "generated.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := range stories {
		if _, err := f.Write(append(plainLine(i), '\n')); err != nil {
			t.Fatal(err)
		}
	}
	return f.Name()
}

// generatedRules want three concepts of three phrases each; every tenth wants
// a single one, and finds some of the generated stories.
func generatedRules(n int) (d rules.Definition) {
	r := rand.New(rand.NewPCG(7, 7))
	for i := range n {
		rule := rules.Rule{Name: fmt.Sprintf("rule-%d", i)}
		for range 3 {
			var concept rules.Node
			for range 3 {
				concept.Any = append(concept.Any, rules.Node{Term: words(r, 1) + " " + word(r.IntN(3000))})
			}
			if rule.Node.All = append(rule.Node.All, concept); i%10 == 0 {
				break
			}
		}
		d.Rules = append(d.Rules, rule)
	}
	return d
}

// BenchmarkBacktest measures a whole backtest, from the file on, and the
// matcher alone over the same stories, already read.
func BenchmarkBacktest(b *testing.B) {
	const stories = 2000
	path := generated(b, stories)
	for _, n := range []int{100, 10_000} {
		v := compile(b, generatedRules(n))
		b.Run(fmt.Sprintf("rules=%d/backtest", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := Backtest(b.Context(), Files{Paths: []string{path}},
					Options{Rules: v, Samples: 1, Zone: time.UTC}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(stories)*float64(b.N)/b.Elapsed().Seconds(), "stories/s")
		})
		b.Run(fmt.Sprintf("rules=%d/matcher", n), func(b *testing.B) { matchAlone(b, Files{Paths: []string{path}}, v) })
	}
}

// matchAlone matches on all cores.
func matchAlone(b *testing.B, in Files, v Version) {
	var all []*news.Story
	if err := stream(b.Context(), in, in.stories, func(_ *part, r content) error {
		all = append(all, r.stories...)
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		cores := runtime.GOMAXPROCS(0)
		done := make(chan int, cores)
		for core := range cores {
			go func() {
				var matched []int
				for i := core; i < len(all); i += cores {
					matched = v.Set.Matched(all[i], matched[:0])
				}
				done <- len(matched)
			}()
		}
		for range cores {
			<-done
		}
	}
	b.ReportMetric(float64(len(all))*float64(b.N)/b.Elapsed().Seconds(), "stories/s")
}
