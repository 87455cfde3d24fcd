package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/clock"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// machine is this one with a wall clock that a test sets.
type machine struct {
	start time.Time

	mu     sync.Mutex
	ahead  time.Duration // of the true time
	passed time.Duration // time that passed at once, on both clocks
}

func newMachine(ahead time.Duration) *machine { return &machine{start: time.Now(), ahead: ahead} }

func (m *machine) read() clock.Sample {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	return clock.Sample{Wall: now.Round(0).Add(m.ahead + m.passed), Elapsed: now.Sub(m.start) + m.passed}
}

// truth is the time that everybody else's clock shows.
func (m *machine) truth() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return time.Now().Add(m.passed)
}

func (m *machine) set(by time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ahead += by
}

func (m *machine) pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.passed += d
}

// clockCases are a daemon's life in steps: the clock's error at its start, and
// then by how much the clock is set while it works.
var clockCases = []struct {
	name    string
	ahead   time.Duration
	steps   []time.Duration
	restart bool // after the last step
}{
	{name: "an hour back", steps: []time.Duration{-time.Hour}},
	{name: "61 s forward", steps: []time.Duration{61 * time.Second}},
	{name: "two hours forward", steps: []time.Duration{2 * time.Hour}},
	{name: "started a year ahead, corrected", ahead: 365 * 24 * time.Hour, steps: []time.Duration{-365 * 24 * time.Hour}},
	{name: "started a year ahead, corrected, restarted", ahead: 365 * 24 * time.Hour, steps: []time.Duration{-365 * 24 * time.Hour}, restart: true},
	{name: "90 s ahead of Slack", ahead: 90 * time.Second},
}

// A whole daemon under load whose clock is set; on SQLite, where the test can
// let time pass, every twentieth post is in doubt, and the history lags: nothing
// lost, nothing doubled, and work goes on within a minute.
func TestDaemonWhoseClockIsSet(t *testing.T) {
	if testing.Short() {
		t.Skip("runs twelve daemons")
	}
	for _, tt := range clockCases {
		for kind, storage := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
			t.Run(tt.name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				underSetClock(t, storage(t), tt.ahead, tt.steps, tt.restart)
			})
		}
	}
}

func underSetClock(t *testing.T, storage string, ahead time.Duration, steps []time.Duration, restart bool) {
	site := newWireSite(t)
	wrong := newMachine(ahead)
	slack := fakeSlack(t, slackfake.Options{Now: wrong.truth, Lag: 40 * time.Second})
	pass := func() {} // a server's clock goes on by itself
	if !store.IsPostgres(storage) {
		pass = func() { wrong.pass(500 * time.Millisecond) }
		for i := 1; i < 8; i++ {
			slack.Plan(slackfake.Fault{Method: "chat.postMessage", Nth: 20 * i, Stored: i%2 == 0, Close: true})
		}
		slack.Plan(slackfake.Fault{Method: "chat.postMessage", Nth: 30, Stored: true, Status: 429, RetryAfter: "41"})
	}
	opt := options(t, configFile(t, storage, slack, wireConfig(site, kimRule)))
	opt.Machine, opt.Pace = wrong.read, 20*time.Millisecond
	var log lockedLog
	daemon := run(t, &log, opt)
	want := 0
	publish := func(n int) {
		titles := make([]string, n)
		for i := range titles {
			want++
			titles[i] = fmt.Sprintf("Kim %03d", want)
		}
		site.add(titles...)
	}
	publish(60)
	await(t, "some alerts", func() bool { return len(texts(slack, "news")) > 20 })
	for _, step := range steps {
		if restart {
			if err := daemon.stop(); err != nil {
				t.Fatal(err)
			}
		}
		wrong.set(step)
		publish(20)
		if restart {
			daemon = run(t, &log, opt)
		}
		before := len(texts(slack, "news"))
		await(t, fmt.Sprint("an alert after the clock was set by ", step), func() bool { return len(texts(slack, "news")) > before })
	}
	publish(20)
	await(t, "the rest", func() bool {
		pass() // ten seconds in half of one
		return len(texts(slack, "news")) >= want && left(t, storage) == 0
	})
	counts := map[string]int{}
	for _, text := range texts(slack, "news") {
		counts[text]++
	}
	doubled := len(texts(slack, "news")) - len(counts)
	t.Logf("%d alerts, %d lost, %d doubled", want, want-len(counts), doubled)
	if len(counts) != want || doubled != 0 {
		t.Errorf("%d of %d alerts arrived, %d doubled\n%s", len(counts), want, doubled, log.String())
	}
	await(t, "a healthy daemon", func() bool { return daemon.Healthy() == nil }) // time has just passed at once
}

// left counts the deliveries that have not ended.
func left(t *testing.T, storage string) (n int64) {
	t.Helper()
	s, err := store.OpenReadOnly(t.Context(), slog.New(slog.DiscardHandler), storage)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	counts, err := s.Counts.Deliveries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range counts {
		if c.State != news.StateSent {
			n += c.N
		}
	}
	return n
}

// stuck is a Sender whose posts end when a test lets them.
type stuck struct {
	notify.Sender
	let   chan struct{}
	begun *atomic.Bool // that a post has
}

func (s stuck) Resolve(context.Context, string) (string, error) { return "C1", nil }

func (s stuck) Newest(context.Context, string) (notify.Trace, bool, error) {
	return notify.Trace{}, false, nil
}

func (s stuck) Send(context.Context, string, notify.Message) (notify.Receipt, error) {
	s.begun.Store(true)
	<-s.let
	return notify.Receipt{ChannelID: "C1", TS: "1.1"}, nil
}

// A daemon that hands work out, but does none of it, is not healthy, and is
// again when the work is done.
func TestHealthyMeansThatWorkIsDone(t *testing.T) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	site.add("Kim speaks")
	m := newMachine(0)
	sender := stuck{let: make(chan struct{}), begun: new(atomic.Bool)}
	opt := options(t, configFile(t, storetest.SQLite(t), slack, wireConfig(site, kimRule)))
	opt.Machine, opt.Sender = m.read, sender
	var log lockedLog
	a := run(t, &log, opt)
	released := sync.OnceFunc(func() { close(sender.let) })
	t.Cleanup(released)
	await(t, "the start", func() bool { return a.Healthy() == nil })
	await(t, "the crawl", func() bool { return left(t, opt.Config.Storage) == 1 })
	await(t, "the post", sender.begun.Load)
	m.pass(5 * time.Minute)
	await(t, "the illness", func() bool {
		err := a.Healthy()
		return err != nil && strings.Contains(err.Error(), "1 channels to be posted to have been due for 2m")
	})
	released()
	m.pass(10 * time.Second) // after which it looks again
	await(t, "the recovery", func() bool { return a.Healthy() == nil })
}
