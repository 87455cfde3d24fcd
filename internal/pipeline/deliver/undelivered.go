package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Times of what could not be delivered.
const (
	longestRest  = 5 * time.Minute    // of our own back-off
	parkedRetry  = 10 * time.Minute   // how often a parked channel is tried
	probeEvery   = time.Minute        // how often a paused sink is tried
	longestDoubt = store.LongestDoubt // between two posts to a sink that may both have arrived
	firstRest    = 30 * time.Second   // after a daemon died that posted to a sink
	giveUpAfter  = 48 * time.Hour     // when the plan sets no greatest age
)

// problem is what an error says of a delivery; an error that says nothing
// leaves it in doubt.
func problem(err error) *notify.SendError {
	if se, ok := errors.AsType[*notify.SendError](err); ok {
		return se
	}
	return &notify.SendError{Problem: notify.InDoubt, Err: err}
}

// unsent decides what becomes of a delivery that was not acknowledged; more
// says whether the channel may go on at once.
func (a *attempt) unsent(ctx context.Context, cause error) (more bool, err error) {
	now, se := a.Now(), problem(cause)
	line(a, stateAfter(&a.d, se)).Warn("delivery not acknowledged", "problem", se.Problem, "error", cause)
	a.Meter.Delivery(string(se.Problem))
	switch {
	case se.Problem == notify.InDoubt:
		again := a.d.Started.Add(landing + a.patience())
		if a.sink() {
			again = now.Add(a.doubtRest(now))
		}
		if err := a.Store.Deliveries.MarkInDoubt(ctx, a.d, cause.Error(), again); err != nil {
			return false, err
		}
		if err := tellDoubts(ctx, a, cause); err != nil {
			return false, err
		}
		return a.keepPace(ctx)
	case se.Problem == notify.Throttled && a.d.State == news.StateSending: // refused, and yet some were stored
		a.d.Answered = true
		if err := a.Store.Deliveries.MarkInDoubt(ctx, a.d, cause.Error(), now.Add(restOf(se))); err != nil {
			return false, err
		}
		return a.setAside(ctx, se)
	case se.Problem == notify.Gone:
		return true, a.rootGone(ctx, cause)
	case se.Problem == notify.Malformed && a.d.Plain:
		return true, a.giveUp(ctx, cause)
	case se.Problem == notify.Malformed:
		if err := a.Store.Deliveries.MarkPending(ctx, a.d, cause.Error(), now, true); err != nil {
			return false, err
		}
		return a.keepPace(ctx)
	case se.Problem == notify.Temporary && a.tooOld(now):
		return true, a.giveUp(ctx, fmt.Errorf("not posted for %s: %w", now.Sub(a.d.Created).Round(time.Minute), cause))
	}
	if err := a.Store.Deliveries.MarkPending(ctx, a.d, cause.Error(), now, false); err != nil {
		return false, err
	}
	if err := tellFailure(ctx, a, se); err != nil {
		return false, err
	}
	return a.setAside(ctx, se)
}

// stateAfter is the state of a delivery after a problem, unless it is given up then.
func stateAfter(d *news.Delivery, se *notify.SendError) news.DeliveryState {
	switch {
	case se.Problem == notify.InDoubt, se.Problem == notify.Throttled && d.State == news.StateSending:
		return news.StateInDoubt
	case se.Problem == notify.NoChannel:
		return news.StateParked
	}
	return news.StatePending
}

// unrendered puts off a delivery that cannot be rendered, so that it does not hold up the
// others; one that is too old to be news is given up.
func (a *attempt) unrendered(ctx context.Context, cause error) (more bool, err error) {
	now := a.Now()
	if a.tooOld(now) {
		return true, a.giveUp(ctx, cause)
	}
	line(a, a.d.State).Error("delivery cannot be rendered", "error", cause)
	return true, a.Store.Deliveries.Postpone(ctx, a.d, cause.Error(), now.Add(lookEvery))
}

// keepPace lets the channel rest for its pace after a request that says nothing of
// the next one: the channel may go on then.
func (a *attempt) keepPace(ctx context.Context) (more bool, err error) {
	return true, a.Store.Channels.Rest(ctx, a.channel.Name, a.Now().Add(a.Plan().Pace))
}

// patience grows with the attempts, so that a server that always leaves posts
// in doubt is not posted to every half minute.
func (a *attempt) patience() time.Duration {
	return schedule.Backoff(a.d.Attempts, time.Second, longestRest)
}

// doubtRest is how long what may have arrived at a sink is left before it is posted again: as long
// again as it is old. That bounds the copies: about twenty in two days, where each is cut off.
func (a *attempt) doubtRest(now time.Time) time.Duration {
	return min(max(now.Sub(a.d.Created), a.patience()), longestDoubt)
}

// restAfterDeath is how long a delivery to a sink is still left whose daemon died while it was
// sent: twice as long with each try, so that a daemon which a message kills sends few copies, and
// the first death delays nobody for long.
func restAfterDeath(a *attempt) time.Duration {
	if !a.sink() || a.d.State != news.StateSending {
		return 0
	}
	return schedule.Backoff(a.d.Attempts, firstRest, longestDoubt) - a.channels.elapsed(a.d.Started)
}

// tooOld reports whether a delivery has been tried for as long as a story may
// be old when it alerts.
func (a *attempt) tooOld(now time.Time) bool {
	return now.Sub(since(a)) > a.patienceEnds()
}

