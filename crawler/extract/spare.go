package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxSpare bounds, in bytes of HTML, how much of what a page keeps from being
// shown is looked into.
const maxSpare = 2 << 20

// showSpare puts text into a page that shows hardly any: what it keeps in
// templates for its scripts, or in <noscript> for readers without them. prose is
// how many bytes of sentences the page shows. It reports whether it found some.
func showSpare(root *html.Node, prose int) bool {
	const (
		more  = 3   // times as much as the page shows, or it is a box
		brief = 200 // bytes of a story, where the page shows no sentence at all
	)
	least := max(minProse, more*prose)
	switch {
	case prose >= shortBody:
		return false
	case prose == 0:
		least = brief
	}
	var spares []*html.Node
	for n := range root.Descendants() {
		if isSpare(n) {
			spares = append(spares, n)
		}
	}
	left := maxSpare
	var shown []string
	for _, n := range spares {
		text := nodeText(n)
		if left -= len(text); left < 0 || n.Parent == nil || len(text) < least || isTemplated(text) ||
			slices.Contains(shown, text) {
			continue
		}
		box := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
		if n.DataAtom == atom.Template {
			moveChildren(n, box)
		} else {
			parseInto(box, text)
		}
		if hasProse(box, least) {
			n.Parent.InsertBefore(box, n)
			n.Parent.RemoveChild(n)
			shown = append(shown, text)
		}
	}
	return len(shown) > 0
}

// isSpare reports whether an element keeps text from being shown.
func isSpare(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Template, atom.Noscript:
		return n.FirstChild != nil
	case atom.Script:
		kind := strings.ToLower(attribute(n, "type"))
		return n.FirstChild != nil && (strings.HasPrefix(kind, "text/") || strings.Contains(kind, "template")) &&
			!strings.Contains(kind, "script") && !strings.Contains(kind, "css")
	}
	return false
}

// isTemplated reports whether a script has to fill something into a text.
func isTemplated(text string) bool {
	places := []string{"{{", "<%", "${", "[[", "{%", "#{"}
	return slices.ContainsFunc(places, func(place string) bool { return strings.Contains(text, place) })
}

// parseInto parses HTML, which is left out when it is nested too deep for the
// parser, and puts it into an element.
func parseInto(box *html.Node, text string) {
	nodes, err := html.ParseFragment(strings.NewReader(text),
		&html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div})
	if err != nil {
		return
	}
	for _, n := range nodes {
		box.AppendChild(n)
	}
}

func moveChildren(from, to *html.Node) {
	for c := from.FirstChild; c != nil; c = from.FirstChild {
		from.RemoveChild(c)
		to.AppendChild(c)
	}
}
