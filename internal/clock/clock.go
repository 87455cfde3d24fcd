// Package clock tells the time to a daemon, and notices when somebody sets the
// clock. Make a Clock with New from what reads the machine's two clocks, have
// it Follow the clock of a database that several daemons share, and ask Now.
//
// A wall clock can be set, by people and by time servers, forwards and
// backwards; the other clock of a machine cannot, but knows no date. Where the
// two do not run alike the wall clock was set, and what was measured across
// that moment cannot be trusted: Steady says since when it can.
package clock

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Tolerance is how far the two clocks may drift apart between two readings
// before the wall clock counts as set. Every grace period and lease is many
// times as long.
const Tolerance = time.Second

// slowest is how long an answer about the time may take to be of use.
const slowest = 2 * time.Second

// Sample is one look at a machine's two clocks.
type Sample struct {
	Wall    time.Time     // may be set
	Elapsed time.Duration // since some moment, on a clock that nobody sets
}

// Clock tells the time. It is safe for concurrent use.
type Clock struct {
	read func() Sample

	mu        sync.Mutex
	last      Sample
	followed  *Sample // the other clock when it was last asked; nil: none is followed
	steady    time.Time
	disturbed bool
}

// New returns a clock that tells the machine's wall time.
func New(read func() Sample) *Clock {
	first := read()
	return &Clock{read: read, last: first, steady: first.Wall}
}

// Now returns the time: that of the clock that is followed, else the machine's.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.look()
	if c.followed != nil {
		return c.followed.at(r.Elapsed)
	}
	return r.Wall
}

// look reads the machine's clocks, and notices when the wall clock was set.
func (c *Clock) look() Sample {
	r := c.read()
	if apart(c.last, r) {
		c.disturbed = true
		if c.followed == nil {
			c.steady = r.Wall
		}
	}
	c.last = r
	return r
}

// at is the wall time at a moment, when the clock was not set since the reading.
func (r Sample) at(elapsed time.Duration) time.Time { return r.Wall.Add(elapsed - r.Elapsed) }

// apart reports whether the wall clock was set between two readings.
func apart(a, b Sample) bool {
	step := b.Wall.Round(0).Sub(a.at(b.Elapsed).Round(0)) // without what Go measures beside the wall time
	return step > Tolerance || step < -Tolerance
}

// Elapsed returns the reading of the clock that nobody sets.
func (c *Clock) Elapsed() time.Duration { return c.read().Elapsed }

// Steady returns the time since which the clock is known not to have been set:
// what was measured since then was measured on one clock.
func (c *Clock) Steady() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look()
	return c.steady
}

// Resume tells the clock that it was not set since a time before New: the
// machine's uptime has shown so.
func (c *Clock) Resume(since time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if since.Before(c.steady) {
		c.steady = since
	}
}

// Disturbed reports whether the clock may have been set since the last call.
func (c *Clock) Disturbed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look()
	was := c.disturbed
	c.disturbed = false
	return was
}

// Follow asks another clock for the time, which Now returns from now on: between
// two calls it is reckoned on the clock that nobody sets, so that it does not
// matter what becomes of the machine's wall clock. An answer that took long is
// of use only when there was none before.
func (c *Clock) Follow(ctx context.Context, ask func(ctx context.Context) (time.Time, error)) error {
	before := c.Elapsed()
	told, err := ask(ctx)
	if err != nil {
		return fmt.Errorf("follow clock: %w", err)
	}
	after := c.Elapsed()
	next := Sample{Wall: told, Elapsed: before + (after-before)/2}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.followed == nil:
		c.steady = told
	case after-before > slowest:
		return nil
	case apart(*c.followed, next):
		c.steady, c.disturbed = told, true
	}
	c.followed = &next
	return nil
}
