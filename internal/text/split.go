package text

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is the token being read the slow way.
type word struct {
	open       bool
	done       bool // takes no more letters: U.N. before Security
	start, end int
	folded     []byte
	exact      []byte
	script     Script
	runes      int
	dots       int // of dotted capitals
	grouped    bool
	decimal    bool
	apostrophe apostrophe
}

// apostrophe is where the first apostrophe inside a word stands, or the first
// zero-width non-joiner of one in Arabic script.
type apostrophe struct {
	found         bool
	before, after int // byte offsets in the text
	folded, exact int // lengths read before it
	runes         int // of the open word, so far
}

// slow reads at least one rune and goes on until no word is open.
func (t *Tokens) slow() {
	for t.i < len(t.s) {
		if c := t.padded[t.i]; isAlnum(c) && t.padded[t.i+1] < utf8.RuneSelf && !t.careful {
			t.putLetter(rune(c), t.i, t.i+1)
			t.i++
			continue
		}
		r, size := utf8.DecodeRuneInString(t.s[t.i:])
		switch {
		case r == utf8.RuneError && size <= 1, r == '™', r == '℠':
			t.close()
			t.separate(r)
			t.i += size
		case ignored(r):
			t.ignore(r, size)
		case t.joins(r, size):
		default:
			t.segment(r, size)
		}
		if !t.word.open {
			return
		}
	}
	t.close()
}

const (
	softHyphen = 0xAD
	nonJoiner  = 0x200C
)

// ignore reads a rune that is not part of what is written. A soft hyphen at the
// end of a line takes the line break with it; a non-joiner may part a Persian
// word from its ending.
func (t *Tokens) ignore(r rune, size int) {
	w := &t.word
	if r == nonJoiner && w.open && w.script == Arabic && !w.apostrophe.found {
		w.apostrophe = apostrophe{found: true, before: t.i, after: t.i + size, folded: len(w.folded), exact: len(w.exact),
			runes: w.runes}
	}
	t.i += size
	if r != softHyphen || !w.open {
		return
	}
	next := t.i
	if next < len(t.s) && t.s[next] == '\r' {
		next++
	}
	if next < len(t.s) && t.s[next] == '\n' && letterAt(t.s, next+1) {
		t.i = next + 1
	}
}

// segment normalises one rune with the marks that follow it.
func (t *Tokens) segment(r rune, size int) {
	start := t.i
	if n := t.stable(r, size); n > 0 {
		t.i += n
		if !oneEach(r) {
			t.put(r, start, t.i)
			return
		}
		t.close()
		t.emit(token{hash: hash(t.padded[start:], n, 0), start: uint32(start), size: uint32(n) << flagBits})
		return
	}
	end := min(len(t.s), start+maxSegment)
	for end < len(t.s) && end > start+size && !utf8.RuneStart(t.s[end]) {
		end--
	}
	n := max(norm.NFKC.NextBoundaryInString(t.s[start:end], true), size)
	t.i = start + n
	if endsForSure(r) { // before NFKC makes ！ an !
		t.close()
		t.separate(r)
		return
	}
	if isFraction(r) { // 3½ is not 31/2
		t.close()
	}
	for _, r := range norm.NFKC.String(t.s[start : start+n]) {
		t.put(r, start, t.i)
	}
}

// maxSegment bounds what is normalised at a time, in bytes: more than the 30
// marks that Unicode's stream-safe format allows on one letter.
const maxSegment = 256

// stable returns the length of a rune that NFKC leaves alone, for the most
// frequent ones; 0 when it has to be asked.
func (t *Tokens) stable(r rune, size int) int {
	if r < utf8.RuneSelf && !isAlnum(byte(r)) || plain(r) && parts(t.padded[t.i+size:]) {
		return size
	}
	return 0
}

// plain knows the most frequent runes that NFKC leaves alone.
func plain(r rune) bool {
	return r < 0x80 || r >= 0xC0 && r <= 0xFF || r >= 0x0410 && r <= 0x044F || r >= 0x05D0 && r <= 0x05EA ||
		r >= 0x0620 && r <= 0x064A || oneEach(r)
}

// parts reports whether what stands at the start of rest surely does not
// combine with what stands before.
func parts(rest []byte) bool {
	if rest[0] < utf8.RuneSelf {
		return true
	}
	r, _ := utf8.DecodeRune(rest)
	return plain(r) || r >= 0x2010 && r <= 0x2026 || ideographicMark(r)
}

// put adds one normalised rune, which stands for the bytes from start to end.
func (t *Tokens) put(r rune, start, end int) {
	switch kindOf(r) {
	case nothing:
	case separator:
		t.close()
		t.separate(r)
	case mark:
		t.putMark(r, end)
	case letter:
		t.putLetter(r, start, end)
	}
}

func (t *Tokens) putMark(r rune, end int) {
	w := &t.word
	if !w.open {
		t.separate(r)
		return
	}
	switch w.script {
	case Number, Latin, Greek, Cyrillic, Hangul, Han, Kana:
	default:
		if r = devanagariMark(r); r == 0 {
			break
		}
		w.folded = utf8.AppendRune(w.folded, r)
		w.exact = utf8.AppendRune(w.exact, r)
	}
	w.end = end
}

func (t *Tokens) putLetter(r rune, start, end int) {
	w := &t.word
	script := scriptOf(r)
	if w.open {
		both, ok := goTogether(w.script, script)
		if !ok || w.done {
			t.close()
		}
		script = pick(w.open, both, script)
	}
	if !w.open {
		*w = word{open: true, start: start, folded: w.folded[:0], exact: w.exact[:0]}
	}
	w.script = script
	if isDevanagari(r) {
		w.folded, w.exact = anusvara(w.folded, r), anusvara(w.exact, r)
	}
	if exact, folded := spelled(r); exact != "" {
		w.exact = append(w.exact, exact...)
		w.folded = append(w.folded, folded...)
	} else {
		exact, folded := fold(r)
		w.exact = utf8.AppendRune(w.exact, exact)
		w.folded = utf8.AppendRune(w.folded, folded)
	}
	w.runes++
	w.end = end
}

func pick(first bool, a, b Script) Script {
	if first {
		return a
	}
	return b
}

// close ends the open word, if there is one.
func (t *Tokens) close() {
	w := &t.word
	if !w.open {
		return
	}
	w.open = false
	made := spelling{start: w.start, end: w.end, script: w.script, alternative: t.alternative(), folded: t.write(w.folded)}
	switch {
	case string(w.exact) == t.s[w.start:w.end]:
	case bytes.Equal(w.exact, w.folded):
		made.exact = made.folded
	default:
		made.exact = t.write(w.exact)
	}
	t.emit(token{hash: hashOf(w.folded), start: uint32(w.start), size: uint32(len(t.spelled))<<flagBits | flagSpelled})
	t.spelled = append(t.spelled, made)
}

func (t *Tokens) write(b []byte) span {
	from := len(t.arena)
	t.arena = append(t.arena, b...)
	return span{from, len(t.arena)}
}

// hashOf hashes a folded word.
func hashOf(word []byte) uint64 {
	if len(word) >= longestExact {
		return hash(word, len(word), 0)
	}
	var whole [longestExact]byte
	return hash(whole[:], copy(whole[:], word), 0)
}
