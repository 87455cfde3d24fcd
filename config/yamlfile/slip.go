package yamlfile

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/rules/foreign"
)

// This file finds slips of the pen in a file that is not YAML, or has another
// structure than is wanted. The YAML library stops where it cannot go on, which
// is often behind the slip. The slip itself is found by its looks, and searched
// for only where there is a diagnostic.

// Slips knows what the slips of a config look like.
type Slips struct {
	noColon, noSpace, equals, wideColon, second *regexp.Regexp
}

var (
	// bullet is an element of a list behind a dash that is no hyphen.
	bullet = regexp.MustCompile(`^\s*([–—−‒•·▪◦►‣]|\*\s)`)
	// tight is an element without a space behind its hyphen.
	tight = regexp.MustCompile(`^(\s*-)[^\s\d-]`)
	// twoHyphens begin one element.
	twoHyphens = regexp.MustCompile(`^(\s*)-\s?-\s`)
	// firstKey is the key at the head of a line.
	firstKey = regexp.MustCompile(`^(\s*)(?:-\s+)?([\p{L}_][\p{L}_ -]*):(?:\s|$)`)
)

// NewSlips returns the slips of files whose maps have keys of these names.
func NewSlips(keys []string) *Slips {
	names := slices.Clone(keys)
	slices.Sort(names)
	slices.Reverse(names) // "at least" before "at"
	for i, name := range names {
		names[i] = regexp.QuoteMeta(name)
	}
	name := `(` + strings.Join(slices.Compact(names), "|") + `)`
	return &Slips{
		noColon:   regexp.MustCompile(`^\s*(?:(?:- )?(?:name)|` + name + `)(?:\s*$|\s+[^\s:=].*$)`),
		noSpace:   regexp.MustCompile(`^\s*(?:- )?` + name + `:[^\s/]`),
		equals:    regexp.MustCompile(`^\s*(?:- )?` + name + `\s*=`),
		wideColon: regexp.MustCompile(`^\s*(?:- )?` + name + `\s*[：﹕]`),
		second:    regexp.MustCompile(`^,\s*` + name + `:(?:\s|$)`),
	}
}

// region is the lines that a diagnostic is about: from where the value begins that the YAML
// library reads to where it cannot go on.
type region struct{ from, to int }

// above is how many lines above a region are searched too: the slip may have made
// them the beginning of the text.
const above = 2

// find returns the slip in a region of a file; ok is false when there is none
// that it knows.
func (s *Slips) find(f *File, r region) (m Diagnostic, ok bool) {
	r.from = max(min(r.from, r.to), 1)
	for line := min(r.to, len(f.lines)); line >= r.from; line-- {
		if m, ok := s.inLine(f, line); ok {
			return m, true
		}
	}
	left := above
	for line := min(r.from, len(f.lines)+1) - 1; line >= 1 && left > 0; line-- {
		if text := strings.TrimSpace(f.lines[line-1]); text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if m, ok := s.AtHead(f, line); ok {
			return m, true
		}
		left--
	}
	return s.tooDeep(f, r.to)
}

// inLine finds a slip anywhere in a line.
func (s *Slips) inLine(f *File, line int) (Diagnostic, bool) {
	if m, ok := s.AtHead(f, line); ok {
		return m, true
	}
	return s.inside(f, line)
}

// AtHead finds the slips of the beginning of a line, which may show only in the
// next one.
func (s *Slips) AtHead(f *File, line int) (Diagnostic, bool) {
	text := f.lines[line-1]
	if m, ok := oddSpace(text, line); ok {
		return m, true
	}
	if at := bullet.FindStringSubmatchIndex(text); at != nil {
		sign, _ := utf8.DecodeRuneInString(text[at[2]:])
		return slip(text, line, at[2], string(sign)+" begins no element of a list", "write a hyphen and a space: - …")
	}
	if at := twoHyphens.FindStringSubmatchIndex(text); at != nil {
		return slip(text, line, at[3], "two hyphens begin one element", "write one hyphen and a space: - …")
	}
	if at := tight.FindStringSubmatchIndex(text); at != nil {
		return slip(text, line, at[3]-1, "a space is missing behind the hyphen", "write - and a space: - …")
	}
	for _, look := range []struct {
		of            *regexp.Regexp
		message, hint string
	}{
		{s.wideColon, "the colon behind `%` is a full-width one", "write %: and a space"},
		{s.equals, "= stands where the colon of `%` belongs", "write %: and a space"},
		{s.noSpace, "a space is missing behind the colon of `%`", "write %: and a space"},
		{s.noColon, "the colon is missing behind `%`", "write %: and a space"},
	} {
		if at := look.of.FindStringSubmatchIndex(text); at != nil {
			name, begin := "name", len(text)-len(strings.TrimLeft(text, " -"))
			if at[2] >= 0 {
				name, begin = text[at[2]:at[3]], at[2]
			}
			m, _ := slip(text, line, begin, strings.ReplaceAll(look.message, "%", name), strings.ReplaceAll(look.hint, "%", name))
			m.Excerpt = syntaxExcerpt(f.lines, line, m.Column+len(name)) // the key is no secret
			return m, true
		}
	}
	return Diagnostic{}, false
}

