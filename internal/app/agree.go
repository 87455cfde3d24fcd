package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// Over several machines the newest loaded config rules. Machines get a new one
// within a minute of each other, so that a shorter lag is nobody's business.
const (
	agreeEvery    = 5 * time.Second // between two looks
	agreeGrace    = time.Minute     // before the ops channel hears of it
	outdatedNoted = time.Minute     // between two notes in the store
	outdatedHolds = 5 * time.Minute // what a note is worth: its daemon may be gone
)

// OutdatedDaemon is a daemon that follows an older config than the newest.
type OutdatedDaemon struct {
	Machine string    `json:"machine"`
	Hash    string    `json:"config_hash"`
	Loaded  time.Time `json:"loaded_at"`
	Noted   time.Time `json:"noted_at"`
}

// agreement is how the config in force here stands to the newest one. It is of
// the goroutine that hands out work.
type agreement struct {
	app    *App
	looked time.Time
	newest string    // the hash that rules instead of ours; "" when ours does
	since  time.Time // when that was found out
	told   bool      // the ops channel
	noted  time.Time
	note   string // the setting that says of this daemon that its config is outdated
}

// check compares the config in force here with the newest that any daemon on
// the store has loaded. As long as ours is older, the sources on which the two
// differ are left to the others, and nothing in the store follows ours.
func (g *agreement) check(ctx context.Context, now time.Time) error {
	if g.app.opt.Visit || now.Sub(g.looked) < agreeEvery || !g.app.planMu.TryLock() {
		return nil // a reload is under way, which settles it
	}
	defer g.app.planMu.Unlock()
	g.looked = now
	newest, err := g.app.store.Settings.Get(ctx, store.SettingConfigHash)
	if err != nil {
		return err
	}
	ours := g.app.cfg.Load().Hash
	if newest == "" || newest == ours {
		return g.agreed(ctx)
	}
	return g.differ(ctx, ours, newest, now)
}

// differ leaves to others what is theirs, and says so: in the log and by the
// metric at once, in the store for the status, in the ops channel when it lasts.
func (g *agreement) differ(ctx context.Context, ours, newest string, now time.Time) error {
	if err := g.app.pipeline.YieldSources(ctx); err != nil {
		return err
	}
	if g.newest == "" {
		g.since = now
	}
	if g.newest != newest {
		g.app.log.Warn("another daemon on this store has loaded another config since: sources on which the two differ are left to it",
			"ours", short(ours), "newest", short(newest))
		g.newest = newest
		g.app.metrics.ConfigNewest(false)
	}
	if now.Sub(g.noted) >= outdatedNoted {
		if err := g.noteOutdated(ctx, ours, now); err != nil {
			return err
		}
	}
	if g.told || now.Sub(g.since) < agreeGrace {
		return nil
	}
	g.told = true
	return g.app.pipeline.Tell(ctx, fmt.Sprintf("The daemon on %s follows an older config (%s) than the newest that was loaded (%s). "+
		"It goes on with the sources on which the two agree, by its own rules; give it the same files.", machine(), short(ours), short(newest)))
}

// agreed ends what differ began.
func (g *agreement) agreed(ctx context.Context) error {
	was := *g
	*g = agreement{app: g.app, looked: was.looked, note: was.note}
	if was.newest == "" {
		return nil
	}
	g.app.log.Info("the config in force here is the newest again")
	g.app.pipeline.TakeSources()
	g.app.metrics.ConfigNewest(true)
	if err := g.forgetOutdated(ctx); err != nil || !was.told {
		return err
	}
	return g.app.pipeline.Tell(ctx, fmt.Sprintf("The daemon on %s follows the newest config again.", machine()))
}

func (g *agreement) noteOutdated(ctx context.Context, ours string, now time.Time) error {
	g.noted = now
	note, err := json.Marshal(OutdatedDaemon{Machine: machine(), Hash: ours, Loaded: g.app.loaded.UTC(), Noted: now.UTC()})
	if err != nil {
		return fmt.Errorf("note outdated config: %w", err)
	}
	if err := g.forgetOutdated(ctx); err != nil { // of a config before
		return err
	}
	if err := sweepOutdated(ctx, g.app.store, now); err != nil {
		return err
	}
	g.note = store.SettingOutdated + machine() + " " + short(ours)
	return g.app.store.Settings.Save(ctx, map[string]string{g.note: string(note)})
}

func (g *agreement) forgetOutdated(ctx context.Context) error {
	if g.note == "" {
		return nil
	}
	err := g.app.store.Settings.Drop(ctx, g.note)
	if err == nil {
		g.note = ""
	}
	return err
}

// sweepOutdated drops the notes of daemons that are gone: where every start has
// a machine name of its own they would pile up.
func sweepOutdated(ctx context.Context, s *store.Store, now time.Time) error {
	notes, err := s.Settings.WithPrefix(ctx, store.SettingOutdated)
	if err != nil {
		return err
	}
	for name, note := range notes {
		if _, holds := readOutdated(note, now); holds {
			continue
		}
		if err := s.Settings.Drop(ctx, store.SettingOutdated+name); err != nil {
			return err
		}
	}
	return nil
}

// outdated lists the daemons that follow an older config than the newest.
func outdated(ctx context.Context, s *store.Store, now time.Time) ([]OutdatedDaemon, error) {
	notes, err := s.Settings.WithPrefix(ctx, store.SettingOutdated)
	if err != nil {
		return nil, err
	}
	var all []OutdatedDaemon
	for _, name := range slices.Sorted(maps.Keys(notes)) {
		if d, holds := readOutdated(notes[name], now); holds {
			all = append(all, d)
		}
	}
	return all, nil
}

// readOutdated reads a note; holds is false when it cannot be read or is old.
func readOutdated(note string, now time.Time) (d OutdatedDaemon, holds bool) {
	err := json.Unmarshal([]byte(note), &d)
	return d, err == nil && now.Sub(d.Noted).Abs() < outdatedHolds // a note from far ahead is of a clock that was wrong
}

func machine() string {
	name, err := os.Hostname()
	if err != nil {
		return "a machine without a name"
	}
	return name
}

// short is as much of a hash as people compare.
func short(hash string) string { return hash[:min(12, len(hash))] }
