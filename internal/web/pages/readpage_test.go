package pages_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestTryOnPage: a rule is tried on a page that the archive does not have once somebody presses Try,
// and on one of the archive by the address of its page here. What is no story is said, and the
// rule is tried on the archive all the same.
func TestTryOnPage(t *testing.T) {
	var read atomic.Int32
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/harbour":
			read.Add(1)
			fmt.Fprintf(w, `<html><head><title>Kim sees the harbour</title></head><body><article><h1>Kim sees the harbour</h1>%s</article></body></html>`,
				strings.Repeat("<p>The freighter left the port of Emden in the morning, and its crew waved to everybody on the pier.</p>\n", 6))
		case "/empty":
			fmt.Fprint(w, "<html><body></body></html>")
		default:
			http.NotFound(w, r)
		}
	}))
	defer web.Close()
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "User-agent: *\nCrawl-delay: 60\n")
	}))
	defer slow.Close()
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	try := func(text, more string) string {
		t.Helper()
		w := ask(h, "POST", "/try rule="+url.QueryEscape("all: [Kim, freighter, {any: [harbour], in: url}]")+"&text="+url.QueryEscape(text)+more)
		if w.Code != http.StatusOK {
			t.Errorf("%s: %d", text, w.Code)
		}
		onlyOurs(t, text, w.Body.String())
		return w.Body.String()
	}
	if page := try(web.URL+"/harbour", ""); !strings.Contains(page, "Try reads its page") || !strings.Contains(page, "in the last 7 days") ||
		read.Load() != 0 {
		t.Errorf("while somebody types: read %d times\n%s", read.Load(), page)
	}
	for _, more := range []string{"&read=yes", "", "&read=yes"} { // with all that it says of itself, and read once
		page := try(web.URL+"/harbour", more)
		if !strings.Contains(page, "✓ matches") || !strings.Contains(page, "<bdi>The freighter left") ||
			!strings.Contains(page, web.URL+"/harbour</textarea>") ||
			!strings.Contains(page, "in the last 7 days") || read.Load() != 1 {
			t.Errorf("read %d times\n%s", read.Load(), page)
		}
	}
	try(slow.URL+"/first", "&read=yes")
	for text, want := range map[string]string{
		web.URL + "/gone":                  "The page cannot be read:",
		web.URL + "/empty":                 "The page has no text.",
		web.URL + "/story?id=1":            "The page cannot be read:", // it is not ours
		slow.URL + "/a":                    "Its host may be asked again at ",
		"http://192.168.7.7/a":             "The page cannot be read:", // the config does not allow that network
		"/story?id=77777":                  "no story of this number",
		"/story?id=1":                      "✗ does not match",
		"http://127.0.0.1:8460/story?id=1": "✗ does not match",
	} {
		if page := try(text, "&read=yes"); !strings.Contains(page, want) || !strings.Contains(page, "in the last 7 days") {
			t.Errorf("%s: want %q in\n%s", text, want, page)
		}
	}
	link := strings.Contains(ask(h, "GET", "/story?id=1").Body.String(), `href="/try?story=1"`)
	if form := ask(h, "GET", "/try?story=1").Body.String(); !link || !strings.Contains(form, "/story?id=1</textarea>") {
		t.Errorf("a story is not picked: link %v\n%s", link, form)
	}
}

// TestTryOnSlowPage: a page that does not come leaves time to try the rule on the archive, and the
// store is not blamed.
func TestTryOnSlowPage(t *testing.T) {
	over := make(chan struct{})
	web := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-over }))
	defer web.Close()
	defer close(over)
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	w := ask(h, "POST", "/try rule=kim&read=yes&text="+url.QueryEscape(web.URL+"/slow"), func(r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		t.Cleanup(cancel)
		*r = *r.WithContext(ctx)
	})
	page := w.Body.String()
	if w.Code != http.StatusOK || !strings.Contains(page, "The page cannot be read:") || !strings.Contains(page, "in the last 7 days") {
		t.Errorf("%d\n%s", w.Code, page)
	}
}
