package pipeline_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// beat has the pipeline keep the time, as the app does.
func (w *world) beat(all bool) pipeline.Kept {
	w.t.Helper()
	kept, err := w.pipe.KeepTime(w.t.Context(), func(context.Context) (store.Beat, error) {
		return store.Beat{At: w.told.Now(), Steady: w.told.Steady(), Boot: "the only one", Uptime: w.read().Elapsed}, nil
	}, all)
	if err != nil {
		w.t.Fatal(err)
	}
	return kept
}

// live lets the daemon live for a time.
func (w *world) live(d time.Duration) {
	w.t.Helper()
	for end := w.read().Elapsed + d; w.read().Elapsed < end; w.pass(5 * time.Second) {
		w.beat(false)
		w.turn()
	}
}

// arrivals counts the alerts by headline.
func (w *world) arrivals() map[string]int {
	got := map[string]int{}
	for _, m := range w.posts {
		if m.Kind == news.DeliverStory {
			got[m.Headline]++
		}
	}
	return got
}

func (w *world) wantOnce(headlines ...string) {
	w.t.Helper()
	got := w.arrivals()
	for _, h := range headlines {
		if got[h] != 1 {
			w.t.Errorf("%q arrived %d times", h, got[h])
		}
	}
	if len(got) != len(headlines) {
		w.t.Errorf("arrived: %v", got)
	}
}

func (w *world) ops() (texts []string) {
	for _, m := range w.posts {
		if m.Kind == news.DeliverOps {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

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
			each(t, func(t *testing.T, w *world) {
				every, err := schedule.Parse("@every 10s")
				if err != nil {
					t.Fatal(err)
				}
				w.plan.Schedules["tass"], w.plan.MaxAge = every, 48*time.Hour
				w.plan.Routes = notify.Routes{Default: "news", Routes: []notify.Route{{Rule: []string{"slow"}, To: []string{"desk"}}}}
				w.setPlan()
				w.beat(true)
				w.onSend = func(m notify.Message) error {
					switch m.Headline {
					case "lost #kim":
						return fault(notify.InDoubt)
					case "throttled #slow":
						return &notify.SendError{Problem: notify.Throttled, RetryAfter: 20 * time.Second, Err: fmt.Errorf("429")}
					}
					return nil
				}
				w.after = func(m notify.Message) error {
					if m.Headline == "arrived #kim" {
						return fault(notify.InDoubt)
					}
					return nil
				}
				w.stories = listed("throttled #slow", "lost #kim", "arrived #kim", "plain #kim")
				w.live(20 * time.Second)
				w.onSend, w.after = nil, nil
				want := []string{"throttled #slow", "lost #kim", "arrived #kim", "plain #kim"}
				for i, step := range tt.steps {
					w.set(step)
					fresh := fmt.Sprintf("fresh%d #kim", i)
					story := listed(fresh)[0]
					story.Published = time.Time{}
					w.stories, want = append(w.stories, story), append(want, fresh)
					w.live(time.Minute)
					if w.arrivals()[fresh] != 1 || w.arrivals()["throttled #slow"] != 1 {
						t.Errorf("a minute after the clock was set by %v: %v", step, w.arrivals())
					}
				}
				w.live(4 * time.Minute)
				w.wantOnce(want...)
				if s := w.states(); len(s) != 1 {
					t.Errorf("states %v", s)
				}
				told := strings.Join(w.ops(), "\n")
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
				each(t, func(t *testing.T, w *world) {
					mine, other := w.pipe, w.pipe
					if who == "another daemon" {
						other = w.daemon()
						if err := other.SetPlan(t.Context(), w.plan, pipeline.Visit); err != nil {
							t.Fatal(err)
						}
					}
					w.beat(true)
					open := false
					w.onSend = func(m notify.Message) error {
						if m.Kind == news.DeliverOps || open {
							return nil
						}
						open = true // this post is under way while the others go on
						w.set(step)
						w.pipe = other
						for range 5 {
							w.beat(false)
							w.turn()
							w.pass(2 * time.Second)
						}
						w.pipe = mine
						return nil
					}
					w.stories = listed("a #kim")
					w.turn()
					w.live(3 * time.Minute)
					w.wantOnce("a #kim")
				})
			})
		}
	}
}

