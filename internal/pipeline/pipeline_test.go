package pipeline_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
)

func TestStoryAlertsOnce(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("two #kim", "nothing", "one #kim")
		w.Turn()
		w.WantPosts("one #kim", "two #kim") // the list's oldest first
		for range 3 {
			w.Pass(time.Hour)
			w.Turn()
		}
		w.WantPosts("one #kim", "two #kim")
		if w.Lists != 4 {
			t.Errorf("crawled %d times, want 4", w.Lists)
		}
	})
}

func TestOneMessageNamesAllRules(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("#kim and #urgent-arms and #kim")
		w.Turn()
		if len(w.Posts) != 1 || !slices.Equal(w.Posts[0].Rules, []string{"kim", "urgent-arms"}) || w.Posts[0].Severity != news.Urgent {
			t.Errorf("got %+v", w.Posts)
		}
	})
}

func TestPageIsReadBeforeMatching(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		src := w.Plan.Sources["tass"]
		src.FullText = news.FullTextAuto
		w.Plan.Sources["tass"] = src
		w.SetPlan()
		w.Stories = append(pipetest.Listed("a", "gone #kim"), news.Story{URL: "https://tass.example/full", Title: "full", Text: "#full"})
		w.Pages["https://tass.example/a"] = news.Story{Text: "the page says #arms"}
		w.Turn()
		w.Pass(5 * time.Second)
		w.Turn()
		got := map[string][]string{}
		for _, m := range w.Posts {
			got[m.Headline] = m.Rules
		}
		if len(got) != 3 || got["a"][0] != "arms" || got["gone #kim"][0] != "kim" || got["full"][0] != "full" {
			t.Errorf("got %v", got)
		}
		if w.PageRead != 2 {
			t.Errorf("%d pages read, want 2: the full text of the list is not read again", w.PageRead)
		}
	})
}

func TestPageThatMayComeIsTriedAgain(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		src := w.Plan.Sources["tass"]
		src.FullText = news.FullTextAlways
		w.Plan.Sources["tass"] = src
		w.SetPlan()
		w.Stories = pipetest.Listed("a #kim")
		w.PageErr = &news.CrawlError{Fault: news.FaultTimeout}
		for range 6 {
			w.Turn()
			w.Pass(45 * time.Second)
		}
		w.WantPosts("a #kim")
		if w.PageRead != 3 {
			t.Errorf("asked %d times, want 3", w.PageRead)
		}
	})
}

func TestFirstRunAndGreatestAge(t *testing.T) {
	old, young, undated := pipetest.Listed("old #r")[0], pipetest.Listed("young #r")[0], pipetest.Listed("undated #r")[0]
	old.Published, young.Published = pipetest.Noon.Add(-7*time.Hour), pipetest.Noon.Add(-5*time.Hour)
	undated.Published = time.Time{}
	cases := []struct {
		name    string
		first   act.FirstRun
		maxAge  time.Duration
		want    []string
		another []string // when a second crawl brings the same kinds of story
	}{
		{"six hours", act.FirstRun{Younger: 6 * time.Hour}, 48 * time.Hour, []string{"young #r"}, []string{"undated #r 2", "young #r 2", "old #r 2"}},
		{"nothing", act.FirstRun{}, 48 * time.Hour, nil, []string{"undated #r 2", "young #r 2", "old #r 2"}},
		{"everything", act.FirstRun{Everything: true}, 0, []string{"undated #r", "young #r", "old #r"}, []string{"undated #r 2", "young #r 2", "old #r 2"}},
		{"greatest age", act.FirstRun{Everything: true}, 6 * time.Hour, []string{"undated #r", "young #r"}, []string{"undated #r 2", "young #r 2"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
				w.Plan.FirstRun, w.Plan.MaxAge = c.first, c.maxAge
				w.Stories = []news.Story{old, young, undated}
				w.Turn()
				w.WantPosts(c.want...)
				w.Posts = nil
				for i := range w.Stories {
					w.Stories[i].Title += " 2"
					w.Stories[i].URL += "-2"
				}
				w.Pass(30 * time.Minute)
				w.Turn()
				w.WantPosts(c.another...)
			})
		})
	}
}

func TestValidatorsAreSentBack(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim")
		w.Tags = news.Validators{ETag: `W/"x"`, LastModified: "Wed, 13 Sep 2023 12:00:00 GMT"}
		w.Turn()
		w.Pass(time.Hour)
		w.Turn()
		if w.Asked != w.Tags {
			t.Errorf("asked with %+v", w.Asked)
		}
		w.Pass(time.Hour)
		w.Turn()
		if w.Asked != w.Tags {
			t.Errorf("after a 304 asked with %+v", w.Asked)
		}
	})
}

// A daemon that dies between two transactions of one list must not find the
// rest of the list behind a 304.
func TestCrashBetweenBatchesLosesNothing(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Tags = news.Validators{ETag: "1"}
		for i := range 50 {
			w.Stories = append(w.Stories, pipetest.Listed(fmt.Sprintf("story %d #kim", i))...)
		}
		n := 0
		w.Plan.Rules = pipetest.Matcher(func(s *news.Story) []news.Match {
			if n++; n == 25 { // in the second batch
				pipetest.Die()
			}
			return w.Match(s)
		})
		w.SetPlan()
		if err := w.Pipe.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		jobs := w.Jobs
		w.Jobs = nil
		w.RunToDeath(jobs)
		state, err := w.Store.Sources.Get(t.Context(), "tass")
		if err != nil || state.Validators.ETag != "" || !state.FirstCrawl.IsZero() {
			t.Fatalf("after the crash: %+v, %v", state, err)
		}
		for range 5 {
			w.Pass(store.ClaimTime)
			w.Turn()
		}
		seen := map[string]int{}
		for _, m := range w.Posts {
			seen[m.Headline]++
		}
		if len(seen) != 50 || len(w.Posts) != 50 {
			t.Errorf("%d stories alerted in %d messages, want 50 in 50", len(seen), len(w.Posts))
		}
	})
}

