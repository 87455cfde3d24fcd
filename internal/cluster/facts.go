package cluster

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
)

// facts collects the names and numbers of one story.
type facts struct {
	language     string
	names        map[string]int // by folded form: how often
	numbers      map[string]int
	titleWords   map[string]int
	capitals     map[string]bool // words of a title that is not all capitals, with one; whether inside of it
	lower        map[string]bool // words that the text also writes in lower case
	titleNumbers []string
	fullNames    map[string]int // two names in a row
	places       map[string]int // countries by their code, how often
	words        map[string]int // of title and text, how often
	concepts     map[string]int // words for them, how often
	readings     map[string]int // of names in kanji, how often
}

func factsOf(language string) *facts {
	f := &facts{language: language, capitals: map[string]bool{}, lower: map[string]bool{}}
	for _, m := range f.counts() {
		*m = map[string]int{}
	}
	return f
}

// counts are the facts that are counted.
func (f *facts) counts() []*map[string]int {
	return []*map[string]int{
		&f.names, &f.numbers, &f.titleWords, &f.places, &f.fullNames, &f.words, &f.concepts, &f.readings,
	}
}

// reset returns facts to be used again for another story; f may be nil.
func (f *facts) reset(language string) *facts {
	if f == nil || len(f.words) > mostWords/2 { // a map never shrinks
		return factsOf(language)
	}
	for _, m := range f.counts() {
		clear(*m)
	}
	clear(f.capitals)
	clear(f.lower)
	f.language, f.titleNumbers = language, nil
	return f
}

// title reads the tokens of a title.
func (f *facts) title(s string, tokens []text.Token) {
	shouted := text.Shouted(tokens)
	f.each(s, tokens, func(word string, t *text.Token, begins bool) {
		f.words[word]++
		f.titleWords[word]++
		if !shouted && capital(t.Exact) {
			f.capitals[word] = f.capitals[word] || !begins
		}
	})
	f.foreign(s, tokens)
	f.titleNumbers = mostOf(f.numbers, mostNumbers)
}

// body reads the tokens of a text. A word is a name when it stands in capitals
// inside of a sentence.
func (f *facts) body(s string, tokens []text.Token) {
	shouted := text.Shouted(tokens)
	var last fullName
	f.each(s, tokens, func(word string, t *text.Token, begins bool) {
		named := !shouted && (capital(t.Exact) || katakana(t.Folded))
		if full := last.with(word, t, named, begins); full != "" && len(f.fullNames) < mostNames {
			f.fullNames[full]++
		}
		if len(f.words) < mostWords || f.words[word] > 0 {
			f.words[word]++
		}
		switch {
		case katakana(t.Folded):
		case shouted || !capital(t.Exact):
			f.lower[word] = true
		case !begins || t.Acronym():
			f.names[word]++
		}
	})
	f.foreign(s, tokens)
}

// fullName is the last name that was read, to be joined with the next one.
type fullName struct {
	word string
	end  int
}

// with returns the last name and the word behind it, "" when they are no full
// name, and keeps the word if it is a name.
func (n *fullName) with(word string, t *text.Token, named, begins bool) (full string) {
	gap := t.Start - n.end
	if named && !begins && n.word != "" && gap >= 0 && gap <= len("・") {
		full = n.word + " " + word
	}
	n.word, n.end = "", t.End
	if named {
		n.word = word
	}
	if katakana(t.Folded) {
		n.end = t.Start + len(word)
	}
	return full
}

// each yields the words of a text, and notes its numbers. Characters of scripts
// that are written without spaces are yielded in pairs, katakana and syllables of
// Hangul joined to words.
func (f *facts) each(s string, tokens []text.Token, yield func(word string, t *text.Token, begins bool)) {
	for i := 0; i < len(tokens); i++ {
		t := &tokens[i]
		begins := t.Break || i == 0 || beginsSentence(s[min(tokens[i-1].End, t.Start):t.Start])
		if t.Script < text.Hangul && t.Alt != nil {
			t = t.Alt // Iran in l'Iran, Bursa in Bursa'da
		}
		var word string
		var n int
		switch t.Script {
		case text.Han, text.Kana, text.Unspaced:
			word, n = f.unspaced(tokens[i:])
		case text.Hangul:
			n = run(tokens[i:], func(t *text.Token) bool { return t.Script == text.Hangul })
			word = withoutParticle(joined(tokens[i : i+n]))
		default:
			word, n = f.spaced(s, tokens[i:], t)
		}
		if word != "" {
			yield(word, t, begins)
		}
		i += n - 1
	}
}

