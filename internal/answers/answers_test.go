package answers_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

var (
	anna = news.Person{ID: "U0ANNA0001", Name: "Anna"}
	bob  = news.Person{ID: "U0BOB00001", Name: "Bob"}
)

// answered runs a test in a world whose messages can be answered, in which the channels
// news and desk were told of a story that the rule kim matches.
func answered(t *testing.T, test func(t *testing.T, w *pipetest.World)) {
	t.Helper()
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Answerable = true
		w.Plan.Severities = map[string]news.Severity{"kim": news.Normal, "putin": news.Normal}
		w.Plan.Routes = notify.Routes{Routes: []notify.Route{{To: []string{"news", "desk"}}}}
		w.SetPlan()
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Turn()
		if len(w.Posts) != 2 {
			t.Fatalf("%d messages", len(w.Posts))
		}
		test(t, w)
	})
}

// said is what somebody does under a name.
func said(request string, by news.Person) answers.Said {
	return answers.Said{Request: request, By: by, Channel: "news"}
}

// text is what a message shows, its buttons in brackets.
func text(m notify.Message) string {
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

// last is the newest edit of the message of a channel's alert.
func last(t *testing.T, w *pipetest.World, alert int64) string {
	t.Helper()
	for _, m := range slices.Backward(w.Edits) {
		if m.Alert == alert {
			return text(m)
		}
	}
	t.Fatalf("no edit of alert %d", alert)
	return ""
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestGot: who is first sees to the news in all its channels. Who is second, and a press
// that arrives twice, change nothing.
func TestGot(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		a, first := w.Pipe.Answers, w.Posts[0].Alert
		if !strings.Contains(text(w.Posts[0]), "[Got it][Not relevant][Snooze…]") {
			t.Errorf("the message has no buttons: %s", text(w.Posts[0]))
		}
		got := must[answers.Result](t)(a.Got(t.Context(), said("1", anna), first))
		again := must[answers.Result](t)(a.Got(t.Context(), said("1", anna), first))
		late := must[answers.Result](t)(a.Got(t.Context(), said("2", bob), w.Posts[1].Alert))
		if got.Answer.Effect != news.AnswerApplied || again.Answer.ID != got.Answer.ID {
			t.Errorf("got %+v, again %+v", got, again)
		}
		if late.Answer.Effect != news.AnswerLate || late.First.By != anna {
			t.Errorf("late %+v", late)
		}
		w.Turn()
		if len(w.Edits) != 2 {
			t.Fatalf("%d edits", len(w.Edits))
		}
		if shown := last(t, w, first); !strings.Contains(shown, "Anna got it · ") || strings.Contains(shown, "[Got it]") {
			t.Errorf("the message shows %s", shown)
		}
		if shown := last(t, w, w.Posts[1].Alert); !strings.Contains(shown, "Anna, #news, got it · ") {
			t.Errorf("the other channel's message shows %s", shown)
		}
		undo := must[answers.Result](t)(a.Undo(t.Context(), said("3", bob), first, got.Answer.ID))
		if undo.Answer.Effect != news.AnswerApplied {
			t.Errorf("undo %+v", undo)
		}
		undo = must[answers.Result](t)(a.Undo(t.Context(), said("4", bob), first, got.Answer.ID))
		if undo.Answer.Effect != news.AnswerNothing {
			t.Errorf("undo again %+v", undo)
		}
		w.Turn()
		if shown := last(t, w, first); strings.Contains(shown, "Anna") || !strings.Contains(shown, "[Got it]") {
			t.Errorf("after the undo the message shows %s", shown)
		}
		if len(w.Posts) != 2 {
			t.Errorf("answers posted %d messages", len(w.Posts)-2)
		}
	})
}

