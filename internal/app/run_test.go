package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// wireSite is a feed of full stories that a test can add to.
type wireSite struct {
	url string
	mu  sync.Mutex
	all []string
}

func newWireSite(t testing.TB) *wireSite {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &wireSite{url: "http://" + l.Addr().String()}
	server := &http.Server{Handler: s}
	go server.Serve(l)
	t.Cleanup(func() { _ = server.Close() })
	return s
}

func (s *wireSite) add(titles ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(titles, s.all...)
}

func (s *wireSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/feed" {
		http.NotFound(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprint(w, `<?xml version="1.0"?><rss version="2.0"><channel><title>Wire</title>`)
	for _, title := range s.all {
		fmt.Fprintf(w, "<item><title>%s</title><link>%s/%s</link></item>", title, s.url, strings.ReplaceAll(title, " ", "-"))
	}
	fmt.Fprint(w, "</channel></rss>")
}

func wireConfig(s *wireSite, rules string) string {
	return fmt.Sprintf("sources: [{name: wire, feed: %s/feed, full_text: never, schedule: \"@every 10s\"}]\n%s", s.url, rules)
}

const kimRule = "rules: [{name: kim, any: [Kim]}]\n"

// running is a daemon that runs until the test ends.
type running struct {
	*app.App
	stop func() error
}

func run(t testing.TB, log io.Writer, opt app.Options) running {
	t.Helper()
	a, err := app.New(t.Context(), slog.New(slog.NewTextHandler(log, nil)), opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	stop := sync.OnceValue(func() error {
		cancel()
		return errors.Join(<-done, a.Close())
	})
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return running{App: a, stop: stop}
}

// patience is how long a test waits for what must come, on the busiest machine.
// It tells nothing of how soon that is to come.
const patience = 15 * time.Minute

// await waits for something that another goroutine or process brings about.
func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); pause(t, 20*time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s", what, patience)
		}
	}
}

// pause lets time pass: another process is at work, or is to be killed at
// just any moment.
func pause(t testing.TB, d time.Duration) {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
		t.Fatal(t.Context().Err())
	}
}

func texts(s *slackfake.Server, channel string) (all []string) {
	for _, m := range s.Messages(channel) {
		all = append(all, m.Text)
	}
	return all
}

func TestReload(t *testing.T) {
	t.Parallel()
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{Channels: []slackfake.Channel{
		{Name: "news", Member: true}, {Name: "ops", Member: true}, {Name: "desk", Member: true},
	}})
	site.add("Kim speaks")
	path := configFile(t, storetest.SQLite(t), slack, wireConfig(site, kimRule))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	good = []byte(strings.Replace(string(good), "slack: {", "slack: {ops_channel: ops, ", 1))
	write(t, path, string(good))
	hangup := make(chan struct{})
	opt := options(t, path)
	opt.Watch, opt.Hangup = true, hangup
	var log lockedLog
	a := run(t, &log, opt)
	await(t, "the first alert", func() bool { return len(texts(slack, "news")) == 1 })

	write(t, path, strings.Replace(string(good), "any:", "anny:", 1))
	for range 2 {
		if err := a.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "anny") {
			t.Errorf("a bad config is taken: %v", err)
		}
	}
	await(t, "word of the bad config", func() bool { return len(texts(slack, "ops")) == 1 })
	if got := texts(slack, "ops")[0]; !strings.Contains(got, "anny") || !strings.Contains(got, "last good one stays in force") {
		t.Errorf("the ops channel was told %q", got)
	}
	site.add("Kim speaks again")
	await(t, "an alert on the last good config", func() bool { return len(texts(slack, "news")) == 2 })

	write(t, path, strings.Replace(string(good), "any: [Kim]", "any: [Putin], to: desk", 1))
	hangup <- struct{}{}
	await(t, "word that it is right again", func() bool { return len(texts(slack, "ops")) == 2 })
	site.add("Putin speaks", "Kim is silent")
	await(t, "an alert on the new config", func() bool { return len(texts(slack, "desk")) == 1 })

	loaded := func() int { return strings.Count(log.String(), "config loaded") }
	before := loaded()
	write(t, path, strings.Replace(string(good), "any: [Kim]", "any: [Xi], to: desk", 1)) // found by polling
	await(t, "the poll", func() bool { return loaded() > before })
	if n := len(texts(slack, "news")); n != 2 {
		t.Errorf("%d alerts in news, want 2", n)
	}
	if err := a.stop(); err != nil {
		t.Fatal(err)
	}
	s := storetest.Open(t, opt.Config.Storage)
	var kept map[string][]byte
	text, err := s.Settings.Get(t.Context(), store.SettingConfig)
	if err != nil || json.Unmarshal([]byte(text), &kept) != nil || !strings.Contains(string(kept["copytaster.yaml"]), "[Xi]") {
		t.Errorf("the last good config kept is %q, %v", kept, err)
	}
}

