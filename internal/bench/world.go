package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// hosts is how many addresses of loopback the world lies on, from 127.0.0.1.
const hosts = 50

// world serves feeds behind ETags, and pages. Its methods may be called from
// many goroutines.
type world struct {
	addrs   []string // of the hosts
	servers []*http.Server

	longest int // stories that a feed lists

	mu    sync.Mutex
	feeds []feed
	pages [][]byte
	hear  func(feed int, at time.Time) // of every request for a feed; nil is nobody
}

// feed is a feed's stories as XML, oldest first; what is served is rendered
// when it is asked for.
type feed struct {
	stories []string
	body    []byte
}

// newWorld starts a world of so many feeds of so many stories. Every story has
// a text of its own.
func newWorld(feeds, stories int, seed uint64) (*world, error) {
	w := &world{longest: stories, feeds: make([]feed, feeds)}
	for h := range min(hosts, max(1, feeds)) {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.%d:0", h+1))
		if err != nil {
			return nil, errors.Join(err, w.close())
		}
		w.addrs = append(w.addrs, l.Addr().String())
		server := &http.Server{Handler: w, ReadHeaderTimeout: 10 * time.Second}
		w.servers = append(w.servers, server)
		go func() { _ = server.Serve(l) }() // ends with close
	}
	text := newWriter(seed)
	began := time.Now()
	for f := range w.feeds {
		for e := range stories {
			age := time.Duration(stories-e) * time.Minute
			w.feeds[f].stories = append(w.feeds[f].stories, w.story(f, e, text.title(), text.sentences(450), began.Add(-age)))
		}
	}
	return w, nil
}

func (w *world) close() error {
	var errs []error
	for _, s := range w.servers {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// urls are those of the feeds.
func (w *world) urls() []string {
	urls := make([]string, len(w.feeds))
	for f := range urls {
		urls[f] = fmt.Sprintf("http://%s/feed/%d", w.addr(f), f)
	}
	return urls
}

func (w *world) addr(n int) string { return w.addrs[n%len(w.addrs)] }

// addPages serves pages too, and returns their URLs.
func (w *world) addPages(pages [][]byte) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages = pages
	urls := make([]string, len(pages))
	for p := range pages {
		urls[p] = fmt.Sprintf("http://%s/page/%d", w.addr(p), p)
	}
	return urls
}

// mark names a story of a feed in its title, so that an alert can be told.
func mark(feed, story int) string { return fmt.Sprintf("f%dn%d", feed, story) }

// story is one of a feed, as XML.
func (w *world) story(f, e int, title, summary string, published time.Time) string {
	return fmt.Sprintf("<item><title>%s %s</title><link>http://%s/story/%d/%d.html</link><guid>%s</guid>"+
		"<pubDate>%s</pubDate><description>%s</description></item>",
		title, mark(f, e), w.addr(f), f, e, mark(f, e), published.Format(time.RFC1123Z), summary)
}

// publish adds a story to a feed, with a word in its title, and returns its
// mark.
func (w *world) publish(f int, text *writer, word string, now time.Time) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := len(w.feeds[f].stories)
	w.feeds[f].stories = append(w.feeds[f].stories, w.story(f, e, text.title()+" "+word, text.sentences(450), now))
	w.feeds[f].body = nil
	return mark(f, e)
}

// bump adds a story to every feed.
func (w *world) bump(text *writer, word func(feed int) string) {
	for f := range w.feeds {
		w.publish(f, text, word(f), time.Now())
	}
}

// listen has every request for a feed told, until it is called with nil.
func (w *world) listen(hear func(feed int, at time.Time)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hear = hear
}

// ServeHTTP serves /feed/N and /page/N.
func (w *world) ServeHTTP(res http.ResponseWriter, r *http.Request) {
	at := time.Now()
	kind, number, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	n, err := strconv.Atoi(number)
	body, tag := []byte(nil), ""
	w.mu.Lock()
	switch {
	case err != nil || n < 0:
	case kind == "feed" && n < len(w.feeds):
		body, tag = w.render(n)
		if w.hear != nil {
			w.hear(n, at)
		}
	case kind == "page" && n < len(w.pages):
		body = w.pages[n]
	}
	w.mu.Unlock()
	switch {
	case body == nil:
		http.NotFound(res, r)
		return
	case tag != "":
		res.Header().Set("ETag", tag)
		res.Header().Set("Content-Type", "application/rss+xml")
	default:
		res.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	if tag != "" && r.Header.Get("If-None-Match") == tag {
		res.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = res.Write(body)
}

// render returns a feed as it is now, newest first, and its ETag.
func (w *world) render(f int) (body []byte, tag string) {
	feed := &w.feeds[f]
	if feed.body == nil {
		var b strings.Builder
		fmt.Fprintf(&b, `<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Feed %d</title><link>http://%s/</link>`, f, w.addr(f))
		for e := len(feed.stories) - 1; e >= max(0, len(feed.stories)-w.longest); e-- {
			b.WriteString(feed.stories[e])
		}
		b.WriteString("</channel></rss>")
		feed.body = []byte(b.String())
	}
	return feed.body, fmt.Sprintf(`"%d-%d"`, f, len(feed.stories))
}
