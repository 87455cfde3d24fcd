package extract

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"golang.org/x/net/html"
)

// read goes through a sitemap as it comes. It looks at no more of it at once
// than the buffer of its reader holds, however long a tag, a text or a comment
// is, and takes for text what is no markup.
func (s *sitemapReader) read() error {
	for {
		text, err := s.in.ReadSlice('<')
		if wrong := s.characters(bytes.TrimSuffix(text, []byte("<"))); wrong != nil {
			return wrong
		}
		if err == nil {
			err = s.markup()
		}
		switch {
		case err == nil, errors.Is(err, bufio.ErrBufferFull): // of a long text the rest is to come
		case errors.Is(err, io.EOF):
			return s.ended()
		default:
			return err
		}
	}
}

// markup reads one construct behind its "<".
func (s *sitemapReader) markup() error {
	const section = "![CDATA["
	head, _ := s.in.Peek(len(section)) // less at the end
	switch {
	case bytes.HasPrefix(head, []byte(section)):
		_, _ = s.in.Discard(len(section)) // it was peeked at
		return s.pass("]]>", func(text []byte) error {
			return s.characters([]byte(html.EscapeString(string(text))))
		})
	case bytes.HasPrefix(head, []byte("!--")):
		return s.pass("-->", nil)
	case bytes.HasPrefix(head, []byte("?")):
		return s.pass("?>", nil)
	case bytes.HasPrefix(head, []byte("!")):
		return s.declaration()
	case len(head) > 0 && (head[0] == '/' || isNameStart(head[0])):
		return s.tag()
	}
	return s.characters([]byte("&lt;"))
}

// pass goes on behind an end mark. What stands before it goes to each, when
// there is one, piece by piece.
func (s *sitemapReader) pass(mark string, each func([]byte) error) error {
	var held []byte // not handed on yet: the mark may begin in it
	for {
		text, err := s.in.ReadSlice(mark[len(mark)-1])
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		held = append(held, text...)
		before, found := bytes.CutSuffix(held, []byte(mark))
		if !found {
			before = held[:max(0, len(held)-len(mark)+1)]
		}
		if each != nil {
			if err := each(before); err != nil {
				return err
			}
		}
		if found {
			return nil
		}
		held = append(held[:0], held[len(before):]...)
	}
}

// declaration passes a document type; it may hold others in brackets.
func (s *sitemapReader) declaration() error {
	text, err := s.in.ReadSlice('>')
	if err == nil && bytes.IndexByte(text, '[') < 0 {
		return nil
	}
	if bytes.IndexByte(text, '[') >= 0 && bytes.IndexByte(text, ']') < 0 {
		if err := s.pass("]", nil); err != nil {
			return err
		}
		err = bufio.ErrBufferFull
	}
	if errors.Is(err, bufio.ErrBufferFull) {
		return s.pass(">", nil)
	}
	return err
}

// tag reads a start or an end tag. Its attributes say nothing about stories.
func (s *sitemapReader) tag() error {
	text, err := s.in.ReadSlice('>')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		return err
	}
	text, ends := bytes.CutPrefix(text, []byte("/"))
	name, closed := localName(tagName(text)), bytes.HasSuffix(text, []byte("/>"))
	if err != nil {
		err = s.pass(">", nil)
	}
	if err != nil {
		return err
	}
	if !ends {
		err = s.start(name)
	}
	if err == nil && (ends || closed) {
		s.end(name)
	}
	return err
}
