package pipeline_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// Slack stores a message and then says that it was throttled.
func TestThrottledPostThatWasStored(t *testing.T) {
	for _, stored := range []bool{true, false} {
		t.Run(fmt.Sprint(stored), func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				throttled := map[int64]bool{}
				throttle := func(m notify.Message) error {
					if throttled[m.Delivery] {
						return nil
					}
					throttled[m.Delivery] = true
					return &notify.SendError{Problem: notify.Throttled, RetryAfter: 10 * time.Second, Err: fmt.Errorf("429")}
				}
				if stored {
					w.after = throttle
				} else {
					w.onSend = throttle
				}
				w.stories = listed("c #kim", "b #kim", "a #kim")
				w.turn()
				w.pass(9 * time.Second)
				w.turn()
				if w.looks != 0 || w.calls != 1 {
					t.Errorf("%d looks, %d posts within Retry-After", w.looks, w.calls)
				}
				w.live(time.Minute)
				w.wantOnce("a #kim", "b #kim", "c #kim")
				if w.looks != 3 {
					t.Errorf("%d looks, want one a post", w.looks)
				}
			})
		})
	}
}

// Where nobody may look, a 429 means what it says.
func TestThrottledPostThatCannotBeLookedFor(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.onFind = lastingFault()
		w.onSend = func(notify.Message) error {
			w.onSend = nil
			return &notify.SendError{Problem: notify.Throttled, RetryAfter: 10 * time.Second, Err: fmt.Errorf("429")}
		}
		w.stories = listed("a #kim")
		w.live(time.Minute)
		w.wantOnce("a #kim")
		if told := w.ops(); len(told) != 1 || !strings.Contains(told[0], "cannot be asked") {
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
		setUp  func(w *world)
		within time.Duration
		want   string
	}{
		{"looking needs a scope", func(w *world) {
			w.after = func(m notify.Message) error { return inDoubt(m) }
			w.onFind = lastingFault()
		}, time.Minute, "missing_scope (needed: channels:history)"},
		{"looking fails for long", func(w *world) {
			w.after = func(m notify.Message) error { return inDoubt(m) }
			w.onFind = fault(notify.Temporary)
		}, 12 * time.Minute, "cannot be asked"},
		{"refused for a reason that nobody knows", func(w *world) {
			w.onSend = func(m notify.Message) error {
				if m.Kind == news.DeliverOps {
					return nil
				}
				return &notify.SendError{Problem: notify.Temporary, Lasting: true, Err: fmt.Errorf("post message: slack_connect_blocked")}
			}
		}, 5 * time.Second, "slack_connect_blocked"},
		{"no connection for a minute", func(w *world) {
			w.onSend = func(m notify.Message) error {
				if m.Kind == news.DeliverOps {
					return nil
				}
				return fault(notify.Temporary)
			}
		}, 2 * time.Minute, "as the test wants"},
		{"in doubt again and again", func(w *world) {
			w.onSend = func(m notify.Message) error { return inDoubt(m) }
		}, 8 * time.Minute, "does not say whether"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				tt.setUp(w)
				w.stories = listed("b #kim", "a #kim")
				w.live(tt.within)
				told := w.ops()
				if len(told) != 1 || !strings.Contains(told[0], tt.want) || !strings.Contains(told[0], "48 h old") {
					t.Fatalf("the operators were told %q", told)
				}
				w.pipe = w.daemon() // a restart says it no second time
				w.setPlan()
				w.live(15 * time.Minute)
				if told := w.ops(); len(told) != 1 {
					t.Errorf("the operators were told %q", told)
				}
				w.onSend, w.after, w.onFind = nil, nil, nil
				w.live(15 * time.Minute)
				w.wantOnce("a #kim", "b #kim")
				tt.setUp(w)
				w.stories = append(w.stories, listed("c #kim")...)
				if err := w.store.Sources.MarkAllDue(t.Context(), w.clock()); err != nil {
					t.Fatal(err)
				}
				w.live(tt.within)
				if told := w.ops(); len(told) != 2 {
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
	return fault(notify.InDoubt)
}
