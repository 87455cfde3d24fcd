package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/text"
)

// pass is one row of the table of passes.
type pass struct {
	name   string
	before func(*rig, *writer) // what happens in the world
	bare   bool                // the others do it too
}

func passes() []pass {
	return []pass{
		{"first pass", func(*rig, *writer) {}, true},
		{"nothing new", func(*rig, *writer) {}, true},
		{"one new story each", func(r *rig, w *writer) { r.bump(w, noWord) }, true},
		{"one new story each, all alert", func(r *rig, w *writer) { r.bump(w, deskWord) }, false},
	}
}

// spent is what one pass took, of one round.
type spent struct {
	cpu, wall  time.Duration
	http, feed time.Duration // CPU of net/http, of colly with gofeed
}

// round is what one world, crawled from its first pass on, came to.
type round struct {
	passes      []spent
	start       time.Duration // CPU until the daemon runs
	idle        time.Duration // CPU of a minute in which nothing is due
	peak, after float64       // MB: at most, and a minute after the last pass
}

func (b *bench) printPasses() error {
	rounds := make([]round, b.rounds)
	for i := range rounds {
		var err error
		if rounds[i], err = b.crawlRound(uint64(i)); err != nil {
			return err
		}
	}
	b.printf("%s feeds × %d stories on %d hosts, summaries only, SQLite; medians of %d rounds\n\n",
		text.Thousands(b.feeds), b.stories, min(hosts, b.feeds), b.rounds)
	t := newTable("pass", "CPU s", "wall s", "net/http CPU s", "×", "colly + gofeed CPU s", "×")
	for i, p := range passes() {
		of := func(value func(spent) time.Duration) time.Duration {
			return median(rounds, func(r round) time.Duration { return value(r.passes[i]) })
		}
		cpu := of(func(s spent) time.Duration { return s.cpu })
		row := []string{p.name, seconds(cpu), seconds(of(func(s spent) time.Duration { return s.wall }))}
		if p.bare {
			http, feed := of(func(s spent) time.Duration { return s.http }), of(func(s spent) time.Duration { return s.feed })
			row = append(row, seconds(http), ratio(cpu, http), seconds(feed), ratio(cpu, feed))
		}
		t.add(row...)
	}
	t.write(b.out)
	b.printf("\nOf the first pass %s CPU-s are the start of the process. Idle: %s CPU-s a minute.\nResident: %.0f MB at most, %.0f MB %s after the last pass.\n\n",
		seconds(median(rounds, func(r round) time.Duration { return r.start })),
		seconds(median(rounds, func(r round) time.Duration { return r.idle })),
		median(rounds, func(r round) float64 { return r.peak }),
		median(rounds, func(r round) float64 { return r.after }), b.idleFor())
	return nil
}

// idleFor is how long the daemon is watched when nothing is due.
func (b *bench) idleFor() time.Duration { return min(b.every, 20*time.Second) }

// crawlRound takes a new daemon through all passes, and the others beside it.
func (b *bench) crawlRound(seed uint64) (res round, err error) {
	r, err := b.newRig(b.feeds, never, seed)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, r.close()) }()
	if res.start, err = r.daemon.cpu(); err != nil {
		return res, err
	}
	text := newWriter(seed + 1000)
	http, feed := bareWork{URLs: r.urls()}, bareWork{URLs: r.urls()}
	var before time.Duration // the first pass has the start in it
	for _, p := range passes() {
		p.before(r, text)
		var s spent
		if s.wall, err = r.pass(); err != nil {
			return res, fmt.Errorf("%s: %w", p.name, err)
		}
		pause(300 * time.Millisecond) // the queue tidies up
		now, err := r.daemon.cpu()
		if err != nil {
			return res, err
		}
		s.cpu = now - before
		if p.bare {
			if err := errors.Join(b.runBare(taskHTTP, &http), b.runBare(taskCollyFeed, &feed)); err != nil {
				return res, err
			}
			s.http, s.feed = http.CPU, feed.CPU
		}
		res.passes = append(res.passes, s)
		if before, err = r.daemon.cpu(); err != nil {
			return res, err
		}
	}
	pause(b.idleFor())
	now, err := r.daemon.cpu()
	if err != nil {
		return res, err
	}
	res.idle = time.Duration(float64(now-before) * float64(time.Minute) / float64(b.idleFor()))
	res.after, res.peak, err = r.daemon.memory()
	return res, err
}

// median is the middle one of a value of several rounds.
func median[R any, V ~int64 | ~float64](rounds []R, value func(R) V) V {
	values := make([]V, len(rounds))
	for i, r := range rounds {
		values[i] = value(r)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
