package signal_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

// signals are the messages about rules, as they arrived: "channel: text @mention".
func signals(w *pipetest.World) (all []string) {
	w.T.Helper()
	sent := map[int64]string{}
	for _, d := range w.Deliveries(news.StateSent) {
		sent[d.ID] = d.Channel
	}
	for _, m := range w.Posts {
		if m.Kind != news.DeliverSignal {
			continue
		}
		text := sent[m.Delivery] + ": " + m.Text
		for _, who := range m.Mentions {
			text += " @" + who
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

func want(w *pipetest.World, when string, texts ...string) {
	w.T.Helper()
	if got := signals(w); !slices.Equal(got, texts) {
		w.T.Fatalf("%s: heard %q, want %q", when, got, texts)
	}
}

// expecting has the world expect matches of a rule.
func expecting(w *pipetest.World, e news.Expectation) {
	w.Plan.Signals = map[string]act.Signal{"kim": {Match: news.Match{Rule: "kim", Severity: news.High, Topic: "dprk"}, Expect: e}}
	w.Plan.Routes = notify.Routes{Default: "news", Routes: []notify.Route{
		{Topic: []string{"dprk"}, To: []string{"dprk", "desk"}, Mention: []string{"S1"}},
	}}
	w.Scheduled("*/30 * * * *")
}

// work lets two daemons work by turns, each of which is restarted now and then, until
// a time after noon.
func work(w *pipetest.World, until time.Duration) {
	w.T.Helper()
	daemons := []*pipeline.Pipeline{w.Further(), w.Further()}
	for i := 0; w.Clock().Before(pipetest.Noon.Add(until)); i++ {
		if i%20 == 19 {
			daemons[i%2] = w.Further()
		}
		w.Pipe = daemons[i%2]
		w.Turn()
		w.Pass(min(19*time.Minute, max(time.Minute, pipetest.Noon.Add(until).Sub(w.Clock()))))
	}
}

// list lists one more story, published now.
func list(w *pipetest.World, title string) {
	s := pipetest.Listed(title)[0]
	s.Published = w.Clock()
	w.Stories = append(w.Stories, s)
}

func TestSilenceOfARule(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		expecting(w, news.Expectation{Within: 26 * time.Hour})
		work(w, 25*time.Hour+40*time.Minute)
		want(w, "before the time is over")
		work(w, 30*time.Hour)
		never := []string{
			"desk: HIGH · kim matched nothing for 26 h · it never matched before @S1", "dprk: HIGH · kim matched nothing for 26 h · it never matched before @S1",
		}
		for i, got := range signals(w) { // some minutes may have passed
			if !strings.HasPrefix(got, strings.TrimSuffix(never[i], " · it never matched before @S1")) || !strings.HasSuffix(got, " · it never matched before @S1") {
				t.Fatalf("heard %q, want %q", got, never[i])
			}
		}
		first := signals(w)
		if len(first) != 2 {
			t.Fatalf("when it is over: heard %q", first)
		}
		work(w, 60*time.Hour)
		want(w, "as it goes on", first...)

		list(w, "Kim meets #kim")
		work(w, 86*time.Hour)
		want(w, "after a match", first...)
		work(w, 90*time.Hour)
		all := signals(w)
		if len(all) != 4 || !strings.Contains(all[0]+all[1], "kim matched nothing for 26 h") ||
			!strings.Contains(strings.Join(all, "\n"), " · the last match: Kim meets #kim @S1") {
			t.Fatalf("silent again: heard %q", all)
		}
		last := w.Posts[len(w.Posts)-1]
		shown := fmt.Sprint(last.Parts())
		for _, part := range []string{"🔕", "HIGH", "The last match was", "https://tass.example/Kim-meets-kim", "A match is expected within 26 h."} {
			if !strings.Contains(shown, part) {
				t.Errorf("%q is not in %s", part, shown)
			}
		}
		work(w, 120*time.Hour)
		want(w, "as it goes on", all...)
	})
}

// Daemons that find a silence at the same moment tell it once.
func TestTwoDaemonsHearSilenceAtOnce(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		expecting(w, news.Expectation{Within: time.Hour})
		w.Plan.Sources = map[string]news.Source{}
		w.SetPlan()
		for range 10 {
			w.Pass(time.Hour + time.Second)
			list(w, fmt.Sprint(w.Clock()))
			daemons := []*pipeline.Pipeline{w.Further(), w.Further(), w.Further()}
			errs := make(chan error, len(daemons))
			for _, p := range daemons {
				go func() { errs <- p.Dispatch(t.Context()) }()
			}
			for range daemons {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
			w.Jobs = nil
		}
		w.Settle()
		if got := signals(w); len(got) != 2 {
			t.Errorf("heard %q", got)
		}
	})
}

