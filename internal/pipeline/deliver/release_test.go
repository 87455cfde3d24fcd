package deliver_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// quietFrom has the channel news quiet from 13:00 to 22:00, and told by a calendar that is not "".
func quietFrom(w *pipetest.World, calendar string) {
	w.T.Helper()
	h := schedule.Hours{Quiet: []schedule.Lull{{From: 13 * time.Hour, To: 22 * time.Hour}}, Zone: time.UTC}
	if calendar != "" {
		at, err := schedule.Parse(calendar)
		if err != nil {
			w.T.Fatal(err)
		}
		h.Digest = at
	}
	w.Plan.Hours = map[string]schedule.Hours{"news": h}
	w.SetPlan()
}

// TestPauseEndsInQuiet: what a pause held that ends in quiet hours comes when those end, in the
// digest that tells what came in them. What is urgent comes at once, however old it is.
func TestPauseEndsInQuiet(t *testing.T) {
	for name, age := range map[string]time.Duration{"young": 0, "old": time.Hour} {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.MaxAge = age
				quietFrom(w, "")
				pause(w, "news", 2*time.Hour)
				w.Stories = pipetest.Listed("A fire in #kim Street", "Quake near #urgent-city")
				w.Turn()
				w.Stories = nil
				w.Pass(2*time.Hour + time.Minute)
				w.Live(10 * time.Second)
				urgent := map[string]string{"young": "Quake near #urgent-city", "old": "1 story while deliveries were paused"}[name]
				if told := toldIn(w); !slices.Equal(told, []string{urgent}) {
					t.Errorf("told %q in the quiet", told)
				}
				want := "quiet hours, a calendar or a snooze keep 1 alert for a later digest."
				if ops := strings.Join(w.Ops(), "\n"); !strings.Contains(ops, want) {
					t.Errorf("the operators were told %q", ops)
				}
				w.Stories = pipetest.Listed("A shell factory of #putin grows")
				w.Stories[0].Published = w.Clock()
				w.Again()
				w.Turn()
				w.Pass(8 * time.Hour)
				w.Live(10 * time.Second)
				all := digests(w)
				if last := all[len(all)-1]; len(last.Briefs) != 2 || !strings.HasPrefix(last.Headline, "2 stories while it was quiet") {
					t.Errorf("after the quiet %+v", last)
				}
				if told := toldIn(w); len(told) != 2 {
					t.Errorf("told %q", told)
				}
			})
		})
	}
}

// TestPauseEndsBeforeTheCalendar: what a pause held in a channel that is told by a calendar comes
// with its next digest. A digest that was due in the pause does not come while it is quiet.
func TestPauseEndsBeforeTheCalendar(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pause(w, "news", 2*time.Hour)
		quietFrom(w, "30 12,23 * * *")
		w.Stories = pipetest.Listed("A fire in #kim Street")
		w.Turn()
		w.Plan.Hours = nil
		w.SetPlan()
		w.Stories = pipetest.Listed("A shell factory of #putin grows")
		w.Again() // an hour later
		w.Turn()
		quietFrom(w, "30 12,23 * * *")
		w.Stories = nil
		w.Pass(time.Hour + time.Minute)
		w.Live(10 * time.Second)
		if told := toldIn(w); len(told) != 0 {
			t.Errorf("told %q in the quiet", told)
		}
		w.Pass(8 * time.Hour)
		w.Live(10 * time.Second)
		if told := toldIn(w); !slices.Equal(told, []string{"Digest of 1 story"}) || len(digests(w)[0].Briefs) != 1 {
			t.Errorf("told %q after the quiet", told)
		}
		w.Pass(90 * time.Minute)
		w.Live(10 * time.Second)
		if told := toldIn(w); len(told) != 2 || told[1] != "Digest of 1 story" {
			t.Errorf("told %q by the calendar", told)
		}
	})
}

// TestPauseEndsInSnooze: what somebody snoozed while it waited for the end of a pause is kept, and
// nothing else.
func TestPauseEndsInSnooze(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pause(w, "news", time.Hour)
		w.Stories = pipetest.Listed("A fire in #kim Street", "A shell factory of #putin grows")
		w.Turn()
		w.Stories = nil
		err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Snoozes.Begin(t.Context(), news.Snooze{
				Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Severity: news.Normal, By: news.Person{ID: "U1", Name: "Anna"},
				Since: w.Clock(), Until: w.Clock().Add(3 * time.Hour),
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Pass(61 * time.Minute)
		w.Live(10 * time.Second)
		if told := toldIn(w); !slices.Equal(told, []string{"A shell factory of #putin grows"}) {
			t.Errorf("told %q", told)
		}
		w.Pass(2 * time.Hour)
		w.Live(10 * time.Second)
		if told := toldIn(w); len(told) != 2 || told[1] != "1 story while kim was snoozed" {
			t.Errorf("told %q after the snooze", told)
		}
	})
}
