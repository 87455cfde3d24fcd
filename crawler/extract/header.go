package extract

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// own is what is marked on a page and belongs to its story: not to its comments,
// to another story's card, to a person's portrait or to the site.
type own struct {
	heading   *heading            // the story's headline; nil when no heading is it
	around    map[*html.Node]bool // the headline and the elements around it
	near      map[*html.Node]bool // those around it that hold no more than the header or the story
	inArticle bool                // the headline stands in an <article>
	logos     []string            // headings that are the site's or a section's name
	published []string            // dates as written
	modified  []string
	times     []*html.Node // <time> elements of the header
	bylines   []mark       // elements that are marked as authors, or that their class or first word calls so
}

// settle finds the story's headline, takes what is foreign out of the page and
// keeps of the marked elements those that are the story's.
func (h *head) settle(ld linkedData, o Options) {
	h.pickHeading(ld, o)
	h.own.around, h.own.near = map[*html.Node]bool{}, map[*html.Node]bool{}
	if h.own.heading != nil {
		h.placeHeading(h.own.heading.node)
	}
	h.foreign.removeOthers(h.own.around)
	for _, m := range h.marks.list {
		h.keepMark(m)
	}
	h.foreign.removeHidden(h.own.around, h.marks.size)
}

// placeHeading notes what is around the headline, and how far around it the
// header may reach: to its <article> or <main>, or else three elements.
func (h *head) placeHeading(n *html.Node) {
	const levels = 3
	left := levels
	for p := n; p != nil && p.Type == html.ElementNode; p = p.Parent {
		h.own.around[p] = true
		if p.DataAtom == atom.Body || p.DataAtom == atom.Html {
			left = 0
		}
		if left > 0 {
			h.own.near[p] = true
			left--
		}
		if p.DataAtom == atom.Article || p.DataAtom == atom.Main {
			h.own.inArticle = h.own.inArticle || p.DataAtom == atom.Article
			h.own.near[p] = true
			left = 0
		}
	}
}

// keepMark keeps what a marked element says when it is the story's.
func (h *head) keepMark(m mark) {
	if m.kind >= markAuthor {
		if h.isOwn(m.node, saysBeside|saysComment) && !inCard(m.node, h.own.around) {
			h.own.bylines = append(h.own.bylines, m)
		}
		return
	}
	if !h.isOwn(m.node, notOwn) || inCard(m.node, h.own.around) {
		return
	}
	switch m.kind {
	case markPublished:
		h.own.published = append(h.own.published, dateOf(m.node)...)
	case markModified:
		h.own.modified = append(h.own.modified, dateOf(m.node)...)
	case markTime:
		if h.inHeader(m) {
			h.own.times = append(h.own.times, m.node)
		}
	}
}

// notOwn is what parts of a page say that hold no date and no text of its story.
const notOwn = saysBeside | saysAbout | saysComment

// isOwn reports whether an element stands in no part of the page that is about
// something else, by what the names of the elements around it say. A part that
// holds the headline is the story's.
func (h *head) isOwn(n *html.Node, not naming) bool {
	for p := n; p != nil; p = p.Parent {
		if h.own.around[p] {
			return true
		}
		says := h.marks.names.says(p)
		switch {
		case p.Parent != nil && h.own.near[p.Parent] && (isFooter(p) || says&saysDate != 0):
			// the line below the headline, whatever it is called
		case p.DataAtom == atom.Aside, isFooter(p) && says&saysHeadline == 0 && !inArticle(p):
			return false
		}
		switch p.DataAtom {
		case atom.Nav:
			return false
		case atom.Article:
			if h.own.inArticle {
				return false
			}
		case atom.Figure, atom.Figcaption, atom.Blockquote:
			if not&saysAbout != 0 {
				return false
			}
		}
		if p.DataAtom != atom.Body && p.DataAtom != atom.Html && p.DataAtom != atom.Main && says&not != 0 {
			return false
		}
		if p.DataAtom == atom.Html {
			return true
		}
	}
	return false // it was taken out with what is foreign
}

// isFooter reports whether an element is a footer, by its kind or its class.
func isFooter(n *html.Node) bool {
	return n.DataAtom == atom.Footer || hasWord(attribute(n, "class"), "footer") || attribute(n, "id") == "footer"
}

func inArticle(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Article {
			return true
		}
	}
	return false
}

// inCard reports whether an element stands in the card of another story: near
// it is a heading that is a link.
func inCard(n *html.Node, around map[*html.Node]bool) bool {
	const levels = 4
	p := n
	for range levels {
		if p == nil || around[p] || p.DataAtom == atom.Body {
			return false
		}
		if hasLinkedHeading(p) {
			return true
		}
		p = p.Parent
	}
	return false
}

func hasLinkedHeading(n *html.Node) bool {
	const most = 40 // nodes of a card
	seen := 0
	for d := range n.Descendants() {
		if seen++; seen > most {
			return false
		}
		if !isHeading(d.DataAtom) {
			continue
		}
		if d.Parent.DataAtom == atom.A {
			return true
		}
		for c := range d.Descendants() {
			if c.DataAtom == atom.A {
				return true
			}
		}
	}
	return false
}

// inHeader reports whether a mark stands by the headline: behind it with no more
// than a standfirst between them, or before it in the same part of the page.
func (h *head) inHeader(m mark) bool {
	if h.own.heading == nil {
		return m.prose <= 1 && inArticle(m.node)
	}
	passed := m.prose - h.own.heading.prose
	if m.at > h.own.heading.at {
		return passed <= 1
	}
	if passed != 0 {
		return false
	}
	for p := m.node.Parent; p != nil; p = p.Parent {
		if h.own.around[p] {
			return h.own.near[p]
		}
		if p.DataAtom == atom.Header {
			return false // of the site
		}
	}
	return false
}
