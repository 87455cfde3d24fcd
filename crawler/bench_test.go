package crawler

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
)

// benchSite serves a feed of twenty stories and a real page when the corpus is
// at hand, else one of the same size.
func benchSite(b *testing.B) *site {
	s := newSite(b)
	delete(s.pages, "/robots.txt")
	var feed bytes.Buffer
	feed.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>The Lantern</title>`)
	for i := range 20 {
		fmt.Fprintf(&feed, `<item><title>Story %d of the harbour</title><link>%s/news/%d.html</link><guid>%d</guid><pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate><description>%s</description></item>`,
			i, s.URL, i, i, bytes.Repeat([]byte("Officials said on Monday that talks would go on. "), 10))
	}
	feed.WriteString(`</channel></rss>`)
	s.pages["/bench.xml"] = "Content-Type: text/xml\n\n" + feed.String()
	page := []byte("<!DOCTYPE html><html><body><article>" + string(bytes.Repeat([]byte("<p>Officials said on Monday that talks between the two sides would go on.</p>\n"), 800)) + "</article></body></html>")
	root := os.Getenv("COPYTASTER_CORPUS")
	if root == "" {
		root = "../../shared/corpus"
	}
	files, _ := filepath.Glob(filepath.Join(root, "articles", "html", "*.gz"))
	for _, file := range files[:min(1, len(files))] {
		page = unpack(b, file)
	}
	s.funcs["/bench.html"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(page)
	}
	return s
}

func unpack(b *testing.B, file string) []byte {
	packed, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	if err != nil {
		b.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		b.Fatal(err)
	}
	return text
}

// BenchmarkNetHTTP is the bottom line: a bare client that reads the body.
func BenchmarkNetHTTP(b *testing.B) {
	s := benchSite(b)
	for _, path := range []string{"/bench.xml", "/bench.html"} {
		b.Run(path[1:], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				res, err := http.Get(s.URL + path)
				if err != nil {
					b.Fatal(err)
				}
				body, err := io.ReadAll(res.Body)
				if err != nil || len(body) == 0 {
					b.Fatal(err)
				}
				res.Body.Close()
				s.requests = s.requests[:0]
			}
		})
	}
}

// BenchmarkFetch is colly behind the guard, robots.txt obeyed.
func BenchmarkFetch(b *testing.B) {
	s := benchSite(b)
	c := newCrawler(b, nil)
	for _, path := range []string{"/bench.xml", "/bench.html"} {
		b.Run(path[1:], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Fetch(b.Context(), s.source(news.KindFeed, "/"), s.URL+path); err != nil {
					b.Fatal(err)
				}
				s.requests = s.requests[:0]
			}
		})
	}
}

// BenchmarkList fetches and reads a feed; BenchmarkRead only reads it.
func BenchmarkList(b *testing.B) {
	s := benchSite(b)
	c := newCrawler(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		listing, err := c.List(b.Context(), s.source(news.KindFeed, "/bench.xml"), news.Validators{})
		if err != nil || len(listing.Stories) != 20 {
			b.Fatal(err)
		}
		s.requests = s.requests[:0]
	}
}

func BenchmarkRead(b *testing.B) {
	s := benchSite(b)
	doc, err := newCrawler(b, nil).Fetch(b.Context(), s.source(news.KindFeed, "/"), s.URL+"/bench.xml")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if list, err := extract.Feed(doc.Body, extract.Options{URL: doc.URL}); err != nil || len(list.Stories) != 20 {
			b.Fatal(err)
		}
	}
}

// BenchmarkPage fetches a page and extracts its article.
func BenchmarkPage(b *testing.B) {
	s := benchSite(b)
	c := newCrawler(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Page(b.Context(), s.source(news.KindFeed, "/"), news.Story{URL: s.URL + "/bench.html"}); err != nil {
			b.Fatal(err)
		}
		s.requests = s.requests[:0]
	}
}