// Time in which nobody watched is no silence: what came meanwhile is read first.
func TestSilenceAfterDowntime(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		expecting(w, news.Expectation{Within: 26 * time.Hour})
		list(w, "one #kim")
		work(w, time.Hour)
		list(w, "two #kim")
		w.Pass(70 * time.Hour)
		list(w, "three #kim")
		w.Pipe = w.Further()
		for range 10 {
			w.Turn()
			w.Pass(time.Minute)
		}
		want(w, "after it")

		// Nothing was read because the site is down, and that goes on.
		w.ListErr = &news.CrawlError{Fault: news.FaultConnect}
		w.Pass(30 * time.Hour)
		w.Pipe = w.Further()
		w.Turn()
		want(w, "at the start")
		for range 40 {
			w.Pass(time.Minute)
			w.Turn()
		}
		if got := signals(w); len(got) != 2 {
			t.Errorf("after half an hour heard %q", got)
		}
	})
}

// Nothing is expected on days that do not count, of a rule that has ended, or of one
// that is not expected to match any more.
func TestNoSilence(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		const week = news.Weekdays(0b0111110)
		expecting(w, news.Expectation{Within: 62 * time.Hour, On: week}) // from Wednesday noon
		work(w, 5*24*time.Hour-11*time.Hour)                             // Monday, 01:00
		want(w, "on the weekend")

		kim := w.Plan.Signals["kim"]
		kim.Until = w.Clock()
		w.Plan.Signals["kim"] = kim
		w.SetPlan()
		work(w, 6*24*time.Hour)
		want(w, "after its last day")

		w.Plan.Signals = map[string]act.Signal{}
		w.SetPlan()
		work(w, 7*24*time.Hour)
		want(w, "without an expectation")

		kim.Until = time.Time{}
		w.Plan.Signals = map[string]act.Signal{"kim": kim}
		w.SetPlan()
		work(w, 8*24*time.Hour)
		want(w, "a day after it is expected again")
	})
}

// The clock is set back by a month: the rule is not silent for longer than that.
func TestSilenceWhenTheClockIsSetBack(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		expecting(w, news.Expectation{Within: 26 * time.Hour})
		w.Beat(true)
		list(w, "one #kim")
		work(w, time.Hour)
		w.Set(-30 * 24 * time.Hour)
		w.Beat(true)
		for range 26 * 2 {
			w.Live(90 * time.Second)
			w.Pass(31 * time.Minute)
		}
		if got := signals(w); len(got) != 2 {
			t.Errorf("heard %q", got)
		}
	})
}

// bursting has the world tell of bursts of a rule.
func bursting(w *pipetest.World) {
	w.Plan.Signals = map[string]act.Signal{"kim": {
		Match: news.Match{Rule: "kim", Severity: news.Normal},
		Burst: &news.Burst{News: 4, Over: time.Hour, Severity: news.High},
	}}
	w.Plan.Routes = notify.Routes{Default: "news", Routes: []notify.Route{
		{Severity: []news.Severity{news.High}, To: []string{"desk"}, Mention: []string{"@here"}},
	}}
	w.Scheduled("* * * * *")
	w.Turn()
}

// come lets news of the rule come, one every so many minutes.
func come(w *pipetest.World, title string, n int, every time.Duration) {
	w.T.Helper()
	for i := range n {
		w.Pass(every)
		list(w, fmt.Sprintf("%s %d: %s #kim", title, i, w.Clock().Format("150405 0201")))
		for range 3 {
			w.Turn()
			w.Pass(time.Second)
		}
	}
}

