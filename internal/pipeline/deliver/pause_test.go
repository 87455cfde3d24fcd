package deliver_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/deliver"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// pause pauses a channel for a time; 0 is until somebody ends it.
func pause(w *pipetest.World, channel string, d time.Duration) {
	w.T.Helper()
	p := store.OrderedPause{Channel: channel, Since: w.Clock(), By: "Anna", Why: "the desk moves."}
	if d > 0 {
		p.Until = w.Clock().Add(d)
	}
	if _, err := deliver.Pause(w.T.Context(), w.Pipe.Env, p); err != nil {
		w.T.Fatal(err)
	}
}

// resume ends a pause.
func resume(w *pipetest.World, channel string) {
	w.T.Helper()
	if _, err := deliver.Resume(w.T.Context(), w.Pipe.Env, channel, "Bob", w.Clock()); err != nil {
		w.T.Fatal(err)
	}
}

// toldIn are the headlines, or the texts, of what arrived outside the ops channel.
func toldIn(w *pipetest.World) (all []string) {
	for _, m := range w.Posts {
		if m.Kind != news.DeliverOps {
			all = append(all, m.Headline)
		}
	}
	return all
}

// TestPause: while a channel is paused its sources are read and its alerts recorded, urgent ones
// as well, and all of them come once when the pause is over: by a command or by itself.
func TestPause(t *testing.T) {
	for name, over := range map[string]func(w *pipetest.World){
		"resumed":     func(w *pipetest.World) { resume(w, "news") },
		"resumed all": func(w *pipetest.World) { resume(w, "") },
		"run out":     func(w *pipetest.World) { w.Pass(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				pause(w, "news", 2*time.Hour)
				w.Stories = pipetest.Listed("A fire in #kim Street", "Quake near #urgent-city")
				w.Turn()
				w.Stories = nil
				w.Pass(time.Hour)
				w.Turn()
				if told := toldIn(w); len(told) != 0 {
					t.Errorf("told %q during the pause", told)
				}
				if n := w.States()[news.StatePending]; n != 2 {
					t.Errorf("%d alerts wait, want 2", n)
				}
				want := "Deliveries to #news are paused since 13 Sep 12:00 UTC, until 13 Sep 14:00 UTC, by Anna: the desk moves. " +
					"Alerts wait, urgent ones as well, and nothing is lost. `copytaster resume --channel news` ends it before."
				if ops := w.Ops(); !slices.Contains(ops, want) {
					t.Errorf("the operators were told %q", ops)
				}
				over(w)
				w.Live(10 * time.Second)
				if told := toldIn(w); !slices.Equal(told, []string{"Quake near #urgent-city", "A fire in #kim Street"}) {
					t.Errorf("told %q", told)
				}
				if ops := w.Ops(); len(ops) != 2 || !strings.Contains(ops[1], "Deliveries to #news go on") || !strings.Contains(ops[1], "2 messages waited.") {
					t.Errorf("the operators were told %q", ops)
				}
			})
		})
	}
}

// TestPauseOfAll holds the ops channel as well, which is told of the end alone. A channel that is
// also paused by name stays paused.
func TestPauseOfAll(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes.Routes = []notify.Route{{Rule: []string{"putin"}, To: []string{"desk"}}}
		w.SetPlan()
		pause(w, "", 0)
		pause(w, "desk", 48*time.Hour)
		w.Stories = pipetest.Listed("A fire in #kim Street", "A shell factory of #putin grows")
		w.Turn()
		w.Stories = nil
		if len(w.Posts) != 0 {
			t.Errorf("%d messages during the pause", len(w.Posts))
		}
		if _, err := deliver.Resume(t.Context(), w.Pipe.Env, "desk", "Bob", w.Clock()); !errors.Is(err, deliver.ErrAllPaused) {
			t.Errorf("the pause of one channel ends with %v while all are paused", err)
		}
		w.Pass(time.Hour)
		if err := w.Store.InTx(t.Context(), func(tx *store.Tx) error { // somebody changes that of all
			p := store.OrderedPause{Since: w.Clock(), Until: w.Clock().Add(time.Minute), By: "Bob"}
			_, err := tx.Pauses.Begin(t.Context(), p)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		w.Pass(2 * time.Minute)
		w.Live(10 * time.Second)
		if told := toldIn(w); !slices.Equal(told, []string{"A fire in #kim Street"}) {
			t.Errorf("told %q", told)
		}
		if ops := w.Ops(); len(ops) != 1 || !strings.Contains(ops[0], "the pause of 13 Sep 12:00 UTC, by Bob, has run out") {
			t.Errorf("the operators were told %q", ops)
		}
		resume(w, "desk")
		w.Live(10 * time.Second)
		if told := toldIn(w); len(told) != 2 {
			t.Errorf("told %q after the second pause", told)
		}
		if _, err := deliver.Resume(t.Context(), w.Pipe.Env, "", "Bob", w.Clock()); !errors.Is(err, deliver.ErrNotPaused) {
			t.Errorf("what is not paused ends with %v", err)
		}
	})
}

// TestLongPause: alerts that waited for longer than a story may be old come in digests, the most
// severe first. The others come by themselves, and none is given up for its age.
func TestLongPause(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = 48 * time.Hour
		w.SetPlan()
		pause(w, "news", 0)
		w.Stories = pipetest.Listed("A fire in #kim Street", "Quake near #urgent-city")
		w.Turn()
		w.Pass(40 * time.Hour)
		w.Stories = pipetest.Listed("A shell factory of #putin grows")
		w.Stories[0].Published = w.Clock()
		w.Turn()
		w.Stories = nil
		w.Pass(20 * time.Hour)
		resume(w, "news")
		once := true
		w.OnSend = func(m notify.Message) error { // whatever goes first
			if !once || m.Kind == news.DeliverOps {
				return nil
			}
			once = false
			return pipetest.Fault(notify.Temporary)
		}
		w.Live(time.Minute)
		told := toldIn(w)
		slices.Sort(told)
		if !slices.Equal(told, []string{"2 stories while deliveries were paused", "A shell factory of #putin grows"}) {
			t.Errorf("told %q", told)
		}
		for _, m := range w.Posts {
			if m.Kind == news.DeliverDigest && (len(m.Briefs) != 2 || m.Briefs[0].Severity != news.Urgent) {
				t.Errorf("the digest tells %+v", m.Briefs)
			}
		}
		if n := w.States()[news.StateDead]; n != 0 {
			t.Errorf("%d given up", n)
		}
		if ops := w.Ops(); !strings.Contains(strings.Join(ops, "\n"), "3 messages waited; 2 alerts that waited for more than 48 h come together.") {
			t.Errorf("the operators were told %q", ops)
		}
	})
}

// TestPauseUnderWay: a pause holds what is due in a turn that is under way.
func TestPauseUnderWay(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("c #kim", "b #kim", "a #kim")
		w.OnSend = func(notify.Message) error {
			pause(w, "news", 0)
			w.OnSend = nil
			return nil
		}
		w.Turn()
		if told := toldIn(w); len(told) != 1 {
			t.Errorf("told %q, want the one that was under way", told)
		}
		work, err := w.Store.Counts.Work(t.Context(), w.Clock())
		if err != nil || work.Deliveries != 0 {
			t.Errorf("%d deliveries are work, %v", work.Deliveries, err)
		}
		if n, err := w.Store.Pauses.Channels(t.Context()); err != nil || n != 1 {
			t.Errorf("%d channels are paused, %v", n, err)
		}
	})
}
