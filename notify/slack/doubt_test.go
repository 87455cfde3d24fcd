package slack

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// TestAmbiguousReplies delivers messages through a server that answers each
// post so that nobody can tell whether it arrived, now after storing it, now
// without. With the look-up each arrives exactly once.
func TestAmbiguousReplies(t *testing.T) {
	count := int64(100)
	if testing.Short() {
		count = 10
	}
	for _, tt := range []struct {
		name  string
		fault slackfake.Fault
	}{
		{"an empty answer", slackfake.Fault{Body: "{}"}},
		{"no, without a reason", slackfake.Fault{Body: `{"ok":false}`}},
		{"a page", slackfake.Fault{Body: page}},
		{"half an answer", slackfake.Fault{Body: `{"ok":tr`, Close: true}},
		{"the connection ends", slackfake.Fault{Close: true}},
		{"the connection is reset", slackfake.Fault{Reset: true}},
		{"503", slackfake.Fault{Status: 503, Body: page}},
		{"internal_error", slackfake.Fault{Code: "internal_error"}},
		{"fatal_error", slackfake.Fault{Code: "fatal_error"}},
		{"no answer in time", slackfake.Fault{Stored: true, Delay: time.Minute}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, fake := pair(t, slackfake.Options{})
			for i := range count {
				fault := tt.fault
				fault.Method = "chat.postMessage"
				fault.Stored = fault.Stored || i%2 == 0
				fake.Plan(fault)
				ctx := t.Context()
				if fault.Delay > 0 {
					ctx = untilStored(ctx, fake, int(i))
				}
				deliver(ctx, t, s, story(i))
			}
			times := map[string]int{}
			for _, m := range fake.Messages("") {
				times[toText(m.EventPayload["delivery"])]++
			}
			if int64(len(times)) != count {
				t.Errorf("%d of %d arrived", len(times), count)
			}
			for id, n := range times {
				if n != 1 {
					t.Errorf("delivery %s arrived %d times", id, n)
				}
			}
		})
	}
}

// deliver posts a message as the pipeline does: one that is in doubt is looked
// for before it is posted again.
func deliver(ctx context.Context, t *testing.T, s *Sender, m notify.Message) {
	t.Helper()
	started := time.Now()
	_, err := s.Send(ctx, "C000000001", m)
	var se *notify.SendError
	if !errors.As(err, &se) || se.Problem != notify.InDoubt {
		t.Fatalf("%v, want in doubt", err)
	}
	_, found, err := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: m.Delivery}, started)
	if err != nil {
		t.Fatal(err)
	}
	if !found {
		send(t, s, "C000000001", m)
	}
}

// untilStored is a context that ends when a fake has stored more messages than
// before: the sender gives up between storing and answer.
func untilStored(ctx context.Context, fake *slackfake.Server, before int) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		defer cancel()
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for len(fake.Messages("")) == before && ctx.Err() == nil {
			<-tick.C
		}
	}()
	return ctx
}
