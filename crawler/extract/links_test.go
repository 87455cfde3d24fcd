package extract_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/crawler/extract"
)

// TestPageLinks: what a page names as its feeds is told apart from where else it
// leads; everything is absolute, and given once.
func TestPageLinks(t *testing.T) {
	const page = `<!doctype html><html lang="EN-gb"><head><base href="https://www.lantern.example/news/">
<meta property="og:site_name" content=" The
 Lantern ">
<link rel="alternate" type="application/rss+xml; charset=utf-8" title="All  news" href="/rss.xml#top">
<link rel="home ALTERNATE" type="APPLICATION/ATOM+XML" href="atom.xml">
<link rel="alternate" type="application/feed+json" href="//feeds.lantern.example/feed.json">
<link rel="alternate" type="application/json" href="/wp-json/">
<link rel="alternate" hreflang="fr" href="/fr/">
<link rel="stylesheet" type="text/css" href="/a.css"></head>
<body><a href="world/">World <b>news</b></a><a href="/rss.xml">RSS</a><a href="world/">again</a>
<a href="mailto:desk@lantern.example">Mail</a><a href="javascript:void(0)">Menu</a><a href="#top">Top</a><a>none</a>
<a href="https://elsewhere.example/" title="A partner"></a></body></html>`
	got, err := extract.PageLinks([]byte(page), extract.Options{URL: "https://m.lantern.example/"})
	if err != nil {
		t.Fatal(err)
	}
	want := extract.Links{
		Site: "The Lantern", Language: "en",
		Feeds: []extract.Link{
			{URL: "https://www.lantern.example/rss.xml", Title: "All news"},
			{URL: "https://www.lantern.example/news/atom.xml"},
			{URL: "https://feeds.lantern.example/feed.json"},
		},
		Others: []extract.Link{
			{URL: "https://www.lantern.example/news/world/", Title: "World news"},
			{URL: "https://www.lantern.example/news/", Title: "Top"},
			{URL: "https://elsewhere.example/", Title: "A partner"},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestPageLinksBounded: a page of nothing but links, one nested too deep for
// the parser, one in another charset, and one that is too large.
func TestPageLinksBounded(t *testing.T) {
	var many strings.Builder
	for i := range 6000 {
		fmt.Fprintf(&many, `<a href="/%d">x</a>`, i)
	}
	o := extract.Options{URL: "https://www.lantern.example/", Charset: "windows-1251"}
	if got, err := extract.PageLinks([]byte(many.String()), o); err != nil || len(got.Others) != 5000 {
		t.Errorf("%d links, %v", len(got.Others), err)
	}
	deep := strings.Repeat("<div>", 600) + "<a href='/deep'>\xd2\xe0\xf1\xf1</a>"
	if got, err := extract.PageLinks([]byte(deep), o); err != nil || len(got.Others) != 1 || got.Others[0].Title != "Тасс" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := extract.PageLinks(make([]byte, 6<<20), o); err == nil {
		t.Error("a page of 6 MB is read")
	}
}
