package deliver_test

import (
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// update records an update of the first alert, and has its message edited.
func update(w *pipetest.World, about news.About, text string) {
	w.T.Helper()
	sent := w.Deliveries(news.StateSent)
	of := sent[slices.IndexFunc(sent, func(d news.Delivery) bool { return d.Kind == news.DeliverStory })]
	told, err := w.Store.Deliveries.Content(w.T.Context(), of)
	if err != nil {
		w.T.Fatal(err)
	}
	err = w.Store.InTx(w.T.Context(), func(tx *store.Tx) error {
		_, err := tx.Deliveries.AddUpdate(w.T.Context(), news.Delivery{
			Alert: of.Alert, Story: told.Story.ID, Channel: of.Channel, Kind: news.DeliverUpdate, About: about,
			Severity: news.Urgent, State: news.StatePending, Text: text, Due: w.Clock(), Created: w.Clock(),
		})
		if err != nil {
			return err
		}
		return tx.Deliveries.Edit(w.T.Context(), of.Alert, w.Clock(), 0)
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// What cannot be rendered holds up nothing else, and is given up when it is old.
func TestWhatCannotBeRendered(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = time.Hour
		w.SetPlan()
		w.Stories = pipetest.Listed("a #kim")
		w.Turn()
		w.Pass(time.Second)
		update(w, news.AboutWithdrawn, "{") // nor can the edit, whose message tells of a story that is gone
		err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE delivery SET story_id = 999 WHERE kind = 'story'`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		fresh := pipetest.Listed("b #kim")
		fresh[0].Published = w.Clock()
		w.Stories = append(fresh, w.Stories...)
		if err := w.Store.Sources.MarkAllDue(t.Context(), w.Clock()); err != nil {
			t.Fatal(err)
		}
		w.Turn()
		if got := w.ToldSince(0); !slices.Equal(got, []string{"a #kim", "b #kim"}) {
			t.Errorf("told %q", got)
		}
		for range 70 {
			w.Pass(time.Minute)
			w.Turn()
		}
		if dead := w.Deliveries(news.StateDead); len(dead) != 2 || len(w.Ops()) == 0 {
			t.Errorf("given up: %+v, told to the operators: %q", dead, w.Ops())
		}
	})
}

// An edit shows that its channel can be posted to again.
func TestEditEndsTheTroubleOfItsChannel(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.OpsChannel = ""
		w.SetPlan()
		w.Stories = pipetest.Listed("a #kim")
		w.Turn()
		w.OnEdit = func(notify.Receipt, notify.Message) error { return pipetest.Fault(notify.NoChannel) }
		editFirst(w)
		parked := func() string {
			channels, err := w.Store.Channels.List(t.Context())
			if err != nil || len(channels) != 1 {
				t.Fatal(channels, err)
			}
			return channels[0].Parked
		}
		w.Turn()
		if parked() == "" {
			t.Fatal("the channel is not parked")
		}
		w.OnEdit = nil
		w.Pass(11 * time.Minute)
		w.Turn()
		if why := parked(); why != "" || len(w.Edits) != 1 {
			t.Errorf("after %d edits the channel is parked: %q", len(w.Edits), why)
		}
	})
}

// editFirst has the message of the first alert edited.
func editFirst(w *pipetest.World) {
	w.T.Helper()
	err := w.Store.InTx(w.T.Context(), func(tx *store.Tx) error {
		return tx.Deliveries.Edit(w.T.Context(), w.Deliveries(news.StateSent)[0].Alert, w.Clock(), 0)
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// An edit may have arrived although nobody knows it: the next attempt is an edition of its
// own, because Slack takes no block of the one before.
func TestRepeatedEditIsAnotherEdition(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim")
		w.Turn()
		var editions []int
		w.OnEdit = func(_ notify.Receipt, m notify.Message) error {
			if editions = append(editions, m.Edition); len(editions) == 1 {
				return pipetest.Fault(notify.InDoubt)
			}
			return nil
		}
		editFirst(w)
		for range 3 {
			w.Turn()
			w.Pass(time.Minute)
		}
		if len(editions) != 2 || editions[0] == editions[1] || slices.Contains(editions, 0) {
			t.Errorf("editions %v, want two", editions)
		}
	})
}

// Where the layout of an edit is refused, the message is plain; the next edit tries again.
func TestEditWhoseLayoutIsRefused(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim")
		w.Turn()
		var plain []bool
		w.OnEdit = func(_ notify.Receipt, m notify.Message) error {
			if plain = append(plain, m.Plain); len(plain) == 1 {
				return pipetest.Fault(notify.Malformed)
			}
			return nil
		}
		for range 2 {
			editFirst(w)
			w.Live(2 * time.Minute)
		}
		if !slices.Equal(plain, []bool{false, true, false}) {
			t.Errorf("edits were plain: %v", plain)
		}
	})
}

// What a daemon sent that has died may land later than what is sent next: the next edit
// waits until it cannot any more.
func TestEditOfDeadDaemonMayLand(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim")
		w.Turn()
		editFirst(w)
		err := w.Store.InTx(t.Context(), func(tx *store.Tx) error { // as it leaves it
			_, err := tx.ExecContext(t.Context(), `UPDATE delivery SET state = 'sending', attempts = 1, started_at = $1, due_at = $2
				WHERE kind = 'edit'`, w.Clock().UnixMilli(), w.Clock().Add(30*time.Second).UnixMilli())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		editFirst(w) // at once
		for range 5 {
			w.Turn()
			w.Pass(5 * time.Second)
		}
		if len(w.Edits) != 0 {
			t.Errorf("%d edits while the first may land", len(w.Edits))
		}
		w.Pass(10 * time.Second)
		w.Turn()
		if len(w.Edits) != 1 {
			t.Errorf("%d edits after that, want one", len(w.Edits))
		}
	})
}

// A reply that the channel was not shown stands in its thread alone: there it is found when
// the store has lost it.
func TestLostReply(t *testing.T) {
	w := pipetest.NewWorld(t, storetest.SQLite(t))
	w.Plan.Crawler = w.Site()
	w.SetPlan()
	w.Stories = pipetest.Listed("a #kim")
	w.Turn()
	restore := losing(t, w, true)
	w.Pass(time.Minute)
	update(w, news.AboutRestored, "{}")
	w.Turn()
	if len(w.Posts) != 2 || w.Posts[1].Thread != "1" {
		t.Fatalf("posted %+v", w.Posts)
	}
	w.Posts[1].Broadcast = false
	next := restore()
	update(next, news.AboutRestored, "{}")
	next.Live(20 * time.Minute)
	if got := next.ToldSince(2); len(got) != 0 {
		t.Errorf("told %q again", got)
	}
	if s := next.States(); s[news.StateInDoubt]+s[news.StatePending] != 0 {
		t.Errorf("states %v", s)
	}
}