// TestIrrelevant: an alert is not relevant for its own channel. A severe one keeps its text.
func TestIrrelevant(t *testing.T) {
	for _, tt := range []struct {
		title, folded string
		severe        bool
	}{
		{"A #kim of fashion", "A #kim of fashion · not relevant: another Kim · Anna · ", false},
		{"Missile test #urgent-kim", "URGENT · Missile test", true},
	} {
		t.Run(tt.title, func(t *testing.T) {
			answered(t, func(t *testing.T, w *pipetest.World) {
				w.Stories = pipetest.Listed(tt.title)
				w.Pass(time.Hour)
				w.Again()
				w.Turn()
				a, m := w.Pipe.Answers, w.Posts[len(w.Posts)-2]
				done := must[answers.Result](t)(a.Irrelevant(
					t.Context(), said("1", anna), m.Alert, answers.Irrelevance{Reason: "another Kim"}))
				late := must[answers.Result](t)(a.Irrelevant(
					t.Context(), said("2", bob), m.Alert, answers.Irrelevance{Reason: ""}))
				if late.First.ID != done.Answer.ID || len(done.Answer.Rules) != 1 {
					t.Errorf("done %+v, late %+v", done, late)
				}
				w.Turn()
				shown := last(t, w, m.Alert)
				if !strings.Contains(shown, tt.folded) || !strings.Contains(shown, "not relevant") || !strings.Contains(shown, "[Undo]") {
					t.Errorf("the message shows %s", shown)
				}
				if lines := strings.Count(shown, "\n"); tt.severe == (lines == 2) {
					t.Errorf("the message shows %d lines", lines)
				}
				for _, e := range w.Edits {
					if e.Alert != m.Alert {
						t.Errorf("another message was edited: %s", text(e))
					}
				}
				must[answers.Result](t)(a.Undo(t.Context(), said("3", anna), m.Alert, done.Answer.ID))
				w.Turn()
				if shown := last(t, w, m.Alert); strings.Contains(shown, "not relevant") {
					t.Errorf("after the undo the message shows %s", shown)
				}
			})
		})
	}
}

// TestTenAtOnce: ten people press, each press arrives three times: one state.
func TestTenAtOnce(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		var (
			wait sync.WaitGroup
			mu   sync.Mutex
		)
		effects := map[news.AnswerEffect]int{}
		for i := range 30 {
			wait.Go(func() {
				who := news.Person{ID: fmt.Sprintf("U%d", i/3), Name: fmt.Sprintf("Person %d", i/3)}
				got, err := w.Pipe.Answers.Got(t.Context(), said(fmt.Sprint("press ", i/3), who), w.Posts[0].Alert)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
				}
				effects[got.Answer.Effect]++
			})
		}
		wait.Wait()
		if effects[news.AnswerApplied] != 3 || effects[news.AnswerLate] != 27 {
			t.Errorf("the effects are %v", effects)
		}
		w.Turn()
		if len(w.Edits) != 2 {
			t.Errorf("%d edits", len(w.Edits))
		}
	})
}

// TestOpenAgain: a turn opens an alert again, and names who had got it.
func TestOpenAgain(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		a, first := w.Pipe.Answers, w.Posts[0].Alert
		must[answers.Result](t)(a.Got(t.Context(), said("1", anna), first))
		w.Turn()
		w.Pass(10 * time.Minute)
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok #urgent")
		w.Stories[0].URL = "https://tass.example/Leaders-met-for-kim-in-Vladivostok"
		w.Again()
		w.Turn()
		shown := text(w.Posts[len(w.Posts)-1])
		if len(w.Posts) != 4 || !strings.Contains(shown, "Open again: Anna had got it") || !strings.Contains(shown, "[Got it]") {
			t.Fatalf("%d messages, the last one shows %s", len(w.Posts), shown)
		}
		late := must[answers.Result](t)(a.Got(t.Context(), said("2", bob), first))
		if late.Answer.Effect != news.AnswerApplied {
			t.Errorf("the alert is open, and the answer %+v", late)
		}
	})
}

// TestOpenElsewhere: a channel that hears of a news because of a turn is not told that somebody
// sees to it, who did before the turn.
func TestOpenElsewhere(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Routes: []notify.Route{
			{Severity: []news.Severity{news.Urgent}, To: []string{"duty", "news", "desk"}}, {To: []string{"news", "desk"}},
		}}
		w.SetPlan()
		must[answers.Result](t)(w.Pipe.Answers.Got(t.Context(), said("1", anna), w.Posts[0].Alert))
		w.Pass(10 * time.Minute)
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok #urgent")
		w.Stories[0].URL = "https://tass.example/Leaders-met-for-kim-in-Vladivostok"
		w.Again()
		w.Turn()
		i := slices.IndexFunc(w.Posts, func(m notify.Message) bool {
			return m.Kind == news.DeliverStory && m.Severity == news.Urgent
		})
		if i < 0 {
			t.Fatalf("duty was not told: %d messages", len(w.Posts))
		}
		if shown := text(w.Posts[i]); !strings.Contains(shown, "Open again: Anna had got it") || !strings.Contains(shown, "[Got it]") {
			t.Errorf("duty is shown %s", shown)
		}
	})
}

