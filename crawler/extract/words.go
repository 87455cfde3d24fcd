package extract

import (
	"hash/maphash"
	"strings"
	"unicode"
)

// shingleSize is how many words in a row are compared: enough to be rare, few
// enough to survive an edit.
const shingleSize = 4

// words compares texts by their words, hashed.
type words struct{ seed maphash.Seed }

func newWords() words { return words{maphash.MakeSeed()} }

// known is the text of one reader, to look others up in.
type known struct {
	shingles map[uint64]struct{}
	texts    map[string]struct{} // of its blocks
	size     int                 // words
}

func (w words) known(blocks []block) known {
	x := known{map[uint64]struct{}{}, make(map[string]struct{}, len(blocks)), 0}
	var all []uint64
	for _, b := range blocks {
		x.texts[b.text] = struct{}{}
		all = w.split(all, b.text)
	}
	x.size = len(all)
	for i := range max(0, len(all)-shingleSize+1) {
		x.shingles[shingle(all[i:i+shingleSize])] = struct{}{}
	}
	return x
}

// has reports whether a share of a text's shingles are there, or, when
// it is shorter than a shingle, whether it is a block of its own there: a
// single word would be found anywhere.
func (x known) has(text string, words []uint64, share float64) bool {
	if len(words) < shingleSize {
		_, ok := x.texts[text]
		return ok
	}
	hits, all := 0, len(words)-shingleSize+1
	for i := range all {
		if _, ok := x.shingles[shingle(words[i:i+shingleSize])]; ok {
			hits++
		}
	}
	return float64(hits) >= share*float64(all)
}

func shingle(words []uint64) uint64 {
	sum := uint64(len(words))
	for _, w := range words {
		sum = sum*0x9E3779B97F4A7C15 + w // order matters; the multiplier is Fibonacci hashing's
	}
	return sum
}

// about returns the share of a headline's words that a text has.
func (w words) about(blocks []block, headline string) float64 {
	has := map[uint64]bool{}
	for _, h := range w.split(nil, strings.ToLower(lines(blocks))) {
		has[h] = true
	}
	wanted := w.split(nil, strings.ToLower(headline))
	hits := 0
	for _, h := range wanted {
		if has[h] {
			hits++
		}
	}
	return float64(hits) / float64(max(len(wanted), 1))
}

// split appends a text's words, hashed. Characters of scripts written without
// spaces are words of their own.
func (w words) split(hashes []uint64, text string) []uint64 {
	start := -1
	for i, r := range text {
		switch {
		case isWide(r):
			if start >= 0 {
				hashes = append(hashes, maphash.String(w.seed, text[start:i]))
			}
			start = -1
			hashes = append(hashes, uint64(r)*0x9E3779B97F4A7C15)
		case isWordRune(r):
			if start < 0 {
				start = i
			}
		case start >= 0:
			hashes = append(hashes, maphash.String(w.seed, text[start:i]))
			start = -1
		}
	}
	if start >= 0 {
		hashes = append(hashes, maphash.String(w.seed, text[start:]))
	}
	return hashes
}

func isWordRune(r rune) bool {
	if r < 0x80 {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

func isWide(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}
