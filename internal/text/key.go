package text

import "slices"

// Key is one of the names under which words find each other: a phrase can have
// its anchor at a token only when the two share a key.
type Key struct {
	kind keyKind
	word string
}

type keyKind uint8

const (
	keyWord      keyKind = iota // the folded word
	keyPrefix                   // its beginning
	keyEnglish                  // its stems
	keyRussian                  //
	keyUkrainian                //
	keyGrown                    // a word of the text that an ending was added to
	keyUngrown                  // a word of the term that an ending was added to
)

// Keys returns the keys of the phrase's anchor.
func (p *Phrase) Keys() []Key {
	if len(p.words) == 0 {
		return nil
	}
	return p.words[p.anchor].keys()
}

// keys returns the keys of one word.
func (w *pattern) keys() []Key {
	switch {
	case w.prefix:
		return []Key{{keyPrefix, w.Folded}}
	case w.acronym:
		return []Key{{keyWord, w.Folded}, {keyEnglish, w.english}, {keyWord, w.Folded + "s"}}
	case w.english != "":
		keys := []Key{{keyWord, w.Folded}, {keyEnglish, w.english}}
		for _, form := range w.parted {
			keys = append(keys, Key{keyWord, form})
		}
		return keys
	case w.name:
		return []Key{{keyWord, w.Folded}, {keyGrown, w.Folded}}
	case w.Script == Cyrillic && !w.short:
		keys := []Key{{keyWord, w.Folded}, {keyRussian, w.russian}, {keyGrown, w.Folded}}
		for _, stem := range w.ukrainian {
			keys = append(keys, Key{keyUkrainian, stem})
		}
		ungrown(w.Folded, func(base string) bool {
			keys = append(keys, Key{keyUngrown, base})
			return true
		})
		return keys
	}
	return []Key{{keyWord, w.Folded}}
}

// Keyring says which kinds of key a set of phrases uses, so that no others are
// made of a text's tokens. The zero value serves no phrase.
type Keyring struct {
	english, cyrillic bool
	prefixes          []int // lengths in bytes, each once
}

// Add lets the keyring serve a key of a phrase.
func (r *Keyring) Add(k Key) {
	switch k.kind {
	case keyEnglish:
		r.english = true
	case keyRussian, keyGrown:
		r.cyrillic = true
	case keyPrefix:
		if slices.Contains(r.prefixes, len(k.word)) {
			return
		}
		r.prefixes = append(r.prefixes, len(k.word))
	}
}

// Each calls yield with every key of a token; a key may come twice.
func (r *Keyring) Each(t *Token, stems *Stems, yield func(Key)) {
	base := func(b string) bool {
		yield(Key{keyWord, b})
		for _, n := range r.prefixes {
			if n <= len(b) {
				yield(Key{keyPrefix, b[:n]})
			}
		}
		return true
	}
	base(t.Folded)
	switch t.Script {
	case Latin, Number:
		if r.english {
			yield(Key{keyEnglish, stems.English(t.Folded)})
		}
	case Cyrillic:
		if r.cyrillic {
			r.cyrillicKeys(t, stems, yield)
		}
	case Arabic:
		arabicBases(t.Folded, base)
	case Hebrew:
		hebrewBases(t.Folded, base)
	}
	if t.Alt != nil {
		r.Each(t.Alt, stems, yield)
	}
}

func (r *Keyring) cyrillicKeys(t *Token, stems *Stems, yield func(Key)) {
	yield(Key{keyRussian, stems.Russian(t.Folded)})
	ukrainianStems(t.Folded, func(stem string) bool {
		yield(Key{keyUkrainian, stem})
		return true
	})
	yield(Key{keyUngrown, t.Folded})
	ungrown(t.Folded, func(base string) bool {
		yield(Key{keyGrown, base})
		if endsInVowel(base) {
			yield(Key{keyUngrown, base})
		}
		return true
	})
}
