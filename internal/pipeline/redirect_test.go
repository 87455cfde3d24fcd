package pipeline_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// misroute routes the alerts of the rule "lost" to a channel.
func (w *world) misroute(channel string) {
	w.plan.Routes = notify.Routes{Default: "news", Routes: []notify.Route{{Rule: []string{"lost"}, To: []string{channel}}}}
}

// stories are the deliveries of alerts in a state.
func (w *world) deliveries(state news.DeliveryState) []news.Delivery {
	w.t.Helper()
	found, err := w.store.Deliveries.Find(w.t.Context(), store.DeliveryFilter{Limit: 100, States: []news.DeliveryState{state}})
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// sentTo are the channels that stories arrived in, by their headlines.
func (w *world) sentTo() (all []string) {
	for _, d := range w.deliveries(news.StateSent) {
		if d.Kind == news.DeliverStory {
			all = append(all, d.Channel)
		}
	}
	return all
}

// TestRetryElsewhere: what waits for a misspelt channel is sent to another, once
// a channel, and the misspelt one is forgotten.
func TestRetryElsewhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.misroute("gone")
		w.stories = listed("b #lost", "a #lost #kim")
		w.turn()
		parked := w.deliveries(news.StateParked)
		if len(parked) != 2 {
			t.Fatalf("parked %+v", parked)
		}
		ofB, ofA := parked[0], parked[1]
		told := (*store.AlertedError)(nil)
		if err := w.pipe.Retry(ctx, ofA.ID, "news"); !errors.As(err, &told) || !strings.Contains(err.Error(), "is for that channel already") {
			t.Errorf("news has an alert on a: %v", err)
		}
		if err := w.pipe.Retry(ctx, ofB.ID, "news"); err != nil {
			t.Fatal(err)
		}
		if err := w.pipe.Retry(ctx, ofA.ID, "desk"); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
		w.turn()
		if got := strings.Join(w.sentTo(), " "); got != "news desk news" && got != "desk news news" && got != "news news desk" {
			t.Errorf("sent to %s", got)
		}
		if channels, err := w.store.Channels.List(ctx); err != nil || channels[1].Name != "gone" || channels[1].Parked != "" {
			t.Errorf("channels %+v, %v", channels, err)
		}
		if err := w.pipe.Retry(ctx, ofA.ID, "duty"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("what was sent is sent again: %v", err)
		}
		if err := w.pipe.Retry(ctx, 9999, "duty"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a number that was never given: %v", err)
		}
		w.stories = listed("c #lost", "b #lost #kim", "a #lost #kim") // another rule, another channel: news and desk know of it
		for range 3 {
			w.pass(time.Hour)
			w.turn()
		}
		for _, d := range w.deliveries(news.StateSent) {
			for _, e := range w.deliveries(news.StateSent) {
				if d.ID != e.ID && d.Alert != 0 && d.Channel == e.Channel && w.headline(d) == w.headline(e) {
					t.Errorf("%s was told of %q twice", d.Channel, w.headline(d))
				}
			}
		}
	})
}

// headline is that of the story of a delivery.
func (w *world) headline(d news.Delivery) string {
	w.t.Helper()
	told, err := w.store.Deliveries.Content(w.t.Context(), d)
	if err != nil {
		w.t.Fatal(err)
	}
	return told.Story.Title
}

// TestParkedFollowTheConfig: once the config names the right channel what waits
// goes there by itself, ops messages too; what the new channel knows already,
// and what has not changed, stays where it is.
func TestParkedFollowTheConfig(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.misroute("gone")
		w.plan.OpsChannel = "gone"
		w.stories = listed("b #lost", "a #lost #kim")
		w.turn()
		if err := w.pipe.Tell(t.Context(), "a word to ops"); err != nil {
			t.Fatal(err)
		}
		w.pass(11 * time.Minute)
		w.turn()
		if n := len(w.deliveries(news.StateParked)); n != 3 {
			t.Fatalf("%d parked", n)
		}
		w.setPlan() // as it was
		if n := len(w.deliveries(news.StateParked)); n != 3 {
			t.Errorf("%d parked after a reload that changes nothing", n)
		}
		w.plan.OpsChannel = "ops"
		w.misroute("news")
		if err := w.pipe.SetPlan(t.Context(), w.plan, pipeline.Reload); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
		w.turn()
		parked := w.deliveries(news.StateParked)
		if len(parked) != 1 || w.headline(parked[0]) != "a #lost #kim" {
			t.Errorf("parked %+v", parked)
		}
		w.misroute("desk")
		w.setPlan()
		w.pass(time.Second)
		w.turn()
		if n := len(w.deliveries(news.StateParked)); n != 0 {
			t.Errorf("%d parked", n)
		}
		sent := w.sentTo()
		if len(sent) != 3 {
			t.Errorf("sent to %v", sent)
		}
	})
}

// TestRetryAsksTheConfig: a retry without a channel takes the one that the
// config names by now.
func TestRetryAsksTheConfig(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.misroute("gone")
		w.stories = listed("a #lost")
		w.turn()
		parked := w.deliveries(news.StateParked)
		if err := w.pipe.Retry(t.Context(), parked[0].ID, ""); err != nil {
			t.Fatal(err)
		}
		if d := w.deliveries(news.StatePending); len(d) == 0 || d[len(d)-1].Channel != "gone" {
			t.Errorf("the config names no other: %+v", d)
		}
		w.turn()
		w.misroute("desk")
		if err := w.pipe.SetPlan(t.Context(), w.plan, pipeline.Visit); err != nil { // a command beside the daemon
			t.Fatal(err)
		}
		if err := w.pipe.Retry(t.Context(), parked[0].ID, ""); err != nil {
			t.Fatal(err)
		}
		w.pass(time.Second)
		w.turn()
		if got := w.sentTo(); len(got) != 1 || got[0] != "desk" {
			t.Errorf("sent to %v", got)
		}
	})
}
