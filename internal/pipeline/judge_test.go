package pipeline_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

func mustSchedule(t *testing.T, spec string) schedule.Schedule {
	t.Helper()
	s, err := schedule.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// scheduled gives the world's source a schedule.
func (w *world) scheduled(spec string) {
	w.t.Helper()
	src := w.plan.Sources["tass"]
	src.Schedule, src.Kind = spec, news.KindFeed
	w.plan.Sources["tass"] = src
	w.plan.Schedules["tass"] = mustSchedule(w.t, spec)
	w.setPlan()
}

// toNext moves the clock to the source's next run and lets it happen.
func (w *world) toNext() {
	w.t.Helper()
	state, err := w.store.Sources.Get(w.t.Context(), "tass")
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	w.now = state.Next
	w.mu.Unlock()
	w.turn()
}

// However often a list is not modified, it comes whole at every twentieth poll
// and six hours after it did.
func TestListComesWholeNowAndThen(t *testing.T) {
	for spec, want := range map[string][]int{
		"*/5 * * * *": {1, 21, 41},
		"0 * * * *":   {1, 7, 13, 19, 25, 31, 37, 43},
	} {
		t.Run(spec, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.scheduled(spec)
				w.stories, w.tags = listed("a"), news.Validators{ETag: "1"}
				var whole []int
				for range 45 {
					w.toNext()
					if w.asked == (news.Validators{}) {
						whole = append(whole, w.lists)
					}
				}
				if !slices.Equal(whole, want) {
					t.Errorf("the list came whole at polls %v, want %v", whole, want)
				}
			})
		})
	}
}

// A server that says "not modified" for ever is found out when the list comes
// whole, and is not asked conditionally for a week.
func TestAlwaysNotModifiedIsFoundOut(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var log bytes.Buffer
		w.pipe = pipeline.New(slog.New(slog.NewTextHandler(&log, nil)), w.store, w, &meter{}, pipeline.Options{Workers: 4, Now: w.clock})
		w.scheduled("*/10 * * * *")
		w.stories, w.tags = listed("a"), news.Validators{ETag: "for ever"}
		w.toNext()
		w.stories = listed("hidden #kim", "a")
		for range 20 {
			w.toNext()
		}
		w.wantPosts("hidden #kim")
		w.stories = listed("next #kim", "hidden #kim", "a")
		w.toNext()
		w.wantPosts("hidden #kim", "next #kim")
		if n := strings.Count(log.String(), "its list is read whole from now on"); n != 1 {
			t.Errorf("the log says so %d times:\n%s", n, &log)
		}
		conditional := w.lists
		for until := w.clock().Add(8 * 24 * time.Hour); w.clock().Before(until) && w.asked == (news.Validators{}); {
			w.toNext()
		}
		if days := time.Duration(w.lists-conditional) * 10 * time.Minute / (24 * time.Hour); days < 6 || days > 7 {
			t.Errorf("asked conditionally again after %d days", days)
		}
	})
}

// A list that changes with its validators, as it should, is never doubted, not
// even when it changes just before it comes whole.
func TestHonestServerIsBelieved(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.scheduled("*/10 * * * *")
		for i := range 100 {
			if i%19 == 0 {
				w.stories = append(listed(fmt.Sprint("story ", i)), w.stories...)
				w.stories[0].Published = w.clock()
				w.tags.ETag = fmt.Sprint(i)
			}
			w.toNext()
		}
		if w.asked == (news.Validators{}) {
			w.toNext()
		}
		if w.asked != w.tags {
			t.Errorf("asked with %+v", w.asked)
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
			[]time.Duration{2 * time.Minute, 2 * time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour}},
		{"Retry-After wins", "*/2 * * * *", news.CrawlError{Fault: news.FaultThrottled, RetryAfter: 3*time.Hour + time.Minute},
			[]time.Duration{3*time.Hour + 2*time.Minute, 3*time.Hour + 2*time.Minute}},
		{"up to a day", "@hourly", news.CrawlError{Fault: news.FaultThrottled, RetryAfter: 90 * 24 * time.Hour}, []time.Duration{24 * time.Hour}},
		{"a short one changes nothing", "@hourly", news.CrawlError{Fault: news.FaultThrottled, RetryAfter: time.Second}, []time.Duration{time.Hour, time.Hour}},
		{"a daily run waits for its day", "0 12 * * *", news.CrawlError{Fault: news.FaultDNS}, []time.Duration{24 * time.Hour}},
	} {
		t.Run(c.what, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.scheduled(c.spec)
				w.pass(24 * time.Hour) // a missed run is due, on the dot
				c.fault.URL = "https://tass.example/feed"
				w.listErr = &c.fault
				w.turn()
				last := w.clock()
				for i, want := range c.waits {
					state, err := w.store.Sources.Get(t.Context(), "tass")
					if err != nil || state.Next.Sub(last) != want {
						t.Fatalf("after failure %d the wait is %v, want %v; %v", i+1, state.Next.Sub(last), want, err)
					}
					w.toNext()
					last = w.clock()
				}
			})
		})
	}
}

// An adaptive source waits for its pace at least, and for Retry-After at least.
func TestAdaptiveFailureTiming(t *testing.T) {
	for asked, want := range map[time.Duration][2]time.Duration{
		0: {time.Minute, 12 * time.Minute}, 5 * time.Hour: {5 * time.Hour, 5 * time.Hour}, 48 * time.Hour: {24 * time.Hour, 24 * time.Hour},
	} {
		each(t, func(t *testing.T, w *world) {
			w.stories = listed("a")
			w.turn()
			w.listErr = &news.CrawlError{Fault: news.FaultThrottled, RetryAfter: asked}
			w.toNext()
			state, err := w.store.Sources.Get(t.Context(), "tass")
			if wait := state.Next.Sub(w.clock()); err != nil || wait < want[0] || wait > want[1] {
				t.Errorf("Retry-After %v: the wait is %v, want %v; %v", asked, wait, want, err)
			}
		})
	}
}

