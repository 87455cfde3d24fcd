package deliver

import (
	"context"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/notify"
)

// Times of edits.
const (
	editWait = 15 * time.Second // how often it is looked whether the message was posted that is to be edited
)

// edit has the message of an alert show what has become of its news. A message that cannot
// be edited stays as it is: what matters is told in its thread, too.
func (a *attempt) edit(ctx context.Context) (more bool, err error) {
	posted, err := a.Store.Deliveries.Get(ctx, a.d.Edits)
	if err != nil {
		return false, err
	}
	switch {
	case posted.State == news.StateDead || posted.Closed != "" || posted.State == news.StateSent && posted.TS == "":
		return true, a.abandon(ctx, errors.New("the message cannot be edited"))
	case posted.State != news.StateSent:
		return true, a.wait(ctx, onceSent(&posted, a.Now().Add(editWait)))
	case a.d.State == news.StateSending && a.mayLand() > 0: // it would land on top of this one
		return true, a.Store.Deliveries.Postpone(ctx, a.d, a.d.Error, a.Now().Add(a.mayLand()))
	}
	_, _, err = a.prepare(ctx, false)
	if _, refused := errors.AsType[*notify.SendError](err); refused {
		return a.unsent(ctx, err)
	}
	if err != nil {
		return false, err
	}
	return a.editPosted(ctx, &posted)
}

// editPosted edits a message that was posted.
func (a *attempt) editPosted(ctx context.Context, posted *news.Delivery) (more bool, err error) {
	if notify.IsSink(posted.ChannelID) != notify.IsSink(a.id) {
		return true, a.abandon(ctx, errors.New("the channel became a sink, or the other way round, since it was posted"))
	}
	r := rendering{Env: a.Env, d: a.d, channel: a.id}
	m, err := r.edition(ctx, posted)
	if err != nil {
		return a.unrendered(ctx, err)
	}
	if err := a.renew(ctx); err != nil {
		return false, err
	}
	start := a.Now()
	ok, err := a.Store.Deliveries.Begin(ctx, a.claim, &a.d, start, start.Add(landing))
	if err != nil || !ok {
		return false, err
	}
	m = m.Rest(posted.Resting)
	m.Edition = int(start.UnixMilli()) // of its own: the attempt before it may have arrived
	bounded, cancel := context.WithTimeout(ctx, postBound)
	defer cancel()
	at := notify.Receipt{ChannelID: posted.ChannelID, TS: posted.TS, Thread: posted.Thread}
	err = a.Plan().Sender.Edit(bounded, at, m)
	if err == nil {
		return a.edited(ctx)
	}
	switch se := problem(err); se.Problem {
	case notify.Gone, notify.Locked:
		if err := a.Store.Deliveries.Close(ctx, posted.ID, string(se.Problem)); err != nil {
			return false, err
		}
		return a.edited(ctx)
	case notify.InDoubt: // it is repeated
		return a.unsent(ctx, &notify.SendError{Problem: notify.Temporary, Err: err})
	default:
		return a.unsent(ctx, err)
	}
}

// edited records that an edit is done. The channel keeps its pace.
func (a *attempt) edited(ctx context.Context) (more bool, err error) {
	if err := a.Store.Deliveries.MarkEdited(ctx, a.d, a.Now(), act.CoverageEvery); err != nil {
		return false, err
	}
	line(a, news.StateSent).Info("delivered")
	return true, a.answered(ctx)
}

// abandon ends a delivery that has nothing to reply to, or to edit. Nobody has to hear of it.
func (a *attempt) abandon(ctx context.Context, cause error) error {
	line(a, news.StateSent).Info("delivery has nothing to say any more", "cause", cause)
	return a.Store.Deliveries.Settle(ctx, a.d, cause.Error(), a.Now())
}

// rootGone records that the message was deleted that a delivery replies to. The delivery is
// rendered anew: it may reply to another one.
func (a *attempt) rootGone(ctx context.Context, cause error) error {
	if a.root != 0 {
		if err := a.Store.Deliveries.Close(ctx, a.root, string(notify.Gone)); err != nil {
			return err
		}
	}
	return a.Store.Deliveries.MarkPending(ctx, a.d, cause.Error(), a.Now(), false)
}
