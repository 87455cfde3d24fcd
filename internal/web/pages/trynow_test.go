package pages_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/app"
)

// triedDaemon is a running daemon with a source that is hardly ever due, and its site.
type triedDaemon struct {
	app     *app.App
	pages   http.Handler
	path    string       // of the config
	config  string       // without its sources
	asked   atomic.Int64 // how often the site was asked for the list
	titles  atomic.Value // string: what it lists
	blocked atomic.Value // chan struct{}: until it is closed, the site does not answer
}

func (d *triedDaemon) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/feed" {
		http.NotFound(w, r)
		return
	}
	d.asked.Add(1)
	select {
	case <-d.blocked.Load().(chan struct{}):
	case <-r.Context().Done():
	}
	fmt.Fprint(w, `<rss version="2.0"><channel><title>t</title>`)
	for i, title := range strings.Fields(d.titles.Load().(string)) {
		fmt.Fprintf(w, `<item><title>%s reports of today</title><link>http://%s/%s</link><guid>%d-%s</guid></item>`, title, r.Host, title, i, title)
	}
	fmt.Fprint(w, `</channel></rss>`)
}

// tryDaemon starts the daemon, and returns when its source was tried once.
func tryDaemon(t *testing.T) *triedDaemon {
	t.Helper()
	d := &triedDaemon{path: filepath.Join(t.TempDir(), "copytaster.yaml")}
	open := make(chan struct{})
	close(open)
	d.blocked.Store(open)
	d.titles.Store("one")
	site := httptest.NewServer(d)
	t.Cleanup(site.Close)
	d.config = fmt.Sprintf(`
storage: %q
listen: 127.0.0.1:0
crawl: {host_interval: 0s, allow_networks: [127.0.0.0/8]}
alerts: {default_channel: news, max_age: unlimited, first_run: everything, storm: none}
rules: [{name: kim, any: [Kim]}]
`, filepath.Join(t.TempDir(), "c.db"))
	d.write(t, fmt.Sprintf("sources: [{name: wire, feed: %q, full_text: never, schedule: \"@yearly\", robots: ignore}]\n", site.URL+"/feed"))
	d.app, d.pages = daemonOf(t, d.path)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.app.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	d.press(t)
	d.await(t, "one")
	return d
}

func (d *triedDaemon) write(t *testing.T, sources string) {
	t.Helper()
	if err := os.WriteFile(d.path, []byte(d.config+sources), 0o600); err != nil {
		t.Fatal(err)
	}
}

// press presses "Try now", and returns what the page says then.
func (d *triedDaemon) press(t *testing.T) string {
	t.Helper()
	w := ask(d.pages, "POST", "/source/try name=wire")
	if w.Code != http.StatusSeeOther {
		t.Fatalf("the button: %d %s", w.Code, w.Body)
	}
	notice := regexp.MustCompile(`role="status">([^<]*)<`).FindStringSubmatch(ask(d.pages, "GET", w.Header().Get("Location")).Body.String())
	if notice == nil {
		t.Fatal("the page says nothing")
	}
	return notice[1]
}

// until waits for something that the daemon does.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 5 * 60 * 50 {
		if ok() {
			return
		}
		<-tick.C
	}
	t.Fatalf("%s: not within minutes", what)
}

// await waits until the page shows a story, and that no crawl goes on.
func (d *triedDaemon) await(t *testing.T, title string) {
	t.Helper()
	until(t, "the page shows "+title, func() bool {
		page := ask(d.pages, "GET", "/source?name=wire").Body.String()
		return strings.Contains(page, title+" reports of today") && strings.Contains(page, "The next crawl is due")
	})
}

// TestTryNowRuns: a running daemon crawls a source as soon as its button is pressed, and once;
// the page says what becomes of it.
func TestTryNowRuns(t *testing.T) {
	d := tryDaemon(t)
	began := time.Now()
	d.titles.Store("two one")
	if said := d.press(t); !strings.HasPrefix(said, "It is crawled as soon as") && !strings.HasPrefix(said, "It is being crawled.") &&
		!strings.HasPrefix(said, "It was crawled ") {
		t.Errorf("pressed: %s", said)
	}
	d.await(t, "two")
	t.Logf("shown after %s", time.Since(began))
	if n := d.asked.Load(); n != 2 {
		t.Errorf("the site was asked %d times", n)
	}

	held := make(chan struct{})
	d.blocked.Store(held)
	d.titles.Store("three two one")
	d.press(t)
	until(t, "the crawl", func() bool { return d.asked.Load() == 3 })
	if page := ask(d.pages, "GET", "/source?name=wire").Body.String(); !strings.Contains(page, "It is being crawled at this moment.") {
		t.Error("the page does not say that it is being crawled")
	}
	for range 2 {
		if said := d.press(t); said != "Nothing was done: it was being crawled at that moment." {
			t.Errorf("pressed while it is being crawled: %s", said)
		}
	}
	close(held)
	d.await(t, "three")
	if n := d.asked.Load(); n != 3 {
		t.Errorf("pressed three times in one crawl, the site was asked %d times in all", n)
	}
}

// TestTryNowPaused: a pause keeps deliveries back, not crawls.
func TestTryNowPaused(t *testing.T) {
	d := tryDaemon(t)
	if _, err := d.app.Pause(t.Context(), app.PauseOrder{By: "Ada", Why: "the desk moves"}); err != nil {
		t.Fatal(err)
	}
	d.titles.Store("Kim one")
	d.press(t)
	d.await(t, "Kim")
	until(t, "a paused delivery", func() bool {
		return strings.Contains(ask(d.pages, "GET", "/deliveries").Body.String(), "pending, paused")
	})
}

// TestTryNowGone: a source that left the config is not crawled any more, whatever page is open.
func TestTryNowGone(t *testing.T) {
	d := tryDaemon(t)
	d.write(t, "sources: [{name: other, feed: 'http://127.0.0.1:1/feed', schedule: '@yearly'}]\n")
	if err := d.app.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := ask(d.pages, "POST", "/source/try name=wire")
	if w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "There is no source of this name that is crawled.") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if n := d.asked.Load(); n != 1 {
		t.Errorf("the site was asked %d times", n)
	}
}
