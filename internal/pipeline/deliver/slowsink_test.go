package deliver_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// slow is a sink that does something before it takes, or refuses, a message.
type slow struct {
	notify.Sender

	before func() error
	posts  int
}

func (s *slow) Send(ctx context.Context, channelID string, m notify.Message) (notify.Receipt, error) {
	s.posts++
	if err := s.before(); err != nil {
		return notify.Receipt{}, err
	}
	return s.Sender.Send(ctx, channelID, m)
}

// withSlow has alerts go to a slow sink.
func withSlow(w *pipetest.World, before func() error) *slow {
	withSink(w)
	sink := &slow{Sender: w.Slack(), before: before}
	w.Plan.Sender = notify.Sinks{Rest: w.Slack(), Named: map[string]notify.Sender{"pager": sink}}
	w.Plan.Routes.Routes[0].To = []string{"pager"}
	w.SetPlan()
	return sink
}

// errLooked ends a transaction that only looks.
var errLooked = errors.New("looked")

// isFree reports whether another daemon could claim the sink some time from now.
func isFree(w *pipetest.World, after time.Duration) (free bool) {
	w.T.Helper()
	err := w.Store.InTx(w.T.Context(), func(tx *store.Tx) error {
		claims, err := tx.Channels.Claim(w.T.Context(), w.Clock().Add(after), 10)
		free = len(claims) > 0
		return errors.Join(err, errLooked)
	})
	if !errors.Is(err, errLooked) {
		w.T.Fatal(err)
	}
	return free
}

// TestSlowSink: a sink may take minutes for a message. Nobody else takes the sink up meanwhile, and it
// gets the message once.
func TestSlowSink(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		sink := withSlow(w, func() error {
			for range 4 {
				w.Pass(50 * time.Second)
				ticker, late := time.NewTicker(time.Millisecond), time.Now().Add(5*time.Second)
				for free := true; free; free = isFree(w, 40*time.Second) { // a claim of before ends in 10 s
					if <-ticker.C; time.Now().After(late) {
						t.Error("the claim is not renewed")
						break
					}
				}
				ticker.Stop()
			}
			return nil
		})
		w.Pipe.Channels.Keep(time.Millisecond)
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Live(10 * time.Second)
		if n := len(received(t, w, "pager")); n != 1 || sink.posts != 1 {
			t.Errorf("received %d of %d posts", n, sink.posts)
		}
	})
}

// TestSinkIsNotFlooded: what may have arrived at a sink is posted again after rests that grow, and is
// given up in the end: the sink gets some twenty copies in two days, and not one every five minutes.
func TestSinkIsNotFlooded(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		sink := withSlow(w, func() error { return pipetest.Fault(notify.InDoubt) })
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Turn()
		w.Stories = nil
		for age := time.Duration(0); age < 56*time.Hour; {
			step := min(max(time.Second, age/8), time.Hour/2)
			w.Pass(step)
			w.Turn()
			age += step
		}
		if sink.posts < 10 || sink.posts > 25 {
			t.Errorf("%d copies", sink.posts)
		}
		if n := w.States()[news.StateDead]; n != 1 {
			t.Errorf("%d given up", n)
		}
	})
}

// TestDeathAtASink: a daemon that dies whenever it sends a message to a sink sends it again
// after rests that grow.
func TestDeathAtASink(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		dies := true
		sink := withSlow(w, func() error {
			if dies {
				pipetest.Die()
			}
			return nil
		})
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		for range 4 * 60 {
			for range 3 {
				w.Pipe = w.Further()
				if err := w.Pipe.Dispatch(t.Context()); err != nil {
					t.Fatal(err)
				}
				jobs := w.Jobs
				w.Jobs = nil
				w.RunToDeath(jobs)
			}
			w.Pass(time.Minute)
		}
		if sink.posts < 5 || sink.posts > 12 {
			t.Errorf("%d copies in four hours", sink.posts)
		}
		dies = false
		w.Pipe = w.Further()
		for range 5 * 60 {
			w.Pass(time.Minute)
			w.Turn()
		}
		if n := len(received(t, w, "pager")); n != 1 {
			t.Errorf("received %d", n)
		}
	})
}
