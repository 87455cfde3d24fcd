package app_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// The number of kills; docs/benchmarks.md says with how many its figures were made.
var (
	kills         = flag.Int("kills", 12, "kill -9 of the daemon on SQLite")
	killsPostgres = flag.Int("kills-postgres", 1, "kill -9 of one of two daemons on PostgreSQL")
)

// slower is how long may be taken by what may take d without the race detector and
// beside nothing else.
func slower(d time.Duration) time.Duration {
	if raceDetector || os.Getenv("CI") != "" {
		return 10 * d
	}
	return d
}

const (
	killStories  = 200
	killChannels = 10
)

// killSite lists 200 stories behind an ETag, spread over a time; every other
// one has to be read on its page. Each matches one of ten rules, with a
// channel of its own.
func killSite(t testing.TB, over time.Duration) (url string, requests *atomic.Int64) {
	t.Helper()
	requests = new(atomic.Int64)
	began := time.Now()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	url = "http://" + l.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /feed", func(w http.ResponseWriter, r *http.Request) {
		n := killStories
		if over > 0 {
			n = min(n, 1+int(time.Since(began)*killStories/over))
		}
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
		w.Header().Set("Content-Type", "application/rss+xml")
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(killFeed(url, n)))
	})
	mux.HandleFunc("GET /story/{n}", func(w http.ResponseWriter, r *http.Request) {
		var n int
		_, _ = fmt.Sscan(r.PathValue("n"), &n)
		fmt.Fprintf(w, "<html lang=en><title>Story %d</title><body><article><h1>Story %d</h1><p>%s</p></article>", n, n, killText(n))
	})
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		mux.ServeHTTP(w, r)
	})}
	go server.Serve(l)
	t.Cleanup(func() { _ = server.Close() })
	return url, requests
}

func killFeed(url string, n int) string {
	var feed strings.Builder
	feed.WriteString(`<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Wire</title>`)
	for i := range n {
		full := ""
		if i%2 == 0 {
			full = fmt.Sprintf("<content:encoded>&lt;p&gt;%s&lt;/p&gt;</content:encoded>", killText(i))
		}
		fmt.Fprintf(&feed, "<item><title>Story %d</title><link>%s/story/%d</link><description>A summary.</description>%s</item>", i, url, i, full)
	}
	feed.WriteString("</channel></rss>")
	return feed.String()
}

func killText(n int) string {
	return fmt.Sprintf("The delegation number %d met in the capital on Monday and talked about keyword%d for several hours, "+
		"officials said in a statement that was long enough to be an article of its own. They will meet again. %s", n, n%killChannels,
		ownWords(n))
}

// pageNumber numbers a page, so that its text is its own.
func pageNumber(page string) int { return int(crc32.ChecksumIEEE([]byte(page))) }

// ownWords are a sentence that no other story has.
func ownWords(n int) string {
	words := rand.New(rand.NewPCG(uint64(n), 7))
	said := make([]string, 40)
	for i := range said {
		var word strings.Builder
		for range 3 {
			word.WriteByte("bdfgklmnprst"[words.IntN(12)])
			word.WriteByte("aeiou"[words.IntN(5)])
		}
		said[i] = word.String()
	}
	return strings.Join(said, " ") + "."
}

// killConfig is for killSite; a source without a schedule is due at once.
func killConfig(url, schedule string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "sources: [{name: wire, feed: %s/feed%s}]\nrules:\n", url, schedule)
	for i := range killChannels {
		fmt.Fprintf(&b, "  - {name: rule%d, any: [keyword%d], to: channel%d}\n", i, i, i)
	}
	return b.String()
}

func killSlack(t testing.TB) *slackfake.Server {
	channels := []slackfake.Channel{{Name: "news", Member: true}}
	for i := range killChannels {
		channels = append(channels, slackfake.Channel{Name: fmt.Sprint("channel", i), Member: true})
	}
	return fakeSlack(t, slackfake.Options{Channels: channels, Rate: 1, Burst: 2})
}

