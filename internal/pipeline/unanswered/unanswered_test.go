package unanswered_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

const headline = "Leaders met for #high-kim in Vladivostok"

// waiting runs a test in a world in which the channels duty and desk were told of a
// story, of which heads are told when nobody answers for a quarter of an hour.
func waiting(t *testing.T, test func(t *testing.T, w *pipetest.World)) {
	t.Helper()
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Answerable, w.Plan.MaxAge = true, 48*time.Hour
		w.Plan.Severities = map[string]news.Severity{"high-kim": news.Normal}
		w.Plan.Routes = notify.Routes{Routes: []notify.Route{{
			To:       []string{"duty", "desk"},
			Fallback: news.Fallback{After: 15 * time.Minute, To: []string{"heads"}, Mentions: []string{"@channel"}},
		}}}
		w.SetPlan()
		w.Stories = pipetest.Listed(headline)
		w.Turn()
		if len(w.Posts) != 2 {
			t.Fatalf("%d messages", len(w.Posts))
		}
		w.Stories = nil
		test(t, w)
	})
}

// told are the messages that nobody answered an alert.
func told(w *pipetest.World) (all []notify.Message) {
	for _, m := range w.Posts {
		if m.Kind == news.DeliverUnanswered {
			all = append(all, m)
		}
	}
	return all
}

// after lets a time pass, and the daemon do what is due.
func after(w *pipetest.World, d time.Duration) {
	w.T.Helper()
	w.Pass(d)
	w.Turn()
	w.Pass(10 * time.Second) // what waits for another message
	w.Turn()
}

// said names an answer of Anna's.
func said() answers.Said {
	return answers.Said{Request: rand.Text(), By: news.Person{ID: "U0ANNA0001", Name: "Anna"}, Channel: "duty"}
}

// must fails the test when an answer could not be recorded.
func must(w *pipetest.World, r answers.Result, err error) answers.Result {
	w.T.Helper()
	if err != nil {
		w.T.Fatal(err)
	}
	return r
}

