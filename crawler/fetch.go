package crawler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/gocolly/colly/v2"
)

// maxHold is the longest Retry-After that is believed. defaultHold is how long a
// host is left alone that answers 429 without one.
const (
	maxHold     = 24 * time.Hour
	defaultHold = time.Minute
)

// hopTime is how long a chain of redirects that had to wait can be resumed.
const hopTime = 30 * time.Minute

// Document is the answer to a request.
type Document struct {
	URL     string // the last one, after redirects
	Status  int
	Header  http.Header // Content-Type without its charset
	Body    []byte      // decoded, except for its charset
	Charset string      // as the Content-Type names it, "" when it does not

	moved string // where permanent redirects lead, "" when there were none
}

// newEngine sets colly up to do nothing that the guard does: no limits, robots,
// cookies, memory of URLs, nor reading of the environment.
func newEngine(g *guard) *colly.Collector {
	c := new(colly.Collector)
	c.Init()
	c.AllowURLRevisit = true
	c.ParseHTTPErrorResponse = true
	c.IgnoreRobotsTxt = true
	c.MaxBodySize = 0
	c.DisableCookies()
	c.SetRequestTimeout(0)
	c.SetRedirectHandler(redirect)
	c.WithTransport(g)
	return c
}

// Fetch fetches a URL the way src's own are fetched. Any status but 2xx is an
// error.
func (c *Crawler) Fetch(ctx context.Context, src news.Source, url string) (doc Document, err error) {
	defer c.recoverFrom(url, &err)
	limit := cmp.Or(c.lists[src.Kind].limit, maxSitemap)
	return c.visit(ctx, c.newTrip(&src, limit), url, http.Header{"Accept": {"*/*"}})
}

// newTrip returns a trip for a source: with its secrets, and as robots.txt
// has it.
func (c *Crawler) newTrip(src *news.Source, limit int64) *trip {
	return &trip{
		source: src, limit: limit, left: c.options.Timeout,
		admit: func(ctx context.Context, u *url.URL) error { return c.admit(ctx, src, u) },
	}
}

// admit returns when robots.txt allows a request and the host's slot has come.
func (c *Crawler) admit(ctx context.Context, src *news.Source, u *url.URL) error {
	interval := c.options.HostInterval
	if !src.IgnoreRobots {
		rules, err := c.robotsOf(ctx, src, u)
		if err != nil {
			return finalError{err}
		}
		path := u.EscapedPath()
		if u.RawQuery != "" {
			path += "?" + u.RawQuery
		}
		if !rules.Allowed(c.token, path) {
			return finalError{&news.CrawlError{Fault: news.FaultRobots, URL: u.Redacted(), Err: fmt.Errorf("%s may not fetch it", c.token)}}
		}
		interval = max(interval, rules.CrawlDelay(c.token))
	}
	return c.reserve(ctx, u, interval)
}

func (c *Crawler) reserve(ctx context.Context, u *url.URL, interval time.Duration) error {
	if err := c.hosts.Reserve(ctx, news.HostOf(u), interval); err != nil {
		return finalError{err}
	}
	return nil
}

// visit makes the requests of a trip and judges the answer.
func (c *Crawler) visit(ctx context.Context, v *trip, target string, header http.Header) (Document, error) {
	start, err := c.prepare(v, target)
	if err != nil {
		return Document{}, err
	}
	// Redirects that had to wait for a slot last time go on from there: from
	// the start the same wait would come up every time.
	if h, ok := c.hops.take(start, c.now()); ok {
		v.hop = h
	}
	header = header.Clone()
	header.Set("User-Agent", c.options.UserAgent)
	doc, err := c.run(ctx, v, cmp.Or(v.hop.url, start), header)
	var later *news.LaterError
	if errors.As(err, &later) && v.hop.count > 0 {
		c.hops.leave(start, v.hop, later.At.Add(hopTime))
	}
	if err != nil {
		return Document{}, err
	}
	if v.hop.moved != start {
		doc.moved = v.hop.moved
	}
	return doc, c.judge(ctx, v, doc, header)
}

// prepare takes the user and password out of a URL and makes what the trip
// needs of its source. It returns the URL to begin with.
func (c *Crawler) prepare(v *trip, target string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(target))
	if err != nil { // which would show a password
		return "", &news.CrawlError{Fault: news.FaultConnect, Err: errors.New("the URL cannot be read")}
	}
	v.at = u
	if v.own, err = url.Parse(strings.TrimSpace(v.source.URL)); err != nil || v.own.Host == "" {
		v.own = u
	}
	if user := v.own.User; user != nil && v.source.User == "" {
		src := *v.source
		password, _ := user.Password()
		src.User, src.Password = user.Username(), news.Secret(password)
		v.source = &src
	}
	u.User = nil
	if v.cookies, err = c.cookies.jar(v.source.CookiesFile); err != nil {
		return "", &news.CrawlError{Fault: news.FaultConnect, URL: u.String(), Err: err}
	}
	return u.String(), nil
}

// run makes the requests of a trip in a collector of its own.
func (c *Crawler) run(ctx context.Context, v *trip, target string, header http.Header) (Document, error) {
	var doc Document
	collector := c.engine.Clone()
	collector.Context = context.WithValue(ctx, tripKey{}, v)
	collector.OnResponse(func(r *colly.Response) {
		doc = Document{
			URL: r.Request.URL.String(), Status: r.StatusCode, Header: *r.Headers, Body: r.Body, Charset: v.charset,
		}
	})
	if err := collector.Request(http.MethodGet, target, nil, nil, header); err != nil {
		return Document{}, c.fault(ctx, v, err)
	}
	return doc, nil
}

// judge returns an error for every status without a document. A 304 counts as one
// when the request was conditional.
func (c *Crawler) judge(ctx context.Context, v *trip, doc Document, asked http.Header) error {
	fault := &news.CrawlError{Fault: news.FaultStatus, URL: doc.URL, Status: doc.Status}
	wait := min(news.RetryAfter(doc.Header.Get("Retry-After"), c.now()), maxHold)
	switch {
	case doc.Status >= 200 && doc.Status < 300:
		return nil
	case doc.Status == http.StatusNotModified && isConditional(asked):
		return nil
	case doc.Status == http.StatusNotFound || doc.Status == http.StatusGone:
		fault.Fault = news.FaultGone
	case doc.Status == http.StatusTooManyRequests, doc.Status == http.StatusServiceUnavailable && wait > 0:
		fault.Fault, fault.RetryAfter = news.FaultThrottled, wait
		if wait == 0 {
			wait = defaultHold
		}
		if err := c.hosts.Hold(ctx, news.HostOf(v.at), c.now().Add(wait)); err != nil {
			return err
		}
	}
	return fault
}

func isConditional(h http.Header) bool {
	return h.Get("If-None-Match") != "" || h.Get("If-Modified-Since") != ""
}
