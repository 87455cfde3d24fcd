package answers_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// recall takes back what rule kim told in the last three hours, in all channels.
func recall(t *testing.T, w *pipetest.World, request string) (news.Recall, []answers.TakenIn) {
	t.Helper()
	r := news.Recall{Rule: "kim", Since: w.Now.Add(-3 * time.Hour), Why: "flooded"}
	_, made, taken, err := w.Pipe.Answers.Recall(t.Context(), said(request, anna), r)
	if err != nil {
		t.Fatal(err)
	}
	w.Pass(time.Second)
	w.Live(5 * time.Second)
	return made, taken
}

// undo undoes a recall, and returns what was posted for that.
func undo(t *testing.T, w *pipetest.World, request string, recall int64) []notify.Message {
	t.Helper()
	before := len(w.Posts)
	out, _, err := w.Pipe.Answers.UndoRecall(t.Context(), said(request, bob), recall)
	if err != nil || out.Answer.Effect != news.AnswerApplied {
		t.Fatalf("undo: %+v, %v", out, err)
	}
	w.Pass(time.Second)
	w.Live(5 * time.Second)
	return w.Posts[before:]
}

// TestRecall: what a rule told is struck, and each channel is told who did it, once. What
// another rule found, too, stands for that one. All of it is undone as one.
func TestRecall(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Default: "news"}
		w.SetPlan()
		both := lists(w, "A farm that #kim and #putin visit")
		if len(both) != 1 {
			t.Fatalf("%d messages", len(both))
		}
		would, err := w.Pipe.Answers.WouldRecall(t.Context(), news.Recall{Rule: "kim", Since: w.Now.Add(-3 * time.Hour)})
		before := len(w.Posts)
		made, taken := recall(t, w, "1")
		if err != nil || len(would) != 2 || len(taken) != 2 || would[0] != taken[0] || would[1] != taken[1] {
			t.Errorf("it takes back %+v, and was to take back %+v (%v)", taken, would, err)
		}
		inNews, inDesk := answers.TakenIn{Channel: "news", Struck: 1, Others: 1}, answers.TakenIn{Channel: "desk", Struck: 1}
		if taken[0] != inNews || taken[1] != inDesk {
			t.Errorf("it takes back %+v", taken)
		}
		if n := len(w.Posts) - before; n != 2 {
			t.Fatalf("%d messages", n)
		}
		if shown := text(w.Posts[before]); !strings.Contains(shown, "2 alerts here (3 in 2 channels) of kim since") ||
			!strings.Contains(shown, "Anna: flooded") || !strings.Contains(shown, "[Undo]") {
			t.Errorf("the channel is told %s", shown)
		}
		first := w.Posts[0].Alert
		if shown := last(t, w, first); !strings.Contains(shown, "Taken back · Anna") || strings.Contains(shown, "[Got it]") {
			t.Errorf("the message shows %s", shown)
		}
		if shown := last(t, w, both[0].Alert); !strings.Contains(shown, "Taken back: kim · Anna") || !strings.Contains(shown, "[Got it]") {
			t.Errorf("the message of two rules shows %s", shown)
		}
		if _, _, _, err := w.Pipe.Answers.Recall(t.Context(), said("2", bob), made); !errors.Is(err, answers.ErrRecall) ||
			!strings.HasPrefix(err.Error(), "cannot take back: rule ") {
			t.Errorf("what was taken back is taken back again: %v", err)
		}
		again, _, _, err := w.Pipe.Answers.Recall(t.Context(), said("1", anna), made)
		if err != nil || !again.Known {
			t.Errorf("what arrives twice: %+v, %v", again, err)
		}
		if posts := undo(t, w, "3", made.ID); len(posts) != 2 || !strings.Contains(text(posts[0]), "stand again") {
			t.Errorf("%d messages on the undo", len(posts))
		}
		if shown := last(t, w, first); strings.Contains(shown, "Taken back") || !strings.Contains(shown, "[Got it]") {
			t.Errorf("after the undo the message shows %s", shown)
		}
		out, _, err := w.Pipe.Answers.UndoRecall(t.Context(), said("4", bob), made.ID)
		if err != nil || out.Answer.Effect != news.AnswerNothing {
			t.Errorf("undone twice: %+v, %v", out, err)
		}
	})
}

