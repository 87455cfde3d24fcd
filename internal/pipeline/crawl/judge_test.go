package crawl_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
)

// However often a list is not modified, it comes whole at every twentieth poll
// and six hours after it did.
func TestListComesWholeNowAndThen(t *testing.T) {
	for spec, want := range map[string][]int{
		"*/5 * * * *": {1, 21, 41},
		"0 * * * *":   {1, 7, 13, 19, 25, 31, 37, 43},
	} {
		t.Run(spec, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Scheduled(spec)
				w.Stories, w.Tags = pipetest.Listed("a"), news.Validators{ETag: "1"}
				var whole []int
				for range 45 {
					w.ToNext()
					if w.Asked == (news.Validators{}) {
						whole = append(whole, w.Lists)
					}
				}
				if !slices.Equal(whole, want) {
					t.Errorf("the list came whole at polls %v, want %v", whole, want)
				}
			})
		})
	}
}

// The timeline of a source says how the crawls of each hour went.
func TestTimelineOfCrawls(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Scheduled("0 * * * *")
		w.Stories, w.Tags = pipetest.Listed("a"), news.Validators{ETag: "1"}
		for range 4 {
			w.ToNext()
		}
		src, err := w.Store.Sources.Get(t.Context(), "tass")
		if err != nil {
			t.Fatal(err)
		}
		line := health.Timeline{}
		if err := json.Unmarshal([]byte(src.Timeline), &line); err != nil || line.Hours != "ouuu" {
			t.Errorf("%q, %v", line.Hours, err)
		}
	})
}

// A server that says "not modified" for ever is found out when the list comes
// whole, and is not asked conditionally for a week.
func TestAlwaysNotModifiedIsFoundOut(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		var log bytes.Buffer
		w.Pipe = pipetest.NewPipeline(w, slog.NewTextHandler(&log, nil), pipeline.Options{Workers: 4})
		w.Scheduled("*/10 * * * *")
		w.Stories, w.Tags = pipetest.Listed("a"), news.Validators{ETag: "for ever"}
		w.ToNext()
		w.Stories = pipetest.Listed("hidden #kim", "a")
		for range 20 {
			w.ToNext()
		}
		w.WantPosts("hidden #kim")
		w.Stories = pipetest.Listed("next #kim", "hidden #kim", "a")
		w.ToNext()
		w.WantPosts("hidden #kim", "next #kim")
		if n := strings.Count(log.String(), "its list is read whole from now on"); n != 1 {
			t.Errorf("the log says so %d times:\n%s", n, &log)
		}
		conditional := w.Lists
		for until := w.Clock().Add(8 * 24 * time.Hour); w.Clock().Before(until) && w.Asked == (news.Validators{}); {
			w.ToNext()
		}
		if days := time.Duration(w.Lists-conditional) * 10 * time.Minute / (24 * time.Hour); days < 6 || days > 7 {
			t.Errorf("asked conditionally again after %d days", days)
		}
	})
}

// A list that changes with its validators, as it should, is never doubted, not
// even when it changes just before it comes whole.
func TestHonestServerIsBelieved(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Scheduled("*/10 * * * *")
		for i := range 100 {
			if i%19 == 0 {
				w.Stories = append(pipetest.Listed(fmt.Sprint("story ", i)), w.Stories...)
				w.Stories[0].Published = w.Clock()
				w.Tags.ETag = fmt.Sprint(i)
			}
			w.ToNext()
		}
		if w.Asked == (news.Validators{}) {
			w.ToNext()
		}
		if w.Asked != w.Tags {
			t.Errorf("asked with %+v", w.Asked)
		}
	})
}

// A source that fails is asked again at a run of its schedule, but neither
// within its rest, which doubles, nor within what the server asked for.
func TestFailureTiming(t *testing.T) {
	for _, c := range []struct {
		what  string
		spec  string
		fault news.CrawlError
		waits []time.Duration // from noon, or from the failure before
	}{
		{"a cron line is kept to", "*/2 * * * *", news.CrawlError{Fault: news.FaultTimeout},
			[]time.Duration{
				2 * time.Minute, 2 * time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute,
				16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour,
			}},
		{"Retry-After wins", "*/2 * * * *", news.CrawlError{Fault: news.FaultThrottled, RetryAfter: 3*time.Hour + time.Minute},
			[]time.Duration{3*time.Hour + 2*time.Minute, 3*time.Hour + 2*time.Minute}},
		{"up to a day", "@hourly", news.CrawlError{Fault: news.FaultThrottled, RetryAfter: 90 * 24 * time.Hour},
			[]time.Duration{24 * time.Hour}},
		{"a short one changes nothing", "@hourly", news.CrawlError{Fault: news.FaultThrottled, RetryAfter: time.Second}, []time.Duration{time.Hour, time.Hour}},
		{"a daily run waits for its day", "0 12 * * *", news.CrawlError{Fault: news.FaultDNS}, []time.Duration{24 * time.Hour}},
	} {
		t.Run(c.what, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Scheduled(c.spec)
				w.Pass(24 * time.Hour) // a missed run is due, on the dot
				c.fault.URL = "https://tass.example/feed"
				w.ListErr = &c.fault
				w.Turn()
				last := w.Clock()
				for i, want := range c.waits {
					state, err := w.Store.Sources.Get(t.Context(), "tass")
					if err != nil || state.Next.Sub(last) != want {
						t.Fatalf("after failure %d the wait is %v, want %v; %v", i+1, state.Next.Sub(last), want, err)
					}
					w.ToNext()
					last = w.Clock()
				}
			})
		})
	}
}

