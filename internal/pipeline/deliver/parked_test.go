package deliver_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

// What waits for a misspelt channel when the store is restored is not lost for
// that.
func TestParkedBeforeARestore(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Misroute("gone")
		w.Stories = pipetest.Listed("a #lost")
		w.Turn()
		if err := w.Pipe.Channels.DeclareRestored(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Settle()
		w.Misroute("desk")
		w.SetPlan()
		for range 10 {
			w.Pass(10 * time.Minute)
			w.Turn()
		}
		if got := w.SentTo(); len(got) != 1 || got[0] != "desk" {
			t.Errorf("sent to %v", got)
		}
	})
}

// A channel that was archived for days is opened again: what waited for it was
// refused, so that no look-up is needed, whatever its age.
func TestRetryOfWhatWasParkedForDays(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		archived := true
		w.OnSend = func(m notify.Message) error {
			if archived && m.Kind == news.DeliverStory {
				return &notify.SendError{Problem: notify.NoChannel, Err: errors.New("is_archived")}
			}
			return nil
		}
		w.Stories = pipetest.Listed("a #kim")
		w.Turn()
		for range 30 {
			w.Pass(2 * time.Hour)
			w.Turn()
		}
		archived = false
		d := w.Deliveries(news.StateParked)
		if len(d) != 1 {
			t.Fatal(d)
		}
		if err := w.Pipe.Channels.Retry(t.Context(), d[0].ID, ""); err != nil {
			t.Fatal(err)
		}
		w.Turn()
		w.Pass(time.Hour)
		w.Turn()
		got, _ := w.Store.Deliveries.Get(t.Context(), d[0].ID)
		if got.State != news.StateSent {
			t.Errorf("after the retry it is %s: %s", got.State, got.Error)
		}
	})
}

// The next trouble is told after the delivery that met the first was given up.
func TestTroubleIsToldAgain(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		bad := "a #kim"
		w.OnSend = func(m notify.Message) error {
			if m.Headline == bad {
				return &notify.SendError{Problem: notify.Temporary, Lasting: true, Err: errors.New("odd_refusal")}
			}
			return nil
		}
		w.Stories = pipetest.Listed("a #kim")
		w.Turn()
		for range 60 {
			w.Pass(time.Hour)
			w.Turn()
		}
		first := len(w.Ops())
		w.Stories = pipetest.Listed("b #kim", "a #kim")
		w.Again()
		bad = "c #kim"
		w.Stories = pipetest.Listed("c #kim", "b #kim", "a #kim")
		for range 5 {
			w.Again()
		}
		if len(w.Ops()) == first {
			t.Errorf("the second trouble was not told")
		}
	})
}

// TestRefusedAlone: a message that its channel refuses, as if nothing could be posted there, holds the
// others up once, is told, and is given up at last.
func TestRefusedAlone(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.OnSend = func(m notify.Message) error {
			if m.Headline == "a #kim" {
				return &notify.SendError{Problem: notify.NoChannel, Err: errors.New("http status 403")}
			}
			return nil
		}
		list := pipetest.Listed("c #kim", "b #kim", "a #kim")
		w.Stories = list[2:]
		w.Turn()
		w.Stories = list
		w.Again()
		for range 8 { // the channel is tried again, at last with another message
			w.Pass(4 * time.Minute)
			w.Turn()
		}
		if got := w.ToldSince(0); !slices.Equal(got, []string{"b #kim", "c #kim"}) {
			t.Errorf("posted %q", got)
		}
		if d := w.Deliveries(news.StateParked); len(d) != 1 {
			t.Fatalf("parked: %+v", d)
		}
		told := len(w.Ops())
		for i, title := range []string{"d #kim", "e #kim", "f #kim"} {
			list = append(pipetest.Listed(title), list...)
			w.Stories = list
			w.Again()
			w.Turn()
			if n := len(w.ToldSince(0)); n != 3+i {
				t.Errorf("%s waits", title)
			}
		}
		if n := len(w.Ops()) - told; n != 0 {
			t.Errorf("the ops channel is told %d times more", n)
		}
		for range 49 {
			w.Pass(time.Hour)
			w.Turn()
		}
		if d := w.Deliveries(news.StateDead); len(d) != 1 {
			t.Errorf("given up: %+v", d)
		}
	})
}
