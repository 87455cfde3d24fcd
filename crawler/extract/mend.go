package extract

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxDepth bounds how deep XML may be nested. Real feeds are less than 30
// elements deep.
const maxDepth = 256

// mender reads a broken document once and writes better ones. It keeps the
// stack of open elements, so that end tags without a start are dropped and what
// is left open is closed. It hands on what it reads in parts: the stories, a
// batch at a time, and in the end the frame, which is all the rest.
type mender struct {
	in       []byte
	root     string // local name of the root element, lower-case
	open     []element
	entities map[string]string
	expanded int // bytes that entities have added

	sectionEnd, commentEnd, instructionEnd, storyEnd ahead

	inner   int // ends of sections within sections that are still to come
	inStory int // depth of the open story, 0 for none
	parts
}

// element is one that is open.
type element struct {
	name  string // as written
	start string // start tag as it was mended, of an element of the frame
	id    int    // tells it from others of the frame
}

// mendXML repairs UTF-8 XML: what stands before the root element, declarations,
// document types with their entities, characters that XML forbids, "<" that
// begins no tag, "]]>" that ends no section, attributes without quotes, end
// tags without a start and a missing end. Each batch of stories goes to emit;
// the frame is what the mender holds in the end. Depth, entity expansion and
// elements are limited by an error.
func mendXML(text []byte, emit func(batch) error) (*mender, error) {
	start, _ := findRoot(text)
	m := &mender{
		in:         cleanXML(text[start:]),
		sectionEnd: ahead{mark: []byte("]]>")}, commentEnd: ahead{mark: []byte("-->")}, instructionEnd: ahead{mark: []byte("?>")},
		parts: parts{emit: emit},
	}
	for len(m.in) > 0 {
		whole, err := m.next()
		if err != nil {
			return m, err
		}
		if !whole {
			break
		}
	}
	switch {
	case m.root == "":
		return m, errors.New("no element")
	case len(m.in) > 0 && m.complete == 0 && !bytes.HasPrefix(m.in, []byte("</")):
		return m, errors.New("document ends inside a tag, before its first story")
	case m.inStory > 0 && m.complete == 0:
		return m, errors.New("document ends inside its first story")
	case m.inStory > 0:
		m.dropStory()
		m.open, m.inStory = m.open[:m.inStory-1], 0
	}
	m.closeTo(0)
	return m, m.flush()
}

// next copies text up to the next construct, and the construct. whole is false
// when the document ends inside it.
func (m *mender) next() (whole bool, err error) {
	i := bytes.IndexAny(m.in, "<&")
	if i < 0 {
		i = len(m.in)
	}
	m.characters(m.in[:i])
	if m.in = m.in[i:]; len(m.in) == 0 {
		return true, nil
	}
	if m.in[0] == '&' {
		m.ampersand()
		whole = true
	} else {
		whole, err = m.markup()
	}
	switch {
	case err != nil:
		return false, err
	case m.expanded > maxExpansion:
		return false, errExpansion
	}
	return whole, m.frameFits()
}

// markup copies one construct that begins with "<". Comments and instructions
// are dropped; one that never ends is text.
func (m *mender) markup() (whole bool, err error) {
	switch {
	case bytes.HasPrefix(m.in, []byte("<!--")):
		m.drop(&m.commentEnd, len("<!--"))
	case bytes.HasPrefix(m.in, []byte("<![CDATA[")):
		m.section()
	case bytes.HasPrefix(m.in, []byte("<?")):
		m.drop(&m.instructionEnd, len("<?"))
	case len(m.in) > 1 && m.in[1] == '!':
		return m.docType()
	case len(m.in) > 1 && m.in[1] == '/':
		return m.endTag()
	case len(m.in) > 1 && isNameStart(m.in[1]):
		return m.startTag()
	default:
		m.characters([]byte("&lt;"))
		m.in = m.in[1:]
	}
	return true, nil
}

// drop leaves out a construct up to behind its end mark, or only the mark that
// it begins with when there is no end.
func (m *mender) drop(end *ahead, begin int) {
	if i := end.index(m.in[begin:]); i >= 0 {
		begin += i + len(end.mark)
	}
	m.in = m.in[begin:]
}

