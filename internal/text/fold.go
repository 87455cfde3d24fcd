package text

import (
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// kind says what a normalised rune does to the token being read.
type kind uint8

const (
	separator kind = iota
	letter         // or digit: see scriptOf
	mark           // belongs to the letter before
	nothing        // is not there: soft hyphen, tatweel, vowel points
)

// knownRune is what is known of a rune below foldLimit.
type knownRune struct {
	exact, folded rune
	kind          kind
	script        Script
}

// foldLimit is the end of the Greek Extended block: the scripts whose accents
// are stripped lie below it.
const foldLimit = 0x2000

// known lists the runes below foldLimit. It is made once, at the first text
// that is not ASCII.
var known = sync.OnceValue(func() *[foldLimit]knownRune {
	table := new([foldLimit]knownRune)
	for r := range rune(foldLimit) {
		k := knownRune{exact: bare(r), kind: findKind(r), script: findScript(r)}
		if unicode.IsDigit(r) {
			k.exact = '0' + digitValue(r)
		}
		k.folded = lower(k.exact)
		table[r] = k
	}
	return table
})

// bare strips the accents of a Latin, Greek or Cyrillic letter and makes
// variants of one letter alike.
func bare(r rune) rune {
	switch r {
	case 'й', 'Й': // a letter of its own, not an и with an accent
		return r
	case 'ø':
		return 'o'
	case 'Ø':
		return 'O'
	case 'ł':
		return 'l'
	case 'Ł':
		return 'L'
	case 'đ', 'ð':
		return 'd'
	case 'Đ', 'Ð':
		return 'D'
	case 'ħ':
		return 'h'
	case 'Ħ':
		return 'H'
	case 'ı':
		return 'i'
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا'
	case 'ى', 'ی', 'ې': // alef maqsura, Persian yeh, Pashto e
		return 'ي'
	case 'ة', 'ہ', 'ۀ':
		return 'ه'
	case 'ک':
		return 'ك'
	}
	if s := findScript(r); s == Latin || s == Greek || s == Cyrillic {
		first := []rune(norm.NFD.String(string(r)))
		return first[0]
	}
	return r
}

func lower(r rune) rune {
	if r == 'ς' {
		return 'σ'
	}
	return unicode.ToLower(r)
}

// spelled returns the letters for which one rune stands, "" for all others.
func spelled(r rune) (exact, folded string) {
	switch r {
	case 'ß':
		return "ss", "ss"
	case 'ẞ':
		return "SS", "ss"
	case 'æ':
		return "ae", "ae"
	case 'Æ':
		return "AE", "ae"
	case 'œ':
		return "oe", "oe"
	case 'Œ':
		return "OE", "oe"
	case 'þ':
		return "th", "th"
	case 'Þ':
		return "Th", "th"
	}
	return "", ""
}

// fold returns both readings of a letter or digit that spelled does not know.
func fold(r rune) (exact, folded rune) {
	if r < foldLimit {
		k := &known()[r]
		return k.exact, k.folded
	}
	if unicode.IsDigit(r) {
		d := '0' + digitValue(r)
		return d, d
	}
	return r, lower(r)
}

// digitValue relies on Unicode's promise that the ten digits of a script stand
// in one row, and on NFKC, which leaves no rows that touch.
func digitValue(r rune) rune {
	v := rune(0)
	for v < 9 && unicode.IsDigit(r-v-1) {
		v++
	}
	return v
}

// kindOf says what a normalised rune does to a token.
func kindOf(r rune) kind {
	switch {
	case r < foldLimit:
		return known()[r].kind
	case oneEach(r):
		return letter
	}
	return findKind(r)
}

// oneEach knows the letters of the large blocks of Han, kana and Hangul.
func oneEach(r rune) bool {
	return r >= 0x3041 && r <= 0x3094 || r >= 0x30A1 && r <= 0x30FA || r == 0x30FC || r >= 0x4E00 && r <= 0x9FFF ||
		r >= 0xAC00 && r <= 0xD7A3
}

func findKind(r rune) kind {
	switch {
	case r < 0x80:
		if isAlnum(byte(r)) {
			return letter
		}
		return separator
	case ignored(r):
		return nothing
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return letter
	case unicode.IsMark(r):
		return mark
	}
	return separator
}

// ignored reports whether a rune is not part of what is written: format
// characters, variation selectors, tatweel, the vowel points of Arabic and
// Hebrew.
func ignored(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r == 0xAD, r == 0x034F, r == 0x061C, r == 0x0640, r == 0x0670, r == 0x180E, r == 0xFEFF:
		return true
	case r >= 0x0591 && r <= 0x05C7:
		return r != 0x05BE && r != 0x05C0 && r != 0x05C3 && r != 0x05C6 // maqaf and other punctuation
	case r >= 0x0610 && r <= 0x061A, r >= 0x064B && r <= 0x065F, r >= 0x06D6 && r <= 0x06ED && unicode.IsMark(r):
		return true
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE01EF:
		return true
	case r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x206F:
		return true
	}
	return false
}

