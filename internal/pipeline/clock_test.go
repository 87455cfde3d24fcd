package pipeline_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// setClocks are the ways in which a clock is set.
var setClocks = []struct {
	name  string
	steps []time.Duration // a minute apart
}{
	{"an hour back", []time.Duration{-time.Hour}},
	{"ten minutes back", []time.Duration{-10 * time.Minute}},
	{"61 s forward", []time.Duration{61 * time.Second}},
	{"two hours forward", []time.Duration{2 * time.Hour}},
	{"four days forward", []time.Duration{4 * 24 * time.Hour}},
	{"a year ahead and corrected", []time.Duration{365 * 24 * time.Hour, -365 * 24 * time.Hour}},
	{"back and forth", []time.Duration{-time.Hour, time.Hour, -time.Hour}},
}

// A clock that is set, with a channel that rests, posts in doubt that arrived
// and that did not, and stories that are still to come: nothing is lost,
// nothing doubled, and work goes on within a minute.
func TestClockThatIsSet(t *testing.T) {
	for _, tt := range setClocks {
		t.Run(tt.name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				every, err := schedule.Parse("@every 10s")
				if err != nil {
					t.Fatal(err)
				}
				w.Plan.Schedules["tass"], w.Plan.MaxAge = every, 48*time.Hour
				w.Plan.Routes = notify.Routes{Default: "news", Routes: []notify.Route{{Rule: []string{"slow"}, To: []string{"desk"}}}}
				w.SetPlan()
				w.Beat(true)
				w.OnSend = func(m notify.Message) error {
					switch m.Headline {
					case "lost #kim":
						return pipetest.Fault(notify.InDoubt)
					case "throttled #slow":
						return &notify.SendError{Problem: notify.Throttled, RetryAfter: 20 * time.Second, Err: fmt.Errorf("429")}
					}
					return nil
				}
				w.After = func(m notify.Message) error {
					if m.Headline == "arrived #kim" {
						return pipetest.Fault(notify.InDoubt)
					}
					return nil
				}
				w.Stories = pipetest.Listed("throttled #slow", "lost #kim", "arrived #kim", "plain #kim")
				w.Live(20 * time.Second)
				w.OnSend, w.After = nil, nil
				want := []string{"throttled #slow", "lost #kim", "arrived #kim", "plain #kim"}
				for i, step := range tt.steps {
					w.Set(step)
					fresh := fmt.Sprintf("fresh%d #kim", i)
					story := pipetest.Listed(fresh)[0]
					story.Published = time.Time{}
					w.Stories, want = append(w.Stories, story), append(want, fresh)
					w.Live(time.Minute)
					if w.Arrivals()[fresh] != 1 || w.Arrivals()["throttled #slow"] != 1 {
						t.Errorf("a minute after the clock was set by %v: %v", step, w.Arrivals())
					}
				}
				w.Live(4 * time.Minute)
				w.WantOnce(want...)
				if s := w.States(); len(s) != 1 {
					t.Errorf("states %v", s)
				}
				told := strings.Join(w.Ops(), "\n")
				if n := strings.Count(told, "The clock was set"); n != len(tt.steps) {
					t.Errorf("the operators were told %d times: %s", n, told)
				}
			})
		})
	}
}

// While a post is under way the clock is set forward: the same process must not
// take its own post for one that may be looked for. Others, who see the clock of
// the same store jump, must not either.
func TestPostUnderWayWhenTheClockIsSet(t *testing.T) {
	for _, step := range []time.Duration{61 * time.Second, 2 * time.Hour, 365 * 24 * time.Hour} {
		for _, who := range []string{"the same daemon", "another daemon"} {
			t.Run(who+" "+step.String(), func(t *testing.T) {
				pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
					mine, other := w.Pipe, w.Pipe
					if who == "another daemon" {
						other = w.Daemon()
						if err := other.SetPlan(t.Context(), w.Plan, pipeline.Command); err != nil {
							t.Fatal(err)
						}
					}
					w.Beat(true)
					open := false
					w.OnSend = func(m notify.Message) error {
						if m.Kind == news.DeliverOps || open {
							return nil
						}
						open = true // this post is under way while the others go on
						w.Set(step)
						w.Pipe = other
						for range 5 {
							w.Beat(false)
							w.Turn()
							w.Pass(2 * time.Second)
						}
						w.Pipe = mine
						return nil
					}
					w.Stories = pipetest.Listed("a #kim")
					w.Turn()
					w.Live(3 * time.Minute)
					w.WantOnce("a #kim")
				})
			})
		}
	}
}