// section copies a CDATA section. One that has no end, or swallows the end of
// the story it stands in, was never closed: what follows is read as markup.
// Sections cannot hold sections, but are written so.
func (m *mender) section() {
	const begin = "<![CDATA["
	m.in = m.in[len(begin):]
	end := m.sectionEnd.index(m.in)
	if story := m.storyEnd.index(m.in); end < 0 || m.inStory > 0 && story >= 0 && story < end {
		return
	}
	text := m.in[:end]
	if n := bytes.Count(text, []byte(begin)); n > 0 {
		m.inner += n
		text = bytes.ReplaceAll(text, []byte(begin), nil)
	}
	m.count(m.inStory > 0)
	m.write([]byte(begin), text, m.sectionEnd.mark)
	m.in = m.in[end+len(m.sectionEnd.mark):]
}

// characters copies text. Before the root element there can be none, and
// between the stories what is blank says nothing.
func (m *mender) characters(text []byte) {
	if m.root == "" || m.inStory == 0 && len(bytes.TrimSpace(text)) == 0 {
		return
	}
	for {
		i := bytes.IndexByte(text, '>')
		switch {
		case i < 0:
			m.write(text)
			return
		case m.inner > 0 && bytes.HasSuffix(text[:i], []byte("]]")):
			m.inner--
			m.write(text[:i-len("]]")])
		case i == 0 || text[i-1] == ']':
			m.write(text[:i], []byte("&gt;"))
		default:
			m.write(text[:i+1])
		}
		text = text[i+1:]
	}
}

func (m *mender) startTag() (whole bool, err error) {
	end := tagEnd(m.in)
	if end < 0 {
		return false, nil
	}
	tag, name := m.in[:end], tagName(m.in[1:end])
	m.in = m.in[end:]
	if m.inStory > 0 && name == m.open[m.inStory-1].name { // the one before was not closed
		if err := m.leaveStory(); err != nil {
			return false, err
		}
	}
	if m.root == "" {
		m.root = localName(name)
	}
	if m.inStory == 0 && isStoryName(localName(name)) && len(m.open) > 0 && len(m.open) < 3 {
		if err := m.beginStory(m.open); err != nil {
			return false, err
		}
		m.inStory = len(m.open) + 1
		m.storyEnd.look("</" + name + ">")
	}
	m.count(m.inStory > 0)
	closed := tag[len(tag)-2] == '/'
	start := m.mendTag(tag, name, closed)
	m.write(start)
	if closed && m.inStory > len(m.open) {
		m.inStory = 0
		return true, m.endStory()
	}
	if closed {
		return true, nil
	}
	e := element{name: name, id: m.tags}
	if m.inStory == 0 {
		e.start = string(start)
	}
	if m.open = append(m.open, e); len(m.open) > maxDepth {
		return false, fmt.Errorf("%w: nested more than %d elements deep", ErrCostly, maxDepth)
	}
	return true, nil
}

func isStoryName(local string) bool { return local == "item" || local == "entry" }

// endTag copies an end tag when something of its name is open, and drops it
// otherwise. It closes what was left open inside.
func (m *mender) endTag() (whole bool, err error) {
	end := bytes.IndexByte(m.in, '>')
	if end < 0 {
		return false, nil
	}
	name := m.in[2 : 2+nameLength(m.in[2:end])]
	m.in = m.in[end+1:]
	at := len(m.open) - 1
	for at >= 0 && !equalFold(m.open[at].name, name) {
		at--
	}
	if at < 0 {
		return true, nil
	}
	if m.inStory > at {
		if err := m.leaveStory(); err != nil {
			return false, err
		}
	}
	m.closeTo(at)
	return true, nil
}

// leaveStory closes the open story and all that is open in it.
func (m *mender) leaveStory() error {
	m.closeTo(m.inStory - 1)
	m.inStory, m.inner = 0, 0
	return m.endStory()
}

// closeTo writes the end tags of all but the first n open elements.
func (m *mender) closeTo(n int) {
	for len(m.open) > n {
		m.write([]byte(endTagOf(m.open[len(m.open)-1].name)))
		m.open = m.open[:len(m.open)-1]
	}
}

// write copies bytes to the open story, else to the frame.
func (m *mender) write(texts ...[]byte) {
	for _, t := range texts {
		if m.inStory > 0 {
			m.writeStory(t)
		} else {
			m.frame.Write(t)
		}
	}
}

// cleanXML drops what is illegal in XML: control characters, broken UTF-8.
func cleanXML(text []byte) []byte {
	if !utf8.Valid(text) { // for mending copies the whole
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	clean := text[:0:0]
	start := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		var size int
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
