package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// An alert that the list's text calls for, and that the page may undo, waits two
// minutes for it, not for as long as the host makes it wait; then the page is read
// by a look. A story
// whose list says nothing has no alert to lose, and waits.
func TestAlertWaitsTwoMinutesForItsPage(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.WithPages()
		w.Turn() // the first crawl, of an empty list
		w.Stories = pipetest.Listed("a #maybe", "b")
		w.Pages["https://tass.example/a-maybe"] = news.Story{Text: "the page of a, #further"}
		w.Pages["https://tass.example/b"] = news.Story{Text: "#arms in the text"}
		hold := w.Clock().Add(30 * time.Minute)
		if err := w.Store.Hosts.Hold(t.Context(), "tass.example", hold); err != nil {
			t.Fatal(err)
		}
		w.PageErr = &news.LaterError{At: hold}
		if _, err := w.Pipe.Lists.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		listedAt := w.Clock()
		for len(w.Posts) == 0 && w.Clock().Sub(listedAt) < 10*time.Minute {
			w.Pass(time.Second)
			w.Turn()
		}
		if waited := w.Clock().Sub(listedAt); waited != 2*time.Minute {
			t.Errorf("the alert waited for %v", waited)
		}
		w.WantPosts("a #maybe")
		if w.PageRead != 0 {
			t.Errorf("asked %d times while the host was held", w.PageRead)
		}
		w.PageErr = nil
		w.Pass(hold.Sub(w.Clock()))
		w.Turn()
		if w.PageRead != 2 || len(w.Posts) != 2 || w.Posts[1].Headline != "b" {
			t.Errorf("after the hold %d pages were read, posts %v", w.PageRead, w.Posts)
		}
	})
}

// The same on a source's first crawl, for what may alert.
func TestFirstCrawlsAlertsDoNotWaitForTheBacklog(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.WithPages()
		w.Plan.FirstRun = act.FirstRun{Younger: 6 * time.Hour}
		w.Stories = pipetest.Listed("new #maybe", "old #maybe")
		w.Stories[1].Published = pipetest.Noon.Add(-7 * time.Hour)
		w.PageErr = &news.LaterError{At: pipetest.Noon.Add(24 * time.Hour)}
		w.Turn()
		w.WantPosts()
		w.Pass(2 * time.Minute)
		w.Turn()
		w.WantPosts("new #maybe")
		if left, err := w.Store.Counts.Work(t.Context(), w.Clock()); err != nil || left.Pages != 1 {
			t.Errorf("%+v are left, %v", left, err)
		}
	})
}

// A page that is asked for when the two minutes are almost over is not waited
// for any longer.
func TestFetchEndsWithTheWait(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.WithPages()
		w.Turn()
		w.Stories = pipetest.Listed("a #maybe")
		w.PageErr = &news.LaterError{At: w.Clock()} // until it is due again
		if _, err := w.Pipe.Lists.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		w.Pass(2*time.Minute - 50*time.Millisecond)
		w.PageErr = &news.CrawlError{Fault: news.FaultTimeout}
		w.OnPageCtx = func(ctx context.Context) {
			<-ctx.Done()
			w.Pass(50 * time.Millisecond)
		}
		w.Turn()
		w.WantPosts("a #maybe")
	})
}

// The thousands of old pages of a first crawl wait behind today's news.
func TestFreshPagesComeBeforeThoseOfAFirstCrawl(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.WithPages()
		var read []string
		w.OnPage = func(s news.Story) { read = append(read, s.Title) }
		for i := range 20 {
			w.Stories = append(w.Stories, pipetest.Listed(fmt.Sprint("old ", i))...)
		}
		w.PageErr = &news.LaterError{At: pipetest.Noon.Add(20 * time.Minute)}
		w.Turn()
		w.Stories = pipetest.Listed("fresh")
		w.Pass(20 * time.Minute)
		read, w.PageErr = nil, nil
		if _, err := w.Pipe.Lists.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		w.Turn()
		if len(read) != 21 || !slices.Contains(read[:4], "fresh") { // in the first turn of four
			t.Errorf("read in the order %v", read)
		}
	})
}

