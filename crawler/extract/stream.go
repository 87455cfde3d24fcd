package extract

import (
	"bytes"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// streamCall is how the scripts of a page that React streams put its parts into
// place: $RC("B:0","S:0") moves what is hidden under S:0 to the boundary B:0,
// $RS("S:1","P:1") a part of it to its placeholder
// (https://github.com/facebook/react, ReactDOMFizzInstructionSet).
var streamCall = regexp.MustCompile(`\$R([A-Z])\(\s*"([^"\\]{1,80})"\s*,\s*"([^"\\]{1,80})"`)

// maxStreamed bounds how many parts of a page are put into place.
const maxStreamed = 1000

// placeStreamed puts the parts of a page that is streamed where its scripts
// would: they stand hidden at its end. text is the page.
func placeStreamed(root *html.Node, text []byte) {
	if !bytes.Contains(text, []byte("$R")) {
		return
	}
	calls := streamCall.FindAllSubmatch(text, maxStreamed)
	if len(calls) == 0 {
		return
	}
	byID := map[string]*html.Node{}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			if id := attribute(n, "id"); id != "" && byID[id] == nil {
				byID[id] = n
			}
		}
	}
	for _, call := range calls {
		place, part := byID[string(call[2])], byID[string(call[3])]
		if string(call[1]) == "S" {
			place, part = part, place
		}
		if place == nil || part == nil || place.Parent == nil || isWithin(place, part) {
			continue
		}
		removeFallback(place)
		for c := part.FirstChild; c != nil; c = part.FirstChild {
			part.RemoveChild(c)
			place.Parent.InsertBefore(c, place)
		}
		place.Parent.RemoveChild(place)
	}
}

// isWithin reports whether an element stands in another.
func isWithin(n, outer *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == outer {
			return true
		}
	}
	return false
}

// removeFallback takes out what a boundary shows until its part comes: all
// behind it up to the comment that ends it.
func removeFallback(place *html.Node) {
	depth := 0
	var next *html.Node
	for n := place.NextSibling; n != nil; n = next {
		next = n.NextSibling
		if n.Type == html.CommentNode {
			switch {
			case n.Data == "/$" && depth == 0:
				return
			case n.Data == "/$":
				depth--
			case strings.HasPrefix(n.Data, "$"):
				depth++
			}
		}
		place.Parent.RemoveChild(n)
	}
}
