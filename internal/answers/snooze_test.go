package answers_test

import (
	"errors"
	"fmt"
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

// snooze has Anna snooze something in the channel news.
func snooze(t *testing.T, w *pipetest.World, request string, z news.Snooze) news.Snooze {
	t.Helper()
	_, begun, err := w.Pipe.Answers.Snooze(t.Context(), said(request, anna), z)
	if err != nil {
		t.Fatal(err)
	}
	return begun
}

// lists has the world list other stories after an hour and ten minutes, and returns the
// messages that this adds.
func lists(w *pipetest.World, titles ...string) (posts []notify.Message) {
	w.T.Helper()
	before := len(w.Posts)
	w.Pass(10 * time.Minute)
	w.Stories = pipetest.Listed(titles...)
	for i := range w.Stories {
		w.Stories[i].Published = w.Now.Add(-time.Minute)
	}
	w.Again()
	w.Live(10 * time.Second)
	return w.Posts[before:]
}

// TestSnoozeRule: what a snoozed rule finds comes when the snooze ends, once. What another
// rule finds, or in another channel, comes at once.
func TestSnoozeRule(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		z := snooze(t, w, "1", news.Snooze{
			Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Alert: w.Posts[0].Alert, Until: w.Now.Add(4 * time.Hour), Why: "known",
		})
		w.Turn()
		notice := text(w.Posts[2])
		if !strings.Contains(notice, "Rule kim is silent in this channel until") || !strings.Contains(notice, "Anna: known") {
			t.Errorf("the channel is told %s", notice)
		}
		if shown := last(t, w, w.Posts[0].Alert); !strings.Contains(shown, "Rule kim is silent") {
			t.Errorf("the message shows %s", shown)
		}
		if posts := lists(w, "A parade with #kim in Pyongyang"); len(posts) != 1 {
			t.Errorf("%d messages on what one of two channels snoozed", len(posts))
		}
		if posts := lists(w, "The visit of #kim and #putin to a farm"); len(posts) != 2 {
			t.Errorf("%d messages on what another rule finds, too", len(posts))
		}
		w.Pass(2 * time.Hour)
		w.Turn()
		digest := w.Posts[len(w.Posts)-1]
		if !strings.Contains(text(digest), "1 story while kim was snoozed") || !strings.Contains(text(digest), "A parade with #kim") {
			t.Errorf("when it ends the channel is told %s", text(digest))
		}
		n := len(w.Posts)
		w.Pass(time.Hour)
		w.Turn()
		ended := must[answers.Result](t)(w.Pipe.Answers.EndSnooze(t.Context(), said("2", bob), z.ID))
		if ended.Answer.Effect != news.AnswerNothing {
			t.Errorf("it ended twice: %+v", ended)
		}
		if w.Turn(); len(w.Posts) != n {
			t.Errorf("%d more messages", len(w.Posts)-n)
		}
		if posts := lists(w, "A rocket for #kim starts"); len(posts) != 2 {
			t.Errorf("%d messages after the snooze", len(posts))
		}
	})
}

// TestSnoozeEndsEarly: what was kept is told at once; when nothing was, that is said.
func TestSnoozeEndsEarly(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		a, until := w.Pipe.Answers, w.Now.Add(24*time.Hour)
		outlet := news.Snooze{Kind: news.SnoozeOutlet, Channel: "news", Rule: "kim", Source: "tass", Until: until}
		z := snooze(t, w, "1", outlet)
		w.Turn()
		must[answers.Result](t)(a.EndSnooze(t.Context(), said("2", bob), z.ID))
		w.Turn()
		if shown := text(w.Posts[3]); !strings.Contains(shown, "kim from tass is awake again: nothing was kept back") || !strings.Contains(shown, "Bob") {
			t.Errorf("the channel is told %s", shown)
		}
		z = snooze(t, w, "3", outlet)
		outlet.Until = until.Add(time.Hour)
		longer := snooze(t, w, "4", outlet)
		if posts := lists(w, "A parade with #kim in Pyongyang"); len(posts) != 3 { // two notices, and the desk
			t.Errorf("%d messages", len(posts))
		}
		ended := must[answers.Result](t)(a.EndSnooze(t.Context(), said("5", bob), z.ID))
		if ended.Answer.Effect != news.AnswerNothing {
			t.Errorf("a snooze that another one took the place of: %+v", ended)
		}
		must[answers.Result](t)(a.EndSnooze(t.Context(), said("6", bob), longer.ID))
		w.Turn()
		if shown := text(w.Posts[len(w.Posts)-1]); !strings.Contains(shown, "A parade with #kim") {
			t.Errorf("the channel is told %s", shown)
		}
	})
}