// An adaptive source waits for its pace at least, and for Retry-After at least.
func TestAdaptiveFailureTiming(t *testing.T) {
	for asked, want := range map[time.Duration][2]time.Duration{
		0:              {time.Minute, 12 * time.Minute},
		5 * time.Hour:  {5 * time.Hour, 5 * time.Hour},
		48 * time.Hour: {24 * time.Hour, 24 * time.Hour},
	} {
		pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
			w.Stories = pipetest.Listed("a")
			w.Turn()
			w.ListErr = &news.CrawlError{Fault: news.FaultThrottled, RetryAfter: asked}
			w.ToNext()
			state, err := w.Store.Sources.Get(t.Context(), "tass")
			if wait := state.Next.Sub(w.Clock()); err != nil || wait < want[0] || wait > want[1] {
				t.Errorf("Retry-After %v: the wait is %v, want %v; %v", asked, wait, want, err)
			}
		})
	}
}

// feeds are lists by URL.
type feeds struct {
	pipetest.Site
	lists map[string][]news.Story
}

func (f feeds) List(_ context.Context, src news.Source, _ news.Validators) (news.Listing, error) {
	return news.Listing{Stories: slices.Clone(f.lists[src.URL])}, nil
}

// Two sources swap their names: nobody is confused, and nothing alerts anew,
// though the stories are known by nothing but their source's name and an id.
func TestSwappedSourcesAlertNothingAnew(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		story := func(title string) []news.Story {
			return []news.Story{{GUID: "1", Title: title, Published: pipetest.Noon}}
		}
		w.Plan.Crawler = feeds{w.Site(), map[string][]news.Story{"https://one.example": story("one #kim"), "https://two.example": story("two #kim")}}
		configure := func(urls map[string]string) {
			next := *w.Plan
			next.Sources = map[string]news.Source{}
			for name, url := range urls {
				next.Sources[name] = news.Source{
					Name: name, URL: url, Origin: news.Origin{Source: name}, FullText: news.FullTextNever,
				}
			}
			w.Plan = &next
			w.SetPlan()
			w.Pass(2 * time.Hour)
			w.Turn()
		}
		configure(map[string]string{"a": "https://one.example", "b": "https://two.example"})
		if len(w.Posts) != 2 {
			t.Fatalf("%d alerts", len(w.Posts))
		}
		configure(map[string]string{"a": "https://two.example", "b": "https://one.example"})
		configure(map[string]string{"c": "https://two.example", "b": "https://one.example"})
		if len(w.Posts) != 2 {
			t.Errorf("%d alerts after the names were swapped", len(w.Posts))
		}
		// Another source called a is another source, even with the same ids.
		configure(map[string]string{"a": "https://three.example", "c": "https://two.example", "b": "https://one.example"})
		w.Plan.Crawler.(feeds).lists["https://three.example"] = story("three #kim")
		w.Pass(2 * time.Hour)
		w.Turn()
		if len(w.Posts) != 3 {
			t.Errorf("%d alerts after a new source came", len(w.Posts))
		}
	})
}

