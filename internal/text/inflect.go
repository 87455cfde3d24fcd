package text

import (
	"slices"
	"strings"
)

// The stemmer parts some words from their regular forms: sue from sued, bus from buses, traffic
// from trafficking, boycott from boycotted, experience from experienced. So a word with ~ is
// also looked for in the forms that the spelling rules of English give it.

// Parted returns the regular forms of a folded English word of which the stemmer makes another
// stem. Of a form such as sued these are the word itself and its other forms.
func (s *Stems) Parted(word string) (forms []string) {
	if len(word) > longestStem || !plainLatin(word) {
		return nil
	}
	stem := s.English(word)
	add := func(form string) {
		if form != word && s.English(form) != stem && !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	addAll := func(forms []string) {
		for _, form := range forms {
			add(form)
		}
	}
	addAll(inflect(word))
	for _, base := range s.basesOf(word) {
		addAll([]string{base, base + "s"})
		if n := len(base); base[n-1] != 'e' || isVowel(base[n-2]) { // queueing; experience loses its e
			add(base + "ing")
		}
		addAll(inflect(base))
	}
	return forms
}

// Inflects reports whether a folded English word with ~ finds another word.
func (s *Stems) Inflects(word, form string) bool {
	return s.English(word) == s.English(form) || slices.Contains(s.Parted(word), form)
}

// basesOf returns the words that a form may be of and is parted from.
func (s *Stems) basesOf(form string) (bases []string) {
	stem := s.English(form)
	for _, end := range [...]string{"ing", "ed", "es", "s"} {
		rest, ok := strings.CutSuffix(form, end)
		if !ok || len(rest) < 2 {
			continue
		}
		for _, base := range [...]string{rest, rest + "e", rest + "is", rest[:len(rest)-1]} {
			_, listed := listedForms[base]
			if (listed || stem != form) && s.English(base) != stem && slices.Contains(inflect(base), form) { // not herring
				bases = append(bases, base)
			}
		}
	}
	return bases
}

// plainLatin reports whether a word is of the letters a to z alone.
func plainLatin(word string) bool {
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return false
		}
	}
	return true
}

// listedForms are those of regular verbs and nouns which no rule of inflect tells from
// other words: feed is no form of fee, nor bosses of bos.
var listedForms = map[string][]string{
	"add": {"added", "adding"}, "ebb": {"ebbed", "ebbing"}, "egg": {"egged", "egging"}, "err": {"erred", "erring"},
	"butt": {"butted", "butting"}, "ax": {"axes", "axed", "axing"},
	"do": {"does"}, "go": {"goes"}, "embed": {"embedded", "embedding"}, "imbed": {"imbedded", "imbedding"},
	"free": {"freed"}, "knee": {"kneed"}, "pee": {"peed"}, "tee": {"teed"}, "tree": {"treed"},
	"gas": {"gases", "gasses", "gassed", "gassing"}, "gel": {"gelled", "gelling"},
	"bus": {"buses", "busses", "bused", "bussed", "busing", "bussing"}, "plus": {"pluses", "plusses"},
	"focus": {"focusses", "focussed", "focussing"}, "teargas": {"teargases", "teargasses", "teargassed", "teargassing"},
	"quiz": {"quizzes", "quizzed", "quizzing"}, "yes": {"yeses"}, "whiz": {"whizzes", "whizzed", "whizzing"},
}

// inflect returns forms of a word in -s, -ed and -ing as far as spelling rules add more to it
// than the ending, or the stemmer is known to misread the result.
func inflect(word string) []string {
	if forms, ok := listedForms[word]; ok {
		return forms
	}
	if len(word) < 3 {
		return nil
	}
	last, before := word[len(word)-1], word[len(word)-2]
	rest := word[:len(word)-1]
	switch {
	case last == 'e':
		return inflectE(word, rest, before)
	case strings.HasSuffix(word, "is"):
		return inflectIs(word)
	case last == 'z', singular(word):
		return []string{word + "es", word + "ed", word + "ing"}
	case slices.Contains(verbsInC, word): // panicked
		return []string{word + "ked", word + "king"}
	case last == 'c' && !isVowel(before), hasSuffix(word, "ff", "irr", "urr"),
		syllables(word) > 1 && hasSuffix(word, "tt"): // boycotted
		return []string{word + "ed", word + "ing"}
	case last == 'u' || last != 'y' && isVowel(last) && syllables(word) == 1: // menus, pros
		return []string{word + "s"}
	case syllables(word) > 1 && hasSuffix(word, "eat", "oat"): // overheated
		return []string{word + "ed", word + "ing"}
	case syllables(word) > 1 && hasSuffix(word, "feed", "breed", "string"): // breastfeeding
		return []string{word + "ing"}
	case isVowel(before) && doubles(word, last):
		return []string{word + string(last) + "ed", word + string(last) + "ing"}
	}
	return nil
}

// verbsInC are the verbs in -c that take a k. Of nouns and adjectives, such as music and public,
// there are no such forms.
var verbsInC = strings.Fields("bivouac colic frolic havoc magic mimic panic physic picnic politic shellac tarmac traffic")

// inflectIs returns the plural of a noun in -is.
func inflectIs(word string) []string {
	switch {
	case syllables(word) == 1 || word == "basis": // this; bases are of armies, too
		return nil
	case strings.HasSuffix(word, "sis"): // crises
		return []string{strings.TrimSuffix(word, "is") + "es"}
	}
	return []string{word + "es"}
}

// singulars are words in -s that are no plurals, beside those in -us and -is. Those in -ss are
// known to the stemmer.
var singulars = strings.Fields("alias asbestos atlas bias biceps canvas christmas fracas lens pancreas rhinoceros summons thermos")

func singular(word string) bool {
	return len(word) > 3 && strings.HasSuffix(word, "us") || slices.Contains(singulars, word)
}

// inflectE returns the forms of a word in -e.
func inflectE(word, rest string, before byte) []string {
	switch {
	case syllables(rest) == 0 || before == 'e': // the, fee
		return nil
	case before == 'o' || before == 'y': // dyeing
		return []string{word + "d", word + "ing"}
	case syllables(rest) == 1 && before == rest[len(rest)-2] && before != 's': // matte is no matting
		return nil
	case before == 'i': // vying
		return []string{word + "s", word + "d", rest[:len(rest)-1] + "ying"}
	}
	return []string{word + "d", rest + "ing"}
}

// doubles reports whether the last letter of a word that ends in a vowel and a consonant may be
// doubled. The stemmer undoes it, except in these.
func doubles(word string, last byte) bool {
	switch {
	case strings.IndexByte("kv", last) >= 0: // trekked, revved
		return syllables(word) == 1
	case last == 'l': // fuelled, but not called of cal
		return len(word) > 3 && isVowel(word[len(word)-3])
	}
	return false
}

func hasSuffix(word string, ends ...string) bool {
	return slices.ContainsFunc(ends, func(end string) bool { return strings.HasSuffix(word, end) })
}

// syllables counts the groups of vowels of a word.
func syllables(word string) (n int) {
	for i := range len(word) {
		if isVowel(word[i]) && (i == 0 || !isVowel(word[i-1])) {
			n++
		}
	}
	return n
}

func isVowel(c byte) bool { return strings.IndexByte("aeiouy", c) >= 0 }
