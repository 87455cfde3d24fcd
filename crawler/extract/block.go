package extract

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A block is one paragraph, heading, list item or table cell of a document:
// the unit in which the body readers agree and furniture is taken out.
type block struct {
	text string // one line, white space squeezed
	tag  atom.Atom
	link int        // bytes of the text inside links, white space left out
	size int        // bytes of the text, white space left out
	in   *html.Node // innermost block element around its beginning; nil when it was not read from a tree
}

// links returns the share of a block's text that is links, 0 to 1.
func (b block) links() float64 { return float64(b.link) / float64(max(b.size, 1)) }

// lines joins the texts of blocks, one paragraph a line.
func lines(blocks []block) string {
	texts := make([]string, len(blocks))
	for i, b := range blocks {
		texts[i] = b.text
	}
	return strings.Join(texts, "\n")
}

// maxBlocks is how many blocks are kept of one document.
const maxBlocks = 100_000

// blockWriter cuts a stream of tags and text into blocks.
type blockWriter struct {
	blocks []block
	line   strings.Builder
	next   block
	breaks int // <br> since the last text
	links  int // open links
	hidden int // open elements whose text nobody reads
	in     *html.Node

	heading *html.Node // when it is known, the cutting ends some blocks behind it
	behind  int        // so many
	at      int        // place of the heading among the blocks
	end     int        // number of blocks at which the cutting ends, 0 for none
	spread  bool       // the parts of a line are set apart by a space
}

// isBreak reports whether an element begins and ends a block.
func isBreak(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Div, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Li, atom.Ul, atom.Ol,
		atom.Blockquote, atom.Section, atom.Article, atom.Table, atom.Tr, atom.Td, atom.Th, atom.Figure,
		atom.Figcaption, atom.Pre, atom.Hr, atom.Dl, atom.Dt, atom.Dd, atom.Aside, atom.Header,
		atom.Footer, atom.Main, atom.Nav, atom.Body, atom.Address, atom.Form, atom.Details, atom.Summary,
		atom.Title, atom.Caption, atom.Option:
		return true
	}
	return false
}

func isHidden(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Textarea, atom.Select, atom.Svg:
		return true
	}
	return false
}

func (w *blockWriter) open(a atom.Atom) {
	switch {
	case isHidden(a):
		w.hidden++
	case isBreak(a):
		w.flush()
		w.next.tag = a
	case a == atom.A:
		w.links++
	case a == atom.Br:
		w.lineBreak()
	}
}

// lineBreak takes one <br> for a space and two in a row for the end of a
// paragraph, which is how pages without <p> write it.
func (w *blockWriter) lineBreak() {
	w.line.WriteByte(' ')
	if w.breaks++; w.breaks > 1 {
		w.flush()
	}
}

func (w *blockWriter) close(a atom.Atom) {
	switch {
	case isHidden(a):
		w.hidden = max(w.hidden-1, 0)
	case isBreak(a):
		w.flush()
	case a == atom.A:
		w.links = max(w.links-1, 0)
	}
}

func (w *blockWriter) text(s string) {
	if w.hidden > 0 {
		return
	}
	w.line.WriteString(s)
	if strings.TrimSpace(s) != "" {
		w.breaks = 0
	}
	size := 0
	for f := range strings.FieldsSeq(s) {
		size += len(f)
	}
	if w.next.size == 0 {
		w.next.in = w.in
	}
	w.next.size += size
	if w.links > 0 {
		w.next.link += size
	}
}

func (w *blockWriter) flush() {
	if text := squeeze(w.line.String()); text != "" && len(w.blocks) < maxBlocks {
		w.next.text = text
		w.blocks = append(w.blocks, w.next)
	}
	w.line.Reset()
	w.next = block{tag: w.next.tag}
}

// nodeBlocks cuts a parsed document, or a part of one, into blocks. The tree
// is never deeper than what x/net/html parses, 512 elements.
func nodeBlocks(n *html.Node) []block {
	var w blockWriter
	w.node(n)
	w.flush()
	return w.blocks
}

