package deliver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Times of a delivery in doubt, from when its post began.
const (
	landing    = postBound + 15*time.Second // a post that was cut off cannot land later than this
	historyLag = 60 * time.Second           // after that: what has landed is in the channel's history
	lookEvery  = 30 * time.Second           // until then: one look that finds nothing shows nothing
	clockRange = 24 * time.Hour             // how far our clock may have been set, where nobody knows
)

// mayLand is how long the last post of a delivery may still land, so that
// looking for it would show nothing; 0 when it cannot any more.
func (a *attempt) mayLand() time.Duration {
	if a.d.Answered {
		return 0
	}
	return landing - a.channels.elapsed(a.d.Started)
}

// lookUp looks for a delivery in doubt in its channel:
//
//  1. If it is found, it was sent.
//  2. If it is not found, it is absent, and may be posted again, once a post would
//     be in the channel's history. Until then it is looked for again. A post that
//     was answered with a refusal is looked for once.
//  3. If it is absent and too old to be news, it is given up.
//
// Where it is not absent, more says whether the channel may go on.
func (a *attempt) lookUp(ctx context.Context) (absent, more bool, err error) {
	receipt, found, err := a.find(ctx)
	now := a.Now()
	if err != nil && a.d.Answered && problem(err).Lasting {
		// Nobody can look, and what was answered says that it is not there.
		return true, true, tellBlind(ctx, a, err)
	}
	if err != nil {
		return false, false, err
	}
	if err := a.Store.Troubles.End(ctx, troubleLooking); err != nil {
		return false, false, err
	}
	missing := historyLag - (a.channels.elapsed(a.d.Started) - landing)
	if a.sink() {
		missing = 0
	}
	switch {
	case found:
		a.Log.Debug("delivery in doubt had arrived", "delivery", a.d.ID, "channel", a.channel.Name)
		if err := keepDigest(ctx, a, receipt); err != nil {
			return false, false, err
		}
		return false, true, a.sent(ctx, receipt)
	case !a.d.Answered && missing > 0:
		if err := a.Store.Deliveries.Postpone(ctx, a.d, a.d.Error, now.Add(min(missing, lookEvery))); err != nil {
			return false, false, err
		}
		more, err = a.keepPace(ctx)
		return false, more, err
	case !a.d.Answered && a.tooOld(now):
		return false, true, a.giveUp(ctx, errors.New("it did not arrive, and is too old to be news: "+a.d.Error))
	}
	return true, true, nil
}

// keepDigest closes a delivery that was found in a digest of an epoch before, or in a list of
// what a storm folded: that is not to be edited to tell it alone. Its thread may go on at a
// digest.
func keepDigest(ctx context.Context, a *attempt, found notify.Receipt) error {
	switch {
	case a.d.Kind == news.DeliverStory && found.Thread != "":
		return a.Store.Deliveries.Close(ctx, a.d.ID, string(notify.Gone))
	case found.Among:
		return a.Store.Deliveries.Close(ctx, a.d.ID, string(notify.Locked))
	default:
		return nil
	}
}

// find asks whether a delivery in doubt has arrived. Where our clock may have
// been set since its post began, the time of that says little.
func (a *attempt) find(ctx context.Context) (notify.Receipt, bool, error) {
	sought := notify.Sought{
		Delivery: a.d.ID, Promise: a.d.Promise, Kind: a.d.Kind, Thread: a.d.Thread, Until: a.d.LostUntil,
	}
	alone := a.d.Alert == 0 && (a.d.Kind != news.DeliverDigest || a.d.About == news.AboutStorm) // it tells of no story
	if a.d.LostUntil.IsZero() || alone {
		return a.seek(ctx, sought, a.d.Started)
	}
	if a.d.Kind == news.DeliverDigest {
		return a.findDigest(ctx, sought)
	}
	told, err := a.Store.Deliveries.Content(ctx, a.d)
	if err != nil {
		return notify.Receipt{}, false, fmt.Errorf("look for delivery %d: %w", a.d.ID, err)
	}
	sought.Marks = marksOf(a.d, &told)
	if a.d.Kind == news.DeliverUpdate && a.d.Thread == "" {
		if receipt, found, err := a.findReply(ctx, sought); err != nil || found {
			return receipt, found, err
		}
	}
	return a.seek(ctx, sought, a.d.Started)
}

