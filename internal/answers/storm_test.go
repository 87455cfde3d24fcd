package answers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

// TestSingly: who ends a storm has the next news come singly. The head of the storm says who
// did.
func TestSingly(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Storm, w.Plan.Routes = news.Gust{News: 2, Over: 30 * time.Minute}, notify.Routes{Default: "news"}
		w.SetPlan()
		lists(w, "Town1 #kim", "Town2 #kim", "Town3 #kim", "Town4 #kim")
		w.Live(2 * time.Minute)
		st, err := w.Store.Storms.All(t.Context())
		if err != nil || len(st) != 1 {
			t.Fatalf("%d storms, %v", len(st), err)
		}
		for request, want := range []news.AnswerEffect{news.AnswerApplied, news.AnswerNothing} {
			out, err := w.Pipe.Answers.Singly(t.Context(), said(fmt.Sprint(request), anna), st[0].ID)
			if err != nil || out.Answer.Effect != want {
				t.Errorf("%+v, %v", out, err)
			}
		}
		w.Pass(time.Second)
		w.Live(10 * time.Second)
		if head := text(w.Edits[len(w.Edits)-1]); !strings.Contains(head, "The next ones come singly until") ||
			!strings.Contains(head, "Anna") {
			t.Errorf("the head shows %s", head)
		}
		w.Plan.Storm.Over = 3 * time.Hour // the news before count
		w.SetPlan()
		w.Stories = pipetest.Listed("Village1 #kim", "Village2 #kim")
		w.Scheduled("* * * * *")
		before := len(w.Posts)
		w.ToNext()
		if n := len(w.Posts) - before; n != 2 {
			t.Errorf("%d messages", n)
		}
	})
}

// TestRecalledStormEnds: nobody is told the end of a storm all of which was taken back; once that
// is undone it is told.
func TestRecalledStormEnds(t *testing.T) {
	for name, undone := range map[string]bool{"taken back": false, "undone": true} {
		t.Run(name, func(t *testing.T) {
			answered(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.Storm, w.Plan.Routes = news.Gust{News: 2, Over: 30 * time.Minute}, notify.Routes{Default: "news"}
				w.SetPlan()
				lists(w, "Town1 #kim", "Town2 #kim", "Town3 #kim", "Town4 #kim")
				w.Live(2 * time.Minute)
				made, _ := recall(t, w, "1")
				if undone {
					undo(t, w, "2", made.ID)
				}
				before := len(w.Posts)
				w.Pass(40 * time.Minute)
				w.Live(time.Minute)
				over := 0
				for _, m := range w.Posts[before:] {
					if strings.Contains(m.Text, "STORM OVER") {
						over++
					}
				}
				if over != map[bool]int{true: 1, false: 0}[undone] {
					t.Errorf("its end was told %d times", over)
				}
			})
		})
	}
}
