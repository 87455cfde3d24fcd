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

// agreement is how the config in force here stands to the newest one.
type agreement struct {
	looked time.Time
	newest string    // the hash that rules instead of ours; "" when ours does
	since  time.Time // when that was found out
	told   bool      // the ops channel
	noted  time.Time
}

// agree compares the config in force here with the newest that any daemon on
// the store has loaded. As long as ours is older, the sources on which the two
// differ are left to the others, and nothing in the store follows ours.
func (a *App) agree(ctx context.Context, now time.Time) error {
	if a.opt.Visit || now.Sub(a.agreement.looked) < agreeEvery || !a.planMu.TryLock() {
		return nil // a reload is under way, which settles it
	}
	defer a.planMu.Unlock()
	a.agreement.looked = now
	newest, err := a.store.Settings.Get(ctx, store.SettingConfigHash)
	if err != nil {
		return err
	}
	ours := a.cfg.Load().Hash
	if newest == "" || newest == ours {
		return a.agreed(ctx)
	}
	return a.differ(ctx, ours, newest, now)
}

// differ leaves to others what is theirs, and says so: in the log and by the
// metric at once, in the store for the status, in the ops channel when it lasts.
func (a *App) differ(ctx context.Context, ours, newest string, now time.Time) error {
	if err := a.pipeline.YieldSources(ctx); err != nil {
		return err
	}
	if a.agreement.newest == "" {
		a.agreement.since = now
	}
	if a.agreement.newest != newest {
		a.log.Warn("another daemon on this store has loaded another config since: sources on which the two differ are left to it",
			"ours", short(ours), "newest", short(newest))
		a.agreement.newest = newest
		a.metrics.ConfigNewest(false)
	}
	if now.Sub(a.agreement.noted) >= outdatedNoted {
		if err := a.noteOutdated(ctx, ours, now); err != nil {
			return err
		}
	}
	if a.agreement.told || now.Sub(a.agreement.since) < agreeGrace {
		return nil
	}
	a.agreement.told = true
	return a.pipeline.Tell(ctx, fmt.Sprintf("The daemon on %s follows an older config (%s) than the newest that was loaded (%s). "+
		"It goes on with the sources on which the two agree, by its own rules; give it the same files.", machine(), short(ours), short(newest)))
}

// agreed ends what agree began.
func (a *App) agreed(ctx context.Context) error {
	was := a.agreement
	a.agreement = agreement{looked: was.looked}
	if was.newest == "" {
		return nil
	}
	a.log.Info("the config in force here is the newest again")
	a.pipeline.TakeSources()
	a.metrics.ConfigNewest(true)
	if err := a.forgetOutdated(ctx); err != nil || !was.told {
		return err
	}
	return a.pipeline.Tell(ctx, fmt.Sprintf("The daemon on %s follows the newest config again.", machine()))
}

func (a *App) noteOutdated(ctx context.Context, ours string, now time.Time) error {
	a.agreement.noted = now
	note, err := json.Marshal(OutdatedDaemon{Machine: machine(), Hash: ours, Loaded: a.loaded.UTC(), Noted: now.UTC()})
	if err != nil {
		return fmt.Errorf("note outdated config: %w", err)
	}
	if err := a.forgetOutdated(ctx); err != nil { // of a config before
		return err
	}
	if err := sweepOutdated(ctx, a.store, now); err != nil {
		return err
	}
	a.note = store.SettingOutdated + machine() + " " + short(ours)
	return a.store.Settings.Save(ctx, map[string]string{a.note: string(note)})
}

func (a *App) forgetOutdated(ctx context.Context) error {
	if a.note == "" {
		return nil
	}
	err := a.store.Settings.Drop(ctx, a.note)
	if err == nil {
		a.note = ""
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
