package extract

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/crawler/extract/score"
)

// damages are what happens to pages on their way: each gives one damaged copy.
var damages = map[string]func([]byte, *rand.Rand) []byte{
	"cut":  func(b []byte, r *rand.Rand) []byte { return b[:r.IntN(len(b))] },
	"tail": func(b []byte, r *rand.Rand) []byte { return b[r.IntN(len(b)):] },
	"flipped": func(b []byte, r *rand.Rand) []byte {
		b = slices.Clone(b)
		for range 1 + len(b)/500 {
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
		}
		return b
	},
	"without end tags": func(b []byte, r *rand.Rand) []byte {
		out := make([]byte, 0, len(b))
		for i, c := range b {
			if c == '/' && i > 0 && b[i-1] == '<' && r.IntN(3) == 0 {
				continue
			}
			out = append(out, c)
		}
		return out
	},
	"twice": func(b []byte, r *rand.Rand) []byte { return append(b[:r.IntN(len(b))], b[r.IntN(len(b)):]...) },
}

// TestDamagedPages reads real pages that were damaged: none panics, none takes
// long. The same seed always damages them in the same way.
func TestDamagedPages(t *testing.T) {
	const (
		every   = 6                // pages; the fuzzers see the rest
		longest = 10 * time.Second // generous, for a busy machine and the race detector
	)
	if testing.Short() {
		t.Skip("reads some hundred pages")
	}
	for _, pages := range [][]score.Page{articlePages(t), publisherPages(t)} {
		for i := 0; i < len(pages); i += every {
			for name, damage := range damages {
				r := rand.New(rand.NewPCG(1, uint64(i)))
				page := damage(slices.Clone(pages[i].HTML), r)
				for _, charset := range []string{"", "utf-16le"}[:1+r.IntN(2)] {
					start := time.Now()
					s, err := Article(page, Options{URL: pages[i].URL, Charset: charset, Now: fuzzOptions.Now})
					if took := time.Since(start); took > longest {
						t.Errorf("%s, %s: took %s", pages[i].ID, name, took)
					}
					if err == nil {
						checkStory(t, s)
					} else if isPanic(err) {
						t.Errorf("%s, %s: %v", pages[i].ID, name, err)
					}
				}
			}
		}
	}
}