func TestBurst(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		bursting(w)
		come(w, "early", 3, 10*time.Minute)
		want(w, "three in an hour")
		come(w, "more", 6, 10*time.Minute)
		first := []string{"desk: HIGH · 4 news of kim within 1 h @@here", "news: HIGH · 4 news of kim within 1 h"}
		want(w, "more in an hour, for long", first...)
		come(w, "slow", 8, 50*time.Minute)
		want(w, "when it is over", first...)
		come(w, "again", 5, time.Minute)
		want(w, "a second one", "desk: HIGH · 4 news of kim within 1 h @@here", first[0], "news: HIGH · 4 news of kim within 1 h", first[1])
		var shown string
		for _, m := range w.Posts {
			if m.Kind == news.DeliverSignal {
				shown = fmt.Sprint(m.Parts())
			}
		}
		for _, part := range []string{"📈", "HIGH", "4 news of kim within 1 h", "again 1", "https://tass.example/", "slow 7"} {
			if !strings.Contains(shown, part) {
				t.Errorf("%q is not in %s", part, shown)
			}
		}
	})
}

// Stories that are too old to alert are no burst.
func TestNoBurst(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = 48 * time.Hour
		bursting(w)
		for i := range 6 {
			w.Stories = append(w.Stories, news.Story{
				URL: fmt.Sprint("https://tass.example/old/", i), Title: fmt.Sprint("Old #kim ", i), Published: pipetest.Noon.Add(-100 * time.Hour),
			})
		}
		w.Pass(time.Minute)
		w.Turn()
		come(w, "one", 3, time.Minute)
		want(w, "too few")
	})
}

// What is usual is known after a day.
func TestUsual(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		bursting(w)
		come(w, "usual", 40, 50*time.Minute)
		come(w, "burst", 3, 10*time.Minute)
		got := signals(w)
		if len(got) != 2 || got[1] != "news: HIGH · 4 news of kim within 1 h (usually 1)" {
			t.Errorf("heard %q", got)
		}
	})
}

// A burst is told once by several daemons that get its news at the same time, and
// restart.
func TestBurstOfSeveralDaemons(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		bursting(w)
		for i := range 12 {
			list(w, fmt.Sprintf("news %d of %s #kim", i, strings.Repeat("x", i)))
		}
		w.Pass(time.Minute)
		for range 6 {
			daemons := []*pipeline.Pipeline{w.Further(), w.Further()}
			for _, p := range daemons {
				w.Pipe = p
				w.Turn()
				w.Pass(time.Minute)
			}
		}
		if got := signals(w); len(got) != 2 {
			t.Errorf("heard %q", got)
		}
	})
}

// A message about a rule that waits for a channel which cannot be posted to goes where
// a new plan has the rule's matches go, and is posted there once.
func TestSignalFollowsThePlan(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		expecting(w, news.Expectation{Within: 26 * time.Hour})
		w.Plan.Routes = notify.Routes{Default: "gone"}
		w.SetPlan()
		work(w, 27*time.Hour)
		parked := w.Deliveries(news.StateParked)
		if len(parked) != 1 || parked[0].Channel != "gone" || parked[0].Severity != news.High {
			t.Fatalf("parked %+v", parked)
		}
		w.Plan.Routes = notify.Routes{Default: "desk"}
		w.SetPlan()
		w.Settle()
		got := signals(w)
		if len(got) != 1 || !strings.HasPrefix(got[0], "desk: HIGH · kim matched nothing for 26 h") {
			t.Errorf("heard %q", got)
		}
	})
}

// A post that was cut off is looked for before it is posted again.
func TestSignalInDoubt(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		expecting(w, news.Expectation{Within: 26 * time.Hour})
		w.After = func(m notify.Message) error {
			if m.Kind == news.DeliverSignal {
				return pipetest.Fault(notify.InDoubt)
			}
			return nil
		}
		work(w, 27*time.Hour)
		w.Settle()
		if got := signals(w); len(got) != 2 || w.Looks == 0 {
			t.Errorf("heard %q, after %d looks", got, w.Looks)
		}
	})
}
