package pipeline_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

func fault(p notify.Problem) error {
	return &notify.SendError{Problem: p, Err: errors.New("as the test wants")}
}

// Seven ways in which a server leaves it open whether a message arrived look
// alike from here; what counts is that it did, or did not.
func TestDoubtIsResolvedByAsking(t *testing.T) {
	for _, arrived := range []bool{true, false} {
		t.Run(fmt.Sprintf("arrived=%v", arrived), func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				once := true
				doubt := func(notify.Message) error {
					if once {
						once = false
						return fault(notify.InDoubt)
					}
					return nil
				}
				if arrived {
					w.after = doubt
				} else {
					w.onSend = doubt
				}
				w.stories = listed("a #kim")
				w.turn()
				if w.states()[news.StateInDoubt] != 1 {
					t.Errorf("states %v", w.states())
				}
				w.pass(20 * time.Second)
				w.turn()
				if w.calls != 1 {
					t.Error("posted again while the first post could still land")
				}
				w.pass(15 * time.Second)
				w.turn()
				if want := map[bool]int{true: 1, false: 0}[arrived]; w.looks != 1 || len(w.posts) != want {
					t.Errorf("%d looks, %d posts after the first look", w.looks, len(w.posts))
				}
				for range 2 {
					w.pass(30 * time.Second)
					w.turn()
				}
				w.wantPosts("a #kim")
				if w.states()[news.StateSent] != 1 {
					t.Errorf("states %v", w.states())
				}
			})
		})
	}
}

// An error that says nothing of the delivery is a doubt: asking costs a call,
// guessing costs an alert.
func TestUnknownErrorIsADoubt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.onSend = func(notify.Message) error { return errors.New("who knows") }
		w.stories = listed("a #kim")
		w.turn()
		if w.states()[news.StateInDoubt] != 1 {
			t.Errorf("states %v", w.states())
		}
	})
}

// A daemon that dies after the intent was committed leaves "sending" behind.
func TestDeathWhileSendingIsADoubt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("a #kim", "b #kim")
		w.after = func(notify.Message) error { panic("killed") }
		func() {
			defer func() { _ = recover() }()
			w.turn()
		}()
		w.after, w.jobs = nil, nil
		for range 3 {
			w.pass(store.ClaimTime)
			w.turn()
		}
		w.wantPosts("b #kim", "a #kim")
	})
}

func TestDoubtThatCannotBeAskedAboutIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.after = func(m notify.Message) error {
			if m.Headline == "a #kim" {
				return fault(notify.InDoubt)
			}
			return nil
		}
		w.onFind = fault(notify.Temporary)
		w.plan.OpsChannel = ""
		w.stories = listed("b #kim", "a #kim")
		for range 10 {
			w.turn()
			w.pass(40 * time.Second)
		}
		w.wantPosts("a #kim", "b #kim") // the one behind it was not held up
		if s := w.states(); s[news.StateInDoubt] != 1 || s[news.StateSent] != 1 {
			t.Errorf("states %v", s)
		}
		w.onFind = nil
		w.pass(10 * time.Minute)
		w.turn()
		w.wantPosts("a #kim", "b #kim")
		if s := w.states(); s[news.StateSent] != 2 {
			t.Errorf("states %v", s)
		}
	})
}

func TestThrottledChannelRests(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.onSend = func(notify.Message) error {
			return &notify.SendError{Problem: notify.Throttled, RetryAfter: 30 * time.Second, Err: errors.New("429")}
		}
		w.stories = listed("b #kim", "a #kim")
		w.turn()
		w.pass(29 * time.Second)
		w.turn()
		if w.calls != 1 {
			t.Errorf("%d calls within Retry-After", w.calls)
		}
		w.onSend = nil
		w.pass(time.Second)
		w.turn()
		w.wantPosts("a #kim", "b #kim")
	})
}

func TestOutageLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.onSend = func(notify.Message) error { return fault(notify.Temporary) }
		w.plan.OpsChannel = ""
		w.stories = listed("b #kim", "a #kim")
		for range 100 {
			w.turn()
			w.pass(10 * time.Second)
		}
		if w.calls > 15 {
			t.Errorf("%d calls in 17 minutes of outage", w.calls)
		}
		w.onSend = nil
		w.pass(5 * time.Minute)
		w.turn()
		w.wantPosts("a #kim", "b #kim")
	})
}

