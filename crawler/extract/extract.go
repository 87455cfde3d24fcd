// Package extract turns bytes into stories: Sniff says what a document is, and
// Feed, Sitemap, Index and Article read it. It is pure: no network, no clock,
// nothing remembered; every reader is safe for concurrent use and bounded in
// time and memory whatever the input, and a panic of a library comes back as
// an error.
//
// A List holds the stories of a feed, a sitemap or an index page in the order
// of the document, at most news.MaxListed, newest kept. Article returns one
// story with its text, one paragraph a line.
package extract

import (
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Options says what is known about a document beside its bytes.
type Options struct {
	URL      string         // where it was read; relative links are resolved against it
	Charset  string         // charset of the Content-Type header, a hint only; may be ""
	DatesIn  *time.Location // zone of dates that name none; nil is UTC
	Language string         // language of the stories when it is known, else it is detected
	Now      time.Time      // dates after it are clamped to it; zero clamps nothing
}

// List is what a feed, a sitemap or an index page holds.
type List struct {
	Kind     Kind
	Title    string
	Stories  []news.Story // in the order of the document, at most news.MaxListed
	Skipped  int          // stories that could not be read, and are not among them
	Sitemaps []string     // the children of a sitemap index, newest first, at most news.MaxListed
	Hubs     []string     // URLs of the WebSub hubs that a feed names, in its order
	Topic    string       // URL that a feed calls itself by, "" when it does not
}

// The causes a caller may branch on, wrapped in the readers' errors.
var (
	ErrTooLarge = errors.New("too large")
	ErrCostly   = errors.New("too costly to read") // far more work or memory than the document's size suggests
	ErrPanic    = errors.New("panic")
)

// MostMemory returns what reading a document of a size takes, at most, in
// bytes. A tag of three bytes takes 120, and a document is held in up to three
// forms at once.
func MostMemory(size int) int64 { return min(40*int64(size), 64<<20) + 3*int64(size) }

// Sizes of decoded documents, in bytes, above which they are refused: real
// pages and feeds stay far below, and the libraries' time and memory grow with
// the input.
const (
	maxPage    = 5 << 20
	maxFeed    = 10 << 20
	maxSitemap = 50 << 20
)

// finish puts the reader's name before its error and turns a panic of a
// library into one: a page must never stop a crawl. It is to be deferred itself,
// for only then can it recover.
func finish(what string, err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: %v", ErrPanic, r)
	}
	if *err != nil {
		*err = fmt.Errorf("extract %s: %w", what, *err)
	}
}

// fits refuses a document above a limit of bytes.
func fits(size, limit int) error {
	if size > limit {
		return fmt.Errorf("%w: %.1f MB, at most %d MB", ErrTooLarge, float64(size)/(1<<20), limit>>20)
	}
	return nil
}
