package extract

import (
	"hash/maphash"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// lookDepth is how many elements, from the block outwards, make its look: its
// own and two around it tell a paragraph of the story from one of a card that
// is built of the same <p>.
const lookDepth = 3

// lookOf returns what a block is to a style sheet: the names and classes of the
// elements around it, hashed. A page writes all paragraphs of its story with
// one look or a few, and nothing else with them.
func (w words) lookOf(e *html.Node) uint64 {
	var sum uint64
	for range lookDepth {
		if e == nil || e.Type != html.ElementNode || e.DataAtom == atom.Body {
			break
		}
		sum = sum*0x9E3779B97F4A7C15 + maphash.String(w.seed, e.Data)
		for _, a := range e.Attr {
			if a.Key == "class" {
				sum = sum*0x9E3779B97F4A7C15 + maphash.String(w.seed, a.Val)
			}
		}
		e = e.Parent
	}
	return sum
}

// homeOf returns the element in which a block stands as a paragraph stands in a
// story: its parent, or what is around the list or the table.
func homeOf(e *html.Node) *html.Node {
	if e == nil {
		return nil
	}
	inList := isListPart(e.DataAtom)
	for e = e.Parent; e != nil && inList && isListPart(e.DataAtom); {
		e = e.Parent
	}
	return e
}

func isListPart(a atom.Atom) bool {
	switch a {
	case atom.Li, atom.Ul, atom.Ol, atom.Dl, atom.Dt, atom.Dd,
		atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Td, atom.Th:
		return true
	}
	return false
}

// isCaption reports whether a block stands in a figure.
func isCaption(e *html.Node) bool {
	const near = 6 // elements
	for range near {
		if e == nil {
			return false
		}
		if e.DataAtom == atom.Figure || e.DataAtom == atom.Figcaption {
			return true
		}
		e = e.Parent
	}
	return false
}
