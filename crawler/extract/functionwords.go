package extract

import "unicode/utf8"

// functionWords stand in every sentence of a language, and in few of another.
var functionWords = wordsOf(map[string][]string{
	"en": {"the", "of", "and", "to", "that", "is", "for", "with", "by", "from", "at", "are", "were", "has", "have", "it", "its", "this", "which"},
	"de": {"der", "die", "das", "und", "ist", "nicht", "den", "von", "mit", "dem", "des", "ein", "eine", "auf", "sich", "für", "im", "auch", "zu"},
	"fr": {"le", "les", "et", "est", "dans", "une", "du", "qui", "pour", "sur", "au", "aux", "avec", "par", "pas", "cette", "ont"},
	"es": {"el", "los", "las", "del", "una", "por", "con", "para", "que", "más", "su", "sus", "como", "fue", "este", "y"},
})

func wordsOf(lists map[string][]string) map[string]string {
	byWord := map[string]string{}
	for language, words := range lists {
		for _, w := range words {
			byWord[w] = language
		}
	}
	return byWord
}

// functionLanguage settles the language of a text by its function words; ""
// when there are too few of them, or those of two languages. For the languages
// that most lists are in it answers a hundred times faster than trigrams.
func functionLanguage(text string) string {
	const (
		sample = 250 // words
		least  = 12  // function words that settle it
		kinds  = 4   // different ones among them: a name may have two
		share  = 6   // they are at least one word in so many
		lead   = 4   // and so many times as many as those of all other languages
	)
	counts, different, words, all := map[string]int{}, map[string]int{}, 0, 0
	met := map[string]bool{}
	eachWord(text, func(word []byte) bool {
		words++
		if language, ok := functionWords[string(word)]; ok {
			counts[language]++
			all++
			if !met[string(word)] {
				met[string(word)] = true
				different[language]++
			}
		}
		return words < sample
	})
	for language, n := range counts {
		if n >= least && different[language] >= kinds && n*share >= words && n >= lead*(all-n) {
			return language
		}
	}
	return ""
}

// eachWord calls yield with every word of a text, in lower case as far as
// ASCII goes and cut after its first letters; longer words are no function
// words.
func eachWord(text string, yield func(word []byte) bool) {
	var word [8]byte
	n := 0
	for i := 0; i <= len(text); i++ {
		c := byte(' ')
		if i < len(text) {
			c = text[i]
		}
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c >= 'a' && c <= 'z', c >= utf8.RuneSelf:
		default:
			if n > 0 && !yield(word[:min(n, len(word))]) {
				return
			}
			n = 0
			continue
		}
		if n < len(word) {
			word[n] = c
		}
		n++
	}
}
