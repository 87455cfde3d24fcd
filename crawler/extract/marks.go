package extract

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// marks are the elements of a page that may say when and by whom its story was
// written, in the order of the page. Which of them are the story's own is
// settled when its headline is known.
type marks struct {
	names    namer
	list     []mark
	count    [markKinds]int
	headings []heading
	prose    int        // paragraphs so far
	size     int        // bytes of sentences so far
	seen     int        // elements so far
	last     *html.Node // the paragraph that was counted last
}

// A mark is one such element.
type mark struct {
	node  *html.Node
	kind  markKind
	says  naming
	prose int // paragraphs before it
	at    int // elements before it
}

type markKind int

const (
	markPublished markKind = iota // marked as the date of publication
	markModified
	markTime   // a <time> that is not marked further
	markAuthor // rel=author, itemprop=author
	markByline // only its class says that it holds authors
	markLabel  // only its first word does
	markKinds
)

// maxMarks bounds how many elements of a kind are looked at: a page of a hundred
// thousand comments has as many dates.
const maxMarks = 300

// element keeps an element that is marked, and returns what its names say.
func (m *marks) element(n *html.Node) naming {
	m.seen++
	var says naming
	var props, rel, class string
	dated := false // there is a value for machines
	for _, a := range n.Attr {
		switch a.Key {
		case "class":
			class = a.Val
			says |= m.names.read(a.Val)
		case "id":
			says |= m.names.read(a.Val)
		case "itemprop", "property":
			props += " " + a.Val
		case "rel":
			rel = a.Val
		case "pubdate":
			says |= saysPublished
		case "data-timestamp", "data-datetime", "data-date":
			dated = true
		}
	}
	if props != "" {
		says |= propertySays(props)
	}
	switch {
	case says&saysPublished != 0:
		m.add(n, markPublished, says)
	case says&saysModified != 0:
		m.add(n, markModified, says)
	case n.DataAtom == atom.Time, dated && says&saysDate != 0:
		m.add(n, markTime, says)
	}
	switch {
	case n.DataAtom == atom.Link || n.DataAtom == atom.Body:
	case strings.Contains(props, "author"), rel != "" && hasWord(rel, "author"):
		m.add(n, markAuthor, says)
	case says&saysByline != 0 && bylineClass(class):
		m.add(n, markByline, says)
	}
	return says
}

func (m *marks) add(n *html.Node, kind markKind, says naming) {
	if m.count[kind]++; m.count[kind] <= maxMarks {
		m.list = append(m.list, mark{n, kind, says, m.prose, m.seen})
	}
}

// propertySays returns what the properties of an element say of its date, in
// microdata, RDFa and rNews: "schema:datePublished dc:issued".
func propertySays(props string) naming {
	var says naming
	for p := range strings.FieldsSeq(strings.ToLower(props)) {
		switch p[strings.LastIndexAny(p, ":/#.")+1:] {
		case "datepublished", "published", "published_time", "issued", "pubdate", "publicationdate", "datecreated", "created":
			says |= saysPublished
		case "date":
			if p != "date" || strings.TrimSpace(props) == p {
				says |= saysPublished
			}
		case "datemodified", "modified", "modified_time":
			says |= saysModified
		}
	}
	return says
}

// pass counts a text when it is a paragraph, or the first part of one: the header
// of a story ends behind its standfirst.
func (m *marks) pass(n *html.Node) {
	if !isSentence(n.Data) {
		return
	}
	m.size += len(n.Data)
	in := n.Parent
	for in != nil && isInline(in) {
		if in.DataAtom == atom.A {
			return
		}
		in = in.Parent
	}
	if in == nil || in == m.last || in.DataAtom == atom.Figcaption || in.DataAtom == atom.Title || isHeading(in.DataAtom) {
		return
	}
	m.last = in
	m.prose++
}

// isSentence reports whether a text is long enough for a sentence and has the
// end of one, or is too long for anything else.
func isSentence(s string) bool {
	const (
		least     = 60 // bytes
		leastWide = 24 // characters of scripts in which a word is one or two
		surely    = 180
	)
	if len(s) < least || len(s) < surely && !strings.ContainsAny(s, ".!?") && !strings.ContainsAny(s, "。！？।։۔") {
		return false
	}
	n := utf8.RuneCountInString(strings.TrimSpace(s))
	return n >= least || n >= leastWide && n < len(s)/2
}
