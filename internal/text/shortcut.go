package text

import "unicode/utf8"

// This file holds the short cuts of Cut outside ASCII: they return what the
// slow path would.

// beyondASCII reads a character or a word of the most frequent kinds outside
// ASCII. It reports false, having read nothing, for any other.
func (t *Tokens) beyondASCII() bool {
	rest := t.padded[t.i:]
	switch lead := rest[0]; {
	case lead == 0xE2:
		if !punctuation(rest) {
			return false
		}
		t.apart, t.newlines = true, 0
		t.i += 3
		return true
	case lead == 0xD0 || lead == 0xD1:
		return t.cyrillic()
	case lead >= 0xE3 && lead <= 0xED:
		return t.character(rest)
	}
	return false
}

// punctuation knows the most frequent marks of three bytes that only separate:
// quotation marks except apostrophes, dashes, the ellipsis.
func punctuation(text []byte) bool {
	if text[0] != 0xE2 || text[1] != 0x80 {
		return false
	}
	c := text[2]
	return c >= 0x90 && c <= 0x96 || c >= 0x9C && c <= 0x9F || c == 0xA6
}

// curly knows the single quotation marks, which are apostrophes behind a letter.
func curly(text []byte) bool { return text[0] == 0xE2 && text[1] == 0x80 && text[2]&^1 == 0x98 }

// character reads one character of Han, kana or Hangul, or of their
// punctuation.
func (t *Tokens) character(rest []byte) bool {
	r := three(rest)
	switch {
	case oneEach(r):
		if !parts(rest[3:]) {
			return false
		}
		t.emit(token{hash: hash(rest, 3, 0), start: uint32(t.i), size: 3 << flagBits})
	case ideographicMark(r):
		t.separate(r)
	default:
		return false
	}
	t.i += 3
	return true
}

// three decodes a character of three bytes; 0 when it is not well-formed.
func three(b []byte) rune {
	if b[0]&0xF0 != 0xE0 || b[1]&0xC0 != 0x80 || b[2]&0xC0 != 0x80 {
		return 0
	}
	return rune(b[0]&0x0F)<<12 | rune(b[1]&0x3F)<<6 | rune(b[2]&0x3F)
}

// ideographicMark knows the comma, the full stop and the brackets of Chinese
// and Japanese.
func ideographicMark(r rune) bool { return r == 0x3001 || r == 0x3002 || r >= 0x3008 && r <= 0x3011 }

// cyrillic reads a word of the Russian letters except ё.
func (t *Tokens) cyrillic() bool {
	text, from := t.padded, len(t.arena)
	end := t.i
	for text[end]&^1 == 0xD0 && text[end+1]&0xC0 == 0x80 {
		r := rune(text[end]&0x1F)<<6 | rune(text[end+1]&0x3F)
		if r < 0x0410 || r > 0x044F {
			break
		}
		if r < 0x0430 {
			r += 0x20
		}
		t.arena = append(t.arena, 0xC0|byte(r>>6), 0x80|byte(r&0x3F))
		end += 2
	}
	c := text[end]
	initial := end == t.i+2
	if end == t.i || isAlnum(c) || c == '\'' || c == '`' || c == '.' && initial ||
		c >= utf8.RuneSelf && !punctuation(text[end:]) {
		t.arena = t.arena[:from]
		return false
	}
	word := t.arena[from:]
	t.emit(token{hash: hashOf(word), start: uint32(t.i), size: uint32(len(t.spelled))<<flagBits | flagSpelled})
	t.spelled = append(t.spelled, spelling{start: t.i, end: end, folded: span{from, len(t.arena)}, script: Cyrillic})
	t.i = end
	return true
}
