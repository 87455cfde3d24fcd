package pipeline_test

import (
	"errors"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// What waits for a misspelt channel when the store is restored is not lost for
// that.
func TestParkedBeforeARestore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.misroute("gone")
		w.stories = listed("a #lost")
		w.turn()
		if err := w.pipe.DeclareRestored(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.settle()
		w.misroute("desk")
		w.setPlan()
		for range 10 {
			w.pass(10 * time.Minute)
			w.turn()
		}
		if got := w.sentTo(); len(got) != 1 || got[0] != "desk" {
			t.Errorf("sent to %v", got)
		}
	})
}

// A channel that was archived for days is opened again: what waited for it was
// refused, so that no look-up is needed, whatever its age.
func TestRetryOfWhatWasParkedForDays(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		archived := true
		w.onSend = func(m notify.Message) error {
			if archived && m.Kind == news.DeliverStory {
				return &notify.SendError{Problem: notify.NoChannel, Err: errors.New("is_archived")}
			}
			return nil
		}
		w.stories = listed("a #kim")
		w.turn()
		for range 30 {
			w.pass(2 * time.Hour)
			w.turn()
		}
		archived = false
		d := w.deliveries(news.StateParked)
		if len(d) != 1 {
			t.Fatal(d)
		}
		if err := w.pipe.Retry(t.Context(), d[0].ID, ""); err != nil {
			t.Fatal(err)
		}
		w.turn()
		w.pass(time.Hour)
		w.turn()
		got, _ := w.store.Deliveries.Get(t.Context(), d[0].ID)
		if got.State != news.StateSent {
			t.Errorf("after the retry it is %s: %s", got.State, got.Error)
		}
	})
}

// The next trouble is told after the delivery that met the first was given up.
func TestTroubleIsToldAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		bad := "a #kim"
		w.onSend = func(m notify.Message) error {
			if m.Headline == bad {
				return &notify.SendError{Problem: notify.Temporary, Lasting: true, Err: errors.New("odd_refusal")}
			}
			return nil
		}
		w.stories = listed("a #kim")
		w.turn()
		for range 60 {
			w.pass(time.Hour)
			w.turn()
		}
		first := len(w.ops())
		w.stories = listed("b #kim", "a #kim")
		w.again()
		bad = "c #kim"
		w.stories = listed("c #kim", "b #kim", "a #kim")
		for range 5 {
			w.again()
		}
		if len(w.ops()) == first {
			t.Errorf("the second trouble was not told")
		}
	})
}
