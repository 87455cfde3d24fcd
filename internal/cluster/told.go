package cluster

import (
	_ "embed" // for told.txt
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// Told is what a title and lead tell that can be compared: numbers by what they
// count, and words for an outcome.
type Told struct {
	Counts   map[string]float64 // by noun in English: dead, magnitude; the largest
	Outcomes []string           // in English, sorted
	Known    bool               // there is a text, and data for its language
}

// toldText lists, by language, the words for what is counted and for outcomes. A
// line is a language in brackets, or "noun: words" or "!outcome: words"; a word
// that ends in "*" may go on. An outcome of "!!" turns a news around.
//
//go:embed told.txt
var toldText string

// toldWord is what a word says.
type toldWord struct {
	name    string
	outcome bool
}

// toldWords are the words of one language.
type toldWords struct {
	whole map[string]toldWord
	open  []struct { // beginnings of words
		prefix string
		toldWord
	}
	phrases []struct { // of scripts without spaces, or of several words
		text string
		toldWord
	}
}

type toldTable struct {
	languages map[string]*toldWords
	turns     map[string]bool // outcomes
}

var toldData = sync.OnceValue(func() *toldTable {
	table := &toldTable{map[string]*toldWords{}, map[string]bool{}}
	var words *toldWords
	for line := range strings.Lines(toldText) {
		line = strings.TrimSpace(line)
		name, list, ok := strings.Cut(line, ":")
		switch {
		case line == "" || line[0] == '#':
			continue
		case !ok:
			words = &toldWords{whole: map[string]toldWord{}}
			table.languages[strings.Trim(line, "[]")] = words
			continue
		}
		bare := strings.TrimLeft(name, "!")
		if strings.HasPrefix(name, "!!") {
			table.turns[bare] = true
		}
		for word := range strings.SplitSeq(list, ",") {
			words.add(strings.TrimSpace(word), toldWord{bare, bare != name})
		}
	}
	return table
})

func (w *toldWords) add(word string, says toldWord) {
	prefix, open := strings.CutSuffix(word, "*")
	tokens := text.Split(prefix)
	folded := joined(tokens)
	switch {
	case len(tokens) > 1:
		w.phrases = append(w.phrases, struct {
			text string
			toldWord
		}{folded, says})
	case open:
		w.open = append(w.open, struct {
			prefix string
			toldWord
		}{folded, says})
	case folded != "":
		w.whole[folded] = says
	}
}

func (w *toldWords) of(folded string) (toldWord, bool) {
	if says, ok := w.whole[folded]; ok {
		return says, true
	}
	for _, o := range w.open {
		if strings.HasPrefix(folded, o.prefix) {
			return o.toldWord, true
		}
	}
	return toldWord{}, false
}

// TellOf reads the title and the lead of a story: of the lead the summary, and
// the first paragraph of the text.
func TellOf(s *news.Story) Told {
	first, _, _ := strings.Cut(strings.TrimSpace(s.Text), "\n")
	told := Told{Counts: map[string]float64{}}
	words := toldData().languages[s.Language]
	told.Known = words != nil && strings.TrimSpace(s.Summary+first) != ""
	if words == nil {
		return told
	}
	for _, part := range []string{s.Title, s.Summary, first} {
		told.read(words, s.Language, text.Split(cut(part, 4000)))
	}
	slices.Sort(told.Outcomes)
	told.Outcomes = slices.Compact(told.Outcomes)
	return told
}

func (t *Told) read(words *toldWords, language string, tokens []text.Token) {
	whole := " " + joined(tokens) + " "
	for _, p := range words.phrases {
		if p.outcome && (strings.Contains(whole, " "+p.text+" ") || p.text[0] >= 0x80 && strings.Contains(whole, p.text)) {
			t.Outcomes = append(t.Outcomes, p.name)
		}
	}
	for i := range tokens {
		says, known := words.at(tokens, i)
		if !known {
			continue
		}
		if says.outcome {
			t.Outcomes = append(t.Outcomes, says.name)
			continue
		}
		if n, ok := nearNumber(language, tokens, i, says.name); ok && n > t.Counts[says.name] {
			t.Counts[says.name] = n
		}
	}
}

// at returns what a word says that begins at a token; characters of scripts
// without spaces are looked at in twos and threes.
func (w *toldWords) at(tokens []text.Token, i int) (toldWord, bool) {
	if tokens[i].Script < text.Hangul {
		return w.of(tokens[i].Folded)
	}
	for _, p := range w.phrases {
		end := i
		for length := 0; end < len(tokens) && length < len(p.text); end++ {
			length += len(tokens[end].Folded)
		}
		if !p.outcome && joined(tokens[i:end]) == p.text {
			return p.toldWord, true
		}
	}
	return toldWord{}, false
}

// nearNumber returns the number that a noun counts: the nearest within three
// words, before the noun rather than behind it. A toll is told behind it.
func nearNumber(language string, tokens []text.Token, i int, noun string) (float64, bool) {
	reach := 3
	if noun == "toll" {
		reach = 8
	}
	for away := 1; away <= reach; away++ {
		for _, j := range [...]int{i - away, i + away} {
			if j < 0 || j >= len(tokens) || noun == "toll" && j < i {
				continue
			}
			if n, ok := numberOf(language, tokens, j); ok {
				return n, true
			}
		}
	}
	return 0, false
}

// numberOf reads a token as a number: 41, 26 000, four, 1.2 million.
func numberOf(language string, tokens []text.Token, i int) (float64, bool) {
	f := factsOf(language)
	if digits := spelledNumbers[tokens[i].Folded]; digits != "" {
		f.numbers[digits] = 1
	} else if c := tokens[i].Folded[0]; c >= '0' && c <= '9' {
		f.number(tokens[i].Folded)
	}
	for number := range f.numbers {
		n, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return 0, false
		}
		if i+1 < len(tokens) {
			n = scaled(n, &tokens[i+1], i > 0)
		}
		return n, true
	}
	return 0, false
}

// scaled is a number with the word behind it: 1.2 million. Three digits go on with
// it, unless it begins the text.
func scaled(n float64, next *text.Token, inside bool) float64 {
	word := next.Folded
	switch {
	case len(word) == 3 && next.Script == text.Number && n < 1000 && inside:
		if rest, err := strconv.ParseFloat(word, 64); err == nil {
			return n*1000 + rest
		}
	case strings.HasPrefix(word, "mill") || strings.HasPrefix(word, "милл") || word == "mln":
		return n * 1e6
	case word == "thousand" || word == "tausend" || word == "mille" || word == "mil" || strings.HasPrefix(word, "тыс"):
		return n * 1e3
	}
	return n
}