// TestNothingToAnswer: an alert that there is not is an error, and no answer.
func TestNothingToAnswer(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		a := w.Pipe.Answers
		if _, err := a.Got(t.Context(), said("1", anna), 99); err == nil || !strings.Contains(err.Error(), "record who got the alert: read alert 99: not found") {
			t.Errorf("the error is %v", err)
		}
		if _, err := a.Got(t.Context(), said("1", anna), w.Posts[0].Alert); err != nil {
			t.Errorf("the request was spent: %v", err)
		}
		for _, answer := range []int64{0, 99} {
			undo := said(fmt.Sprint("undo ", answer), anna)
			got := must[answers.Result](t)(a.Undo(t.Context(), undo, w.Posts[0].Alert, answer))
			if got.Answer.Effect != news.AnswerNothing {
				t.Errorf("undo of %d: %+v", answer, got)
			}
		}
	})
}

// TestIrrelevantForOneRule: what is not relevant for one rule may be for the others: the
// alert stays open, and others may name further rules.
func TestIrrelevantForOneRule(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("A dinner with #kim and #putin at a farm")
		w.Again()
		a, m := w.Pipe.Answers, w.Posts[len(w.Posts)-1]
		must[answers.Result](t)(a.Irrelevant(
			t.Context(), said("1", anna), m.Alert, answers.Irrelevance{Reason: "another Kim", Rules: []string{"kim"}}))
		w.Turn()
		if shown := last(t, w, m.Alert); !strings.Contains(shown, "not relevant for kim") || !strings.Contains(shown, "[Got it][Not relevant]") {
			t.Errorf("the message shows %s", shown)
		}
		late := must[answers.Result](t)(a.Irrelevant(
			t.Context(), said("2", bob), m.Alert, answers.Irrelevance{Reason: "", Rules: []string{"kim"}}))
		both := must[answers.Result](t)(a.Irrelevant(
			t.Context(), said("3", bob), m.Alert, answers.Irrelevance{Reason: "", Rules: []string{"putin"}}))
		if late.Answer.Effect != news.AnswerLate || both.Answer.Effect != news.AnswerApplied || len(both.Answer.Rules) != 2 {
			t.Errorf("late %+v, both %+v", late, both)
		}
		w.Pass(time.Second)
		w.Turn()
		if shown := last(t, w, m.Alert); strings.Contains(shown, "[Got it]") || strings.Count(shown, "\n") != 2 {
			t.Errorf("the message shows %s", shown)
		}
	})
}

// TestSecondDelivery: what arrives again is known, and nothing is said of it.
func TestSecondDelivery(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		a, first := w.Pipe.Answers, w.Posts[0].Alert
		for i, want := range []bool{false, true} {
			if got := must[answers.Result](t)(a.Got(t.Context(), said("1", anna), first)); got.Known != want {
				t.Errorf("delivery %d: %+v", i, got)
			}
		}
		z := news.Snooze{Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Until: w.Now.Add(time.Hour)}
		begun := snooze(t, w, "2", z)
		if again := snooze(t, w, "2", z); again.ID != begun.ID || begun.ID == 0 {
			t.Errorf("snooze %d, again %d", begun.ID, again.ID)
		}
	})
}

// TestWhatHinders: an error says what somebody was about to do, for each kind of answer.
func TestWhatHinders(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		a, no := w.Pipe.Answers, int64(99)
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Turn()
		for want, act := range map[string]func() error{
			"record who got the alert: ": func() error { _, err := a.Got(t.Context(), said("1", anna), no); return err },
			"record that the alert is not relevant: ": func() error {
				_, err := a.Irrelevant(t.Context(), said("2", anna), no, answers.Irrelevance{})
				return err
			},
			"undo the answer: ": func() error { _, err := a.Undo(t.Context(), said("3", anna), no, 1); return err },
			"end the storm: ":   func() error { _, err := a.Singly(t.Context(), said("4", anna), no); return err },
			"undo the recall: ": func() error { _, _, err := a.UndoRecall(t.Context(), said("5", anna), no); return err },
		} {
			if err := act(); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("the error is %v, want %q", err, want)
			}
		}
	})
}
