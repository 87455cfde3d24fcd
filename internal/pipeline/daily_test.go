package pipeline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
)

// tellsDaily has the operators told at six in the evening how the day was.
func tellsDaily(t *testing.T, test func(t *testing.T, w *pipetest.World)) {
	t.Helper()
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		at, err := schedule.Parse("0 18 * * *")
		if err != nil {
			t.Fatal(err)
		}
		w.Plan.Daily = at
		w.SetPlan()
		w.Turn()
		test(t, w)
	})
}

// days are the reports of a day that the operators got.
func days(w *pipetest.World) []string {
	return slices.DeleteFunc(w.Ops(), func(s string) bool { return !strings.HasPrefix(s, "The last 24 hours") })
}

// hours lets hours pass, in each of which the daemon looks what is due.
func hours(w *pipetest.World, n int) {
	w.T.Helper()
	for range n {
		w.Pass(time.Hour)
		w.Beat(false)
		w.Turn()
	}
}

func TestDaily(t *testing.T) {
	tellsDaily(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Again()
		w.Plan.Severities = map[string]news.Severity{"kim": news.Normal}
		w.SetPlan()
		anna := answers.Said{Request: "r1", By: news.Person{ID: "U0ANNA0001", Name: "Anna"}, Channel: "news"}
		_, _, err := w.Pipe.Answers.Snooze(t.Context(), anna, news.Snooze{
			Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Until: w.Clock().Add(72 * time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
		hours(w, 4)
		if n := len(days(w)); n != 0 {
			t.Errorf("%d told before six", n)
		}
		hours(w, 1)
		all := days(w)
		if len(all) != 1 {
			t.Fatalf("told %q", w.Ops())
		}
		for _, want := range []string{
			"until 13 Sep 18:00 UTC", "of 1 in order", "Stories: 1; news alerted: 1, in 1 alerts", "95 % within",
			"• kim in #news until 16 Sep 13:00, by Anna: 0 kept",
		} {
			if !strings.Contains(all[0], want) {
				t.Errorf("no %q in\n%s", want, all[0])
			}
		}
		hours(w, 23)
		if n := len(days(w)); n != 1 {
			t.Errorf("%d told in a day", n)
		}
		hours(w, 25)
		if n := len(days(w)); n != 3 {
			t.Errorf("%d told in three days", n)
		}
	})
}

// TestDailyAfterAPause: a daemon that was down tells the last day alone, and once.
func TestDailyAfterAPause(t *testing.T) {
	tellsDaily(t, func(t *testing.T, w *pipetest.World) {
		w.Pass(80 * time.Hour)
		w.Pipe = w.Further()
		w.Turn()
		hours(w, 2)
		if n := len(days(w)); n != 1 {
			t.Errorf("%d told", n)
		}
	})
}

// TestDailyOfManyDaemons: of several daemons that look at once one tells it.
func TestDailyOfManyDaemons(t *testing.T) {
	tellsDaily(t, func(t *testing.T, w *pipetest.World) {
		w.Pass(6 * time.Hour)
		done := make(chan error)
		daemons := []*pipeline.Pipeline{w.Pipe, w.Further(), w.Further()}
		for _, p := range daemons {
			go func() { done <- p.Dispatch(t.Context()) }()
		}
		for range daemons {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		w.Turn()
		if n := len(days(w)); n != 1 {
			t.Errorf("%d told", n)
		}
	})
}

// TestDailyAndTheClock: a clock that is set back does not have a day told twice, and one that
// was far ahead does not keep the next one.
func TestDailyAndTheClock(t *testing.T) {
	tellsDaily(t, func(t *testing.T, w *pipetest.World) {
		hours(w, 6)
		w.Set(-time.Hour)
		hours(w, 3)
		if n := len(days(w)); n != 1 {
			t.Errorf("%d told after the clock was set back", n)
		}
		w.Set(30 * 24 * time.Hour)
		hours(w, 1)
		w.Set(-30 * 24 * time.Hour)
		before := len(days(w))
		hours(w, 24)
		if n := len(days(w)) - before; n != 1 {
			t.Errorf("%d told on the day after the clock was wrong", n)
		}
	})
}
