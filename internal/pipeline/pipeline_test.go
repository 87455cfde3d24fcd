package pipeline_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/store"
)

func TestStoryAlertsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("two #kim", "nothing", "one #kim")
		w.turn()
		w.wantPosts("one #kim", "two #kim") // the list's oldest first
		for range 3 {
			w.pass(time.Hour)
			w.turn()
		}
		w.wantPosts("one #kim", "two #kim")
		if w.lists != 4 {
			t.Errorf("crawled %d times, want 4", w.lists)
		}
	})
}

func TestOneMessageNamesAllRules(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("#kim and #urgent-arms and #kim")
		w.turn()
		if len(w.posts) != 1 || !slices.Equal(w.posts[0].Rules, []string{"kim", "urgent-arms"}) || w.posts[0].Severity != news.Urgent {
			t.Errorf("got %+v", w.posts)
		}
	})
}

func TestPageIsReadBeforeMatching(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		src := w.plan.Sources["tass"]
		src.FullText = news.FullTextAuto
		w.plan.Sources["tass"] = src
		w.setPlan()
		w.stories = append(listed("a", "gone #kim"), news.Story{URL: "https://tass.example/full", Title: "full", Text: "#full"})
		w.pages["https://tass.example/a"] = news.Story{Text: "the page says #arms"}
		w.turn()
		w.pass(5 * time.Second)
		w.turn()
		got := map[string][]string{}
		for _, m := range w.posts {
			got[m.Headline] = m.Rules
		}
		if len(got) != 3 || got["a"][0] != "arms" || got["gone #kim"][0] != "kim" || got["full"][0] != "full" {
			t.Errorf("got %v", got)
		}
		if w.pageRead != 2 {
			t.Errorf("%d pages read, want 2: the full text of the list is not read again", w.pageRead)
		}
	})
}

func TestPageThatMayComeIsTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		src := w.plan.Sources["tass"]
		src.FullText = news.FullTextAlways
		w.plan.Sources["tass"] = src
		w.setPlan()
		w.stories = listed("a #kim")
		w.pageErr = &news.CrawlError{Fault: news.FaultTimeout}
		for range 6 {
			w.turn()
			w.pass(45 * time.Second)
		}
		w.wantPosts("a #kim")
		if w.pageRead != 3 {
			t.Errorf("asked %d times, want 3", w.pageRead)
		}
	})
}

func TestFirstRunAndGreatestAge(t *testing.T) {
	old, young, undated := listed("old #r")[0], listed("young #r")[0], listed("undated #r")[0]
	old.Published, young.Published, undated.Published = noon.Add(-7*time.Hour), noon.Add(-5*time.Hour), time.Time{}
	cases := []struct {
		name    string
		first   pipeline.FirstRun
		maxAge  time.Duration
		want    []string
		another []string // when a second crawl brings the same kinds of story
	}{
		{"six hours", pipeline.FirstRun{Younger: 6 * time.Hour}, 48 * time.Hour, []string{"young #r"}, []string{"undated #r 2", "young #r 2", "old #r 2"}},
		{"nothing", pipeline.FirstRun{}, 48 * time.Hour, nil, []string{"undated #r 2", "young #r 2", "old #r 2"}},
		{"everything", pipeline.FirstRun{Everything: true}, 0, []string{"undated #r", "young #r", "old #r"}, []string{"undated #r 2", "young #r 2", "old #r 2"}},
		{"greatest age", pipeline.FirstRun{Everything: true}, 6 * time.Hour, []string{"undated #r", "young #r"}, []string{"undated #r 2", "young #r 2"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.plan.FirstRun, w.plan.MaxAge = c.first, c.maxAge
				w.stories = []news.Story{old, young, undated}
				w.turn()
				w.wantPosts(c.want...)
				w.posts = nil
				for i := range w.stories {
					w.stories[i].Title += " 2"
					w.stories[i].URL += "-2"
				}
				w.pass(30 * time.Minute)
				w.turn()
				w.wantPosts(c.another...)
			})
		})
	}
}

func TestValidatorsAreSentBack(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("a #kim")
		w.tags = news.Validators{ETag: `W/"x"`, LastModified: "Wed, 13 Sep 2023 12:00:00 GMT"}
		w.turn()
		w.pass(time.Hour)
		w.turn()
		if w.asked != w.tags {
			t.Errorf("asked with %+v", w.asked)
		}
		w.pass(time.Hour)
		w.turn()
		if w.asked != w.tags {
			t.Errorf("after a 304 asked with %+v", w.asked)
		}
	})
}

// A daemon that dies between two transactions of one list must not find the
// rest of the list behind a 304.
func TestCrashBetweenBatchesLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.tags = news.Validators{ETag: "1"}
		for i := range 50 {
			w.stories = append(w.stories, listed(fmt.Sprintf("story %d #kim", i))...)
		}
		boom := errors.New("killed")
		dying, cancel := context.WithCancelCause(t.Context())
		n := 0
		w.plan.Rules = matcher(func(s *news.Story) []news.Match {
			if n++; n == 25 { // in the second batch
				cancel(boom)
			}
			return w.Match(s)
		})
		w.setPlan()
		if err := w.pipe.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		jobs := w.jobs
		w.jobs = nil
		for _, job := range jobs {
			if err := job(dying); err == nil {
				t.Fatal("the crawl survived its death")
			}
		}
		state, err := w.store.Sources.Get(t.Context(), "tass")
		if err != nil || state.Validators.ETag != "" || !state.FirstCrawl.IsZero() {
			t.Fatalf("after the crash: %+v, %v", state, err)
		}
		for range 5 {
			w.pass(store.ClaimTime)
			w.turn()
		}
		seen := map[string]int{}
		for _, m := range w.posts {
			seen[m.Headline]++
		}
		if len(seen) != 50 || len(w.posts) != 50 {
			t.Errorf("%d stories alerted in %d messages, want 50 in 50", len(seen), len(w.posts))
		}
	})
}

