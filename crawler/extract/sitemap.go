package extract

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"golang.org/x/net/html/charset"
)

// Sitemap reads a news sitemap, a plain sitemap or a sitemap index as a
// stream, gzipped or not. A truncated one gives what came before its end.
// Stories of a plain sitemap have no title; their lastmod is Modified.
func Sitemap(r io.Reader, o Options) (list List, err error) {
	defer finish("sitemap", &err)
	text, isUTF8, err := sitemapText(r, o.Charset)
	if err != nil {
		return List{}, err
	}
	s := sitemapReader{o: o, base: baseOf(o)}
	err = s.read(text, isUTF8)
	switch {
	case errors.Is(err, ErrTooLarge):
		return List{}, err
	case err != nil && len(s.stories) == 0 && len(s.children) == 0:
		return List{}, err
	}
	stories := newest(s.stories)
	fillLanguage(stories)
	return List{Kind: KindSitemap, Stories: stories, Sitemaps: s.sitemaps()}, nil
}

// sitemapText undoes gzip, decodes UTF-16 and drops characters that XML
// forbids. A charset that the document declares is left to the XML decoder.
func sitemapText(r io.Reader, header string) (text io.Reader, isUTF8 bool, err error) {
	buffered := bufio.NewReader(&limitReader{r: r, left: maxSitemap})
	if head, _ := buffered.Peek(2); bytes.Equal(head, []byte("\x1f\x8b")) {
		unzipped, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, false, fmt.Errorf("not a sitemap: %w", err)
		}
		buffered = bufio.NewReader(&limitReader{r: unzipped, left: maxSitemap})
	}
	head, _ := buffered.Peek(4)
	if enc, skip := unicodeForm(head); enc != nil {
		_, _ = buffered.Discard(skip)
		return &legalReader{r: enc.NewDecoder().Reader(buffered)}, true, nil
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = buffered.Discard(3)
	}
	start, _ := buffered.Peek(512)
	if enc, name := declared(start, header); enc != nil && name != "utf-8" && !xmlEncoding.Match(start) {
		return &legalReader{r: enc.NewDecoder().Reader(buffered)}, true, nil
	}
	return &legalReader{r: buffered}, false, nil
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

// legalReader blanks control characters, which XML forbids.
type legalReader struct{ r io.Reader }

func (l *legalReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' {
			p[i] = ' '
		}
	}
	return n, err
}

// sitemapReader keeps the stories and children of the sitemap it reads.
type sitemapReader struct {
	o        Options
	base     *url.URL
	root     string
	stories  []news.Story
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

func (s *sitemapReader) read(r io.Reader, isUTF8 bool) error {
	dec := xml.NewDecoder(r)
	dec.Strict = false
	dec.Entity = xml.HTMLEntity
	dec.CharsetReader = charset.NewReaderLabel
	if isUTF8 {
		dec.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	}
	for {
		token, err := dec.RawToken()
		if errors.Is(err, io.EOF) && s.root != "" {
			if len(s.path) > 0 {
				return errors.New("not a sitemap: document ends inside its first entry") // of no matter once there are others
			}
			return nil
		}
		if err != nil {
			return s.explain(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := s.start(t); err != nil {
				return err
			}
		case xml.CharData:
			if s.root == "" && len(bytes.TrimSpace(t)) > 0 {
				return errors.New("not a sitemap: plain text")
			}
			if s.fields != nil {
				s.text.Write(t)
			}
		case xml.EndElement:
			s.end(strings.ToLower(t.Name.Local))
		}
	}
}

func (s *sitemapReader) explain(err error) error {
	switch {
	case errors.Is(err, ErrTooLarge):
		return err
	case s.root == "" && errors.Is(err, io.EOF):
		return errors.New("not a sitemap: an empty document")
	}
	return fmt.Errorf("not a sitemap: %w", err)
}

func (s *sitemapReader) start(t xml.StartElement) error {
	name := strings.ToLower(t.Name.Local)
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
	if len(s.path) >= maxDepth {
		return fmt.Errorf("not a sitemap: nested more than %d elements deep", maxDepth)
	}
	if len(s.path) == 1 && (name == "url" || name == "sitemap") {
		s.fields = map[string]string{}
	}
	s.path = append(s.path, name)
	s.text.Reset()
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
		if _, seen := s.fields[name]; !seen {
			s.fields[name] = squeeze(s.text.String())
		}
	}
	s.text.Reset()
}

func (s *sitemapReader) complete(name string) {
	link := absolute(s.base, s.fields["loc"])
	if link == "" {
		return
	}
	c := feedContext{o: s.o}
	changed := c.date(s.fields["lastmod"])
	if name == "sitemap" {
		if s.children = append(s.children, child{link, changed}); len(s.children) >= 2*news.MaxListed {
			s.sortChildren()
		}
		return
	}
	f := s.fields
	story := news.Story{
		URL:       link,
		Title:     title(f["title"]),
		Published: c.date(f["publication_date"]),
		Modified:  changed,
		Outlet:    f["name"],
		Language:  language(s.o, f["title"], f["language"]),
		Paywalled: strings.EqualFold(f["access"], "subscription"),
	}
	if s.stories = append(s.stories, story); len(s.stories) >= 2*news.MaxListed {
		s.stories = newest(s.stories)
	}
}

func (s *sitemapReader) sortChildren() {
	slices.SortStableFunc(s.children, func(a, b child) int { return b.changed.Compare(a.changed) })
	s.children = s.children[:min(len(s.children), news.MaxListed)]
}

func (s *sitemapReader) sitemaps() []string {
	s.sortChildren()
	var urls []string
	for _, c := range s.children {
		urls = append(urls, c.url)
	}
	return urls
}
