package discover

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/crawler/robots"
	"github.com/copytaster/copytaster/internal/news"
)

// Most places of one kind that are looked at, so that the first kind does not
// use up what the others need.
const (
	mostNamed    = 10 // feeds that the page names
	mostSitemaps = 5  // sitemaps that robots.txt names
	mostLinked   = 8  // links that look like feeds
	mostChildren = 3  // sitemaps of one index
)

// search is one run of Find.
type search struct {
	o        Options
	start    *url.URL
	site     string
	language string // that the page says it is written in
	requests int
	over     bool // nothing more can be fetched: the budget is spent, or the host does not answer
	seen     map[string]bool
	delays   map[string]time.Duration // by host
	found    []Found
	page     *Found // the start as an index page
	notes    []string
	barren   []string // notes on pages without story links, of interest when nothing is found
}

// location is where a list may be.
type location struct {
	url, title, via string
	list            bool // an HTML page there may list feeds
}

// run looks at one kind of place after the other, the likeliest first.
func (s *search) run(ctx context.Context) {
	first, err := s.fetch(ctx, s.start.String())
	sitemaps := s.robots(ctx, s.start)
	if err == nil && !extract.Sniff(first.Body).IsPage() {
		s.read(ctx, first, location{url: s.start.String(), via: "it is the URL given"})
		return
	}
	var links extract.Links
	if err == nil {
		links = s.readPage(first)
	}
	s.lookAll(ctx, named(links), mostNamed)
	s.lookAll(ctx, sitemaps, mostSitemaps)
	s.lookAll(ctx, s.linked(links), mostLinked)
	s.guess(ctx)
	if !s.has(news.KindFeed) && !s.has(news.KindSitemap) && s.page != nil {
		s.found = append(s.found, *s.page)
	}
}

// guess looks where nobody said that there is a list: below the section given,
// on the front page, and where such lists usually are.
func (s *search) guess(ctx context.Context) {
	if !s.has(news.KindFeed) {
		s.lookUntil(ctx, s.ofSection(), news.KindFeed)
	}
	if !s.has(news.KindFeed) && strings.Trim(s.start.Path, "/") != "" {
		s.front(ctx)
	}
	if !s.has(news.KindSitemap) {
		s.lookUntil(ctx, s.usual(usualSitemaps), news.KindSitemap)
	}
	if !s.has(news.KindFeed) {
		s.lookUntil(ctx, s.usual(usualFeeds), news.KindFeed)
	}
}

// front looks at the front page when the page given leads nowhere.
func (s *search) front(ctx context.Context) {
	root := s.start.ResolveReference(&url.URL{Path: "/"})
	doc, err := s.fetch(ctx, root.String())
	if err != nil {
		return
	}
	given := s.page
	links := s.readPage(doc)
	s.lookAll(ctx, named(links), mostNamed)
	s.lookAll(ctx, s.linked(links), mostLinked)
	if given != nil { // the section that was asked for comes first
		s.page = given
	}
}

// fetch fetches a URL once. An error that says something has been noted.
func (s *search) fetch(ctx context.Context, target string) (Document, error) {
	return s.fetchPlace(ctx, location{url: target})
}

func (s *search) fetchPlace(ctx context.Context, p location) (Document, error) {
	target := p.url
	s.seen[target] = true
	if s.over {
		return Document{}, errors.New("the search is over")
	}
	if s.requests >= s.o.Budget {
		s.end("the search ended: as many requests as it may make (%d) were made", s.requests)
		return Document{}, errors.New("the budget is spent")
	}
	s.requests++
	doc, err := s.o.Fetch(ctx, target)
	if err == nil {
		s.seen[doc.URL] = true
		return doc, nil
	}
	s.judge(ctx, p, err)
	return Document{}, err
}

// judge notes why a document cannot be had, and ends a search that can come to
// nothing more.
func (s *search) judge(ctx context.Context, p location, err error) {
	target, guessed := p.url, p.via == viaUsual
	var fault *news.CrawlError
	var later *news.LaterError
	switch {
	case errors.As(err, &later):
		s.requests-- // it was not made
		s.end("the host asks for long pauses between requests: the search ended early (requests made: %d)", s.requests)
	case ctx.Err() != nil:
		s.end("time was up (requests made: %d)", s.requests)
	case !errors.As(err, &fault):
		s.end("%v", err)
	case fault.Fault == news.FaultRobots:
		s.requests-- // none was made
		if fault.Status != 0 {
			s.end("robots.txt of %s cannot be had (%d): nothing may be fetched", news.Host(target), fault.Status)
			return
		}
		if !guessed {
			s.note("robots.txt forbids %s", target)
		}
	case news.Host(target) == news.HostOf(s.start) && isDead(fault.Fault):
		s.end("%v", err)
	case guessed || fault.Fault == news.FaultGone && target != s.start.String(): // it is not there
	default:
		s.note("%v", err)
	}
}

// isDead reports whether a fault is the host's, whatever it is asked for.
func isDead(f news.Fault) bool {
	return slices.Contains([]news.Fault{
		news.FaultDNS, news.FaultTLS, news.FaultConnect, news.FaultTimeout, news.FaultRefused, news.FaultThrottled,
	}, f)
}

