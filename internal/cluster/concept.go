package cluster

import (
	_ "embed" // for concepts.txt
	"math"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
)

// conceptText lists, by language, words for what other languages have words for, too,
// each with the numbers of its concepts: signs that Unicode's CLDR 48 annotates with
// words, for readers and search.
//
//go:embed concepts.txt
var conceptText string

// concepts are the words of one language, with what they stand for.
type concepts struct {
	language string
	words    map[string][]uint16
	longest  int // word, in characters
}

// conceptLines are the lines of each language.
var conceptLines = sync.OnceValue(func() map[string]func() *concepts {
	languages := map[string]func() *concepts{}
	for part := range strings.SplitSeq(strings.TrimPrefix(conceptText, "["), "\n[") {
		language, lines, _ := strings.Cut(part, "]\n")
		languages[language] = sync.OnceValue(func() *concepts { return readConcepts(language, lines) })
	}
	return languages
})

// conceptWords returns the words of a language, nil when none are known.
func conceptWords(language string) *concepts {
	if read := conceptLines()[language]; read != nil {
		return read()
	}
	return nil
}

func readConcepts(language, lines string) *concepts {
	c := &concepts{language: language, words: map[string][]uint16{}}
	var stems text.Stems
	for line := range strings.Lines(lines) {
		word, list, _ := strings.Cut(strings.TrimSpace(line), ": ")
		var numbers []uint16
		for number := range strings.FieldsSeq(list) {
			if n, err := strconv.ParseUint(number, 10, 16); err == nil { // a test reads each line
				numbers = append(numbers, uint16(n))
			}
		}
		word = c.stem(&stems, word)
		c.words[word] = append(c.words[word], numbers...)
		c.longest = max(c.longest, utf8.RuneCountInString(word))
	}
	return c
}

func (c *concepts) stem(stems *text.Stems, word string) string {
	switch c.language {
	case "en":
		return stems.English(word)
	case "ru":
		return stems.Russian(word)
	}
	return word
}

// find yields the words for concepts in a text that is written without spaces.
func (c *concepts) find(tokens []text.Token, yield func(word string)) {
	for i := 0; i < len(tokens); i++ {
		if tokens[i].Script <= text.Hangul {
			continue
		}
		for n := run(tokens[i:min(i+c.longest, len(tokens))], unspacedToken); n > 1; n-- {
			if word := joined(tokens[i : i+n]); c.words[word] != nil {
				yield(word)
				i += n - 1
				break
			}
		}
	}
}

func unspacedToken(t *text.Token) bool { return t.Script > text.Hangul }

// of returns what a word stands for. In a language whose stems are not known, up to
// two letters at the end may be of an inflection.
func (c *concepts) of(stems *text.Stems, word string) []uint16 {
	word = c.stem(stems, word)
	for range 3 {
		if numbers := c.words[word]; numbers != nil {
			return numbers
		}
		if c.language == "en" || c.language == "ru" || utf8.RuneCountInString(word) < 5 {
			return nil
		}
		_, size := utf8.DecodeLastRuneInString(word)
		word = word[:len(word)-size]
	}
	return nil
}

// conceptsOf returns what the words of a story stand for. A word that stands for
// several concepts says less of each.
func (k *Sketcher) conceptsOf(s *Sketch, f *facts) []Feature {
	c := conceptWords(s.Language)
	if c == nil {
		return nil
	}
	times := map[uint16]float64{}
	note := func(numbers []uint16, n int) {
		for _, number := range numbers {
			times[number] += often(n) / math.Sqrt(float64(len(numbers)))
		}
	}
	for word, n := range f.words {
		note(c.of(&k.stems, word), n)
	}
	for word, n := range f.concepts {
		note(c.words[word], n)
	}
	list := make([]Feature, 0, len(times))
	for number, n := range times {
		list = append(list, k.foreign(conceptFeature, strconv.Itoa(int(number)), n))
	}
	return list
}

// foreign notes what a text has that serves between languages.
func (f *facts) foreign(s string, tokens []text.Token) {
	allPlaces().find(tokens, func(code string) { f.places[code]++ })
	if c := conceptWords(f.language); c != nil {
		c.find(tokens, func(word string) { f.concepts[word]++ })
	}
	if f.language == "ja" {
		findReadings(s, tokens, func(reading string) { f.readings[reading]++ })
	}
}
