package extract

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds how deep XML may be nested. Real feeds are less than 30
// elements deep.
const maxDepth = 256

// mended is a feed made well-formed enough for the parser.
type mended struct {
	xml  []byte
	root string // local name of the root element, lower-case
}

// mender reads a broken document once and writes a better one. It keeps the
// stack of open elements, so that end tags without a start are dropped and a
// truncated document is closed behind its last complete story.
type mender struct {
	in       []byte
	out      bytes.Buffer
	open     []string // names as written, outermost first
	root     string
	entities map[string]string
	expanded int

	safe     int      // length of out behind the last complete story, 0 for none
	safeOpen []string // what was open there
	inStory  int      // depth of the open story, 0 for none
}

// mendXML repairs UTF-8 XML: what stands before the first tag, declarations,
// document types with their entities, characters that XML forbids, "<" that
// begins no tag, end tags without a start and a missing end. Depth and entity
// expansion are limited by an error.
func mendXML(text []byte) (mended, error) {
	m := mender{in: cleanXML(text)}
	m.out.Grow(len(m.in) + 64)
	complete := true
	for complete && len(m.in) > 0 {
		var err error
		if complete, err = m.next(); err != nil {
			return mended{}, err
		}
	}
	if m.root == "" {
		return mended{}, errors.New("no element")
	}
	if m.inStory > 0 && m.safe == 0 {
		return mended{}, errors.New("document ends inside its first story")
	}
	if !complete && m.safe == 0 && !bytes.HasPrefix(m.in, []byte("</")) {
		return mended{}, errors.New("document ends inside a tag, before its first story")
	}
	m.finish()
	return mended{xml: m.out.Bytes(), root: m.root}, nil
}

// next copies text up to the next construct, and the construct. complete is
// false when the document ends inside it.
func (m *mender) next() (complete bool, err error) {
	i := bytes.IndexAny(m.in, "<&")
	if i < 0 {
		i = len(m.in)
	}
	m.characters(m.in[:i])
	m.in = m.in[i:]
	switch {
	case len(m.in) == 0:
		return true, nil
	case m.in[0] == '&':
		m.ampersand()
		complete = true
	default:
		if complete, err = m.markup(); err != nil {
			return false, err
		}
	}
	if m.expanded > maxExpansion {
		return false, errors.New("entities expand too far")
	}
	return complete, nil
}

// cleanXML drops what is illegal in XML: control characters, broken UTF-8.
func cleanXML(text []byte) []byte {
	text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	clean := text[:0:0]
	start := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		size := 0
		switch {
		case c < ' ' && c != '\n' && c != '\t' && c != '\r':
			size = 1
		case c == 0xef && (bytes.HasPrefix(text[i:], []byte("\uFFFE")) || bytes.HasPrefix(text[i:], []byte("\uFFFF"))):
			size = 3
		default:
			continue
		}
		clean = append(clean, text[start:i]...)
		i += size - 1
		start = i + 1
	}
	if start == 0 {
		return text
	}
	return append(clean, text[start:]...)
}

// characters copies text; before the root element there can be none.
func (m *mender) characters(text []byte) {
	if m.root != "" {
		m.out.Write(text)
	}
}

// markup copies one construct that begins with "<". complete is false when the
// document ends inside it.
func (m *mender) markup() (complete bool, err error) {
	switch {
	case bytes.HasPrefix(m.in, []byte("<!--")):
		return m.skipTo("-->", 4, false), nil
	case bytes.HasPrefix(m.in, []byte("<![CDATA[")):
		return m.skipTo("]]>", 9, true), nil
	case bytes.HasPrefix(m.in, []byte("<?")):
		return m.skipTo("?>", 2, false), nil
	case len(m.in) > 1 && m.in[1] == '!':
		return m.docType()
	case len(m.in) > 1 && m.in[1] == '/':
		return m.endTag(), nil
	case len(m.in) > 1 && isNameStart(m.in[1]):
		return m.startTag()
	}
	m.characters([]byte("&lt;"))
	m.in = m.in[1:]
	return true, nil
}

