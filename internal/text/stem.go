package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/russian"
)

// Stems computes stems when they are asked for and remembers them. The zero
// value is ready; it serves one goroutine.
type Stems struct{ english, russian map[string]string }

// longestStem is the longest word that has a stem, in bytes: no word of a
// language is longer, and the stemmers copy it at every step.
const longestStem = 64

// English returns the Snowball English (Porter 2) stem of a folded word. The
// plural of a number is one of its forms too: 35s, of F-35s and the 1990s.
func (s *Stems) English(word string) string {
	if n := len(word) - 1; n > 0 && word[n] == 's' && endsInDigit([]byte(word[:n])) {
		return word[:n]
	}
	if s.english == nil {
		s.english = map[string]string{}
	}
	return remember(s.english, word, english.Stem)
}

// Russian returns the Snowball Russian stem of a folded word, without the vowel
// that comes and goes before its last letter: поставок is of поставка.
func (s *Stems) Russian(word string) string {
	if s.russian == nil {
		s.russian = map[string]string{}
	}
	return contracted(remember(s.russian, word, russian.Stem))
}

// contracted takes the vowel from the last syllable of a stem in -ок, -ек or
// -ец that follows a consonant, when that leaves a word of two syllables or so.
func contracted(stem string) string {
	const letter = len("о")
	if len(stem) < 5*letter {
		return stem
	}
	head, tail := stem[:len(stem)-2*letter], stem[len(stem)-2*letter:]
	if tail != "ок" && tail != "ек" && tail != "ец" || endsInVowel(head) || !strings.ContainsAny(head, vowels) {
		return stem
	}
	return head + tail[letter:]
}

const vowels = "аеиоуыэюяієь" // ь too: it goes with the vowel

func endsInVowel(word string) bool {
	r, _ := utf8.DecodeLastRuneInString(word)
	return strings.ContainsRune(vowels, r)
}

func remember(known map[string]string, word string, stem func(*snowballstem.Env) bool) string {
	if len(word) > longestStem {
		return word
	}
	if st, ok := known[word]; ok {
		return st
	}
	env := snowballstem.NewEnv(word)
	stem(env)
	known[word] = env.Current()
	return env.Current()
}

// inflections are the endings by which a Russian or Ukrainian noun or name
// grows, folded (ё = е, ї = і), longest first.
var inflections = [...]string{
	"ами", "ями", "ыми", "ими", "ові", "еві", "єві",
	"ой", "ою", "ей", "ею", "єю", "ом", "ем", "єм", "ым", "им", "ам", "ям", "ах", "ях", "ых", "их", "ов", "ев", "ів", "ью",
	"а", "я", "е", "є", "у", "ю", "ы", "и", "і",
}

// ungrown yields what a word was before an ending was added to it, if one was.
func ungrown(word string, yield func(string) bool) bool {
	for _, e := range inflections {
		if base, ok := strings.CutSuffix(word, e); ok && utf8.RuneCountInString(base) >= 2 && !yield(base) {
			return false
		}
	}
	return true
}

// grows reports whether the longer word is the shorter one with an ending.
func grows(shorter, longer string) bool {
	rest, ok := strings.CutPrefix(longer, shorter)
	if !ok || utf8.RuneCountInString(shorter) < 2 {
		return false
	}
	for _, e := range inflections {
		if rest == e {
			return true
		}
	}
	return false
}

// shareBase reports whether two words are one without their endings, and that
// ends in a vowel: the stemmer takes the last letter of Коре- for an ending of
// Кореи and Корею, but not of Корея.
func shareBase(a, b string) bool {
	return !ungrown(a, func(base string) bool {
		return !endsInVowel(base) || utf8.RuneCountInString(base) < 3 ||
			ungrown(b, func(other string) bool { return other != base })
	})
}

// surname reports whether a word as written is a Russian name that looks like
// the genitive of a noun's plural.
func surname(exact string) bool {
	first, size := utf8.DecodeRuneInString(exact)
	rest := exact[size:]
	return unicode.IsUpper(first) && utf8.RuneCountInString(rest) > 3 && hasLower(rest) &&
		(strings.HasSuffix(rest, "ов") || strings.HasSuffix(rest, "ев"))
}

// ukrainianEndings are those of nouns, names and adjectives, folded.
var ukrainianEndings = [...]string{
	"ами", "ями", "ими", "ого", "ому", "ові", "еві", "єві", "ою", "ею", "єю", "ах", "ях", "ам", "ям", "ом", "ем", "єм", "им", "их", "ій", "оі", "ий",
	"а", "я", "е", "є", "и", "і", "о", "у", "ю", "ь", "й",
}

// ukrainianStems yields the word, and what is left of it without each ending
// that it may have: no stemmer for Ukrainian is at hand, and -ові ends both
// Львові (of Львів) and Путінові (of Путін). The change of the vowel before a
// final в is undone: Харкова and Харків, Києва and Київ.
func ukrainianStems(word string, yield func(string) bool) bool {
	if !yield(closed(word)) {
		return false
	}
	for _, e := range ukrainianEndings {
		base, ok := strings.CutSuffix(word, e)
		if ok && utf8.RuneCountInString(base) >= 3 && !yield(closed(base)) {
			return false
		}
	}
	return true
}

func closed(base string) string {
	for _, v := range [...]string{"ов", "ев", "єв"} {
		if head, ok := strings.CutSuffix(base, v); ok && head != "" {
			return head + "ів"
		}
	}
	return base
}

// ukrainian reports whether a folded word holds a letter that Russian lacks.
func ukrainian(word string) bool { return strings.ContainsAny(word, "ієґ") }
