package crawler

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/google/go-cmp/cmp"
)

func TestListFeed(t *testing.T) {
	s := newSite(t)
	c := newCrawler(t, nil)
	src := s.source(news.KindFeed, "/feed.xml")
	src.Language = "en"
	src.DatesIn = time.FixedZone("", 2*60*60)
	src.Origin = news.Origin{Source: "lantern", Tier: "local"}
	listing, err := c.List(t.Context(), src, news.Validators{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Harbour reopens after the storm", "Council votes on the bridge"}
	if diff := cmp.Diff(want, titles(listing.Stories)); diff != "" {
		t.Error(diff)
	}
	first, second := listing.Stories[0], listing.Stories[1]
	if first.URL != s.URL+"/news/harbour.html" || first.Language != "en" ||
		first.Origin.Tier != "local" || first.Key != "" || !first.FirstSeen.IsZero() {
		t.Errorf("first story %+v", first)
	}
	if at := time.Date(2026, 11, 2, 6, 0, 0, 0, time.UTC); !second.Published.Equal(at) {
		t.Errorf("a date without a zone is %v, want %v", second.Published, at)
	}
	if listing.Title != "The Lantern" || listing.MovedTo != "" || listing.NotModified {
		t.Errorf("listing %+v", listing)
	}
	wantValidators := news.Validators{ETag: `"v1"`, LastModified: "Mon, 02 Nov 2026 10:00:00 GMT"}
	if listing.Validators != wantValidators {
		t.Errorf("validators %+v", listing.Validators)
	}

	again, err := c.List(t.Context(), src, listing.Validators)
	if err != nil || !again.NotModified || len(again.Stories) != 0 || again.Validators != wantValidators {
		t.Errorf("unchanged: %+v, %v", again, err)
	}
	last := s.asked("/feed.xml")[1]
	if last.Header.Get("If-None-Match") != `"v1"` || last.Header.Get("If-Modified-Since") != wantValidators.LastModified {
		t.Errorf("validators were not sent verbatim: %v", last.Header)
	}
	if got := last.Header.Get("User-Agent"); got != "copytaster/test" {
		t.Errorf("user agent %q", got)
	}
}

func TestListMovedTo(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]string{
		"/feed.xml":             "",
		"/moved.xml":            s.URL + "/feed.xml",
		"/moved-again.xml":      s.URL + "/feed.xml",
		"/moved-then-away.xml":  s.URL + "/away.xml",
		"/found-then-moved.xml": "",
		"/elsewhere.xml":        s.other + "/feed.xml",
	} {
		listing, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindFeed, path), news.Validators{})
		if err != nil || len(listing.Stories) != 2 {
			t.Errorf("%s: %d stories, %v", path, len(listing.Stories), err)
		}
		if listing.MovedTo != want {
			t.Errorf("%s moved to %q, want %q", path, listing.MovedTo, want)
		}
	}
	listing, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindFeed, "/moved.xml"), news.Validators{ETag: `"v1"`})
	if err != nil || !listing.NotModified || listing.MovedTo != s.URL+"/feed.xml" {
		t.Errorf("moved and not modified: %+v, %v", listing, err)
	}
}

func TestListKinds(t *testing.T) {
	s := newSite(t)
	selected := s.source(news.KindPage, "/index.html")
	selected.Links = ".top a[href]"
	for name, c := range map[string]struct {
		source news.Source
		want   []string
	}{
		"203":       {s.source(news.KindFeed, "/203.xml"), []string{"Still news"}},
		"truncated": {s.source(news.KindFeed, "/truncated.xml"), []string{"A whole one"}},
		"sitemap":   {s.source(news.KindSitemap, "/sitemap.xml"), []string{"One", "Two"}},
		"page": {selected, []string{
			"Harbour reopens after the storm in the north", "Council votes on the bridge after a long debate",
			"School year begins late on the three islands",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			listing, err := newCrawler(t, nil).List(t.Context(), c.source, news.Validators{})
			if err != nil {
				t.Fatal(err)
			}
			got := titles(listing.Stories)
			if name == "truncated" { // a half one may be saved as well
				got = got[:1]
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestListSitemapIndex(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/sitemaps.xml", "/nested.xml"} {
		before := len(s.paths())
		listing, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindSitemap, path), news.Validators{})
		if err != nil {
			t.Fatal(err)
		}
		var urls []string
		for _, story := range listing.Stories {
			urls = append(urls, strings.TrimPrefix(story.URL, s.URL))
		}
		if diff := cmp.Diff([]string{"/news/one.html", "/news/two.html", "/news/three.html"}, urls); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		if listing.Validators != (news.Validators{}) {
			t.Errorf("%s: an index has validators: %+v", path, listing.Validators)
		}
		for _, r := range s.requests[before:] {
			if "http://"+r.Host == s.other {
				t.Errorf("%s: a sitemap of another site was read", path)
			}
		}
	}
}

func TestListSitemapIndexIsBounded(t *testing.T) {
	s := newSite(t)
	if _, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindSitemap, "/self.xml"), news.Validators{}); err != nil {
		t.Error(err)
	}
	if n := len(s.asked("/self.xml")); n != 1+maxChildren {
		t.Errorf("an index of itself was read %d times", n)
	}
	_, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindSitemap, "/dead.xml"), news.Validators{})
	wantFault(t, err, news.FaultGone)

	s.funcs["/big.xml"] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
		for i := range news.MaxListed + 500 {
			fmt.Fprintf(w, `<url><loc>%s/news/%d.html</loc><lastmod>%s</lastmod></url>`, s.URL, i, testTime.Add(time.Duration(i-5000)*time.Minute).Format(time.RFC3339))
		}
		fmt.Fprint(w, `</urlset>`)
	}
	listing, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindSitemap, "/big.xml"), news.Validators{})
	if err != nil || len(listing.Stories) != news.MaxListed {
		t.Fatalf("%d stories, %v", len(listing.Stories), err)
	}
	if slices.ContainsFunc(listing.Stories, func(story news.Story) bool { return strings.HasSuffix(story.URL, "/news/499.html") }) {
		t.Error("an old story was kept instead of a new one")
	}
}

