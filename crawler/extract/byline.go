package extract

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// markedAuthors returns the names that elements are marked with: those beside the
// headline, or else anywhere in the story.
func (h *head) markedAuthors() []string {
	names := h.authorsBeside()
	if len(names) > 0 {
		return names
	}
	for _, m := range h.own.bylines {
		if m.kind == markAuthor {
			names = append(names, h.marked(m)...)
		}
	}
	return names
}

func (h *head) marked(m mark) []string {
	return likeNames(cleanAuthors(bylineParts(m.node, h.marks.names)))
}

// shownAuthors returns the names of each line that nothing but its class or its
// first word calls a byline.
func (h *head) shownAuthors() [][]string {
	var lists [][]string
	for _, m := range h.own.bylines {
		if m.kind == markAuthor {
			continue
		}
		parts := bylineParts(m.node, h.marks.names)
		if m.kind == markLabel && (len(parts) == 0 || !isAuthorLabel(parts[0]) && !h.inHeader(m)) {
			continue
		}
		if names := persons(parts); len(names) > 0 {
			lists = append(lists, names)
		}
	}
	return lists
}

// authorsBeside returns the names that elements beside the headline are marked
// with.
func (h *head) authorsBeside() []string {
	var names []string
	for _, m := range h.own.bylines {
		if m.kind == markAuthor && h.inHeader(m) {
			names = append(names, h.marked(m)...)
		}
	}
	return cleanAuthors(names)
}

// pickAuthors returns the authors of the story: those of the first place that
// names persons, with those that stand beside the headline and are missing there.
func (h *head) pickAuthors(ld linkedData, root *html.Node, outlets []string, site string) []string {
	knows := func(authors []string) bool {
		return slices.ContainsFunc(authors, func(name string) bool { return !isOutlet(name, outlets, site) })
	}
	authors := pickAuthors([][]string{ld.authors, h.authors()}, outlets, site)
	if knows(authors) {
		return withShown(authors, h.authorsBeside(), outlets, site)
	}
	if authors = pickAuthors(authorLists(h, ld), outlets, site); !knows(authors) {
		if names := h.boldByline(root); len(names) > 0 {
			return names
		}
	}
	return authors
}

// boldByline returns the names of the bold paragraph that stands right before the
// text and holds nothing else. Those that the headline names are what it is about.
func (h *head) boldByline(root *html.Node) []string {
	const behind = 8 // blocks
	if h.own.heading == nil {
		return nil
	}
	blocks, at := blocksAround(root, h.own.heading.node, behind)
	for i := at + 1; i+1 < len(blocks) && !isSentence(blocks[i].text); i++ {
		b := blocks[i]
		if b.tag != atom.P || !isSentence(blocks[i+1].text) || !isBold(b.in) || !h.isOwn(b.in, notOwn) {
			continue
		}
		parts := separator.Split(strings.ReplaceAll(b.text, "/", ","), maxAuthors)
		names := persons(parts)
		if len(names) < len(parts) || slices.ContainsFunc(strings.Fields(b.text), h.own.heading.tells) {
			return nil
		}
		return names
	}
	return nil
}

// isBold reports whether all of a paragraph is bold, and not in capitals as places
// are.
func isBold(n *html.Node) bool {
	var bold strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.DataAtom == atom.Strong || c.DataAtom == atom.B:
			bold.WriteString(nodeText(c))
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) != "",
			c.Type == html.ElementNode && strings.TrimSpace(nodeText(c)) != "":
			return false
		}
	}
	return strings.ToUpper(bold.String()) != bold.String()
}

// bylineClass reports whether an element's classes say that it holds the names
// of authors, and not something about them.
func bylineClass(classes string) bool {
	for class := range strings.FieldsSeq(strings.ToLower(classes)) {
		i := max(strings.LastIndex(class, "author"), strings.LastIndex(class, "byline"))
		if i < 0 {
			continue
		}
		const word = len("author")
		switch strings.Trim(class[i+word:], "-_0123456789") {
		case "", "s", "name", "names", "link", "text", "info", "list", "item", "list-item", "s-list-item", "s__list-item", "name-link":
			return true
		}
	}
	return false
}

// bylineLine keeps the line that a text begins when the text is what stands
// before names: "By", "Von:", "Author:".
func (m *marks) bylineLine(n *html.Node) {
	const longest = 24 // bytes up to the end of the label
	text := strings.TrimLeft(n.Data, " \t\r\n")
	if text == "" || text[0] < utf8.RuneSelf && !bylineLetters[text[0]|0x20] {
		return
	}
	label, _, _ := strings.Cut(text[:min(len(text), longest)], " ")
	if !startsByline(strings.TrimSpace(label)) {
		return
	}
	line := n.Parent
	for line != nil && isInline(line) {
		line = line.Parent
	}
	if line != nil && line.DataAtom != atom.A && line.DataAtom != atom.Title {
		m.add(line, markLabel, 0)
	}
}

// startsByline reports whether a word is what stands before names.
func startsByline(word string) bool {
	const longest = 20 // bytes; a longer word is none
	if len(word) > longest {
		return false
	}
	if _, ok := bylineWords[strings.ToLower(strings.TrimRight(word, ":"))]; ok {
		return true
	}
	return false
}

