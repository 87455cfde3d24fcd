// Package deliver brings deliveries to their channels, each exactly once as far
// as the channel can be asked. Make Channels with New; Deliver sends what is due
// in one claimed channel.
//
// The way of a delivery, from top to bottom: the channel's turn picks what goes
// next (channels.go); an attempt brings it one step further, and commits the
// intent before it posts (attempt.go); what it says is rendered (message.go); what
// may have arrived is looked for before it is posted again (doubt.go); what was
// not acknowledged is tried again, set aside or given up (undelivered.go), and the
// operators are told of what does not pass by itself (trouble.go). A store that
// lost its newest rows begins an epoch, in which all that is open is in doubt
// (restored.go). Deliveries follow a new plan to other channels (redirect.go).
package deliver

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
)

// MostTurns is how many channels are posted to at once, by all daemons.
const MostTurns = 128

// Times of a delivery.
const (
	postBound   = 15 * time.Second // a post, or a look-up, takes no longer
	sinkBound   = 6 * time.Minute  // except a post to a sink, whose server may look through it first
	keepEvery   = 20 * time.Second // how often the claim is renewed meanwhile: it holds for a minute
	drainBound  = 20 * time.Second // after which no delivery of a channel's turn begins; the rest is due again at once
	restInPlace = 5 * time.Second  // a rest of a channel as short as this is waited for in its turn
)

// Channels posts to channels. Its methods may be called from many goroutines.
type Channels struct {
	*act.Env

	steadySince func() time.Time
	began       time.Time     // when this process did
	keep        time.Duration // between two renewals of the claim during a post to a sink
	turns       turns         // under way here
	verified    verified
}

// New makes an act of Channels. steady tells since when the clock is known not to
// have been set; nil is always.
func New(env *act.Env, steady func() time.Time) *Channels {
	return &Channels{Env: env, steadySince: steady, began: env.Now(), keep: keepEvery}
}

// UnderWay lists the channels that have a turn in this process.
func (c *Channels) UnderWay() []string { return c.turns.names() }

// Deliver sends what is due in one claimed channel, in order and at the
// channel's pace, until nothing is due, the turn is over or the channel has to
// rest. The claim is renewed meanwhile, so that the channel has one turn at a
// time. A post under way is finished even when the daemon stops. After an error
// the claim is kept, so that the channel is not taken up again at once.
func (c *Channels) Deliver(ctx context.Context, claim store.Claim) error {
	if !c.turns.begin(claim.Name) { // the clock was set: a turn is under way that seems to be over
		return c.Store.Channels.Release(ctx, claim)
	}
	defer c.turns.end(claim.Name)
	end, stop := c.Now().Add(drainBound), ctx.Done()
	ctx = context.WithoutCancel(ctx)
	for more := true; more && c.Now().Before(end); {
		var err error
		more, err = c.next(ctx, claim, stop)
		switch {
		case errors.Is(err, store.ErrClaimLost):
			return nil // another worker has the channel
		case errors.Is(err, errStopping):
			more = false
		case err != nil:
			return err
		}
	}
	if err := c.Store.Channels.Release(ctx, claim); err != nil {
		return err
	}
	c.Wake()
	return nil
}

// next brings the delivery of the channel that goes next one step
// further; more is false when the channel has nothing due, has to rest for more
// than a moment, or stop is closed. What goes next is decided after the rest: a
// more severe alert may have come meanwhile.
func (c *Channels) next(ctx context.Context, claim store.Claim, stop <-chan struct{}) (more bool, err error) {
	now := c.Now()
	if !slices.Contains(c.Plan().Sinks, claim.Name) {
		if paused, err := c.stillPaused(ctx, now); err != nil || paused {
			return false, err
		}
	}
	if held, err := c.Store.Pauses.Hold(ctx, claim.Name); err != nil || held { // since the turn began
		return false, err
	}
	ch, err := c.Store.Channels.Get(ctx, claim.Name)
	if err != nil {
		return false, err
	}
	d, ok, err := c.Store.Deliveries.Next(ctx, claim.Name, now)
	rest := ch.Free.Sub(now)
	if err != nil || !ok || rest > restInPlace {
		return false, err
	}
	select {
	case <-stop:
		return false, nil // the delivery stays due
	case <-time.After(rest):
	}
	if rest > 0 {
		if d, ok, err = c.Store.Deliveries.Next(ctx, claim.Name, c.Now()); err != nil || !ok {
			return false, err
		}
	}
	if err := c.Store.Channels.TakeSlot(ctx, claim, c.Now()); err != nil {
		return false, err
	}
	a := attempt{Env: c.Env, channels: c, claim: claim, channel: ch, stop: stop, d: d, began: c.Now()}
	return a.step(ctx)
}

// stillPaused reports whether sending is paused. When the pause has run out
// the token is tried, by one of all daemons.
func (c *Channels) stillPaused(ctx context.Context, now time.Time) (bool, error) {
	pause, err := c.Store.Sending.Paused(ctx)
	if err != nil || pause.Since.IsZero() {
		return false, err
	}
	if now.Before(pause.Until) {
		return true, nil
	}
	mine, err := c.Store.Sending.ClaimProbe(ctx, now, now.Add(probeEvery))
	if err != nil || !mine {
		return true, err
	}
	bounded, cancel := context.WithTimeout(ctx, postBound)
	defer cancel()
	if err := c.Plan().Sender.Probe(bounded); err != nil {
		c.Log.Warn("sending stays paused", "error", err)
		return true, nil
	}
	if _, err := c.Store.Sending.Resume(ctx); err != nil {
		return true, err
	}
	c.Log.Info("sending goes on")
	return false, nil
}

// steady is since when the clock is known not to have been set.
func (c *Channels) steady() time.Time {
	if c.steadySince == nil {
		return time.Time{}
	}
	return c.steadySince()
}

// elapsed is how long ago a time in the store was, at the least: what passed
// before somebody set the clock does not count.
func (c *Channels) elapsed(since time.Time) time.Duration {
	now := c.Now()
	return max(0, min(now.Sub(since), now.Sub(c.steady())))
}