func (s *search) note(format string, args ...any) {
	for i, arg := range args {
		if link, ok := arg.(string); ok {
			args[i] = news.ShownURL(link)
		}
	}
	if text := fmt.Sprintf(format, args...); !slices.Contains(s.notes, text) {
		s.notes = append(s.notes, text)
	}
}

func (s *search) end(format string, args ...any) {
	s.note(format, args...)
	s.over = true
}

// robots reads the robots.txt of a host: the pause that it asks for, and the
// sitemaps that it names.
func (s *search) robots(ctx context.Context, u *url.URL) []location {
	target := u.ResolveReference(&url.URL{Path: "/robots.txt"}).String()
	if s.over {
		return nil
	}
	doc, err := s.fetch(ctx, target)
	if err != nil {
		return nil
	}
	s.delays[news.HostOf(u)] = robots.Parse(doc.Body).CrawlDelay(robots.ProductToken(cmp.Or(s.o.UserAgent, "copytaster")))
	return sitemapsOf(doc.Body, u)
}

// lookAll looks at the first places of a list.
func (s *search) lookAll(ctx context.Context, places []location, most int) {
	for i, p := range places {
		if i >= most {
			s.note("%d more places like %s were not looked at", len(places)-i, p.url)
			return
		}
		s.look(ctx, p)
	}
}

// lookUntil looks at places until one of them holds a list of a kind.
func (s *search) lookUntil(ctx context.Context, places []location, kind news.SourceKind) {
	for _, p := range places {
		if s.look(ctx, p); s.has(kind) {
			return
		}
	}
}

func (s *search) look(ctx context.Context, p location) {
	if s.seen[p.url] || s.over {
		return
	}
	if doc, err := s.fetchPlace(ctx, p); err == nil {
		s.read(ctx, doc, p)
	}
}

// read reads the document of a place. An HTML page may list feeds: sites with many
// of them have such a page.
func (s *search) read(ctx context.Context, doc Document, p location) {
	switch extract.Sniff(doc.Body) {
	case extract.KindFeed:
		list, err := extract.Feed(doc.Body, s.options(doc))
		if err == nil {
			s.add(p, doc, news.KindFeed, list)
		} else if p.via != viaUsual {
			s.note("%s: %v", p.url, err)
		}
	case extract.KindSitemap:
		s.readSitemap(ctx, doc, p)
	default:
		if !p.list {
			return
		}
		if links, err := extract.PageLinks(doc.Body, s.options(doc)); err == nil {
			s.lookAll(ctx, append(named(links), s.linked(links)...), mostLinked)
		}
	}
}

// readSitemap reads a sitemap, or of an index the children that are likeliest
// to hold the news. Of an index whose children come and go it is the index
// that is worth crawling.
func (s *search) readSitemap(ctx context.Context, doc Document, p location) {
	list, err := extract.Sitemap(bytes.NewReader(doc.Body), s.options(doc))
	if err != nil {
		s.note("%s: %v", p.url, err)
		return
	}
	if len(list.Sitemaps) == 0 {
		s.add(p, doc, news.KindSitemap, list)
		return
	}
	lasting, passing := s.childrenOf(list.Sitemaps)
	for i, child := range lasting {
		if i < mostChildren {
			s.look(ctx, location{url: child, via: "a sitemap index names it"})
		}
	}
	if len(lasting) > 0 || len(passing) == 0 || s.seen[passing[0]] {
		return
	}
	newest, err := s.fetch(ctx, passing[0])
	if err != nil {
		return
	}
	if list, err = extract.Sitemap(bytes.NewReader(newest.Body), s.options(newest)); err == nil {
		s.add(p, doc, news.KindSitemap, list)
	}
}

func (s *search) options(doc Document) extract.Options {
	return extract.Options{URL: doc.URL, Charset: doc.Charset, Now: s.o.Now}
}

// readPage reads a page's links, and the page itself as a list of stories.
func (s *search) readPage(doc Document) extract.Links {
	links, err := extract.PageLinks(doc.Body, s.options(doc))
	if err != nil {
		s.note("%s: %v", doc.URL, err)
		return links
	}
	if s.site == "" {
		s.site = links.Site
	}
	if s.language == "" {
		s.language = links.Language
	}
	list, err := extract.Index(doc.Body, "", s.options(doc))
	if err != nil || len(list.Stories) < leastLinks {
		s.barren = append(s.barren, fmt.Sprintf("%s is a page titled %q; links on it that look like stories: %d", doc.URL, list.Title, len(list.Stories)))
		return links
	}
	src := s.source(location{url: doc.URL, via: "there is no feed or sitemap: the page links to stories"}, doc, news.KindPage, list)
	s.page = &src
	return links
}

// leastLinks is the fewest story links that make a page a list.
const leastLinks = 5

func (s *search) has(kind news.SourceKind) bool {
	return slices.ContainsFunc(s.found, func(f Found) bool { return f.Kind == kind && f.Titled && !s.isStale(f) })
}