// child is a daemon in a process of its own.
type child struct {
	cmd *exec.Cmd
	out *lockedLog
}

func startDaemon(t testing.TB, config string, env ...string) *child {
	t.Helper()
	c := &child{out: new(lockedLog)}
	c.cmd = exec.Command(os.Args[0])
	c.cmd.Env = append(append(os.Environ(), daemonEnv+"="+config), env...)
	c.cmd.Stderr = c.out
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(c.out.String())
		}
	})
	return c
}

func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// tally counts how often each story arrived over all channels.
func tally(slack *slackfake.Server) (stories map[string]int, total int) {
	stories = map[string]int{}
	for i := range killChannels {
		for _, m := range slack.Messages(fmt.Sprint("channel", i)) {
			stories[m.Text]++
			total++
		}
	}
	return stories, total
}

// beside opens the store of a daemon to be read. When the test fails, what is left to be
// done is logged.
func beside(t testing.TB, storage string) (s *store.Store) {
	t.Helper()
	await(t, "the store", func() bool {
		var err error
		s, err = store.OpenReadOnly(t.Context(), slog.New(slog.DiscardHandler), storage)
		return err == nil
	})
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if t.Failed() {
			work, err := s.Counts.Work(ctx, time.Now())
			unsent, unsentErr := s.Deliveries.List(ctx, 20, news.StatePending, news.StateSending, news.StateInDoubt)
			t.Logf("left: %+v %+v %v", work, unsent, errors.Join(err, unsentErr))
		}
		_ = s.Close()
	})
	return s
}

// settle waits until nothing is left to be read, sent or looked for.
func settle(t testing.TB, storage string) {
	t.Helper()
	s := beside(t, storage)
	await(t, "the last message", func() bool {
		left, err := s.Counts.Work(t.Context(), time.Now())
		totals, totalsErr := s.Counts.Totals(t.Context())
		return err == nil && totalsErr == nil && left.Pages == 0 && left.Deliveries == 0 && totals.Alerts == killStories
	})
}

func checkTally(t testing.TB, slack *slackfake.Server, what string) {
	t.Helper()
	stories, total := tally(slack)
	doubled := 0
	for _, n := range stories {
		if n > 1 {
			doubled += n - 1
		}
	}
	lost := killStories - len(stories)
	t.Logf("%s: %d stories, %d messages, %d lost, %d doubled", what, killStories, total, lost, doubled)
	if lost != 0 || doubled != 0 {
		t.Errorf("%s: %d lost, %d doubled", what, lost, doubled)
	}
}

// A daemon that is killed again and again while it crawls and delivers loses
// no story and tells none twice.
func TestKillOnSQLite(t *testing.T) {
	if testing.Short() {
		t.Skip("kills daemons for a minute")
	}
	t.Parallel()
	url, requests := killSite(t, 0)
	slack := killSlack(t)
	storage := storetest.SQLite(t)
	config := configFile(t, storage, slack, killConfig(url, ""))
	life := 400 * time.Millisecond
	if raceDetector {
		life *= 4
	}
	for range *kills {
		d := startDaemon(t, config)
		pause(t, life+rand.N(2*life))
		d.kill()
	}
	_, before := tally(slack)
	was := requests.Load() + int64(len(slack.Calls("")))
	began := time.Now()
	last := startDaemon(t, config)
	defer last.kill()
	for requests.Load()+int64(len(slack.Calls(""))) == was && time.Since(began) < slower(10*time.Second) {
		pause(t, 10*time.Millisecond)
	}
	resumed := time.Since(began)
	t.Logf("%d kills, %d messages by then; work resumed %v after the last start", *kills, before, resumed.Round(time.Millisecond))
	if before < killStories && resumed > slower(5*time.Second) {
		t.Errorf("work resumed after %v, want at most %v", resumed, slower(5*time.Second))
	}
	settle(t, storage)
	checkTally(t, slack, "SQLite")
}

