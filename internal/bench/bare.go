package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/gocolly/colly/v2"
	"github.com/mmcdole/gofeed"

	"github.com/copytaster/copytaster/crawler"
	"github.com/copytaster/copytaster/internal/news"
)

// bareWork is the input and the output of a bare task: the URLs to fetch, and the
// ETags of their last answers.
type bareWork struct {
	URLs  []string          `json:"urls"`
	ETags map[string]string `json:"etags"`
	CPU   time.Duration     `json:"cpu"` // of the task
}

// The bare tasks.
const (
	taskHTTP       = "net-http"
	taskCollyFeed  = "colly-gofeed"
	taskColly      = "colly"
	taskCollyParse = "colly-html"
	taskPages      = "pages"
)

// bareTasks fetch and read, and keep nothing.
func bareTasks() map[string]func(*bareWork) error {
	return map[string]func(*bareWork) error{
		taskHTTP:       fetchHTTP,
		taskCollyFeed:  func(w *bareWork) error { return fetchColly(w, parseFeed) },
		taskColly:      func(w *bareWork) error { return fetchColly(w, func(*colly.Collector) {}) },
		taskCollyParse: func(w *bareWork) error { return fetchColly(w, parseHTML) },
		taskPages:      readPages,
	}
}

// eachURL calls do for every URL, sixteen at a time as the daemon has it, and
// returns the first error.
func eachURL(urls []string, do func(url string) error) (err error) {
	const workers = 16
	var (
		queue = make(chan string)
		wg    sync.WaitGroup
		once  sync.Once
	)
	for range workers {
		wg.Go(func() {
			for u := range queue {
				if e := do(u); e != nil {
					once.Do(func() { err = fmt.Errorf("%s: %w", u, e) })
				}
			}
		})
	}
	for _, u := range urls {
		queue <- u
	}
	close(queue)
	wg.Wait()
	return err
}

// fetchHTTP gets every URL with net/http alone.
func fetchHTTP(w *bareWork) error {
	var mu sync.Mutex
	fresh := map[string]string{}
	err := eachURL(w.URLs, func(u string) error {
		req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, u, nil)
		if err != nil {
			return err
		}
		if tag := w.ETags[u]; tag != "" {
			req.Header.Set("If-None-Match", tag)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		mu.Lock()
		fresh[u] = res.Header.Get("ETag")
		mu.Unlock()
		_, err = io.Copy(io.Discard, res.Body)
		return err
	})
	w.ETags = fresh
	return err
}

// fetchColly gets every URL with a collector as it comes, set up to be asked
// the same twice and to take a 304 for an answer.
func fetchColly(w *bareWork, parse func(*colly.Collector)) error {
	var mu sync.Mutex
	fresh := map[string]string{}
	c := colly.NewCollector()
	c.AllowURLRevisit, c.ParseHTTPErrorResponse = true, true
	c.OnResponse(func(r *colly.Response) {
		mu.Lock()
		defer mu.Unlock()
		fresh[r.Request.URL.String()] = r.Headers.Get("ETag")
	})
	parse(c)
	err := eachURL(w.URLs, func(u string) error {
		header := http.Header{}
		if tag := w.ETags[u]; tag != "" {
			header.Set("If-None-Match", tag)
		}
		return c.Request(http.MethodGet, u, nil, nil, header)
	})
	w.ETags = fresh
	return err
}

func parseFeed(c *colly.Collector) {
	c.OnResponse(func(r *colly.Response) {
		if r.StatusCode == http.StatusOK {
			if _, err := gofeed.NewParser().ParseString(string(r.Body)); err != nil {
				panic(err) // our own feeds can be read
			}
		}
	})
}

func parseHTML(c *colly.Collector) {
	c.OnHTML("h1", func(*colly.HTMLElement) {})
}

// readPages gets every URL as the daemon does, and extracts its story.
func readPages(w *bareWork) error {
	c := crawler.New(slog.New(slog.DiscardHandler), nil, crawler.Options{
		AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
	})
	return eachURL(w.URLs, func(u string) error {
		src := news.Source{Origin: news.Origin{Source: "bench"}, Name: "bench", URL: u, Kind: news.KindFeed}
		_, err := c.Page(context.Background(), src, news.Story{URL: u, Title: "A story"})
		return err
	})
}