// TestMessageShowsTheInstruction: of the rule as it is when the alert is sent.
func TestMessageShowsTheInstruction(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("a story #kim")
		w.turn()
		w.plan.Instructions = map[string]string{"kim": "Call the duty editor.", "moon": "Do nothing."}
		w.setPlan()
		w.stories = append(w.stories, listed("another story #kim")...)
		w.pass(time.Hour)
		w.turn()
		var said []string
		for _, m := range w.posts {
			said = append(said, m.Headline+": "+strings.Join(m.ToDo, ","))
		}
		if want := []string{"a story #kim: ", "another story #kim: Call the duty editor."}; !slices.Equal(said, want) {
			t.Errorf("%q, want %q", said, want)
		}
	})
}

type matcher func(s *news.Story) []news.Match

func (m matcher) Match(s *news.Story) []news.Match { return m(s) }

func TestFailingSourceBacksOffAndIsReportedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.listErr = &news.CrawlError{Fault: news.FaultConnect, URL: "https://tass.example/feed", Err: errors.New("refused")}
		for range 12 {
			w.turn()
			w.pass(time.Hour + time.Minute)
		}
		if len(w.posts) != 1 || w.posts[0].Kind != news.DeliverOps || !strings.Contains(w.posts[0].Text, "source tass is failing") {
			t.Errorf("the ops channel got %+v", w.posts)
		}
		state, err := w.store.Sources.Get(t.Context(), "tass")
		if err != nil || state.Failures != w.lists || !strings.Contains(state.Error, "refused") {
			t.Errorf("got %+v, %v after %d crawls", state, err, w.lists)
		}
		w.listErr, w.stories = nil, listed("a")
		for range 3 {
			w.pass(time.Hour + time.Minute)
			w.turn()
		}
		if len(w.posts) != 2 || !strings.Contains(w.posts[1].Text, "ok again") {
			t.Errorf("the ops channel got %+v", w.posts)
		}
	})
}

func TestRetryAfterIsObeyed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.listErr = &news.CrawlError{Fault: news.FaultThrottled, RetryAfter: 3 * time.Hour}
		w.turn()
		w.pass(2 * time.Hour)
		w.turn()
		if w.lists != 1 {
			t.Errorf("asked %d times within Retry-After", w.lists)
		}
		w.pass(time.Hour)
		w.turn()
		if w.lists != 2 {
			t.Errorf("asked %d times after it", w.lists)
		}
	})
}

func TestFarSlotPutsTheSourceOff(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.listErr = &news.LaterError{At: noon.Add(2 * time.Minute)}
		w.turn()
		state, err := w.store.Sources.Get(t.Context(), "tass")
		if err != nil || !state.Next.Equal(noon.Add(2*time.Minute)) || state.Failures != 0 || !state.Crawled.IsZero() {
			t.Errorf("got %+v, %v", state, err)
		}
	})
}

func TestCrawlNow(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("a #kim", "b")
		done, err := w.pipe.Crawl(t.Context(), "tass")
		if err != nil || done.Listed != 2 || done.New != 2 || done.Matched != 1 || done.Alerts != 1 {
			t.Errorf("got %+v, %v", done, err)
		}
		if _, err := w.pipe.Crawl(t.Context(), "nobody"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		w.listErr = &news.CrawlError{Fault: news.FaultConnect, Err: errors.New("no route to host")}
		if _, err := w.pipe.Crawl(t.Context(), "tass"); err == nil || !strings.Contains(err.Error(), "no route to host") {
			t.Errorf("got %v", err)
		}
	})
}

// What a crawl skipped is told of it, and of its source until a list is read
// again.
func TestSkippedEntries(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories, w.skipped, w.tags = listed("a"), 3, news.Validators{ETag: "1"}
		skipped := func(want, ofSource int) {
			t.Helper()
			done, err := w.pipe.Crawl(t.Context(), "tass")
			if err == nil && done.Skipped != want {
				t.Errorf("%d entries skipped, want %d", done.Skipped, want)
			}
			state, err := w.store.Sources.Get(t.Context(), "tass")
			var thought health.State
			if err = cmp.Or(err, json.Unmarshal([]byte(state.Health), &thought)); err != nil || thought.Skipped != ofSource {
				t.Errorf("of the source %d, want %d; %v", thought.Skipped, ofSource, err)
			}
		}
		skipped(3, 3)
		skipped(0, 3) // not modified
		w.listErr = &news.CrawlError{Fault: news.FaultConnect, Err: errors.New("no route to host")}
		skipped(0, 3)
		w.listErr, w.skipped, w.tags = nil, 0, news.Validators{ETag: "2"}
		skipped(0, 0)
	})
}

func TestFutureDateIsClamped(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("a #kim")
		w.stories[0].Published = noon.Add(48 * time.Hour)
		w.turn()
		if len(w.posts) != 1 || !w.posts[0].Time.Equal(noon) {
			t.Errorf("got %+v", w.posts)
		}
	})
}
