package crawler

import (
	"bufio"
	"bytes"
	"fmt"
	"io"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
)

// Limits of decoded bodies, in bytes.
const (
	maxPage    = 5 << 20
	maxFeed    = 10 << 20
	maxSitemap = 50 << 20
)

// Accept headers.
const (
	acceptPage = "text/html, application/xhtml+xml, */*;q=0.8"
	acceptList = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, " +
		"text/xml;q=0.9, */*;q=0.5"
)

// listReader is how the lists of one kind of source are fetched and read. Either read
// or stream is set.
type listReader struct {
	accept string // Accept header of a request for the list
	limit  int64  // most bytes of a list, decoded
	pushed bool   // a WebSub hub may push it

	// read reads a whole document as a list.
	read func(c *Crawler, src *news.Source, doc Document) (extract.List, error)
	// stream reads a list as it comes, of a document without a body.
	stream func(c *Crawler, src *news.Source, doc Document, r io.Reader) (extract.List, error)
}

// kinds is the table of kinds: a new kind of source is a row here, its reader,
// and a row of news.Kinds.
var kinds = map[news.SourceKind]listReader{
	news.KindFeed:       {accept: acceptList, limit: maxFeed, pushed: true, read: (*Crawler).readFeed},
	news.KindSitemap:    {accept: acceptList, limit: maxSitemap, stream: (*Crawler).readSitemap},
	news.KindPage:       {accept: acceptPage, limit: maxPage, pushed: true, read: (*Crawler).readIndex},
	news.KindGoogleNews: {accept: acceptList, limit: maxFeed, read: (*Crawler).readGoogleNews},
}

func (c *Crawler) readFeed(src *news.Source, doc Document) (extract.List, error) {
	if news.IsGoogleNews(src.URL) {
		return c.readGoogleNews(src, doc)
	}
	if kind := extract.Sniff(doc.Body); kind != extract.KindFeed {
		return extract.List{}, fmt.Errorf("not a feed: %w", whatIs(kind, doc.Body))
	}
	return c.read.feed(doc.Body, c.extractOptions(src, doc))
}

func (c *Crawler) readGoogleNews(src *news.Source, doc Document) (extract.List, error) {
	if kind := extract.Sniff(doc.Body); kind != extract.KindFeed {
		return extract.List{}, fmt.Errorf("not a feed: %w", whatIs(kind, doc.Body))
	}
	return c.read.google(doc.Body, c.extractOptions(src, doc))
}

func (c *Crawler) readIndex(src *news.Source, doc Document) (extract.List, error) {
	kind := extract.Sniff(doc.Body)
	isPage := kind == extract.KindIndex || kind == extract.KindArticle
	if !isPage || len(bytes.TrimSpace(doc.Body)) == 0 {
		return extract.List{}, fmt.Errorf("not an index page: %w", whatIs(kind, doc.Body))
	}
	list, err := c.read.index(doc.Body, src.Links, c.extractOptions(src, doc))
	if wall := wallIn(doc.Body); err == nil && len(list.Stories) == 0 && wall != "" {
		err = fmt.Errorf("%w: %s", errWall, wall)
	}
	return list, err
}

// readSitemap reads a sitemap as it comes: it may have 50 MB.
func (c *Crawler) readSitemap(src *news.Source, doc Document, r io.Reader) (extract.List, error) {
	buffered := bufio.NewReaderSize(r, wallSize)
	head, _ := buffered.Peek(wallSize)
	if kind := extract.Sniff(head); kind != extract.KindSitemap {
		return extract.List{}, fmt.Errorf("not a sitemap: %w", whatIs(kind, head))
	}
	return c.read.sitemap(buffered, c.extractOptions(src, doc))
}
