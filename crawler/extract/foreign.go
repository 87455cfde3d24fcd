package extract

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// foreign are the elements of a page whose text is none of the story's: readers'
// comments and consent boxes, which are gone before anything else is looked
// for, and hidden elements, which may still be marked with a date.
type foreign struct {
	others []*html.Node
	labels []*html.Node // those of others with which a part of the page begins
	hidden []*html.Node
}

// element keeps an element that is foreign by its attributes. says is what its
// names say; behind tells that the page has begun to tell something.
func (f *foreign) element(n *html.Node, says naming, behind bool) {
	switch n.DataAtom {
	case atom.Html, atom.Body, atom.Main, atom.Label, atom.Input:
		return
	}
	if says&(saysComment|saysConsent) != 0 || n.DataAtom == 0 && strings.Contains(n.Data, "comment") || marksComment(n) ||
		behind && (isHeading(n.DataAtom) || n.DataAtom == atom.Summary) && isCommentsLabel(shortText(n, longestHeading)) {
		f.others = append(f.others, n)
		if isHeading(n.DataAtom) || n.DataAtom == atom.Summary {
			f.labels = append(f.labels, n)
		}
		return
	}
	switch {
	case says&saysUnseen != 0 || isConcealed(n):
		f.hidden = append(f.hidden, n)
	case strings.EqualFold(attribute(n, "hidden"), untilFound):
		reveal(n)
	}
}

// untilFound hides an element until somebody searches the page for its text.
const untilFound = "until-found"

// label keeps the line that stands over readers' comments where it is no heading:
// it has its block for itself, behind the text of the story.
func (f *foreign) label(n *html.Node, prose int) {
	const behind = 2 // paragraphs; a header may tell the number of comments
	text := strings.TrimSpace(n.Data)
	if prose < behind || len(text) > longestLabel || !isCommentsLabel(text) {
		return
	}
	for p := n; p.Parent != nil; p = p.Parent {
		if !alone(p) {
			return
		}
		switch p.Parent.DataAtom {
		case atom.A, atom.Button, atom.Label, atom.Li, atom.Nav, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return
		}
		if !isInline(p.Parent) {
			f.others = append(f.others, p.Parent)
			f.labels = append(f.labels, p.Parent)
			return
		}
	}
}

// longestLabel is the length in bytes of the longest line over comments that is no
// heading.
const longestLabel = 60

// marksComment reports whether an element is a comment by its attributes other
// than its names.
func marksComment(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "itemprop", "property":
			if p := a.Val[strings.LastIndexAny(a.Val, ":/")+1:]; strings.EqualFold(p, "comment") || strings.EqualFold(p, "comments") {
				return true
			}
		case "itemtype", "typeof":
			if strings.HasSuffix(a.Val, "Comment") || strings.HasSuffix(a.Val, "UserComments") {
				return true
			}
		case "data-spotim-module":
			return true
		case "role":
			if a.Val == "comment" {
				return true
			}
			if strings.HasSuffix(a.Val, "dialog") && readName(attribute(n, "aria-label"))&saysConsent != 0 {
				return true
			}
		case "aria-label", "name", "data-component", "data-testid", "data-module", "data-widget", "data-region", "data-block",
			"data-type", "data-qa", "data-area":
			if isCommentsLabel(a.Val) || a.Key[0] == 'd' && readName(a.Val)&saysComment != 0 {
				return true
			}
		}
	}
	return false
}

// isConcealed reports whether an element's attributes hide it from readers.
func isConcealed(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			if !strings.EqualFold(a.Val, untilFound) {
				return true
			}
		case "aria-hidden":
			if strings.EqualFold(strings.TrimSpace(a.Val), "true") {
				return true
			}
		case "style":
			if hidesStyle(a.Val) {
				return true
			}
		}
	}
	return n.DataAtom == atom.Dialog && !hasAttribute(n, "open")
}

func hasAttribute(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// unseen is a style with which nobody sees an element: not shown, transparent,
// without size or off the page.
var unseen = regexp.MustCompile(`(?i)(?:^|[;\s])(?:display\s*:\s*none|(?:content-)?visibility\s*:\s*(?:hidden|collapse)|` +
	`(?:opacity|font-size)\s*:\s*0(?:\.0*)?(?:px|r?em|pt|%)?\s*(?:!|;|$)|(?:left|top|right|text-indent)\s*:\s*-\d{4,}|clip\s*:\s*rect\(\s*[01](?:px)?[\s,])`)

// hidesStyle reports whether nobody sees an element of a style.
func hidesStyle(style string) bool {
	lower := strings.ToLower(style)
	for _, sign := range unseenSigns {
		if strings.Contains(lower, sign) {
			return unseen.MatchString(lower)
		}
	}
	return false
}

// unseenSigns are the quick part of unseen: hardly any style has one.
var unseenSigns = []string{"none", "hidden", "collapse", "opacity", "font-size", "-9", "-1", "-2", "-3", "-5", "clip"}

// removeOthers takes readers' comments and consent boxes out of a page, except
// what holds the headline. Of a heading over comments, all that follows it goes
// with it.
func (f *foreign) removeOthers(own map[*html.Node]bool) {
	for _, n := range f.others {
		switch {
		case own[n] || n.Parent == nil:
		case slices.Contains(f.labels, n):
			removeSection(n, own)
		default:
			n.Parent.RemoveChild(n)
		}
	}
}

// removeSection takes out a heading and what follows it, up to the next heading
// of its level.
func removeSection(heading *html.Node, own map[*html.Node]bool) {
	level := heading.Data
	first := heading
	for alone(first) && !own[first.Parent] {
		first = first.Parent
	}
	if first.Parent == nil {
		return // it went with what it stood in
	}
	var next *html.Node
	for n := first; n != nil; n = next {
		next = n.NextSibling
		if n != first && (own[n] || isHeading(n.DataAtom) && n.Data <= level) {
			return
		}
		n.Parent.RemoveChild(n)
	}
}

// alone reports whether an element has its parent for itself.
func alone(n *html.Node) bool {
	if n.Parent == nil || n.Parent.DataAtom == atom.Body {
		return false
	}
	for s := n.Parent.FirstChild; s != nil; s = s.NextSibling {
		if s != n && (s.Type == html.ElementNode || s.Type == html.TextNode && strings.TrimSpace(s.Data) != "") {
			return false
		}
	}
	return true
}

// removeHidden takes out what readers do not see. A page that hides most of its
// prose shows it when a script asks: that is the story, and is shown here.
func (f *foreign) removeHidden(own map[*html.Node]bool, prose int) {
	const (
		least = 400 // bytes of prose; less is no story
		tries = 50  // elements that are looked into; each may hold all others
	)
	for i, n := range f.hidden {
		switch {
		case n.Parent == nil:
		case own[n] || i < tries && hasProse(n, max(least, prose/2)):
			reveal(n)
		default:
			n.Parent.RemoveChild(n)
		}
	}
}

// hasProse reports whether the sentences in an element have so many bytes.
func hasProse(n *html.Node, least int) bool {
	size := 0
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.DataAtom != atom.Script && d.Parent.DataAtom != atom.Style &&
			isSentence(d.Data) {
			if size += len(d.Data); size >= least {
				return true
			}
		}
	}
	return false
}

// reveal takes away what hides an element.
func reveal(n *html.Node) {
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		if a.Key != "hidden" && a.Key != "aria-hidden" && a.Key != "style" {
			kept = append(kept, a)
		}
	}
	n.Attr = kept
}