// TestListIndexWithoutOrder: where an index does not say which of its sitemaps is the newest, the first
// and the last are read, however many stories they list, and the stories at their outer ends are kept.
func TestListIndexWithoutOrder(t *testing.T) {
	for _, lastmod := range []string{"", "<lastmod>2024-05-03</lastmod>"} {
		s := newSite(t)
		s.funcs["/index.xml"] = func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
			for i := range 4 {
				fmt.Fprintf(w, `<sitemap><loc>%s/part-%d.xml</loc>%s</sitemap>`, s.URL, i, lastmod)
			}
			fmt.Fprint(w, `</sitemapindex>`)
		}
		for part := range 4 {
			s.funcs[fmt.Sprintf("/part-%d.xml", part)] = func(w http.ResponseWriter, _ *http.Request) {
				fmt.Fprint(w, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
				for i := range news.MaxListed {
					fmt.Fprintf(w, `<url><loc>%s/news/%d-%d.html</loc></url>`, s.URL, part, i)
				}
				fmt.Fprint(w, `</urlset>`)
			}
		}
		listing, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindSitemap, "/index.xml"), news.Validators{})
		if err != nil || len(listing.Stories) != news.MaxListed {
			t.Fatalf("%d stories, %v", len(listing.Stories), err)
		}
		first, last := listing.Stories[0].URL, listing.Stories[news.MaxListed-1].URL
		if !strings.HasSuffix(first, "/news/0-0.html") || !strings.HasSuffix(last, "/news/3-1999.html") {
			t.Errorf("from %s to %s", first, last)
		}
		if diff := cmp.Diff([]string{"/robots.txt", "/index.xml", "/part-0.xml", "/part-3.xml"}, s.paths()); diff != "" {
			t.Error(diff)
		}
	}
}