// TestMessageShowsTheInstruction: of the rule as it is when the alert is sent.
func TestMessageShowsTheInstruction(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a story #kim")
		w.Turn()
		w.Plan.Instructions = map[string]string{"kim": "Call the duty editor.", "moon": "Do nothing."}
		w.SetPlan()
		w.Stories = append(w.Stories, pipetest.Listed("another story #kim")...)
		w.Pass(time.Hour)
		w.Turn()
		var said []string
		for _, m := range w.Posts {
			said = append(said, m.Headline+": "+strings.Join(m.ToDo, ","))
		}
		if want := []string{"a story #kim: ", "another story #kim: Call the duty editor."}; !slices.Equal(said, want) {
			t.Errorf("%q, want %q", said, want)
		}
	})
}

func TestFailingSourceBacksOffAndIsReportedOnce(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.ListErr = &news.CrawlError{Fault: news.FaultConnect, URL: "https://tass.example/feed", Err: errors.New("refused")}
		for range 12 {
			w.Turn()
			w.Pass(time.Hour + time.Minute)
		}
		if len(w.Posts) != 1 || w.Posts[0].Kind != news.DeliverOps || !strings.Contains(w.Posts[0].Text, "source tass is failing") {
			t.Errorf("the ops channel got %+v", w.Posts)
		}
		state, err := w.Store.Sources.Get(t.Context(), "tass")
		if err != nil || state.Failures != w.Lists || !strings.Contains(state.Error, "refused") {
			t.Errorf("got %+v, %v after %d crawls", state, err, w.Lists)
		}
		w.ListErr, w.Stories = nil, pipetest.Listed("a")
		for range 3 {
			w.Pass(time.Hour + time.Minute)
			w.Turn()
		}
		if len(w.Posts) != 2 || !strings.Contains(w.Posts[1].Text, "ok again") {
			t.Errorf("the ops channel got %+v", w.Posts)
		}
	})
}

func TestRetryAfterIsObeyed(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.ListErr = &news.CrawlError{Fault: news.FaultThrottled, RetryAfter: 3 * time.Hour}
		w.Turn()
		w.Pass(2 * time.Hour)
		w.Turn()
		if w.Lists != 1 {
			t.Errorf("asked %d times within Retry-After", w.Lists)
		}
		w.Pass(time.Hour)
		w.Turn()
		if w.Lists != 2 {
			t.Errorf("asked %d times after it", w.Lists)
		}
	})
}

func TestFarSlotPutsTheSourceOff(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.ListErr = &news.LaterError{At: pipetest.Noon.Add(2 * time.Minute)}
		w.Turn()
		state, err := w.Store.Sources.Get(t.Context(), "tass")
		next := pipetest.Noon.Add(2 * time.Minute)
		if err != nil || !state.Next.Equal(next) || state.Failures != 0 || !state.Crawled.IsZero() {
			t.Errorf("got %+v, %v", state, err)
		}
	})
}

func TestCrawlNow(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim", "b")
		done, err := w.Pipe.Lists.Crawl(t.Context(), "tass")
		if err != nil || done.Listed != 2 || done.New != 2 || done.Matched != 1 || done.Alerts != 1 {
			t.Errorf("got %+v, %v", done, err)
		}
		if _, err := w.Pipe.Lists.Crawl(t.Context(), "nobody"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		w.ListErr = &news.CrawlError{Fault: news.FaultConnect, Err: errors.New("no route to host")}
		if _, err := w.Pipe.Lists.Crawl(t.Context(), "tass"); err == nil || !strings.Contains(err.Error(), "no route to host") {
			t.Errorf("got %v", err)
		}
	})
}

// What a crawl skipped is told of it, and of its source until a list is read
// again.
func TestSkippedEntries(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories, w.Skipped, w.Tags = pipetest.Listed("a"), 3, news.Validators{ETag: "1"}
		skipped := func(want, ofSource int) {
			t.Helper()
			done, err := w.Pipe.Lists.Crawl(t.Context(), "tass")
			if err == nil && done.Skipped != want {
				t.Errorf("%d entries skipped, want %d", done.Skipped, want)
			}
			state, err := w.Store.Sources.Get(t.Context(), "tass")
			var thought health.State
			if err = cmp.Or(err, json.Unmarshal([]byte(state.Health), &thought)); err != nil || thought.Skipped != ofSource {
				t.Errorf("of the source %d, want %d; %v", thought.Skipped, ofSource, err)
			}
		}
		skipped(3, 3)
		skipped(0, 3) // not modified
		w.ListErr = &news.CrawlError{Fault: news.FaultConnect, Err: errors.New("no route to host")}
		skipped(0, 3)
		w.ListErr, w.Skipped, w.Tags = nil, 0, news.Validators{ETag: "2"}
		skipped(0, 0)
	})
}

func TestFutureDateIsClamped(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim")
		w.Stories[0].Published = pipetest.Noon.Add(48 * time.Hour)
		w.Turn()
		if len(w.Posts) != 1 || !w.Posts[0].Time.Equal(pipetest.Noon) {
			t.Errorf("got %+v", w.Posts)
		}
	})
}
