// Package pipetest is a world around a pipeline, for the tests of its acts. Each
// runs a test in a new World on either database; the test sets up what the
// world's site lists, lets Turn do what is due, and looks at what was posted.
package pipetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/clock"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// Noon is when a world begins.
var Noon = time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)

// World is a pipeline with a site, a matcher and a channel that tests set up,
// a clock that only they move, and a queue that runs its jobs when told to.
type World struct {
	Hashtags
	T     *testing.T
	Store *store.Store
	Pipe  *pipeline.Pipeline
	Plan  *act.Plan
	Meter Meter

	mu   sync.Mutex
	Now  time.Time
	step time.Duration // by which the clock was set, in all
	told *clock.Clock
	Jobs []func(context.Context) error

	Stories  []news.Story // what the list gives
	Skipped  int          // entries of the list that cannot be read
	ListErr  error
	Pages    map[string]news.Story
	PageErr  error
	Lists    int
	Asked    news.Validators
	Tags     news.Validators
	PageRead int

	Posts    []notify.Message // that arrived
	Edits    []notify.Message // of posts, in the order in which they were made
	OnEdit   func(at notify.Receipt, m notify.Message) error
	Landed   map[int64]time.Duration // when a delivery arrived last
	Lag      time.Duration           // After which one can be found
	Looks    int
	Calls    int // of Send
	Probes   int
	OnAsk    func()                       // before any other request to Slack
	OnSend   func(m notify.Message) error // before it arrives
	After    func(m notify.Message) error // after it arrived
	OnFind   error
	OnNewest error // of the look for a channel's newest message
	OnProbe  error

	Hub, topic string // that the list names
	onPost     func(ctx context.Context, hub string, form url.Values) error

	OnResolve error
	OnList    func()
	OnPage    func(s news.Story)
	OnPageCtx func(ctx context.Context)
}

// NewWorld makes a world on a new store.
func NewWorld(t *testing.T, storage string) *World {
	t.Helper()
	w := &World{T: t, Now: Noon, Pages: map[string]news.Story{}, Landed: map[int64]time.Duration{}}
	w.told = clock.New(w.read)
	w.Store = storetest.Open(t, storage)
	w.Pipe = w.Daemon()
	w.Plan = &act.Plan{
		Sender: w.Slack(), Rules: w, Timezone: time.UTC, OpsChannel: "ops", Retention: 90 * 24 * time.Hour,
		Sources: map[string]news.Source{"tass": {
			Name: "tass", Origin: news.Origin{Source: "tass"}, URL: "https://tass.example/feed", FullText: news.FullTextNever,
		}},
		Schedules: map[string]schedule.Schedule{},
		Routes:    notify.Routes{Default: "news"},
		FirstRun:  act.FirstRun{Everything: true},
	}
	w.SetPlan()
	return w
}

// Daemon is one more pipeline on the world's store.
func (w *World) Daemon() *pipeline.Pipeline {
	return pipeline.New(slog.New(slog.DiscardHandler), w.Store, w.Queue(), &w.Meter,
		pipeline.Options{Workers: 4, Serve: true, Now: w.told.Now, Steady: w.told.Steady})
}

// NewPipeline returns a pipeline on a world's store with a log and options of its
// own, whose clock does not say when it was set.
func NewPipeline(w *World, log slog.Handler, opt pipeline.Options) *pipeline.Pipeline {
	opt.Now = w.Clock
	return pipeline.New(slog.New(log), w.Store, w.Queue(), &Meter{}, opt)
}

// SetPlan has the pipeline follow the world's plan.
func (w *World) SetPlan() {
	w.T.Helper()
	if err := w.Pipe.SetPlan(w.T.Context(), w.Plan, pipeline.Start); err != nil {
		w.T.Fatal(err)
	}
}

// read reads the world's two clocks.
func (w *World) read() clock.Sample {
	w.mu.Lock()
	defer w.mu.Unlock()
	return clock.Sample{Wall: w.Now, Elapsed: w.Now.Sub(Noon) - w.step}
}

// Clock returns the pipeline's time.
func (w *World) Clock() time.Time { return w.told.Now() }

// Set sets the clock; no time passes.
func (w *World) Set(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Now, w.step = w.Now.Add(by), w.step+by
}

// Pass lets time pass.
func (w *World) Pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Now = w.Now.Add(d)
}

// Turn dispatches and runs jobs until there are none left.
func (w *World) Turn() {
	w.T.Helper()
	if err := w.TurnErr(); err != nil {
		w.T.Fatal(err)
	}
}

