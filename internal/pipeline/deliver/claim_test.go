package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// lostDigest has a digest of n missed stories due that the store may have lost,
// as it may have lost that every second story was told by a message of its own.
func lostDigest(w *pipetest.World, n int) {
	w.T.Helper()
	w.Plan.MaxAge, w.Plan.OpsChannel = 48*time.Hour, ""
	w.SetPlan()
	w.Stories = pipetest.Listed("before")
	w.Turn()
	w.Pass(72 * time.Hour)
	var titles []string
	for i := range n {
		titles = append(titles, fmt.Sprintf("missed %d #kim", i))
	}
	w.Stories = pipetest.Listed(titles...)
	for i := range w.Stories {
		w.Stories[i].Published = w.Clock().Add(-60 * time.Hour)
	}
	w.Turn()
	for i := range n / 2 {
		story, err := storetest.Recorded(w.T.Context(), w.Store, news.LinkKey(w.Stories[2*i].URL))
		if err != nil {
			w.T.Fatal(err)
		}
		w.Posts = append(w.Posts, notify.Message{Delivery: -1, Headline: story.Title, Marks: news.Marks(story.Story)})
	}
	w.OnNewest = &notify.SendError{Problem: notify.Temporary, Lasting: true, Err: errors.New("missing_scope")}
	if err := w.Pipe.Channels.DeclareRestored(w.T.Context()); err != nil {
		w.T.Fatal(err)
	}
	w.Pass(10 * time.Minute)
}

// However often Slack is asked in one turn of a channel, and however slowly it
// answers, no second worker takes the channel meanwhile.
func TestClaimHoldsAsLongAsATurn(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		lostDigest(w, 8)
		asked := 0
		ask := func() {
			asked++
			w.Pass(14 * time.Second)
			err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
				claims, err := tx.Channels.Claim(t.Context(), w.Clock(), 10)
				if len(claims) > 0 {
					t.Errorf("the channel was claimed at request %d of its turn", asked)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		w.OnAsk = ask
		w.OnSend = func(notify.Message) error { ask(); return nil }
		w.Turn()
		if asked < 12 {
			t.Errorf("Slack was asked %d times, want many times", asked)
		}
		last := w.Posts[len(w.Posts)-1]
		if last.Kind != news.DeliverDigest || len(last.Briefs) != 4 {
			t.Errorf("posted %+v, want a digest of four stories", last)
		}
	})
}

// A daemon that stops does not ask for every alert of a digest first.
func TestStopEndsALongLook(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		lostDigest(w, 8)
		if err := w.Pipe.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		jobs := w.Jobs
		w.Jobs = nil
		stopping, stop := context.WithCancel(t.Context())
		looks := 0
		w.OnAsk = func() {
			if w.Looks > 2 {
				stop()
				looks++
			}
		}
		for _, job := range jobs {
			if err := job(stopping); err != nil {
				t.Error(err)
			}
		}
		if looks != 1 {
			t.Errorf("%d looks after the daemon was told to stop, want 1", looks)
		}
		w.OnAsk = nil
		w.Turn() // the channel is due at once
		if last := w.Posts[len(w.Posts)-1]; last.Kind != news.DeliverDigest || len(last.Briefs) != 4 {
			t.Errorf("posted %+v, want a digest of four stories", last)
		}
	})
}
