package probe

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
)

// PlannedSource is a source with its next runs.
type PlannedSource struct {
	Name     string      `json:"name"`
	Next     []time.Time `json:"next"`     // none when it is switched off; of an adaptive source at most the next one
	Adaptive bool        `json:"adaptive"` // it has no schedule: its own rhythm says when
}

// Plan returns the next runs of all sources, at most so many of each.
func Plan(ctx context.Context, cfg *config.Config, now time.Time, runs int) []PlannedSource {
	planned := make([]PlannedSource, len(cfg.Sources))
	for i, src := range cfg.Sources {
		next := cfg.NextRuns(src, now, runs)
		planned[i] = PlannedSource{
			Name: src.Name, Next: append([]time.Time{}, next...), Adaptive: len(next) == 0 && !src.Disabled,
		}
	}
	addAdaptive(ctx, cfg, planned)
	return planned
}

// addAdaptive adds when adaptive sources are due, which only a store knows: one
// that cannot be read adds nothing.
func addAdaptive(ctx context.Context, cfg *config.Config, sources []PlannedSource) {
	if !slices.ContainsFunc(sources, func(s PlannedSource) bool { return s.Adaptive }) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, archivePatience)
	defer cancel()
	r, err := app.OpenReader(ctx, slog.New(slog.DiscardHandler), cfg)
	if err != nil {
		return
	}
	defer r.Close() //nolint:errcheck // read only
	due, err := r.Due(ctx)
	if err != nil {
		return
	}
	for i := range sources {
		if at, ok := due[sources[i].Name]; ok && sources[i].Adaptive {
			sources[i].Next = []time.Time{at}
		}
	}
}
