package extract

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// An ownLine is a short line of the header of a story.
type ownLine struct {
	text   string
	says   naming // what the names of the elements around it say
	label  bool   // the line before it is a label: "Date:"
	behind bool   // a paragraph stands between the headline and it
	far    bool   // it stands before the headline, in another part of the page
	away   int    // lines between the headline and it
}

// headerLines returns the lines of the header: first those behind the headline,
// up to the second paragraph, then those before it, the nearest first.
func (h *head) headerLines(root *html.Node) []ownLine {
	const (
		linesBefore = 6
		linesAfter  = 14
		longest     = 160 // bytes; a longer line is text
		standfirst  = 300 // bytes; a longer paragraph is the story's
	)
	if h.own.heading == nil {
		return nil
	}
	blocks, at := blocksAround(root, h.own.heading.node, linesAfter)
	var lines []ownLine
	keep := func(i int, behind, far bool) {
		b := blocks[i]
		if b.in == nil || len(b.text) > longest || !h.isOwn(b.in, notOwn) || inCard(b.in, h.own.around) {
			return
		}
		says := h.namesOf(b.in)
		if says&saysDate == 0 && (isHeading(b.in.DataAtom) || h.inTable(b.in)) {
			return
		}
		away := i - at
		label := i > 0 && isDateLabel(blocks[i-1].text)
		lines = append(lines, ownLine{b.text, says, label, behind, far, max(away, -away) - 1})
	}
	prose := 0
	for i := at + 1; i < len(blocks); i++ {
		b := blocks[i]
		if isSentence(b.text) && b.link*2 < b.size && !isCaption(b.in) {
			if prose++; prose > 1 && len(b.text) > longest || len(b.text) > standfirst {
				break
			}
		}
		if prose > 2 {
			break
		}
		keep(i, prose > 0, false)
	}
	for i := at - 1; i >= max(0, at-linesBefore); i-- {
		keep(i, false, !h.isNear(blocks[i].in))
	}
	return lines
}

// inTable reports whether an element stands in a table that does not hold the
// headline: what such a table tells is the story's, and no line of its header.
func (h *head) inTable(n *html.Node) bool {
	for ; n != nil && !h.own.around[n]; n = n.Parent {
		if n.DataAtom == atom.Table {
			return true
		}
	}
	return false
}

// isNear reports whether an element before the headline stands in the same part
// of the page.
func (h *head) isNear(n *html.Node) bool {
	for p := n; p != nil; p = p.Parent {
		if h.own.around[p] {
			return h.own.near[p]
		}
		if p.DataAtom == atom.Header || p.DataAtom == atom.Nav {
			return false
		}
	}
	return false
}

// namesOf returns what the names of an element and of those close around it
// say, except those that hold the headline.
func (h *head) namesOf(n *html.Node) naming {
	const levels = 3
	var says naming
	for range levels {
		if n == nil || h.own.around[n] {
			break
		}
		says |= h.marks.names.says(n)
		n = n.Parent
	}
	return says
}

// blocksAround returns the blocks of a page up to some behind a heading, and the
// place of the heading among them.
func blocksAround(root, heading *html.Node, behind int) (blocks []block, at int) {
	w := blockWriter{heading: heading, behind: behind, spread: true}
	w.node(bodyOf(root))
	w.flush()
	return w.blocks, w.at
}

// bodyOf returns the <body> of a page: the <title> before it is no line that the
// page shows.
func bodyOf(root *html.Node) *html.Node {
	for n := range root.Descendants() {
		if n.DataAtom == atom.Body {
			return n
		}
	}
	return root
}