// skipTo moves behind the next end mark, and copies what it passes if asked.
func (m *mender) skipTo(end string, from int, copied bool) bool {
	i := bytes.Index(m.in[from:], []byte(end))
	if i < 0 {
		return false
	}
	i += from + len(end)
	if copied {
		m.characters(m.in[:i])
	}
	m.in = m.in[i:]
	return true
}

func (m *mender) startTag() (bool, error) {
	end := tagEnd(m.in)
	if end < 0 {
		return false, nil
	}
	tag := m.in[:end]
	name := tagName(tag[1:])
	if m.root == "" {
		m.root = localName(name)
	}
	m.writeTag(tag)
	m.in = m.in[end:]
	if tag[len(tag)-2] == '/' {
		return true, nil
	}
	m.open = append(m.open, name)
	if len(m.open) > maxDepth {
		return false, fmt.Errorf("nested more than %d elements deep", maxDepth)
	}
	if local := localName(name); m.inStory == 0 && (local == "item" || local == "entry") && len(m.open) <= 3 {
		m.inStory = len(m.open)
	}
	return true, nil
}

var baseAttribute = regexp.MustCompile(`(\sxml:base\s*=\s*)("[^"]*"|'[^']*')`)

// writeTag copies a tag with its references mended. The parser takes every
// xml:base for a folder, so it is given one.
func (m *mender) writeTag(tag []byte) {
	if bytes.Contains(tag, []byte("xml:base")) {
		tag = baseAttribute.ReplaceAllFunc(tag, func(attr []byte) []byte {
			sub := baseAttribute.FindSubmatch(attr)
			return fmt.Appendf(nil, `%s"%s"`, sub[1], folder(string(sub[2][1:len(sub[2])-1])))
		})
	}
	if m.entities == nil || !bytes.ContainsRune(tag, '&') {
		m.out.Write(tag)
		return
	}
	rest := m.in
	for m.in = tag; len(m.in) > 0; {
		i := bytes.IndexByte(m.in, '&')
		if i < 0 {
			i = len(m.in)
		}
		m.out.Write(m.in[:i])
		if m.in = m.in[i:]; len(m.in) > 0 {
			m.ampersand()
		}
	}
	m.in = rest
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

// endTag copies an end tag when something of its name is open, and drops it
// otherwise. It closes what was left open inside.
func (m *mender) endTag() bool {
	end := bytes.IndexByte(m.in, '>')
	if end < 0 {
		return false
	}
	name := tagName(m.in[2:end])
	m.in = m.in[end+1:]
	at := len(m.open) - 1
	for at >= 0 && !strings.EqualFold(m.open[at], name) {
		at--
	}
	if at < 0 {
		return true
	}
	m.closeTo(at)
	if m.inStory > at {
		m.inStory = 0
		m.safe, m.safeOpen = m.out.Len(), append(m.safeOpen[:0], m.open...)
	}
	return true
}

// closeTo writes the end tags of all but the first n open elements.
func (m *mender) closeTo(n int) {
	for len(m.open) > n {
		m.out.WriteString("</" + m.open[len(m.open)-1] + ">")
		m.open = m.open[:len(m.open)-1]
	}
}

// finish closes what the document left open and drops a story that was never
// completed.
func (m *mender) finish() {
	if m.inStory > 0 && m.safe > 0 {
		m.out.Truncate(m.safe)
		m.open = m.safeOpen
	}
	m.closeTo(0)
}

// tagEnd gives the length of a start tag: a ">" inside quotes does not end it,
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

func tagName(text []byte) string {
	end := bytes.IndexAny(text, " \t\r\n/>")
	if end < 0 {
		end = len(text)
	}
	return string(text[:end])
}

func localName(name string) string {
	return strings.ToLower(name[strings.IndexByte(name, ':')+1:])
}

func isNameStart(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == ':' || c >= utf8.RuneSelf
}