// Of two daemons on one PostgreSQL one is killed at a time; the other goes on
// with what the dead one held.
func TestKillOnPostgres(t *testing.T) {
	if testing.Short() {
		t.Skip("kills daemons for minutes")
	}
	t.Parallel()
	url, _ := killSite(t, time.Duration(*killsPostgres)*50*time.Second)
	slack := killSlack(t)
	storage := storetest.NewPostgres(t)
	config := configFile(t, storage, slack, killConfig(url, ", schedule: \"@every 10s\""))
	daemons := [2]*child{startDaemon(t, config), startDaemon(t, config)}
	defer func() {
		for _, d := range daemons {
			d.kill()
		}
	}()
	var killed time.Time
	for i := range *killsPostgres {
		pause(t, 20*time.Second+rand.N(60*time.Second)/time.Duration(max(1, 4-*killsPostgres)))
		daemons[i%2].kill()
		killed = time.Now()
		daemons[i%2] = startDaemon(t, config)
	}
	settle(t, storage)
	t.Logf("%d kills; all was delivered %v after the last", *killsPostgres, time.Since(killed).Round(time.Second))
	checkTally(t, slack, "PostgreSQL")
}

// What a dead daemon had claimed is taken up by another one.
func TestAnotherDaemonTakesOverOnPostgres(t *testing.T) {
	t.Parallel()
	url, requests := killSite(t, 0)
	slack := killSlack(t)
	storage := storetest.Postgres(t)
	s := storetest.Open(t, storage)
	now := time.Now()
	if err := s.Sources.Sync(t.Context(), store.Sync{Sources: []store.PlannedSource{{Name: "wire", URL: url + "/feed", First: now}},
		Now: now}); err != nil {
		t.Fatal(err)
	}
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Sources.Claim(t.Context(), now, store.ListLimits{Limit: 1, PerHost: 1, Hung: 1}); err != nil {
			return err
		}
		d := news.Delivery{Channel: "news", Kind: news.DeliverOps, State: news.StatePending, Text: "left behind", Due: now, Created: now}
		if err := tx.Deliveries.Add(t.Context(), d); err != nil {
			return err
		}
		_, err := tx.Channels.Claim(t.Context(), now, 1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d := startDaemon(t, configFile(t, storage, slack, killConfig(url, "")))
	defer d.kill()
	await(t, "what was left behind", func() bool { return requests.Load() > 0 && len(slack.Messages("news")) > 0 })
	took := time.Since(now)
	t.Logf("taken over %v after the holder's death", took.Round(time.Second))
	if most := store.ClaimTime + slower(15*time.Second); took > most {
		t.Errorf("taken over after %v, want at most %v\n%s", took, most, d.out.String())
	}
}

// A daemon that is asked to stop while it delivers finishes what it has begun.
func TestStopLeavesNothingInDoubt(t *testing.T) {
	t.Parallel()
	url, _ := killSite(t, 0)
	slack := killSlack(t)
	storage := storetest.SQLite(t)
	config := configFile(t, storage, slack, killConfig(url, ""))
	for range 5 {
		d := startDaemon(t, config)
		await(t, "the start", func() bool { return strings.Contains(d.out.String(), "msg=running") })
		pause(t, rand.N(time.Second))
		asked := time.Now()
		if err := errors.Join(d.cmd.Process.Signal(syscall.SIGTERM), d.cmd.Wait()); err != nil {
			t.Fatalf("%v\n%s", err, d.out.String())
		}
		if took := time.Since(asked); took > slower(30*time.Second) {
			t.Errorf("the stop took %v", took)
		}
		s, err := store.OpenReadOnly(t.Context(), slog.New(slog.DiscardHandler), storage)
		if err != nil {
			t.Fatal(err)
		}
		left, err := s.Deliveries.List(t.Context(), 10, news.StateSending, news.StateInDoubt)
		if err := errors.Join(err, s.Close()); err != nil || len(left) > 0 {
			t.Errorf("left in doubt: %+v, %v", left, err)
		}
	}
}
