package app

import (
	"context"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/clock"
	"github.com/copytaster/copytaster/internal/store"
)

// beatEvery is how often the app records that it is at work, and looks whether
// the clock was set and whether what is due is done.
const beatEvery = 10 * time.Second

// setClock makes the clock that all times in the store are written with: the
// machine's on SQLite, the server's on PostgreSQL, which all daemons share.
func (a *App) setClock(ctx context.Context) error {
	read := a.opt.Machine
	if read == nil {
		start := time.Now()
		read = func() clock.Reading {
			now := time.Now()
			return clock.Reading{Wall: now, Elapsed: now.Sub(start)}
		}
	}
	a.clock = clock.New(read)
	return a.followServer(ctx)
}

// followServer asks the database's server for the time, if it has a clock.
func (a *App) followServer(ctx context.Context) error {
	if a.store.Path() != "" {
		return nil
	}
	return a.clock.Follow(ctx, func(ctx context.Context) (time.Time, error) {
		now, _, err := a.store.Clock.Now(ctx)
		return now, err
	})
}

// keepTime records a beat when it is time for one, or when the clock may have
// been set, and looks whether what is due is done. A daemon that starts looks at
// all times in the store, and learns from the machine's uptime since when the
// clock was not set.
func (a *App) keepTime(ctx context.Context, starting bool) error {
	if a.opt.Visit {
		return nil // the daemons do
	}
	disturbed, elapsed := a.clock.Disturbed(), a.clock.Elapsed()
	if !starting && !disturbed && elapsed-a.beaten < beatEvery {
		return nil
	}
	a.beaten = elapsed
	kept, err := a.pipeline.KeepTime(ctx, a.beat, starting)
	if err != nil {
		return err
	}
	if starting && kept.Step == 0 && kept.Beat.Boot != "" && kept.Before.Boot == kept.Beat.Boot {
		a.clock.Resume(kept.Before.Steady)
	}
	if kept.Step < 0 || kept.Mended > 0 || starting {
		if err := a.queue.MendTimes(ctx); err != nil {
			return err
		}
	}
	return a.progress.look(ctx, a.store, a.pipeline.LeftToOthers(), a.clock.Now())
}

// beat reads the clock, after it was set by the server's if that has one.
func (a *App) beat(ctx context.Context) (store.Beat, error) {
	if err := a.followServer(ctx); err != nil {
		return store.Beat{}, err
	}
	beat := store.Beat{At: a.clock.Now(), Steady: a.clock.Steady()}
	beat.Boot, beat.Uptime = a.boot()
	return beat, nil
}

// boot names the machine's present start and says how long ago it was; "" where
// the system does not tell (proc(5): /proc/uptime counts the time in suspend,
// and nobody can set it).
func (a *App) boot() (id string, uptime time.Duration) {
	if a.opt.Machine != nil {
		return "", 0 // a machine of a test's own has no boot
	}
	name, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return "", 0
	}
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return "", 0
	}
	first, _, _ := strings.Cut(string(text), " ")
	seconds, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return "", 0
	}
	return strings.TrimSpace(string(name)), time.Duration(seconds * float64(time.Second))
}
