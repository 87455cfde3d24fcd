package crawler

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
)

// gate redirects to itself until a request brings the cookie that it has set.
func gate(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("ok"); err != nil || c.Value != "1" {
			http.SetCookie(w, &http.Cookie{Name: "ok", Value: "1", Path: "/"})
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
			return
		}
		fmt.Fprint(w, body)
	}
}

// A cookie that a redirect sets is brought to its target, for lists and for
// pages, beside those of a file; it is forgotten with the trip.
func TestCookiesOfRedirects(t *testing.T) {
	s := newSite(t)
	asked := 0
	s.funcs["/gated.xml"] = func(w http.ResponseWriter, r *http.Request) {
		asked++
		gate("<rss><channel><item><title>Harbour closed</title><link>https://a.example/1</link></item></channel></rss>")(w, r)
	}
	s.funcs["/gated.html"] = gate("<title>Harbour closed</title><p>page behind a gate")
	src := s.source(news.KindFeed, "/gated.xml")
	src.CookiesFile = filepath.Join(t.TempDir(), "cookies.txt")
	if err := os.WriteFile(src.CookiesFile, []byte("127.0.0.1\tFALSE\t/\tFALSE\t0\tok\told\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := newCrawler(t, nil)
	for range 2 {
		listing, err := c.List(t.Context(), src, news.Validators{})
		if err != nil || len(listing.Stories) != 1 {
			t.Errorf("%d stories, %v", len(listing.Stories), err)
		}
	}
	if asked != 4 {
		t.Errorf("asked %d times: a cookie was kept beyond its visit", asked)
	}
	if doc, err := c.Fetch(t.Context(), src, s.URL+"/gated.html"); err != nil || len(doc.Body) == 0 {
		t.Errorf("%q, %v", doc.Body, err)
	}
}
