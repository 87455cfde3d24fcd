package pipetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Beat has the pipeline keep the time, as the app does.
func (w *World) Beat(all bool) pipeline.Kept {
	w.T.Helper()
	kept, err := w.Pipe.KeepTime(w.T.Context(), func(context.Context) (store.Beat, error) {
		return store.Beat{At: w.told.Now(), Steady: w.told.Steady(), Boot: "the only one", Uptime: w.read().Elapsed}, nil
	}, all)
	if err != nil {
		w.T.Fatal(err)
	}
	return kept
}

// Die ends the goroutine that calls it, as the death of its daemon would: a context
// that ends would not, since a daemon that stops settles what it has claimed.
func Die() { runtime.Goexit() }

// RunToDeath runs jobs that may Die.
func (w *World) RunToDeath(jobs []func(context.Context) error) {
	for _, job := range jobs {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			_ = job(w.T.Context()) // the dead say nothing
		}()
		<-ended
	}
}

// Live lets the daemon live for a time.
func (w *World) Live(d time.Duration) {
	w.T.Helper()
	for end := w.read().Elapsed + d; w.read().Elapsed < end; w.Pass(5 * time.Second) {
		w.Beat(false)
		w.Turn()
	}
}

// Arrivals counts the alerts by headline.
func (w *World) Arrivals() map[string]int {
	got := map[string]int{}
	for _, m := range w.Posts {
		if m.Kind == news.DeliverStory {
			got[m.Headline]++
		}
	}
	return got
}

// WantOnce fails the test unless each headline arrived once, and nothing else did.
func (w *World) WantOnce(headlines ...string) {
	w.T.Helper()
	got := w.Arrivals()
	for _, h := range headlines {
		if got[h] != 1 {
			w.T.Errorf("%q arrived %d times", h, got[h])
		}
	}
	if len(got) != len(headlines) {
		w.T.Errorf("arrived: %v", got)
	}
}

// Ops returns the messages to the ops channel.
func (w *World) Ops() (texts []string) {
	for _, m := range w.Posts {
		if m.Kind == news.DeliverOps {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

func mustSchedule(t *testing.T, spec string) schedule.Schedule {
	t.Helper()
	s, err := schedule.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Scheduled gives the world's source a schedule.
func (w *World) Scheduled(spec string) {
	w.T.Helper()
	src := w.Plan.Sources["tass"]
	src.Schedule, src.Kind = spec, news.KindFeed
	w.Plan.Sources["tass"] = src
	w.Plan.Schedules["tass"] = mustSchedule(w.T, spec)
	w.SetPlan()
}

// ToNext moves the clock to the source's next run and lets it happen.
func (w *World) ToNext() {
	w.T.Helper()
	state, err := w.Store.Sources.Get(w.T.Context(), "tass")
	if err != nil {
		w.T.Fatal(err)
	}
	w.mu.Lock()
	w.Now = state.Next
	w.mu.Unlock()
	w.Turn()
}

// Further is one more pipeline on the store of a world, which may have been
// restarted, and follows the world's plan.
func (w *World) Further() *pipeline.Pipeline {
	w.T.Helper()
	p := w.Daemon()
	if err := p.SetPlan(w.T.Context(), w.Plan, pipeline.Start); err != nil {
		w.T.Fatal(err)
	}
	return p
}

// Watch gives the world n sources, each on a host of its own, that are asked
// once a minute.
func (w *World) Watch(n int) {
	w.T.Helper()
	minutely, err := schedule.Parse("* * * * *")
	if err != nil {
		w.T.Fatal(err)
	}
	w.Plan.Sources = map[string]news.Source{}
	for i := range n {
		name := fmt.Sprintf("s%02d", i)
		w.Plan.Sources[name] = news.Source{
			Name: name, Origin: news.Origin{Source: name}, URL: "https://" + name + ".example/feed", Schedule: "* * * * *", FullText: news.FullTextNever,
		}
		w.Plan.Schedules[name] = minutely
	}
	w.SetPlan()
}

// WithPages makes the world's source one whose pages are read.
func (w *World) WithPages() {
	src := w.Plan.Sources["tass"]
	src.FullText = news.FullTextAlways
	w.Plan.Sources["tass"] = src
	w.SetPlan()
}

// Source makes a second source beside "tass", whose lists are w.lists.
func (w *World) Source(name string, lists map[string][]news.Story) {
	src := w.Plan.Sources["tass"]
	src.Name, src.Origin.Source, src.URL = name, name, "https://"+name+".example/feed"
	w.Plan.Sources[name] = src
	w.Plan.Crawler = NewTwoSites(w, lists)
	w.SetPlan()
}

// Minutely has a source read every minute, from the next SetPlan on.
func Minutely(w *World, name string) {
	w.T.Helper()
	src := w.Plan.Sources[name]
	src.Schedule = "* * * * *"
	w.Plan.Sources[name] = src
	w.Plan.Schedules[name] = mustSchedule(w.T, src.Schedule)
}

// ToldSince returns the headlines of the messages about stories since the first n.
func (w *World) ToldSince(n int) (headlines []string) {
	for _, m := range w.Posts[n:] {
		if m.Kind != news.DeliverOps {
			headlines = append(headlines, m.Headline)
		}
	}
	return headlines
}

// Settle lets the time pass until no post can land any more.
func (w *World) Settle() {
	w.T.Helper()
	for range 4 {
		w.Turn()
		w.Pass(time.Minute)
	}
}

// Fault returns the error of a sender that has a problem.
func Fault(p notify.Problem) error {
	return &notify.SendError{Problem: p, Err: errors.New("as the test wants")}
}

// Matcher is a matcher of rules that is a function.
type Matcher func(s *news.Story) []news.Match

// Match calls the function.
func (m Matcher) Match(s *news.Story) []news.Match { return m(s) }

// Certain returns nothing.
func (m Matcher) Certain(*news.Story) []news.Match { return nil }
