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
	headings  []string            // of <h1>; pickHeading puts the story's own first
	credits   []string            // who else made the story
	scripts   []string            // application/ld+json
	marks     marks               // what elements are marked with, and where
	foreign   foreign             // what is shown but is none of the story
	own       own                 // what is the story's; settle fills it in
	elements  int
	depth     int // of the element that is being read
	nesting   int // bytes of text, each times the elements around it
}

// longestHeading is the length in bytes above which a heading holds more than
// a headline: some pages wrap the whole story in one.
const longestHeading = 1000

// readHead collects a page's metadata in one walk.
func readHead(root *html.Node) head {
	h := head{meta: map[string][]string{}, marks: marks{names: namer{}}}
	h.walk(root)
	return h
}

func (h *head) walk(n *html.Node) {
	switch n.Type {
	case html.ElementNode:
		h.elements++
		h.element(n)
		switch n.DataAtom {
		case atom.Svg:
			return
		case atom.Template:
			if !isShadowRoot(n) {
				return
			}
		}
	case html.TextNode:
		h.creditLine(n)
		switch n.Parent.DataAtom {
		case atom.Script, atom.Style, atom.Noscript:
		default:
			h.nesting += h.depth * len(n.Data)
			h.marks.pass(n)
			h.marks.bylineLine(n)
			h.foreign.label(n, h.marks.prose)
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
	case atom.Body, atom.Head, atom.Style, atom.Noscript, atom.Svg, atom.Img:
	case atom.H1, atom.H2, atom.H3:
		h.heading(n)
		fallthrough
	default:
		says := h.marks.element(n)
		h.foreign.element(n, says, h.marks.prose > 0)
	}
}

// isShadowRoot reports whether a template is the inside of its parent, which a
// browser shows.
func isShadowRoot(n *html.Node) bool {
	return n.DataAtom == atom.Template && (hasAttribute(n, "shadowrootmode") || hasAttribute(n, "shadowroot"))
}

func (h *head) metaTag(n *html.Node) {
	content := strings.TrimSpace(attribute(n, "content"))
	if content == "" {
		return
	}
	inBody := n.Parent != nil && n.Parent.DataAtom != atom.Head && n.Parent.DataAtom != atom.Body
	for _, key := range []string{"property", "name", "itemprop", "http-equiv"} {
		k := strings.ToLower(attribute(n, key))
		switch {
		case k == "":
		case inBody && (key == "itemprop" || key == "property"):
			h.marks.element(n) // of something on the page, which may be another story
		default:
			h.meta[k] = append(h.meta[k], content)
		}
	}
}

// The names under which pages give their dates and authors, best first.
var (
	publishedNames = []string{
		"article:published_time", "og:article:published_time", "datepublished", "article:published", "parsely-pub-date", "sailthru.date",
		"cxenseparse:recs:publishtime", "cxenseparse:publishtime", "article.published", "article:published_date", "article:publicationdate",
		"article:post_date", "article_date_original", "published_time", "publish_time", "publish-date", "publish_date", "publishdate",
		"published-date", "published_date", "publisheddate", "publication_date", "publication-date", "originalpublicationdate", "date_published",
		"pubdate", "bt:pubdate", "rbpubdate", "og:publish_date", "og:datepublished", "og:pubdate", "og:published_time", "rnews:datepublished",
		"vr:published_time", "mediator_published_time", "shareaholic:article_published_time", "dcsext.articlefirstpublished", "displaydate",
		"citation_publication_date", "citation_date", "citation_online_date", "dc.date.issued", "dc.date.publication", "dcterms.issued",
		"dc.date.created", "dcterms.created", "dc.created", "article.created", "date_created", "datecreated", "dc.date", "dc:date", "dcterms.date", "date",
	}
	modifiedNames = []string{"article:modified_time", "og:updated_time", "datemodified", "article:modified", "dcterms.modified", "last-modified", "lastmod"}
	authorNames   = []string{
		"author", "article:author", "og:article:author", "parsely-author", "articleauthor", "article.author", "article:author_name", "dc.creator", "dcterms.creator", "dc:creator",
		"byl", "sailthru.author", "cxenseparse:author", "dable:author", "citation_author", "rbauthors", "authors", "byline", "creator",
	}
)

// authors returns the names of the first meta element that has any: pages repeat them
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

// shortText returns the text of an element as it stands, and "" when it is longer
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
		for f := range strings.FieldsSeq(d.Data) {
			size += len(f)
		}
		if size > most {
			return ""
		}
		b.WriteString(d.Data)
	}
	return b.String()
}

// nodeText returns the text of an element as it stands.
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
