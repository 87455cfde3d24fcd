// Package discover finds where a site lists its stories: Find looks at a page
// and at the places where feeds and news sitemaps usually are, reads what it
// finds, and returns what is worth crawling, best first.
//
// It makes no request itself: Options.Fetch does, one after the other, and
// decides how politely. The report says how many were made, and in Notes what
// was left out and why.
package discover

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Budget is the most documents that Find asks for when nobody says how many.
const Budget = 30

// Document is the answer to a request.
type Document struct {
	URL     string   // the last one, after redirects
	Charset string   // of its Content-Type, "" when that names none
	Link    []string // values of its Link headers
	Body    []byte   // decoded, except for its charset
}

// Options say how Find looks. Fetch must be set.
type Options struct {
	// Fetch fetches a URL and obeys robots.txt. Its errors are those of
	// crawler.Fetch: *news.CrawlError and *news.LaterError.
	Fetch func(ctx context.Context, url string) (Document, error)

	UserAgent string    // whose Crawl-delay robots.txt is asked for; "" is copytaster
	Now       time.Time // the time by which lists are fresh or stale
	Budget    int       // documents that may be asked for; 0 is Budget
}

// Found is a list of stories that was found and read.
type Found struct {
	Kind     news.SourceKind
	URL      string
	Name     string // to begin with: words of the host and the path with "-" between them
	Title    string // as the list has it, else the site
	Language string // of most of its stories, "" when it is not known
	Stories  int
	Newest   time.Time     // date of its newest story; zero when none is dated
	FullText bool          // most stories come with their text
	Titled   bool          // most stories come with a title: those of a plain sitemap do not
	Hub      string        // WebSub hub that the feed names, "" when there is none
	Delay    time.Duration // Crawl-delay that its host's robots.txt asks for
	Via      string        // how it was found, for people: "the page names it"

	keys   map[string]bool // of its stories, to compare lists
	recent int             // stories of the last two days
	own    bool            // the section that was asked for names it
}

// Result is the outcome of a search.
type Result struct {
	Site     string   // the site's name, else its host
	Sources  []Found  // best first; none adds only what the ones before it have
	Notes    []string // what was left out and why, a sentence each; without sources, why there are none
	Requests int
}

// Find looks for the lists of a site, beginning at a URL: a page, or a list
// itself. It is an error when the URL is none or ctx ended before anything was
// found; when nothing is found, the notes say why.
func Find(ctx context.Context, start string, o Options) (Result, error) {
	u, err := url.Parse(strings.TrimSpace(start))
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return Result{}, fmt.Errorf("discover sources: %q is no http or https URL", start)
	}
	if o.Budget <= 0 {
		o.Budget = Budget
	}
	u.Fragment = ""
	s := &search{o: o, start: u, seen: map[string]bool{}, delays: map[string]time.Duration{}}
	s.run(ctx)
	r := Result{Site: s.site, Sources: s.best(), Requests: s.requests}
	if r.Notes = s.notes; len(r.Sources) == 0 {
		r.Notes = slices.Concat(s.barren, s.notes)
	}
	if r.Site == "" {
		r.Site = u.Hostname()
	}
	if err := ctx.Err(); err != nil && len(r.Sources) == 0 && !errors.Is(err, context.DeadlineExceeded) {
		return r, fmt.Errorf("discover sources of %s: %w", u.Redacted(), err)
	}
	return r, nil
}
