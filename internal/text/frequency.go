package text

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// frequencies lists the words that at least four of a thousand English news
// stories hold, folded, each with how many of a thousand do. TestFrequencies
// counted them in 11,000 stories of a wire of 1987 and in some 40 pages of
// today's press, which weigh as much.
//
//go:embed frequencies.txt
var frequencies string

// unlisted is how many of a thousand stories hold a word that is not listed, an
// estimate: most are names.
const unlisted = 1

var frequencyOf = sync.OnceValue(func() map[string]float32 {
	known := make(map[string]float32, strings.Count(frequencies, "\n"))
	for line := range strings.Lines(frequencies) {
		word, share, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, err := strconv.ParseFloat(share, 32)
		if err == nil {
			known[word] = float32(n)
		}
	}
	return known
})

// Frequency estimates how many of a thousand news stories hold a folded word.
// It knows English; of any other language it takes every word for rare.
func Frequency(word string) float32 {
	if n, ok := frequencyOf()[word]; ok {
		return n
	}
	return unlisted
}