func TestRevokedTokenPausesEverything(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan.Routes = notify.Routes{Default: "news", Routes: []notify.Route{{Rule: []string{"x"}, To: []string{"x"}}}}
		w.onSend = func(notify.Message) error { return fault(notify.Unauthorized) }
		w.onProbe = errors.New("token_revoked")
		for i := range 50 {
			w.stories = append(w.stories, listed(fmt.Sprintf("%d #x #kim", i))...)
		}
		for range 60 { // ten minutes
			w.turn()
			w.pass(10 * time.Second)
		}
		if calls := w.calls + w.probes; calls > 12 {
			t.Errorf("%d calls with a revoked token, want at most 12", calls)
		}
		if len(w.posts) != 0 {
			t.Fatalf("posted %v", w.posts)
		}
		w.onSend, w.onProbe = nil, nil
		for range 20 {
			w.pass(time.Minute)
			w.turn()
		}
		alarms, alerts := 0, 0
		for _, m := range w.posts {
			if m.Kind == news.DeliverOps {
				alarms++
			} else {
				alerts++
			}
		}
		if alarms != 1 || alerts != 100 {
			t.Errorf("%d alarms and %d alerts, want 1 and 100", alarms, alerts)
		}
	})
}

func TestUnknownChannelIsParkedAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan.Routes = notify.Routes{Default: "news", Routes: []notify.Route{{Rule: []string{"lost"}, To: []string{"gone"}}}}
		w.stories = listed("c #kim", "b #lost", "a #kim")
		w.turn()
		got := []string{}
		for _, m := range w.posts {
			if m.Kind == news.DeliverStory {
				got = append(got, m.Headline)
			} else if !strings.Contains(m.Text, "gone cannot be posted to") {
				t.Errorf("the ops channel got %q", m.Text)
			}
		}
		if fmt.Sprint(got) != "[a #kim c #kim]" || len(w.posts) != 3 {
			t.Errorf("posted %v in %d messages", got, len(w.posts))
		}
		if w.states()[news.StateParked] != 1 {
			t.Errorf("states %v", w.states())
		}
		for range 5 {
			w.pass(11 * time.Minute)
			w.turn()
		}
		if len(w.posts) != 3 {
			t.Errorf("the ops channel was told %d times", len(w.posts)-2)
		}
	})
}

func TestParkedChannelRecoversByItself(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.onSend = func(m notify.Message) error {
			if m.Kind == news.DeliverOps {
				return nil
			}
			return fault(notify.NoChannel)
		}
		w.stories = listed("b #kim", "a #kim")
		w.turn()
		if s := w.states(); s[news.StateParked] != 2 {
			t.Errorf("states %v", s)
		}
		w.onSend, w.posts = nil, nil
		w.pass(11 * time.Minute)
		w.turn()
		w.wantPosts("a #kim", "b #kim")
	})
}

func TestRefusedMessageGoesPlainThenDies(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.onSend = func(m notify.Message) error {
			if m.Kind == news.DeliverOps || m.Plain && m.Headline == "b #kim" {
				return nil
			}
			return fault(notify.Malformed)
		}
		w.stories = listed("b #kim", "a #kim")
		w.turn()
		if s := w.states(); s[news.StateDead] != 1 || s[news.StateSent] != 2 {
			t.Errorf("states %v", s)
		}
		var told string
		for _, m := range w.posts {
			told += m.Text
		}
		if !strings.Contains(told, "deliveries retry") {
			t.Errorf("nobody was told of the dead letter: %q", told)
		}
	})
}

func TestTooOldToBeNewsDies(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan.MaxAge = time.Hour
		w.onSend = func(notify.Message) error { return fault(notify.Temporary) }
		w.stories = listed("a #kim")
		for range 80 {
			w.turn()
			w.pass(time.Minute)
		}
		dead, err := w.store.Deliveries.List(t.Context(), 10, news.StateDead)
		if err != nil || len(dead) == 0 || !strings.Contains(dead[len(dead)-1].Error, "not posted for 1h") {
			t.Errorf("dead %+v, %v", dead, err)
		}
	})
}

func TestAnIDFoundByThePostIsKept(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("a #kim")
		w.turn()
		ch, err := w.store.Channels.Get(t.Context(), "news")
		if err != nil || ch.ID != "C-news" {
			t.Errorf("got %+v, %v", ch, err)
		}
	})
}

func TestTell(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		if err := w.pipe.Tell(t.Context(), "the config is wrong"); err != nil {
			t.Fatal(err)
		}
		w.turn()
		if len(w.posts) != 1 || w.posts[0].Text != "the config is wrong" {
			t.Errorf("got %+v", w.posts)
		}
		w.plan.OpsChannel = ""
		if err := w.pipe.Tell(t.Context(), "nobody hears this"); err != nil {
			t.Fatal(err)
		}
		w.turn()
		if len(w.posts) != 1 {
			t.Errorf("got %+v", w.posts)
		}
	})
}
