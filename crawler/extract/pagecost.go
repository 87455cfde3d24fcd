package extract

import (
	"bytes"
	"fmt"
)

// maxParsed is what a document may take in memory as a tree or as values, in
// bytes, beside its text.
const maxParsed = 56 << 20

// What the parser of HTML takes on a 64-bit machine, in bytes.
const (
	nodeSize  = 120 // an html.Node without its text
	attrSize  = 96  // an attribute with its share of a slice that grows, its key and its value
	cloneSize = 48  // an attribute in a copy of its element
	tokenSize = 150 // an attribute of the tag that is being read
)

// maxPageScan is how often a page may be gone over to weigh it: a quote that
// is never closed makes every tag after it as long as the rest of the page.
const maxPageScan = 32

// A pageScale weighs a page before it is parsed. It holds for whatever is a
// comment, a script or a text: each "<" counts as the tag that it may be. What
// makes trees grow beyond their text are formatting elements: those left open
// are opened again in every block, with all their attributes.
type pageScale struct {
	page []byte
	tree int // bytes that the tree takes, at most
	wide int // attributes of the tag that has the most

	open int // of a copy of each formatting element that may be open
	link int // of a copy of the largest link that may be open; only one is
	big  int // of a copy of the largest formatting element that may be open
	root int // attributes of <html> and <body> tags: each tag is compared with all before it
	seen int // bytes gone over in tags

	blocks    int  // tags since the last link began, formatting left out
	paragraph bool // the last of them was <p>
}

// weighPage weighs a page. It is an error when even cutting it into tags takes
// more than a document may.
func weighPage(page []byte) (pageScale, error) {
	c := pageScale{page: page}
	for at := 0; ; {
		i := bytes.IndexByte(page[at:], '<')
		if i < 0 || at+i+1 >= len(page) {
			break
		}
		if at += i; at > 0 && page[at-1] != '>' {
			c.tree += nodeSize
		}
		c.tree += c.open + c.link
		at++
		switch next := page[at]; {
		case isASCIILetter(next):
			at = c.startTag(at)
		case next == '/' && at+1 < len(page) && isASCIILetter(page[at+1]):
			c.endTag(at + 1)
		case next == '!' || next == '?' || next == '/':
			c.tree += nodeSize // a comment
		}
		if c.seen > maxPageScan*len(page) || c.wide*tokenSize > maxParsed {
			return c, fmt.Errorf("%w: a tag of it is too long", ErrCostly)
		}
	}
	return c, nil
}

// fits reports whether the tree of the page takes no more than a document may.
func (c *pageScale) fits() bool { return c.tree <= maxParsed }

// startTag weighs the tag whose name begins at a place, and returns where to
// go on: behind the tag's own end tag when that comes next.
func (c *pageScale) startTag(at int) int {
	var name [8]byte
	n := lowerName(&name, c.page[at:])
	length, attrs := attributesIn(c.page[at+n:])
	end := at + n + length
	c.seen += length
	c.wide = max(c.wide, attrs)
	c.tree += nodeSize + attrs*attrSize
	tag := string(name[:min(n, len(name))])
	if isFormatting(tag) {
		if behind := closedAt(c.page[end:], name[:min(n, len(name))]); behind > 0 {
			c.tree += nodeSize // the text in it
			return end + behind
		}
		c.formatting(tag, nodeSize+attrs*cloneSize)
		return at
	}
	c.blocks++
	c.paragraph = tag == "p"
	switch tag {
	case "td", "th": // may imply a row and a body
		c.tree += 2 * nodeSize
	case "tr", "col":
		c.tree += nodeSize
	case "html", "body":
		c.tree += c.root * attrSize
		c.root += attrs
	}
	return at
}

// isFormatting reports whether an element is one that the parser opens again in
// the blocks behind it (https://html.spec.whatwg.org/multipage/parsing.html#formatting).
func isFormatting(tag string) bool {
	switch tag {
	case "a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u":
		return true
	}
	return false
}

// formatting weighs a formatting element that is not closed at once: it may
// stay open, and a link, as a <nobr>, closes the one before it.
func (c *pageScale) formatting(tag string, size int) {
	c.big = max(c.big, size)
	if tag == "a" || tag == "nobr" {
		c.adopt()
	}
	if tag == "a" {
		c.link, c.blocks = max(c.link, size), 0
	} else {
		c.open += size
	}
}

// endTag weighs an end tag: that of a paragraph that is not open makes one,
// that of a formatting element moves copies of it into the blocks it was open
// around.
func (c *pageScale) endTag(at int) {
	var name [8]byte
	n := lowerName(&name, c.page[at:])
	switch tag := string(name[:min(n, len(name))]); {
	case isFormatting(tag):
		c.adopt()
	case tag == "p" && c.paragraph:
		c.paragraph = false
	case tag == "p" || tag == "br":
		c.tree += nodeSize
	}
}

// adopt weighs one run of the adoption agency algorithm
// (https://html.spec.whatwg.org/multipage/parsing.html#adoption-agency-algorithm):
// at most eight rounds, one for each block that was opened within the element,
// each with a copy of the element and of at most three others.
func (c *pageScale) adopt() {
	rounds := 8
	if c.open == 0 {
		rounds = min(c.blocks+1, rounds)
	}
	c.tree += rounds * (c.big + min(3*c.big, c.open))
}

// lowerName writes the beginning of a tag's name in lower case, and returns
// the name's length in bytes.
func lowerName(to *[8]byte, text []byte) (length int) {
	for length < len(text) && !isSpace(text[length]) && text[length] != '/' && text[length] != '>' {
		if b := text[length]; length < len(to) {
			if 'A' <= b && b <= 'Z' {
				b |= 0x20
			}
			to[length] = b
		}
		length++
	}
	return length
}

// attributesIn counts the attributes of a tag from behind its name, as the
// parser reads them, and returns how many bytes it has to its end.
func attributesIn(text []byte) (length, count int) {
	i := 0
	for i < len(text) {
		switch c := text[i]; {
		case c == '>':
			return i + 1, count
		case isSpace(c) || c == '/':
			i++
		default:
			count++
			i = attributeEnd(text, i)
		}
	}
	return len(text), count
}

// attributeEnd returns where the attribute that begins at a place ends.
func attributeEnd(text []byte, i int) int {
	i++ // a "=" in front is a part of the name
	for i < len(text) && !isSpace(text[i]) && text[i] != '/' && text[i] != '>' && text[i] != '=' {
		i++
	}
	at := skipSpace(text, i)
	if at >= len(text) || text[at] != '=' {
		return at
	}
	if i = skipSpace(text, at+1); i >= len(text) {
		return i
	}
	if quote := text[i]; quote == '"' || quote == '\'' {
		end := bytes.IndexByte(text[i+1:], quote)
		if end < 0 {
			return len(text)
		}
		return i + end + 2
	}
	for i < len(text) && !isSpace(text[i]) && text[i] != '>' {
		i++
	}
	return i
}

// closedAt returns the length of a text up to behind the end tag of a name
// when that is the first tag in it, else 0.
func closedAt(text, name []byte) int {
	i := bytes.IndexByte(text, '<')
	if i < 0 || i+2+len(name) >= len(text) || text[i+1] != '/' || !bytes.EqualFold(text[i+2:i+2+len(name)], name) {
		return 0
	}
	end := i + 2 + len(name)
	if text[end] != '>' {
		return 0
	}
	return end + 1
}

func skipSpace(text []byte, i int) int {
	for i < len(text) && isSpace(text[i]) {
		i++
	}
	return i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' }

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