func (w *blockWriter) node(n *html.Node) {
	if n.Type == html.TextNode {
		w.text(n.Data)
		return
	}
	if w.end > 0 && len(w.blocks) >= w.end {
		return
	}
	outer := w.in
	if n.Type == html.ElementNode {
		if w.open(n.DataAtom); isBreak(n.DataAtom) {
			w.in = n
		}
		if w.spread && isInline(n) {
			w.line.WriteByte(' ')
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		w.node(c)
	}
	if n.Type == html.ElementNode {
		w.close(n.DataAtom)
		w.in = outer
	}
	if w.heading == n && n != nil {
		w.at = len(w.blocks) - 1
		w.end = len(w.blocks) + w.behind
	}
}

// maxMarkup is how much of a fragment of HTML is read, in bytes. The longest
// story is a tenth of it.
const maxMarkup = 1 << 20

// markupBlocks cuts a fragment of HTML, or plain text, into blocks without
// building a tree.
func markupBlocks(markup string) []block {
	if len(markup) > maxMarkup {
		markup = strings.ToValidUTF8(markup[:maxMarkup], "")
	}
	var w blockWriter
	z := html.NewTokenizer(strings.NewReader(markup))
	for {
		switch z.Next() {
		case html.ErrorToken:
			w.flush()
			return w.blocks
		case html.TextToken:
			w.text(string(z.Text()))
		case html.StartTagToken:
			name, _ := z.TagName()
			if atom.Lookup(name) == atom.Iframe {
				z.NextIsNotRawText() // what follows an unclosed frame is text
			}
			w.open(atom.Lookup(name))
		case html.EndTagToken:
			name, _ := z.TagName()
			w.close(atom.Lookup(name))
		case html.SelfClosingTagToken:
			name, _ := z.TagName()
			if a := atom.Lookup(name); a == atom.Br {
				w.lineBreak()
			} else if isBreak(a) {
				w.flush()
			}
		}
	}
}

// plain returns HTML, or text with entities, as one line of text.
func plain(markup string) string {
	markup = unwrapped(markup)
	if !strings.ContainsAny(markup, "<&") {
		return squeeze(markup)
	}
	return strings.ReplaceAll(lines(markupBlocks(markup)), "\n", " ")
}

// escapedTag is a tag of a text that was escaped once too often.
var escapedTag = regexp.MustCompile(`(?i)&(?:amp;)?lt;/?(?:p|br|b|i|em|strong|a|div|span|img|ul|ol|li|h[1-6]|blockquote|figure)(?:\s*/?&(?:amp;)?gt;|\s[\w-]+=)`)

// unwrapped undoes that a fragment of HTML was escaped once or twice more than
// it should be: it has tags, and they are all escaped.
func unwrapped(markup string) string {
	for range 2 {
		if strings.Contains(markup, "<") || !escapedTag.MatchString(markup) {
			break
		}
		markup = html.UnescapeString(markup)
	}
	return markup
}

// teaser returns the summary of a feed as one line, without the line in which
// content systems point back to the story.
func teaser(markup string) string {
	if !strings.Contains(markup, "appeared first on") {
		return plain(markup)
	}
	return strings.ReplaceAll(paragraphs(markup), "\n", " ")
}

// paragraphs returns HTML as text, one paragraph a line. Text without any markup
// keeps its own lines.
func paragraphs(markup string) string {
	markup = unwrapped(markup)
	if !strings.Contains(markup, "<") {
		kept := []string{}
		for line := range strings.Lines(html.UnescapeString(markup)) {
			if line = squeeze(line); line != "" {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "\n")
	}
	return lines(withoutFurniture(markupBlocks(markup)))
}

// squeeze makes every run of white space one space and drops what cannot be
// seen: zero-width spaces, soft hyphens, byte order marks and control
// characters.
func squeeze(s string) string {
	if isPlainLine(s) {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.Fields(strings.Map(visible, s)), " ")
}

func visible(r rune) rune {
	switch {
	case r == '\u200b' || r == '\u00ad' || r == '\ufeff' || r == '\u2060':
		return -1
	case r < ' ' || r == '\u007f' || r >= 0x80 && r < 0xa0:
		return ' '
	}
	return r
}

// isPlainLine reports whether squeezing would leave a text as it is, except for
// its ends.
func isPlainLine(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < ' ' || c == '\u007f' || c == ' ' && i > 0 && s[i-1] == ' ':
			return false
		case c < utf8.RuneSelf:
		case c == 0xc2 || c == 0xe1 || c == 0xe2 || c == 0xe3 || c == 0xef: // with these the spaces and the unseen begin
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError || unicode.IsSpace(r) || visible(r) != r {
				return false
			}
			i += size - 1
		}
	}
	return utf8.ValidString(s)
}
