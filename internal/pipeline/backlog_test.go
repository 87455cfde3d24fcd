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
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// withPages makes the world's source one whose pages are read.
func (w *world) withPages() {
	src := w.plan.Sources["tass"]
	src.FullText = news.FullTextAlways
	w.plan.Sources["tass"] = src
	w.setPlan()
}

// An alert that the list's text calls for waits two minutes for its page, not for
// as long as the host makes it wait; then the page is read by a look. A story
// whose list says nothing has no alert to lose, and waits.
func TestAlertWaitsTwoMinutesForItsPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.withPages()
		w.turn() // the first crawl, of an empty list
		w.stories = listed("a #urgent", "b")
		w.pages["https://tass.example/a-urgent"] = news.Story{Text: "the page of a, #further"}
		w.pages["https://tass.example/b"] = news.Story{Text: "#arms in the text"}
		hold := w.clock().Add(30 * time.Minute)
		if err := w.store.Hosts.Hold(t.Context(), "tass.example", hold); err != nil {
			t.Fatal(err)
		}
		w.pageErr = &news.LaterError{At: hold}
		if _, err := w.pipe.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		listedAt := w.clock()
		for len(w.posts) == 0 && w.clock().Sub(listedAt) < 10*time.Minute {
			w.pass(time.Second)
			w.turn()
		}
		if waited := w.clock().Sub(listedAt); waited != 2*time.Minute {
			t.Errorf("the alert waited for %v", waited)
		}
		w.wantPosts("a #urgent")
		if w.pageRead != 0 {
			t.Errorf("asked %d times while the host was held", w.pageRead)
		}
		w.pageErr = nil
		w.pass(hold.Sub(w.clock()))
		w.turn()
		if w.pageRead != 2 || len(w.posts) != 2 || w.posts[1].Headline != "b" {
			t.Errorf("after the hold %d pages were read, posts %v", w.pageRead, w.posts)
		}
	})
}

// The same on a source's first crawl, for what may alert.
func TestFirstCrawlsAlertsDoNotWaitForTheBacklog(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.withPages()
		w.plan.FirstRun = pipeline.FirstRun{Younger: 6 * time.Hour}
		w.stories = listed("new #kim", "old #kim")
		w.stories[1].Published = noon.Add(-7 * time.Hour)
		w.pageErr = &news.LaterError{At: noon.Add(24 * time.Hour)}
		w.turn()
		w.wantPosts()
		w.pass(2 * time.Minute)
		w.turn()
		w.wantPosts("new #kim")
		if left, err := w.store.Counts.Work(t.Context(), w.clock()); err != nil || left.Pages != 1 {
			t.Errorf("%+v are left, %v", left, err)
		}
	})
}

// A page that is asked for when the two minutes are almost over is not waited
// for any longer.
func TestFetchEndsWithTheWait(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.withPages()
		w.turn()
		w.stories = listed("a #kim")
		w.pageErr = &news.LaterError{At: w.clock()} // until it is due again
		if _, err := w.pipe.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		w.pass(2*time.Minute - 50*time.Millisecond)
		w.pageErr = &news.CrawlError{Fault: news.FaultTimeout}
		w.onPageCtx = func(ctx context.Context) {
			<-ctx.Done()
			w.pass(50 * time.Millisecond)
		}
		w.turn()
		w.wantPosts("a #kim")
	})
}

// The thousands of old pages of a first crawl wait behind today's news.
func TestFreshPagesComeBeforeThoseOfAFirstCrawl(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.withPages()
		var read []string
		w.onPage = func(s news.Story) { read = append(read, s.Title) }
		for i := range 20 {
			w.stories = append(w.stories, listed(fmt.Sprint("old ", i))...)
		}
		w.pageErr = &news.LaterError{At: noon.Add(20 * time.Minute)}
		w.turn()
		w.stories = listed("fresh")
		w.pass(20 * time.Minute)
		read, w.pageErr = nil, nil
		if _, err := w.pipe.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		w.turn()
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
			each(t, func(t *testing.T, w *world) {
				w.withPages()
				w.turn() // the first crawl
				if paced {
					if _, err := w.store.Hosts.Reserve(t.Context(), "tass.example", noon, noon, store.Request{Interval: time.Second}); err != nil {
						t.Fatal(err)
					}
				}
				w.stories = listed("fresh")
				w.pageRead = 0
				if _, err := w.pipe.Crawl(t.Context(), "tass"); err != nil {
					t.Fatal(err)
				}
				for range 13 {
					w.pass(time.Minute)
					if err := w.store.Sources.MarkAllDue(t.Context(), w.clock()); err != nil {
						t.Fatal(err)
					}
					w.listErr = &news.LaterError{At: w.clock().Add(time.Second)}
					w.turn()
				}
				if w.pageRead != 1 {
					t.Errorf("%d pages read, want 1", w.pageRead)
				}
			})
		})
	}
}

