package cluster

import (
	_ "embed" // for readings.txt
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
)

// readingText lists Japanese names of people and places that are written in two or
// three kanji, each with how it is read, in Latin letters.
//
//go:embed readings.txt
var readingText string

// readings are how names in kanji are read. They lie in readingText.
var readings = sync.OnceValue(func() map[string]string {
	all := make(map[string]string, strings.Count(readingText, "\n"))
	for line := range strings.Lines(readingText) {
		if name, reading, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " "); ok {
			all[name] = reading
		}
	}
	return all
})

const (
	leastKanji = 2
	mostKanji  = 3
)

// findReadings yields how the names in kanji of a Japanese text may be read.
func findReadings(s string, tokens []text.Token, yield func(reading string)) {
	for i := 0; i < len(tokens); i++ {
		n := run(tokens[i:min(i+mostKanji, len(tokens))], kanji)
		for ; n >= leastKanji; n-- {
			list := readings()[s[tokens[i].Start:tokens[i+n-1].End]]
			if list == "" {
				continue
			}
			for reading := range strings.SplitSeq(list, " ") {
				yield(reading)
			}
			i += n - 1
			break
		}
	}
}

// kanji reports whether a token is a Chinese character, or the sign that repeats one.
func kanji(t *text.Token) bool {
	r, _ := utf8.DecodeRuneInString(t.Folded)
	return r >= 0x4E00 && r <= 0x9FFF || r == '々'
}
