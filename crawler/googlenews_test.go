package crawler

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

const googleFeed = `<rss version="2.0"><channel><title>"kim" - Google News</title>
<item><title>Harbour reopens - The Lantern</title><link>https://news.google.com/rss/articles/CBMiBEFVX3k?oc=5</link><guid isPermaLink="false">CBMiBEFVX3k</guid><source url="https://lantern.example">The Lantern</source></item>
</channel></rss>`

// A search is read as Google's, and so is its feed's URL as a plain feed.
func TestListGoogleNews(t *testing.T) {
	s := newSite(t)
	s.funcs["/rss/search"] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, googleFeed) }
	c := newCrawler(t, nil)
	c.guard.transports.direct = newTransport(newTestDialer(c), time.Minute)
	google := "http://news.google.com" + s.URL[strings.LastIndexByte(s.URL, ':'):]
	for _, src := range []news.Source{
		{Name: "search", Kind: news.KindGoogleNews, URL: s.URL + "/rss/search?q=kim"},
		{Name: "feed", Kind: news.KindFeed, URL: google + "/rss/search?q=kim"},
	} {
		listing, err := c.List(t.Context(), src, news.Validators{})
		if err != nil || len(listing.Stories) != 1 {
			t.Fatalf("%s: %+v, %v", src.Name, listing, err)
		}
		story := listing.Stories[0]
		if story.Title != "Harbour reopens" || story.Outlet != "The Lantern" || story.URL != "https://news.google.com/rss/articles/CBMiBEFVX3k" {
			t.Errorf("%s: %+v", src.Name, story)
		}
	}
	listing, err := c.List(t.Context(), news.Source{Name: "other", Kind: news.KindFeed, URL: s.URL + "/rss/search"}, news.Validators{})
	if err != nil || !strings.HasSuffix(listing.Stories[0].URL, "?oc=5") || listing.Stories[0].Outlet == "The Lantern" {
		t.Errorf("any other feed: %+v, %v", listing.Stories, err)
	}
}

// Google's own pages show a script: they are never asked for.
func TestPageOfGoogleNews(t *testing.T) {
	c := newCrawler(t, brokenHosts{freeHosts{}, fmt.Errorf("asked")})
	for _, full := range []news.FullText{news.FullTextAuto, news.FullTextAlways} {
		listed := news.Story{Title: "Harbour reopens", URL: "https://news.google.com/rss/articles/CBMiBEFVX3k"}
		story, err := enriched(t, c, news.Source{Kind: news.KindGoogleNews, FullText: full}, listed)
		if err != nil || story.Title != listed.Title || story.Text != "" {
			t.Errorf("%s: %+v, %v", full, story, err)
		}
	}
}