// slip makes a mistake at a byte of a line.
func slip(text string, line, at int, message, hint string) (Diagnostic, bool) {
	return Diagnostic{Line: line, Column: utf8.RuneCountInString(text[:at]) + 1, Message: message, Hint: hint}, true
}

// oddSpace finds a space that YAML takes for a letter, or a tab, where a line is
// indented and around its hyphen and colon.
func oddSpace(text string, line int) (Diagnostic, bool) {
	for i, r := range text {
		switch {
		case r == '\t':
			return slip(text, line, i, "a tab cannot indent", "use spaces")
		case IsOddSpace(r):
			return slip(text, line, i, oddSpaceMessage, oddSpaceHint)
		case r != ' ' && r != '-':
			return oddSpaceAtColon(text, line)
		}
	}
	return Diagnostic{}, false
}

func oddSpaceAtColon(text string, line int) (Diagnostic, bool) {
	colon := strings.IndexByte(text, ':')
	if colon < 0 {
		return Diagnostic{}, false
	}
	for _, at := range [...]int{colon + 1, colon - len("\u00a0")} {
		if at < 0 || at >= len(text) {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(text[at:]); IsOddSpace(r) {
			return slip(text, line, at, oddSpaceMessage, oddSpaceHint)
		}
	}
	return Diagnostic{}, false
}

const (
	oddSpaceMessage = "this is no plain space, though it may look like one"
	oddSpaceHint    = "replace it with a space: it came from a word processor or a web page"
)

// IsOddSpace reports whether a character looks like a space, or like nothing,
// and is a letter to YAML.
func IsOddSpace(r rune) bool {
	isSpace := r > unicode.MaxASCII && (unicode.IsSpace(r) || unicode.Is(unicode.Zs, r))
	return isSpace || r >= 0x200B && r <= 0x200F || r == 0x2060 || r == 0xFEFF
}

// tooDeep finds a key below another that has its value already.
func (s *Slips) tooDeep(f *File, line int) (Diagnostic, bool) {
	if line < 2 || line > len(f.lines) {
		return Diagnostic{}, false
	}
	here, before := firstKey.FindStringSubmatchIndex(f.lines[line-1]), firstKey.FindStringSubmatchIndex(f.lines[line-2])
	if here == nil || before == nil || here[4] <= before[4] || strings.TrimSpace(f.lines[line-2][before[5]+1:]) == "" {
		return Diagnostic{}, false
	}
	m, _ := slip(f.lines[line-1], line, here[4], "this is indented deeper than the key above, which has its value already", "keys of one level begin in the same column")
	m.Excerpt = syntaxExcerpt(f.lines, line, m.Column+here[5]-here[4])
	return m, true
}

// inside finds the slips within a line: what stands behind a quote or bracket,
// and a second key.
func (s *Slips) inside(f *File, line int) (Diagnostic, bool) {
	text := f.lines[line-1]
	depth, fresh := 0, true // a value may begin here
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '#' && (i == 0 || text[i-1] == ' '):
			return Diagnostic{}, false
		case fresh && (c == '"' || c == '\''):
			end := quoteEnd(text, i)
			if end < 0 {
				return Diagnostic{}, false
			}
			if next := behind(text, end); next < len(text) && !endsValue(text, next) {
				return s.behindQuote(f, line, i, next)
			}
			i, fresh = end-1, false
			continue
		case fresh && strings.HasPrefix(text[i:], "“"), fresh && strings.HasPrefix(text[i:], "„"):
			return slip(text, line, i, "typographic quotes hold no text together", "write straight ones: \"…\"")
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
			next := behind(text, i+1)
			if next < len(text) && depth > 0 && !strings.ContainsRune(",]}:#", rune(text[next])) {
				return slip(text, line, next, "a comma is missing in front of this", "put commas between the values")
			}
			if m, ok := s.behindBracket(text, line, next, depth); ok {
				return m, true
			}
		case c == ',' && depth == 0:
			if m, ok := s.secondKey(text, line, i); ok {
				return m, true
			}
		}
		fresh = c == '[' || c == '{' || c == ',' || c == ' ' && fresh ||
			(c == ':' || c == '-') && i+1 < len(text) && text[i+1] == ' '
	}
	return Diagnostic{}, false
}