// Trouble of our own is nobody's fault but ours.
func TestStoreTroubleIsNotTheSourcesFault(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.withPages()
		w.listErr = errors.New("reserve host: the database is away")
		if err := w.turnErr(); err == nil {
			t.Error("the job has nothing to say")
		}
		state, err := w.store.Sources.Get(t.Context(), "tass")
		if err != nil || state.Failures != 0 || state.Error != "" {
			t.Errorf("got %+v, %v", state, err)
		}
		w.jobs, w.listErr, w.stories = nil, nil, listed("a")
		w.pages["https://tass.example/a"] = news.Story{Text: "#arms in the text"}
		w.pageErr = errors.New("reserve host: the database is away")
		w.pass(store.ClaimTime)
		if err := w.turnErr(); err == nil {
			t.Error("the job has nothing to say")
		}
		w.jobs, w.pageErr = nil, nil
		w.pass(store.ClaimTime)
		w.turn()
		w.wantPosts("a")
	})
}

func TestBrokenRobotsMayPass(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.withPages()
		w.stories = listed("a")
		w.pages["https://tass.example/a"] = news.Story{Text: "#arms in the text"}
		w.pageErr = &news.CrawlError{Fault: news.FaultRobots, Status: 503}
		w.turn()
		w.pageErr = nil
		w.pass(time.Minute)
		w.turn()
		w.wantPosts("a")
	})
}

// Age ends what nobody knows a way out of, not what Slack asked to wait for.
func TestOldDeliveriesSurviveThrottlingAndARevokedToken(t *testing.T) {
	for _, p := range []notify.Problem{notify.Throttled, notify.Unauthorized, notify.NoChannel} {
		t.Run(string(p), func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.plan.MaxAge = time.Hour
				w.stories = listed("b #kim", "a #kim")
				w.onSend = func(m notify.Message) error {
					if m.Kind == news.DeliverOps {
						return nil
					}
					return fault(p)
				}
				for range 30 {
					w.turn()
					w.pass(5 * time.Minute)
				}
				if s := w.states(); s[news.StateDead] != 0 {
					t.Errorf("states %v", s)
				}
				w.onSend = nil
				w.pass(20 * time.Minute)
				w.turn()
				var stories int
				for _, m := range w.posts {
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
	each(t, func(t *testing.T, w *world) {
		err := w.store.Sources.Sync(t.Context(), store.Sync{Sources: []store.PlannedSource{{Name: "tass", URL: "https://tass.example/new", First: noon, Next: noon}}, Now: noon, Replan: true})
		if err != nil {
			t.Fatal(err)
		}
		w.tags = news.Validators{ETag: "of the old list"}
		w.stories = listed("a #kim")
		w.turn()
		state, err := w.store.Sources.Get(t.Context(), "tass")
		if err != nil || w.lists != 0 || state.Validators.ETag != "" || !state.FirstCrawl.IsZero() {
			t.Errorf("crawled %d times: %+v, %v", w.lists, state, err)
		}
	})
}

// A reload in the middle of a crawl: the next run is the new schedule's.
func TestReloadDuringACrawl(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		daily, err := schedule.Parse("0 8 * * *")
		if err != nil {
			t.Fatal(err)
		}
		often, err := schedule.Parse("*/2 * * * *")
		if err != nil {
			t.Fatal(err)
		}
		w.plan.Schedules["tass"] = daily
		w.setPlan()
		w.onList = func() {
			next := *w.plan
			next.Schedules = map[string]schedule.Schedule{"tass": often}
			if err := w.pipe.SetPlan(t.Context(), &next, pipeline.Reload); err != nil {
				t.Error(err)
			}
		}
		if _, err := w.pipe.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		state, err := w.store.Sources.Get(t.Context(), "tass")
		if err != nil || !state.Next.Equal(noon.Add(2*time.Minute)) {
			t.Errorf("next run at %v, %v", state.Next, err)
		}
	})
}

// A command beside the daemons, with a config of its own, disables nothing.
func TestVisitLeavesTheSourcesAlone(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		visit := *w.plan
		visit.Sources = map[string]news.Source{"other": {Name: "other", URL: "https://other.example/feed"}}
		if err := w.pipe.SetPlan(t.Context(), &visit, pipeline.Visit); err != nil {
			t.Fatal(err)
		}
		states, err := w.store.Sources.List(t.Context())
		if err != nil || len(states) != 2 {
			t.Errorf("enabled are %+v, %v", states, err)
		}
	})
}

// A token is tried by a channel's job, never by the loop that hands out work.
func TestDispatchNeverProbes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("a #kim")
		w.onSend = func(notify.Message) error { return fault(notify.Unauthorized) }
		w.onProbe = errors.New("token_revoked")
		w.turn()
		w.pass(2 * time.Minute)
		if err := w.pipe.Dispatch(context.WithoutCancel(t.Context())); err != nil || w.probes != 0 {
			t.Errorf("%d probes, %v", w.probes, err)
		}
	})
}

// A channel whose name cannot be looked up now is no proof that a post in
// doubt did not arrive.
func TestUnknownChannelLeavesADoubt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("a #kim")
		w.after = func(notify.Message) error { return fault(notify.InDoubt) }
		w.turn()
		w.after = nil
		if err := w.store.Channels.SaveID(t.Context(), "news", ""); err != nil {
			t.Fatal(err)
		}
		w.onResolve = fault(notify.Temporary)
		w.pass(time.Minute)
		w.turn()
		if s := w.states(); s[news.StateInDoubt] != 1 {
			t.Errorf("states %v", s)
		}
		w.onResolve = nil
		w.pass(10 * time.Minute)
		w.turn()
		w.wantPosts("a #kim")
	})
}
