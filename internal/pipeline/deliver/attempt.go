package deliver

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// attempt is one delivery being brought one step further.
type attempt struct {
	*act.Env

	channels *Channels
	claim    store.Claim
	channel  store.Channel   // as it was before
	stop     <-chan struct{} // closed when the daemon stops
	id       string          // the sender's name for the channel
	d        news.Delivery
	root     int64 // the delivery that d replies to; 0: none
	asked    bool  // the sender was asked since the claim was renewed
	began    time.Time
}

// errStopping ends a turn that has more to ask when the daemon stops.
var errStopping = errors.New("the daemon stops")

// step brings the delivery one step further. more is false when the channel has
// to rest, or to be left to others.
//
//  1. A delivery in doubt whose last post may still arrive is left for later.
//  2. The channel's ID is found, and it is found out whether the store was restored.
//  3. A delivery in doubt is looked for in the channel.
//  4. A delivery that has certainly not arrived is posted.
//
// An edit is never in doubt, because to repeat it does no harm.
func (a *attempt) step(ctx context.Context) (more bool, err error) {
	if a.d.Kind == news.DeliverEdit {
		return a.edit(ctx)
	}
	if err := a.Store.Deliveries.CountFromDue(ctx, &a.d); err != nil {
		return false, err
	}
	doubt := a.d.State == news.StateSending || a.d.State == news.StateInDoubt
	if wait := a.mayLand(); doubt && wait > 0 && !a.sink() {
		return true, a.Store.Deliveries.Postpone(ctx, a.d, a.d.Error, a.Now().Add(wait)) // 1
	}
	if rest := restAfterDeath(a); rest > 0 {
		return true, a.Store.Deliveries.Postpone(ctx, a.d, a.d.Error, a.Now().Add(rest)) // 1
	}
	ready, more, err := a.prepare(ctx, doubt) // 2, 3
	_, refused := errors.AsType[*notify.SendError](err)
	switch {
	case refused && doubt:
		return a.stillInDoubt(ctx, err)
	case refused:
		return a.unsent(ctx, err)
	case err != nil && doubt && !errors.Is(err, store.ErrClaimLost) && !errors.Is(err, errStopping):
		// What cannot be read of one delivery must not hold up the others.
		return false, errors.Join(err, a.Store.Deliveries.Postpone(ctx, a.d, a.d.Error, a.Now().Add(lookEvery)))
	case err != nil || !ready:
		return more, err
	}
	return a.post(ctx) // 4
}

// prepare finds out what has to be known before a delivery is posted. ready is
// false when it is not to be posted now; then more says whether the channel may
// go on at once.
func (a *attempt) prepare(ctx context.Context, doubt bool) (ready, more bool, err error) {
	a.id = a.channel.ID
	if a.id == "" || notify.IsSink(a.id) != a.sink() { // a channel became a sink, or the other way round
		if a.id, err = a.resolve(ctx); err != nil {
			return false, false, err
		}
		if err := a.Store.Channels.SaveID(ctx, a.channel.Name, a.id); err != nil {
			return false, false, err
		}
	}
	lost, err := a.verify(ctx)
	if err != nil || lost { // after a loss the delivery is in doubt
		return false, false, err
	}
	if !doubt {
		return true, true, nil
	}
	return a.lookUp(ctx)
}

// sink reports whether the channel is a sink. Nobody can look for what may have arrived there. It is
// posted again with the ID that it had.
func (a *attempt) sink() bool { return slices.Contains(a.Plan().Sinks, a.channel.Name) }

// renew renews the claim before the sender is asked, except for the first time,
// when TakeSlot has just renewed it: a claim holds for longer than one request,
// but not for as many as a turn may make. The error is store.ErrClaimLost when
// another worker has the channel.
func (a *attempt) renew(ctx context.Context) error {
	if !a.asked {
		a.asked = true
		return nil
	}
	return a.Store.Channels.Renew(ctx, a.claim, a.Now())
}

// resolve asks for the ID of the channel.
func (a *attempt) resolve(ctx context.Context) (string, error) {
	if err := a.renew(ctx); err != nil {
		return "", err
	}
	bounded, cancel := context.WithTimeout(ctx, postBound)
	defer cancel()
	id, err := a.Plan().Sender.Resolve(bounded, a.channel.Name)
	if err != nil {
		return "", beforePost(err)
	}
	return id, nil
}

// post posts one delivery that certainly has not arrived.
func (a *attempt) post(ctx context.Context) (more bool, err error) {
	r := rendering{Env: a.Env, d: a.d, channel: a.id}
	msg, edited, err := r.message(ctx)
	a.root = r.root
	if wait, ok := errors.AsType[*news.LaterError](err); ok {
		return true, a.wait(ctx, wait.At)
	}
	if errors.Is(err, errAnswered) {
		return true, a.answeredSince(ctx)
	}
	for _, silent := range []error{errNoThread, errTakenBack} {
		if errors.Is(err, silent) {
			return true, a.abandon(ctx, silent)
		}
	}
	if err != nil {
		return a.unrendered(ctx, err)
	}
	if msg, err = a.budget(ctx, msg); err != nil {
		return false, err
	}
	a.d.Thread, a.d.Broadcast = msg.Thread, msg.Broadcast
	if err := a.renew(ctx); err != nil {
		return false, err
	}
	start := a.Now()
	ok, err := a.Store.Deliveries.Begin(ctx, a.claim, &a.d, start, start.Add(landing))
	if err != nil || !ok {
		return false, err
	}
	receipt, err := a.send(ctx, msg, start)
	if err != nil {
		return a.unsent(ctx, err)
	}
	if a.d.Kind == news.DeliverStory && !msg.Undated && !edited {
		a.Meter.Latency(a.Now().Sub(msg.Time))
		a.Meter.Stage("listed", r.seen.Sub(msg.Time))
		a.Meter.Stage("alerted", r.called.Sub(r.seen))
		a.Meter.Stage("delivered", a.Now().Sub(r.called))
	}
	return true, a.sent(ctx, receipt)
}