// While another config rules, only the sources that it leaves as they are here
// are claimed.
func TestYieldSources(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		for _, name := range []string{"moved", "rescheduled", "removed"} {
			w.Plan.Sources[name] = news.Source{Name: name, URL: "https://" + name + ".example", Origin: news.Origin{Source: name}}
		}
		w.SetPlan()
		err := w.Store.Sources.Sync(t.Context(), store.Sync{Now: pipetest.Noon, Sources: []store.PlannedSource{
			{Name: "tass", URL: "https://tass.example/feed"},
			{Name: "moved", URL: "https://elsewhere.example"},
			{Name: "rescheduled", URL: "https://rescheduled.example", Schedule: "@daily", Next: pipetest.Noon},
			{Name: "added", URL: "https://added.example", First: pipetest.Noon},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Pipe.YieldSources(t.Context()); err != nil {
			t.Fatal(err)
		}
		crawled := func() (names []string) {
			w.Turn()
			states, err := w.Store.Sources.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range states {
				if !s.Crawled.IsZero() {
					names = append(names, s.Name)
				}
			}
			return names
		}
		if got := crawled(); !slices.Equal(got, []string{"tass"}) {
			t.Errorf("crawled %v", got)
		}
		w.SetPlan() // loaded again: now this config is the newest
		if got := crawled(); !slices.Equal(got, []string{"moved", "removed", "rescheduled", "tass"}) {
			t.Errorf("crawled %v", got)
		}
	})
}

// A feed that is too short for its schedule: said once, and in what a crawl
// comes to each time.
func TestGapOfAScheduledSource(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Scheduled("@hourly")
		for i := range 4 {
			w.Stories = pipetest.Listed(fmt.Sprint("first ", i), fmt.Sprint("second ", i))
			for j := range w.Stories {
				w.Stories[j].Published = w.Clock().Add(-time.Minute)
			}
			done, err := w.Pipe.Lists.Crawl(t.Context(), "tass")
			if err != nil || (done.Gap != "") != (i > 0) {
				t.Errorf("crawl %d: %+v, %v", i, done, err)
			}
			w.Pass(time.Hour)
		}
		w.Turn()
		var gaps []string
		for _, m := range w.Posts {
			if strings.Contains(m.Text, "possible gap") {
				gaps = append(gaps, m.Text)
			}
		}
		if len(gaps) != 1 || !strings.Contains(gaps[0], "possible gap 13 Sep 2023 12:00–12:59 UTC") || !strings.Contains(gaps[0], "its schedule is too slow") {
			t.Errorf("the ops channel got %q", gaps)
		}
	})
}

// TestNoGapAfterNothing: a source that listed nothing so far has no gap when it does.
func TestNoGapAfterNothing(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Scheduled("@hourly")
		for i, titles := range [][]string{nil, nil, {"first"}, {"second"}} {
			w.Stories = pipetest.Listed(titles...)
			for j := range w.Stories {
				w.Stories[j].Published = w.Clock().Add(-time.Minute)
			}
			done, err := w.Pipe.Lists.Crawl(t.Context(), "tass")
			if err != nil || (done.Gap != "") != (i == 3) {
				t.Errorf("crawl %d: %+v, %v", i, done, err)
			}
			w.Pass(time.Hour)
		}
	})
}

// TestEmptyStaysEmptyUnmodified: a list that held no story holds none as long as
// it is not modified.
func TestEmptyStaysEmptyUnmodified(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Scheduled("*/5 * * * *")
		w.Stories, w.Tags = nil, news.Validators{ETag: "1"}
		for range 4 {
			w.ToNext()
		}
		done, err := w.Pipe.Lists.Crawl(t.Context(), "tass")
		if err != nil || !done.NotModified || done.Barren != "the list holds no story" {
			t.Errorf("%+v, %v", done, err)
		}
		state, err := w.Store.Sources.Get(t.Context(), "tass")
		if err != nil || !strings.Contains(state.Health, `"verdict":"empty"`) {
			t.Errorf("%s, %v", state.Health, err)
		}
		w.Stories, w.Tags = pipetest.Listed("a"), news.Validators{ETag: "2"}
		if done, err := w.Pipe.Lists.Crawl(t.Context(), "tass"); err != nil || done.Barren != "" || done.New != 1 {
			t.Errorf("%+v, %v", done, err)
		}
	})
}

// What a crawl finds of its source is logged when it is recorded: not by a daemon
// that was too slow, and whose claim another one took over.
func TestVerdictIsLoggedOnceRecorded(t *testing.T) {
	for _, c := range []struct {
		name   string
		fault  error
		before int // crawls until the verdict changes
	}{
		{"empty", nil, 2},
		{"hostile", &news.CrawlError{Fault: news.FaultHostile, URL: "https://tass.example/feed"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				var log bytes.Buffer
				w.Pipe = pipetest.NewPipeline(w, slog.NewTextHandler(&log, nil), pipeline.Options{Workers: 4})
				w.Scheduled("@hourly")
				crawls := func(n, told int) {
					t.Helper()
					for range n {
						_, _ = w.Pipe.Lists.Crawl(t.Context(), "tass") // it may fail, as the test wants
						w.Pass(time.Hour)
					}
					if got := strings.Count(log.String(), `msg="source tass is `+c.name); got != told {
						t.Errorf("logged %d times, want %d:\n%s", got, told, &log)
					}
				}
				w.Stories = pipetest.Listed("a")
				crawls(1, 0)
				w.Stories, w.ListErr = nil, c.fault
				crawls(c.before, 0)
				w.OnList = func() { // another daemon takes over meanwhile
					w.OnList = nil
					w.Pass(2 * store.ClaimTime)
					if _, free, err := w.Store.Sources.ClaimOne(t.Context(), "tass", w.Clock()); err != nil || !free {
						t.Errorf("the source cannot be claimed: %v, %v", free, err)
					}
				}
				crawls(1, 0)
				crawls(3, 1)
			})
		})
	}
}
