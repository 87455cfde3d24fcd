package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/trace"
)

// Window is what the pages show of a daemon, and what they let people do.
type Window struct {
	app    *App
	totals *totals
	hourly *hourly
}

func newWindow(a *App) Window { return Window{app: a, totals: &totals{}, hourly: &hourly{}} }

// Of the count of all stories and alerts, which of a million takes longer than all the rest of a page.
const (
	totalsHold = 20 * time.Second      // how long pages show one
	totalsWait = 20 * time.Millisecond // how long a page waits for a new one before it shows the last
)

// totals is the last count of all stories and alerts.
type totals struct {
	mu   sync.Mutex
	last store.Totals
	at   time.Time     // of last; zero: there is none
	err  error         // of the count after it
	done chan struct{} // closed when the count is done that is under way; nil: none is
}

// begin begins a count if it is time for one. It returns what is closed when the count is done that is
// under way, nil when none is.
func (t *totals) begin(ctx context.Context, s *store.Store) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.done != nil || time.Since(t.at) < totalsHold {
		return t.done
	}
	done, began := make(chan struct{}), time.Now()
	t.done, t.err = done, nil
	go func() { // who closes the store waits for its query
		defer close(done)
		now, err := s.Counts.Totals(context.WithoutCancel(ctx))
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.done, t.err = nil, err; err == nil {
			t.last, t.at = now, began
		}
	}()
	return done
}