// TurnErr is Turn for tests that want its error.
func (w *World) TurnErr() error {
	for range 50 {
		if err := w.Pipe.Dispatch(w.T.Context()); err != nil {
			return err
		}
		jobs := w.Jobs
		if w.Jobs = nil; len(jobs) == 0 {
			return nil
		}
		for _, job := range jobs {
			if err := job(w.T.Context()); err != nil {
				return err
			}
		}
	}
	return errors.New("there is no end to the jobs")
}

// Site is the crawler's side of the world, whose methods would clash with the queue's.
type Site struct{ *World }

// List returns the world's list.
func (w Site) List(_ context.Context, _ news.Source, v news.Validators) (news.Listing, error) {
	w.mu.Lock()
	w.Lists++
	w.Asked = v
	w.mu.Unlock()
	if w.OnList != nil {
		w.OnList()
	}
	if w.ListErr != nil {
		return news.Listing{}, w.ListErr
	}
	if v != (news.Validators{}) && v == w.Tags {
		return news.Listing{NotModified: true}, nil
	}
	return news.Listing{
		Stories: slices.Clone(w.Stories), Skipped: w.Skipped, Validators: w.Tags, Hub: w.Hub, Topic: w.topic,
	}, nil
}

// Page returns one of the world's pages.
func (w Site) Page(ctx context.Context, _ news.Source, s news.Story) (news.Story, error) {
	w.mu.Lock()
	w.PageRead++
	w.mu.Unlock()
	if w.OnPageCtx != nil {
		w.OnPageCtx(ctx)
	}
	if w.OnPage != nil {
		w.OnPage(s)
	}
	if w.PageErr != nil {
		return news.Story{}, w.PageErr
	}
	page, ok := w.Pages[s.URL]
	if !ok {
		return news.Story{}, &news.CrawlError{Fault: news.FaultGone, URL: s.URL, Status: 404}
	}
	return page, nil
}

// Merge adds what a page says. Its title becomes that of the story, which keeps the
// one of the list beside it.
func (w Site) Merge(s, page news.Story) news.Story {
	if page.Title != "" && page.Title != s.Title {
		s.Title, s.Titles = page.Title, append(slices.Clip(s.Titles), s.Title)
	}
	s.Text, s.Canonical, s.Modified = page.Text, page.Canonical, page.Modified
	s.Published, s.Language = cmp.Or(s.Published, page.Published), cmp.Or(page.Language, s.Language)
	s.Paywalled = page.Paywalled
	return s
}

// Post asks the world's hub.
func (w Site) Post(ctx context.Context, _ news.Source, hub string, form url.Values) error {
	return w.onPost(ctx, hub, form)
}

// ReadPush reads a body of one title a line.
func (w Site) ReadPush(_ news.Source, _, contentType string, body []byte) (news.Listing, error) {
	switch contentType {
	case "application/x-panic":
		panic("a push that panics")
	case "application/x-hostile":
		return news.Listing{}, &news.CrawlError{Fault: news.FaultHostile}
	case "text/html":
		return news.Listing{}, &news.CrawlError{Fault: news.FaultContent, Err: errors.New("not a feed")}
	}
	return news.Listing{Stories: Listed(strings.Split(string(body), "\n")...)}, nil
}

// Hashtags are the rules of a world.
type Hashtags struct{}

// Match is a rule for every word of the titles or the text that begins with "#".
func (Hashtags) Match(s *news.Story) (matches []news.Match) {
	for word := range strings.FieldsSeq(strings.Join(append([]string{s.Title, s.Text}, s.Titles...), " ")) {
		rule, ok := strings.CutPrefix(word, "#")
		if ok && !slices.ContainsFunc(matches, func(m news.Match) bool { return m.Rule == rule }) {
			severity := news.Normal
			if strings.HasPrefix(rule, "urgent") {
				severity = news.Urgent
			}
			matches = append(matches, news.Match{Rule: rule, Hash: "1", Severity: severity})
		}
	}
	return matches
}

// Certain is Match of the titles alone, except for rules that begin with "maybe".
func (t Hashtags) Certain(s *news.Story) []news.Match {
	return slices.DeleteFunc(t.Match(&news.Story{Title: s.Title, Titles: s.Titles}), func(m news.Match) bool {
		return strings.HasPrefix(m.Rule, "maybe")
	})
}

