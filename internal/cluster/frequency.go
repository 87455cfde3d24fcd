package cluster

import (
	_ "embed" // for frequent.txt
	"strconv"
	"strings"
	"sync"

	"github.com/copytaster/copytaster/internal/text"
)

// frequentText lists the words that at least twenty of a thousand stories of a
// language hold, folded, each with how many of a thousand do. A line with one
// word begins a language. TestFrequentWords counted them in the developers' sets
// of same news; English is in package text.
//
//go:embed frequent.txt
var frequentText string

var frequent = sync.OnceValue(func() map[string]map[string]float32 {
	languages := map[string]map[string]float32{}
	var words map[string]float32
	for line := range strings.Lines(frequentText) {
		word, share, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			words = map[string]float32{}
			languages[word] = words
			continue
		}
		if n, err := strconv.ParseFloat(share, 32); err == nil {
			words[word] = float32(n)
		}
	}
	return languages
})

// frequency estimates how many of a thousand stories hold a folded word. Of a
// language that it does not know it takes every word for rare.
func frequency(language, word string) float32 {
	if words := frequent()[language]; words != nil {
		return words[word]
	}
	return text.Frequency(word)
}
