package text

import (
	"slices"
	"unicode/utf8"
)

// patterns are the words of an index that are found in several forms.
type patterns struct {
	all     []*indexed
	byKey   map[Key][]*indexed
	keyring Keyring

	// initials has a bit for the first two bytes of every word that a pattern of
	// a script without prefixes may find.
	initials [1 << 16 / 64]uint64
	ascii    bool // some of them are ASCII
	affixes  bool // some pattern is Arabic or Hebrew: its words begin in many ways
}

// patterned marks the number of a word that is a pattern: the rest of it counts
// patterns.all.
const patterned = 1 << 30

// indexed is a pattern in an index.
type indexed struct {
	pattern
	number uint32
	beginning
}

// several reports whether the pattern is found in more forms than its own.
func (w *pattern) several() bool {
	if w.prefix && (w.Script == Hangul || w.Script == Han || w.Script == Kana) {
		return false // a token is one character: only itself begins so
	}
	if w.prefix || w.english != "" {
		return true
	}
	return !w.short && (w.Script == Cyrillic || w.Script == Arabic || w.Script == Hebrew)
}

// number returns the number of a pattern, a new one when it is new.
func (p *patterns) number(w pattern) uint32 {
	for _, k := range p.byKey[Key{keyWord, w.Folded}] {
		if k.prefix == w.prefix && k.english == w.english && k.acronym == w.acronym && k.name == w.name &&
			k.Script == w.Script {
			return k.number
		}
	}
	for _, k := range p.byKey[Key{keyPrefix, w.Folded}] {
		if k.prefix == w.prefix && k.short == w.short && k.Script == w.Script {
			return k.number
		}
	}
	return p.add(w)
}

func (p *patterns) add(w pattern) uint32 {
	t := *w.Token
	w.Token = &t
	made := &indexed{pattern: w, number: patterned | uint32(len(p.all))}
	p.all = append(p.all, made)
	if p.byKey == nil {
		p.byKey = map[Key][]*indexed{}
	}
	for _, key := range w.keys() {
		p.keyring.Add(key)
		p.byKey[key] = append(p.byKey[key], made)
	}
	p.affixes = p.affixes || w.Script == Arabic || w.Script == Hebrew
	p.note(w.Folded, w.prefix && len(w.Folded) == 1)
	if w.english != "" {
		for _, other := range slices.Concat(irregular[w.english], w.parted, []string{w.english}) {
			p.note(other, len(other) == 1)
		}
	}
	return made.number
}

// irregular are the words whose stem differs from them in the first two
// letters: the exceptions of the English (Porter 2) stemmer.
var irregular = map[string][]string{"die": {"dying"}, "lie": {"lying"}, "tie": {"tying"}}

// note sets the bits of a word's first two bytes, or of all that begin with
// its only one.
func (p *patterns) note(word string, open bool) {
	first := uint16(word[0])
	p.ascii = p.ascii || first < utf8.RuneSelf
	switch {
	case open:
		for second := range uint16(256) {
			p.set(first | second<<8)
		}
	case len(word) == 1:
		p.set(first)
	default:
		p.set(first | uint16(word[1])<<8)
	}
}

func (p *patterns) set(bit uint16) { p.initials[bit/64] |= 1 << (bit % 64) }

// bit is 1 when some pattern may find a word with these first two bytes.
func (p *patterns) bit(initials uint16) uint32 {
	return uint32(p.initials[initials/64]>>(initials%64)) & 1
}

// find appends to into the numbers of the patterns that a token fits.
func (p *patterns) find(t *Token, stems *Stems, into []uint32) []uint32 {
	from := len(into)
	p.keyring.Each(t, stems, func(key Key) {
		for _, k := range p.byKey[key] {
			if !slices.Contains(into[from:], k.number) && k.reading(t, false, stems) != nil {
				into = append(into, k.number)
			}
		}
	})
	return into
}