// scriptOf names the script of a letter or digit.
func scriptOf(r rune) Script {
	if r < foldLimit {
		return known()[r].script
	}
	return findScript(r)
}

func findScript(r rune) Script {
	switch {
	case r < 0x80:
		if r >= '0' && r <= '9' {
			return Number
		}
		return Latin
	case r >= 0x4E00 && r <= 0x9FFF:
		return Han
	case r >= 0xAC00 && r <= 0xD7A3, r >= 0x1100 && r <= 0x11FF, r >= 0x3131 && r <= 0x318E:
		return Hangul
	case r >= 0x3041 && r <= 0x3096, r >= 0x309D && r <= 0x309F, r >= 0x30A1 && r <= 0x30FA, r >= 0x30FC &&
		r <= 0x30FF, r >= 0x31F0 && r <= 0x31FF:
		return Kana
	case r >= 0x0400 && r <= 0x052F, r >= 0x1C80 && r <= 0x1C8F, r >= 0x2DE0 && r <= 0x2DFF, r >= 0xA640 && r <= 0xA69F:
		return Cyrillic
	case unicode.IsNumber(r):
		return Number
	}
	return rareScript(r)
}

func rareScript(r rune) Script {
	switch {
	case unicode.Is(unicode.Latin, r):
		return Latin
	case unicode.Is(unicode.Greek, r):
		return Greek
	case unicode.Is(unicode.Arabic, r):
		return Arabic
	case unicode.Is(unicode.Hebrew, r):
		return Hebrew
	case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return Unspaced
	case unicode.In(r, unicode.Han, unicode.Bopomofo, unicode.Yi):
		return Han
	}
	return Other
}

// perCharacter reports whether every character of a script is a token.
func perCharacter(s Script) bool { return s >= Hangul }

// goTogether returns the script of a token when a letter of script b follows one
// of script a; ok is false when the letter begins a new token. Digits belong to
// the letters around them only where names are written so: G7, Т90.
func goTogether(a, b Script) (s Script, ok bool) {
	switch {
	case perCharacter(a) || perCharacter(b):
		return 0, false
	case a == b:
		return a, true
	case b == Number:
		return a, a <= Cyrillic && a != Other
	case a == Number:
		return b, b <= Cyrillic && b != Other
	}
	return 0, false
}

// isApostrophe knows what is typed for an apostrophe.
func isApostrophe(r rune) bool {
	switch r {
	case '\'', '`', '´', '’', '‘', '‛', 'ʼ', 'ʻ', 'ʹ', '′', '＇', '՚', '׳':
		return true
	}
	return false
}

// isGershayim knows the quotation marks inside Hebrew acronyms.
func isGershayim(r rune) bool { return r == '"' || r == '״' || r == '”' }

// isFraction knows the fractions that are one character.
func isFraction(r rune) bool {
	return r >= 0xBC && r <= 0xBE || r >= 0x2150 && r <= 0x215F || r == 0x2189
}

// endsForSure knows the marks that end a sentence and nothing else.
func endsForSure(r rune) bool {
	switch r {
	case '。', '｡', '！', '？', '؟', '।', '॥', '።':
		return true
	}
	return false
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func hasLower(s string) bool {
	for _, r := range s {
		if unicode.IsLower(r) {
			return true
		}
	}
	return false
}

// hasCase reports whether case can say anything about a text.
func hasCase(s string) bool {
	for _, r := range s {
		if unicode.IsLower(r) || unicode.IsUpper(r) {
			return true
		}
	}
	return false
}
