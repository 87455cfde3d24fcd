package main

import (
	"math/bits"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// The baselines: exact title, SimHash and containment of runs of four words.

func sameTitle(p *labelledPair) bool {
	a, b := strings.TrimSpace(p.a.Title), strings.TrimSpace(p.b.Title)
	return a != "" && strings.EqualFold(a, b)
}

// nearSimHash asks for at most three of 64 bits to differ, as G. Manku, A. Jain
// and A. Das Sarma (2007) do for web pages.
func nearSimHash(p *labelledPair) bool { return bits.OnesCount64(simHash(p.a)^simHash(p.b)) <= 3 }

func simHash(s *news.Story) (hash uint64) {
	var sums [64]int
	for h := range shinglesOf(s) {
		for bit := range sums {
			sums[bit] += int(h>>bit&1)*2 - 1
		}
	}
	for bit, sum := range sums {
		if sum > 0 {
			hash |= 1 << bit
		}
	}
	return hash
}

func contained(p *labelledPair) bool {
	a, b := shinglesOf(p.a), shinglesOf(p.b)
	both := 0
	for h := range a {
		if b[h] {
			both++
		}
	}
	least := min(len(a), len(b))
	return least > 0 && float64(both) >= 0.5*float64(least)
}

func shinglesOf(s *news.Story) map[uint64]bool {
	var cut text.Tokens
	cut.Cut(s.Text)
	words := cut.Hashes(nil)
	set := map[uint64]bool{}
	for i := 0; i+4 <= len(words); i++ {
		var h uint64
		for _, w := range words[i : i+4] {
			h = (h ^ w) * 0x9E3779B97F4A7C15
			h ^= h >> 29
		}
		set[h] = true
	}
	return set
}
