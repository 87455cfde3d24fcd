package browser_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/clock"
	"github.com/copytaster/copytaster/internal/demo"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/web/pages"
)

// world is what daemons of this package watch and post to: the demo's site, and a Slack. Its
// store has what the demo tells, in whatever state it comes to where one channel is missing.
type world struct {
	once  sync.Once
	err   error
	site  *demo.Site
	slack *slackfake.Server
	dir   string
	other *httptest.Server // a site whose stories are of the last days, and which has little else
}

var seeded world

// missing is the channel that Slack does not know.
const missing = "duty"

func (w *world) close() {
	if w.site != nil {
		_ = w.site.Close()
		_ = w.slack.Close()
		w.other.Close()
		_ = os.RemoveAll(w.dir)
	}
}

// store is the file of the store, which is not to be changed.
func (w *world) store() string { return filepath.Join(w.dir, "demo.db") }

// seed runs a daemon through all that the demo's site tells.
func (w *world) seed() (err error) {
	if w.site, err = demo.Start(""); err != nil {
		return err
	}
	w.site.Hold()
	w.other = httptest.NewServer(http.HandlerFunc(recent))
	w.slack = slackfake.New(slackfake.Options{Channels: channels()})
	if err = w.slack.Start(); err != nil {
		return err
	}
	if w.dir, err = os.MkdirTemp("", "copytaster-browser-"); err != nil {
		return err
	}
	cfg, err := w.config(w.dir, w.store(), w.slack, "")
	if err != nil {
		return err
	}
	a, err := app.New(context.Background(), slog.New(slog.DiscardHandler), app.Options{
		Config: cfg, Getenv: noEnv, Output: io.Discard, Pace: time.Millisecond, Grace: time.Minute, Answerable: true,
	})
	if err != nil {
		return err
	}
	if _, err = a.Through(context.Background(), 3*time.Minute, w.site.Arrive); err != nil {
		return err
	}
	return a.Close()
}

// recent serves a feed of the last days.
func recent(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/rss.xml" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/rss+xml")
	fmt.Fprint(w, `<rss version="2.0"><channel><title>North Sea Daily</title>`)
	for i, title := range []string{
		"Blaze at the oil port keeps two hundred firefighters busy", "Ferry line between Esbjerg and Harwich to return in spring",
		"Herring quota cut by a fifth", "Fire on a freighter off Terschelling is out, its crew is safe", "Wind farm sends its first power ashore",
		"Harbour explosion in Emden: what is known", "A seal visits the town hall, and leaves by the front door",
	} {
		at := time.Now().UTC().Add(-time.Duration(i*i) * 3 * time.Hour)
		fmt.Fprintf(w, `<item><title>%s</title><link>http://%s/%d</link><guid>%d</guid><pubDate>%s</pubDate><description>%s. The %d people of the town of %s took note.</description></item>`,
			title, r.Host, i, i, at.Format(time.RFC1123Z), title, 1000+i*317, strings.Fields(title)[0])
	}
	fmt.Fprint(w, `</channel></rss>`)
}

func channels() (known []slackfake.Channel) {
	for _, name := range []string{"dprk-desk", "news", "monitoring"} {
		known = append(known, slackfake.Channel{Name: name, Member: true})
	}
	return known
}

func noEnv(string) (string, bool) { return "", false }

// config is the demo's, with more keys, a source that fails, and Slack.
func (w *world) config(dir, storage string, slack *slackfake.Server, more string) (*config.Config, error) {
	text := strings.Replace(string(w.site.ConfigYAML(storage)), "sources:\n", fmt.Sprintf(
		"sources:\n  - {name: fjord-times, feed: \"%[1]s/a/rather/long/path/to/the/feed/of-this-outlet/rss.xml\", schedule: \"@every 1h\"}\n"+
			"  - {name: north-sea-daily, feed: \"%[1]s/rss.xml\", schedule: \"@every 1h\", full_text: never, robots: ignore}\n", w.other.URL), 1)
	text = strings.Replace(text, `listen: ""`, "listen: 127.0.0.1:0", 1)
	text = strings.ReplaceAll(text, `"@every 10s"`, `"@every 10m"`)
	text += fmt.Sprintf("\nslack: {token: %s, api_url: %q}\n%s", slackfake.DefaultToken, slack.URL(), more)
	path := filepath.Join(dir, "copytaster.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return config.Load(path, noEnv)
}

// daemon is a daemon that runs, on a store of its own.
type daemon struct {
	base  string // its URL
	slack *slackfake.Server
	clock *machine
	stop  func()
}

// machine is this one's clock, which can be moved on.
type machine struct {
	start time.Time

	mu     sync.Mutex
	passed time.Duration
}

func (m *machine) read() clock.Sample {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	return clock.Sample{Wall: now.Round(0).Add(m.passed), Elapsed: now.Sub(m.start) + m.passed}
}

func (m *machine) pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.passed += d
}

// start starts a daemon on a copy of what was seeded, with a config that has more keys.
func start(t *testing.T, more string) *daemon {
	t.Helper()
	if seeded.once.Do(func() { seeded.err = seeded.seed() }); seeded.err != nil {
		t.Fatal(seeded.err)
	}
	kept, err := os.ReadFile(seeded.store())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	storage := filepath.Join(dir, "demo.db")
	if err := os.WriteFile(storage, kept, 0o600); err != nil {
		t.Fatal(err)
	}
	d := &daemon{slack: slackfake.New(slackfake.Options{Channels: channels()}), clock: &machine{start: time.Now()}}
	if err := d.slack.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.slack.Close() })
	cfg, err := seeded.config(dir, storage, d.slack, more)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), slog.New(slog.DiscardHandler), app.Options{
		Config: cfg, Getenv: noEnv, Output: io.Discard, Pace: time.Millisecond, Grace: time.Minute, Answerable: true,
		Pages: pages.New, Machine: d.clock.read,
	})
	if err != nil {
		t.Fatal(err)
	}
	d.base = "http://" + app.AddressOf(a)
	ctx, stop := context.WithCancel(t.Context())
	d.stop = stop
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}
