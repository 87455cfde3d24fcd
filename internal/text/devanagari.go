package text

import "strings"

// Hindi spells one word in several ways: with the dot of a borrowed sound or
// without it (ज़, ज), with either sign of a nasal vowel (पाँच, पांच), and with a
// nasal letter or a dot before a consonant (हिन्दी, हिंदी). They are read alike, as
// L. S. Larkey, M. E. Connell and N. Abduljaleel do in "Hindi CLIR in thirty
// days" (2003), which Lucene's analyser follows.

const (
	nukta       = 0x093C
	candrabindu = 0x0901
	anusvaraDot = 0x0902
)

// devanagariMark returns the mark that stands for another, 0 for one that is
// dropped.
func devanagariMark(r rune) rune {
	switch r {
	case nukta:
		return 0
	case candrabindu:
		return anusvaraDot
	}
	return r
}

func isDevanagari(r rune) bool { return r >= 0x0900 && r <= 0x097F }

// The first consonants of the five rows that have a nasal letter, and that.
const (
	rows   = "कचटतप"
	nasals = "ङञणनम"
)

// anusvara writes a nasal letter at the end of a word as a dot when the next
// letter is of its row.
func anusvara(word []byte, next rune) []byte {
	row := -1
	for i, first := range rows {
		if next >= first && next < first+4 {
			row = i
		}
	}
	if row < 0 {
		return word
	}
	const letter = len("न")
	if head, ok := strings.CutSuffix(string(word), nasals[row:row+letter]+"\u094D"); ok {
		return append(word[:len(head)], "ं"...)
	}
	return word
}
