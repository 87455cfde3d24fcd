package extract

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What is kept of the attributes of an element of a feed. Roots have about 20,
// most of them namespaces.
const (
	maxAttributes = 50
	maxAttribute  = 4 << 10 // bytes of a value
)

// mendTag returns a start tag with a name and attributes as XML wants them:
// values in quotes, no more of them than a feed can need.
func (m *mender) mendTag(tag []byte, name string, closed bool) []byte {
	out := append(make([]byte, 0, len(tag)+8), '<')
	out = append(out, xmlName(name)...)
	rest := tag[1+len(name) : len(tag)-1]
	if closed {
		rest = rest[:len(rest)-1]
	}
	for range maxAttributes {
		var key, value []byte
		var quote byte
		if key, value, quote, rest = cutAttribute(rest); len(key) == 0 {
			break
		}
		if len(value) > maxAttribute {
			continue
		}
		if string(key) == "xml:base" { // the parser takes every base for a folder
			value = []byte(folder(string(value)))
		}
		out = append(append(append(out, ' '), xmlName(string(key))...), '=', quote)
		out = append(m.mendValue(out, value, quote), quote)
	}
	if closed {
		out = append(out, '/')
	}
	return append(out, '>')
}

// cutAttribute takes the first attribute off the inside of a tag. One without a
// value has its name for one; the quote is that around the value, or the one to
// put there.
func cutAttribute(text []byte) (key, value []byte, quote byte, rest []byte) {
	text = bytes.TrimLeft(text, " \t\r\n/=\"'")
	end := bytes.IndexAny(text, " \t\r\n/=")
	if end < 0 {
		end = len(text)
	}
	key, rest = text[:end], bytes.TrimLeft(text[end:], " \t\r\n")
	if !bytes.HasPrefix(rest, []byte("=")) {
		return key, key, '"', rest
	}
	if rest = bytes.TrimLeft(rest[1:], " \t\r\n"); len(rest) == 0 {
		return key, nil, '"', nil
	}
	if quote = rest[0]; quote == '"' || quote == '\'' {
		value, rest, _ = bytes.Cut(rest[1:], []byte{quote})
		return key, value, quote, rest
	}
	if end = bytes.IndexAny(rest, " \t\r\n"); end < 0 {
		end = len(rest)
	}
	return key, rest[:end], '"', rest[end:]
}

// mendValue appends the value of an attribute with its references mended.
func (m *mender) mendValue(out, value []byte, quote byte) []byte {
	for len(value) > 0 {
		i := bytes.IndexAny(value, "&<\"")
		if i < 0 {
			return append(out, value...)
		}
		out = append(out, value[:i]...)
		switch value = value[i:]; {
		case value[0] == '&':
			text, length := m.reference(value)
			out, value = append(out, text...), value[length:]
			continue
		case value[0] == '<':
			out = append(out, "&lt;"...)
		case quote == '"':
			out = append(out, "&quot;"...)
		default:
			out = append(out, '"')
		}
		value = value[1:]
	}
	return out
}

// folder cuts a URL behind its last slash, as relative references see it.
func folder(base string) string {
	base, _, _ = strings.Cut(base, "?")
	start := 0
	if i := strings.Index(base, "://"); i >= 0 {
		start = i + 3
	}
	if i := strings.LastIndexByte(base[start:], '/'); i >= 0 {
		return base[:start+i+1]
	}
	return base
}

// tagEnd returns the length of a start tag: a ">" inside quotes does not end it,
// unless the quotes never close.
func tagEnd(text []byte) int {
	quote := byte(0)
	for i, c := range text {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
			if i > 0 && c == '<' {
				return unquotedEnd(text)
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return -1
}

func unquotedEnd(text []byte) int {
	if end := bytes.IndexByte(text, '>'); end >= 0 {
		return end + 1
	}
	return -1
}

func tagName(text []byte) string { return string(text[:nameLength(text)]) }

func nameLength(text []byte) int {
	if end := bytes.IndexAny(text, " \t\r\n/>"); end >= 0 {
		return end
	}
	return len(text)
}

// notInName is what the decoder does not take in names: all but ASCII letters,
// digits and a few signs.
var notInName = regexp.MustCompile(`^[^A-Za-z_]|[^\w:.-]`)

// xmlName makes a name that XML allows of one that it may not.
func xmlName(name string) string {
	if notInName.MatchString(name) {
		name = notInName.ReplaceAllString(name, "_")
	}
	if prefix, local, ok := strings.Cut(name, ":"); ok && (local == "" || strings.Contains(local, ":")) {
		name = prefix + ":" + strings.ReplaceAll(local, ":", "_") + "_"
	}
	return name
}

func endTagOf(name string) string { return "</" + xmlName(name) + ">" }

func equalFold(name string, text []byte) bool { return strings.EqualFold(name, string(text)) }

func localName(name string) string {
	return strings.ToLower(name[strings.IndexByte(name, ':')+1:])
}

func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c >= utf8.RuneSelf
}
