package app

import (
	"context"
	"net/http"
	"time"

	"github.com/copytaster/copytaster/internal/metrics"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/store"
)

// Metrics reads what the gauges say from the store and returns the endpoint.
// It does not matter which daemon on the store did the work.
func (a *App) Metrics(ctx context.Context) http.Handler {
	shown, err := a.stored(ctx, time.Now())
	if err != nil {
		shown = nil
		if ctx.Err() == nil {
			a.log.Error("the gauges cannot be read from the store", "error", err)
		}
	}
	a.metrics.Show(shown)
	return a.metrics.Handler()
}

// PublicURL is where people reach the endpoints, "" when that is the address
// listened on.
func (a *App) PublicURL() string { return a.cfg.Load().PublicURL }

// stored reads the gauges at a time.
func (a *App) stored(ctx context.Context, now time.Time) (*metrics.Stored, error) {
	work, err := a.store.Counts.Work(ctx, now)
	if err != nil {
		return nil, err
	}
	unsent, err := a.store.Counts.Unsent(ctx, now)
	if err != nil {
		return nil, err
	}
	pause, err := a.store.Sending.Paused(ctx)
	if err != nil {
		return nil, err
	}
	s := &metrics.Stored{
		Queues: map[string]int64{"list": work.Lists, "page": work.Pages, "deliver": work.Deliveries},
		Paused: !pause.Since.IsZero(),
		Unsent: map[string]int64{},
	}
	for _, state := range []news.DeliveryState{
		news.StatePending, news.StateSending, news.StateInDoubt, news.StateParked, news.StateDead,
	} {
		s.Unsent[string(state)] = unsent.Counts[state]
	}
	if !unsent.OldestDue.IsZero() {
		s.OldestDue = max(now.Sub(unsent.OldestDue), 0)
	}
	if s.Snoozes, s.Snoozed, err = snoozed(ctx, a.store.Snoozes, now); err != nil {
		return nil, err
	}
	if s.Bytes, err = a.store.Size(ctx); err != nil {
		return nil, err
	}
	s.BytesLimit = a.cfg.Load().StorageLimit
	if s.Overfull, err = a.store.Troubles.Lasts(ctx, pipeline.TroubleStorage); err != nil {
		return nil, err
	}
	if s.PausedChannels, err = a.store.Pauses.Channels(ctx); err != nil {
		return nil, err
	}
	storms, err := a.store.Storms.All(ctx)
	if err != nil {
		return nil, err
	}
	s.Storms = len(storms)
	unanswered, err := a.store.Unanswered.Count(ctx, now.Add(-openWithin))
	if err != nil {
		return nil, err
	}
	s.Waiting, s.Told = unanswered.Alerts, unanswered.Told
	if s.Deaf, err = a.store.Troubles.Lasts(ctx, troubleDeaf); err != nil {
		return nil, err
	}
	sources, err := a.store.Sources.List(ctx)
	for _, src := range sources {
		thought := healthOf(src)
		s.Sources = append(s.Sources, metrics.Source{
			Name: src.Name, Verdict: string(thought.Verdict), Healthy: thought.Healthy(), Read: src.Succeeded,
		})
	}
	return s, err
}

// snoozed returns how many snoozes hold, and how many alerts they keep.
func snoozed(ctx context.Context, s store.Snoozes, now time.Time) (hold, kept int, err error) {
	all, err := s.All(ctx, now)
	for _, z := range all {
		n, err := s.Held(ctx, z.ID)
		if err != nil {
			return 0, 0, err
		}
		kept += n
	}
	return len(all), kept, err
}
