package main

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/text"
)

// printLong crawls many sources for long, and sees whether each is asked when
// its schedule says so and whether memory stays as it is.
func (b *bench) printLong() error {
	b.stories = min(b.stories, 5)
	r, err := b.newRig(b.sources, "@every "+b.every.String(), 7)
	if err != nil {
		return err
	}
	run, err := b.watchLong(r)
	if err := errors.Join(err, r.close()); err != nil {
		return err
	}
	late := run.late
	slices.Sort(late)
	b.printf("%s sources at @every %s on %d hosts for %s, one in a hundred with a story in every interval\n\n",
		text.Thousands(b.sources), b.every, len(r.addrs), b.lasts)
	t := newTable("", "")
	t.add("crawls planned", text.Thousands(len(late)))
	t.add("begun after the planned time, p50 / p99 / latest", seconds(quantile(late, .5))+" / "+seconds(quantile(late, .99))+" / "+seconds(quantile(late, 1))+" s")
	t.add("the latest, in parts of the interval", fmt.Sprintf("%.1f %%", 100*quantile(late, 1).Seconds()/b.every.Seconds()))
	t.add("CPU", fmt.Sprintf("%.1f %% of a core", 100*run.cpu.Seconds()/b.lasts.Seconds()))
	t.add("resident, first / last minute / most", fmt.Sprintf("%.0f / %.0f / %.0f MB", run.first, run.last, run.peak))
	t.write(b.out)
	return nil
}

// longRun is what was seen of a long run, once every source was crawled.
type longRun struct {
	late              []time.Duration // of every planned crawl
	cpu               time.Duration
	first, last, peak float64 // resident MB
}

// watchLong waits for the first crawl of all, then watches.
func (b *bench) watchLong(r *rig) (run longRun, err error) {
	pause(b.every + b.every/4)
	var heard asked
	r.listen(heard.hear)
	before, err := r.daemon.cpu()
	if err != nil {
		return run, err
	}
	text, began := newWriter(8), time.Now()
	var resident []float64
	for step := 0; time.Since(began) < b.lasts; step++ {
		now, peak, err := r.daemon.memory()
		if err != nil {
			return run, err
		}
		resident, run.peak = append(resident, now), peak
		r.publish(step*100/60%b.sources, text, "", time.Now())
		pause(time.Second)
	}
	r.listen(nil)
	now, err := r.daemon.cpu()
	if err != nil {
		return run, err
	}
	run.cpu = now - before
	minute := min(60, len(resident))
	run.first, run.last = mean(resident[:minute]), mean(resident[len(resident)-minute:])
	run.late, err = b.lateness(heard.times, began, began.Add(b.lasts))
	return run, err
}

// asked keeps when each feed was asked for.
type asked struct {
	mu    sync.Mutex
	times map[int][]time.Time
}

func (a *asked) hear(feed int, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.times == nil {
		a.times = map[int][]time.Time{}
	}
	a.times[feed] = append(a.times[feed], at)
}

// lateness is how long after each planned time of a span the source was asked;
// one that was not asked before the end is as late as that.
func (b *bench) lateness(asked map[int][]time.Time, began, end time.Time) ([]time.Duration, error) {
	plan, err := schedule.Parse("@every " + b.every.String())
	if err != nil {
		return nil, err
	}
	var late []time.Duration
	for f := range b.sources {
		name, last := sourceName(f), end.Add(-b.every/10)
		for at := plan.Next(began, time.UTC, name); at.Before(last); at = plan.Next(at, time.UTC, name) {
			late = append(late, firstBetween(asked[f], at, end).Sub(at))
		}
	}
	return late, nil
}

// firstBetween is the first of times from one on and before an end, else the
// end.
func firstBetween(times []time.Time, from, end time.Time) time.Time {
	first := end
	for _, t := range times {
		if !t.Before(from) && t.Before(first) {
			first = t
		}
	}
	return first
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(max(1, len(values)))
}
