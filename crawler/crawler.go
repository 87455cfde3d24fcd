// Package crawler fetches lists and pages politely and turns them into
// stories. List crawls a source's feed, sitemap or index page, Page enriches a
// listed story by the page that it links to, Fetch only fetches; all three may
// be called from many goroutines.
//
// Every request, redirects included, goes through one guard: it asks
// robots.txt, waits for the host's slot, refuses private addresses after DNS,
// keeps secrets on the source's own host, and ends at a limit of bytes and at
// a deadline. An error is a *news.CrawlError, or a *news.LaterError when the
// host's slot is too far off; anything else is the error of Hosts itself. A
// context that ended comes back as a CrawlError that wraps its error.
package crawler

import (
	"context"
	"log/slog"
	"net/netip"
	"time"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/crawler/robots"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/gocolly/colly/v2"
)

// Hosts shares out the moments at which a host may be asked, over everybody
// who asks it. A host is a name, with its port unless that is the scheme's own.
type Hosts interface {
	// Reserve returns when a request may be made, and keeps the host busy for
	// interval after it. When that is too far off to wait for, nothing is
	// reserved and the error is a *news.LaterError.
	Reserve(ctx context.Context, host string, interval time.Duration) error
	// Hold keeps the host from being asked before until.
	Hold(ctx context.Context, host string, until time.Time) error
}

// Options are the values of a Crawler. The zero value works.
type Options struct {
	UserAgent     string         // its product token is what robots.txt is asked about; "" names the project
	Timeout       time.Duration  // for one document, from the dial to the last byte, redirects included; 0 is 30 s
	HostInterval  time.Duration  // least time between two requests to a host; a Crawl-delay can raise it
	AllowNetworks []netip.Prefix // private networks that may be crawled
	Robots        Robots         // keeps robots.txt over restarts; nil forgets it with the crawler

	Now func() time.Time // nil is time.Now
}

const (
	defaultUserAgent = "copytaster (+https://github.com/copytaster/copytaster)"
	defaultTimeout   = 30 * time.Second
)

// Crawler fetches. Use New.
type Crawler struct {
	log     *slog.Logger
	hosts   Hosts
	options Options
	token   string // product token of the user agent
	guard   *guard
	engine  *colly.Collector
	cookies cookieFiles
	robots  robotsFiles
	texts   sightings // texts by the URLs that gave them
	claims  sightings // canonical URLs by the URLs that claimed them
	hops    memory[hop]
	indexes memory[[]string] // children of sitemap indexes
	lists   map[news.SourceKind]listReader
	article func([]byte, extract.Options) (news.Story, error)
	parsing parsing
	now     func() time.Time
}

// New returns a crawler. hosts may be nil: then no request waits for another.
func New(log *slog.Logger, hosts Hosts, o Options) *Crawler {
	if hosts == nil {
		hosts = freeHosts{}
	}
	if o.UserAgent == "" {
		o.UserAgent = defaultUserAgent
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	g := newGuard(o)
	return &Crawler{
		log:     log,
		hosts:   hosts,
		options: o,
		token:   robots.ProductToken(o.UserAgent),
		guard:   g,
		engine:  newEngine(g),
		lists:   kinds(),
		article: extract.Article,
		parsing: newParsing(),
		now:     o.Now,
	}
}

// freeHosts lets everybody ask every host at any time.
type freeHosts struct{}

func (freeHosts) Reserve(ctx context.Context, _ string, _ time.Duration) error { return ctx.Err() }

func (freeHosts) Hold(context.Context, string, time.Time) error { return nil }
