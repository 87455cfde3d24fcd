package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

const (
	tryFor      = 25 * time.Second // one try lasts at most
	claimFor    = 10 * time.Second // after which another daemon tries, too: to do it twice does no harm
	settleIn    = 5 * time.Second
	firstRest   = 5 * time.Second // between two tries, doubled each time
	longestRest = 5 * time.Minute
	keptFor     = 24 * time.Hour // what nobody could judge until then is given up
	mostTries   = 5              // of what fails by our own fault
	mostAgain   = 8              // that are judged again at once
	mostDue     = 100
)

// kept is a request, and when it came in.
type kept struct {
	slack.Request

	at    time.Time
	tries int
}

// keep stores a request, and judges it. A redelivered one is left to who judges it already.
func (d *Desk) keep(ctx context.Context, r slack.Request) (slack.Reply, error) {
	body, err := json.Marshal(r) //nolint:musttag // by the names of its fields, which only claim reads
	if err != nil {
		return slack.Reply{}, err
	}
	now := d.Now()
	fresh, err := d.Store.Presses.Add(ctx, store.KeptPress{Request: r.ID, Body: string(body), At: now}, now.Add(claimFor))
	if err != nil || !fresh {
		return slack.Reply{}, err
	}
	return d.try(ctx, kept{r, now, 1}), nil
}

// Resume judges again what could not be judged before, by this daemon or another one, and is to
// be called every few seconds. It does not wait for Slack.
func (d *Desk) Resume(ctx context.Context) error {
	due, err := d.Store.Presses.Due(ctx, d.Now(), mostDue)
	if err != nil {
		return err
	}
	for _, p := range due {
		if _, mine := d.trying.Load(p.Request); mine {
			continue
		}
		select {
		case d.again <- struct{}{}:
		default: // those that are under way come first
			return nil
		}
		k, claimed, err := d.claim(ctx, p)
		if err != nil || !claimed {
			<-d.again
			if err != nil {
				return err
			}
			continue
		}
		d.telling.Go(func() {
			defer func() { <-d.again }()
			if reply := d.try(d.life, k); reply.Late != nil {
				reply.Late()
			}
		})
	}
	return nil
}

// claim begins another try. It returns false when there is nothing to try.
func (d *Desk) claim(ctx context.Context, p store.KeptPress) (kept, bool, error) {
	claimed, err := d.Store.Presses.Claim(ctx, p, d.Now().Add(claimFor))
	if err != nil || !claimed {
		return kept{}, false, err
	}
	k := kept{at: p.At, tries: p.Tries + 1}
	if err := json.Unmarshal([]byte(p.Body), &k.Request); err != nil { //nolint:musttag // see keep
		d.Log.Error("what somebody did in Slack cannot be read", "id", p.Request, "error", err)
		return k, false, d.Store.Presses.Done(ctx, p.Request)
	}
	return k, true, nil
}

// try judges a request, and records that it is done, or when it is tried again.
func (d *Desk) try(ctx context.Context, k kept) slack.Reply {
	d.trying.Store(k.ID, true)
	defer d.trying.Delete(k.ID)
	settling := context.WithoutCancel(ctx)
	ctx, cancel := context.WithTimeout(ctx, tryFor)
	defer cancel()
	reply, err := d.safely(ctx, k)
	settling, done := context.WithTimeout(settling, settleIn)
	defer done()
	if rest := d.rest(k, err); rest > 0 {
		err = d.Store.Presses.Postpone(settling, k.ID, d.Now().Add(rest))
	} else {
		err = d.Store.Presses.Done(settling, k.ID)
	}
	if err != nil { // it is tried again, which does no harm
		d.Log.Error("it was not recorded what became of what somebody did in Slack", "id", k.ID, "error", err)
	}
	return reply
}

// safely is judge, for which a panic is an error.
func (d *Desk) safely(ctx context.Context, k kept) (reply slack.Reply, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()
	return d.judge(ctx, k)
}

// rest is how long what was tried waits until it is tried again; 0 when it is not: it is done, or
// given up. Who did it is told when it waits, and when it is given up.
func (d *Desk) rest(k kept, err error) time.Duration {
	if err == nil {
		return 0
	}
	unknown := (*unknownError)(nil)
	ours := !errors.As(err, &unknown)
	if d.life.Err() != nil {
		return time.Millisecond // the daemon stops: the next one goes on at once
	}
	if d.Now().Sub(k.at) >= keptFor || ours && k.tries >= mostTries {
		d.Log.Error("what somebody did in Slack came to nothing", "what", k.Kind, "action", k.Action, "user", k.User.ID,
			"tries", k.tries, "error", err.Error())
		d.whisper(k.Request, line("What you did came to nothing: the log of the daemon says why. Nothing was changed."))
		return 0
	}
	d.Log.Warn("what somebody did in Slack is kept, and tried again", "what", k.Kind, "action", k.Action, "user", k.User.ID,
		"tries", k.tries, "error", err.Error())
	switch {
	case k.tries > 1:
	case ours:
		d.whisper(k.Request, line("Something went wrong here. What you did is kept, and tried again."))
	default:
		d.whisper(k.Request, line("Slack does not say who you are right now. What you did is kept, and counts as soon as it does."))
	}
	rest := min(firstRest<<min(k.tries-1, 10), longestRest)
	if said := (*notify.SendError)(nil); errors.As(err, &said) && said.RetryAfter > rest {
		rest = min(said.RetryAfter, time.Hour)
	}
	return rest
}