// shown is what a message shows, its buttons in brackets.
func shown(m notify.Message) string {
	var b strings.Builder
	for _, p := range m.Parts() {
		for _, r := range p.Runs {
			b.WriteString(r.Text)
		}
		for _, button := range p.Buttons {
			b.WriteString("[" + button.Label + "]")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestNobodyAnswers(t *testing.T) {
	waiting(t, func(t *testing.T, w *pipetest.World) {
		after(w, 14*time.Minute)
		if n := len(told(w)); n != 0 {
			t.Fatalf("%d told after 14 minutes", n)
		}
		after(w, time.Minute)
		all := told(w)
		if len(all) != 1 || all[0].Headline != headline || all[0].Link == "" ||
			all[0].Mentions[0] != "@channel" || all[0].Thread != "" {
			t.Fatalf("told %+v", all)
		}
		for _, want := range []string{"NOBODY ANSWERED · NORMAL", "#duty", "for 15 min", "[Got it]"} {
			if text := shown(all[0]); !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		replies := slices.Clone(w.Posts)
		replies = slices.DeleteFunc(replies, func(m notify.Message) bool { return m.Thread == "" || m.Broadcast })
		if len(replies) != 1 || !strings.Contains(shown(replies[0]), "Nobody answered for 15 min. Told: #heads") {
			t.Errorf("the threads heard %+v", replies)
		}
		for range 5 {
			after(w, time.Hour)
		}
		if n := len(told(w)); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

// TestToldShowsWhoGotIt: who reads late that nobody answered sees that somebody did since.
func TestToldShowsWhoGotIt(t *testing.T) {
	waiting(t, func(t *testing.T, w *pipetest.World) {
		after(w, 15*time.Minute)
		r, err := w.Pipe.Answers.Got(t.Context(), said(), 1)
		must(w, r, err)
		after(w, time.Second)
		for _, m := range w.Edits {
			if m.Kind == news.DeliverUnanswered && strings.Contains(shown(m), "Anna, #duty, got it") && !strings.Contains(shown(m), "[Got it]") {
				return
			}
		}
		t.Errorf("edits: %+v", w.Edits)
	})
}

// TestTakenBackLate: who takes an answer back after the time was over gives the others as
// much time again.
func TestTakenBackLate(t *testing.T) {
	waiting(t, func(t *testing.T, w *pipetest.World) {
		r, err := w.Pipe.Answers.Got(t.Context(), said(), 1)
		got := must(w, r, err)
		after(w, 40*time.Minute)
		r, err = w.Pipe.Answers.Undo(t.Context(), said(), 1, got.Answer.ID)
		must(w, r, err)
		after(w, 14*time.Minute)
		if n := len(told(w)); n != 0 {
			t.Errorf("told %d times after 14 minutes", n)
		}
		after(w, 2*time.Minute)
		if n := len(told(w)); n != 1 {
			t.Errorf("told %d times after 16 minutes", n)
		}
	})
}

// turn records that the alert 1 was opened again.
func turn(w *pipetest.World) {
	w.T.Helper()
	err := w.Store.InTx(w.T.Context(), func(tx *store.Tx) error {
		_, err := tx.Deliveries.AddUpdate(w.T.Context(), news.Delivery{
			Alert: 1, Channel: "duty", Kind: news.DeliverUpdate, About: news.AboutWithdrawn, Severity: news.Urgent,
			State: news.StatePending, Text: `{"How":"held","Outlet":"TASS"}`, Due: w.Clock(), Created: w.Clock(),
		})
		return err
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// TestTurn: a turn opens the alert again, which others are told of if they were not yet.
func TestTurn(t *testing.T) {
	for _, got := range []bool{true, false} {
		waiting(t, func(t *testing.T, w *pipetest.World) {
			if got {
				r, err := w.Pipe.Answers.Got(t.Context(), said(), 1)
				must(w, r, err)
			}
			after(w, 20*time.Minute)
			before := len(told(w))
			turn(w)
			after(w, 14*time.Minute)
			if n := len(told(w)); n != before {
				t.Errorf("got it first %v: told %d times 14 minutes after the turn, %d before", got, n, before)
			}
			after(w, 2*time.Minute)
			after(w, time.Hour)
			if n := len(told(w)); n != 1 {
				t.Errorf("got it first %v: told %d times", got, n)
			}
		})
	}
}

// TestQuietHours: the time begins when the alert is posted, in a digest, too.
func TestQuietHours(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		at, err := schedule.Parse("0 18 * * *")
		if err != nil {
			t.Fatal(err)
		}
		w.Plan.Answerable = true
		w.Plan.Hours = map[string]schedule.Hours{"news": {Digest: at, Zone: time.UTC}}
		w.Plan.Routes = notify.Routes{Routes: []notify.Route{{
			To: []string{"news"}, Fallback: news.Fallback{After: 15 * time.Minute, To: []string{"heads"}},
		}}}
		w.SetPlan()
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Turn()
		w.Stories = nil
		for range 5 {
			after(w, time.Hour)
		}
		after(w, time.Hour)
		if n := len(w.Posts) - len(w.Ops()); n != 1 || len(told(w)) != 0 {
			t.Fatalf("%d messages at six: %+v", n, w.Posts)
		}
		after(w, 14*time.Minute)
		if n := len(told(w)); n != 0 {
			t.Errorf("told %d times", n)
		}
		after(w, time.Minute)
		if n := len(told(w)); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

// TestQuietFallback: a channel that is quiet is told at the end of that, unless somebody
// answers meanwhile.
func TestQuietFallback(t *testing.T) {
	for _, answered := range []bool{true, false} {
		waiting(t, func(t *testing.T, w *pipetest.World) {
			quiet := []schedule.Lull{{From: 12 * time.Hour, To: 14 * time.Hour}}
			w.Plan.Hours = map[string]schedule.Hours{"heads": {Quiet: quiet, Zone: time.UTC}}
			w.SetPlan()
			after(w, 16*time.Minute)
			if n := len(told(w)); n != 0 {
				t.Fatalf("told %d times in the quiet", n)
			}
			if answered {
				r, err := w.Pipe.Answers.Got(t.Context(), said(), 1)
				must(w, r, err)
			}
			after(w, 2*time.Hour)
			if n := len(told(w)); n != map[bool]int{true: 0, false: 1}[answered] {
				t.Errorf("answered %v: told %d times", answered, n)
			}
			replies := about(w, "Told later: #heads at ")
			if len(replies) != 1 || replies[0].Thread == "" {
				t.Errorf("%d threads say who is told later", len(replies))
			}
		})
	}
}

// about returns the posts that show some words.
func about(w *pipetest.World, words string) (all []notify.Message) {
	for _, m := range w.Posts {
		if strings.Contains(shown(m), words) {
			all = append(all, m)
		}
	}
	return all
}

// TestTakenBackAfterQuiet: somebody answers while the others are quiet, so that they are not told
// at the end of that, and takes it back later: then they are.
func TestTakenBackAfterQuiet(t *testing.T) {
	waiting(t, func(t *testing.T, w *pipetest.World) {
		quiet := []schedule.Lull{{From: 12 * time.Hour, To: 14 * time.Hour}}
		w.Plan.Hours = map[string]schedule.Hours{"heads": {Quiet: quiet, Zone: time.UTC}}
		w.SetPlan()
		after(w, 16*time.Minute)
		r, err := w.Pipe.Answers.Got(t.Context(), said(), 1)
		got := must(w, r, err)
		after(w, 2*time.Hour)
		r, err = w.Pipe.Answers.Undo(t.Context(), said(), 1, got.Answer.ID)
		must(w, r, err)
		after(w, 14*time.Minute)
		if n := len(told(w)); n != 0 {
			t.Errorf("told %d times after 14 minutes", n)
		}
		after(w, 2*time.Minute)
		after(w, time.Hour)
		if n := len(told(w)); n != 1 {
			t.Errorf("told %d times after it was taken back", n)
		}
	})
}

// TestDownForLonger: a daemon that was down tells it when it is back, unless the alert is no
// news any more.
func TestDownForLonger(t *testing.T) {
	for down, want := range map[time.Duration]int{3 * time.Hour: 1, 49 * time.Hour: 0} {
		waiting(t, func(t *testing.T, w *pipetest.World) {
			w.Pass(down)
			w.Pipe = w.Further()
			w.Turn()
			after(w, time.Minute)
			if n := len(told(w)); n != want {
				t.Errorf("down for %s: told %d times, want %d", down, n, want)
			}
		})
	}
}

// TestClockIsSet: what passed before the clock was set counts, and no more.
func TestClockIsSet(t *testing.T) {
	for _, step := range []time.Duration{2 * time.Hour, -2 * time.Hour} {
		waiting(t, func(t *testing.T, w *pipetest.World) {
			w.Beat(true)
			w.Live(time.Minute)
			w.Set(step)
			w.Live(13 * time.Minute)
			if n := len(told(w)); n != 0 {
				t.Errorf("clock set by %s: told %d times after 14 minutes", step, n)
			}
			w.Live(2 * time.Minute)
			if n := len(told(w)); n != 1 {
				t.Errorf("clock set by %s: told %d times after 16 minutes", step, n)
			}
		})
	}
}

// TestSeveralDaemons: of many daemons that look at once, at two alerts on one news, one tells.
func TestSeveralDaemons(t *testing.T) {
	waiting(t, func(t *testing.T, w *pipetest.World) {
		w.Pass(15 * time.Minute)
		daemons := []*pipeline.Pipeline{w.Pipe, w.Further(), w.Further()}
		done := make(chan error)
		for _, p := range daemons {
			go func() { done <- p.Dispatch(t.Context()) }()
		}
		for range daemons {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		after(w, time.Minute)
		if n := len(told(w)); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}

// TestKilled: a daemon that dies at any step tells it once.
func TestKilled(t *testing.T) {
	waiting(t, func(t *testing.T, w *pipetest.World) {
		w.Pass(15 * time.Minute)
		w.After = func(m notify.Message) error {
			if m.Kind == news.DeliverUnanswered {
				pipetest.Die()
			}
			return nil
		}
		if err := w.Pipe.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		jobs := w.Jobs
		w.Jobs = nil
		w.RunToDeath(jobs)
		w.After = nil
		w.Pass(2 * time.Minute) // its claim
		w.Pipe = w.Further()
		for range 5 {
			after(w, time.Minute)
		}
		if n := len(told(w)); n != 1 {
			t.Errorf("told %d times", n)
		}
	})
}