// TestSnoozeEndsInQuiet: what was kept comes when the quiet ends in which the snooze does, also
// when a longer snooze took its place.
func TestSnoozeEndsInQuiet(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		quiet := []schedule.Lull{{From: 15 * time.Hour, To: 20 * time.Hour}}
		w.Plan.Hours = map[string]schedule.Hours{"news": {Quiet: quiet}, "desk": {Quiet: quiet}}
		w.SetPlan()
		z := news.Snooze{Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Until: w.Now.Add(4 * time.Hour)}
		other := z
		other.Channel = "desk"
		snooze(t, w, "1", z)
		snooze(t, w, "2", other)
		lists(w, "A parade with #kim in Pyongyang")
		z.Until = z.Until.Add(time.Hour)
		snooze(t, w, "3", z)
		digests := func() (n int) {
			w.Live(5 * time.Second)
			for _, m := range w.Posts {
				if m.Kind == news.DeliverDigest {
					n++
				}
			}
			return n
		}
		for w.Now.Before(pipetest.Noon.Add(8*time.Hour - 30*time.Minute)) {
			w.Pass(20 * time.Minute)
			if n := digests(); n != 0 {
				t.Fatalf("%d digests at %s", n, w.Now.Format("15:04"))
			}
		}
		w.Pass(40 * time.Minute)
		if n := digests(); n != 2 {
			t.Errorf("%d digests after the quiet", n)
		}
	})
}

// TestSnoozeNews: further reports of a snoozed news stay in the thread of that channel, and
// its message says so until the snooze is over.
func TestSnoozeNews(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		first := w.Posts[0].Alert
		snooze(t, w, "1", news.Snooze{Kind: news.SnoozeNews, Alert: first, Until: w.Now.Add(time.Hour)})
		w.Turn()
		if len(w.Posts) != 2 {
			t.Errorf("%d messages", len(w.Posts)-2)
		}
		if shown := last(t, w, first); !strings.Contains(shown, "Further reports stay in the thread until") || !strings.Contains(shown, "[End the snooze]") {
			t.Errorf("the message shows %s", shown)
		}
		w.Pass(2 * time.Hour)
		w.Turn()
		if shown := last(t, w, first); strings.Contains(shown, "stay in the thread") || !strings.Contains(shown, "[Snooze…]") {
			t.Errorf("after the snooze the message shows %s", shown)
		}
	})
}

// TestSnoozeNewsOfMessages: where each report is a message of its own, those of a snoozed
// news are not, and those of other news still are.
func TestSnoozeNewsOfMessages(t *testing.T) {
	for _, snoozed := range []bool{false, true} {
		t.Run(fmt.Sprint(snoozed), func(t *testing.T) {
			answered(t, func(t *testing.T, w *pipetest.World) { newsOfMessages(t, w, snoozed) })
		})
	}
}

