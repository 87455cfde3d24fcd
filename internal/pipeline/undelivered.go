package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Times of what could not be delivered.
const (
	longestRest = 5 * time.Minute  // of our own back-off
	parkedRetry = 10 * time.Minute // how often a parked channel is tried
	probeEvery  = time.Minute      // how often a paused sink is tried
	giveUpAfter = 48 * time.Hour   // when the plan sets no greatest age
)

// problem is what an error says of a delivery; an error that says nothing
// leaves it in doubt.
func problem(err error) *notify.SendError {
	var se *notify.SendError
	if errors.As(err, &se) {
		return se
	}
	return &notify.SendError{Problem: notify.InDoubt, Err: err}
}

// unsent decides what becomes of a delivery that was not acknowledged; more
// says whether the channel may go on at once.
func (p *Pipeline) unsent(ctx context.Context, ch store.Channel, d news.Delivery, cause error) (more bool, err error) {
	now, se := p.opt.Now(), problem(cause)
	p.log.Warn("delivery not acknowledged", "delivery", d.ID, "channel", ch.Name, "problem", se.Problem, "error", cause)
	p.meter.Delivery(string(se.Problem))
	switch {
	case se.Problem == notify.InDoubt:
		if err := p.store.Deliveries.MarkInDoubt(ctx, d, cause.Error(), d.Started.Add(landing+patience(d))); err != nil {
			return false, err
		}
		return true, p.tellDoubts(ctx, d, cause, now)
	case se.Problem == notify.Throttled && d.State == news.StateSending: // refused, and yet some were stored
		d.Answered = true
		if err := p.store.Deliveries.MarkInDoubt(ctx, d, cause.Error(), now.Add(restOf(se))); err != nil {
			return false, err
		}
		return p.setAside(ctx, ch, se, now)
	case se.Problem == notify.Malformed && d.Plain:
		return true, p.bury(ctx, ch, d, cause, now)
	case se.Problem == notify.Malformed:
		return true, p.store.Deliveries.MarkPending(ctx, d, cause.Error(), now, true)
	case se.Problem == notify.Temporary && p.tooOld(d, now):
		return true, p.bury(ctx, ch, d, fmt.Errorf("not posted for %s: %w", now.Sub(d.Created).Round(time.Minute), cause), now)
	}
	if err := p.store.Deliveries.MarkPending(ctx, d, cause.Error(), now, false); err != nil {
		return false, err
	}
	if err := p.tellFailure(ctx, ch, d, se, now); err != nil {
		return false, err
	}
	return p.setAside(ctx, ch, se, now)
}

// patience grows with the attempts, so that a server that always leaves posts
// in doubt is not posted to every half minute.
func patience(d news.Delivery) time.Duration {
	return min(schedule.Backoff(d.Attempts, time.Second), longestRest)
}

// tooOld reports whether a delivery has been tried for as long as a story may
// be old when it alerts.
func (p *Pipeline) tooOld(d news.Delivery, now time.Time) bool {
	return now.Sub(d.Created) > p.patienceEnds()
}

// patienceEnds is how old a delivery may be that is still tried.
func (p *Pipeline) patienceEnds() time.Duration { return cmp.Or(p.plan.Load().MaxAge, giveUpAfter) }

// setAside lets a channel, or all of them, rest for a problem that the next
// delivery would meet as well.
func (p *Pipeline) setAside(ctx context.Context, ch store.Channel, se *notify.SendError, now time.Time) (more bool, err error) {
	switch se.Problem {
	case notify.Throttled:
		return false, p.store.Channels.Hold(ctx, ch.Name, now.Add(restOf(se)), false)
	case notify.Unauthorized:
		return false, p.pause(ctx, se, now)
	case notify.NoChannel:
		return p.park(ctx, ch, se, now)
	default: // certainly not posted
		wait := min(schedule.Backoff(ch.Failures+1, time.Second), longestRest)
		return false, p.store.Channels.Hold(ctx, ch.Name, now.Add(wait), true)
	}
}