// TestListMovedIndex: the sitemaps of an index that moved to another site are read there.
func TestListMovedIndex(t *testing.T) {
	s := newSite(t)
	s.funcs["/old.xml"] = func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, s.other+"/new.xml", http.StatusMovedPermanently)
	}
	s.funcs["/new.xml"] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>%s/part.xml</loc></sitemap>`+
			`<sitemap><loc>http://third.example/part.xml</loc></sitemap></sitemapindex>`, s.other)
	}
	s.funcs["/part.xml"] = func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>%s/news/a.html</loc></url></urlset>`, s.other)
	}
	listing, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindSitemap, "/old.xml"), news.Validators{})
	if err != nil || len(listing.Stories) != 1 || listing.MovedTo != s.other+"/new.xml" {
		t.Errorf("%d stories, moved to %q, %v", len(listing.Stories), listing.MovedTo, err)
	}
}

// An index whose children have to wait must not be read again and again.
func TestListTakesUpAnIndex(t *testing.T) {
	s := newSite(t)
	hosts := newSlots(false)
	c := newCrawler(t, hosts)
	c.options.HostInterval = time.Minute
	c.now = func() time.Time { return hosts.now }
	src := s.source(news.KindSitemap, "/sitemaps.xml")
	src.IgnoreRobots = true
	var later *news.LaterError
	if _, err := c.List(t.Context(), src, news.Validators{}); !errors.As(err, &later) ||
		!later.At.Equal(testTime.Add(time.Minute)) {
		t.Fatalf("got %v, want to wait for the host", err)
	}
	hosts.pass(time.Minute)
	listing, err := c.List(t.Context(), src, news.Validators{})
	if err != nil || len(listing.Stories) != 2 {
		t.Fatalf("%d stories, %v", len(listing.Stories), err)
	}
	if diff := cmp.Diff([]string{"/sitemaps.xml", "/sitemap.xml"}, s.paths()); diff != "" {
		t.Error(diff)
	}
}

// A sitemap of 50 MB must not be in memory at once: the extractor reads while
// the rest is still on its way.
func TestSitemapIsStreamed(t *testing.T) {
	s := newSite(t)
	begun := make(chan struct{})
	s.funcs["/slow.xml"] = func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`, strings.Repeat(" ", 2*wallSize))
		w.(http.Flusher).Flush()
		select {
		case <-begun:
		case <-r.Context().Done():
		}
		fmt.Fprintf(w, `<url><loc>%s/news/last.html</loc></url></urlset>`, s.URL)
	}
	c := newCrawler(t, nil)
	row := c.lists[news.KindSitemap]
	row.stream = func(r io.Reader, o extract.Options) (extract.List, error) {
		close(begun)
		return extract.Sitemap(r, o)
	}
	c.lists[news.KindSitemap] = row
	listing, err := c.List(t.Context(), s.source(news.KindSitemap, "/slow.xml"), news.Validators{})
	if err != nil || len(listing.Stories) != 1 || listing.Stories[0].URL != s.URL+"/news/last.html" {
		t.Errorf("%d stories, %v", len(listing.Stories), err)
	}
}

func TestFinishDropsWhatIsNoStory(t *testing.T) {
	stories := []news.Story{{GUID: "says nothing and leads nowhere", Published: time.Unix(1, 0)}, {Text: "says something"}}
	for _, u := range []string{"https://a.example/1", "javascript:void(0)", "mailto:desk@a.example", "", "ftp://a.example/x", "http:///x", "http://a.example/2"} {
		stories = append(stories, news.Story{URL: u})
	}
	var urls []string
	for _, story := range finish(&news.Source{}, stories) {
		urls = append(urls, story.URL)
	}
	if diff := cmp.Diff([]string{"", "https://a.example/1", "http://a.example/2"}, urls); diff != "" {
		t.Error(diff)
	}
}

// Entries that cannot be read are counted, over all sitemaps of an index.
func TestSkippedEntries(t *testing.T) {
	s := newSite(t)
	serve := func(path, body string) {
		s.funcs[path] = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
	}
	serve("/torn.xml", "<rss><channel><item><title>Quay sold</title></item><item></item><item><title>Ferry stranded</title></item></channel></rss>")
	serve("/torn.json", `{"version":"https://jsonfeed.org/version/1","items":[1,{"title":"Quay sold"},"x",{"title":"Ferry stranded"}]}`)
	serve("/maps.xml", "<sitemapindex><sitemap><loc>"+s.URL+"/a.xml</loc></sitemap><sitemap><loc>"+s.URL+"/b.xml</loc></sitemap></sitemapindex>")
	serve("/a.xml", "<urlset><url></url><url><loc>https://s.example/a</loc></url></urlset>")
	serve("/b.xml", "<urlset><url><loc>mailto:a@s.example</loc></url><url><loc>https://s.example/b</loc></url><url><lastmod>2024</lastmod></url></urlset>")
	for path, want := range map[string]int{"/torn.xml": 1, "/torn.json": 2, "/maps.xml": 3} {
		kind := news.KindFeed
		if path == "/maps.xml" {
			kind = news.KindSitemap
		}
		listing, err := newCrawler(t, nil).List(t.Context(), s.source(kind, path), news.Validators{})
		if err != nil || len(listing.Stories) != 2 || listing.Skipped != want {
			t.Errorf("%s: %d stories, %d skipped, %v", path, len(listing.Stories), listing.Skipped, err)
		}
	}
}

// Of a file that is torn off the stories are read, and the whole of it is asked
// for the next time.
func TestListOfATornFile(t *testing.T) {
	s := newSite(t)
	whole := pack(t, []byte("<rss><channel><item><title>Quay sold</title></item>"+strings.Repeat("<item><title>Ferry stranded</title></item>", 100)), "gzip")
	s.funcs["/feed.xml"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Mon, 02 Nov 2026 10:00:00 GMT")
		_, _ = w.Write(whole[:len(whole)-4])
	}
	listing, err := newCrawler(t, nil).List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{})
	if err != nil || len(listing.Stories) == 0 || listing.Validators != (news.Validators{}) {
		t.Errorf("%d stories, validators %+v, %v", len(listing.Stories), listing.Validators, err)
	}
}