// TestRecallSilences: further reports of what was taken back are not told, unless another
// rule finds them.
func TestRecallSilences(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Default: "news"}
		w.SetPlan()
		if posts := lists(w, "A parade with #kim in Pyongyang"); len(posts) != 1 {
			t.Fatalf("%d messages", len(posts))
		}
		made, _ := recall(t, w, "1")
		before := len(w.Posts)
		w.Stories[0].Title += " is called off"
		w.Again()
		w.Live(10 * time.Minute)
		if n := len(w.Posts) - before; n != 0 {
			t.Errorf("%d messages when the outlet changes what was taken back: %s", n, text(w.Posts[before]))
		}
		parade := w.Stories
		if posts := lists(w, "A rocket for #kim starts"); len(posts) != 1 {
			t.Errorf("%d messages on other news", len(posts))
		}
		before = len(w.Posts)
		w.Stories = parade
		w.Stories[0].Title += " #putin"
		w.Again()
		w.Live(10 * time.Second)
		if n := len(w.Posts) - before; n != 1 || !strings.Contains(text(w.Posts[before]), "it now also matches putin") {
			t.Errorf("%d messages when another rule finds it: %s", n, text(w.Posts[len(w.Posts)-1]))
		}
		undo(t, w, "2", made.ID)
	})
}

// TestRecallUnsent: what is still to be sent is not sent, and is when the recall is undone.
func TestRecallUnsent(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Default: "news"}
		w.Plan.Hours = map[string]schedule.Hours{"news": {Quiet: []schedule.Lull{{From: 0, To: 23*time.Hour + 30*time.Minute}}}}
		w.SetPlan()
		if posts := lists(w, "A parade with #kim in Pyongyang"); len(posts) != 0 {
			t.Fatalf("%d messages", len(posts))
		}
		w.Plan.Hours = nil
		made, taken := recall(t, w, "1")
		if len(taken) != 2 || taken[0].Unsent != 1 || taken[0].Struck != 1 {
			t.Errorf("it takes back %+v", taken)
		}
		w.SetPlan() // what the quiet kept comes now
		w.Live(time.Minute)
		for _, m := range w.Posts {
			if strings.Contains(text(m), "parade") {
				t.Errorf("it is told: %s", text(m))
			}
		}
		before := len(w.Posts)
		undo(t, w, "2", made.ID)
		w.Live(2 * time.Minute)
		posts := w.Posts[before:]
		if n := len(posts); n != 3 || len(posts[2].Briefs) != 1 || !strings.Contains(text(posts[2]), "Digest of 1 story") {
			t.Fatalf("%d messages after the undo", n)
		}
	})
}

// TestUndoneTogether: what a storm folded, and was taken back before it was listed, is listed in
// the storm's thread when that is undone; what quiet hours kept comes in one digest.
func TestUndoneTogether(t *testing.T) {
	towns := []string{"Town1 #kim", "Town2 #kim", "Town3 #kim", "Town4 #kim", "Town5 #kim"}
	for name, c := range map[string]struct {
		plan func(w *pipetest.World)
		want int
		at   string
	}{
		"a storm": {func(w *pipetest.World) { w.Plan.Storm = news.Gust{News: 2, Over: 30 * time.Minute} }, 3, "1"},
		"quiet hours": {func(w *pipetest.World) {
			w.Plan.Hours = map[string]schedule.Hours{"news": {Quiet: []schedule.Lull{{From: 0, To: 23*time.Hour + 30*time.Minute}}}}
		}, 5, ""},
	} {
		t.Run(name, func(t *testing.T) {
			answered(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.Routes = notify.Routes{Default: "news"}
				c.plan(w)
				w.SetPlan()
				lists(w, towns...)
				w.Plan.Hours = nil
				made, _ := recall(t, w, "1")
				w.SetPlan()
				w.Live(3 * time.Minute)
				before := len(w.Posts)
				undo(t, w, "2", made.ID)
				w.Live(3 * time.Minute)
				var listed []notify.Message
				for _, m := range w.Posts[before:] {
					if m.Kind == news.DeliverStory {
						t.Errorf("it comes singly: %s", m.Headline)
					}
					if len(m.Briefs) > 0 {
						listed = append(listed, m)
					}
				}
				if len(listed) != 1 || len(listed[0].Briefs) != c.want || (listed[0].Thread != "") != (c.at != "") {
					t.Errorf("%d lists of %+v", len(listed), listed)
				}
			})
		})
	}
}

