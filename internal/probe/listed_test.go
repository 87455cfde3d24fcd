package probe

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/crawler/discover"
	"github.com/copytaster/copytaster/internal/news"
)

// TestList: the rules see what the list tells, with the origin of its source.
func TestList(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/feed" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml")
		_, _ = w.Write([]byte(`<rss version="2.0"><channel><title>Wire</title>
<item><title>Kim met Putin</title><link>https://a.example/1</link><pubDate>Wed, 13 Sep 2023 14:00:00 +0200</pubDate></item>
<item><title>Rain</title><link>https://a.example/2</link></item></channel></rss>`))
	}))
	defer server.Close()
	cfg, err := config.LoadFiles("c.yaml", map[string][]byte{"c.yaml": []byte(`
alerts: {default_channel: news}
sources:
  - {name: wire, feed: "` + server.URL + `/feed", tags: [wire]}
  - {name: gone, feed: "` + server.URL + `/gone"}
rules:
  - {name: kim, any: [Kim]}
  - {name: wires, any: [Kim, Rain], only: {tag: wire}}
  - {name: other, any: [Moon]}
`)}, emptyEnv)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Crawl.AllowNetworks = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	got, err := List(t.Context(), quiet, cfg, cfg.Sources[0])
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)
	want := &Listed{Source: "wire", Title: "Wire", Listed: 2, Stories: []ListedStory{
		{URL: "https://a.example/1", Title: "Kim met Putin", Published: &at, Rules: []string{"kim", "wires"}},
		{URL: "https://a.example/2", Title: "Rain", Rules: []string{"wires"}},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	_, err = List(t.Context(), quiet, cfg, cfg.Sources[1])
	if fault, ok := errors.AsType[*news.CrawlError](err); !ok || fault.Fault != news.FaultGone {
		t.Errorf("a list that is not there: %v", err)
	}
}

// TestDiscovered: what is found gets a name that is free, and that of the source
// which the config has already.
func TestDiscovered(t *testing.T) {
	at := time.Date(2023, 9, 13, 14, 0, 0, 0, time.FixedZone("CEST", 7200))
	have := []news.Source{{Name: "Wire", URL: "https://a.example/feed"}}
	got := discovered("https://anna:hunter2@a.example/?key=1", discover.Result{Site: "Wire", Requests: 3, Sources: []discover.Found{
		{Kind: news.KindFeed, URL: "https://a.example/feed", Name: "Wire", Stories: 2, Newest: at, Via: "the page names it", Titled: true},
		{Kind: news.KindSitemap, URL: "https://a.example/news.xml", Name: "Wire", Delay: 1500 * time.Millisecond},
	}}, have)
	utc := at.UTC()
	want := &Discovered{URL: news.ShownURL("https://anna:hunter2@a.example/?key=1"), Site: "Wire", Requests: 3, Notes: []string{}, Sources: []DiscoveredSource{
		{Name: "wire-2", Kind: "feed", URL: "https://a.example/feed", Stories: 2, Newest: &utc, Found: "the page names it", Known: "Wire", Titled: true},
		{Name: "wire-3", Kind: "sitemap", URL: "https://a.example/news.xml", CrawlDelay: 1.5, Delay: 1500 * time.Millisecond},
	}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(Discovered{}, "Hint")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
