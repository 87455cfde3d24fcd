package slack

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestLateReply: a reply that comes after the acknowledgement is lost, and only then its Late
// is called.
func TestLateReply(t *testing.T) {
	for took, lost := range map[time.Duration]int32{time.Second: 0, 3 * time.Second: 1} {
		synctest.Test(t, func(t *testing.T) {
			var late atomic.Int32
			in := newIntake(slog.New(slog.DiscardHandler), func(context.Context, Request) (Reply, error) {
				time.Sleep(took)
				return Reply{Mistakes: map[string]string{"reason": "no"}, Late: func() { late.Add(1) }}, nil
			})
			reply, err := in.take(t.Context(), Request{})
			in.wait()
			if err != nil || late.Load() != lost || (len(reply.Mistakes) == 0) != (lost == 1) {
				t.Errorf("after %s: %v, %v, Late was called %d times", took, reply.Mistakes, err, late.Load())
			}
		})
	}
}

// TestNotStored: the line that says who did what in Slack that could not be stored has the error as
// text, by which no log folds it with others of one cause: what was done stands nowhere else.
func TestNotStored(t *testing.T) {
	var said recorded
	in := newIntake(slog.New(&said), func(context.Context, Request) (Reply, error) {
		return Reply{}, errors.New("the store does not answer")
	})
	if _, err := in.take(t.Context(), Request{User: User{ID: "U7"}}); err == nil {
		t.Error("it counts as stored")
	}
	in.wait()
	if len(said.attrs) != 1 || said.attrs[0]["user"].String() != "U7" || said.attrs[0]["error"].Kind() != slog.KindString {
		t.Errorf("the log has %v", said.attrs)
	}
}

// recorded keeps the attributes of each line of a log.
type recorded struct {
	slog.Handler

	attrs []map[string]slog.Value
}

func (*recorded) Enabled(context.Context, slog.Level) bool { return true }

func (h *recorded) Handle(_ context.Context, r slog.Record) error {
	line := map[string]slog.Value{}
	r.Attrs(func(a slog.Attr) bool {
		line[a.Key] = a.Value
		return true
	})
	h.attrs = append(h.attrs, line)
	return nil
}

// TestAskedOnce: many who want to know the same at once have it asked for once; an error is
// asked for again.
func TestAskedOnce(t *testing.T) {
	var c cache[string]
	var asked atomic.Int32
	now := time.Unix(1_700_000_000, 0)
	waiting := make(chan struct{})
	var people sync.WaitGroup
	for range 100 {
		people.Go(func() {
			got, err := c.get("U1", now, time.Hour, func() (string, error) {
				asked.Add(1)
				<-waiting
				return "Anna", nil
			})
			if got != "Anna" || err != nil {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	close(waiting)
	people.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("it was asked %d times, want once", n)
	}
	for range 2 {
		_, err := c.get("U2", now, time.Hour, func() (string, error) {
			asked.Add(1)
			return "", errBusy
		})
		if err == nil {
			t.Error("an error was kept to itself")
		}
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("it was asked %d times, want 3: an error does not count as an answer", n)
	}
}
