package app_test

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A source that is crawled all the time costs its host one conditional request
// a crawl and, except the first, nothing else: the list comes whole at every
// twentieth, robots.txt once.
func TestHotSourceIsCheap(t *testing.T) {
	var (
		mu  sync.Mutex
		log []string
	)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line := r.Method + " " + r.URL.Path
		if r.Header.Get("If-None-Match") != "" {
			line += " conditional"
		}
		mu.Lock()
		log = append(log, line)
		mu.Unlock()
		if r.URL.Path != "/feed" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("ETag", `"1"`)
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprint(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Hot</title><item><title>One</title><link>http://h.example/1</link></item></channel></rss>`)
	})}
	go server.Serve(l)
	t.Cleanup(func() { _ = server.Close() })
	path := configFile(t, storetest.SQLite(t), fakeSlack(t, slackfake.Options{}),
		fmt.Sprintf("rules: []\nsources: [{name: hot, feed: 'http://%s/feed', full_text: never, schedule: '@every 30s'}]\n", l.Addr()))
	a := open(t, options(t, path))
	for range 41 {
		if _, err := a.Crawl(t.Context(), "hot"); err != nil {
			t.Fatal(err)
		}
	}
	want := "GET /robots.txt\n" + strings.Repeat("GET /feed\n"+strings.Repeat("GET /feed conditional\n", 19), 2) + "GET /feed\n"
	if got := strings.Join(log, "\n") + "\n"; got != want {
		t.Errorf("the host was asked:\n%s", got)
	}
}
