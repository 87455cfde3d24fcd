package main

import (
	"math"
	"math/rand/v2"
	"strings"
)

// inventTexts makes n texts of about so many bytes each, of words that stand
// for nothing, frequent ones as frequent as in a language. They serve where the
// corpus is not at hand.
func inventTexts(n, bytes int, rng *rand.Rand) []string {
	words := inventWords(12000, rng)
	texts := make([]string, n)
	for i := range texts {
		texts[i] = inventText(words, bytes, rng)
	}
	return texts
}

func inventWords(n int, rng *rand.Rand) []string {
	const consonants, vowels = "bcdfghklmnprstvw", "aeiou"
	words := make([]string, n)
	for i := range words {
		var w strings.Builder
		for range 1 + rng.IntN(2+min(i, 500)/200) {
			w.WriteByte(consonants[rng.IntN(len(consonants))])
			w.WriteByte(vowels[rng.IntN(len(vowels))])
			if rng.IntN(3) == 0 {
				w.WriteByte(consonants[rng.IntN(len(consonants))])
			}
		}
		words[i] = w.String()
	}
	return words
}

// inventText draws words by Zipf's law: the density of rank r is as 1/r.
func inventText(words []string, bytes int, rng *rand.Rand) string {
	var b strings.Builder
	sentence, paragraph := 0, 0
	for b.Len() < bytes {
		w := words[int(math.Pow(float64(len(words)), rng.Float64()))%len(words)]
		if sentence == 0 || rng.IntN(15) == 0 {
			w = strings.ToUpper(w[:1]) + w[1:]
		}
		b.WriteString(w)
		switch sentence++; {
		case sentence < 8 || rng.IntN(14) > 0:
			b.WriteByte(' ')
		case paragraph < 2:
			b.WriteString(". ")
			sentence, paragraph = 0, paragraph+1
		default:
			b.WriteString(".\n")
			sentence, paragraph = 0, 0
		}
	}
	return b.String()
}
