package extract

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"golang.org/x/net/html"
)

// Sitemap reads a news sitemap, a plain sitemap or a sitemap index as a
// stream, gzipped or not. A truncated one gives what came before its end.
// Stories of a plain sitemap have no title; their lastmod is Modified.
func Sitemap(r io.Reader, o Options) (list List, err error) {
	defer finish("sitemap", &err)
	text, err := sitemapText(r, o.Charset)
	if err != nil {
		return List{}, err
	}
	s := sitemapReader{o: o, base: baseOf(o), in: text}
	err = s.read()
	switch {
	case errors.Is(err, ErrTooLarge), errors.Is(err, ErrCostly):
		return List{}, err
	case err != nil && len(s.list.kept) == 0 && len(s.children) == 0:
		return List{}, err
	}
	if s.fields != nil { // the document ends inside it
		s.list.skipped++
	}
	stories := Newest(s.list.kept)
	for i := range stories {
		stories[i].Language = language(o, stories[i].Title, stories[i].Language)
	}
	fillLanguage(stories)
	return List{Kind: KindSitemap, Stories: stories, Skipped: s.list.skipped, Sitemaps: s.sitemaps()}, nil
}

// sitemapWindow is how much of a sitemap is looked at to find its encoding, in
// bytes, and the most of it that is in memory at once.
const sitemapWindow = 64 << 10

// sitemapText undoes gzip and decodes the text.
func sitemapText(r io.Reader, header string) (*bufio.Reader, error) {
	buffered := bufio.NewReaderSize(&limitReader{r: r, left: maxSitemap}, sitemapWindow)
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte("\x1f\x8b")) {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, fmt.Errorf("not a sitemap: %w", err)
		}
		buffered = bufio.NewReaderSize(&limitReader{r: unzipped, left: maxSitemap}, sitemapWindow)
	}
	window, _ := buffered.Peek(sitemapWindow) // of a short one all there is
	enc, skip := encodingOf(wholeCharacters(window), header)
	_, _ = buffered.Discard(skip)
	if enc != nil {
		buffered = bufio.NewReaderSize(enc.NewDecoder().Reader(buffered), sitemapWindow)
	}
	skipNotice(buffered)
	return buffered, nil
}

// skipNotice leaves out what a server has put before the root element.
func skipNotice(r *bufio.Reader) {
	window, _ := r.Peek(sitemapWindow)
	start, root := findRoot(window)
	if !isListRoot(root) {
		return
	}
	if i := bytes.IndexByte(window[start:], '<'); i > 0 {
		start += i
	}
	_, _ = r.Discard(start) // it was peeked at
}

// wholeCharacters cuts off a UTF-8 sequence that ends beyond a text.
func wholeCharacters(text []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if c := text[len(text)-i]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(text[len(text)-i:]) {
				return text[:len(text)-i]
			}
			break
		}
	}
	return text
}

// limitReader fails, rather than ends, when more bytes come than are allowed.
type limitReader struct {
	r    io.Reader
	left int
}

func (l *limitReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.left -= n; l.left < 0 {
		return 0, fmt.Errorf("%w: at most %d MB", ErrTooLarge, maxSitemap>>20)
	}
	return n, err
}

// maxField is how many bytes of a field of a sitemap's entry are read: a URL
// has at most 2,048 by the protocol.
const maxField = 4 << 10

// sitemapReader keeps the stories and children of the sitemap it reads.
type sitemapReader struct {
	o        Options
	base     *url.URL
	in       *bufio.Reader
	root     string
	list     storyList
	children []child

	path   []string // local names of the open elements
	text   strings.Builder
	fields map[string]string // of the open <url> or <sitemap>
}

// child is a sitemap that an index names.
type child struct {
	url     string
	changed time.Time
}

// ended says what a sitemap's end means: nothing is lost with its last entry
// once there are others.
func (s *sitemapReader) ended() error {
	switch {
	case s.root == "":
		return errors.New("not a sitemap: an empty document")
	case len(s.path) > 0:
		return errors.New("not a sitemap: document ends inside its first entry")
	}
	return nil
}

