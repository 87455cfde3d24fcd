package rules_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// The rules of the benchmarks are like those of the yardstick in rules/bench,
// where the engine is measured beside others: all of 3 concepts of 3 phrases.

func BenchmarkMatched(b *testing.B) {
	texts := benchTexts(b)
	phrases := newPhrases(texts)
	for _, size := range benchSizes() {
		b.Run(size.name, func(b *testing.B) {
			set, mistakes := rules.Compile(phrases.definition(size.rules))
			if set == nil {
				b.Fatal(mistakes[0])
			}
			var stories []*news.Story
			bytes := 0
			for i := 1; i < len(texts); i += 2 {
				stories = append(stories, &news.Story{Text: texts[i]})
				bytes += len(texts[i])
			}
			b.SetBytes(int64(bytes / len(stories)))
			b.ReportAllocs()
			var matched []int
			i := 0
			for b.Loop() {
				matched = set.Matched(stories[i%len(stories)], matched[:0])
				i++
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	phrases := newPhrases(benchTexts(b))
	for _, size := range benchSizes() {
		b.Run(size.name, func(b *testing.B) {
			definition := phrases.definition(size.rules)
			b.ReportAllocs()
			for b.Loop() {
				if set, mistakes := rules.Compile(definition); set == nil {
					b.Fatal(mistakes[0])
				}
			}
		})
	}
}

type benchSize struct {
	name  string
	rules int
}

func benchSizes() []benchSize { return []benchSize{{"1k", 1000}, {"10k", 10_000}, {"100k", 100_000}} }

// phrases is what the terms of rules are drawn from.
type phrases struct {
	rng                       *rand.Rand
	frequent, other, invented []string
	words                     [][]string // of each text
}

func newPhrases(texts []string) *phrases {
	p := &phrases{rng: rand.New(rand.NewPCG(7, 0))}
	in := map[string]int{}
	for _, t := range texts {
		words := strings.FieldsFunc(strings.ToLower(t), func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r)
		})
		p.words = append(p.words, words)
		for _, w := range slices.Compact(slices.Sorted(slices.Values(words))) {
			in[w]++
		}
	}
	for _, w := range slices.Sorted(maps.Keys(in)) {
		switch {
		case len([]rune(w)) < 4:
		case in[w] >= len(texts)/30:
			p.frequent = append(p.frequent, w)
		default:
			p.other = append(p.other, w)
		}
	}
	for range 60_000 {
		head, tail := []rune(p.pick(p.other)), []rune(p.pick(p.other))
		p.invented = append(p.invented, string(head[:len(head)/2])+string(tail[len(tail)/2:]))
	}
	return p
}

func (p *phrases) pick(from []string) string { return from[p.rng.IntN(len(from))] }

func (p *phrases) phrase() string {
	switch r := p.rng.Float64(); {
	case r < 0.21:
		return p.pick(p.frequent)
	case r < 0.38:
		return p.pick(p.other)
	case r < 0.50:
		return p.pick(p.invented)
	case r < 0.72:
		text := p.words[p.rng.IntN(len(p.words))]
		at := p.rng.IntN(len(text) - 1)
		return text[at] + " " + text[at+1]
	default:
		return p.pick(p.invented) + " " + p.pick(p.invented)
	}
}

// definition draws the same n rules whatever was drawn before.
func (p *phrases) definition(n int) rules.Definition {
	p.rng = rand.New(rand.NewPCG(7, uint64(n)))
	var d rules.Definition
	for i := range n {
		r := rules.Rule{Name: fmt.Sprintf("rule-%d", i), Node: rules.Node{All: make([]rules.Node, 3)}}
		for c := range r.Node.All {
			for range 3 {
				r.Node.All[c].Any = append(r.Node.All[c].Any, rules.Node{Term: p.phrase()})
			}
		}
		d.Rules = append(d.Rules, r)
	}
	return d
}

// benchTexts returns the corpus's articles, or texts of words that stand for
// nothing where the corpus is not at hand.
func benchTexts(b *testing.B) []string {
	b.Helper()
	folder := cmp.Or(os.Getenv("COPYTASTER_CORPUS"), "../../shared/corpus")
	raw, err := os.ReadFile(filepath.Join(folder, "articles", "ground-truth.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return inventedTexts(92, 900)
	}
	if err != nil {
		b.Fatal(err)
	}
	var pages map[string]struct {
		Body string `json:"articleBody"`
	}
	if err := json.Unmarshal(raw, &pages); err != nil {
		b.Fatal(err)
	}
	var texts []string
	for _, id := range slices.Sorted(maps.Keys(pages)) {
		texts = append(texts, pages[id].Body)
	}
	return texts
}

// inventedTexts draws words by Zipf's law.
func inventedTexts(n, words int) []string {
	rng := rand.New(rand.NewPCG(8, 0))
	vocabulary := make([]string, 12_000)
	for i := range vocabulary {
		for range 2 + rng.IntN(3) {
			vocabulary[i] += string("bcdfghklmnprstvw"[rng.IntN(16)]) + string("aeiou"[rng.IntN(5)])
		}
	}
	texts := make([]string, n)
	for i := range texts {
		text := make([]string, words)
		for k := range text {
			text[k] = vocabulary[int(math.Pow(float64(len(vocabulary)), rng.Float64()))-1]
			if k%12 == 11 {
				text[k] += ".\n"
			}
		}
		texts[i] = strings.Join(text, " ")
	}
	return texts
}
