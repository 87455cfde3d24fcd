package alert_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// withoutSketches makes the store one that an earlier version has left, and starts a daemon
// on it.
func (r *newsroom) withoutSketches() {
	r.T.Helper()
	err := r.Store.InTx(r.T.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(r.T.Context(), `DELETE FROM sketch`)
		return err
	})
	if err != nil {
		r.T.Fatal(err)
	}
	r.Pipe = r.Daemon()
	r.SetPlan()
}

// What was alerted before sketches were kept does not alert again after the upgrade: copies
// are counted, and further reports go to the thread.
func TestUpgradeAlertsNothingAgain(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "copyist", "paper")
		room.tells("geo", quake)
		room.tells("paper", news.Story{Title: "Kim and Putin sign pact", Text: dispatch})
		room.rests(24 * time.Hour)
		room.withoutSketches()
		room.tells("harbour", news.Story{Title: "Pact on shells", Text: dispatch})
		room.tells("copyist", quake)
		room.tells("harbour", quakeOwn)
		room.rests(5 * time.Hour)
		room.wantSaid("post: NORMAL · Earthquake of", "post: NORMAL · Kim and Putin", "reply 1: 1 own report")
		if c := room.shows().Coverage; len(c.Own) != 2 || c.Copies != 1 {
			t.Errorf("coverage %+v", c)
		}
	})
}

// An alert that was recorded before the upgrade, and that is pending or in doubt, arrives
// once, and counts the copy that came since.
func TestUpgradeWithAlertUnsent(t *testing.T) {
	for state, sending := range map[news.DeliveryState]func(w *pipetest.World, fail func(notify.Message) error){
		news.StatePending: func(w *pipetest.World, fail func(notify.Message) error) { w.OnSend = fail },
		news.StateInDoubt: func(w *pipetest.World, fail func(notify.Message) error) { w.After = fail },
	} {
		problem := map[news.DeliveryState]notify.Problem{
			news.StatePending: notify.Temporary, news.StateInDoubt: notify.InDoubt,
		}[state]
		t.Run(string(state), func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				room := newNewsroom(w, "geo", "copyist")
				sending(w, func(notify.Message) error {
					return &notify.SendError{Problem: problem, Err: errors.New("no answer")}
				})
				room.tells("geo", quake)
				if left := w.Deliveries(state); len(left) != 1 {
					t.Fatalf("%d deliveries are %s", len(left), state)
				}
				room.withoutSketches()
				room.tells("copyist", quake)
				sending(w, nil)
				room.rests(time.Hour)
				room.wantSaid("post: NORMAL · Earthquake of")
				last := slices.Concat(w.Posts, w.Edits)
				if c := last[len(last)-1].State.Coverage; c.Copies != 1 {
					t.Errorf("coverage %+v", c)
				}
			})
		})
	}
}
