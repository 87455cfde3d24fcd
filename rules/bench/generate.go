package main

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
)

// concepts is a rule of the yardstick: all of its concepts must be found, each
// by any of its phrases.
type concepts [][]string

// The sizes of the word list from which the yardstick was made first: the words
// of more than three letters of Debian's wamerican, and those of them that begin
// with a capital.
const (
	dictionaryWords = 73181
	dictionaryNames = 9985
)

// vocabulary is what the phrases of rules are drawn from. It is counted over
// all texts, those that are matched included.
type vocabulary struct {
	common, mid, rare          []string // single words by the number of texts that have them
	bigrams, repeated, trigram []string // as they stand in the texts; repeated ones in two texts or more
	words, names               []string // as of a dictionary: most of them are in no text
}

// newVocabulary counts the words of texts. The bounds between common, middling
// and rare words are shares of the texts: 6 and 2 of 181.
func newVocabulary(texts []string, rng *rand.Rand) *vocabulary {
	singles, pairs, triples := documentFrequencies(texts)
	v := &vocabulary{}
	often := max(3, (6*len(texts)+90)/181)
	for _, w := range sortedKeys(singles) {
		switch n := singles[w]; {
		case len([]rune(w)) <= 3:
		case n >= often:
			v.common = append(v.common, w)
		case n >= 2:
			v.mid = append(v.mid, w)
		default:
			v.rare = append(v.rare, w)
		}
	}
	for _, p := range sortedKeys(pairs) {
		a, b, _ := strings.Cut(p, " ")
		if len([]rune(a)) <= 2 || len([]rune(b)) <= 3 {
			continue
		}
		v.bigrams = append(v.bigrams, p)
		if pairs[p] >= 2 {
			v.repeated = append(v.repeated, p)
		}
	}
	for _, p := range sortedKeys(triples) {
		if !slices.ContainsFunc(strings.Fields(p), func(w string) bool { return len([]rune(w)) <= 2 }) {
			v.trigram = append(v.trigram, p)
		}
	}
	v.invent(texts, rng)
	return v
}

// documentFrequencies counts in how many texts each word, pair and triple of
// words stands.
func documentFrequencies(texts []string) (singles, pairs, triples map[string]int) {
	singles, pairs, triples = map[string]int{}, map[string]int{}, map[string]int{}
	for _, t := range texts {
		words := splitWords(t)
		here := map[string]bool{}
		count := func(into map[string]int, phrase string) {
			if !here[phrase] {
				here[phrase] = true
				into[phrase]++
			}
		}
		for i, w := range words {
			count(singles, w)
			if i+1 < len(words) {
				count(pairs, w+" "+words[i+1])
			}
			if i+2 < len(words) {
				count(triples, w+" "+words[i+1]+" "+words[i+2])
			}
		}
	}
	return singles, pairs, triples
}

// splitWords returns the lower-case words of a text: runs of letters and digits.
func splitWords(s string) []string {
	return strings.FieldsFunc(strings.Map(unicode.ToLower, s), func(r rune) bool { return !isWordRune(r) })
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// invent fills the dictionary: the words that the texts have in lower case, and
// three quarters of those that they only have with a capital as names, about as
// many as a dictionary knows; then words made of the beginning of one and the
// end of another.
func (v *vocabulary) invent(texts []string, rng *rand.Rand) {
	lower, capital := map[string]int{}, map[string]int{}
	for _, t := range texts {
		for _, w := range strings.FieldsFunc(t, func(r rune) bool { return !isWordRune(r) }) {
			switch {
			case len(w) <= 3 || strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsLetter(r) }):
			case unicode.IsUpper([]rune(w)[0]):
				capital[strings.ToLower(w)]++
			default:
				lower[strings.ToLower(w)]++
			}
		}
	}
	for w := range lower {
		delete(capital, w)
	}
	v.words = recombined(sortedKeys(lower), dictionaryWords, rng)
	names := sortedKeys(capital)
	rng.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	v.names = recombined(names[:(3*len(names)+3)/4], dictionaryNames, rng)
}

// recombined adds invented words to real ones until there are n.
func recombined(real []string, n int, rng *rand.Rand) []string {
	words, known := slices.Clone(real), map[string]bool{}
	for _, w := range real {
		known[w] = true
	}
	for len(real) > 0 && len(words) < n {
		w := halves(pick(rng, real), pick(rng, real))
		if len(words) > 20*len(real) {
			w += string(rune('a' + rng.IntN(26))) // a small list has too few combinations
		}
		if !known[w] {
			known[w] = true
			words = append(words, w)
		}
	}
	return words
}

// halves joins the first half of a word to the second half of another.
func halves(a, b string) string {
	first, second := []rune(a), []rune(b)
	return string(first[:(len(first)+1)/2]) + string(second[len(second)/2:])
}

func pick(rng *rand.Rand, from []string) string { return from[rng.IntN(len(from))] }

func sortedKeys(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// ascii leaves only phrases of ASCII letters, which every part of the rule
// language takes.
func (v *vocabulary) ascii() *vocabulary {
	only := func(from []string) []string {
		return slices.DeleteFunc(slices.Clone(from), func(p string) bool {
			return strings.ContainsFunc(p, func(r rune) bool { return r != ' ' && (r < 'a' || r > 'z') })
		})
	}
	return &vocabulary{only(v.common), only(v.mid), only(v.rare), only(v.bigrams), only(v.repeated), only(v.trigram), only(v.words), only(v.names)}
}

// phrase draws one phrase. The shares are the yardstick.
func (v *vocabulary) phrase(rng *rand.Rand) string {
	switch r := rng.Float64(); {
	case r < 0.21:
		return pick(rng, v.common)
	case r < 0.31:
		return pick(rng, v.mid)
	case r < 0.38:
		return pick(rng, v.rare)
	case r < 0.50:
		return pick(rng, v.words)
	case r < 0.63:
		return pick(rng, v.bigrams)
	case r < 0.68:
		return pick(rng, v.repeated)
	case r < 0.72:
		return pick(rng, v.trigram)
	case r < 0.90:
		return pick(rng, v.names) + " " + pick(rng, v.names)
	default:
		return pick(rng, v.words) + " " + pick(rng, v.words)
	}
}

// rules draws n rules of 3 concepts of 3 phrases.
func (v *vocabulary) rules(n int, rng *rand.Rand) []concepts {
	all := make([]concepts, n)
	for i := range all {
		all[i] = concepts{}
		for range 3 {
			all[i] = append(all[i], []string{v.phrase(rng), v.phrase(rng), v.phrase(rng)})
		}
	}
	return all
}