// A config that was emptied, or lost a part, is not put in force, whether a
// daemon runs or starts: nothing that waits for Slack counts as sent for it.
func TestEmptiedConfig(t *testing.T) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	site.add("Kim speaks")
	path := configFile(t, storetest.SQLite(t), slack, wireConfig(site, kimRule))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	slack.Plan(slackfake.Fault{Method: "chat.postMessage", Status: http.StatusForbidden, Times: -1})
	opt := options(t, path)
	var log lockedLog
	a := run(t, &log, opt)
	await(t, "the crawl", func() bool { return left(t, opt.Config.Storage) == 1 })
	withoutSlack := regexp.MustCompile(`(?m)^slack: .*$`).ReplaceAllString(string(good), "")
	for what, text := range map[string]string{
		"sources":     "storage: " + opt.Config.Storage,
		"rules":       strings.Replace(string(good), kimRule, "", 1),
		"slack.token": withoutSlack,
	} {
		write(t, path, text)
		if err := a.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "has no "+what+" any more") {
			t.Errorf("without %s: %v", what, err)
		}
	}
	if err := a.stop(); err != nil {
		t.Fatal(err)
	}
	write(t, path, withoutSlack)
	if _, err := app.New(t.Context(), silent, options(t, path)); err == nil || !strings.Contains(err.Error(), "1 messages wait to be sent to Slack") {
		t.Errorf("a start without Slack: %v", err)
	}
	if n := left(t, opt.Config.Storage); n != 1 {
		t.Errorf("%d deliveries are left", n)
	}
}

type lockedLog struct {
	mu  sync.Mutex
	out strings.Builder
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

func TestServedEndpoints(t *testing.T) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	site.add("Kim speaks")
	address := freeAddress(t)
	path := configFile(t, storetest.SQLite(t), slack, wireConfig(site, kimRule))
	edit(t, path, `listen: ""`, "listen: "+address, `, schedule: "@every 10s"`, "") // crawled once, and when it is told to
	opt := options(t, path)
	opt.Serve = true
	run(t, io.Discard, opt)
	await(t, "an alert", func() bool { return len(texts(slack, "news")) == 1 })

	get := func(path string) string {
		res, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		if err := errors.Join(err, res.Body.Close()); err != nil || res.StatusCode != 200 {
			t.Errorf("%s: %s %v", path, res.Status, err)
		}
		return string(b)
	}
	get("/-/healthy")
	get("/-/ready")
	wanted := []string{
		`copytaster_crawls_total{outcome="ok",source="wire"} 1`, `copytaster_stories_total{source="wire"} 1`,
		`copytaster_matches_total{rule="kim"} 1`, `copytaster_deliveries_total{state="sent"} 1`,
		`copytaster_source_healthy{source="wire"} 1`, `copytaster_queue_depth{queue="deliver"} 0`, `copytaster_config_reload_success 1`,
		`copytaster_sending_paused 0`, `copytaster_deliveries{state="parked"} 0`, `copytaster_source_last_success_timestamp_seconds{source="wire"} 1`,
	}
	await(t, "metrics", func() bool { // Slack has the message before it is counted
		metrics := get("/metrics")
		return !slices.ContainsFunc(wanted, func(want string) bool { return !strings.Contains(metrics, want) })
	})

	c, ok := app.Dial(t.Context(), opt.Config, opt.Getenv)
	if !ok {
		t.Fatal("the daemon takes no commands")
	}
	site.add("Kim speaks again")
	if done, err := c.Crawl(t.Context(), "wire"); err != nil || done.Listed != 2 || done.New != 1 || done.Alerts != 1 {
		t.Errorf("crawl: %+v, %v", done, err)
	}
	if _, err := c.Crawl(t.Context(), "nobody"); err == nil || !strings.Contains(err.Error(), "no such source") {
		t.Errorf("crawl: %v", err)
	}
	if r, err := c.SendTest(t.Context(), "news"); err != nil || r.TS == "" {
		t.Errorf("send-test: %+v, %v", r, err)
	}
	if err := c.Retry(t.Context(), 99, ""); err == nil || !strings.Contains(err.Error(), "no parked or dead delivery") {
		t.Errorf("retry: %v", err)
	}
	if err := errors.Join(c.Reload(t.Context())); err != nil {
		t.Errorf("reload: %v", err)
	}
	_, err := app.New(t.Context(), slog.New(slog.DiscardHandler), opt)
	if err == nil || !strings.Contains(err.Error(), "held by another copytaster") {
		t.Errorf("a second daemon: %v", err)
	}
}

func TestAddressInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	path := filepath.Join(t.TempDir(), "copytaster.yaml")
	write(t, path, fmt.Sprintf("storage: x.db\nlisten: %s\n", taken.Addr()))
	opt := options(t, path)
	opt.Serve = true
	_, err = app.New(t.Context(), slog.New(slog.DiscardHandler), opt)
	if err == nil || !strings.Contains(err.Error(), "set `listen` to a free one") {
		t.Errorf("got %v", err)
	}
}

func TestRestartSendsNothingAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
		site.add("Kim speaks", "Putin speaks")
		path := configFile(t, storage, slack, wireConfig(site, kimRule))
		for range 3 {
			if pass := onePass(t, path); !pass.Done() {
				t.Errorf("got %+v", pass)
			}
		}
		if got := texts(slack, "news"); len(got) != 1 {
			t.Errorf("%d messages over three starts: %q", len(got), got)
		}
	})
}

func TestStatus(t *testing.T) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	site.add("Kim speaks", "Putin speaks")
	path := configFile(t, storetest.SQLite(t), slack, wireConfig(site, "rules: [{name: kim, any: [Kim], to: nowhere}, {name: putin, any: [Putin]}]\n"))
	onePass(t, path)
	opt := options(t, path)
	s := storetest.Open(t, opt.Config.Storage)
	st, err := app.ReadStatus(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if st.Stories != 2 || st.Alerts != 2 || st.Deliveries["sent"] != 1 || st.Deliveries["parked"] != 1 ||
		st.ConfigHash != opt.Config.Hash {
		t.Errorf("got %+v", st)
	}
	if len(st.Parked) != 1 || st.Parked[0].Channel != "nowhere" || len(st.Sources) != 1 || st.Sources[0].Verdict != "ok" ||
		st.Sources[0].Stories != 2 {
		t.Errorf("got %+v", st)
	}
}

func TestWithoutATokenAlertsGoToTheTerminal(t *testing.T) {
	site := newWireSite(t)
	site.add("Kim speaks")
	path := filepath.Join(t.TempDir(), "copytaster.yaml")
	write(t, path, "storage: x.db\nlisten: \"\"\ncrawl: {host_interval: 0s, allow_networks: [127.0.0.0/8]}\nalerts: {default_channel: news, first_run: everything}\n"+wireConfig(site, kimRule))
	opt := options(t, path)
	var out strings.Builder
	opt.Output = &out
	a := open(t, opt)
	pass, err := a.Once(t.Context(), patience)
	if err != nil || !pass.Done() || pass.Sent != 1 {
		t.Errorf("%+v, %v", pass, err)
	}
	if !strings.Contains(out.String(), "Kim speaks") {
		t.Errorf("the terminal shows %q", out.String())
	}
}
