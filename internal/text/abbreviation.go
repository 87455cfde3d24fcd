package text

import (
	_ "embed" // for abbreviations.txt
	"strings"
	"sync"
)

//go:embed abbreviations.txt
var abbreviationText string

// abbreviations are the words that a full stop may follow inside a sentence,
// without their last full stop: the lists of abbreviations.txt.
type abbreviations struct{ titles, ranks, measures, companies map[string]bool }

// abbreviated reads the abbreviations once.
var abbreviated = sync.OnceValue(func() abbreviations {
	lists := map[string]map[string]bool{"titles": {}, "ranks": {}, "measures": {}, "companies": {}}
	for line := range strings.Lines(abbreviationText) {
		line, _, _ = strings.Cut(line, "#")
		if words := strings.Fields(line); len(words) > 0 {
			for _, word := range words[1:] {
				lists[words[0]][word] = true
			}
		}
	}
	return abbreviations{lists["titles"], lists["ranks"], lists["measures"], lists["companies"]}
})

// longestAbbreviation bounds the word before a full stop, in bytes.
const longestAbbreviation = 24
