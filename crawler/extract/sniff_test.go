package extract

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
	"testing"
)

func TestSniff(t *testing.T) {
	headlines := strings.Builder{}
	for i := range 20 {
		fmt.Fprintf(&headlines, `<li><a href="/news/%d">Ministers agree on point %d of the plan</a> 10:30</li>`, i, i)
	}
	prose := strings.Repeat("<p>"+strings.Repeat("Officials said on Monday that the talks would go on. ", 8)+"</p>", 8)
	const website, article = `<meta property="og:type" content="website">`, `<meta content="article" property="og:type">`
	const newsArticle = `<script type="application/ld+json">{"@type": ["NewsArticle"]}</script>`
	const collection = `<script type="application/ld+json">{"@type": "CollectionPage", "hasPart": [{"@type":"NewsArticle"}]}</script>`
	for _, c := range []struct {
		name, in string
		want     Kind
	}{
		{"RSS", `<?xml version="1.0"?><rss version="2.0"/>`, KindFeed},
		{"RSS behind a comment", "\n<!-- <html> --><!DOCTYPE rss [<!ENTITY a '>'>]><rss/>", KindFeed},
		{"RDF", `<rdf:RDF xmlns:rdf="x"/>`, KindFeed},
		{"Atom with a prefix", `<atom:feed/>`, KindFeed},
		{"JSON Feed", ` {"version": "https://jsonfeed.org/version/1"}`, KindFeed},
		{"RSS in UTF-16", "\xff\xfe<\x00r\x00s\x00s\x00>\x00", KindFeed},
		{"sitemap", `<?xml version="1.0"?><urlset xmlns="x"/>`, KindSitemap},
		{"sitemap index", `<sitemapindex/>`, KindSitemap},
		{"gzipped sitemap", zipped(`<urlset/>`), KindSitemap},
		{"gzipped feed", zipped(`<rss/>`), KindFeed},
		{"index", "<html><body><ul>" + headlines.String(), KindIndex},
		{"index that says so", "<html>" + website + "<body>" + headlines.String() + "<p>" + strings.Repeat("About us and more. ", 60), KindIndex},
		{"index with stories in its data", "<html>" + website + collection + "<body>" + headlines.String(), KindIndex},
		{"article", "<html><body>" + prose, KindArticle},
		{"article with a sidebar", "<html><body>" + prose + headlines.String(), KindArticle},
		{"short article with a sidebar", "<html>" + article + "<body><p>Short.</p>" + headlines.String(), KindArticle},
		{"short article by its data", "<html>" + newsArticle + "<body><p>Short.</p>" + headlines.String(), KindArticle},
		{"few links", "<html><body><a href=/1>Ministers agree on point one of the plan</a>", KindArticle},
		{"rss in the text", "<html><body><p>Write &lt;rss&gt;, or <rss>.", KindArticle},
		{"empty", "", KindArticle},
		{"broken gzip", "\x1f\x8bnothing", KindArticle},
		{"text", "just text", KindArticle},
		{"open comment", "<!-- ", KindArticle},
	} {
		if got := Sniff([]byte(c.in)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func zipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.String()
}
