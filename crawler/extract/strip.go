package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// strip takes out of a page what has no text of a story: scripts, styles,
// pictures, menus, forms, comments and the head. The readers copy and search the
// tree several times, and two thirds of a page of a large site are such things.
// It returns the scripts that may hold data. A heading that holds more than a
// headline becomes a plain container: readability reads the text of every
// heading whole, which pages that nest them make quadratic.
func strip(root *html.Node) (scripts []string) {
	var next *html.Node
	for n := root.FirstChild; n != nil; n = next {
		next = n.NextSibling
		if isHeading(n.DataAtom) && shortText(n, longestHeading) == "" || isShadowRoot(n) {
			n.Data, n.DataAtom = "div", atom.Div
		}
		if n.DataAtom == atom.Script {
			if n.FirstChild != nil && isState(n) {
				scripts = append(scripts, n.FirstChild.Data)
			}
		} else if n.FirstChild != nil {
			scripts = append(scripts, strip(n)...)
		}
		switch {
		case n.DataAtom == atom.Head:
			n.FirstChild, n.LastChild = nil, nil
		case n.Type == html.CommentNode || n.Type == html.ElementNode && isTextless(n.DataAtom):
			root.RemoveChild(n)
		}
	}
	return scripts
}

// isTextless leaves <iframe> alone: one that is not closed has swallowed the
// rest of the page.
func isTextless(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Link, atom.Nav,
		atom.Svg, atom.Img, atom.Picture, atom.Source, atom.Video, atom.Audio, atom.Canvas, atom.Map, atom.Embed,
		atom.Button, atom.Input, atom.Select, atom.Textarea, atom.Datalist:
		return true
	}
	return false
}

// isState reports whether a script may hold the data of a page.
func isState(script *html.Node) bool {
	if attribute(script, "src") != "" {
		return false
	}
	kind := strings.ToLower(attribute(script, "type"))
	return kind == "" || strings.Contains(kind, "javascript") || strings.Contains(kind, "json") && !strings.Contains(kind, "ld+json")
}

func isHeading(a atom.Atom) bool {
	switch a {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return true
	}
	return false
}