func (s *Slips) behindBracket(text string, line, next, depth int) (Diagnostic, bool) {
	if depth != 0 || next >= len(text) || text[next] == '#' || text[next] == ':' {
		return Diagnostic{}, false
	}
	if text[next] == ',' {
		return s.secondKey(text, line, next)
	}
	return slip(text, line, next, "something stands behind the end of the list or map", "put it into the brackets, or delete it")
}

// secondKey finds a second key of the same line, at its comma.
func (s *Slips) secondKey(text string, line, comma int) (Diagnostic, bool) {
	at := s.second.FindStringSubmatchIndex(text[comma:])
	if at == nil {
		return Diagnostic{}, false
	}
	return slip(text, line, comma+at[2], "a second key stands in this line: `"+text[comma+at[2]:comma+at[3]]+"`",
		"write each key on a line of its own, or all in braces: {all: [kim], any: [putin, xi]}")
}

// quoteEnd returns the byte behind a quoted text that begins at i; -1 when it
// does not end in this line.
func quoteEnd(text string, i int) int {
	quote := text[i]
	for k := i + 1; k < len(text); k++ {
		switch {
		case text[k] == '\\' && quote == '"':
			k++
		case text[k] != quote:
		case quote == '\'' && k+1 < len(text) && text[k+1] == quote:
			k++
		default:
			return k + 1
		}
	}
	return -1
}

func behind(text string, i int) int {
	for i < len(text) && text[i] == ' ' {
		i++
	}
	return i
}

// endsValue reports whether a value may have ended before a byte.
func endsValue(text string, i int) bool {
	return strings.IndexByte(",]}", text[i]) >= 0 ||
		text[i] == ':' && (i+1 == len(text) || text[i+1] == ' ') ||
		text[i] == '#' && text[i-1] == ' '
}

// behindQuote says what stands behind a quoted text.
func (s *Slips) behindQuote(f *File, line, begin, next int) (Diagnostic, bool) {
	text := f.lines[line-1]
	value := text[begin:valueEnd(text, next)]
	holdsNoSecret := strings.Contains(syntaxExcerpt(f.lines, line, begin+1), value)
	if form, ok := foreign.Find(value); ok && holdsNoSecret {
		return slip(text, line, begin, form.Message, form.Hint)
	}
	if text[begin] == '\'' && text[next-1] == '\'' && letterBefore(text, next-1) {
		if r, _ := utf8.DecodeRuneInString(text[next:]); unicode.IsLetter(r) {
			return slip(text, line, next-1, "this apostrophe ends the text", "write two of them inside single quotes, or use double quotes: 'Kim''s train', \"Kim's train\"")
		}
	}
	return slip(text, line, next, "something stands behind the closing quote", "quote the whole text, with single quotes when it holds double ones: \"Kim Jong Un\", 'the \"great\" leader'")
}

func letterBefore(text string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(text[:i])
	return unicode.IsLetter(r)
}

// valueEnd returns where a value of a list ends that goes on at i: at a comma or
// bracket outside quotes.
func valueEnd(text string, i int) int {
	quoted := false
	for ; i < len(text); i++ {
		switch {
		case text[i] == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte(",]}", text[i]) >= 0:
			return i
		}
	}
	return len(text)
}

// OddSpaceIn finds what looks like a space in a key, and is a letter to YAML. The
// column counts from the beginning of the key.
func OddSpaceIn(key string) (Diagnostic, bool) {
	i := strings.IndexFunc(key, IsOddSpace)
	if i < 0 {
		return Diagnostic{}, false
	}
	return slip(key, 0, i, oddSpaceMessage, oddSpaceHint)
}