// unspaced returns the word that a text without spaces begins with: a row of three
// or more katakana, which is a name, or else a pair of characters, of which the
// next word begins with the second.
func (f *facts) unspaced(tokens []text.Token) (word string, n int) {
	t := &tokens[0]
	if n := run(tokens, func(t *text.Token) bool { return katakana(t.Folded) }); n >= 3 {
		word = joined(tokens[:n])
		f.names[word]++
		return word, n
	}
	if len(tokens) > 1 && tokens[1].Joined && tokens[1].Script == t.Script {
		return t.Folded + tokens[1].Folded, 1
	}
	return "", 1
}

// spaced returns the word that a text begins with, t, or notes it when it is a
// number.
func (f *facts) spaced(s string, tokens []text.Token, t *text.Token) (word string, n int) {
	if first, _ := utf8.DecodeRuneInString(t.Folded); unicode.IsDigit(first) {
		n = 1
		for f.language != "en" && n < 4 && n < len(tokens) && thousands(s, &tokens[n-1], &tokens[n]) {
			n++
		}
		number := strings.ReplaceAll(joined(tokens[:n]), " ", "")
		if f.language != "en" && n < len(tokens) && fraction(s, &tokens[n-1], &tokens[n]) {
			number = strings.ReplaceAll(number, ".", "") + "." + tokens[n].Folded
			n++
		}
		f.number(number)
		return "", n
	}
	if t.Script == text.Latin && len(f.numbers) < mostNumbers {
		f.spelled(t.Folded)
	}
	if len(t.Folded) < 2 {
		return "", 1
	}
	return bare(t), 1
}

// run counts the tokens at the beginning of a text that are joined and fit.
func run(tokens []text.Token, fits func(t *text.Token) bool) (n int) {
	for n < len(tokens) && (n == 0 || tokens[n].Joined) && fits(&tokens[n]) {
		n++
	}
	return n
}

// bare returns the folded form without an Arabic article.
func bare(t *text.Token) string {
	if t.Script == text.Arabic {
		if rest, ok := strings.CutPrefix(t.Folded, "ال"); ok && len(rest) > 4 {
			return rest
		}
	}
	return t.Folded
}

// beginsSentence reports whether what stands between two words ends a sentence
// or opens a quotation.
func beginsSentence(between string) bool {
	return strings.ContainsAny(between, ".!?…:\n\"“”„«»—–•|*")
}

func capital(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsUpper(r)
}

// particles end Korean words, the longest first.
var particles = strings.Fields("에서는 에게서 으로는 에서 에게 으로 까지 부터 처럼 이라 은 는 이 가 을 를 에 의 와 과 도 로 만")

func withoutParticle(word string) string {
	for _, p := range particles {
		if rest, ok := strings.CutSuffix(word, p); ok && len(rest) >= 6 {
			return rest
		}
	}
	return word
}

// number notes a number as it is compared.
func (f *facts) number(folded string) {
	if len(f.numbers) >= mostNumbers {
		return
	}
	if number := numberOf(f.language, folded); number != "" {
		f.numbers[number]++
	}
}

// numberOf returns a number as it is compared: digits of ASCII, without thousands
// marks, zeros at the end of a fraction and letters behind it (5th, 4.5bn).
func numberOf(language, folded string) string {
	digits := make([]byte, 0, len(folded))
	for _, r := range folded {
		if r != '.' && !unicode.IsDigit(r) {
			break
		}
		digits = append(digits, digitOf(r))
	}
	number := strings.Trim(string(digits), ".")
	if language != "en" && thousandsDots(number) {
		number = strings.ReplaceAll(number, ".", "")
	}
	if whole, fraction, ok := strings.Cut(number, "."); ok {
		number = strings.TrimRight(whole+"."+fraction, "0")
		number = strings.TrimSuffix(number, ".")
	}
	if number == "" {
		return ""
	}
	if number = strings.TrimLeft(number, "0"); number == "" || number[0] == '.' {
		number = "0" + number
	}
	return number
}

// thousands reports whether a number of three digits goes on with the one before
// it: 26 000, 1.200.000.
func thousands(s string, a, b *text.Token) bool {
	if a.Script != text.Number || b.Script != text.Number || len(b.Folded) != 3 || len(a.Folded) > 3 || a.End > b.Start {
		return false
	}
	switch s[a.End:b.Start] {
	case " ", ".", "'", "’", "\u00a0", "\u202f":
		return true
	}
	return false
}

