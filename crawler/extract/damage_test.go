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
// long.
func TestDamagedPages(t *testing.T) {
	const every = 6 // pages; the fuzzers see the rest
	if testing.Short() {
		t.Skip("reads some hundred pages")
	}
	for _, pages := range [][]score.Page{articlePages(t), publisherPages(t)} {
		for i := 0; i < len(pages); i += every {
			for name := range damages {
				readDamaged(t, &pages[i], name, uint64(i))
			}
		}
	}
}

// readDamaged reads a page with one kind of damage. The same seed always damages
// it in the same way.
func readDamaged(t *testing.T, p *score.Page, damage string, seed uint64) {
	t.Helper()
	longest := raced(10 * time.Second)
	r := rand.New(rand.NewPCG(1, seed))
	page := damages[damage](slices.Clone(p.HTML), r)
	for _, charset := range []string{"", "utf-16le"}[:1+r.IntN(2)] {
		start := cpuTime(t)
		s, err := Article(page, Options{URL: p.URL, Charset: charset, Now: fuzzOptions.Now})
		if took := cpuTime(t) - start; took > longest {
			t.Errorf("%s, %s: took %s", p.ID, damage, took)
		}
		if err == nil {
			checkStory(t, s)
		} else if isPanic(err) {
			t.Errorf("%s, %s: %v", p.ID, damage, err)
		}
	}
}