func newsOfMessages(t *testing.T, w *pipetest.World, snoozed bool) {
	t.Helper()
	w.Plan.Routes, w.Plan.SameNews = notify.Routes{Default: "news"}, news.SameNewsMessage
	listed := map[string][]news.Story{}
	w.Source("ap", listed)
	told := func(source, link, title, text string) (own []notify.Message) {
		before := len(w.Posts)
		listed[source] = []news.Story{{
			URL: "https://" + source + ".example/" + link, Title: title, Text: text, Language: "en", Published: w.Now,
		}}
		w.Again()
		w.Turn()
		for _, m := range w.Posts[before:] {
			if m.Thread == "" {
				own = append(own, m)
			}
		}
		return own
	}
	first := told("tass", "quake", "Earthquake of magnitude 6.4 hits Herat, 41 dead in Zinda Jan #kim", "A magnitude 6.4 earthquake hit "+
		"Zinda Jan near Herat on Wednesday and killed 41 people, officials said. Rescue teams from Kabul were on their way.")
	if len(first) != 1 {
		t.Fatalf("%d messages", len(first))
	}
	want := 1
	if snoozed {
		want = 0
		snooze(t, w, "1", news.Snooze{Kind: news.SnoozeNews, Alert: first[0].Alert, Until: w.Now.Add(6 * time.Hour)})
	}
	report := told("ap", "quake", "In Herat, Zinda Jan counts 41 dead after 6.4 earthquake #kim", "Zinda Jan, west of Herat, lost 41 people "+
		"when the 6.4 quake struck, its mayor told the agency. Kabul sends tents and doctors to the villages.")
	if len(report) != want {
		t.Errorf("%d messages on a further report", len(report))
	}
	if posts := told("ap", "parade", "A parade with #kim in Pyongyang", "Soldiers marched."); len(posts) != 1 {
		t.Errorf("%d messages on another news", len(posts))
	}
}

// TestRaisedWhileSnoozed: news that a snooze keeps and that is raised is told at once, and
// not again in the digest.
func TestRaisedWhileSnoozed(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		snooze(t, w, "1", news.Snooze{Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Until: w.Now.Add(4 * time.Hour)})
		w.Turn()
		w.Plan.Routes = notify.Routes{Default: "news"}
		w.SetPlan()
		if posts := lists(w, "A parade with #kim in Pyongyang"); len(posts) != 0 {
			t.Fatalf("%d messages", len(posts))
		}
		before := len(w.Posts)
		w.Stories[0].Title += " #urgent"
		w.Again()
		w.Turn()
		if len(w.Posts) != before+1 || w.Posts[before].Severity != news.Urgent {
			t.Fatalf("%d messages when it was raised", len(w.Posts)-before)
		}
		w.Pass(4 * time.Hour)
		w.Turn()
		for _, m := range w.Posts[before+1:] {
			if strings.Contains(text(m), "parade") {
				t.Errorf("it is told again: %s", text(m))
			}
		}
	})
}

// TestSnoozeRefused: what cannot be snoozed is said, and nothing is recorded.
func TestSnoozeRefused(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		now := w.Now
		for want, z := range map[string]news.Snooze{
			"end before it begins":     {Kind: news.SnoozeNews, Alert: 1, Until: now},
			"7 days are the longest":   {Kind: news.SnoozeNews, Alert: 1, Until: now.Add(8 * 24 * time.Hour)},
			"say in which channel":     {Kind: news.SnoozeRule, Rule: "kim", Until: now.Add(time.Hour)},
			`there is no rule "kimm"`:  {Kind: news.SnoozeRule, Channel: "news", Rule: "kimm", Until: now.Add(time.Hour)},
			`there is no source "tas"`: {Kind: news.SnoozeOutlet, Channel: "news", Rule: "kim", Source: "tas", Until: now.Add(time.Hour)},
		} {
			_, _, err := w.Pipe.Answers.Snooze(t.Context(), said(want, anna), z)
			if !errors.Is(err, answers.ErrSnooze) || !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v, want %q", err, want)
			}
		}
		if all := must[[]news.Snooze](t)(w.Store.Snoozes.All(t.Context(), now)); len(all) > 0 {
			t.Errorf("snoozes %+v", all)
		}
	})
}

