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

// timekeeper keeps the clock that all times in the store are written with: the
// machine's on SQLite, the server's on PostgreSQL, which all daemons share.
type timekeeper struct {
	*clock.Clock
	store   *store.Store
	machine func() clock.Sample // a test's; nil reads the clocks of this machine
	beaten  time.Duration       // when the last beat was, as Elapsed
}

func keepClock(ctx context.Context, s *store.Store, machine func() clock.Sample) (*timekeeper, error) {
	read := machine
	if read == nil {
		start := time.Now()
		read = func() clock.Sample {
			now := time.Now()
			return clock.Sample{Wall: now, Elapsed: now.Sub(start)}
		}
	}
	t := &timekeeper{Clock: clock.New(read), store: s, machine: machine}
	return t, t.followServer(ctx)
}

// followServer asks the database's server for the time, if it has a clock.
func (t *timekeeper) followServer(ctx context.Context) error {
	if t.store.Path() != "" {
		return nil
	}
	return t.Follow(ctx, func(ctx context.Context) (time.Time, error) {
		now, _, err := t.store.Clock.Now(ctx)
		return now, err
	})
}

// due reports whether it is time for a beat: at the start, after beatEvery, and
// when the clock may have been set.
func (t *timekeeper) due(starting bool) bool {
	disturbed, elapsed := t.Disturbed(), t.Elapsed()
	if !starting && !disturbed && elapsed-t.beaten < beatEvery {
		return false
	}
	t.beaten = elapsed
	return true
}

// hurry makes the next beat due now: it tells whether the store answers.
func (t *timekeeper) hurry() { t.beaten = t.Elapsed() - beatEvery }

// beat reads the clock, after it was set by the server's if that has one.
func (t *timekeeper) beat(ctx context.Context) (store.Beat, error) {
	if err := t.followServer(ctx); err != nil {
		return store.Beat{}, err
	}
	beat := store.Beat{At: t.Now(), Steady: t.Steady()}
	if t.machine == nil { // a machine of a test's own has no boot
		beat.Boot, beat.Uptime = boot()
	}
	return beat, nil
}

// keepTime records a beat when it is time for one, and looks whether what is due
// is done. beaten is false when it was not time for one. A daemon that starts looks
// at all times in the store, and learns from the machine's uptime since when the
// clock was not set.
func (a *App) keepTime(ctx context.Context, starting bool) (beaten bool, err error) {
	if a.opt.Visit || !a.clock.due(starting) { // the daemons do, or it was done just now
		return false, nil
	}
	kept, err := a.pipeline.KeepTime(ctx, a.clock.beat, starting)
	if err != nil {
		return true, err
	}
	if starting && kept.Step == 0 && kept.Beat.Boot != "" && kept.Before.Boot == kept.Beat.Boot {
		a.clock.Resume(kept.Before.Steady)
	}
	if kept.Step < 0 || kept.Mended > 0 || starting {
		if err := a.queue.MendTimes(ctx); err != nil {
			return true, err
		}
	}
	return true, a.pipeline.CheckProgress(ctx)
}

// boot names the machine's present start and says how long ago it was; "" where
// the system does not tell (proc(5): /proc/uptime counts the time in suspend,
// and nobody can set it).
func boot() (id string, uptime time.Duration) {
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
