package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Split cuts a text into tokens, in the order of the text. It takes any bytes:
// what is not UTF-8 separates words.
func Split(s string) []Token {
	p := splitter{s: s, tokens: make([]Token, 0, len(s)/6+1)}
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case c < utf8.RuneSelf && !isAlnum(c):
			p.separate(rune(c))
			p.i++
		case !p.ascii():
			p.slow()
		}
	}
	return p.tokens
}

// splitter reads one text. Between two tokens the word is closed.
type splitter struct {
	s      string
	i      int // next byte to read
	tokens []Token
	word   word

	apart    bool // something stood since the last token
	newlines int  // in a row, white space aside
	broken   bool // a sentence surely ended since the last token
}

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

// apostrophe is where the first apostrophe inside a word stands.
type apostrophe struct {
	found         bool
	before, after int // byte offsets in the text
	folded, exact int // lengths read before it
}

// ascii reads a word of plain ASCII. It reports false, having read nothing,
// when what follows the letters may still belong to the word.
func (p *splitter) ascii() bool {
	start, j := p.i, p.i
	upper, digits := false, true
	for j < len(p.s) && isAlnum(p.s[j]) {
		c := p.s[j]
		upper = upper || c >= 'A' && c <= 'Z'
		digits = digits && c <= '9'
		j++
	}
	if j == start {
		return false
	}
	if j < len(p.s) {
		switch c := p.s[j]; {
		case c >= utf8.RuneSelf, c == '\'', c == '`':
			return false
		case c == '.' && (digits || upper && j == start+1), c == ',' && digits:
			return false
		}
	}
	raw := p.s[start:j]
	t := Token{Start: start, End: j, Folded: raw, Exact: raw, Script: Latin}
	if digits {
		t.Script = Number
	}
	if upper {
		t.Folded = strings.ToLower(raw)
	}
	p.emit(t)
	p.i = j
	return true
}

// slow reads at least one rune and goes on until no word is open.
func (p *splitter) slow() {
	for p.i < len(p.s) {
		r, size := utf8.DecodeRuneInString(p.s[p.i:])
		switch {
		case r == utf8.RuneError && size <= 1, r == '™', r == '℠':
			p.close()
			p.separate(r)
			p.i += size
		case ignored(r):
			p.i += size
		case p.joins(r, size):
		default:
			p.segment(r, size)
		}
		if !p.word.open {
			return
		}
	}
	p.close()
}

// segment normalises one rune with the marks that follow it.
func (p *splitter) segment(r rune, size int) {
	start := p.i
	if n := p.stable(r, size); n > 0 {
		p.i += n
		if !oneEach(r) {
			p.put(r, start, p.i)
			return
		}
		p.close()
		raw := p.s[start:p.i]
		p.emit(Token{Start: start, End: p.i, Folded: raw, Exact: raw, Script: findScript(r)})
		return
	}
	end := min(len(p.s), start+maxSegment)
	for end < len(p.s) && end > start+size && !utf8.RuneStart(p.s[end]) {
		end--
	}
	n := max(norm.NFKC.NextBoundaryInString(p.s[start:end], true), size)
	p.i = start + n
	if endsForSure(r) { // before NFKC makes ！ an !
		p.close()
		p.separate(r)
		return
	}
	for _, r := range norm.NFKC.String(p.s[start : start+n]) {
		p.put(r, start, p.i)
	}
}

// maxSegment bounds what is normalised at a time, in bytes: more than the 30
// marks that Unicode's stream-safe format allows on one letter.
const maxSegment = 256

// stable gives the length of a rune that NFKC leaves alone, for the most
// frequent ones; 0 when it has to be asked.
func (p *splitter) stable(r rune, size int) int {
	if !plain(r) {
		return 0
	}
	if p.i+size < len(p.s) && p.s[p.i+size] >= utf8.RuneSelf {
		if next, _ := utf8.DecodeRuneInString(p.s[p.i+size:]); !plain(next) {
			return 0
		}
	}
	return size
}

func plain(r rune) bool {
	return r < 0x80 || r >= 0x0410 && r <= 0x044F || r >= 0x05D0 && r <= 0x05EA || r >= 0x0620 && r <= 0x064A || oneEach(r)
}

// put adds one normalised rune, which stands for the bytes from start to end.
func (p *splitter) put(r rune, start, end int) {
	switch kindOf(r) {
	case nothing:
	case separator:
		p.close()
		p.separate(r)
	case mark:
		p.putMark(r, end)
	case letter:
		p.putLetter(r, start, end)
	}
}

func (p *splitter) putMark(r rune, end int) {
	w := &p.word
	if !w.open {
		p.separate(r)
		return
	}
	switch w.script {
	case Number, Latin, Greek, Cyrillic:
	default:
		w.folded = utf8.AppendRune(w.folded, r)
		w.exact = utf8.AppendRune(w.exact, r)
	}
	w.end = end
}

func (p *splitter) putLetter(r rune, start, end int) {
	w := &p.word
	script := scriptOf(r)
	if w.open {
		both, ok := goTogether(w.script, script)
		if !ok || w.done {
			p.close()
		}
		script = pick(w.open, both, script)
	}
	if !w.open {
		*w = word{open: true, start: start, folded: w.folded[:0], exact: w.exact[:0]}
	}
	w.script = script
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
func (p *splitter) close() {
	w := &p.word
	if !w.open {
		return
	}
	w.open = false
	t := Token{Start: w.start, End: w.end, Script: w.script}
	raw := p.s[w.start:w.end]
	t.Exact = reuse(raw, w.exact)
	t.Folded = reuse(t.Exact, w.folded)
	t.Alt = w.alternative(&t)
	p.emit(t)
}

// reuse saves a copy when the bytes are those of a string that exists.
func reuse(s string, b []byte) string {
	if s == string(b) {
		return s
	}
	return string(b)
}

func (p *splitter) emit(t Token) {
	t.Joined = !p.apart && len(p.tokens) > 0
	t.Break = p.broken
	p.apart, p.newlines, p.broken = false, 0, false
	p.tokens = append(p.tokens, t)
}

// separate notes what stands between two tokens.
func (p *splitter) separate(r rune) {
	p.apart = true
	switch {
	case r == '\n':
		p.newlines++
	case !unicode.IsSpace(r):
		p.newlines = 0
	}
	if p.newlines > 1 || endsForSure(r) {
		p.broken = len(p.tokens) > 0
	}
}
