package unanswered_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// recallAll takes back what the rules of the alert told, and returns the last recall.
func recallAll(w *pipetest.World) (id int64, err error) {
	a, err := w.Store.Alerts.AlertOf(w.T.Context(), 1)
	for _, rule := range a.Rules {
		var made news.Recall
		r := news.Recall{Rule: rule, Since: w.Clock().Add(-time.Hour)}
		if _, made, _, err = w.Pipe.Answers.Recall(w.T.Context(), said(), r); err != nil {
			return 0, err
		}
		id = made.ID
	}
	return id, err
}

// TestAnswered: what people, or the outlet, did keeps others from being told.
func TestAnswered(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(w *pipetest.World) error
		told int
	}{
		"got it in the other channel": {func(w *pipetest.World) error {
			_, err := w.Pipe.Answers.Got(w.T.Context(), said(), 2)
			return err
		}, 0},
		"not relevant in one channel": {func(w *pipetest.World) error {
			_, err := w.Pipe.Answers.Irrelevant(w.T.Context(), said(), 1, answers.Irrelevance{})
			return err
		}, 1},
		"not relevant in both": {func(w *pipetest.World) error {
			_, err := w.Pipe.Answers.Irrelevant(w.T.Context(), said(), 1, answers.Irrelevance{})
			if err == nil {
				_, err = w.Pipe.Answers.Irrelevant(w.T.Context(), said(), 2, answers.Irrelevance{})
			}
			return err
		}, 0},
		"snoozed": {func(w *pipetest.World) error {
			_, _, err := w.Pipe.Answers.Snooze(w.T.Context(), said(), news.Snooze{
				Kind: news.SnoozeNews, Channel: "duty", Alert: 1, Until: w.Clock().Add(time.Hour),
			})
			return err
		}, 0},
		"the rule is snoozed": {func(w *pipetest.World) error {
			_, _, err := w.Pipe.Answers.Snooze(w.T.Context(), said(), news.Snooze{
				Kind: news.SnoozeRule, Channel: "duty", Alert: 1, Rule: "high-kim", Until: w.Clock().Add(time.Hour),
			})
			return err
		}, 1},
		"its rules are recalled": {func(w *pipetest.World) error {
			_, err := recallAll(w)
			return err
		}, 0},
		"recalled, and undone": {func(w *pipetest.World) error {
			id, err := recallAll(w)
			if err == nil {
				_, _, err = w.Pipe.Answers.UndoRecall(w.T.Context(), said(), id)
			}
			return err
		}, 1},
		"got it, and taken back": {func(w *pipetest.World) error {
			r, err := w.Pipe.Answers.Got(w.T.Context(), said(), 1)
			if err == nil {
				_, err = w.Pipe.Answers.Undo(w.T.Context(), said(), 1, r.Answer.ID)
			}
			return err
		}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			waiting(t, func(t *testing.T, w *pipetest.World) {
				after(w, 5*time.Minute)
				if err := c.do(w); err != nil {
					t.Fatal(err)
				}
				after(w, 15*time.Minute)
				after(w, 30*time.Minute)
				if n := len(told(w)); n != c.told {
					t.Errorf("told %d times, want %d", n, c.told)
				}
			})
		})
	}
}

// wantCount fails the test when other alerts count as unanswered.
func wantCount(w *pipetest.World, when string, want store.NobodyAnswered) {
	w.T.Helper()
	got, err := w.Store.Unanswered.Count(w.T.Context(), w.Now.Add(-24*time.Hour))
	if err != nil || got != want {
		w.T.Errorf("%s: %+v, %v, want %+v", when, got, err, want)
	}
}

// TestCount: an alert counts as unanswered until somebody answers it, also when others are told.
func TestCount(t *testing.T) {
	waiting(t, func(t *testing.T, w *pipetest.World) {
		wantCount(w, "before its time is over", store.NobodyAnswered{Alerts: 2})
		after(w, 15*time.Minute)
		for range 5 {
			after(w, time.Hour)
		}
		wantCount(w, "hours after others were told", store.NobodyAnswered{Alerts: 1, Told: 1})
		r, err := w.Pipe.Answers.Got(t.Context(), said(), 2)
		must(w, r, err)
		wantCount(w, "answered in another channel", store.NobodyAnswered{})
		r, err = w.Pipe.Answers.Undo(t.Context(), said(), 2, r.Answer.ID)
		must(w, r, err)
		wantCount(w, "taken back", store.NobodyAnswered{Alerts: 1, Told: 1})
		after(w, 24*time.Hour)
		wantCount(w, "the day after", store.NobodyAnswered{})
	})
}

// TestCountQuiet: whom quiet hours keep from being told does not count as told before their end.
func TestCountQuiet(t *testing.T) {
	waiting(t, func(_ *testing.T, w *pipetest.World) {
		quiet := []schedule.Lull{{From: 12 * time.Hour, To: 14 * time.Hour}}
		w.Plan.Hours = map[string]schedule.Hours{"heads": {Quiet: quiet, Zone: time.UTC}}
		w.SetPlan()
		after(w, 90*time.Minute)
		wantCount(w, "in the quiet", store.NobodyAnswered{Alerts: 1})
		after(w, time.Hour)
		wantCount(w, "after it", store.NobodyAnswered{Alerts: 1, Told: 1})
	})
}

// TestCountLate: an alert whose route gives people more than a day counts until then, and as long as
// another one afterwards.
func TestCountLate(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.Answerable, w.Plan.MaxAge = true, 48*time.Hour
		w.Plan.Routes = notify.Routes{Routes: []notify.Route{{
			To: []string{"duty"}, Fallback: news.Fallback{After: 26 * time.Hour, To: []string{"heads"}},
		}}}
		w.SetPlan()
		w.Stories = pipetest.Listed(headline)
		w.Turn()
		w.Stories = nil
		for range 25 {
			after(w, time.Hour)
		}
		wantCount(w, "after 25 hours", store.NobodyAnswered{Alerts: 1})
		after(w, time.Hour)
		after(w, time.Hour)
		wantCount(w, "after 27 hours", store.NobodyAnswered{Alerts: 1, Told: 1})
	})
}