// TestAnotherRuleWakes: what a snooze keeps comes at once when a rule finds it that is not
// snoozed, and not again when the snooze ends.
func TestAnotherRuleWakes(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Default: "news"}
		w.SetPlan()
		snooze(t, w, "1", news.Snooze{Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Until: w.Now.Add(4 * time.Hour)})
		w.Turn()
		if posts := lists(w, "A parade with #kim in Pyongyang"); len(posts) != 0 {
			t.Fatalf("%d messages", len(posts))
		}
		before := len(w.Posts)
		w.Stories[0].Title += " #putin"
		w.Again()
		w.Turn()
		if len(w.Posts) != before+1 || !strings.Contains(text(w.Posts[before]), "it now also matches putin") {
			t.Fatalf("%d messages: %s", len(w.Posts)-before, text(w.Posts[len(w.Posts)-1]))
		}
		w.Live(5 * time.Hour)
		for _, m := range w.Posts[before+1:] {
			if strings.Contains(text(m), "parade") {
				t.Errorf("it is told again: %s", text(m))
			}
		}
	})
}

// TestSnoozeAnew: a snooze that takes the place of another one is shown by the message that
// showed that one, until it is over.
func TestSnoozeAnew(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		first := w.Posts[0].Alert
		z := news.Snooze{Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Alert: first, Until: w.Now.Add(time.Hour), Why: "first"}
		snooze(t, w, "1", z)
		w.Turn()
		z.Alert, z.Until, z.Why = 0, w.Now.Add(2*time.Hour), "second"
		w.Pass(time.Second)
		snooze(t, w, "2", z)
		w.Turn()
		if shown := last(t, w, first); !strings.Contains(shown, "second") || strings.Contains(shown, "first") {
			t.Errorf("the message shows %s", shown)
		}
		w.Pass(3 * time.Hour)
		w.Turn()
		if shown := last(t, w, first); strings.Contains(shown, "is silent") {
			t.Errorf("after the snooze the message shows %s", shown)
		}
	})
}

// TestSnoozeSince: what a snooze tells at its end goes back to the first one that it took the
// place of.
func TestSnoozeSince(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		began := w.Now
		for i, long := range []time.Duration{time.Hour, 2 * time.Hour, 3 * time.Hour} {
			z := news.Snooze{Kind: news.SnoozeRule, Channel: "news", Rule: "kim", Until: w.Now.Add(long)}
			snooze(t, w, fmt.Sprint(i), z)
			w.Pass(10 * time.Minute)
		}
		all := must[[]news.Snooze](t)(w.Store.Snoozes.All(t.Context(), w.Now))
		if len(all) != 1 || !all[0].Since.Equal(began) {
			t.Errorf("snoozes %+v, want one since %s", all, began)
		}
	})
}

// broken has the store refuse to change the snooze 1.
func broken(t *testing.T, w *pipetest.World) {
	t.Helper()
	statements := []string{
		`CREATE TRIGGER broken BEFORE UPDATE ON snooze WHEN OLD.id = 1 BEGIN SELECT RAISE(ABORT, 'broken'); END`,
	}
	if w.Store.Path() == "" {
		statements = []string{
			`CREATE FUNCTION broken() RETURNS trigger AS 'BEGIN RAISE ''broken''; END' LANGUAGE plpgsql`,
			`CREATE TRIGGER broken BEFORE UPDATE ON snooze FOR EACH ROW WHEN (OLD.id = 1) EXECUTE FUNCTION broken()`,
		}
	}
	err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestSnoozeThatDoesNotEnd: a snooze that cannot be ended keeps no other from its end, and is
// said.
func TestSnoozeThatDoesNotEnd(t *testing.T) {
	answered(t, func(t *testing.T, w *pipetest.World) {
		for i, rule := range []string{"kim", "putin"} {
			z := news.Snooze{Kind: news.SnoozeRule, Channel: "news", Rule: rule, Until: w.Now.Add(time.Hour)}
			snooze(t, w, fmt.Sprint(i), z)
		}
		broken(t, w)
		w.Pass(2 * time.Hour)
		err := w.Pipe.Answers.EndOver(t.Context(), w.Now)
		if err == nil || !strings.Contains(err.Error(), "end snooze 1:") || strings.Contains(err.Error(), "end snooze 2:") {
			t.Errorf("the error is %v", err)
		}
		over := must[[]news.Snooze](t)(w.Store.Snoozes.Over(t.Context(), w.Now))
		if len(over) != 1 || over[0].Rule != "kim" {
			t.Errorf("these are still to end: %+v", over)
		}
	})
}