// send posts a message. The doubt counts from start. A sink may take minutes: the claim is renewed
// meanwhile.
func (a *attempt) send(ctx context.Context, msg notify.Message, start time.Time) (notify.Receipt, error) {
	bound := postBound
	if a.sink() {
		bound = sinkBound
	}
	bounded, cancel := context.WithTimeout(ctx, bound-a.Now().Sub(start))
	defer cancel()
	if a.sink() {
		var keeping sync.WaitGroup
		defer keeping.Wait()
		defer cancel()
		keeping.Go(func() { a.keepClaim(bounded, cancel) })
	}
	return a.Plan().Sender.Send(bounded, a.id, msg)
}

// keepClaim renews the claim until ctx ends. When the daemon stops, the post under way has as long
// as any other: then it is cut off.
func (a *attempt) keepClaim(ctx context.Context, cutOff func()) {
	ticker := time.NewTicker(a.channels.keep)
	defer ticker.Stop()
	stop := a.stop
	for {
		select {
		case <-ctx.Done():
			return
		case <-stop:
			stop = nil
			defer time.AfterFunc(postBound, cutOff).Stop()
		case <-ticker.C:
			if err := a.Store.Channels.Renew(ctx, a.claim, a.Now()); err != nil && ctx.Err() == nil {
				a.Log.Warn("the claim on a channel cannot be renewed", "channel", a.channel.Name, "error", err)
			}
		}
	}
}

// wait puts a delivery off until a time, but for no longer than longestWait.
func (a *attempt) wait(ctx context.Context, until time.Time) error {
	if most := a.Now().Add(longestWait); until.After(most) {
		until = most
	}
	return a.Store.Deliveries.Postpone(ctx, a.d, a.d.Error, until)
}

// beforePost takes the doubt out of an error that came before anything was
// posted.
func beforePost(err error) error {
	var se *notify.SendError
	if errors.As(err, &se) && se.Problem != notify.InDoubt {
		return err
	}
	return &notify.SendError{Problem: notify.Temporary, Err: err}
}

// sent records a delivery's arrival and lets the channel rest for its pace.
func (a *attempt) sent(ctx context.Context, r notify.Receipt) error {
	now := a.Now()
	a.d.ChannelID, a.d.TS, a.d.Thread = r.ChannelID, r.TS, r.Thread
	if a.d.About == news.AboutRaised { // a digest that is to tell the alert, too, waits for it
		if err := a.Store.Alerts.LeaveDigest(ctx, a.d.Alert); err != nil {
			return err
		}
	}
	if err := a.Store.Deliveries.MarkSent(ctx, a.d, now); err != nil {
		return err
	}
	a.Meter.Delivery(string(news.StateSent))
	line(a, news.StateSent).Info("delivered", "ts", r.TS, "waited", now.Sub(a.d.Created).Round(time.Millisecond))
	if a.d.Thread == "" || a.d.Broadcast || a.d.Kind == news.DeliverDigest {
		if err := a.Store.Unanswered.Begin(ctx, a.d, now); err != nil {
			return err
		}
	}
	if r.ChannelID != "" && r.ChannelID != a.channel.ID {
		if err := a.Store.Channels.SaveID(ctx, a.channel.Name, r.ChannelID); err != nil {
			return err
		}
	}
	if a.d.Kind == news.DeliverUpdate && a.d.Thread == "" { // the first message leads to it
		err := a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.Deliveries.Edit(ctx, a.d.Alert, now, 0) })
		if err != nil {
			return err
		}
	}
	return a.answered(ctx)
}

// answered records that a channel can be posted to, and lets it rest for its pace.
func (a *attempt) answered(ctx context.Context) error {
	now := a.Now()
	if err := a.endTrouble(ctx); err != nil {
		return err
	}
	if a.channel.Parked != "" {
		err := a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.Channels.Unpark(ctx, a.channel.Name, now) })
		if err != nil {
			return err
		}
	}
	return a.Store.Channels.Hold(ctx, a.channel.Name, now.Add(a.Plan().Pace), false)
}

// line is the log with the fields that every line about a delivery has. state is the one that it is
// in from now on.
func line(a *attempt, state news.DeliveryState) *slog.Logger {
	kind := string(a.d.Kind)
	if a.d.About != "" {
		kind += ":" + string(a.d.About)
	}
	return a.Log.With("delivery", a.d.ID, "channel", a.d.Channel, "kind", kind, "state", state, "attempts", a.d.Attempts,
		"took", a.Now().Sub(a.began).Round(time.Millisecond))
}