// read returns the last count, and when it was begun: longer ago than totalsHold while a new one takes its time,
// zero while the first one does.
func (t *totals) read(ctx context.Context, s *store.Store) (store.Totals, time.Time, error) {
	if done := t.begin(ctx, s); done != nil {
		bounded, cancel := context.WithTimeout(ctx, totalsWait)
		defer cancel()
		select {
		case <-done:
		case <-bounded.Done():
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last, t.at, t.err
}

// openHours is how many hours at the end are counted anew: what was seen at the end of one may be
// recorded in the next.
const openHours = 2

// hourly keeps the counts of hours that are past.
type hourly struct {
	mu   sync.Mutex // held while they are counted: others wait for it
	past map[time.Time]store.Hour
}

// read counts what was done in each of the n hours before a time, the oldest first.
func (h *hourly) read(ctx context.Context, s *store.Store, until time.Time, n int) (hours []store.Hour, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(hours) < n-openHours {
		known, ok := h.past[until.Add(time.Duration(len(hours)-n)*time.Hour)]
		if !ok {
			break
		}
		hours = append(hours, known)
	}
	counted, err := s.Counts.Hours(ctx, until, n-len(hours))
	if err != nil {
		return nil, err
	}
	hours = append(hours, counted...)
	h.past = map[time.Time]store.Hour{}
	for _, hour := range hours[:max(0, n-openHours)] {
		h.past[hour.Began] = hour
	}
	return hours, nil
}

// AddressOf is where an App listens for people and programs; "" when it does not.
func AddressOf(a *App) string { return a.address }

// Log returns the daemon's log.
func (w Window) Log() *slog.Logger { return w.app.log }

// Now returns the time.
func (w Window) Now() time.Time { return w.app.clock.Now() }

// Config returns the config in force.
func (w Window) Config() *config.Config { return w.app.cfg.Load() }

// Refusal says why the files on disk are not in force, "" when they are.
func (w Window) Refusal() string { return *w.app.refusal.Load() }

// Healthy returns what keeps the daemon from its work, nil when nothing does.
func (w Window) Healthy() error { return w.app.Healthy() }

// Status gathers what the store says of the daemon's work.
func (w Window) Status(ctx context.Context) (Status, error) {
	all, at, err := w.totals.read(ctx, w.app.store)
	if err != nil {
		return Status{}, err
	}
	st, err := readStatus(ctx, w.app.store, all)
	if time.Since(at) > 2*totalsHold {
		st.Counted = &at
	}
	return st, err
}

// Hours counts what was done in each of the last n hours, the oldest first. The last is the one
// that goes on.
func (w Window) Hours(ctx context.Context, n int) ([]store.Hour, error) {
	return w.hourly.read(ctx, w.app.store, w.Now().UTC().Truncate(time.Hour).Add(time.Hour), n)
}

// Deliveries returns the deliveries of a filter, the newest first.
func (w Window) Deliveries(ctx context.Context, f store.DeliveryFilter) ([]DeliveryStatus, error) {
	return readDeliveries(ctx, w.app.store, f)
}

// Why tells the way of the newest story with a URL.
func (w Window) Why(ctx context.Context, link string) (*trace.Way, error) {
	return tracerOf(w.app).Why(ctx, link)
}

// Search finds the newest stories that have all words.
func (w Window) Search(ctx context.Context, words string) (trace.Search, error) {
	return tracerOf(w.app).Search(ctx, words)
}

// WhyStory tells the way of a story by its ID.
func (w Window) WhyStory(ctx context.Context, id int64) (*trace.Way, error) {
	return tracerOf(w.app).WhyStory(ctx, id)
}

// Retry makes a parked or dead delivery due now, because somebody on a page says so.
func (w Window) Retry(ctx context.Context, delivery int64, by string) error {
	err := w.app.Retry(ctx, delivery, "")
	w.say("delivery retried", delivery, by, err)
	return err
}

// ErrNotElsewhere says that a delivery cannot be sent to a channel.
var ErrNotElsewhere = errors.New("the config has no such channel, or it is an edit of a message")

// Channels are the channels and sinks of the config, each once.
func (w Window) Channels() []string { return ChannelNames(w.Config()) }

// SendElsewhere makes a parked or dead delivery due now in another channel or sink of the config,
// because somebody on a page says so.
func (w Window) SendElsewhere(ctx context.Context, delivery int64, channel, by string) error {
	if !slices.Contains(w.Channels(), channel) {
		return ErrNotElsewhere
	}
	switch d, err := w.app.store.Deliveries.Get(ctx, delivery); {
	case err != nil:
		return err
	case d.Kind == news.DeliverEdit:
		return ErrNotElsewhere
	}
	err := w.app.Retry(ctx, delivery, channel)
	w.say("delivery sent elsewhere", delivery, by, err)
	return err
}

// Drop abandons a delivery, because somebody on a page says so.
func (w Window) Drop(ctx context.Context, delivery int64, by string) error {
	err := w.app.Drop(ctx, delivery)
	w.say("delivery dropped", delivery, by, err)
	return err
}

func (w Window) say(what string, delivery int64, by string, err error) {
	if err == nil {
		w.app.log.Info(what, "delivery", delivery, "by", by) //nolint:sloglint // the message is one of a few
	}
}

// How far back Open looks, and at how many alerts.
const (
	openWithin = 24 * time.Hour
	mostOpen   = 100
)

// Open returns the high and urgent alerts of the last 24 hours that nobody has answered, the
// most severe first, of these the newest.
func (w Window) Open(ctx context.Context) (open []news.Alert, err error) {
	s := w.app.store
	alerts, err := s.Alerts.Unsaid(ctx, w.Now().Add(-openWithin), news.High, mostOpen)
	if err != nil {
		return nil, err
	}
	needed, err := s.Unanswered.Needed(ctx, idsOf(alerts))
	return slices.DeleteFunc(alerts, func(a news.Alert) bool { return !needed[a.ID] }), err
}

func idsOf(alerts []news.Alert) (ids []int64) {
	for i := range alerts {
		ids = append(ids, alerts[i].ID)
	}
	return ids
}

// OpenAlert is an alert that nobody has answered, as people know it.
type OpenAlert struct {
	news.Alert
	Title  string // of its story
	Link   string // to the message in Slack; "": there is none
	Newest int64  // ID of the newest answer, whatever came of it; 0: there is none
}

// OpenAlerts returns alerts with their headlines and messages.
func (w Window) OpenAlerts(ctx context.Context, alerts []news.Alert) (told []OpenAlert, err error) {
	shown, err := w.app.store.Alerts.Shown(ctx, idsOf(alerts))
	for _, a := range alerts {
		of := shown[a.ID]
		link := trace.Permalink(&news.Delivery{ChannelID: of.Root.ChannelID, TS: of.Root.TS})
		told = append(told, OpenAlert{a, of.Title, link, of.Answer})
	}
	return told, err
}
