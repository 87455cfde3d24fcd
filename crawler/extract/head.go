package extract

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// head is what a page says about itself outside of its text, as written.
type head struct {
	lang      string
	title     string              // of <title>
	canonical string              // of <link rel=canonical>
	meta      map[string][]string // content by lower-case property, name, itemprop or http-equiv
	headings  []string            // <h1>
	times     []timeTag
	bylines   []string // rel=author, itemprop=author
	shown     []string // what looks like a byline on the page
	credits   []string // who else made the story
	scripts   []string // application/ld+json
	elements  int
	depth     int // of the element that is being read
	nesting   int // bytes of text, each times the elements around it
}

// longestHeading is the length in bytes above which a heading holds more than
// a headline: some pages wrap the whole story in one.
const longestHeading = 1000

// timeTag is one <time datetime>.
type timeTag struct {
	value     string
	published bool // marked as the date of publication
	modified  bool
}

// readHead collects a page's metadata in one walk.
func readHead(root *html.Node) head {
	h := head{meta: map[string][]string{}}
	h.walk(root)
	return h
}

func (h *head) walk(n *html.Node) {
	if n.Type == html.ElementNode {
		h.elements++
		h.element(n)
		if n.DataAtom == atom.Svg {
			return
		}
	} else if n.Type == html.TextNode {
		h.creditLine(n)
		if n.Parent.DataAtom != atom.Script {
			h.nesting += h.depth * len(n.Data)
		}
	}
	h.depth++
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		h.walk(c)
	}
	h.depth--
}

func (h *head) element(n *html.Node) {
	switch n.DataAtom {
	case atom.Html:
		h.lang = attribute(n, "lang")
		if h.lang == "" {
			h.lang = attribute(n, "xml:lang")
		}
	case atom.Title:
		if h.title == "" && (n.Parent == nil || n.Parent.DataAtom == atom.Head || n.Parent.DataAtom == atom.Body) {
			h.title = title(nodeText(n))
		}
	case atom.Meta:
		h.metaTag(n)
	case atom.Link:
		if h.canonical == "" && strings.EqualFold(attribute(n, "rel"), "canonical") {
			h.canonical = attribute(n, "href")
		}
	case atom.Script:
		if strings.Contains(strings.ToLower(attribute(n, "type")), "ld+json") {
			h.scripts = append(h.scripts, nodeText(n))
		}
	case atom.H1:
		const most = 5 // of them the first counts
		if len(h.headings) < most {
			if text := title(shortText(n, longestHeading)); text != "" {
				h.headings = append(h.headings, text)
			}
		}
	case atom.Time:
		h.timeTag(n)
	}
	h.byline(n)
}

func (h *head) metaTag(n *html.Node) {
	content := strings.TrimSpace(attribute(n, "content"))
	if content == "" {
		return
	}
	for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
		if k := strings.ToLower(attribute(n, key)); k != "" {
			h.meta[k] = append(h.meta[k], content)
		}
	}
}

func (h *head) timeTag(n *html.Node) {
	value := attribute(n, "datetime")
	if value == "" {
		value = attribute(n, "content")
	}
	if value == "" {
		return
	}
	marks := strings.ToLower(attribute(n, "itemprop") + " " + attribute(n, "class") + " " + attribute(n, "pubdate"))
	h.times = append(h.times, timeTag{
		value:     value,
		published: strings.Contains(marks, "publish") || strings.Contains(marks, "entry-date") || strings.Contains(marks, "pubdate"),
		modified:  strings.Contains(marks, "modif") || strings.Contains(marks, "updat"),
	})
}

// byline collects the names that an element is marked with, and those that it
// shows where only its class says so.
func (h *head) byline(n *html.Node) {
	const (
		longest = 200 // bytes; more is not a name
		most    = 6   // lines that may be bylines
	)
	switch n.DataAtom {
	case atom.Link, atom.Meta, atom.Script, atom.Body, atom.Html:
		return
	}
	marked := attribute(n, "rel") == "author" || strings.Contains(attribute(n, "itemprop"), "author")
	if marked && len(h.bylines) >= maxBylines {
		return
	}
	if !marked && (len(h.headings) == 0 || len(h.shown) >= most || !bylineClass(attribute(n, "class"))) {
		return
	}
	text := squeeze(shortText(n, longest))
	switch {
	case text == "":
	case marked:
		h.bylines = append(h.bylines, text)
	default:
		h.shown = append(h.shown, text)
	}
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

// The names under which pages give their dates and authors, best first.
var (
	publishedNames = []string{
		"article:published_time", "og:article:published_time", "datepublished", "article:published", "parsely-pub-date", "sailthru.date",
		"cxenseparse:recs:publishtime", "cxenseparse:publishtime", "article.published", "published_time", "publish-date", "publishdate",
		"publication_date", "pubdate", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "dcterms.date", "date", "og:pubdate", "og:published_time",
	}
	modifiedNames = []string{"article:modified_time", "og:updated_time", "datemodified", "article:modified", "dcterms.modified", "last-modified", "lastmod"}
	authorNames   = []string{"author", "article:author", "og:article:author", "parsely-author", "articleauthor", "dc.creator", "dcterms.creator", "byl", "sailthru.author", "cxenseparse:author", "dable:author"}
)

func (h *head) published() []string {
	dates := h.named(publishedNames)
	for _, t := range h.times {
		if t.published {
			dates = append(dates, t.value)
		}
	}
	if len(h.times) > 0 && !h.times[0].modified {
		dates = append(dates, h.times[0].value)
	}
	return dates
}

func (h *head) modified() []string {
	dates := h.named(modifiedNames)
	for _, t := range h.times {
		if t.modified {
			dates = append(dates, t.value)
		}
	}
	return dates
}

// authors gives the names of the first meta element that has any: pages repeat them
// in several spellings.
func (h *head) authors() []string {
	for _, name := range authorNames {
		names := slices.DeleteFunc(slices.Clone(h.meta[name]), address.MatchString)
		if len(names) > 0 {
			return names
		}
	}
	return nil
}

func (h *head) named(names []string) []string {
	var values []string
	for _, name := range names {
		values = append(values, h.meta[name]...)
	}
	return values
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

// shortText gives the text of an element as it stands, and "" when it is longer
// than a line: most bytes, white space left out. It looks no further than that,
// for a page may have a hundred thousand lines in one element, each of which
// asks for the whole.
func shortText(n *html.Node, most int) string {
	const parts = 400 // nodes; a line has a few
	var b strings.Builder
	size, seen := 0, 0
	for d := range n.Descendants() {
		if seen++; seen > parts {
			return ""
		}
		if d.Type != html.TextNode {
			continue
		}
		for _, f := range strings.Fields(d.Data) {
			size += len(f)
		}
		if size > most {
			return ""
		}
		b.WriteString(d.Data)
	}
	return b.String()
}

// nodeText gives the text of an element as it stands.
func nodeText(n *html.Node) string {
	if n.FirstChild != nil && n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode {
		return n.FirstChild.Data
	}
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
