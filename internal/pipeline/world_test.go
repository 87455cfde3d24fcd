package pipeline_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/clock"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var noon = time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)

// world is a pipeline with a site, a matcher and a channel that tests set up,
// a clock that only they move, and a queue that runs its jobs when told to.
type world struct {
	t     *testing.T
	store *store.Store
	pipe  *pipeline.Pipeline
	plan  *pipeline.Plan
	meter meter

	mu   sync.Mutex
	now  time.Time
	step time.Duration // by which the clock was set, in all
	told *clock.Clock
	jobs []func(context.Context) error

	stories  []news.Story // what the list gives
	skipped  int          // entries of the list that cannot be read
	listErr  error
	pages    map[string]news.Story
	pageErr  error
	lists    int
	asked    news.Validators
	tags     news.Validators
	pageRead int

	posts    []notify.Message        // that arrived
	landed   map[int64]time.Duration // when a delivery arrived last
	lag      time.Duration           // after which one can be found
	looks    int
	calls    int // of Send
	probes   int
	onSend   func(m notify.Message) error // before it arrives
	after    func(m notify.Message) error // after it arrived
	onFind   error
	onNewest error // of the look for a channel's newest message
	onProbe  error

	hub, topic string // that the list names
	onPost     func(ctx context.Context, hub string, form url.Values) error

	onResolve error
	onList    func()
	onPage    func(s news.Story)
	onPageCtx func(ctx context.Context)
}

func newWorld(t *testing.T, storage string) *world {
	t.Helper()
	w := &world{t: t, now: noon, pages: map[string]news.Story{}, landed: map[int64]time.Duration{}}
	w.told = clock.New(w.read)
	w.store = storetest.Open(t, storage)
	w.pipe = w.daemon()
	w.plan = &pipeline.Plan{
		Sender: w, Rules: w, Timezone: time.UTC, OpsChannel: "ops", Retention: 90 * 24 * time.Hour,
		Sources:   map[string]news.Source{"tass": {Name: "tass", Origin: news.Origin{Source: "tass"}, URL: "https://tass.example/feed", FullText: news.FullTextNever}},
		Schedules: map[string]schedule.Schedule{},
		Routes:    notify.Routes{Default: "news"},
		FirstRun:  pipeline.FirstRun{Everything: true},
	}
	w.setPlan()
	return w
}

// daemon is one more pipeline on the world's store.
func (w *world) daemon() *pipeline.Pipeline {
	return pipeline.New(slog.New(slog.NewTextHandler(io.Discard, nil)), w.store, w, &w.meter,
		pipeline.Options{Workers: 4, Serve: true, Now: w.told.Now, Steady: w.told.Steady})
}

func (w *world) setPlan() {
	w.t.Helper()
	if err := w.pipe.SetPlan(w.t.Context(), w.plan, pipeline.Start); err != nil {
		w.t.Fatal(err)
	}
}

// read reads the world's two clocks.
func (w *world) read() clock.Reading {
	w.mu.Lock()
	defer w.mu.Unlock()
	return clock.Reading{Wall: w.now, Elapsed: w.now.Sub(noon) - w.step}
}

func (w *world) clock() time.Time { return w.told.Now() }

