package deliver_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/deliver"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// TestRetryElsewhere: what waits for a misspelt channel is sent to another, once
// a channel, and the misspelt one is forgotten.
func TestRetryElsewhere(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		ctx := t.Context()
		w.Misroute("gone")
		w.Stories = pipetest.Listed("b #lost", "a #lost #kim")
		w.Turn()
		parked := w.Deliveries(news.StateParked)
		if len(parked) != 2 {
			t.Fatalf("parked %+v", parked)
		}
		ofB, ofA := parked[0], parked[1]
		told := (*store.AlertedError)(nil)
		if err := w.Pipe.Channels.Retry(ctx, ofA.ID, "news"); !errors.As(err, &told) || !strings.Contains(err.Error(), "is for that channel already") {
			t.Errorf("news has an alert on a: %v", err)
		}
		if err := w.Pipe.Channels.Retry(ctx, ofB.ID, "news"); err != nil {
			t.Fatal(err)
		}
		if err := w.Pipe.Channels.Retry(ctx, ofA.ID, "desk"); err != nil {
			t.Fatal(err)
		}
		w.Pass(time.Second)
		w.Turn()
		if got := strings.Join(w.SentTo(), " "); got != "news desk news" && got != "desk news news" && got != "news news desk" {
			t.Errorf("sent to %s", got)
		}
		if channels, err := w.Store.Channels.List(ctx); err != nil || channels[1].Name != "gone" || channels[1].Parked != "" {
			t.Errorf("channels %+v, %v", channels, err)
		}
		if err := w.Pipe.Channels.Retry(ctx, ofA.ID, "duty"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what was sent is sent again: %v", err)
		}
		if err := w.Pipe.Channels.Retry(ctx, 9999, "duty"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a number that was never given: %v", err)
		}
		w.Stories = pipetest.Listed("c #lost", "b #lost #kim", "a #lost #kim") // another rule, another channel: news and desk know of it
		for range 3 {
			w.Pass(time.Hour)
			w.Turn()
		}
		for _, d := range w.Deliveries(news.StateSent) {
			for _, e := range w.Deliveries(news.StateSent) {
				if d.ID != e.ID && d.Alert != 0 && d.Channel == e.Channel && w.Headline(d) == w.Headline(e) {
					t.Errorf("%s was told of %q twice", d.Channel, w.Headline(d))
				}
			}
		}
	})
}

// TestRetryOfAnEdit: an edit is of a message that stands in its channel, and is sent nowhere else.
func TestRetryOfAnEdit(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim")
		w.Turn()
		w.OnEdit = func(notify.Receipt, notify.Message) error { return pipetest.Fault(notify.Temporary) }
		tell(w, 1, news.AboutCorrected, `{"Outlet":"TASS","Noted":true}`)
		w.Turn()
		all, err := w.Store.Deliveries.Find(t.Context(), store.DeliveryFilter{Limit: 9})
		at := slices.IndexFunc(all, func(d news.Delivery) bool { return d.Kind == news.DeliverEdit })
		if err != nil || at < 0 {
			t.Fatalf("no edit: %+v, %v", all, err)
		}
		edit := all[at]
		err = w.Pipe.Channels.Retry(t.Context(), edit.ID, "desk")
		if !errors.Is(err, deliver.ErrEdit) || !strings.Contains(err.Error(), "in news") {
			t.Errorf("the error is %v", err)
		}
		now, err := w.Store.Deliveries.Get(t.Context(), edit.ID)
		if err != nil || now.Channel != "news" || now.State != edit.State {
			t.Errorf("it is %+v, %v", now, err)
		}
		if err := w.Pipe.Channels.Retry(t.Context(), edit.ID, "news"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a pending one in its own channel: %v", err)
		}
	})
}

// TestParkedFollowTheConfig: once the config names the right channel what waits
// goes there by itself, ops messages too; what the new channel knows already,
// and what has not changed, stays where it is.
func TestParkedFollowTheConfig(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Misroute("gone")
		w.Plan.OpsChannel = "gone"
		w.Stories = pipetest.Listed("b #lost", "a #lost #kim")
		w.Turn()
		if err := w.Pipe.Tell(t.Context(), "a word to ops"); err != nil {
			t.Fatal(err)
		}
		w.Pass(11 * time.Minute)
		w.Turn()
		if n := len(w.Deliveries(news.StateParked)); n != 3 {
			t.Fatalf("%d parked", n)
		}
		w.SetPlan() // as it was
		if n := len(w.Deliveries(news.StateParked)); n != 3 {
			t.Errorf("%d parked after a reload that changes nothing", n)
		}
		w.Plan.OpsChannel = "ops"
		w.Misroute("news")
		if err := w.Pipe.SetPlan(t.Context(), w.Plan, pipeline.Reload); err != nil {
			t.Fatal(err)
		}
		w.Pass(time.Second)
		w.Turn()
		parked := w.Deliveries(news.StateParked)
		if len(parked) != 1 || w.Headline(parked[0]) != "a #lost #kim" {
			t.Errorf("parked %+v", parked)
		}
		w.Misroute("desk")
		w.SetPlan()
		w.Pass(time.Second)
		w.Turn()
		if n := len(w.Deliveries(news.StateParked)); n != 0 {
			t.Errorf("%d parked", n)
		}
		sent := w.SentTo()
		if len(sent) != 3 {
			t.Errorf("sent to %v", sent)
		}
	})
}

// TestRetryAsksTheConfig: a retry without a channel takes the one that the
// config names by now.
func TestRetryAsksTheConfig(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Misroute("gone")
		w.Stories = pipetest.Listed("a #lost")
		w.Turn()
		parked := w.Deliveries(news.StateParked)
		if err := w.Pipe.Channels.Retry(t.Context(), parked[0].ID, ""); err != nil {
			t.Fatal(err)
		}
		if d := w.Deliveries(news.StatePending); len(d) == 0 || d[len(d)-1].Channel != "gone" {
			t.Errorf("the config names no other: %+v", d)
		}
		w.Turn()
		w.Misroute("desk")
		if err := w.Pipe.SetPlan(t.Context(), w.Plan, pipeline.Command); err != nil { // a command beside the daemon
			t.Fatal(err)
		}
		if err := w.Pipe.Channels.Retry(t.Context(), parked[0].ID, ""); err != nil {
			t.Fatal(err)
		}
		w.Pass(time.Second)
		w.Turn()
		if got := w.SentTo(); len(got) != 1 || got[0] != "desk" {
			t.Errorf("sent to %v", got)
		}
	})
}