// isAuthorLabel reports whether the first part of a byline says "author", which
// counts wherever it stands: "by" also begins sentences.
func isAuthorLabel(part string) bool {
	word, _, _ := strings.Cut(part, " ")
	return bylineWords[strings.ToLower(strings.TrimRight(word, ":"))]
}

// bylineParts cuts the text of a byline where its elements say that something
// else begins: at links, at breaks, and where letters of two elements touch. What
// the element calls names goes alone; what it calls a role, a date or a button is
// left out. There are none when it is longer than a byline.
func bylineParts(n *html.Node, names namer) []string {
	w := partWriter{names: names}
	if named := namesWithin(n); len(named) > 0 {
		for _, in := range named {
			w.node(in)
			w.cut()
		}
	} else {
		w.node(n)
		w.cut()
	}
	if w.size > longestByline || w.seen > mostInByline {
		return nil
	}
	return w.parts
}

// A byline is no longer than this.
const (
	longestByline = 300 // bytes
	mostInByline  = 400 // nodes
)

// namesWithin returns the elements in a byline that are marked as names.
func namesWithin(n *html.Node) []*html.Node {
	var named []*html.Node
	seen := 0
	for d := range n.Descendants() {
		if seen++; seen > mostInByline {
			return nil
		}
		if d.Type != html.ElementNode {
			continue
		}
		class := attribute(d, "class")
		if hasWord(attribute(d, "itemprop"), "name") || hasWord(attribute(d, "rel"), "author") ||
			hasWord(class, "fn") || hasWord(class, "p-name") {
			if len(named) == 0 || !isWithin(d, named[len(named)-1]) {
				named = append(named, d)
			}
		}
	}
	return named
}

// A partWriter cuts the text of a byline into parts.
type partWriter struct {
	names namer
	parts []string
	line  strings.Builder
	last  rune // of the line
	joint bool // an element began or ended since
	size  int
	seen  int
}

func (w *partWriter) node(n *html.Node) {
	if w.seen++; w.seen > mostInByline || w.size > longestByline {
		return
	}
	switch {
	case n.Type == html.TextNode:
		w.text(n.Data)
		return
	case n.Type != html.ElementNode:
		return
	case isTextless(n.DataAtom) || n.DataAtom == atom.Time || w.aboutAuthor(n):
		w.cut()
		return
	}
	apart := n.DataAtom == atom.A || n.DataAtom == atom.Br || isBreak(n.DataAtom)
	if apart {
		w.cut()
	}
	w.joint = true
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
	w.joint = true
	if apart {
		w.cut()
	}
}

// aboutAuthor reports whether an element of a byline says something of the
// author, and not the name.
func (w *partWriter) aboutAuthor(n *html.Node) bool {
	if says := w.names.says(n); says&(saysRole|saysAbout|saysComment) != 0 && says&saysByline == 0 {
		return true
	}
	switch strings.ToLower(attribute(n, "itemprop")) {
	case "jobtitle", "description", "worksfor", "affiliation", "datepublished", "datemodified", "image", "email":
		return true
	}
	return isConcealed(n)
}

func (w *partWriter) text(s string) {
	const initial = 2 // bytes; a letter may be dressed alone
	first, _ := utf8.DecodeRuneInString(s)
	if w.joint && w.line.Len() > initial && unicode.IsUpper(first) && unicode.IsLetter(w.last) {
		w.cut()
	}
	if s == "" {
		return
	}
	w.size += len(squeeze(s))
	w.line.WriteString(s)
	w.last, _ = utf8.DecodeLastRuneInString(s)
	w.joint = false
}

func (w *partWriter) cut() {
	if part := squeeze(w.line.String()); part != "" {
		w.parts = append(w.parts, part)
	}
	w.line.Reset()
	w.last = 0
}

// likeNames drops what cannot be a name from the names of elements that are
// marked as authors: buttons and remarks.
func likeNames(names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool {
		words := strings.Fields(name)
		return strings.ContainsAny(name, "0123456789{}@") || slices.ContainsFunc(words, isBylineNoise) ||
			len(words) > 1 && slices.ContainsFunc(words, isSmall)
	})
}

// persons returns the names of a line on the page that nothing but its class or
// its first word calls a byline: those that look like a first and a last name.
func persons(parts []string) []string {
	const most = 4 // words of a name
	return slices.DeleteFunc(likeNames(cleanAuthors(parts)), func(name string) bool {
		words := strings.Fields(name)
		first, _ := utf8.DecodeRuneInString(name)
		return !unicode.IsUpper(first) || len(words) < 2 || len(words) > most
	})
}

// isSmall reports whether a word begins with a small letter and is no particle of
// a name.
func isSmall(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsLower(r) && !slices.Contains(particles, word)
}

// particles are the words of names that have no capital.
var particles = []string{
	"de", "del", "della", "di", "da", "do", "dos", "du", "van", "von", "der", "den", "ten", "zu", "al", "el", "bin", "ibn", "la", "le",
}

// isBylineNoise reports whether a word is of a button or a remark beside names.
func isBylineNoise(word string) bool {
	return bylineNoise[strings.ToLower(strings.Trim(word, around))]
}
