package deliver_test

import (
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// quietOn has the channel news quiet from a time of some days, or all, until another one.
func quietOn(w *pipetest.World, days news.Weekdays, from, to time.Duration) {
	w.Plan.Hours = map[string]schedule.Hours{"news": {Quiet: []schedule.Lull{{On: days, From: from, To: to}}, Zone: time.UTC}}
	w.SetPlan()
}

// what becomes of a story, by what an update about it says.
var becomes = map[news.About]string{
	news.AboutTurn:      "",
	news.AboutWithdrawn: `{"How":"killed","Outlet":"TASS"}`,
	news.AboutRestored:  `{"How":"killed","Outlet":"TASS"}`,
	news.AboutCorrected: `{"Outlet":"TASS","Noted":true}`,
	news.AboutRaised:    `{"From":"normal"}`,
}

// turns has another story, which an update tells of, be a turn.
func turns(w *pipetest.World, update int64) {
	w.T.Helper()
	err := w.Store.InTx(w.T.Context(), func(tx *store.Tx) error {
		return tx.Alerts.AddReport(w.T.Context(), store.NewsReport{
			Alert: 1, Story: 2, Relation: "report", Level: int(cluster.Turn), Why: "{}", Delivery: update, Created: w.Clock(),
		})
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// becoming records what becomes of the story of the first alert.
func becoming(w *pipetest.World, about news.About) (update int64) {
	w.T.Helper()
	if about != news.AboutTurn {
		return tell(w, 1, about, becomes[about])
	}
	update = tell(w, 2, about, "")
	turns(w, update)
	return update
}

// TestAtNight: what becomes of an alert that the channel was told before its quiet waits for the
// end of that, and is told once then, in the thread. The message shows it meanwhile. What is
// urgent is told at once.
func TestAtNight(t *testing.T) {
	for about := range becomes {
		for title, urgent := range map[string]bool{"Leaders met for #kim": false, "Leaders met for #kim #urgent": true} {
			t.Run(string(about)+title[len("Leaders met for #kim"):], func(t *testing.T) {
				pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
					quietOn(w, 0, 22*time.Hour, 7*time.Hour)
					w.Stories = pipetest.Listed("A shell factory of #putin grows", title)
					w.Turn()
					w.Stories = nil
					before := len(w.Posts)
					w.Pass(15 * time.Hour) // three in the morning
					update := becoming(w, about)
					w.Live(11 * time.Minute)
					if got := len(w.Posts) - before; (got == 1) != urgent || got > 1 {
						t.Fatalf("%d messages in the quiet", got)
					}
					if about != news.AboutTurn && len(w.Edits) == 0 {
						t.Error("the message does not show it in the quiet")
					}
					w.Pipe = w.Daemon()
					w.SetPlan()
					w.Pass(3*time.Hour + 48*time.Minute)
					if w.Turn(); !urgent && len(w.Posts) != before {
						t.Errorf("%d messages before the quiet ends", len(w.Posts)-before)
					}
					w.Live(2 * time.Minute)
					w.Pipe = w.Daemon()
					w.SetPlan()
					w.Live(time.Minute)
					if len(w.Posts) != before+1 || w.Posts[before].Delivery != update {
						t.Fatalf("%d messages: %+v", len(w.Posts)-before, w.Posts[before:])
					}
					if m := w.Posts[before]; !urgent && m.Thread == "" {
						t.Errorf("it is not in the thread: %s", shown(m))
					}
				})
			})
		}
	}
}

// TestRaisedAtNight: an alert that becomes urgent is told at once, with what was to wait for the
// end of the quiet.
func TestRaisedAtNight(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		quietOn(w, 0, 22*time.Hour, 7*time.Hour)
		w.Stories = pipetest.Listed("A shell factory of #putin grows", "Leaders met for #kim")
		w.Turn()
		w.Pass(15 * time.Hour)
		before := len(w.Posts)
		becoming(w, news.AboutTurn)
		if w.Turn(); len(w.Posts) != before {
			t.Fatalf("%d messages", len(w.Posts)-before)
		}
		w.Stories[1].Title += " #urgent"
		w.Again()
		w.Live(6 * time.Minute)
		if len(w.Posts) != before+2 || w.Posts[before].Severity != news.Urgent {
			t.Errorf("%d messages: %+v", len(w.Posts)-before, w.Posts[before:])
		}
	})
}

// TestHeldAndRaisedAtNight: news that waits in the digest of the quiet and is raised, but not to
// urgent, is told by a message of its own when the quiet ends, and not by the digest.
func TestHeldAndRaisedAtNight(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		quietOn(w, 0, 11*time.Hour, 16*time.Hour)
		w.Stories = pipetest.Listed("A shell factory of #putin grows", "Leaders met for #kim")
		w.Turn()
		w.Stories = nil
		becoming(w, news.AboutRaised)
		w.Live(11 * time.Minute)
		if len(w.Posts) != 0 {
			t.Fatalf("%d messages in the quiet", len(w.Posts))
		}
		w.Pass(3*time.Hour + 49*time.Minute)
		w.Live(time.Minute)
		if len(w.Posts) != 2 {
			t.Fatalf("%d messages: %+v", len(w.Posts), w.Posts)
		}
		for _, m := range w.Posts {
			digest := m.Kind == news.DeliverDigest
			if text := shown(m); strings.Contains(text, "Leaders met") == digest || strings.Contains(text, "shell factory") != digest {
				t.Errorf("%s: %s", m.Kind, text)
			}
		}
	})
}

// TestQuietTakenAway: when a reload takes the quiet away, what becomes of an alert is told at once.
func TestQuietTakenAway(t *testing.T) {
	for about := range becomes {
		t.Run(string(about), func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				awake := *w.Plan
				quietOn(w, 0, 22*time.Hour, 7*time.Hour)
				w.Stories = pipetest.Listed("A shell factory of #putin grows", "Leaders met for #kim")
				w.Turn()
				w.Stories = nil
				w.Pass(15 * time.Hour)
				before := len(w.Posts)
				becoming(w, about)
				w.Live(11 * time.Minute)
				if n := len(w.Posts) - before; n != 0 {
					t.Fatalf("%d messages in the quiet", n)
				}
				if err := w.Pipe.SetPlan(t.Context(), &awake, pipeline.Reload); err != nil {
					t.Fatal(err)
				}
				w.Pass(time.Second)
				if w.Turn(); len(w.Posts) != before+1 {
					t.Errorf("%d messages once it is taken away", len(w.Posts)-before)
				}
			})
		})
	}
}

// TestHiccupAfterAWeekend: what waited for longer than a delivery is tried is tried as long as any
// other from the end of the quiet on.
func TestHiccupAfterAWeekend(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = 24 * time.Hour
		quietOn(w, 1<<time.Wednesday|1<<time.Thursday|1<<time.Friday, 13*time.Hour, 13*time.Hour)
		w.Stories = pipetest.Listed("Leaders met for #kim")
		w.Turn()
		w.Stories = nil
		w.Pass(2 * time.Hour)
		update := becoming(w, news.AboutWithdrawn)
		w.Turn()
		w.Pass(71 * time.Hour)
		w.OnSend = func(notify.Message) error { return pipetest.Fault(notify.Temporary) }
		w.Turn()
		w.OnSend = nil
		w.Live(3 * time.Minute)
		if last := w.Posts[len(w.Posts)-1]; len(w.Posts) != 2 || last.Delivery != update || last.Thread == "" {
			t.Errorf("%d messages; the operators were told %q", len(w.Posts), w.Ops())
		}
	})
}
