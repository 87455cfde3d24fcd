package deliver_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Seven ways in which a server leaves it open whether a message arrived look
// alike from here; what counts is that it did, or did not.
func TestDoubtIsResolvedByAsking(t *testing.T) {
	for _, arrived := range []bool{true, false} {
		t.Run(fmt.Sprintf("arrived=%v", arrived), func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				once := true
				doubt := func(notify.Message) error {
					if once {
						once = false
						return pipetest.Fault(notify.InDoubt)
					}
					return nil
				}
				if arrived {
					w.After = doubt
				} else {
					w.OnSend = doubt
				}
				w.Stories = pipetest.Listed("a #kim")
				w.Turn()
				if w.States()[news.StateInDoubt] != 1 {
					t.Errorf("states %v", w.States())
				}
				w.Pass(20 * time.Second)
				w.Turn()
				if w.Calls != 1 {
					t.Error("posted again while the first post could still land")
				}
				w.Pass(15 * time.Second)
				w.Turn()
				if want := map[bool]int{true: 1, false: 0}[arrived]; w.Looks != 1 || len(w.Posts) != want {
					t.Errorf("%d looks, %d posts after the first look", w.Looks, len(w.Posts))
				}
				for range 2 {
					w.Pass(30 * time.Second)
					w.Turn()
				}
				w.WantPosts("a #kim")
				if w.States()[news.StateSent] != 1 {
					t.Errorf("states %v", w.States())
				}
			})
		})
	}
}

// An error that says nothing of the delivery is a doubt: asking costs a call,
// guessing costs an alert.
func TestUnknownErrorIsADoubt(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.OnSend = func(notify.Message) error { return errors.New("who knows") }
		w.Stories = pipetest.Listed("a #kim")
		w.Turn()
		if w.States()[news.StateInDoubt] != 1 {
			t.Errorf("states %v", w.States())
		}
	})
}

// A daemon that dies after the intent was committed leaves "sending" behind.
func TestDeathWhileSendingIsADoubt(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim", "b #kim")
		w.After = func(notify.Message) error { panic("killed") }
		func() {
			defer func() { _ = recover() }()
			w.Turn()
		}()
		w.After, w.Jobs = nil, nil
		for range 3 {
			w.Pass(store.ClaimTime)
			w.Turn()
		}
		w.WantPosts("b #kim", "a #kim")
	})
}

func TestDoubtThatCannotBeAskedAboutIsKept(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.After = func(m notify.Message) error {
			if m.Headline == "a #kim" {
				return pipetest.Fault(notify.InDoubt)
			}
			return nil
		}
		w.OnFind = pipetest.Fault(notify.Temporary)
		w.Plan.OpsChannel = ""
		w.Stories = pipetest.Listed("b #kim", "a #kim")
		for range 10 {
			w.Turn()
			w.Pass(40 * time.Second)
		}
		w.WantPosts("a #kim", "b #kim") // the one behind it was not held up
		if s := w.States(); s[news.StateInDoubt] != 1 || s[news.StateSent] != 1 {
			t.Errorf("states %v", s)
		}
		w.OnFind = nil
		w.Pass(10 * time.Minute)
		w.Turn()
		w.WantPosts("a #kim", "b #kim")
		if s := w.States(); s[news.StateSent] != 2 {
			t.Errorf("states %v", s)
		}
	})
}

func TestThrottledChannelRests(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.OnSend = func(notify.Message) error {
			return &notify.SendError{Problem: notify.Throttled, RetryAfter: 30 * time.Second, Err: errors.New("429")}
		}
		w.Stories = pipetest.Listed("b #kim", "a #kim")
		w.Turn()
		w.Pass(29 * time.Second)
		w.Turn()
		if w.Calls != 1 {
			t.Errorf("%d calls within Retry-After", w.Calls)
		}
		w.OnSend = nil
		w.Pass(time.Second)
		w.Turn()
		w.WantPosts("a #kim", "b #kim")
	})
}

func TestOutageLosesNothing(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.OnSend = func(notify.Message) error { return pipetest.Fault(notify.Temporary) }
		w.Plan.OpsChannel = ""
		w.Stories = pipetest.Listed("b #kim", "a #kim")
		for range 100 {
			w.Turn()
			w.Pass(10 * time.Second)
		}
		if w.Calls > 15 {
			t.Errorf("%d calls in 17 minutes of outage", w.Calls)
		}
		w.OnSend = nil
		w.Pass(5 * time.Minute)
		w.Turn()
		w.WantPosts("a #kim", "b #kim")
	})
}

