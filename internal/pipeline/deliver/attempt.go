package deliver

import (
	"context"
	"errors"

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
	channel  store.Channel // as it was before
	id       string        // the sender's name for the channel
	d        news.Delivery
}

// step finds the channel, looks for a delivery in doubt, and posts one that
// certainly has not arrived. more is false when the channel has to rest.
func (a *attempt) step(ctx context.Context) (more bool, err error) {
	doubt, failed := a.d.State == news.StateSending || a.d.State == news.StateInDoubt, a.unsent
	if doubt {
		failed = a.stillInDoubt
	}
	if wait := a.mayLand(); doubt && wait > 0 {
		return true, a.Store.Deliveries.Postpone(ctx, a.d, a.d.Error, a.Now().Add(wait))
	}
	a.id = a.channel.ID
	if a.id == "" {
		if a.id, err = a.channels.resolve(ctx, a.channel.Name); err != nil {
			return failed(ctx, err)
		}
		if err := a.Store.Channels.SaveID(ctx, a.channel.Name, a.id); err != nil {
			return false, err
		}
	}
	if lost, err := a.channels.verify(ctx, a.id); err != nil {
		return failed(ctx, err)
	} else if lost {
		return false, nil // it is in doubt now
	}
	if doubt {
		if absent, more, err := a.lookUp(ctx); err != nil || !absent {
			return more, err
		}
	}
	return a.post(ctx)
}

// post posts one delivery that certainly has not arrived.
func (a *attempt) post(ctx context.Context) (more bool, err error) {
	msg, edited, err := a.message(ctx)
	if err != nil {
		return false, err
	}
	start := a.Now()
	ok, err := a.Store.Deliveries.Begin(ctx, a.claim, &a.d, start, start.Add(landing))
	if err != nil || !ok {
		return false, err
	}
	bounded, cancel := context.WithTimeout(ctx, postBound-a.Now().Sub(start)) // the doubt counts from start
	defer cancel()
	receipt, err := a.Plan().Sender.Send(bounded, a.id, msg)
	if err != nil {
		return a.unsent(ctx, err)
	}
	if a.d.Kind == news.DeliverStory && !msg.Undated && !edited {
		a.Meter.Latency(a.Now().Sub(msg.Time))
	}
	return true, a.sent(ctx, receipt)
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
	if err := a.Store.Deliveries.MarkSent(ctx, a.d, r.ChannelID, r.TS, now); err != nil {
		return err
	}
	a.Meter.Delivery(string(news.StateSent))
	if r.ChannelID != "" && r.ChannelID != a.channel.ID {
		if err := a.Store.Channels.SaveID(ctx, a.channel.Name, r.ChannelID); err != nil {
			return err
		}
	}
	if a.d.Attempts > 1 {
		if err := a.channels.endTrouble(ctx, a.channel.Name); err != nil {
			return err
		}
	}
	if a.channel.Parked != "" {
		err := a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.Channels.Unpark(ctx, a.channel.Name, now) })
		if err != nil {
			return err
		}
	}
	return a.Store.Channels.Hold(ctx, a.channel.Name, now.Add(a.Plan().Pace), false)
}
