package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/replay"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/trace"
)

// What a changed config brings is looked for in the archive.
const (
	foreseeWithin = 30 * time.Second // else nothing is said
	foreseeAge    = 24 * time.Hour   // of the change: later a start says nothing of it, for it has shown itself
)

// foresight tells the ops channel of the floods that the changed rules of a config bring.
type foresight struct {
	app     *App
	adopted chan struct{} // has a value when a config was put in force
}

// look asks for a look at the config that was put in force. It never waits.
func (f *foresight) look() {
	select {
	case f.adopted <- struct{}{}:
	default: // one is asked for, and takes the newest
	}
}

// run looks whenever it is asked to, until ctx ends.
func (f *foresight) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.adopted:
		}
		bounded, cancel := context.WithTimeout(ctx, foreseeWithin)
		err := f.foresee(bounded)
		cancel()
		switch {
		case ctx.Err() != nil: // the next start looks
		case errors.Is(err, context.DeadlineExceeded):
			f.app.log.Warn("there was no time to see what the changed rules would have found", "within", foreseeWithin)
		case err != nil:
			f.app.log.Error("it cannot be seen what the changed rules would have found", "error", err)
		}
	}
}

// foresee leads the rules that the config in force changed through the archive, and tells the
// ops channel of the floods. Of several daemons on the store the first one tells it, and once
// for each time that the config came into use.
func (f *foresight) foresee(ctx context.Context) error {
	a, cfg, now := f.app, f.app.cfg.Load(), f.app.clock.Now()
	if cfg.Slack.OpsChannel == "" {
		return nil
	}
	last, err := a.store.Configs.Newest(ctx, 2)
	if err != nil || len(last) < 2 || last[0].Hash != cfg.Hash || now.Sub(last[0].Loaded) > foreseeAge {
		return err
	}
	change := strconv.FormatInt(last[0].ID, 10)
	said, err := a.store.Notices.Said(ctx, pipeline.ConfigTold)
	if err != nil || said == change {
		return err
	}
	before, err := trace.Unpack(last[1].Rules)
	if err != nil {
		return err
	}
	archive := replay.ArchiveOf(a.store, now.AddDate(0, 0, -replay.FloodDays), replay.Origins(cfg.Sources))
	floods, err := replay.Floods(ctx, archive, before.Definition, cfg.Definition)
	if err != nil {
		return err
	}
	lines := []string{"The changed config may bring a flood:"}
	for _, flood := range floods {
		lines = append(lines, flood.String())
	}
	if len(floods) == 0 {
		lines = nil
	}
	return a.pipeline.TellOfConfig(ctx, change, strings.Join(lines, "\n"))
}

// Foresee leads the rules of a config that differ from those in force through the last days of
// its store, and returns the floods that they would bring. There are none where there is no store
// yet, or no daemon has ever put a config in force on it.
func Foresee(ctx context.Context, cfg *config.Config) ([]replay.Flood, error) {
	if cfg.Storage == "" { // it hangs on a variable that is not set here
		return nil, nil
	}
	s, err := store.OpenReadOnly(ctx, slog.New(slog.DiscardHandler), cfg.Storage)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer s.Close() //nolint:errcheck // read only
	last, err := s.Configs.Newest(ctx, 1)
	if err != nil || len(last) == 0 {
		return nil, err
	}
	before, err := trace.Unpack(last[0].Rules)
	if err != nil {
		return nil, err
	}
	archive := replay.ArchiveOf(s, time.Now().AddDate(0, 0, -replay.FloodDays), replay.Origins(cfg.Sources))
	return replay.Floods(ctx, archive, before.Definition, cfg.Definition)
}
