package crawler

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/copytaster/copytaster/crawler/robots"
	"github.com/copytaster/copytaster/internal/news"
)

const (
	robotsAge     = 24 * time.Hour   // RFC 9309, section 2.4
	robotsRetry   = time.Minute      // when it could not be had
	robotsTimeout = 10 * time.Second // a small file that everything waits for
	maxRobots     = 2048             // hosts
)

// robotsFiles are the robots.txt of the hosts met lately. The zero value works.
type robotsFiles struct {
	mu    sync.Mutex
	files map[string]*robotsFile
}

// robotsFile is one host's, fetched by one caller at a time: who comes in the
// meantime waits, and then finds it fresh.
type robotsFile struct {
	turn  chan struct{} // holds a token while a caller is at the file
	rules *robots.Rules // the last good copy; nil: there never was one
	fault error         // why it could not be had; nil when rules are good
	until time.Time     // when it is asked for again
}

// of returns the file of a host.
func (f *robotsFiles) of(host string) *robotsFile {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, ok := f.files[host]
	if !ok {
		if f.files == nil {
			f.files = map[string]*robotsFile{}
		}
		dropOne(f.files, maxRobots)
		file = &robotsFile{turn: make(chan struct{}, 1)}
		f.files[host] = file
	}
	return file
}

// robotsOf returns what the host of u asks of us. A host whose robots.txt
// cannot be had is not to be crawled, unless an older copy of it is at hand.
func (c *Crawler) robotsOf(ctx context.Context, src *news.Source, u *url.URL) (*robots.Rules, error) {
	host := url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/robots.txt"}
	file := c.robots.of(host.String())
	select {
	case file.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-file.turn }()
	if c.now().Before(file.until) {
		return file.rules, file.fault
	}
	rules, err := c.fetchRobots(ctx, src, host.String())
	var fault *news.CrawlError
	switch {
	case err == nil:
		file.rules, file.fault, file.until = rules.For(c.token), nil, c.now().Add(robotsAge)
	case ctx.Err() != nil || !errors.As(err, &fault): // says nothing about the file
		return nil, err
	case file.rules != nil:
		c.log.Warn("robots.txt cannot be had, the last copy is used", "host", u.Host, "error", err)
		file.until = c.now().Add(robotsRetry)
	default:
		file.fault, file.until = fault, c.now().Add(max(robotsRetry, fault.RetryAfter))
	}
	return file.rules, file.fault
}

// fetchRobots fetches and reads a robots.txt (RFC 9309, section 2.3.1): a 4xx
// and too many redirects mean that there is none, so that all is allowed. 429
// is the exception: it says nothing about the file.
func (c *Crawler) fetchRobots(ctx context.Context, src *news.Source, target string) (*robots.Rules, error) {
	v := &visit{source: src, limit: robots.MaxSize, cut: true, left: min(c.options.Timeout, robotsTimeout)}
	v.admit = func(ctx context.Context, u *url.URL) error { return c.reserve(ctx, u, c.options.HostInterval) }
	doc, err := c.visit(ctx, v, target, http.Header{"Accept": {"text/plain, */*;q=0.5"}})
	var fault *news.CrawlError
	if !errors.As(err, &fault) {
		return robots.Parse(doc.Body), err
	}
	switch {
	case fault.Fault == news.FaultThrottled:
		return nil, err
	case fault.Fault == news.FaultRedirects, fault.Status >= 400 && fault.Status < 500:
		return &robots.Rules{}, nil
	case fault.Status != 0: // 5xx and whatever else is no answer
		return nil, &news.CrawlError{Fault: news.FaultRobots, URL: fault.URL, Status: fault.Status, Err: errors.New("it cannot be had, so that nothing may be fetched")}
	}
	return nil, err
}
