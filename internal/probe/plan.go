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

// PlannedChannel is a channel that is told of several alerts together.
type PlannedChannel struct {
	Name   string     `json:"name"`             // without "#"
	Quiet  *time.Time `json:"quiet,omitempty"`  // when its present or its next quiet begins
	Digest *time.Time `json:"digest,omitempty"` // when its next digest comes, that of the quiet where it has no schedule
}

// PlanChannels returns the next quiet and the next digest of each channel that has any.
func PlanChannels(cfg *config.Config, now time.Time) ([]PlannedChannel, error) {
	planned := []PlannedChannel{}
	for i := range cfg.Alerts.Channels {
		of := &cfg.Alerts.Channels[i]
		hours, err := cfg.HoursOf(of)
		if err != nil {
			return nil, err
		}
		next, waits := hours.Wait(now)
		quiet := next
		if !waits || next.Since.IsZero() {
			var again bool
			if quiet, again = hours.NextQuiet(now); !waits && !again {
				continue
			}
		}
		if !waits {
			next = quiet
		}
		c := PlannedChannel{Name: of.Name, Digest: &next.Until}
		if !quiet.Since.IsZero() {
			c.Quiet = &quiet.Since
		}
		planned = append(planned, c)
	}
	return planned, nil
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