// set sets the clock; no time passes.
func (w *world) set(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now, w.step = w.now.Add(by), w.step+by
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// turn dispatches and runs jobs until there are none left.
func (w *world) turn() {
	w.t.Helper()
	if err := w.turnErr(); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) turnErr() error {
	for range 50 {
		if err := w.pipe.Dispatch(w.t.Context()); err != nil {
			return err
		}
		jobs := w.jobs
		if w.jobs = nil; len(jobs) == 0 {
			return nil
		}
		for _, job := range jobs {
			if err := job(w.t.Context()); err != nil {
				return err
			}
		}
	}
	return errors.New("there is no end to the jobs")
}

// The queue.

func (w *world) List(_ context.Context, _ *store.Tx, batch []store.Claim) error {
	w.jobs = append(w.jobs, func(ctx context.Context) error { return w.pipe.List(ctx, batch) })
	return nil
}

func (w *world) Page(_ context.Context, _ *store.Tx, pages []store.Claim) error {
	for _, c := range pages {
		w.jobs = append(w.jobs, func(ctx context.Context) error { return w.pipe.Page(ctx, c) })
	}
	return nil
}

func (w *world) Look(_ context.Context, _ *store.Tx, stories []store.Claim) error {
	for _, c := range stories {
		w.jobs = append(w.jobs, func(ctx context.Context) error { return w.pipe.Look(ctx, c) })
	}
	return nil
}

func (w *world) Deliver(_ context.Context, _ *store.Tx, channels []store.Claim) error {
	for _, c := range channels {
		w.jobs = append(w.jobs, func(ctx context.Context) error { return w.pipe.Deliver(ctx, c) })
	}
	return nil
}

func (w *world) Subscribe(_ context.Context, _ *store.Tx, batch []store.Claim) error {
	w.jobs = append(w.jobs, func(ctx context.Context) error { return w.pipe.Subscribe(ctx, batch) })
	return nil
}

// meter keeps the latencies and counts nothing else.
type meter struct{ latencies []time.Duration }

func (*meter) Crawl(string, string, float64) {}
func (*meter) Stories(string, int)           {}
func (*meter) Match(string)                  {}
func (*meter) Delivery(string)               {}
func (m *meter) Latency(d time.Duration)     { m.latencies = append(m.latencies, d) }
func (*meter) Push(string, string)           {}

// site is the crawler's side of the world, whose methods would clash with the queue's.
type site struct{ *world }

func (w site) List(_ context.Context, _ news.Source, v news.Validators) (news.Listing, error) {
	w.mu.Lock()
	w.lists++
	w.asked = v
	w.mu.Unlock()
	if w.onList != nil {
		w.onList()
	}
	if w.listErr != nil {
		return news.Listing{}, w.listErr
	}
	if v != (news.Validators{}) && v == w.tags {
		return news.Listing{NotModified: true}, nil
	}
	return news.Listing{Stories: slices.Clone(w.stories), Skipped: w.skipped, Validators: w.tags, Hub: w.hub, Topic: w.topic}, nil
}

func (w site) Page(ctx context.Context, _ news.Source, s news.Story) (news.Story, error) {
	w.mu.Lock()
	w.pageRead++
	w.mu.Unlock()
	if w.onPageCtx != nil {
		w.onPageCtx(ctx)
	}
	if w.onPage != nil {
		w.onPage(s)
	}
	if w.pageErr != nil {
		return news.Story{}, w.pageErr
	}
	page, ok := w.pages[s.URL]
	if !ok {
		return news.Story{}, &news.CrawlError{Fault: news.FaultGone, URL: s.URL, Status: 404}
	}
	s.Title, s.Text = cmp.Or(page.Title, s.Title), page.Text
	s.Canonical, s.Modified, s.Published = page.Canonical, page.Modified, cmp.Or(s.Published, page.Published)
	return s, nil
}

func (w site) Merge(s, page news.Story) news.Story {
	s.Text, s.Published = page.Text, cmp.Or(s.Published, page.Published)
	return s
}

func (w site) Post(ctx context.Context, _ news.Source, hub string, form url.Values) error {
	return w.onPost(ctx, hub, form)
}

// ReadPush reads a body of one title a line.
func (w site) ReadPush(_ news.Source, _, contentType string, body []byte) (news.Listing, error) {
	switch contentType {
	case "application/x-panic":
		panic("a push that panics")
	case "application/x-hostile":
		return news.Listing{}, &news.CrawlError{Fault: news.FaultHostile}
	case "text/html":
		return news.Listing{}, &news.CrawlError{Fault: news.FaultContent, Err: errors.New("not a feed")}
	}
	return news.Listing{Stories: listed(strings.Split(string(body), "\n")...)}, nil
}

// Match is a rule for every word of the title or text that begins with "#".
func (w *world) Match(s *news.Story) (matches []news.Match) {
	for word := range strings.FieldsSeq(s.Title + " " + s.Text) {
		if rule, ok := strings.CutPrefix(word, "#"); ok {
			severity := news.Normal
			if strings.HasPrefix(rule, "urgent") {
				severity = news.Urgent
			}
			matches = append(matches, news.Match{Rule: rule, Hash: "1", Severity: severity})
		}
	}
	return matches
}

// The channel.

func (w *world) Resolve(_ context.Context, channel string) (string, error) {
	if channel == "gone" {
		return "", &notify.SendError{Problem: notify.NoChannel, Err: errors.New("channel_not_found")}
	}
	return "C-" + channel, w.onResolve
}

func (w *world) Send(_ context.Context, channelID string, m notify.Message) (notify.Receipt, error) {
	w.calls++
	if w.onSend != nil {
		if err := w.onSend(m); err != nil {
			return notify.Receipt{}, err
		}
	}
	w.posts = append(w.posts, m)
	w.landed[m.Delivery] = w.read().Elapsed
	if w.after != nil {
		if err := w.after(m); err != nil {
			return notify.Receipt{}, err
		}
	}
	return notify.Receipt{ChannelID: channelID, TS: fmt.Sprint(len(w.posts))}, nil
}

func (w *world) Find(_ context.Context, channelID string, d notify.Sought, _ time.Time) (notify.Receipt, bool, error) {
	w.looks++
	for _, m := range w.posts {
		marked := slices.ContainsFunc(m.Marks, func(mark string) bool { return slices.Contains(d.Marks, mark) })
		if (m.Promise == d.Promise || marked) && w.read().Elapsed-w.landed[m.Delivery] >= w.lag {
			return notify.Receipt{ChannelID: channelID, TS: "found"}, true, w.onFind
		}
	}
	return notify.Receipt{}, false, w.onFind
}

func (w *world) Newest(context.Context, string) (notify.Trace, bool, error) {
	if len(w.posts) == 0 || w.onNewest != nil {
		return notify.Trace{}, false, w.onNewest
	}
	m := w.posts[len(w.posts)-1]
	return notify.Trace{Delivery: m.Delivery, Promise: m.Promise, Sent: w.now}, true, nil
}

func (w *world) Probe(context.Context) error {
	w.probes++
	return w.onProbe
}

// each runs a test in a new world on either database.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, storage string) {
		w := newWorld(t, storage)
		w.plan.Crawler = site{w}
		w.setPlan()
		test(t, w)
	})
}

func listed(titles ...string) (stories []news.Story) {
	for _, title := range titles {
		path := strings.NewReplacer(" ", "-", "#", "").Replace(title)
		stories = append(stories, news.Story{URL: "https://tass.example/" + path, Title: title, Published: noon.Add(-time.Minute)})
	}
	return stories
}

func (w *world) wantPosts(headlines ...string) {
	w.t.Helper()
	got := make([]string, len(w.posts))
	for i, m := range w.posts {
		got[i] = m.Headline
	}
	if !slices.Equal(got, headlines) && len(got)+len(headlines) > 0 {
		w.t.Errorf("posted %q, want %q", got, headlines)
	}
}

func (w *world) states() map[news.DeliveryState]int64 {
	w.t.Helper()
	counts, err := w.store.Counts.Deliveries(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	states := map[news.DeliveryState]int64{}
	for _, c := range counts {
		states[c.State] = c.N
	}
	return states
}