// restOf is how long a throttled channel rests.
func restOf(se *notify.SendError) time.Duration {
	return max(min(se.RetryAfter, time.Hour), time.Second)
}

// park sets a channel aside that cannot be posted to; only it is held up. When
// its name stands for another channel by now, that one is posted to instead.
func (p *Pipeline) park(ctx context.Context, ch store.Channel, cause error, now time.Time) (more bool, err error) {
	if ch.ID != "" {
		if id, err := p.resolve(ctx, ch.Name); err == nil && id != ch.ID {
			return true, p.store.Channels.SaveID(ctx, ch.Name, id)
		}
	}
	return false, p.store.InTx(ctx, func(tx *store.Tx) error {
		first, err := tx.Channels.Park(ctx, ch.Name, cause.Error(), now.Add(parkedRetry))
		if err != nil || !first || ch.Name == p.plan.Load().OpsChannel {
			return err
		}
		p.meter.Delivery(string(news.StateParked))
		why := cause
		if se := (*notify.SendError)(nil); errors.As(cause, &se) {
			why = se.Err // its problem is what is said here
		}
		return p.opsOneOfMany(ctx, tx, "parked", fmt.Sprintf("Channel %s cannot be posted to: %v. Its alerts are kept, and tried again every %.0f minutes.",
			ch.Name, why, parkedRetry.Minutes()), now)
	})
}

// pause stops all sending while the token does not work; the queue is kept.
// The message to the ops channel goes out with it afterwards.
func (p *Pipeline) pause(ctx context.Context, cause error, now time.Time) error {
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		first, err := tx.Sending.Pause(ctx, cause.Error(), now, now.Add(probeEvery))
		if err != nil || !first {
			return err
		}
		p.log.Error("sending is paused: the token does not work; alerts are kept", "error", cause)
		return p.ops(ctx, tx, fmt.Sprintf("Sending was paused at %s: %v. Alerts were kept and follow now.",
			now.UTC().Format("15:04 MST"), cause), now)
	})
}

// stillPaused reports whether sending is paused. When the pause has run out
// the token is tried, by one of all daemons.
func (p *Pipeline) stillPaused(ctx context.Context, now time.Time) (bool, error) {
	pause, err := p.store.Sending.Paused(ctx)
	if err != nil || pause.Since.IsZero() {
		return false, err
	}
	if now.Before(pause.Until) {
		return true, nil
	}
	mine, err := p.store.Sending.ClaimProbe(ctx, now, now.Add(probeEvery))
	if err != nil || !mine {
		return true, err
	}
	bounded, cancel := context.WithTimeout(ctx, postBound)
	defer cancel()
	if err := p.plan.Load().Sender.Probe(bounded); err != nil {
		p.log.Warn("sending stays paused", "error", err)
		return true, nil
	}
	if _, err := p.store.Sending.Resume(ctx); err != nil {
		return true, err
	}
	p.log.Info("sending goes on")
	return false, nil
}

// bury gives a delivery up, and says so where people look. An ops message
// about an ops message would never end. The channel keeps its pace.
func (p *Pipeline) bury(ctx context.Context, ch store.Channel, d news.Delivery, cause error, now time.Time) error {
	if err := p.store.Channels.Hold(ctx, ch.Name, now.Add(p.plan.Load().Pace), false); err != nil {
		return err
	}
	for _, name := range []string{troubleSending, troubleChannel + ch.Name} { // what troubles the next one is told anew
		if err := p.store.Troubles.End(ctx, name); err != nil {
			return err
		}
	}
	p.meter.Delivery(string(news.StateDead))
	p.log.Error("delivery given up", "delivery", d.ID, "channel", d.Channel, "error", cause)
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		dead, err := tx.Deliveries.MarkDead(ctx, d.ID, cause.Error(), now)
		if err != nil || !dead || d.Kind == news.DeliverOps {
			return err
		}
		return p.opsOneOfMany(ctx, tx, "dead", fmt.Sprintf("Delivery %d to %s was given up: %v. `copytaster deliveries retry %d` sends it after all.",
			d.ID, d.Channel, cause, d.ID), now)
	})
}
