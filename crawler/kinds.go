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
	accept string       // Accept header of a request for the list
	limit  int64        // most bytes of a list, decoded
	pushed bool         // a WebSub hub may push it
	is     extract.Kind // what a list is by its bytes
	what   string       // is, for people

	// read reads a whole document.
	read func(src *news.Source, body []byte, o extract.Options) (extract.List, error)
	// stream reads a document as it comes.
	stream func(r io.Reader, o extract.Options) (extract.List, error)
}

// kinds returns the table of kinds: a new kind of source is a row here, its reader,
// and a row of news.Kinds.
func kinds() map[news.SourceKind]listReader {
	return map[news.SourceKind]listReader{
		news.KindFeed: {accept: acceptList, limit: maxFeed, pushed: true,
			is: extract.KindFeed, what: "a feed", read: readFeed},
		news.KindSitemap: {accept: acceptList, limit: maxSitemap,
			is: extract.KindSitemap, what: "a sitemap", stream: extract.Sitemap},
		news.KindPage: {accept: acceptPage, limit: maxPage, pushed: true,
			is: extract.KindIndex, what: "an index page", read: readIndex},
		news.KindGoogleNews: {accept: acceptList, limit: maxFeed,
			is: extract.KindFeed, what: "a feed", read: readGoogleNews},
	}
}

// check returns an error that says what a document is, unless it is a list of the
// kind. A page with few links is a list as well.
func (k listReader) check(body []byte) error {
	is := extract.Sniff(body)
	if len(bytes.TrimSpace(body)) > 0 && (is == k.is || is.IsPage() && k.is.IsPage()) {
		return nil
	}
	return fmt.Errorf("not %s: %w", k.what, whatIs(is, body))
}

// readDocument reads a whole document.
func (k listReader) readDocument(src *news.Source, body []byte, o extract.Options) (extract.List, error) {
	if err := k.check(body); err != nil {
		return extract.List{}, err
	}
	return k.read(src, body, o)
}

// readStream reads a document as it comes: a sitemap may have 50 MB.
func (k listReader) readStream(r io.Reader, o extract.Options) (extract.List, error) {
	buffered := bufio.NewReaderSize(r, wallSize)
	head, _ := buffered.Peek(wallSize)
	if err := k.check(head); err != nil {
		return extract.List{}, err
	}
	return k.stream(buffered, o)
}

func readFeed(src *news.Source, body []byte, o extract.Options) (extract.List, error) {
	if news.IsGoogleNews(src.URL) {
		return extract.GoogleNews(body, o)
	}
	return extract.Feed(body, o)
}

func readGoogleNews(_ *news.Source, body []byte, o extract.Options) (extract.List, error) {
	return extract.GoogleNews(body, o)
}

func readIndex(src *news.Source, body []byte, o extract.Options) (extract.List, error) {
	list, err := extract.Index(body, src.Links, o)
	if wall := wallIn(body); err == nil && len(list.Stories) == 0 && wall != "" {
		err = fmt.Errorf("%w: %s", errWall, wall)
	}
	return list, err
}
