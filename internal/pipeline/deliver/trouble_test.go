package deliver_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

// Slack stores a message and then says that it was throttled.
func TestThrottledPostThatWasStored(t *testing.T) {
	for _, stored := range []bool{true, false} {
		t.Run(fmt.Sprint(stored), func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				throttled := map[int64]bool{}
				throttle := func(m notify.Message) error {
					if throttled[m.Delivery] {
						return nil
					}
					throttled[m.Delivery] = true
					return &notify.SendError{Problem: notify.Throttled, RetryAfter: 10 * time.Second, Err: fmt.Errorf("429")}
				}
				if stored {
					w.After = throttle
				} else {
					w.OnSend = throttle
				}
				w.Stories = pipetest.Listed("c #kim", "b #kim", "a #kim")
				w.Turn()
				w.Pass(9 * time.Second)
				w.Turn()
				if w.Looks != 0 || w.Calls != 1 {
					t.Errorf("%d looks, %d posts within Retry-After", w.Looks, w.Calls)
				}
				w.Live(time.Minute)
				w.WantOnce("a #kim", "b #kim", "c #kim")
				if w.Looks != 3 {
					t.Errorf("%d looks, want one a post", w.Looks)
				}
			})
		})
	}
}

// Where nobody may look, a 429 means what it says.
func TestThrottledPostThatCannotBeLookedFor(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.OnFind = lastingFault()
		w.OnSend = func(notify.Message) error {
			w.OnSend = nil
			return &notify.SendError{Problem: notify.Throttled, RetryAfter: 10 * time.Second, Err: fmt.Errorf("429")}
		}
		w.Stories = pipetest.Listed("a #kim")
		w.Live(time.Minute)
		w.WantOnce("a #kim")
		if told := w.Ops(); len(told) != 1 || !strings.Contains(told[0], "cannot be asked") {
			t.Errorf("the operators were told %q", told)
		}
	})
}

func lastingFault() error {
	return &notify.SendError{Problem: notify.Temporary, Lasting: true, Err: fmt.Errorf("read history: missing_scope (needed: channels:history)")}
}

// What only age would end is told when it begins, once, and again only after it
// was mended.
func TestTroubleIsToldWhenItBegins(t *testing.T) {
	for _, tt := range []struct {
		name   string
		setUp  func(w *pipetest.World)
		within time.Duration
		want   string
	}{
		{"looking needs a scope", func(w *pipetest.World) {
			w.After = inDoubt
			w.OnFind = lastingFault()
		}, time.Minute, "missing_scope (needed: channels:history)"},
		{"looking fails for long", func(w *pipetest.World) {
			w.After = inDoubt
			w.OnFind = pipetest.Fault(notify.Temporary)
		}, 12 * time.Minute, "cannot be asked"},
		{"refused for a reason that nobody knows", func(w *pipetest.World) {
			w.OnSend = func(m notify.Message) error {
				if m.Kind == news.DeliverOps {
					return nil
				}
				return &notify.SendError{Problem: notify.Temporary, Lasting: true, Err: fmt.Errorf("post message: slack_connect_blocked")}
			}
		}, 5 * time.Second, "slack_connect_blocked"},
		{"no connection for a minute", func(w *pipetest.World) {
			w.OnSend = func(m notify.Message) error {
				if m.Kind == news.DeliverOps {
					return nil
				}
				return pipetest.Fault(notify.Temporary)
			}
		}, 2 * time.Minute, "as the test wants"},
		{"in doubt again and again", func(w *pipetest.World) {
			w.OnSend = inDoubt
		}, 8 * time.Minute, "does not say whether"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				tt.setUp(w)
				w.Stories = pipetest.Listed("b #kim", "a #kim")
				w.Live(tt.within)
				told := w.Ops()
				if len(told) != 1 || !strings.Contains(told[0], tt.want) || !strings.Contains(told[0], "48 h old") {
					t.Fatalf("the operators were told %q", told)
				}
				w.Pipe = w.Daemon() // a restart says it no second time
				w.SetPlan()
				w.Live(15 * time.Minute)
				if told := w.Ops(); len(told) != 1 {
					t.Errorf("the operators were told %q", told)
				}
				w.OnSend, w.After, w.OnFind = nil, nil, nil
				w.Live(15 * time.Minute)
				w.WantOnce("a #kim", "b #kim")
				tt.setUp(w)
				w.Stories = append(w.Stories, pipetest.Listed("c #kim")...)
				if err := w.Store.Sources.MarkAllDue(t.Context(), w.Clock()); err != nil {
					t.Fatal(err)
				}
				w.Live(tt.within)
				if told := w.Ops(); len(told) != 2 {
					t.Errorf("the operators were told %q when it began again", told)
				}
			})
		})
	}
}

func inDoubt(m notify.Message) error {
	if m.Kind == news.DeliverOps {
		return nil
	}
	return pipetest.Fault(notify.InDoubt)
}

// Trouble that was told ends with the next message that arrives, also when the
// delivery that met it was dropped or sent elsewhere: what others meet later is told.
func TestTroubleEndsWithItsDelivery(t *testing.T) {
	ways := map[string]func(w *pipetest.World, delivery int64) error{
		"dropped": func(w *pipetest.World, id int64) error { return w.Store.Deliveries.Drop(w.T.Context(), id, w.Clock()) },
		"parked, and redirected": func(w *pipetest.World, id int64) error {
			w.OnSend = func(m notify.Message) error {
				if m.Kind == news.DeliverOps {
					return nil
				}
				return pipetest.Fault(notify.NoChannel)
			}
			w.Live(10 * time.Minute)
			return w.Pipe.Channels.Retry(w.T.Context(), id, "desk")
		},
	}
	for name, mend := range ways {
		for _, lasting := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, lasting %v", name, lasting), func(t *testing.T) {
				pipetest.Each(t, func(t *testing.T, w *pipetest.World) { troubleEnds(t, w, mend, lasting) })
			})
		}
	}
}

func troubleEnds(t *testing.T, w *pipetest.World, mend func(w *pipetest.World, delivery int64) error, lasting bool) {
	t.Helper()
	refuse := func(m notify.Message) error {
		if m.Kind == news.DeliverOps {
			return nil
		}
		return &notify.SendError{Problem: notify.Temporary, Lasting: lasting, Err: errors.New("slack_connect_blocked")}
	}
	w.OnSend = refuse
	w.Stories = pipetest.Listed("a #kim")
	w.Live(3 * time.Minute)
	waiting := w.Deliveries(news.StatePending)
	if told := w.Ops(); len(told) != 1 || len(waiting) != 1 {
		t.Fatalf("the operators were told %q; waiting %+v", told, waiting)
	}
	if err := mend(w, waiting[0].ID); err != nil {
		t.Fatal(err)
	}
	w.OnSend = nil
	listNow(t, w, "b #kim")
	if w.Arrivals()["b #kim"] != 1 {
		t.Errorf("arrived: %v", w.Arrivals())
	}
	w.OnSend = refuse
	before := len(w.Ops())
	listNow(t, w, "c #kim")
	if told := w.Ops(); len(told) != before+1 {
		t.Errorf("the operators were told %q when it began again", told)
	}
}

// listNow lists a further story and lives for ten minutes.
func listNow(t *testing.T, w *pipetest.World, headline string) {
	t.Helper()
	w.Stories = append(w.Stories, pipetest.Listed(headline)...)
	if err := w.Store.Sources.MarkAllDue(t.Context(), w.Clock()); err != nil {
		t.Fatal(err)
	}
	w.Live(10 * time.Minute)
}