// findReply looks for an update that an epoch before may have sent in the thread that it
// belongs into: a channel's history lists only those replies that the channel was shown.
func (a *attempt) findReply(ctx context.Context, sought notify.Sought) (notify.Receipt, bool, error) {
	root, _, err := a.Store.Deliveries.Root(ctx, a.d.Alert)
	if err != nil || root.TS == "" || root.ChannelID != a.id {
		return notify.Receipt{}, false, err
	}
	sought.Thread = root.TS
	return a.seek(ctx, sought, a.d.Started)
}

// seek asks once whether a message has arrived.
func (a *attempt) seek(ctx context.Context, sought notify.Sought, since time.Time) (notify.Receipt, bool, error) {
	if err := a.renew(ctx); err != nil {
		return notify.Receipt{}, false, err
	}
	bounded, cancel := context.WithTimeout(ctx, postBound)
	defer cancel()
	if since.Before(a.channels.steady()) {
		since = since.Add(-clockRange)
	}
	receipt, found, err := a.Plan().Sender.Find(bounded, a.id, sought, since)
	if err != nil {
		err = beforePost(err)
	}
	return receipt, found, err
}

// stillInDoubt records that a delivery could not be looked for. It stays in doubt,
// because a second post could double it, and is looked for again later. The
// channel rests only for a problem that other deliveries would meet as well.
func (a *attempt) stillInDoubt(ctx context.Context, cause error) (more bool, err error) {
	now, se := a.Now(), problem(cause)
	a.Log.Warn("delivery cannot be looked for", "delivery", a.d.ID, "channel", a.channel.Name, "problem", se.Problem, "error", cause)
	if se.Problem == notify.Temporary && a.tooOld(now) {
		return true, a.giveUp(ctx, fmt.Errorf("it may or may not have arrived, and cannot be looked for: %w", cause))
	}
	again := min(max(now.Sub(a.d.Started), lookEvery/2), longestRest) // waits as long again as it has waited
	if err := a.Store.Deliveries.Postpone(ctx, a.d, cause.Error(), now.Add(again)); err != nil {
		return false, err
	}
	switch se.Problem {
	case notify.Throttled, notify.Unauthorized, notify.NoChannel:
		return a.setAside(ctx, se)
	case notify.Temporary:
		if se.Lasting || again == longestRest {
			if err := tellBlind(ctx, a, cause); err != nil {
				return false, err
			}
		}
	}
	return a.keepPace(ctx)
}

// findDigest looks for a digest that an epoch before may have sent, and for what
// it tells, which may have been told by other messages: that is left out. found
// reports that the digest was sent, or that nothing is left of it.
func (a *attempt) findDigest(
	ctx context.Context, sought notify.Sought,
) (receipt notify.Receipt, found bool, err error) {
	if receipt, found, err = a.seek(ctx, sought, a.d.Started); err != nil || found {
		return receipt, found, err
	}
	told, err := a.Store.Deliveries.Digest(ctx, a.d.ID)
	if err != nil {
		return receipt, false, err
	}
	left, err := a.leaveOut(ctx, sought, told)
	return receipt, left == 0, err
}

// leaveOut leaves those alerts out of a digest that other messages told, and
// returns how many are left. A look is for many of them at once, and only where
// it finds any for each half of them.
func (a *attempt) leaveOut(ctx context.Context, sought notify.Sought, told []store.Content) (left int, err error) {
	sought.Marks = nil
	for i := range told {
		sought.Marks = append(sought.Marks, marksOf(a.d, &told[i])...)
	}
	_, found, err := a.seek(ctx, sought, a.d.Started)
	switch {
	case err != nil || !found:
		return len(told), err
	case len(told) == 1:
		return 0, a.Store.Alerts.LeaveDigest(ctx, told[0].Alert.ID)
	}
	for half := range slices.Chunk(told, (len(told)+1)/2) {
		select {
		case <-a.stop:
			return 0, errStopping
		default:
		}
		n, err := a.leaveOut(ctx, sought, half)
		if err != nil {
			return 0, err
		}
		left += n
	}
	return left, nil
}
