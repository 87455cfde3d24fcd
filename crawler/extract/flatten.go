package extract

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// parseTree parses a page and says whether it had to be flattened: the parser
// refuses what is nested more than 512 elements deep, and some pages would take
// hundreds of times their size as a tree.
func parseTree(text []byte) (root *html.Node, flat bool, err error) {
	scale, err := weighPage(text)
	if err != nil {
		return nil, false, err
	}
	if scale.fits() {
		if root, err = html.Parse(bytes.NewReader(text)); err == nil {
			return root, false, nil
		}
	}
	text = flatten(text)
	if scale, err = weighPage(text); err != nil {
		return nil, true, err
	}
	if !scale.fits() {
		return nil, true, fmt.Errorf("%w: its tags take more than %d MB", ErrCostly, maxParsed>>20)
	}
	if root, err = html.Parse(bytes.NewReader(text)); err != nil {
		return nil, true, fmt.Errorf("parse HTML: %w", err)
	}
	return root, true, nil
}

// flatten rewrites a page as one that is hardly nested at all: metadata, links,
// headings and paragraphs stay, containers become paragraph ends, formatting
// goes. Nothing of the story is lost but the layout (golang/go#76279).
func flatten(text []byte) []byte {
	f := flattener{tokens: html.NewTokenizer(bytes.NewReader(text))}
	f.out.Grow(len(text))
	f.most = 2 * len(text)
	for {
		switch f.tokens.Next() {
		case html.ErrorToken:
			return f.out.Bytes()
		case html.TextToken:
			if !f.isBeside() {
				f.out.Write(f.tokens.Raw())
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			f.tag(true)
		case html.EndTagToken:
			f.tag(false)
		}
	}
}

// A flattener writes the flat page.
type flattener struct {
	tokens *html.Tokenizer
	out    bytes.Buffer
	most   int // bytes above which no more classes are written
	inLink bool
	around []container // the open elements that begin and end a block
}

// besideDepth is how far out a menu is looked for: one that was left open does
// not swallow the page.
const besideDepth = 12

// container is an open element with its class, quotes and all.
type container struct {
	name  atom.Atom
	class string
}

func (f *flattener) tag(starts bool) {
	raw := bytes.Clone(f.tokens.Raw())
	name, attributes := f.tokens.TagName()
	switch a := atom.Lookup(name); {
	case a == atom.A:
		if starts && f.inLink {
			f.out.WriteString("</a>")
		}
		f.inLink = starts
		f.out.Write(raw)
	case keptFlat(a) && (!isBreak(a) || a == atom.Body || a == atom.Title):
		f.out.Write(raw)
	case isBreak(a) && starts:
		f.enter(a, attributes)
	case isBreak(a):
		f.leave(a)
	}
}

// enter begins a block. Its class is that of the elements around it, outermost
// last, which is all that is left of them: the readers go by it.
func (f *flattener) enter(a atom.Atom, attributes bool) {
	const deepest = 1000 // what is nested deeper never closes
	const longest = 200  // bytes of a class that says something
	class := ""
	for attributes {
		var key, value []byte
		if key, value, attributes = f.tokens.TagAttr(); string(key) == "class" && len(value) <= longest {
			class = string(value)
		}
	}
	if len(f.around) < deepest {
		f.around = append(f.around, container{a, class})
	}
	name := "p"
	if keptFlat(a) {
		name = a.String()
	}
	f.out.WriteString("<" + name)
	if class = f.class(); class != "" && f.out.Len() < f.most {
		f.out.WriteString(` class="` + html.EscapeString(class) + `"`)
	}
	f.out.WriteByte('>')
}

// class returns the classes of the innermost elements.
func (f *flattener) class() string {
	var all []string
	for i := len(f.around) - 1; i >= max(0, len(f.around)-lookDepth); i-- {
		if c := f.around[i]; c.class != "" {
			all = append(all, c.class)
		}
	}
	return strings.Join(all, " ")
}

// isBeside reports whether the text that comes stands in a menu, a footer or
// beside the story: once flat, it could not be told from the story.
func (f *flattener) isBeside() bool {
	for _, c := range f.around[max(0, len(f.around)-besideDepth):] {
		switch c.name {
		case atom.Nav, atom.Aside, atom.Footer:
			return true
		}
	}
	return false
}

// leave ends a block and what was left open in it.
func (f *flattener) leave(a atom.Atom) {
	const near = 20 // elements; an end tag without a start is not looked for further
	for i := len(f.around) - 1; i >= max(0, len(f.around)-near); i-- {
		if f.around[i].name == a {
			f.around = f.around[:i]
			break
		}
	}
	if keptFlat(a) {
		f.out.WriteString("</" + a.String() + ">")
		return
	}
	f.out.WriteString("</p>")
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
