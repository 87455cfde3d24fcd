package extract

import (
	"bytes"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// flatten rewrites a page that is nested too deep for the parser
// (golang/go#76279) as one that is hardly nested at all: metadata, links,
// headings and paragraphs stay, containers become paragraph ends. Nothing of
// the story is lost but the layout.
func flatten(text []byte) []byte {
	f := flattener{tokens: html.NewTokenizer(bytes.NewReader(text))}
	f.out.Grow(len(text))
	for {
		switch f.tokens.Next() {
		case html.ErrorToken:
			return f.out.Bytes()
		case html.TextToken:
			f.out.Write(f.tokens.Raw())
		case html.StartTagToken, html.SelfClosingTagToken:
			f.tag(true)
		case html.EndTagToken:
			f.tag(false)
		}
	}
}

type flattener struct {
	tokens *html.Tokenizer
	out    bytes.Buffer
	inLink bool
}

func (f *flattener) tag(starts bool) {
	raw := bytes.Clone(f.tokens.Raw())
	name, _ := f.tokens.TagName()
	switch a := atom.Lookup(name); {
	case a == atom.A:
		if starts && f.inLink {
			f.out.WriteString("</a>")
		}
		f.inLink = starts
		f.out.Write(raw)
	case keptFlat(a):
		f.out.Write(raw)
	case isBreak(a) && starts:
		f.out.WriteString("<p>")
	case isBreak(a):
		f.out.WriteString("</p>")
	}
}

// keptFlat are the elements that flatten keeps: none of them nests in itself.
func keptFlat(a atom.Atom) bool {
	switch a {
	case atom.Html, atom.Head, atom.Meta, atom.Link, atom.Base, atom.Title, atom.Script, atom.Style, atom.Body,
		atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.P, atom.Time, atom.Br:
		return true
	}
	return false
}
