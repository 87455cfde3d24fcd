package extract

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/mmcdole/gofeed/atom"
	"github.com/mmcdole/gofeed/rss"
	"golang.org/x/net/html"

	"github.com/copytaster/copytaster/crawler/extract/cites"
	"github.com/copytaster/copytaster/internal/news"
)

// Feed reads RSS, RDF, Atom and JSON Feed. The bytes are decoded and mended
// first: a truncated feed gives its complete stories, a feed that is none an
// error that says what it is instead. Text holds a story's full text where the
// feed carries it, Summary its teaser.
func Feed(body []byte, o Options) (list List, err error) {
	defer finish("feed", &err)
	c := feedContext{o: o, base: baseOf(o)}
	return c.read(body)
}

func (c *feedContext) read(body []byte) (List, error) {
	if err := fits(len(body), maxFeed); err != nil {
		return List{}, err
	}
	text := bytes.TrimSpace(toUTF8(body, c.o.Charset))
	if len(text) == 0 {
		return List{}, fmt.Errorf("%w: an empty document", errNotAFeed)
	}
	if start := jsonStart(text); start >= 0 {
		return c.readJSONFeed(text[start:])
	}
	return c.readXMLFeed(text)
}

// finish returns the list of a feed: its newest stories, with what the feed says
// of all of them.
func (c *feedContext) finish(stories *storyList) (List, error) {
	if len(stories.kept) == 0 && stories.broken > 0 {
		return List{}, fmt.Errorf("none of its %d stories can be read", stories.skipped)
	}
	list := c.list
	list.Kind, list.Skipped = KindFeed, stories.skipped
	list.Stories = Newest(stories.kept)
	for i := range list.Stories {
		c.complete(&list.Stories[i])
	}
	fillLanguage(list.Stories)
	for i := range list.Stories {
		if s := &list.Stories[i]; s.Text != "" { // its page may never be read
			s.Cites = cites.Of(s)
		}
	}
	return list, nil
}

// errNotAFeed is a document that is something else than a feed.
var errNotAFeed = errors.New("not a feed")

// readXMLFeed reads the stories of RSS, RDF and Atom as the mender gives them,
// then the frame around them.
func (c *feedContext) readXMLFeed(text []byte) (List, error) {
	if text[0] != '<' {
		if i := bytes.IndexByte(text, '<'); i < 0 || !looksLikeXML(text[i:]) {
			return List{}, fmt.Errorf("%w: plain text", errNotAFeed)
		}
	}
	var stories storyList
	m, err := mendXML(text, func(b batch) error {
		if !isFeedRoot(b.root) {
			return notAFeed(b.root, text)
		}
		return c.readBatch(b, &stories)
	})
	switch {
	case errors.Is(err, ErrCostly), errors.Is(err, errNotAFeed):
		return List{}, err
	case err != nil && isHTML(text):
		return List{}, notAFeed("html", text)
	case err != nil:
		return List{}, fmt.Errorf("%w: %w", errNotAFeed, err)
	case !isFeedRoot(m.root):
		return List{}, notAFeed(m.root, text)
	}
	stories.skipped += m.dropped
	stories.broken += m.dropped
	c.readFrame(m.root, m.frame.Bytes())
	return c.finish(&stories)
}

func isFeedRoot(name string) bool { return name == "rss" || name == "rdf" || name == "feed" }

// readBatch adds the stories of a batch. When the batch cannot be parsed its
// stories are parsed one by one, and only those that cannot are skipped.
func (c *feedContext) readBatch(b batch, to *storyList) error {
	stories, err := c.parse(b.root, b.document(b.stories...))
	if err != nil && len(b.stories) == 1 {
		return to.lose()
	}
	if err != nil {
		for _, s := range b.stories {
			one := b
			one.stories = [][]byte{s}
			if err := c.readBatch(one, to); err != nil {
				return err
			}
		}
		return nil
	}
	for _, s := range stories {
		if err := to.add(s); err != nil {
			return err
		}
	}
	return nil
}

// parse parses a document with a few stories. A panic of the parser is an error
// of these stories alone.
func (c *feedContext) parse(root string, doc []byte) (stories []news.Story, err error) {
	defer finish(root, &err)
	if root == "feed" {
		feed, err := (&atom.Parser{}).Parse(bytes.NewReader(doc))
		if err != nil {
			return nil, err
		}
		return c.atomStories(feed), nil
	}
	feed, err := (&rss.Parser{}).Parse(bytes.NewReader(doc))
	if err != nil {
		return nil, err
	}
	return c.rssStories(feed), nil
}

// readFrame reads what a feed says of itself. Its stories are worth having
// without that, too.
func (c *feedContext) readFrame(root string, doc []byte) {
	defer func() { _ = recover() }() // as for an error
	if root == "feed" {
		if feed, err := (&atom.Parser{}).Parse(bytes.NewReader(doc)); err == nil {
			c.atomFrame(feed)
		}
		return
	}
	if feed, err := (&rss.Parser{}).Parse(bytes.NewReader(doc)); err == nil {
		c.rssFrame(feed)
	}
}

// looksLikeXML reports whether text that follows some garbage begins a feed.
func looksLikeXML(text []byte) bool {
	for _, start := range []string{"<?xml", "<rss", "<feed", "<rdf", "<!--"} {
		if len(text) >= len(start) && strings.EqualFold(string(text[:len(start)]), start) {
			return true
		}
	}
	return false
}

func isHTML(text []byte) bool {
	head := bytes.ToLower(text[:min(len(text), 4<<10)])
	return bytes.Contains(head, []byte("<html")) || bytes.Contains(head, []byte("<!doctype html"))
}

// notAFeed says what a document is that stands where a feed should be. The
// title of an HTML page tells the operator of a captcha or a cookie wall.
func notAFeed(root string, text []byte) error {
	switch root {
	case "urlset", "sitemapindex":
		return fmt.Errorf("%w: a sitemap", errNotAFeed)
	case "html", "head", "body", "script", "div", "meta", "p", "title", "center":
		if name := pageTitle(text); name != "" {
			return fmt.Errorf("%w: an HTML page (%q)", errNotAFeed, name)
		}
		return fmt.Errorf("%w: an HTML page", errNotAFeed)
	}
	return fmt.Errorf("%w: an XML document that begins with <%s>", errNotAFeed, clip(root, 40))
}

// pageTitle returns the title of an HTML page, shortened.
func pageTitle(text []byte) string {
	z := html.NewTokenizer(bytes.NewReader(text))
	z.SetMaxBuf(64 << 10)
	for range 500 {
		switch z.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "title" && z.Next() == html.TextToken {
				return clip(squeeze(string(z.Text())), 80)
			}
		}
	}
	return ""
}

// clip shortens a text to at most n runes.
func clip(s string, n int) string {
	runes := 0
	for i := range s {
		if runes++; runes > n {
			return s[:i] + "…"
		}
	}
	return s
}
