package text

import (
	"strings"
	"unicode/utf8"
)

// WordKey is a hash under which an index of texts keeps a word. A text that holds a phrase
// has, for each word of the phrase, one of the keys of NeededKeys at least. It may have them
// and not hold the phrase: keys say where to look.
//
// The keys of a word are those of Key, made fewer:
//
//  1. Words of Latin letters and digits are kept by their English stem.
//  2. Cyrillic words are kept by their first three and five letters: the many forms of a
//     word differ behind them.
//  3. Arabic and Hebrew words are kept as written, and without what may be written before them.
//  4. Any other word is kept as it is, and of scripts without spaces each pair of characters.
//  5. The first four letters of words stand for all that begin so.
type WordKey uint32

// What a WordKey is of.
const (
	ofWord = "w"
	ofHead = "h" // the first letters
	ofPair = "p" // of characters that follow each other
)

// How many letters heads have.
const (
	head         = 4
	shortHead    = 3 // of Cyrillic words
	longHead     = 5
	mostWordKeys = 1 << 16 // words whose keys are remembered
)

func wordKey(kind, word string) WordKey { return WordKey(hashOf([]byte(kind+word)) >> 32) }

// WordKeys makes the keys of texts. The zero value is ready; it serves one goroutine.
type WordKeys struct {
	stems  Stems
	known  map[string][]WordKey
	tokens []Token
	cut    Tokens
}

// Append appends the keys of a text; some may come twice.
func (k *WordKeys) Append(into []WordKey, s string) []WordKey {
	k.cut.Cut(s)
	k.tokens = k.cut.List(k.tokens[:0])
	if len(k.known) > mostWordKeys || k.known == nil {
		k.known, k.stems = map[string][]WordKey{}, Stems{}
	}
	for i := range k.tokens {
		t := &k.tokens[i]
		into = k.token(into, t)
		if t.Alt != nil {
			into = k.token(into, t.Alt)
		}
		if pair, ok := pairOf(k.tokens, i); ok {
			into = append(into, pair)
		}
	}
	return into
}

func (k *WordKeys) token(into []WordKey, t *Token) []WordKey {
	keys, ok := k.known[t.Folded]
	if !ok {
		keys = k.keys(t)
		k.known[strings.Clone(t.Folded)] = keys
	}
	return append(into, keys...)
}

// keys returns the keys of a word of a text.
func (k *WordKeys) keys(t *Token) (keys []WordKey) {
	word := t.Folded
	script := scriptOfWord(word)
	switch {
	case script == Cyrillic:
		for _, n := range [...]int{shortHead, longHead} {
			if first, ok := letters(word, n); ok {
				keys = append(keys, wordKey(ofHead, first))
			}
		}
		if len(keys) == 0 {
			keys = append(keys, wordKey(ofWord, word))
		}
		return keys
	case perCharacter(script):
		return []WordKey{wordKey(ofWord, word)}
	}
	base := func(b string) bool {
		keys = append(keys, wordKey(ofWord, k.root(b)))
		return true
	}
	base(word)
	switch script {
	case Arabic:
		arabicBases(word, base)
	case Hebrew:
		hebrewBases(word, base)
	default:
		if first, ok := letters(word, head); ok {
			keys = append(keys, wordKey(ofHead, first))
		}
	}
	return keys
}

// root is what a word is kept by.
func (k *WordKeys) root(word string) string {
	if inflects(scriptOfWord(word)) {
		return k.stems.English(word)
	}
	return word
}

// scriptOfWord is the script of a folded word by its letters alone: whatever was written, words
// that are compared as equal have the same.
func scriptOfWord(word string) Script {
	for _, r := range word {
		if s := scriptOf(r); s != Number {
			return s
		}
	}
	return Number
}

// letters returns the first n letters of a word that has as many.
func letters(word string, n int) (first string, ok bool) {
	for at := range word {
		if n == 0 {
			return word[:at], true
		}
		n--
	}
	return word, n == 0
}

// pairOf returns the key of a token and the next one, when both are characters of scripts
// without spaces.
func pairOf(tokens []Token, i int) (WordKey, bool) {
	if i+1 >= len(tokens) {
		return 0, false
	}
	a, b := tokens[i].Folded, tokens[i+1].Folded
	if tokens[i].Alt != nil || tokens[i+1].Alt != nil || !perCharacter(scriptOfWord(a)) || !perCharacter(scriptOfWord(b)) {
		return 0, false
	}
	return wordKey(ofPair, a+b), true
}

// NeededKeys returns, for each word of a phrase of which something can be said, keys of which
// a text that holds the phrase has one at least.
func NeededKeys(words string, look Look) (all [][]WordKey) {
	p := NewPhrase(words, look)
	var k WordKeys
	for i := range p.words {
		w := &p.words[i]
		if pair, ok := pairOf(p.tokens, i); ok && !p.words[i+1].prefix {
			all = append(all, []WordKey{pair})
			continue
		}
		if needed := k.needed(w); needed != nil {
			all = append(all, needed)
		}
	}
	return all
}

// needed returns keys of which every text with a word of a phrase has one, nil when there is
// no such list.
func (k *WordKeys) needed(w *pattern) (needed []WordKey) {
	for _, key := range w.keys() {
		keys := k.forms(w, key)
		if keys == nil {
			return nil
		}
		needed = append(needed, keys...)
	}
	return needed
}

// forms returns keys of which every text that has a word with a Key has one.
func (k *WordKeys) forms(w *pattern, key Key) []WordKey {
	script := scriptOfWord(key.word)
	switch {
	case key.kind == keyEnglish:
		if inflects(w.Script) != inflects(script) {
			return nil
		}
		return []WordKey{wordKey(ofWord, key.word)}
	case script == Cyrillic && key.kind == keyWord && w.short:
		return []WordKey{wordKey(ofWord, key.word)}
	case script == Cyrillic:
		return headKeys(beginnings(key))
	case key.kind == keyPrefix && (script == Arabic || script == Hebrew || script == Unspaced):
		return nil
	case key.kind == keyPrefix && !perCharacter(script):
		first, ok := letters(key.word, head)
		if !ok && utf8.RuneCountInString(key.word) < head {
			return nil
		}
		return []WordKey{wordKey(ofHead, first)}
	}
	return []WordKey{wordKey(ofWord, k.root(key.word))}
}

// beginnings returns what a Cyrillic word with a Key begins with: one of these.
func beginnings(key Key) []string {
	last, size := utf8.DecodeLastRuneInString(key.word)
	switch {
	case key.kind == keyRussian && (last == 'к' || last == 'ц'):
		return []string{key.word[:len(key.word)-size]} // a vowel may come before it
	case key.kind == keyUkrainian:
		if base, ok := strings.CutSuffix(key.word, "ів"); ok {
			return []string{key.word, base + "ов", base + "ев", base + "єв"}
		}
	}
	return []string{key.word}
}

// headKeys returns the keys of the heads of words that begin so, nil when one is too short.
func headKeys(beginnings []string) (keys []WordKey) {
	for _, b := range beginnings {
		first, ok := letters(b, longHead)
		if !ok {
			if first, ok = letters(b, shortHead); !ok {
				return nil
			}
		}
		keys = append(keys, wordKey(ofHead, first))
	}
	return keys
}