func (s *sitemapReader) start(name string) error {
	if s.root == "" {
		switch s.root = name; name {
		case "urlset", "sitemapindex":
		case "rss", "rdf", "feed":
			return errors.New("not a sitemap: a feed")
		case "html":
			return errors.New("not a sitemap: an HTML page")
		default:
			return fmt.Errorf("not a sitemap: an XML document that begins with <%s>", clip(name, 40))
		}
	}
	if len(s.path) > 0 && s.path[len(s.path)-1] == "title" && inlineTags.MatchString("<"+name+">") {
		return nil // markup in the title of a story
	}
	isEntry := name == "url" || name == "sitemap"
	if isEntry && s.fields != nil && s.path[1] == name { // the one before was not closed
		s.end(name)
	}
	if len(s.path) >= maxDepth {
		return fmt.Errorf("%w: nested more than %d elements deep", ErrCostly, maxDepth)
	}
	if len(s.path) == 1 && isEntry {
		s.fields = map[string]string{}
	}
	s.path = append(s.path, name)
	s.text.Reset()
	return nil
}

// characters takes in text as it is written, references and all.
func (s *sitemapReader) characters(text []byte) error {
	if s.root == "" && len(bytes.TrimSpace(text)) > 0 {
		return errors.New("not a sitemap: plain text")
	}
	if s.fields != nil && s.text.Len() <= maxField {
		s.text.Write(text[:min(len(text), maxField+1)])
	}
	return nil
}

// end closes the innermost open element of the name. The fields of one entry
// keep their first value: "loc" of the page comes before those of its images,
// which stand a level deeper and are told apart by their parent.
func (s *sitemapReader) end(name string) {
	at := len(s.path) - 1
	for at >= 0 && s.path[at] != name {
		at--
	}
	if at < 0 {
		return
	}
	parent := ""
	if at > 0 {
		parent = s.path[at-1]
	}
	s.path = s.path[:at]
	switch {
	case at == 1 && s.fields != nil:
		s.complete(name)
		s.fields = nil
	case s.fields != nil && (parent == "url" || parent == "sitemap" || parent == "news" || parent == "publication"):
		s.field(name)
	}
	s.text.Reset()
}

func (s *sitemapReader) field(name string) {
	switch name {
	case "loc", "lastmod", "title", "publication_date", "name", "language", "access":
	default:
		return
	}
	if _, seen := s.fields[name]; seen || name == "loc" && s.text.Len() > maxField {
		return
	}
	text := html.UnescapeString(strings.ToValidUTF8(s.text.String(), "\uFFFD"))
	s.fields[name] = squeeze(strings.ReplaceAll(text, "<![CDATA[", "")) // a section in a section
}

func (s *sitemapReader) complete(name string) {
	link := absolute(s.base, s.fields["loc"])
	if link == "" {
		s.list.skipped++
		return
	}
	c := feedContext{o: s.o}
	changed := c.date(s.fields["lastmod"])
	if name == "sitemap" {
		if s.children = append(s.children, child{link, changed}); len(s.children) >= 2*news.MaxListed {
			s.cutChildren()
		}
		return
	}
	f := s.fields
	s.list.keep(news.Story{
		URL:       link,
		Title:     withoutOutlet(title(f["title"]), s.base, f["name"]),
		Published: c.date(f["publication_date"]),
		Modified:  changed,
		Outlet:    f["name"],
		Language:  f["language"],
		Paywalled: strings.EqualFold(f["access"], "subscription"),
	})
}

// ranked reports whether the index says which of its sitemaps are the newest.
func (s *sitemapReader) ranked() bool {
	return slices.ContainsFunc(s.children, func(c child) bool { return !c.changed.Equal(s.children[0].changed) })
}

// cutChildren keeps no more sitemaps than can be of use: the newest, or those at the ends.
func (s *sitemapReader) cutChildren() {
	n := min(len(s.children), news.MaxListed)
	if s.ranked() {
		slices.SortStableFunc(s.children, func(a, b child) int { return b.changed.Compare(a.changed) })
		s.children = s.children[:n]
	} else {
		s.children = slices.Delete(s.children, n/2, len(s.children)-n+n/2)
	}
}

// sitemaps returns the sitemaps of an index, the newest first. Where nothing says which these are, they
// come from both ends in turn: the newest are at one of them.
func (s *sitemapReader) sitemaps() []string {
	s.cutChildren()
	var urls []string
	ranked, last := s.ranked(), len(s.children)-1
	for i := range s.children {
		at := i
		if !ranked {
			at = []int{i / 2, last - i/2}[i%2]
		}
		urls = append(urls, s.children[at].url)
	}
	return urls
}
