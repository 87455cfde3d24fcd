package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

const (
	ackAfter    = 2 * time.Second  // Slack wants its acknowledgement within 3
	storeWithin = 30 * time.Second // what a Handler is given to store a request
	mostAtOnce  = 2000             // requests that are being stored
	maxReply    = 20_000           // bytes from which on Slack loses an acknowledgement
	maxMistake  = 300              // characters of one mistake in a modal
)

// errBusy refuses a request while too many are being stored.
var errBusy = errors.New("too many requests are being stored")

// intake hands requests to a Handler, and says when each is to be acknowledged.
// It is safe for concurrent use.
type intake struct {
	log    *slog.Logger
	handle Handler
	places chan struct{} // one is held while a request is being stored
	busy   sync.WaitGroup
}

func newIntake(log *slog.Logger, h Handler) *intake {
	return &intake{log: log, handle: h, places: make(chan struct{}, mostAtOnce)}
}

// take stores a request. It returns when that is done or is to be acknowledged
// all the same; what goes on after that is waited for by wait. The context's end
// does not stop it: what is not stored is lost once it is acknowledged.
func (i *intake) take(ctx context.Context, r Request) (Reply, error) {
	select {
	case i.places <- struct{}{}:
	default:
		return Reply{}, errBusy
	}
	type outcome struct {
		reply Reply
		err   error
	}
	done := make(chan outcome, 1)
	var settled atomic.Bool // the handler was in time, or the acknowledgement did not wait for it
	i.busy.Go(func() {
		defer func() { <-i.places }()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeWithin)
		defer cancel()
		began := time.Now()
		reply, err := i.store(ctx, r)
		if settled.CompareAndSwap(false, true) {
			done <- outcome{reply, err}
		} else if reply.Late != nil {
			reply.Late()
		}
		switch took := time.Since(began); {
		case err != nil: // the error as text: a log that folds what has one cause would drop who did what
			i.log.Error("could not store what was done in Slack", "kind", r.Kind, "id", r.ID, "user", r.User.ID, "action", r.Action,
				"acknowledged", took >= ackAfter, "error", err.Error())
		case took >= ackAfter:
			i.log.Warn("stored what was done in Slack after it was acknowledged", "kind", r.Kind, "id", r.ID, "took", took)
		}
	})
	timer := time.NewTimer(ackAfter)
	defer timer.Stop()
	select {
	case o := <-done:
		return o.reply, o.err
	case <-timer.C:
	}
	if settled.CompareAndSwap(false, true) {
		return Reply{}, nil
	}
	o := <-done
	return o.reply, o.err
}

// store calls the Handler. One that panics must not end the daemon: what it
// panics of may be sent again.
func (i *intake) store(ctx context.Context, r Request) (reply Reply, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return i.handle(ctx, r)
}

// wait waits until all is stored that was taken.
func (i *intake) wait() { i.busy.Wait() }

// body is a reply as Slack wants it, nil when there is nothing to say.
func (r Reply) body() json.RawMessage {
	if len(r.Mistakes) == 0 {
		return nil
	}
	mistakes := map[string]string{}
	for block, said := range r.Mistakes {
		mistakes[block] = kept(said, maxMistake)
	}
	body, err := json.Marshal(map[string]any{"response_action": "errors", "errors": mistakes})
	if err != nil || len(body) >= maxReply-200 { // an envelope's ID stands beside it
		return nil
	}
	return body
}