// Where lists are due all the time, and never get to be read, pages are read all
// the same.
func TestPagesAreNotStarvedByLists(t *testing.T) {
	for name, paced := range map[string]bool{"free": false, "paced": true} {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.WithPages()
				w.Turn() // the first crawl
				if paced {
					request := store.Request{Interval: time.Second}
					if _, err := w.Store.Hosts.Reserve(t.Context(), "tass.example", pipetest.Noon, pipetest.Noon, request); err != nil {
						t.Fatal(err)
					}
				}
				w.Stories = pipetest.Listed("fresh")
				w.PageRead = 0
				if _, err := w.Pipe.Lists.Crawl(t.Context(), "tass"); err != nil {
					t.Fatal(err)
				}
				for range 13 {
					w.Pass(time.Minute)
					if err := w.Store.Sources.MarkAllDue(t.Context(), w.Clock()); err != nil {
						t.Fatal(err)
					}
					w.ListErr = &news.LaterError{At: w.Clock().Add(time.Second)}
					w.Turn()
				}
				if w.PageRead != 1 {
					t.Errorf("%d pages read, want 1", w.PageRead)
				}
			})
		})
	}
}

// Trouble of our own is nobody's fault but ours.
func TestStoreTroubleIsNotTheSourcesFault(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.WithPages()
		w.ListErr = errors.New("reserve host: the database is away")
		if err := w.TurnErr(); err == nil {
			t.Error("the job has nothing to say")
		}
		state, err := w.Store.Sources.Get(t.Context(), "tass")
		if err != nil || state.Failures != 0 || state.Error != "" {
			t.Errorf("got %+v, %v", state, err)
		}
		w.Jobs, w.ListErr, w.Stories = nil, nil, pipetest.Listed("a")
		w.Pages["https://tass.example/a"] = news.Story{Text: "#arms in the text"}
		w.PageErr = errors.New("reserve host: the database is away")
		w.Pass(store.ClaimTime)
		if err := w.TurnErr(); err == nil {
			t.Error("the job has nothing to say")
		}
		w.Jobs, w.PageErr = nil, nil
		w.Pass(store.ClaimTime)
		w.Turn()
		w.WantPosts("a")
	})
}

func TestBrokenRobotsMayPass(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.WithPages()
		w.Stories = pipetest.Listed("a")
		w.Pages["https://tass.example/a"] = news.Story{Text: "#arms in the text"}
		w.PageErr = &news.CrawlError{Fault: news.FaultRobots, Status: 503}
		w.Turn()
		w.PageErr = nil
		w.Pass(time.Minute)
		w.Turn()
		w.WantPosts("a")
	})
}

// Age ends what nobody knows a way out of, not what Slack asked to wait for.
func TestOldDeliveriesSurviveThrottlingAndARevokedToken(t *testing.T) {
	for _, p := range []notify.Problem{notify.Throttled, notify.Unauthorized, notify.NoChannel} {
		t.Run(string(p), func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.MaxAge = time.Hour
				w.Stories = pipetest.Listed("b #kim", "a #kim")
				w.OnSend = func(m notify.Message) error {
					if m.Kind == news.DeliverOps {
						return nil
					}
					return pipetest.Fault(p)
				}
				for range 30 {
					w.Turn()
					w.Pass(5 * time.Minute)
				}
				if s := w.States(); s[news.StateDead] != 0 {
					t.Errorf("states %v", s)
				}
				w.OnSend = nil
				w.Pass(20 * time.Minute)
				w.Turn()
				var stories int
				for _, m := range w.Posts {
					if m.Kind == news.DeliverStory {
						stories++
					}
				}
				if stories != 2 {
					t.Errorf("%d stories arrived, want 2", stories)
				}
			})
		})
	}
}

