package match_test

import (
	"math/rand/v2"
	"testing"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

// shape is a tree of conditions over mentions at random places: its leaves are
// terms, its levels take so many of their children together.
type shape struct {
	mentions []mention
	children []shape
	need     int
}

func randomShape(r *rand.Rand, words, depth int) shape {
	var s shape
	if depth == 0 || r.IntN(3) == 0 {
		for range 1 + r.IntN(4) {
			start := r.IntN(words)
			end := min(start+r.IntN(3), words-1)
			s.mentions = append(s.mentions, mention{start: start, end: end, firstEnd: end, lastStart: start})
		}
		return s
	}
	for range 2 + r.IntN(2) {
		s.children = append(s.children, randomShape(r, words, depth-1))
	}
	s.need = 1 + r.IntN(len(s.children))
	return s
}

// found returns the mentions of a shape by one way of combining those of its
// children.
func (s shape) found(combine func([][]mention, int) []mention) []mention {
	if s.children == nil {
		return s.mentions
	}
	parts := make([][]mention, len(s.children))
	for i, child := range s.children {
		parts[i] = child.found(combine)
	}
	return combine(parts, s.need)
}

// every makes all combinations of one mention each of so many parts.
func every(parts [][]mention, need int) []mention {
	switch {
	case need > len(parts):
		return nil
	case need == 0:
		return []mention{{start: 1 << 20, end: -1, firstEnd: 1 << 20, lastStart: -1}} // nothing yet
	}
	found := every(parts[1:], need)
	for _, rest := range every(parts[1:], need-1) {
		for _, m := range parts[0] {
			found = append(found, join(rest, m))
		}
	}
	return found
}

// TestCanonicalCombinations holds that the canonical combinations, which are
// few, fit in a window of words exactly when any combination does, through
// whatever nesting.
func TestCanonicalCombinations(t *testing.T) {
	const words = 30
	tokens := make([]text.Token, words)
	r := rand.New(rand.NewPCG(1, 1))
	story := &reading{fields: []fieldText{{tokens: tokens}}}
	fitting := 0
	for range 3000 {
		s := randomShape(r, words, 2)
		fits := func(all []mention) bool {
			for _, m := range all {
				if story.fit(rules.Window{Unit: rules.Words, Words: 2}, m) {
					return true
				}
			}
			return false
		}
		want, got := fits(s.found(every)), fits(s.found(combine))
		if got != want {
			t.Fatalf("%+v: fits %v, should %v", s, got, want)
		}
		if got {
			fitting++
		}
	}
	if fitting < 300 || fitting > 2700 {
		t.Errorf("%d of 3000 shapes fit", fitting)
	}
}