// slack is the world's side that messages are sent to.
type slack struct{ *World }

// Slack returns the world's channels.
func (w *World) Slack() notify.Sender { return slack{w} }

// ask calls OnAsk.
func (w slack) ask() {
	if w.OnAsk != nil {
		w.OnAsk()
	}
}

func (w slack) Resolve(_ context.Context, channel string) (string, error) {
	w.ask()
	if channel == "gone" {
		return "", &notify.SendError{Problem: notify.NoChannel, Err: errors.New("channel_not_found")}
	}
	return "C-" + channel, w.OnResolve
}

func (w slack) Send(_ context.Context, channelID string, m notify.Message) (notify.Receipt, error) {
	w.Calls++
	if w.OnSend != nil {
		if err := w.OnSend(m); err != nil {
			return notify.Receipt{}, err
		}
	}
	w.Posts = append(w.Posts, m)
	w.Landed[m.Delivery] = w.read().Elapsed
	if w.After != nil {
		if err := w.After(m); err != nil {
			return notify.Receipt{}, err
		}
	}
	return notify.Receipt{ChannelID: channelID, TS: fmt.Sprint(len(w.Posts)), Thread: m.Thread}, nil
}

func (w slack) Edit(_ context.Context, at notify.Receipt, m notify.Message) error {
	if w.OnEdit != nil {
		if err := w.OnEdit(at, m); err != nil {
			return err
		}
	}
	w.Edits = append(w.Edits, m)
	return nil
}

func (w slack) Permalink(_ context.Context, at notify.Receipt) (string, error) {
	return "https://slack.example/archives/" + at.ChannelID + "/p" + at.TS, nil
}

func (w slack) Find(_ context.Context, channelID string, d notify.Sought, _ time.Time) (notify.Receipt, bool, error) {
	w.ask()
	w.Looks++
	for _, m := range w.Posts {
		marked := slices.ContainsFunc(m.Marks, func(mark string) bool { return slices.Contains(d.Marks, mark) })
		listed := m.Thread == d.Thread || d.Thread == "" && (m.Broadcast || m.Kind == news.DeliverDigest && !d.Until.IsZero())
		if listed && (m.Promise == d.Promise || marked) && w.read().Elapsed-w.Landed[m.Delivery] >= w.Lag {
			among := m.Kind == news.DeliverDigest && d.Kind != news.DeliverDigest
			return notify.Receipt{ChannelID: channelID, TS: "found", Thread: m.Thread, Among: among}, true, w.OnFind
		}
	}
	return notify.Receipt{}, false, w.OnFind
}

func (w slack) Newest(context.Context, string) (notify.Trace, bool, error) {
	w.ask()
	if len(w.Posts) == 0 || w.OnNewest != nil {
		return notify.Trace{}, false, w.OnNewest
	}
	m := w.Posts[len(w.Posts)-1]
	return notify.Trace{Delivery: m.Delivery, Promise: m.Promise, Sent: w.Now}, true, nil
}

func (w slack) Probe(context.Context) error {
	w.Probes++
	return w.OnProbe
}

// Each runs a test in a new world on either database.
func Each(t *testing.T, test func(t *testing.T, w *World)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, storage string) {
		w := NewWorld(t, storage)
		w.Plan.Crawler = Site{w}
		w.SetPlan()
		test(t, w)
	})
}

// Listed returns stories with titles, published a minute before noon.
func Listed(titles ...string) (stories []news.Story) {
	for _, title := range titles {
		path := strings.NewReplacer(" ", "-", "#", "").Replace(title)
		stories = append(stories, news.Story{URL: "https://tass.example/" + path, Title: title, Published: Noon.Add(-time.Minute)})
	}
	return stories
}

// WantPosts says which headlines have arrived, in order.
func (w *World) WantPosts(headlines ...string) {
	w.T.Helper()
	got := make([]string, len(w.Posts))
	for i, m := range w.Posts {
		got[i] = m.Headline
	}
	if !slices.Equal(got, headlines) && len(got)+len(headlines) > 0 {
		w.T.Errorf("posted %q, want %q", got, headlines)
	}
}

// States counts the deliveries by state.
func (w *World) States() map[news.DeliveryState]int64 {
	w.T.Helper()
	counts, err := w.Store.Counts.Deliveries(w.T.Context())
	if err != nil {
		w.T.Fatal(err)
	}
	states := map[news.DeliveryState]int64{}
	for _, c := range counts {
		states[c.State] = c.N
	}
	return states
}
