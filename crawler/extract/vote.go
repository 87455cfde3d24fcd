package extract

import (
	"hash/maphash"
	"strings"
	"unicode"
)

// shingleSize is how many words in a row are compared: enough to be rare, few
// enough to survive an edit.
const shingleSize = 4

// Shares of text that decide between two readers, found on the annotated pages
// of two public benchmarks.
const (
	agreement = 0.65 // of a block's shingles that the other reader must have too
	survivors = 0.55 // of the deep reader's text that must survive the vote
	most      = 0.95 // of the wide reader's text: it has hardly anything else
	swallowed = 0.35 // of the deep reader's text: it took the page for the article
	missed    = 0.45 // of the wide reader's text: the deep one stopped early
	strangers = 0.05 // of either text: the two saw different things
)

// combine settles what is the article when one reader finds all paragraphs of
// an element (deep) and the other knows furniture better (wide). As a rule the
// deep reader's blocks stay that the wide one has too.
func combine(deep, wide []block, headline string) []block {
	if len(deep) == 0 {
		return wide
	}
	w := newWords()
	kept := w.common(deep, wide)
	both, ofDeep, ofWide := w.count(kept), w.count(deep), w.count(wide)
	share := func(of int) float64 { return float64(both) / float64(max(of, 1)) }
	switch {
	case share(ofDeep) < strangers && share(ofWide) < strangers:
		if w.about(wide, headline) > w.about(deep, headline) {
			return wide
		}
		return deep
	case share(ofDeep) >= survivors && share(ofWide) < missed:
		return wide
	case share(ofDeep) >= survivors, share(ofDeep) <= swallowed && share(ofWide) >= most:
		return kept
	}
	return deep
}

// words compares texts by their words, hashed.
type words struct{ seed maphash.Seed }

func newWords() words { return words{maphash.MakeSeed()} }

// common gives the blocks whose shingles the other blocks have too.
func (w words) common(blocks, others []block) []block {
	known := map[uint64]bool{}
	hashes := w.split(lines(others))
	for i := range hashes {
		for n := 1; n <= shingleSize && i+n <= len(hashes); n++ {
			known[shingle(hashes[i:i+n])] = true
		}
	}
	var kept []block
	for _, b := range blocks {
		if own := w.split(b.text); len(own) > 0 && covered(own, known) >= agreement {
			kept = append(kept, b)
		}
	}
	return kept
}

func (w words) count(blocks []block) int {
	n := 0
	for _, b := range blocks {
		n += len(w.split(b.text))
	}
	return n
}

// about gives the share of a headline's words that a text has.
func (w words) about(blocks []block, headline string) float64 {
	has := map[uint64]bool{}
	for _, h := range w.split(strings.ToLower(lines(blocks))) {
		has[h] = true
	}
	wanted := w.split(strings.ToLower(headline))
	hits := 0
	for _, h := range wanted {
		if has[h] {
			hits++
		}
	}
	return float64(hits) / float64(max(len(wanted), 1))
}

// covered gives the share of a text's shingles that are known. A text shorter
// than a shingle is one.
func covered(words []uint64, known map[uint64]bool) float64 {
	if len(words) < shingleSize {
		if known[shingle(words)] {
			return 1
		}
		return 0
	}
	hits, all := 0, len(words)-shingleSize+1
	for i := range all {
		if known[shingle(words[i:i+shingleSize])] {
			hits++
		}
	}
	return float64(hits) / float64(all)
}

func shingle(words []uint64) uint64 {
	sum := uint64(len(words))
	for _, w := range words {
		sum = sum*0x9E3779B97F4A7C15 + w // order matters; the multiplier is Fibonacci hashing's
	}
	return sum
}

// split splits a text into hashed words. Characters of scripts written
// without spaces are words of their own.
func (w words) split(text string) []uint64 {
	hashes := make([]uint64, 0, len(text)/6)
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '_' }) {
		start := 0
		for i, r := range word {
			if !isWide(r) {
				continue
			}
			if i > start {
				hashes = append(hashes, maphash.String(w.seed, word[start:i]))
			}
			start = i + len(string(r))
			hashes = append(hashes, maphash.String(w.seed, word[i:start]))
		}
		if start < len(word) {
			hashes = append(hashes, maphash.String(w.seed, word[start:]))
		}
	}
	return hashes
}

func isWide(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai)
}