// A history that lags behind shows nothing at the first look.
func TestHistoryThatLags(t *testing.T) {
	for _, lag := range []time.Duration{0, 45 * time.Second, 75 * time.Second} {
		t.Run(lag.String(), func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.lag = lag
				doubts := map[int64]bool{}
				w.after = func(m notify.Message) error {
					if !doubts[m.Delivery] {
						doubts[m.Delivery] = true
						return fault(notify.InDoubt)
					}
					return nil
				}
				titles := []string{}
				for i := range 10 {
					titles = append(titles, fmt.Sprintf("%d #kim", i))
				}
				w.stories = listed(titles...)
				w.live(2 * time.Minute)
				w.wantOnce(titles...)
				if s := w.states(); s[news.StateSent] != 10 {
					t.Errorf("states %v", s)
				}
			})
		})
	}
}

// A daemon that starts on a store that was written while the clock was a year
// ahead, and knows nothing else of that clock.
func TestStartOnTimesFarAhead(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		daily, err := schedule.Parse("30 12 * * *")
		if err != nil {
			t.Fatal(err)
		}
		w.plan.Sources["daily"] = news.Source{Name: "daily", Origin: news.Origin{Source: "daily"}, URL: "https://daily.example/feed", FullText: news.FullTextNever}
		w.plan.Schedules["daily"] = daily
		w.set(365 * 24 * time.Hour)
		w.setPlan()
		w.onSend = func(notify.Message) error {
			return &notify.SendError{Problem: notify.Throttled, RetryAfter: time.Minute, Err: fmt.Errorf("429")}
		}
		w.stories = listed("a #kim")
		w.live(10 * time.Second)
		w.onSend = nil
		w.set(-365 * 24 * time.Hour)
		if err := w.store.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE clock SET beat_at = 0`) // as after an upgrade
			return err
		}); err != nil {
			t.Fatal(err)
		}
		w.pipe = w.daemon()
		w.setPlan()
		if kept := w.beat(true); kept.Mended == 0 {
			t.Error("nothing was noticed")
		}
		if state, err := w.store.Sources.Get(t.Context(), "daily"); err != nil || !state.Next.Equal(noon.Add(30*time.Minute)) {
			t.Errorf("the daily run is at %v, %v", state.Next, err)
		}
		w.live(time.Minute)
		w.wantOnce("a #kim")
		if told := strings.Join(w.ops(), "\n"); strings.Count(told, "absurdly far ahead") != 1 || !strings.Contains(told, "channel.free_at") {
			t.Errorf("the operators were told %q", told)
		}
		if kept := w.beat(true); kept.Mended != 0 || kept.Step != 0 {
			t.Errorf("mended again: %+v", kept)
		}
	})
}

// A run that lies far ahead because its schedule says so is left alone, as is a
// source that rests.
func TestRunsFarAheadThatAreRight(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		yearly, err := schedule.Parse("0 9 29 2 *")
		if err != nil {
			t.Fatal(err)
		}
		src := w.plan.Sources["tass"]
		src.Schedule = "0 9 29 2 *"
		w.plan.Sources["tass"], w.plan.Schedules["tass"] = src, yearly
		if err := w.pipe.SetPlan(t.Context(), w.plan, pipeline.Reload); err != nil {
			t.Fatal(err)
		}
		w.turn() // the run that was due
		before, err := w.store.Sources.Get(t.Context(), "tass")
		if err != nil {
			t.Fatal(err)
		}
		w.beat(true)
		w.pass(time.Minute)
		w.set(-30 * time.Second)
		w.beat(false)
		after, err := w.store.Sources.Get(t.Context(), "tass")
		if err != nil || !after.Next.Equal(before.Next) || before.Next.Year() != 2024 {
			t.Errorf("next run %v, it was %v, %v", after.Next, before.Next, err)
		}
	})
}

// A daemon that is held up before it records a beat does not read the clock
// before its turn: it would find that another's beat lies ahead.
func TestBeatIsReadInItsTurn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := w.further()
		beat := func() store.Beat { return store.Beat{At: w.clock(), Steady: w.clock()} }
		type kept struct {
			step time.Duration
			err  error
		}
		done := make(chan kept)
		_, err := w.pipe.KeepTime(t.Context(), func(context.Context) (store.Beat, error) {
			go func() {
				k, err := other.KeepTime(t.Context(), func(context.Context) (store.Beat, error) { return beat(), nil }, false)
				done <- kept{k.Step, err}
			}()
			w.pass(10 * time.Minute)
			return beat(), nil
		}, false)
		if k := <-done; err != nil || k.err != nil || k.step != 0 {
			t.Errorf("the clock was set by %v; %v, %v", k.step, err, k.err)
		}
	})
}