// feeds are lists by URL.
type feeds struct {
	site
	lists map[string][]news.Story
}

func (f feeds) List(_ context.Context, src news.Source, _ news.Validators) (news.Listing, error) {
	return news.Listing{Stories: slices.Clone(f.lists[src.URL])}, nil
}

// Two sources swap their names: nobody is confused, and nothing alerts anew,
// though the stories are known by nothing but their source's name and an id.
func TestSwappedSourcesAlertNothingAnew(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		story := func(title string) []news.Story { return []news.Story{{GUID: "1", Title: title, Published: noon}} }
		w.plan.Crawler = feeds{site{w}, map[string][]news.Story{"https://one.example": story("one #kim"), "https://two.example": story("two #kim")}}
		configure := func(urls map[string]string) {
			next := *w.plan
			next.Sources = map[string]news.Source{}
			for name, url := range urls {
				next.Sources[name] = news.Source{Name: name, URL: url, Origin: news.Origin{Source: name}, FullText: news.FullTextNever}
			}
			w.plan = &next
			w.setPlan()
			w.pass(2 * time.Hour)
			w.turn()
		}
		configure(map[string]string{"a": "https://one.example", "b": "https://two.example"})
		if len(w.posts) != 2 {
			t.Fatalf("%d alerts", len(w.posts))
		}
		configure(map[string]string{"a": "https://two.example", "b": "https://one.example"})
		configure(map[string]string{"c": "https://two.example", "b": "https://one.example"})
		if len(w.posts) != 2 {
			t.Errorf("%d alerts after the names were swapped", len(w.posts))
		}
		// Another source called a is another source, even with the same ids.
		configure(map[string]string{"a": "https://three.example", "c": "https://two.example", "b": "https://one.example"})
		w.plan.Crawler.(feeds).lists["https://three.example"] = story("three #kim")
		w.pass(2 * time.Hour)
		w.turn()
		if len(w.posts) != 3 {
			t.Errorf("%d alerts after a new source came", len(w.posts))
		}
	})
}

// While another config rules, only the sources that it leaves as they are here
// are claimed.
func TestYieldSources(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, name := range []string{"moved", "rescheduled", "removed"} {
			w.plan.Sources[name] = news.Source{Name: name, URL: "https://" + name + ".example", Origin: news.Origin{Source: name}}
		}
		w.setPlan()
		err := w.store.Sources.Sync(t.Context(), store.Sync{Now: noon, Sources: []store.PlannedSource{
			{Name: "tass", URL: "https://tass.example/feed"},
			{Name: "moved", URL: "https://elsewhere.example"},
			{Name: "rescheduled", URL: "https://rescheduled.example", Schedule: "@daily", Next: noon},
			{Name: "added", URL: "https://added.example", First: noon},
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.pipe.YieldSources(t.Context()); err != nil {
			t.Fatal(err)
		}
		crawled := func() (names []string) {
			w.turn()
			states, err := w.store.Sources.List(t.Context())
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
		w.setPlan() // loaded again: now this config is the newest
		if got := crawled(); !slices.Equal(got, []string{"moved", "removed", "rescheduled", "tass"}) {
			t.Errorf("crawled %v", got)
		}
	})
}

// A feed that is too short for its schedule: said once, and in what a crawl
// comes to each time.
func TestGapOfAScheduledSource(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.scheduled("@hourly")
		for i := range 4 {
			w.stories = listed(fmt.Sprint("first ", i), fmt.Sprint("second ", i))
			for j := range w.stories {
				w.stories[j].Published = w.clock().Add(-time.Minute)
			}
			done, err := w.pipe.Crawl(t.Context(), "tass")
			if err != nil || (done.Gap != "") != (i > 0) {
				t.Errorf("crawl %d: %+v, %v", i, done, err)
			}
			w.pass(time.Hour)
		}
		w.turn()
		var gaps []string
		for _, m := range w.posts {
			if strings.Contains(m.Text, "possible gap") {
				gaps = append(gaps, m.Text)
			}
		}
		if len(gaps) != 1 || !strings.Contains(gaps[0], "possible gap 13 Sep 2023 12:00–12:59 UTC") || !strings.Contains(gaps[0], "its schedule is too slow") {
			t.Errorf("the ops channel got %q", gaps)
		}
	})
}

// TestEmptyStaysEmptyUnmodified: a list that held no story holds none as long as
// it is not modified.
func TestEmptyStaysEmptyUnmodified(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.scheduled("*/5 * * * *")
		w.stories, w.tags = nil, news.Validators{ETag: "1"}
		for range 4 {
			w.toNext()
		}
		done, err := w.pipe.Crawl(t.Context(), "tass")
		if err != nil || !done.NotModified || done.Barren != "the list holds no story" {
			t.Errorf("%+v, %v", done, err)
		}
		state, err := w.store.Sources.Get(t.Context(), "tass")
		if err != nil || !strings.Contains(state.Health, `"verdict":"empty"`) {
			t.Errorf("%s, %v", state.Health, err)
		}
		w.stories, w.tags = listed("a"), news.Validators{ETag: "2"}
		if done, err := w.pipe.Crawl(t.Context(), "tass"); err != nil || done.Barren != "" || done.New != 1 {
			t.Errorf("%+v, %v", done, err)
		}
	})
}
