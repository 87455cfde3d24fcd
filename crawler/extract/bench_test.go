package extract

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/crawler/extract/score"
)

// smallFeed is a feed as the crawler meets it all day: 20 stories with teasers.
func smallFeed() []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>Wire</title>`)
	for i := range 20 {
		fmt.Fprintf(&b, `<item><title>Ministers agree on point %d of the plan</title><link>https://wire.test/%d</link><guid>%d</guid><pubDate>%s</pubDate><description>&lt;p&gt;The talks in the capital go on, officials said on Friday.&lt;/p&gt;</description></item>`,
			i, i, i, time.Unix(1.7e9+int64(i)*60, 0).UTC().Format(time.RFC1123Z))
	}
	b.WriteString(`</channel></rss>`)
	return []byte(b.String())
}

func BenchmarkFeed(b *testing.B) {
	body := smallFeed()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Feed(body, Options{URL: "https://wire.test/rss"}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSitemap(b *testing.B) {
	body := []byte("<urlset>" + strings.Repeat(`<url><loc>https://wire.test/1</loc><lastmod>2024-05-03T10:00:00Z</lastmod></url>`, 1000) + "</urlset>")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Sitemap(bytes.NewReader(body), Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkPages runs a reader over the pages of the article collection, one a
// turn.
func benchmarkPages(b *testing.B, read func(*score.Page)) {
	pages := articlePages(b)
	size := 0
	for _, p := range pages {
		size += len(p.HTML)
	}
	b.SetBytes(int64(size / len(pages)))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		read(&pages[i%len(pages)])
	}
}

func BenchmarkArticle(b *testing.B) {
	benchmarkPages(b, func(p *score.Page) { _, _ = Article(p.HTML, Options{URL: p.URL}) })
}

// BenchmarkPublishers is BenchmarkArticle over the other collection: news
// pages of today, twice as large.
func BenchmarkPublishers(b *testing.B) {
	pages := publisherPages(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p := &pages[i%len(pages)]
		_, _ = Article(p.HTML, Options{URL: p.URL})
	}
}

// BenchmarkTrafilatura is what BenchmarkArticle is held against. The command in
// crawler/extract/bench compares the two in one run.
func BenchmarkTrafilatura(b *testing.B) {
	benchmarkPages(b, func(p *score.Page) {
		root, err := parsePage(p.HTML)
		if err != nil {
			b.Fatal(err)
		}
		trafilaturaBlocks(root, baseOf(Options{URL: p.URL}))
	})
}

func BenchmarkIndex(b *testing.B) {
	benchmarkPages(b, func(p *score.Page) { _, _ = Index(p.HTML, "", Options{URL: p.URL}) })
}

func BenchmarkSniff(b *testing.B) {
	benchmarkPages(b, func(p *score.Page) { Sniff(p.HTML) })
}
