package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// splitBreaks makes paragraphs of what two line breaks in a row separate, as
// pages write it that know no <p>. The readers of a body take such a page for
// one long line, or glue its sentences together.
func splitBreaks(root *html.Node) {
	var parents []*html.Node
	for n := range root.Descendants() {
		if isDoubleBreak(n) && !slices.Contains(parents[max(0, len(parents)-4):], n.Parent) {
			parents = append(parents, n.Parent)
		}
	}
	for _, p := range parents {
		wrapRuns(p)
	}
}

func isLineBreak(n *html.Node) bool { return n.Type == html.ElementNode && n.DataAtom == atom.Br }

func isBlank(n *html.Node) bool { return n.Type == html.TextNode && strings.TrimSpace(n.Data) == "" }

// isDoubleBreak reports whether a line break is followed by another, with
// nothing but white space between them.
func isDoubleBreak(n *html.Node) bool {
	if !isLineBreak(n) {
		return false
	}
	n = n.NextSibling
	for n != nil && isBlank(n) {
		n = n.NextSibling
	}
	return n != nil && isLineBreak(n)
}

// wrapRuns puts every run of text and inline elements of an element into a
// paragraph of its own; double line breaks and blocks end a run. An element
// that may hold no paragraphs becomes one that may.
func wrapRuns(parent *html.Node) {
	if parent.DataAtom == atom.P {
		parent.DataAtom, parent.Data = atom.Div, "div"
	}
	var run *html.Node
	ended := false // by a double line break whose second one is still to come
	var next *html.Node
	for n := parent.FirstChild; n != nil; n = next {
		next = n.NextSibling
		switch {
		case isDoubleBreak(n):
			parent.RemoveChild(n)
			run, ended = nil, true
		case ended && (isLineBreak(n) || isBlank(n)):
			parent.RemoveChild(n)
		case n.Type == html.ElementNode && isBreak(n.DataAtom):
			run, ended = nil, false
		default:
			if ended = false; run == nil {
				run = &html.Node{Type: html.ElementNode, DataAtom: atom.P, Data: "p"}
				parent.InsertBefore(run, n)
			}
			parent.RemoveChild(n)
			run.AppendChild(n)
		}
	}
}