// Another daemon on the same store may still have the old URL of a source.
func TestSourceWithAnotherURLIsLeftToOthers(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		planned := store.PlannedSource{Name: "tass", URL: "https://tass.example/new", First: pipetest.Noon, Next: pipetest.Noon}
		sync := store.Sync{Sources: []store.PlannedSource{planned}, Now: pipetest.Noon, Replan: true}
		err := w.Store.Sources.Sync(t.Context(), sync)
		if err != nil {
			t.Fatal(err)
		}
		w.Tags = news.Validators{ETag: "of the old list"}
		w.Stories = pipetest.Listed("a #kim")
		w.Turn()
		state, err := w.Store.Sources.Get(t.Context(), "tass")
		if err != nil || w.Lists != 0 || state.Validators.ETag != "" || !state.FirstCrawl.IsZero() {
			t.Errorf("crawled %d times: %+v, %v", w.Lists, state, err)
		}
	})
}

// A reload in the middle of a crawl: the next run is the new schedule's.
func TestReloadDuringACrawl(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		daily, err := schedule.Parse("0 8 * * *")
		if err != nil {
			t.Fatal(err)
		}
		often, err := schedule.Parse("*/2 * * * *")
		if err != nil {
			t.Fatal(err)
		}
		w.Plan.Schedules["tass"] = daily
		w.SetPlan()
		w.OnList = func() {
			next := *w.Plan
			next.Schedules = map[string]schedule.Schedule{"tass": often}
			if err := w.Pipe.SetPlan(t.Context(), &next, pipeline.Reload); err != nil {
				t.Error(err)
			}
		}
		if _, err := w.Pipe.Lists.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		state, err := w.Store.Sources.Get(t.Context(), "tass")
		if err != nil || !state.Next.Equal(pipetest.Noon.Add(2*time.Minute)) {
			t.Errorf("next run at %v, %v", state.Next, err)
		}
	})
}

// A command beside the daemons, with a config of its own, disables nothing.
func TestVisitLeavesTheSourcesAlone(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		visit := *w.Plan
		visit.Sources = map[string]news.Source{"other": {Name: "other", URL: "https://other.example/feed"}}
		if err := w.Pipe.SetPlan(t.Context(), &visit, pipeline.Command); err != nil {
			t.Fatal(err)
		}
		states, err := w.Store.Sources.List(t.Context())
		if err != nil || len(states) != 2 {
			t.Errorf("enabled are %+v, %v", states, err)
		}
	})
}

// A token is tried by a channel's job, never by the loop that hands out work.
func TestDispatchNeverProbes(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim")
		w.OnSend = func(notify.Message) error { return pipetest.Fault(notify.Unauthorized) }
		w.OnProbe = errors.New("token_revoked")
		w.Turn()
		w.Pass(2 * time.Minute)
		if err := w.Pipe.Dispatch(context.WithoutCancel(t.Context())); err != nil || w.Probes != 0 {
			t.Errorf("%d probes, %v", w.Probes, err)
		}
	})
}

// A channel whose name cannot be looked up now is no proof that a post in
// doubt did not arrive.
func TestUnknownChannelLeavesADoubt(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim")
		w.After = func(notify.Message) error { return pipetest.Fault(notify.InDoubt) }
		w.Turn()
		w.After = nil
		if err := w.Store.Channels.SaveID(t.Context(), "news", ""); err != nil {
			t.Fatal(err)
		}
		w.OnResolve = pipetest.Fault(notify.Temporary)
		w.Pass(time.Minute)
		w.Turn()
		if s := w.States(); s[news.StateInDoubt] != 1 {
			t.Errorf("states %v", s)
		}
		w.OnResolve = nil
		w.Pass(10 * time.Minute)
		w.Turn()
		w.WantPosts("a #kim")
	})
}
