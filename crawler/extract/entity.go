package extract

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of entities. Those of real document types are characters or short
// names.
const (
	maxEntities    = 1000
	maxEntityValue = 4 << 10
	maxExpansion   = 1 << 20 // bytes that all entities of a document may add
)

// errExpansion is a document type whose entities are built to grow.
var errExpansion = fmt.Errorf("%w: entities expand too far", ErrCostly)

// ampersand copies what stands for a reference.
func (m *mender) ampersand() {
	text, length := m.reference(m.in)
	m.characters(text)
	m.in = m.in[length:]
}

// reference mends the reference at the beginning of a text, and returns how
// many bytes it has: one that the document type defines is expanded, one to a
// character that XML forbids dropped, and an "&" that begins none escaped.
func (m *mender) reference(in []byte) (text []byte, length int) {
	name := referenceName(in)
	if name == "" {
		return []byte("&amp;"), 1
	}
	length = len(name) + 2
	switch value, defined := m.entities[name]; {
	case defined:
		if m.expanded += len(value); m.expanded <= maxExpansion {
			text = []byte(value)
		}
	case name[0] != '#' || isXMLCharacter(name[1:]):
		text = in[:length]
	}
	return text, length
}

// referenceName returns what stands between the "&" and the ";" of a reference:
// "name", "#65" or "#x41"; "" when it is none.
func referenceName(text []byte) string {
	const longest = 64 // bytes; HTML's longest name has 31
	end := bytes.IndexByte(text[:min(len(text), longest)], ';')
	if end < 2 {
		return ""
	}
	name := text[1:end]
	digits, isNumber := bytes.CutPrefix(name, []byte("#"))
	digits, isHex := bytes.CutPrefix(bytes.ToLower(digits), []byte("x"))
	for i, c := range name {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !isNumber && !letter && (i == 0 || !isDigit(c) && c != '.' && c != '-') {
			return ""
		}
	}
	for _, c := range digits {
		if isNumber && !isDigit(c) && (!isHex || c < 'a' || c > 'f') {
			return ""
		}
	}
	if isNumber && len(digits) == 0 {
		return ""
	}
	return string(name)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isXMLCharacter reports whether XML allows the character of a numeric
// reference: "65" or "x41".
func isXMLCharacter(number string) bool {
	digits, base := number, 10
	if number[0] == 'x' || number[0] == 'X' {
		digits, base = number[1:], 16
	}
	code, err := strconv.ParseInt(digits, base, 32)
	if n := rune(code); err != nil || n == 0xFFFE || n == 0xFFFF || !utf8.ValidRune(n) {
		return false
	}
	return code == '\t' || code == '\n' || code == '\r' || code >= ' '
}

var (
	anyReference = regexp.MustCompile(`&([A-Za-z_][\w.-]*);`)
	entityDecl   = regexp.MustCompile(`<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:"([^"]*)"|'([^']*)')\s*>`)
)

// docType drops a document type and remembers the entities it defines.
// Definitions made of several others are how bombs are built, and refused.
func (m *mender) docType() (bool, error) {
	end, subset := docTypeEnd(m.in)
	if end < 0 {
		return false, nil
	}
	found := entityDecl.FindAllSubmatch(subset, maxEntities+1)
	if len(found) > maxEntities {
		return false, fmt.Errorf("%w: more than %d entities", ErrCostly, maxEntities)
	}
	m.entities = map[string]string{}
	for _, e := range found {
		value := string(e[2]) + string(e[3])
		nested := 0
		for _, ref := range anyReference.FindAllStringSubmatch(value, -1) {
			if _, defined := m.entities[ref[1]]; defined {
				nested++
			}
		}
		if len(value) > maxEntityValue || nested > 1 {
			return false, errExpansion
		}
		value = strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(value)
		if i := strings.IndexByte(value, '&'); i >= 0 && referenceName([]byte(value[i:])) == "" {
			value = strings.ReplaceAll(value, "&", "&amp;")
		}
		m.entities[string(e[1])] = value
	}
	m.in = m.in[end:]
	return true, nil
}

// docTypeEnd returns the end of a declaration and its internal subset; -1 when
// the document ends before.
func docTypeEnd(text []byte) (end int, subset []byte) {
	end = bytes.IndexByte(text, '>')
	if end < 0 {
		return -1, nil
	}
	open := bytes.IndexByte(text[:end], '[')
	if open < 0 {
		return end + 1, nil
	}
	i := bytes.IndexByte(text[open:], ']')
	if i < 0 {
		return -1, nil
	}
	i += open
	j := bytes.IndexByte(text[i:], '>')
	if j < 0 {
		return -1, nil
	}
	return i + j + 1, text[open:i]
}
