package deliver_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// mentionings are the posts since the n-th: "@" for one with mentions, "-" for one without,
// "!" for one that says that they rest.
func mentionings(w *pipetest.World, n int) string {
	var b strings.Builder
	for _, m := range w.Posts[n:] {
		switch {
		case len(m.Mentions) > 0:
			b.WriteString("@")
		case strings.Contains(m.Text, "mentions rest: 5 in 10 minutes for "):
			b.WriteString("!")
		default:
			b.WriteString("-")
		}
	}
	return b.String()
}

// tellUrgent lists n further news of a rule, and returns how they are posted.
func tellUrgent(w *pipetest.World, n int, rules string) string {
	w.T.Helper()
	before := len(w.Posts)
	for range n {
		s := pipetest.Listed(fmt.Sprintf("%s %d %s", strings.Repeat("x", 1+len(w.Stories)), len(w.Stories), rules))[0]
		w.Stories = append(w.Stories, s)
	}
	if err := w.Store.Sources.MarkAllDue(w.T.Context(), w.Clock()); err != nil {
		w.T.Fatal(err)
	}
	for range 2 + n {
		w.Turn()
		w.Pass(time.Second)
	}
	return mentionings(w, before)
}

func eachMentioning(t *testing.T, test func(w *pipetest.World)) {
	t.Helper()
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.Routes.Routes = []notify.Route{
			{Severity: []news.Severity{news.Urgent}, To: []string{"news"}, Mention: []string{"@here"}},
		}
		test(w)
	})
}

// After five messages with mentions of a rule in ten minutes the further ones come without,
// the first of them says so, whichever daemon posts them; urgent ones stay urgent.
func TestMentionsRest(t *testing.T) {
	eachMentioning(t, func(w *pipetest.World) {
		want := func(got, want string) {
			w.T.Helper()
			if got != want {
				w.T.Errorf("posted %q, want %q", got, want)
			}
		}
		want(tellUrgent(w, 4, "#urgent"), "@@@@")
		w.Pipe = w.Daemon()
		if err := w.Pipe.SetPlan(w.T.Context(), w.Plan, pipeline.Command); err != nil {
			w.T.Fatal(err)
		}
		want(tellUrgent(w, 4, "#urgent"), "@!--")
		resting := w.Posts[5]
		if resting.Severity != news.Urgent || !strings.Contains(notify.PlainText(resting.Parts(), time.UTC), "🔕 mentions rest") {
			w.T.Errorf("posted %q: %+v", resting.Text, resting.Parts())
		}
		want(tellUrgent(w, 1, "#urgentother"), "@")        // a rule of its own
		want(tellUrgent(w, 1, "#urgent #urgentnext"), "@") // a rule that still mentions
		w.Pass(8 * time.Minute)
		want(tellUrgent(w, 1, "#urgent"), "-")
		w.Pass(8 * time.Minute)
		want(tellUrgent(w, 6, "#urgent"), "@@@@@-") // one rested 8 minutes before
		w.Pass(11 * time.Minute)
		want(tellUrgent(w, 6, "#urgent"), "@@@@@!")
	})
}

// What certainly did not arrive mentioned nobody, what may have arrived counts.
func TestMentionsThatArrived(t *testing.T) {
	eachMentioning(t, func(w *pipetest.World) {
		refused := 0
		w.OnSend = func(notify.Message) error {
			if refused++; refused <= 3 {
				return &notify.SendError{Problem: notify.Temporary, Err: errors.New("refused")}
			}
			return nil
		}
		tellUrgent(w, 6, "#urgent")
		w.Live(3 * time.Minute)
		if got := mentionings(w, 0); got != "@@@@@!" {
			w.T.Errorf("posted %q after three refusals", got)
		}
		w.Pass(11 * time.Minute)
		lost, before := 0, len(w.Posts)
		w.After = func(notify.Message) error {
			if lost++; lost <= 1 {
				return pipetest.Fault(notify.InDoubt)
			}
			return nil
		}
		tellUrgent(w, 6, "#urgent")
		w.Live(3 * time.Minute)
		if got := mentionings(w, before); got != "@@@@@!" {
			w.T.Errorf("posted %q with one in doubt", got)
		}
	})
}

// An edit keeps what the post said, a notice of rest among it.
func TestEditKeepsThatMentionsRest(t *testing.T) {
	eachMentioning(t, func(w *pipetest.World) {
		tellUrgent(w, 6, "#urgent")
		sixth := w.Posts[5].Delivery
		d, err := w.Store.Deliveries.Get(w.T.Context(), sixth)
		if err != nil {
			w.T.Fatal(err)
		}
		if d.Mentions != news.MentionsRest || len(d.Resting) != 1 {
			w.T.Errorf("recorded %d, %q", d.Mentions, d.Resting)
		}
		err = w.Store.InTx(w.T.Context(), func(tx *store.Tx) error {
			return tx.Deliveries.Edit(w.T.Context(), d.Alert, w.Clock(), 0)
		})
		if err != nil {
			w.T.Fatal(err)
		}
		w.Live(10 * time.Second)
		if n := len(w.Edits); n == 0 || !strings.Contains(w.Edits[n-1].Text, "mentions rest: 5 in 10 minutes for urgent") {
			w.T.Errorf("edits %+v", w.Edits)
		}
	})
}
