package text

import (
	"bytes"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Tokens is a text cut into tokens, in the order of the text. It can be used
// again for another text, and then takes no new memory. It serves one goroutine.
type Tokens struct {
	s       string
	padded  []byte // s, then zeros to the end of the last block and beyond
	blocks  []block
	tokens  []token
	spelled []spelling
	arena   []byte // what spellings are written in

	i    int // next byte to read
	word word

	apart    bool // something stood since the last token
	newlines int  // in a row, white space aside
	broken   bool // a sentence surely ended since the last token

	careful bool // take no short cut, for tests
}

// token is one token as it is found. Its spelling is that of the text, in lower
// case when it is ASCII, or else an entry of spelled.
type token struct {
	hash  uint64 // of the folded form
	start uint32
	size  uint32 // length in bytes, or the number of the spelling; then the flags
}

// The flags of a token, the low bits of its size.
const (
	flagASCII   = 1 << iota
	flagSpelled //
	flagJoined
	flagBreak

	flagBits   = 4
	spelledBit = 1
)

// fold returns what is or-ed to the bytes of a token that stands in the text.
func (k token) fold() uint64 {
	if k.size&flagASCII != 0 {
		return foldASCII
	}
	return 0
}

// spelling is a token whose folded form does not stand in the text.
type spelling struct {
	start, end    int
	folded, exact span
	script        Script
	alternative   int // number of the second reading; 0 is none
}

// span is a part of the arena.
type span struct{ from, to int }

// Split cuts a text into tokens, in the order of the text. It takes any bytes:
// what is not UTF-8 separates words.
func Split(s string) []Token {
	var t Tokens
	t.Cut(s)
	return t.List(nil)
}

// Cut reads a text, and forgets the one before.
func (t *Tokens) Cut(s string) {
	t.s = s
	size := (len(s)/blockSize + 1) * blockSize
	t.padded = append(t.padded[:0], s...)
	t.padded = append(t.padded, padding[:size-len(s)]...)
	t.blocks = classify(t.padded, t.blocks[:0])
	t.padded = append(t.padded, padding[:longestExact]...)
	t.tokens, t.spelled, t.arena = t.tokens[:0], append(t.spelled[:0], spelling{}), t.arena[:0]
	t.i, t.apart, t.newlines, t.broken, t.word.open = 0, false, 0, false, false
	for t.i < len(s) {
		t.run()
		t.slow()
	}
	t.arena = append(t.arena, padding[:longestExact]...)
}

var padding [blockSize]byte

// run reads words of plain ASCII, and others that need no more care, up to one
// that does.
func (t *Tokens) run() {
	for !t.careful && t.i < len(t.s) {
		t.blocksOfASCII()
		start := nextWord(t.blocks, t.i)
		if start >= len(t.s) {
			t.between(len(t.s))
			return
		}
		t.between(start)
		if t.padded[start] >= utf8.RuneSelf {
			if !t.beyondASCII() {
				return
			}
			continue
		}
		end := wordEnd(t.blocks, start)
		skip := goesOn(t.padded, start, end)
		if skip < 0 {
			return
		}
		t.emit(token{hash: hash(t.padded[start:], end-start, foldASCII), start: uint32(start),
			size: uint32(end-start)<<flagBits | flagASCII})
		t.i = end + skip
		t.apart = skip > 0
	}
}

// blocksOfASCII reads the words of blocks in which nothing but punctuation is
// beyond ASCII, up to a word that needs more care or does not end there.
func (t *Tokens) blocksOfASCII() {
	text, tokens := t.padded, t.tokens
	read, apart := t.i, t.apart
	plain := t.newlines == 0 && !t.broken // nothing is noted of what stood before
	mask := ^uint64(0) << (read % blockSize)
	start := -1 // of the word that is being read
	marks := 0  // end of the punctuation that was looked at
scan:
	for n := read / blockSize; n < len(t.blocks); n++ {
		words := t.blocks[n].ascii & mask
		for high := t.blocks[n].word & mask &^ words; high != 0; high &= high - 1 {
			at := n*blockSize + bits.TrailingZeros64(high)
			if at < marks {
				continue
			}
			if !punctuation(text[at:]) && !curly(text[at:]) {
				break scan
			}
			marks = at + 3
		}
		edges := words ^ words<<1
		if start >= 0 {
			edges ^= 1
		}
		mask = ^uint64(0)
		for edges != 0 {
			if start < 0 {
				start = n*blockSize + bits.TrailingZeros64(edges)
				edges &= edges - 1
			}
			if edges == 0 {
				break
			}
			at := n*blockSize + bits.TrailingZeros64(edges)
			edges &= edges - 1
			skip := 0
			if mayGoOn[text[at]] {
				skip = goesOn(text, start, at)
			}
			if skip < 0 {
				break scan
			}
			k := token{start: uint32(start), size: uint32(at-start)<<flagBits | flagASCII}
			if at-start <= longestExact { // a call less
				k.hash = hashShort(text[start:], at-start, foldASCII)
			} else {
				k.hash = hashLong(text[start:], at-start, foldASCII)
			}
			// Most often it is a space, or a comma and a space.
			if plain && uint(start-read-1) < 2 && text[read] != '\n' && text[start-1] != '\n' {
				tokens = append(tokens, k)
			} else {
				t.tokens, t.i, t.apart = tokens, read, apart
				t.between(start)
				t.emit(k)
				tokens, plain = t.tokens, true
			}
			start, read, apart = -1, at+skip, skip > 0
			if apart {
				n, mask = read/blockSize-1, ^uint64(0)<<(read%blockSize)
				break
			}
		}
	}
	t.tokens, t.i, t.apart = tokens, read, apart
}

// between notes the ASCII separators that stand before a byte.
func (t *Tokens) between(start int) {
	gap := t.padded[t.i:start]
	t.i = start
	t.apart = t.apart || len(gap) > 0
	if t.newlines == 0 && bytes.IndexByte(gap, '\n') < 0 {
		return
	}
	for _, c := range gap {
		t.separate(rune(c))
	}
}

// mayGoOn lists the bytes behind an ASCII word that may belong to it.
var mayGoOn = func() (after [256]bool) {
	for c := range after {
		after[c] = c >= utf8.RuneSelf || c == '\'' || c == '`' || c == '.' || c == ','
	}
	return after
}()

// goesOn reports whether what stands behind an ASCII word may belong to it: it
// returns -1 then, or else how many bytes of a possessive 's to pass over.
func goesOn(text []byte, start, end int) (skip int) {
	c, next := text[end], text[end+1]
	switch {
	case !mayGoOn[c]:
	case c == ',':
		if next >= '0' && next <= '9' && text[end-1] <= '9' {
			return -1
		}
	case c == '.':
		if isAlnum(next) && (text[end-1] <= '9' || end == start+1 && text[start] <= 'Z') || next >= utf8.RuneSelf {
			return -1
		}
	case c < utf8.RuneSelf:
		return possessive(text, end+1) - end
	case c == 0xE2 && next == 0x80 && text[end+2] == 0x99:
		return possessive(text, end+3) - end
	case !punctuation(text[end:]):
		return -1
	}
	return 0
}

// possessive returns the end of a possessive s that stands at i, behind an
// apostrophe; less than i-3 when more care is needed.
func possessive(text []byte, i int) int {
	switch c, next := text[i], text[i+1]; {
	case c >= utf8.RuneSelf:
	case !isAlnum(c):
		return i
	case c|0x20 == 's' && next < utf8.RuneSelf && !isAlnum(next) && next != '\'' && next != '`':
		return i + 1
	}
	return -1
}

func (t *Tokens) emit(k token) {
	if !t.apart && len(t.tokens) > 0 {
		k.size |= flagJoined
	}
	if t.broken {
		k.size |= flagBreak
	}
	t.apart, t.newlines, t.broken = false, 0, false
	t.tokens = append(t.tokens, k)
}

// separate notes what stands between two tokens.
func (t *Tokens) separate(r rune) {
	t.apart = true
	switch {
	case r == '\n':
		t.newlines++
	case !unicode.IsSpace(r):
		t.newlines = 0
	}
	if t.newlines > 1 || endsForSure(r) {
		t.broken = len(t.tokens) > 0
	}
}

// Len is the number of tokens.
func (t *Tokens) Len() int { return len(t.tokens) }

// List appends the tokens to into.
func (t *Tokens) List(into []Token) []Token {
	into = slices.Grow(into, len(t.tokens))
	arena, lowered := string(t.arena), lowerASCII(t.s)
	for _, k := range t.tokens {
		into = append(into, t.token(k, arena, lowered))
	}
	return into
}

func (t *Tokens) token(k token, arena, lowered string) Token {
	list := Token{Joined: k.size&flagJoined != 0, Break: k.size&flagBreak != 0}
	if k.size&flagSpelled != 0 {
		w := &t.spelled[k.size>>flagBits]
		w.spell(&list, t.s, arena)
		if w.alternative > 0 {
			list.Alt = new(Token)
			t.spelled[w.alternative].spell(list.Alt, t.s, arena)
		}
		return list
	}
	list.Start = int(k.start)
	list.End = list.Start + int(k.size>>flagBits)
	list.Signs, list.SignBytes = signsAt(t.s, list.End)
	list.Exact = t.s[list.Start:list.End]
	list.Folded = lowered[list.Start:list.End]
	switch {
	case k.size&flagASCII == 0:
		r, _ := utf8.DecodeRuneInString(list.Exact)
		list.Script = findScript(r)
	case strings.Trim(list.Exact, "0123456789") == "":
		list.Script = Number
	default:
		list.Script = Latin
	}
	return list
}

func (w *spelling) spell(t *Token, s, arena string) {
	t.Start, t.End, t.Script = w.start, w.end, w.script
	t.Signs, t.SignBytes = signsAt(s, w.end)
	t.Folded = arena[w.folded.from:w.folded.to]
	t.Exact = s[w.start:w.end]
	if w.exact != (span{}) {
		t.Exact = arena[w.exact.from:w.exact.to]
	}
}

// lowerASCII returns a text with its ASCII letters in lower case.
func lowerASCII(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r >= 'A' && r <= 'Z' }) {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}