// patienceEnds is how old a delivery may be that is still tried.
func (a *attempt) patienceEnds() time.Duration { return cmp.Or(a.Plan().MaxAge, giveUpAfter) }

// setAside lets a channel, or all of them, rest for a problem that the next
// delivery would meet as well.
func (a *attempt) setAside(ctx context.Context, se *notify.SendError) (more bool, err error) {
	now := a.Now()
	switch se.Problem {
	case notify.Throttled:
		return false, a.Store.Channels.Hold(ctx, a.channel.Name, now.Add(restOf(se)), false)
	case notify.Unauthorized:
		return false, a.pause(ctx, se)
	case notify.NoChannel:
		return a.park(ctx, se)
	default: // certainly not posted
		wait := schedule.Backoff(a.channel.Failures+1, time.Second, longestRest)
		return false, a.Store.Channels.Hold(ctx, a.channel.Name, now.Add(wait), true)
	}
}

// restOf is how long a throttled channel rests.
func restOf(se *notify.SendError) time.Duration {
	return max(min(se.RetryAfter, time.Hour), time.Second)
}

// park sets a channel aside that cannot be posted to; only it is held up. When
// its name stands for another channel by now, that one is posted to instead.
func (a *attempt) park(ctx context.Context, cause error) (more bool, err error) {
	if a.channel.ID != "" {
		id, err := a.resolve(ctx)
		if errors.Is(err, store.ErrClaimLost) {
			return false, err
		}
		if err == nil && id != a.channel.ID {
			return true, a.Store.Channels.SaveID(ctx, a.channel.Name, id)
		}
	}
	now := a.Now()
	if a.d.Attempts > 1 && a.channel.Parked == "" {
		return true, parkAlone(ctx, a, cause)
	}
	return false, a.Store.InTx(ctx, func(tx *store.Tx) error {
		first, err := tx.Channels.Park(ctx, a.channel.Name, cause.Error(), now.Add(parkedRetry))
		if err != nil || !first || a.channel.Name == a.Plan().OpsChannel {
			return err
		}
		a.Meter.Delivery(string(news.StateParked))
		why := cause
		if se, ok := errors.AsType[*notify.SendError](cause); ok {
			why = se.Err // its problem is what is said here
		}
		return a.OpsOneOfMany(ctx, tx, now, "parked", fmt.Sprintf("Channel %s cannot be posted to: %v. Its alerts are kept, and tried again every %.0f minutes.",
			a.channel.Name, why, parkedRetry.Minutes()))
	})
}

// alone begins the error of a delivery that is refused though its channel is not.
const alone = "it is refused, and others are not: "

// parkAlone sets a delivery aside that was refused before, and others since then were not: the
// channel goes on. One that is too old to be news is given up.
func parkAlone(ctx context.Context, a *attempt, cause error) error {
	now, why := a.Now(), alone+cause.Error()
	if a.tooOld(now) {
		return a.giveUp(ctx, errors.New(why))
	}
	if _, err := a.keepPace(ctx); err != nil {
		return err
	}
	return a.Store.InTx(ctx, func(tx *store.Tx) error {
		err := tx.Deliveries.SetAside(ctx, a.d, why, now.Add(parkedRetry))
		if err != nil || strings.HasPrefix(a.d.Error, alone) || a.d.Kind == news.DeliverOps {
			return err
		}
		return a.OpsOneOfMany(ctx, tx, now, "parked", fmt.Sprintf("Delivery %d to %s cannot be posted, though others are: %v. It is tried again "+
			"every %.0f minutes. `copytaster deliveries drop %d` gives it up.", a.d.ID, a.d.Channel, cause, parkedRetry.Minutes(), a.d.ID))
	})
}

// pause stops all sending while the token does not work; the queue is kept.
// The message to the ops channel goes out with it afterwards.
func (a *attempt) pause(ctx context.Context, cause error) error {
	now := a.Now()
	return a.Store.InTx(ctx, func(tx *store.Tx) error {
		first, err := tx.Sending.Pause(ctx, cause.Error(), now, now.Add(probeEvery))
		if err != nil || !first {
			return err
		}
		a.Log.Error("sending is paused: the token does not work; alerts are kept", "error", cause)
		return a.Ops(ctx, tx, now, fmt.Sprintf("Sending was paused at %s: %v. Alerts were kept and follow now.",
			now.UTC().Format("15:04 MST"), cause))
	})
}

// giveUp abandons a delivery, and says so where people look. An ops message
// about an ops message would never end. The channel keeps its pace.
func (a *attempt) giveUp(ctx context.Context, cause error) error {
	now := a.Now()
	if err := a.Store.Channels.Hold(ctx, a.channel.Name, now.Add(a.Plan().Pace), false); err != nil {
		return err
	}
	if err := a.endTrouble(ctx); err != nil {
		return err
	}
	a.Meter.Delivery(string(news.StateDead))
	line(a, news.StateDead).Error("delivery given up", "error", cause)
	return a.Store.InTx(ctx, func(tx *store.Tx) error {
		dead, err := tx.Deliveries.MarkDead(ctx, a.d.ID, cause.Error(), now)
		if err != nil || !dead || a.d.Kind == news.DeliverOps {
			return err
		}
		return a.OpsOneOfMany(ctx, tx, now, "dead", fmt.Sprintf("Delivery %d to %s was given up: %v. `copytaster deliveries retry %d` sends it after all.",
			a.d.ID, a.d.Channel, cause, a.d.ID))
	})
}
