package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// joins reads a rune that is no letter and yet belongs to the open word: an
// apostrophe, the dots of U.N., a decimal point, a thousands comma, the
// quotation mark in a Hebrew acronym. It reports false, having read nothing,
// for any other.
func (t *Tokens) joins(r rune, size int) bool {
	if !t.word.open {
		return false
	}
	next := t.i + size
	switch {
	case isApostrophe(r):
		return t.joinApostrophe(next)
	case isGershayim(r):
		if t.word.script == Hebrew && scriptAt(t.s, next) == Hebrew {
			t.i = next
			return true
		}
	case r == '.', r == '．':
		return t.joinCapitals(next) || t.joinDecimal(next)
	case r == '٫':
		return t.joinDecimal(next)
	case isThousandsComma(r):
		return t.joinThousands(next)
	}
	return false
}

// shortWords are what English writes after an apostrophe instead of a word of its
// own: without it we're would be were, and he'll hell. What negates a verb
// belongs to it: don't.
var shortWords = [...]string{"s", "re", "ll", "ve", "d", "m"}

// joinApostrophe drops a possessive 's, and the like, and reads on over any
// other apostrophe between letters.
func (t *Tokens) joinApostrophe(next int) bool {
	w := &t.word
	if perCharacter(w.script) {
		return false
	}
	for _, tail := range shortWords {
		end := next + len(tail)
		if end <= len(t.s) && strings.EqualFold(t.s[next:end], tail) && !wordAt(t.s, end) && !apostropheAt(t.s, end) {
			t.close()
			t.apart = true
			t.i = end
			return true
		}
	}
	if w.done || !letterAt(t.s, next) || endsInDigit(w.folded) {
		return false
	}
	if !w.apostrophe.found {
		w.apostrophe = apostrophe{found: true, before: t.i, after: next, folded: len(w.folded), exact: len(w.exact),
			runes: w.runes}
	}
	t.i = next
	return true
}

// joinCapitals reads the dots of U.N. and of V.V.Putin's initials, the last one
// included; those of l'O.N.U. begin behind the article.
func (t *Tokens) joinCapitals(next int) bool {
	w := &t.word
	a := &w.apostrophe
	if w.done || w.runes-a.runes != w.dots+1 || a.found && !elided[string(w.folded[:a.folded])] {
		return false
	}
	if last, _ := utf8.DecodeLastRune(w.exact); !unicode.IsUpper(last) {
		return false
	}
	if r, size := utf8.DecodeRuneInString(t.s[next:]); unicode.IsUpper(r) && !wordAt(t.s, next+size) {
		w.dots++
		t.i = next
		return true
	}
	if w.dots == 0 {
		return false
	}
	w.done, w.end, t.i = true, next, next
	return true
}

// joinDecimal reads the point of 9.5, but not those of 12.5.2026 or of an
// address: their numbers are words of their own.
func (t *Tokens) joinDecimal(next int) bool {
	w := &t.word
	digits, end := digitsAt(t.s, next)
	if w.script != Number || w.decimal || digits == 0 || dottedBefore(t.s, w.start) || dottedAt(t.s, end) {
		return false
	}
	w.decimal = true
	w.folded = append(w.folded, '.')
	w.exact = append(w.exact, '.')
	t.i = next
	return true
}

// joinThousands reads over the commas of 1,279 and of 12,34,567.
func (t *Tokens) joinThousands(next int) bool {
	w := &t.word
	if w.script != Number || w.decimal {
		return false
	}
	if !w.grouped && (w.runes > 3 || commaBefore(t.s, w.start) || !groupsAt(t.s, next)) {
		return false
	}
	if digits, _ := digitsAt(t.s, next); digits == 0 {
		return false
	}
	w.grouped = true
	t.i = next
	return true
}

// groupsAt reports whether groups of digits with commas between them stand at
// i, the last of three digits and the others of two or three.
func groupsAt(s string, i int) bool {
	for {
		digits, end := digitsAt(s, i)
		if digits < 2 || digits > 3 {
			return false
		}
		r, size := utf8.DecodeRuneInString(s[end:])
		if next, _ := digitsAt(s, end+size); isThousandsComma(r) && next > 0 {
			i = end + size
			continue
		}
		return digits == 3
	}
}

func isThousandsComma(r rune) bool { return r == ',' || r == '٬' || r == '，' }

// digitsAt counts the digits from i on, up to 20: no number that is written
// with points or commas has more in a row.
func digitsAt(s string, i int) (n, end int) {
	for n < 20 && i < len(s) {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsDigit(r) {
			break
		}
		n++
		i += size
	}
	return n, min(i, len(s))
}

func dottedBefore(s string, start int) bool {
	return start >= 2 && s[start-1] == '.' && s[start-2] >= '0' && s[start-2] <= '9'
}

func dottedAt(s string, i int) bool {
	if i >= len(s) || s[i] != '.' {
		return false
	}
	n, _ := digitsAt(s, i+1)
	return n > 0
}

func commaBefore(s string, start int) bool {
	return start >= 2 && s[start-1] == ',' && s[start-2] >= '0' && s[start-2] <= '9'
}

func endsInDigit(b []byte) bool { return len(b) > 0 && b[len(b)-1] >= '0' && b[len(b)-1] <= '9' }

func letterAt(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return unicode.IsLetter(r) && !isApostrophe(r)
}

func wordAt(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)) && !isApostrophe(r) &&
		!perCharacter(scriptOf(r))
}

func apostropheAt(s string, i int) bool {
	if i >= len(s) {
		return false
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	return isApostrophe(r) && letterAt(s, i+size)
}

func scriptAt(s string, i int) Script {
	if !letterAt(s, i) {
		return Other
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	return scriptOf(r)
}
