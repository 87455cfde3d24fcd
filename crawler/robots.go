package crawler

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/copytaster/copytaster/crawler/robots"
	"github.com/copytaster/copytaster/internal/news"
)

// Robots keeps the robots.txt of origins over restarts and for all who crawl
// beside us. An origin is a scheme, a name and a port, "https://a.example".
type Robots interface {
	// Robots returns what an origin gave last, and when; the zero time when it
	// never gave anything.
	Robots(ctx context.Context, origin string) (text []byte, read time.Time, err error)
	// SaveRobots keeps what an origin gave.
	SaveRobots(ctx context.Context, origin string, text []byte, read time.Time) error
}

// A copy is good for a day (RFC 9309, section 2.4). When there is no newer one
// to be had it is obeyed for 30 days, which section 2.3.1.4 calls a reasonably
// long time; then, as without any copy, nothing may be fetched.
const (
	robotsAge     = 24 * time.Hour
	robotsKept    = 30 * 24 * time.Hour
	robotsRetry   = time.Minute      // when it could not be had
	copyRetry     = 10 * time.Minute // after a failure where an older copy is obeyed meanwhile
	robotsTimeout = 10 * time.Second // a small file that everything waits for
	maxRobots     = 2048             // hosts
	robotsMemory  = 32 << 20         // bytes that the rules of all hosts may take
)

// robotsFiles are the robots.txt of the hosts met lately. The zero value works.
type robotsFiles struct {
	mu    sync.Mutex
	files map[string]*robotsFile
	size  int // bytes of the rules of all files
}

// robotsFile is one origin's, fetched by one caller at a time: who comes in the
// meantime waits, and then finds it fresh.
type robotsFile struct {
	turn  chan struct{} // holds a token while a caller is at the file
	size  int           // bytes of its rules, for robotsFiles
	rules *robots.Rules // the last good copy; nil: there never was one
	read  time.Time     // when the copy was good
	fault error         // why it could not be had; nil when rules are good
	until time.Time     // when it is asked for again
}

// of returns the file of an origin.
func (f *robotsFiles) of(origin string) *robotsFile {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, ok := f.files[origin]
	if !ok {
		if f.files == nil {
			f.files = map[string]*robotsFile{}
		}
		if len(f.files) >= maxRobots {
			f.drop(file)
		}
		file = &robotsFile{turn: make(chan struct{}, 1)}
		f.files[origin] = file
	}
	return file
}

// drop forgets one file, any of them but the one given.
func (f *robotsFiles) drop(except *robotsFile) {
	for origin, file := range f.files {
		if file != except {
			f.size -= file.size
			delete(f.files, origin)
			return
		}
	}
}

// keep takes a good copy of an origin's file. Rules of others are forgotten
// when all together take too much memory: they can be had again.
func (f *robotsFiles) keep(origin string, file *robotsFile, rules *robots.Rules, read time.Time) {
	file.rules, file.read, file.fault, file.until = rules, read, nil, read.Add(robotsAge)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.files[origin] != file { // forgotten meanwhile
		return
	}
	size := rules.Size()
	f.size += size - file.size
	file.size = size
	for f.size > robotsMemory && len(f.files) > 1 {
		f.drop(file)
	}
}

// robotsOf returns what the host of u asks of us. A host whose robots.txt
// cannot be had is not to be crawled, unless an older copy of it is at hand.
func (c *Crawler) robotsOf(ctx context.Context, src *news.Source, u *url.URL) (*robots.Rules, error) {
	origin := u.Scheme + "://" + strings.ToLower(u.Host)
	file := c.robots.of(origin)
	select {
	case file.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-file.turn }()
	if c.now().Before(file.until) {
		return file.rules, file.fault
	}
	if err := c.recallRobots(ctx, origin, file); err != nil {
		return nil, err
	}
	if c.now().Before(file.until) {
		return file.rules, file.fault
	}
	return c.renewRobots(ctx, src, origin, file)
}

// recallRobots takes up a copy that was read before this crawler was made, or
// by another one since.
func (c *Crawler) recallRobots(ctx context.Context, origin string, file *robotsFile) error {
	if c.options.Robots == nil {
		return nil
	}
	text, read, err := c.options.Robots.Robots(ctx, origin)
	if err != nil {
		return err
	}
	if now := c.now(); read.After(now) { // another machine's clock
		read = now
	}
	if read.After(file.read) {
		c.robots.keep(origin, file, robots.Parse(text).For(c.token), read)
	}
	return nil
}

// renewRobots fetches the file and says what holds from now on.
func (c *Crawler) renewRobots(
	ctx context.Context, src *news.Source, origin string, file *robotsFile,
) (*robots.Rules, error) {
	interval := c.options.HostInterval
	if file.rules != nil {
		interval = max(interval, file.rules.CrawlDelay(c.token))
	}
	text, err := c.fetchRobots(ctx, src, origin+"/robots.txt", interval)
	now := c.now()
	var fault *news.CrawlError
	switch {
	case err == nil:
		c.robots.keep(origin, file, robots.Parse(text).For(c.token), now)
		if c.options.Robots == nil {
			break
		}
		if err := c.options.Robots.SaveRobots(ctx, origin, text, now); err != nil {
			c.log.Warn("robots.txt is obeyed, but could not be kept", "origin", origin, "error", err)
		}
	case ctx.Err() != nil || !errors.As(err, &fault): // says nothing about the file
		return nil, err
	case file.rules != nil && now.Sub(file.read) < robotsKept:
		c.log.Warn("robots.txt cannot be had, the last copy is used", "origin", origin, "read", file.read, "error", err)
		file.until = now.Add(max(copyRetry, fault.RetryAfter))
	default:
		file.rules, file.fault, file.until = nil, fault, now.Add(max(robotsRetry, fault.RetryAfter))
	}
	return file.rules, file.fault
}

// fetchRobots fetches a robots.txt (RFC 9309, section 2.3.1): a 4xx and too
// many redirects mean that there is none, so that all is allowed. 429 is the
// exception: it says nothing about the file.
func (c *Crawler) fetchRobots(
	ctx context.Context, src *news.Source, target string, interval time.Duration,
) ([]byte, error) {
	v := &trip{source: src, limit: robots.MaxSize, cut: true, left: min(c.options.Timeout, robotsTimeout)}
	v.admit = func(ctx context.Context, u *url.URL) error { return c.reserve(ctx, u, interval) }
	doc, err := c.visit(ctx, v, target, http.Header{"Accept": {"text/plain, */*;q=0.5"}})
	var fault *news.CrawlError
	if !errors.As(err, &fault) {
		return doc.Body, err
	}
	switch {
	case fault.Fault == news.FaultThrottled:
		return nil, err
	case fault.Fault == news.FaultRedirects, fault.Status >= 400 && fault.Status < 500:
		return nil, nil
	case fault.Status != 0: // 5xx and whatever else is no answer
		return nil, &news.CrawlError{Fault: news.FaultRobots, URL: fault.URL, Status: fault.Status, Err: errors.New("it cannot be had, so that nothing may be fetched")}
	}
	return nil, err
}
