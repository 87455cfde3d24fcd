package crawl

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/store"
)

// hostileRest is what a source is left alone after it served a document that is
// built to use up memory, whatever its schedule says, restarts and pushes
// included.
const hostileRest = 24 * time.Hour

// hostileUntil returns until when a source is left alone that served a hostile
// document last, the zero time for any other.
func (l *Lists) hostileUntil(s store.SourceState) time.Time {
	var state health.State
	if l.Decode(s.Name, s.Health, &state); state.Leaning != health.Hostile {
		return time.Time{}
	}
	return s.Crawled.Add(hostileRest)
}

// KeepHostileAway lets planned sources rest that served hostile documents: a
// start catches up with what is due by their schedule, but not with them.
func (l *Lists) KeepHostileAway(ctx context.Context, planned []store.PlannedSource) error {
	states, err := l.Store.Sources.List(ctx)
	if err != nil {
		return err
	}
	until := map[string]time.Time{}
	for _, s := range states {
		until[s.URL] = l.hostileUntil(s)
	}
	for i := range planned {
		planned[i].Next = later(planned[i].Next, until[planned[i].URL])
	}
	return nil
}

// IsHostile reports whether a source is left alone now because of what it
// served last.
func (l *Lists) IsHostile(ctx context.Context, source string) (bool, error) {
	state, err := l.Store.Sources.Get(ctx, source)
	if err != nil {
		return false, err
	}
	return l.Now().Before(l.hostileUntil(state)), nil
}
