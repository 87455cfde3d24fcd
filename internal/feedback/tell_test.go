package feedback_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/feedback"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// letters are the messages to the channel of the rules.
func letters(w *pipetest.World) (all []notify.Message) {
	for _, m := range w.Posts {
		if m.Kind == news.DeliverNotice {
			all = append(all, m)
		}
	}
	return all
}

// TestWeek: who edits a rule is told once a week, by whatever daemon, and not at all when
// nothing was said.
func TestWeek(t *testing.T) {
	watched(t, kims, func(t *testing.T, w *pipetest.World) {
		other := w.Daemon()
		other.Follow(w.Plan)
		tell := func(want int, why string) {
			t.Helper()
			var telling sync.WaitGroup
			for _, daemon := range []feedback.Teller{{Env: w.Pipe.Env}, {Env: other.Env}, {Env: w.Pipe.Env}} {
				telling.Go(func() {
					if err := daemon.Tell(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			telling.Wait()
			w.Turn()
			if n := len(letters(w)); n != want {
				t.Fatalf("%s: %d messages, want %d", why, n, want)
			}
		}
		tell(0, "the week is not over")
		w.Pass(7 * 24 * time.Hour)
		tell(1, "a week later")
		m := letters(w)[0]
		shown := notify.PlainText(m.Parts(), time.UTC)
		for _, want := range []string{
			"1 rule this week", "kim: 6 alerts in 30 days, 2 got, 3 not relevant, 1 unanswered",
			"Tennis: Kim Clijsters talks of her comeback · another Kim", `- "Kim Kardashian" # −2 of 6 alerts`,
		} {
			if !strings.Contains(shown, want) {
				t.Errorf("it says %q, want %q", shown, want)
			}
		}
		if strings.Contains(shown, "% of the answered") || !slices.Equal(m.Mentions, []string{editor}) {
			t.Errorf("it says %q, and mentions %q", shown, m.Mentions)
		}
		w.Pass(6 * 24 * time.Hour)
		tell(1, "within the week")
		w.Pass(24 * time.Hour)
		tell(1, "nothing was said since")
	})
}

// tellOf has a daemon tell of the week, and returns how many messages there are.
func tellOf(t *testing.T, w *pipetest.World) int {
	t.Helper()
	if err := (feedback.Teller{Env: w.Pipe.Env}).Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Turn()
	return len(letters(w))
}

// TestWeekOfARestoredStore: nobody knows whether a store that was restored has told of the
// week. It waits for the next one.
func TestWeekOfARestoredStore(t *testing.T) {
	watched(t, kims, func(t *testing.T, w *pipetest.World) {
		tellOf(t, w)
		w.Pass(6 * 24 * time.Hour) // Tuesday
		err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
			_, _, err := tx.Epochs.Begin(t.Context(), store.Loss{Cause: "it was restored", Settle: w.Clock()}, w.Clock())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := tellOf(t, w); n != 0 {
			t.Errorf("%d messages of a week that may have been told", n)
		}
		answer(t, w, said{{kims[2][0], wrong}})
		w.Pass(7 * 24 * time.Hour)
		if n := tellOf(t, w); n != 1 {
			t.Errorf("%d messages in the next week, want 1", n)
		}
	})
}

// TestWeekOfAClock: a clock that was ahead for a month and is set back brings no second
// message in the same days.
func TestWeekOfAClock(t *testing.T) {
	watched(t, kims, func(t *testing.T, w *pipetest.World) {
		tellOf(t, w)
		w.Set(7 * 24 * time.Hour)
		if n := tellOf(t, w); n != 1 {
			t.Errorf("%d messages, want 1", n)
		}
		w.Set(-7 * 24 * time.Hour)
		w.Live(time.Hour)
		if n := tellOf(t, w); n != 1 {
			t.Errorf("%d messages after the clock was set back, want 1", n)
		}
	})
}

// TestNoChannel: where no channel is told, nothing is recorded.
func TestNoChannel(t *testing.T) {
	watched(t, kims, func(t *testing.T, w *pipetest.World) {
		w.Plan.RulesChannel = ""
		w.SetPlan()
		for range 2 {
			if n := tellOf(t, w); n != 0 {
				t.Errorf("%d messages", n)
			}
			w.Pass(7 * 24 * time.Hour)
		}
		if _, ok := (feedback.Proposal{Rule: "kim"}).Delivery(w.Plan, w.Clock()); ok {
			t.Error("a proposal goes to no channel")
		}
	})
}