func TestRevokedTokenPausesEverything(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Default: "news", Routes: []notify.Route{{Rule: []string{"x"}, To: []string{"x"}}}}
		w.OnSend = func(notify.Message) error { return pipetest.Fault(notify.Unauthorized) }
		w.OnProbe = errors.New("token_revoked")
		for i := range 50 {
			w.Stories = append(w.Stories, pipetest.Listed(fmt.Sprintf("%d #x #kim", i))...)
		}
		for range 60 { // ten minutes
			w.Turn()
			w.Pass(10 * time.Second)
		}
		if calls := w.Calls + w.Probes; calls > 12 {
			t.Errorf("%d calls with a revoked token, want at most 12", calls)
		}
		if len(w.Posts) != 0 {
			t.Fatalf("posted %v", w.Posts)
		}
		w.OnSend, w.OnProbe = nil, nil
		for range 20 {
			w.Pass(time.Minute)
			w.Turn()
		}
		alarms, alerts := 0, 0
		for _, m := range w.Posts {
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
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Default: "news", Routes: []notify.Route{{Rule: []string{"lost"}, To: []string{"gone"}}}}
		w.Stories = pipetest.Listed("c #kim", "b #lost", "a #kim")
		w.Turn()
		got := []string{}
		for _, m := range w.Posts {
			if m.Kind == news.DeliverStory {
				got = append(got, m.Headline)
			} else if !strings.Contains(m.Text, "gone cannot be posted to") {
				t.Errorf("the ops channel got %q", m.Text)
			}
		}
		if fmt.Sprint(got) != "[a #kim c #kim]" || len(w.Posts) != 3 {
			t.Errorf("posted %v in %d messages", got, len(w.Posts))
		}
		if w.States()[news.StateParked] != 1 {
			t.Errorf("states %v", w.States())
		}
		for range 5 {
			w.Pass(11 * time.Minute)
			w.Turn()
		}
		if len(w.Posts) != 3 {
			t.Errorf("the ops channel was told %d times", len(w.Posts)-2)
		}
	})
}

func TestParkedChannelRecoversByItself(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.OnSend = func(m notify.Message) error {
			if m.Kind == news.DeliverOps {
				return nil
			}
			return pipetest.Fault(notify.NoChannel)
		}
		w.Stories = pipetest.Listed("b #kim", "a #kim")
		w.Turn()
		if s := w.States(); s[news.StateParked] != 2 {
			t.Errorf("states %v", s)
		}
		w.OnSend, w.Posts = nil, nil
		w.Pass(11 * time.Minute)
		w.Turn()
		w.WantPosts("a #kim", "b #kim")
	})
}

func TestRefusedMessageGoesPlainThenDies(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.OnSend = func(m notify.Message) error {
			if m.Kind == news.DeliverOps || m.Plain && m.Headline == "b #kim" {
				return nil
			}
			return pipetest.Fault(notify.Malformed)
		}
		w.Stories = pipetest.Listed("b #kim", "a #kim")
		w.Turn()
		if s := w.States(); s[news.StateDead] != 1 || s[news.StateSent] != 2 {
			t.Errorf("states %v", s)
		}
		var told string
		for _, m := range w.Posts {
			told += m.Text
		}
		if !strings.Contains(told, "deliveries retry") {
			t.Errorf("nobody was told of the dead letter: %q", told)
		}
	})
}

func TestTooOldToBeNewsDies(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = time.Hour
		w.OnSend = func(notify.Message) error { return pipetest.Fault(notify.Temporary) }
		w.Stories = pipetest.Listed("a #kim")
		for range 80 {
			w.Turn()
			w.Pass(time.Minute)
		}
		dead, err := w.Store.Deliveries.List(t.Context(), 10, news.StateDead)
		if err != nil || len(dead) == 0 || !strings.Contains(dead[len(dead)-1].Error, "not posted for 1h") {
			t.Errorf("dead %+v, %v", dead, err)
		}
	})
}

func TestAnIDFoundByThePostIsKept(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim")
		w.Turn()
		ch, err := w.Store.Channels.Get(t.Context(), "news")
		if err != nil || ch.ID != "C-news" {
			t.Errorf("got %+v, %v", ch, err)
		}
	})
}

func TestTell(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		if err := w.Pipe.Tell(t.Context(), "the config is wrong"); err != nil {
			t.Fatal(err)
		}
		w.Turn()
		if len(w.Posts) != 1 || w.Posts[0].Text != "the config is wrong" {
			t.Errorf("got %+v", w.Posts)
		}
		w.Plan.OpsChannel = ""
		if err := w.Pipe.Tell(t.Context(), "nobody hears this"); err != nil {
			t.Fatal(err)
		}
		w.Turn()
		if len(w.Posts) != 1 {
			t.Errorf("got %+v", w.Posts)
		}
	})
}