// A history that lags behind shows nothing at the first look.
func TestHistoryThatLags(t *testing.T) {
	for _, lag := range []time.Duration{0, 45 * time.Second, 75 * time.Second} {
		t.Run(lag.String(), func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Lag = lag
				doubts := map[int64]bool{}
				w.After = func(m notify.Message) error {
					if !doubts[m.Delivery] {
						doubts[m.Delivery] = true
						return pipetest.Fault(notify.InDoubt)
					}
					return nil
				}
				titles := []string{}
				for i := range 10 {
					titles = append(titles, fmt.Sprintf("%d #kim", i))
				}
				w.Stories = pipetest.Listed(titles...)
				w.Live(2 * time.Minute)
				w.WantOnce(titles...)
				if s := w.States(); s[news.StateSent] != 10 {
					t.Errorf("states %v", s)
				}
			})
		})
	}
}

// A daemon that starts on a store that was written while the clock was a year
// ahead, and knows nothing else of that clock.
func TestStartOnTimesFarAhead(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		daily, err := schedule.Parse("30 12 * * *")
		if err != nil {
			t.Fatal(err)
		}
		w.Plan.Sources["daily"] = news.Source{Name: "daily", Origin: news.Origin{Source: "daily"}, URL: "https://daily.example/feed", FullText: news.FullTextNever}
		w.Plan.Schedules["daily"] = daily
		w.Set(365 * 24 * time.Hour)
		w.SetPlan()
		w.OnSend = func(notify.Message) error {
			return &notify.SendError{Problem: notify.Throttled, RetryAfter: time.Minute, Err: fmt.Errorf("429")}
		}
		w.Stories = pipetest.Listed("a #kim")
		w.Live(10 * time.Second)
		w.OnSend = nil
		w.Set(-365 * 24 * time.Hour)
		if err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE clock SET beat_at = 0`) // as after an upgrade
			return err
		}); err != nil {
			t.Fatal(err)
		}
		w.Pipe = w.Daemon()
		w.SetPlan()
		if kept := w.Beat(true); kept.Mended == 0 {
			t.Error("nothing was noticed")
		}
		state, err := w.Store.Sources.Get(t.Context(), "daily")
		if err != nil || !state.Next.Equal(pipetest.Noon.Add(30*time.Minute)) {
			t.Errorf("the daily run is at %v, %v", state.Next, err)
		}
		w.Live(time.Minute)
		w.WantOnce("a #kim")
		if told := strings.Join(w.Ops(), "\n"); strings.Count(told, "absurdly far ahead") != 1 || !strings.Contains(told, "channel.free_at") {
			t.Errorf("the operators were told %q", told)
		}
		if kept := w.Beat(true); kept.Mended != 0 || kept.Step != 0 {
			t.Errorf("mended again: %+v", kept)
		}
	})
}

// A run that lies far ahead because its schedule says so is left alone, as is a
// source that rests.
func TestRunsFarAheadThatAreRight(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		yearly, err := schedule.Parse("0 9 29 2 *")
		if err != nil {
			t.Fatal(err)
		}
		src := w.Plan.Sources["tass"]
		src.Schedule = "0 9 29 2 *"
		w.Plan.Sources["tass"], w.Plan.Schedules["tass"] = src, yearly
		if err := w.Pipe.SetPlan(t.Context(), w.Plan, pipeline.Reload); err != nil {
			t.Fatal(err)
		}
		w.Turn() // the run that was due
		before, err := w.Store.Sources.Get(t.Context(), "tass")
		if err != nil {
			t.Fatal(err)
		}
		w.Beat(true)
		w.Pass(time.Minute)
		w.Set(-30 * time.Second)
		w.Beat(false)
		after, err := w.Store.Sources.Get(t.Context(), "tass")
		if err != nil || !after.Next.Equal(before.Next) || before.Next.Year() != 2024 {
			t.Errorf("next run %v, it was %v, %v", after.Next, before.Next, err)
		}
	})
}

// A daemon that is held up before it records a beat does not read the clock
// before its turn: it would find that another's beat lies ahead.
func TestBeatIsReadInItsTurn(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		other := w.Further()
		beat := func() store.Beat { return store.Beat{At: w.Clock(), Steady: w.Clock()} }
		type kept struct {
			step time.Duration
			err  error
		}
		done := make(chan kept)
		_, err := w.Pipe.KeepTime(t.Context(), func(context.Context) (store.Beat, error) {
			go func() {
				k, err := other.KeepTime(t.Context(), func(context.Context) (store.Beat, error) { return beat(), nil }, false)
				done <- kept{k.Step, err}
			}()
			w.Pass(10 * time.Minute)
			return beat(), nil
		}, false)
		if k := <-done; err != nil || k.err != nil || k.step != 0 {
			t.Errorf("the clock was set by %v; %v, %v", k.step, err, k.err)
		}
	})
}
