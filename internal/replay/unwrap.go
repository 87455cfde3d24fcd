package replay

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
)

// The lines of a text that was wrapped by hand or for a terminal are as long as
// this at the most, in columns; shorter than the least are lists and verses.
const (
	leastWrapped = 40
	mostWrapped  = 100
	// ragged is how much a line may be short of the longest and still be full:
	// some wrap early, and a first line may have lost its indent.
	ragged = 6
)

// Unwrap returns a text with one paragraph a line: blank lines go, and lines that
// were only broken to keep them short are joined again.
//
// A text counts as wrapped when its longest line has 40 to 100 columns and most
// of its lines that run on into the next do not end a sentence. Of two lines in
// a wrapped text the second goes on with the paragraph of the first when there
// is no blank line between them, it is not indented, and
//
//   - its first word would not have fitted into the first line, or
//   - it begins with a small letter, or
//   - the first line is the first of the text and does not end a sentence: a
//     wire story has lost its place and date there.
//
// So tables and lists keep their lines.
func Unwrap(s string) string {
	s = visible(s)
	if strings.IndexByte(s, '\n') < 0 {
		return strings.TrimSpace(s)
	}
	lines := strings.Split(s, "\n")
	width := widest(lines)
	wrapped := leastWrapped <= width && width <= mostWrapped && runsOn(lines)
	var out strings.Builder
	out.Grow(len(s))
	above := "" // the line before, "" when it was blank or there is none
	for _, line := range lines {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || out.Len() == 0:
		case wrapped && above != "" && !indented(line) && goesOn(above, trimmed, width, out.Len() == len(above)):
			out.WriteString(joint(above, trimmed))
		default:
			out.WriteByte('\n')
		}
		out.WriteString(trimmed)
		above = trimmed
	}
	return out.String()
}

// visible takes control characters out of a text, except tabs and the ends of
// lines, which are all written alike.
func visible(s string) string {
	at := 0
	for at < len(s) && (s[at] >= ' ' && s[at] != '\x7f' && s[at] != lineSeparator[0] || s[at] == '\n') {
		at++
	}
	if at == len(s) {
		return s
	}
	out := append(make([]byte, 0, len(s)), s[:at]...)
	for ; at < len(s); at++ {
		switch c := s[at]; {
		case c == '\r':
			if at+1 == len(s) || s[at+1] != '\n' {
				out = append(out, '\n')
			}
		case strings.HasPrefix(s[at:], lineSeparator), strings.HasPrefix(s[at:], paragraphSeparator):
			out = append(out, '\n')
			at += len(lineSeparator) - 1
		case c == '\f' || c == '\v':
			out = append(out, '\n')
		case c >= ' ' && c != '\x7f' || c == '\n' || c == '\t':
			out = append(out, c)
		default:
			out = append(out, ' ') // it parts words
		}
	}
	return string(out)
}

// Unicode's own ends of lines.
const lineSeparator, paragraphSeparator = "\u2028", "\u2029"

// widest is the width of the widest line.
func widest(lines []string) (width int) {
	for _, line := range lines {
		if len(line) > width { // a column takes a byte at least
			width = max(width, columns(strings.TrimSpace(line)))
		}
	}
	return width
}

// columns is how wide a terminal shows a text, roughly: East Asian characters
// take two columns.
func columns(s string) (n int) {
	ascii := 0
	for ascii < len(s) && s[ascii] < utf8.RuneSelf {
		ascii++
	}
	n = ascii
	for _, r := range s[ascii:] {
		n++
		if wide(r) {
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	return r >= 0x1100 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) ||
		0x3000 <= r && r <= 0x303F || 0xFF00 <= r && r <= 0xFF60)
}

// runsOn reports whether most lines with another one right below them do not
// end a sentence.
func runsOn(lines []string) bool {
	joints, open := 0, 0
	for i := range len(lines) - 1 {
		above := strings.TrimSpace(lines[i])
		if above == "" || indented(lines[i+1]) || blank(lines[i+1]) {
			continue
		}
		joints++
		if !endsSentence(above) {
			open++
		}
	}
	return 2*open > joints
}

func indented(line string) bool {
	return line != "" && (line[0] == ' ' || line[0] == '\t' || strings.HasPrefix(line, "\u3000"))
}

func endsSentence(line string) bool {
	if c := line[len(line)-1] | 0x20; 'a' <= c && c <= 'z' {
		return false // most lines
	}
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(line, "\"')]”’»」』）"))
	return r == ':' || r == ';' || text.EndsSentence(line)
}

// goesOn reports whether a line of a wrapped text goes on with the paragraph of
// the line above.
func goesOn(above, line string, width int, first bool) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(line, "\"'([“‘«"))
	if unicode.IsLower(r) || first && !endsSentence(above) {
		return true
	}
	return columns(above)+columns(joint(above, line))+columns(firstWord(line)) > width-ragged
}

// firstWord is what cannot be parted from the beginning of a line: a word, or a
// single character where words are not parted by spaces.
func firstWord(line string) string {
	r, size := utf8.DecodeRuneInString(line)
	if unparted(r) {
		return line[:size]
	}
	word, _, _ := strings.Cut(line, " ")
	return word
}

// joint is what stands between two lines when they are joined: nothing after a
// hyphen within a word, nor in scripts without spaces.
func joint(above, line string) string {
	last, size := utf8.DecodeLastRuneInString(above)
	before, _ := utf8.DecodeLastRuneInString(above[:len(above)-size])
	next, _ := utf8.DecodeRuneInString(line)
	if last == '-' && unicode.IsLetter(before) && unicode.IsLetter(next) || unparted(last) && unparted(next) {
		return ""
	}
	return " "
}

// unparted reports whether a character belongs to a script that is written
// without spaces, or to its punctuation.
func unparted(r rune) bool {
	return r >= 0x2E80 && (unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || 0x3000 <= r && r <= 0x303F ||
		0xFF00 <= r && r <= 0xFF60)
}
