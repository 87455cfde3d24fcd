// Package act holds what the acts of the pipeline share: the plan, which says
// what is crawled, what is news and who is told, and an Env with the store, log,
// meter and clock. The pipeline makes one Env and every act embeds it.
package act

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// Meter counts what the acts do.
type Meter interface {
	Crawl(source, outcome string, seconds float64)
	Stories(source string, n int)
	Match(rule string)
	Delivery(state string)
	Latency(publishedToDelivered time.Duration)
	Stage(stage string, d time.Duration)
	Report(relation, level string)
	Escalation()
	Push(source, outcome string)
}

// Env is what every act works with. Its methods may be called from many
// goroutines.
type Env struct {
	Log   *slog.Logger
	Store *store.Store
	Meter Meter
	Now   func() time.Time

	plan atomic.Pointer[Plan]
	wake chan struct{}
}

// NewEnv makes an environment; Follow must give it a plan before an act begins.
func NewEnv(log *slog.Logger, s *store.Store, m Meter, now func() time.Time) *Env {
	return &Env{Log: log, Store: s, Meter: m, Now: now, wake: make(chan struct{}, 1)}
}

// Plan returns the newest plan. Work that is under way keeps the one that it
// began with.
func (e *Env) Plan() *Plan { return e.plan.Load() }

// Follow replaces the plan and returns the one before.
func (e *Env) Follow(plan *Plan) (old *Plan) { return e.plan.Swap(plan) }

// Wake asks for a dispatch before the second is over.
func (e *Env) Wake() {
	select {
	case e.wake <- struct{}{}:
	default: // one is asked for already
	}
}

// Woken receives a value when a dispatch was asked for.
func (e *Env) Woken() <-chan struct{} { return e.wake }

// Ops records messages to the ops channel inside tx, if there is one; those
// that are "" are left out.
func (e *Env) Ops(ctx context.Context, tx *store.Tx, now time.Time, messages ...string) error {
	for _, text := range messages {
		if d, ok := e.opsDelivery(text, now); ok {
			if err := tx.Deliveries.Add(ctx, d); err != nil {
				return err
			}
		}
	}
	return nil
}

// groupOps is how long messages on one subject are gathered after the first:
// parked channels and dead deliveries of that time are one message.
const groupOps = 30 * time.Second

// OpsOneOfMany is Ops for a subject of which many messages may come at once:
// the first goes out at once, those of the next moments together.
func (e *Env) OpsOneOfMany(ctx context.Context, tx *store.Tx, now time.Time, subject, text string) error {
	d, ok := e.opsDelivery(text, now)
	if !ok {
		return nil
	}
	return tx.Notices.Add(ctx, subject, d, groupOps)
}

func (e *Env) opsDelivery(text string, now time.Time) (d news.Delivery, ok bool) {
	channel := e.Plan().OpsChannel
	d = news.Delivery{
		Channel: channel, Kind: news.DeliverOps, Severity: news.Normal, State: news.StatePending,
		Text: text, Due: now, Created: now,
	}
	return d, channel != "" && text != ""
}

// Decode reads what Encode wrote of a source. What cannot be read starts over.
func (e *Env) Decode(source, stored string, into any) {
	if stored == "" {
		return
	}
	if err := json.Unmarshal([]byte(stored), into); err != nil {
		e.Log.Error("what was learnt of a source is unreadable, it starts over", "source", source, "error", err)
	}
}

// Encode writes what was learnt of a source as the store keeps it.
func Encode(learnt any) string {
	b, _ := json.Marshal(learnt) //nolint:errchkjson // plain fields always marshal
	return string(b)
}
