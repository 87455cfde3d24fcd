package extract

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// sniffWindow is how far into an XML document its root element is looked for.
const sniffWindow = 64 << 10

// Sniff says what a document is: a feed or a sitemap by its root element, an
// index page when an HTML page has many story links and little text of its
// own, else an article. It never fails; the reader of the kind does.
func Sniff(body []byte) (kind Kind) {
	defer func() {
		if recover() != nil {
			kind = KindArticle
		}
	}()
	if bytes.HasPrefix(body, []byte("\x1f\x8b")) {
		body = unzipHead(body)
	}
	window := bytes.TrimSpace(toUTF8(body[:min(len(body), sniffWindow)], ""))
	if len(window) > 0 && (window[0] == '{' || window[0] == '[') {
		return KindFeed
	}
	switch _, root := findRoot(window); {
	case isFeedRoot(root):
		return KindFeed
	case isListRoot(root):
		return KindSitemap
	}
	return sniffPage(body[:min(len(body), maxPage)])
}

func unzipHead(body []byte) []byte {
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return body
	}
	head, _ := io.ReadAll(io.LimitReader(z, maxPage)) // what can be read is enough
	return head
}

// findRoot returns the lower-case local name of the root element of a document,
// behind comments, declarations and whatever else stands in front of it, and
// where to begin to read: a server puts HTML before a feed when something went
// wrong ("<br /><b>Notice</b>: …").
func findRoot(text []byte) (start int, name string) {
	const most = 200 // elements of a notice
	at := 0
	for range most {
		begin, tag := nextElement(text, at)
		switch {
		case tag == "":
			return 0, name
		case isListRoot(tag):
			return start, tag
		case name == "":
			name = tag
		}
		length := tagEnd(text[begin:])
		if length < 0 || !slices.Contains(noticeTags, tag) {
			return 0, name
		}
		at = begin + length
		start = at
	}
	return 0, name
}

func isListRoot(name string) bool {
	return isFeedRoot(name) || name == "urlset" || name == "sitemapindex"
}

// noticeTags are the elements of which servers make their notices.
var noticeTags = []string{
	"br", "b", "i", "u", "p", "a", "hr", "em", "strong", "small", "font", "center", "code", "pre", "span", "div",
	"table", "tbody", "tr", "th", "td", "ul", "li", "h1", "h2", "h3",
}

// nextElement returns the place of the next start tag, and its name in lower
// case without a prefix; "" when there is none.
func nextElement(text []byte, at int) (begin int, name string) {
	for {
		i := bytes.IndexByte(text[at:], '<')
		if i < 0 || at+i+1 == len(text) {
			return len(text), ""
		}
		at += i
		rest, end := text[at:], ">"
		switch {
		case isNameStart(rest[1]):
			return at, localName(tagName(rest[1:]))
		case bytes.HasPrefix(rest, []byte("<!--")):
			end = "-->"
		case rest[1] == '!':
			if n, _ := docTypeEnd(rest); n > 0 {
				at += n
				continue
			}
		}
		if i = bytes.Index(rest, []byte(end)); i < 0 {
			return len(text), ""
		}
		at += i + len(end)
	}
}

// Thresholds of sniffPage, in characters and links.
const (
	storyLink     = 25 // characters of a link that may be a headline
	sentence      = 60 // characters of a run of text that is not a label
	minStoryLinks = 8  // an index page has at least this many
	textPerLink   = 70 // an index page has less text outside links than this per headline
	leastText     = 800
)

// sniffPage weighs the headlines of an HTML page against its text outside of
// links, and both against what the page says it is.
func sniffPage(body []byte) Kind {
	if _, err := weighPage(body); err != nil {
		return KindArticle
	}
	var w weigher
	w.read(html.NewTokenizer(bytes.NewReader(body)))
	switch {
	case w.headlines < minStoryLinks:
		return KindArticle
	case w.isArticle && (!w.isList || w.text >= leastText):
		return KindArticle
	case w.isList && w.text < 2*textPerLink*w.headlines, w.text < textPerLink*w.headlines:
		return KindIndex
	}
	return KindArticle
}

// weigher counts, in one pass without a tree, the links that may be headlines
// and the characters of sentences outside of links.
type weigher struct {
	headlines, text   int
	isArticle, isList bool

	link   bool
	said   int // characters of the open link
	hidden int
	data   bool // in a JSON-LD script
}

func (w *weigher) read(z *html.Tokenizer) {
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return
		case html.TextToken:
			w.characters(z.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			w.tag(z, kind)
		}
	}
}

func (w *weigher) characters(text []byte) {
	switch {
	case w.data:
		w.isArticle = w.isArticle || articleType.Match(text)
		w.isList = w.isList || bytes.Contains(text, []byte(`"CollectionPage"`))
	case w.hidden > 0:
	case w.link:
		w.said += utf8.RuneCount(bytes.TrimSpace(text))
	default:
		if n := utf8.RuneCount(bytes.TrimSpace(text)); n >= sentence {
			w.text += n
		}
	}
}

var articleType = regexp.MustCompile(`"@type"\s*:\s*\[?\s*"(?:\w*NewsArticle|Article|BlogPosting|LiveBlogPosting|Report)"`)

func (w *weigher) tag(z *html.Tokenizer, kind html.TokenType) {
	name, hasAttr := z.TagName()
	a, starts := atom.Lookup(name), kind == html.StartTagToken
	w.data = false
	switch {
	case a == atom.Meta && hasAttr:
		w.meta(z)
	case isHidden(a) && starts:
		w.hidden++
		w.data = a == atom.Script && hasAttr && isLinkedData(z)
	case isHidden(a):
		w.hidden = max(0, w.hidden-1)
	case a == atom.A:
		if w.said >= storyLink {
			w.headlines++
		}
		w.link, w.said = starts, 0
	}
}

func (w *weigher) meta(z *html.Tokenizer) {
	var name, content string
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		switch string(key) {
		case "property", "name":
			name = string(value)
		case "content":
			content = string(value)
		}
	}
	if name == "og:type" {
		w.isArticle = w.isArticle || strings.EqualFold(content, "article")
		w.isList = w.isList || strings.EqualFold(content, "website")
	}
}

func isLinkedData(z *html.Tokenizer) bool {
	for more := true; more; {
		var key, value []byte
		key, value, more = z.TagAttr()
		if string(key) == "type" && bytes.Contains(bytes.ToLower(value), []byte("ld+json")) {
			return true
		}
	}
	return false
}