// fraction reports whether a number of one or two digits stands behind the comma of
// the one before it: 49,2.
func fraction(s string, a, b *text.Token) bool {
	return a.Script == text.Number && b.Script == text.Number && len(b.Folded) < 3 &&
		b.Start == a.End+1 && s[a.End] == ','
}

// digitOf returns a decimal digit of any script as one of ASCII; everything else
// is a dot. Unicode keeps the ten digits of a script together, zero first.
func digitOf(r rune) byte {
	if !unicode.IsDigit(r) {
		return '.'
	}
	value := byte(0)
	for value < 9 && unicode.IsDigit(r-rune(value)-1) {
		value++
	}
	return '0' + value
}

// thousandsDots reports whether the dots of a number stand between thousands.
func thousandsDots(number string) bool {
	groups := strings.Split(number, ".")
	if len(groups) < 2 || len(groups[0]) > 3 || groups[0] == "0" {
		return false
	}
	return !slices.ContainsFunc(groups[1:], func(g string) bool { return len(g) != 3 })
}

// spelledNumbers are numbers in words. One is left out: in most languages it is
// an article.
var spelledNumbers = map[string]string{
	"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
	"eleven": "11", "twelve": "12", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7",
	"ocho": "8", "nueve": "9", "diez": "10", "zwei": "2", "drei": "3", "vier": "4", "funf": "5", "sechs": "6",
	"sieben": "7", "acht": "8", "neun": "9", "zehn": "10", "elf": "11", "zwolf": "12", "deux": "2", "trois": "3",
	"quatre": "4", "cinq": "5", "sept": "7", "huit": "8", "neuf": "9", "dix": "10", "due": "2", "tre": "3",
	"quattro": "4", "cinque": "5", "sei": "6", "sette": "7", "otto": "8", "nove": "9", "dieci": "10", "twee": "2",
	"drie": "3", "vijf": "5", "zes": "6", "zeven": "7", "negen": "9", "tien": "10",
}

func (f *facts) spelled(word string) {
	if n := spelledNumbers[word]; n != "" {
		f.numbers[n]++
	}
}

// into writes the facts into a sketch.
func (f *facts) into(s *Sketch) {
	for word, n := range f.names {
		if f.lower[word] && n < 2 { // at the beginning of something that is no sentence
			delete(f.names, word)
		}
	}
	for word := range f.titleWords {
		inside, written := f.capitals[word]
		likely := written && !f.lower[word] && weight(f.language, word) > leastName
		switch {
		case f.names[word] > 0 || likely && inside:
			s.titleNames = append(s.titleNames, word)
			f.names[word]++
		case likely: // it may have its capital because it begins the title
			f.names[word]++
		}
	}
	slices.Sort(s.titleNames)
	s.words = make([]uint32, 0, len(f.words))
	for word := range f.words {
		s.words = append(s.words, hashWord(word))
	}
	slices.Sort(s.words)
	s.words = slices.Compact(s.words)
	s.names = mostOf(f.names, mostNames)
	s.titleNumbers = f.titleNumbers
	s.numbers = mostOf(f.numbers, mostNumbers)
	s.titleWords = mostOf(f.titleWords, mostNames)
}

// leastName is the least weight of a word of a title that is taken for a name
// because of its capital: one that twenty of a thousand stories hold. Many
// titles are written in capitals throughout.
const leastName = 3.9

// mostOf returns the most frequent words of a count, at most n, sorted.
func mostOf(count map[string]int, n int) []string {
	words := make([]string, 0, len(count))
	for word := range count {
		words = append(words, word)
	}
	slices.Sort(words)
	if len(words) > n {
		slices.SortStableFunc(words, func(a, b string) int { return count[b] - count[a] })
		words = words[:n]
		slices.Sort(words)
	}
	return words
}

// weight returns how much a folded word says: the logarithm of how many stories
// there are for one that holds it.
func weight(language, word string) float64 {
	return math.Log(1000 / float64(max(1, frequency(language, word))))
}

// numberWeight is weight for a number: a small one, and a year, says little.
func numberWeight(number string) float64 {
	switch {
	case len(number) == 1:
		return 2
	case len(number) == 4 && (number[:2] == "19" || number[:2] == "20"):
		return 2
	case len(number) == 2:
		return 4
	}
	return 6
}

// hashWord is a word as sketches keep it.
func hashWord(word string) uint32 { return uint32(text.HashOf(word) >> 32) }