// TestUndoneWhileSnoozed: what a digest was to tell and was taken back is told when the snooze of its
// rule ends, if that is undone while it holds.
func TestUndoneWhileSnoozed(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Default: "news"}
		w.SetPlan()
		snooze(t, w, "1", news.Snooze{Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Until: w.Now.Add(8 * time.Hour)})
		lists(w, "A parade with #kim in Pyongyang")
		made, _ := recall(t, w, "2")
		undo(t, w, "3", made.ID)
		w.Live(5 * time.Minute)
		told := func() (n int) {
			for _, m := range w.Posts {
				if strings.Contains(text(m), "parade") {
					n++
				}
			}
			return n
		}
		if n := told(); n != 0 {
			t.Errorf("it is told %d times while its rule is snoozed", n)
		}
		w.Pass(8 * time.Hour)
		if w.Live(time.Minute); told() != 1 {
			t.Errorf("it is told %d times", told())
		}
	})
}

// TestAnotherRuleAtNight: what a snooze keeps, or was taken back before it was told, and another
// rule finds in the quiet of the channel, is told when that ends, once, and not when the snooze does.
func TestAnotherRuleAtNight(t *testing.T) {
	for name, back := range map[string]bool{"snoozed": false, "taken back": true} {
		t.Run(name, func(t *testing.T) {
			answered(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.Routes = notify.Routes{Default: "news"}
				w.Plan.Hours = map[string]schedule.Hours{"news": {Quiet: []schedule.Lull{{From: 0, To: 17 * time.Hour}}}}
				w.SetPlan()
				if !back {
					snooze(t, w, "1", news.Snooze{Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Until: w.Now.Add(48 * time.Hour)})
				}
				lists(w, "A parade with #kim in Pyongyang")
				if back {
					recall(t, w, "1")
				}
				before := len(w.Posts)
				w.Stories[0].Title += " #putin"
				w.Again()
				w.Live(time.Minute)
				if n := len(w.Posts) - before; n != 0 {
					t.Errorf("%d messages in the quiet", n)
				}
				w.Pass(6 * time.Hour)
				w.Live(time.Minute)
				w.Pass(48 * time.Hour)
				w.Live(time.Minute)
				var told []notify.Message
				for _, m := range w.Posts[before:] {
					if strings.Contains(text(m), "parade") {
						told = append(told, m)
					}
				}
				if len(told) != 1 || !strings.Contains(text(told[0]), "while it was quiet") {
					t.Errorf("it is told %d times: %+v", len(told), told)
				}
			})
		})
	}
}

// TestOverBeforeItWasTold: a snooze that ends, and a recall that is undone, before their notices were
// posted are not told at all.
func TestOverBeforeItWasTold(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		before := len(w.Posts)
		z := snooze(t, w, "1", news.Snooze{Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Until: w.Now.Add(4 * time.Hour)})
		kept := snooze(t, w, "2", news.Snooze{Kind: news.SnoozeRule, Channel: "desk", Rule: "kim", Until: w.Now.Add(4 * time.Hour)})
		must[answers.Result](t)(w.Pipe.Answers.EndSnooze(t.Context(), said("3", bob), z.ID))
		r := news.Recall{Rule: "kim", Since: w.Now.Add(-3 * time.Hour)}
		_, made, _, err := w.Pipe.Answers.Recall(t.Context(), said("4", anna), r)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Pipe.Answers.UndoRecall(t.Context(), said("5", bob), made.ID); err != nil {
			t.Fatal(err)
		}
		w.Live(time.Minute)
		if n := len(w.Posts) - before; n != 1 || !strings.Contains(text(w.Posts[before]), "Rule kim is silent in this channel until") {
			t.Errorf("%d messages, want that of the snooze %d which goes on: %+v", n, kept.ID, w.Posts[before:])
		}
	})
}

// TestRecallInDoubt: what may have arrived is looked for, and not posted again once it was
// taken back.
func TestRecallInDoubt(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Default: "news"}
		w.SetPlan()
		w.OnSend = func(notify.Message) error {
			return &notify.SendError{Problem: notify.InDoubt, Err: errors.New("cut off")}
		}
		lists(w, "A parade with #kim in Pyongyang")
		w.OnSend = nil
		made, taken := recall(t, w, "1")
		if taken[0].Struck != 2 {
			t.Errorf("it takes back %+v", taken)
		}
		w.Live(5 * time.Minute)
		for _, m := range w.Posts {
			if strings.Contains(text(m), "parade") {
				t.Errorf("it is told: %s", text(m))
			}
		}
		d, err := w.Store.Deliveries.List(t.Context(), 100, news.StateSent)
		silent := 0
		for i := range d {
			if d[i].Error == store.TakenBack {
				silent++
			}
		}
		if err != nil || silent != 1 {
			t.Errorf("%d deliveries were not sent because of it (%v)", silent, err)
		}
		undo(t, w, "2", made.ID)
		if n := w.Arrivals()["A parade with #kim in Pyongyang"]; n != 1 {
			t.Errorf("it is told %d times", n)
		}
	})
}
