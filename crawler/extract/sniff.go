package extract

import (
	"bytes"
	"compress/gzip"
	"io"
	"regexp"
	"slices"
)

// sniffWindow is how far into an XML document its root element is looked for.
const sniffWindow = 64 << 10

// Kind says what a document is.
type Kind string

// The kinds of document.
const (
	KindArticle Kind = "article"
	KindFeed    Kind = "feed"
	KindSitemap Kind = "sitemap"
	KindIndex   Kind = "index"
)

// IsPage reports whether a document of the kind is HTML that people read.
func (k Kind) IsPage() bool { return k == KindArticle || k == KindIndex }

// lists are the readers of the documents that list stories.
var lists = map[Kind]func([]byte, Options) (List, error){
	KindFeed:    Feed,
	KindSitemap: func(body []byte, o Options) (List, error) { return Sitemap(bytes.NewReader(body), o) },
	KindIndex:   func(body []byte, o Options) (List, error) { return Index(body, "", o) },
}

// ReadList reads a document as what Sniff says that it is. is reports whether that
// is a list.
func ReadList(body []byte, o Options) (list List, is bool, err error) {
	read, is := lists[Sniff(body)]
	if is {
		list, err = read(body, o)
	}
	return list, is, err
}

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
	if jsonStart(window) >= 0 {
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
		if tag == "script" || tag == "style" { // whose text is no markup
			end := bytes.Index(text[at:], []byte("</"+tag))
			if end < 0 {
				return 0, name
			}
			at += end
		}
		start = at
	}
	return 0, name
}

// jsonFeedStart begins a JSON Feed, and jsonFeedVersion is how one says that it
// is one.
var (
	jsonFeedStart   = regexp.MustCompile(`\{\s*"(?:version|title|home_page_url|feed_url|items)"\s*:`)
	jsonFeedVersion = []byte("jsonfeed.org")
)

// jsonStart returns where the JSON of a document begins, -1 when it is none. A
// JSON Feed is one behind a notice of its server, a guard or a callback, too.
func jsonStart(text []byte) int {
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		return 0
	}
	const most = 4 << 10 // bytes in front
	at := jsonFeedStart.FindIndex(text[:min(len(text), most)])
	if at == nil || !bytes.Contains(text[at[0]:min(len(text), at[0]+most)], jsonFeedVersion) {
		return -1
	}
	return at[0]
}

func isListRoot(name string) bool {
	return isFeedRoot(name) || name == "urlset" || name == "sitemapindex"
}

// noticeTags are the elements of which servers make their notices.
var noticeTags = []string{
	"br", "b", "i", "u", "p", "a", "hr", "em", "strong", "small", "font", "center", "code", "pre", "span", "div",
	"script", "style", "table", "tbody", "tr", "th", "td", "ul", "li", "h1", "h2", "h3",
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
