package pipeline_test

import (
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
)

// A daemon whose config is older than the newest leaves the stories of sources
// that it does not know to the others: their pages are read, and looked at.
func TestStoriesOfUnknownSourcesAreLeftToOthers(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		plan := *w.plan
		plan.Sources = map[string]news.Source{}
		old := pipeline.New(slog.New(slog.NewTextHandler(io.Discard, nil)), w.store, w, &w.meter, pipeline.Options{Workers: 4, Now: w.clock})
		if err := old.SetPlan(t.Context(), &plan, pipeline.Visit); err != nil {
			t.Fatal(err)
		}
		ours := w.pipe
		by := func(p *pipeline.Pipeline) { // does what is due, once
			t.Helper()
			w.pipe = p
			if err := ours.Dispatch(t.Context()); err != nil {
				t.Fatal(err)
			}
			jobs := w.jobs
			w.jobs = nil
			for _, job := range jobs {
				if err := job(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			w.pipe = ours
		}
		w.pageSource()
		w.stories = []news.Story{{URL: pageURL, Title: "Leaders meet", Published: noon.Add(-time.Minute)}}
		w.pages[pageURL] = news.Story{Text: pageText}
		by(ours) // the list
		by(old)  // the page
		if !w.story().Waiting {
			t.Fatal("the story went on without its page")
		}
		w.pass(10 * time.Second)
		by(ours)
		by(ours)
		w.wantPosts("Leaders meet")

		jobs := w.dispatched(16 * time.Minute)
		w.pageRead = 0
		w.pages[pageURL] = news.Story{Title: "Leaders sign", Text: pageText}
		w.pipe = old
		for _, job := range jobs {
			if err := job(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.pipe = ours
		if w.pageRead != 0 {
			t.Error("the older config had the page looked at")
		}
		w.until(20 * time.Minute)
		w.wantRevisions("headline")
	})
}

// A source that is switched off is not asked for the pages that its stories
// still wait for: what the list said has to do.
func TestPagesOfASourceThatWasSwitchedOff(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.pageSource()
		w.stories = []news.Story{{URL: pageURL, Title: "Leaders meet", Published: noon.Add(-time.Minute)}}
		w.pages[pageURL] = news.Story{Text: pageText}
		if err := w.pipe.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		jobs := w.jobs
		w.jobs = nil
		for _, job := range jobs {
			if err := job(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if !w.story().Waiting {
			t.Fatal("the story does not wait for its page")
		}
		plan := *w.plan
		plan.Sources = map[string]news.Source{}
		for name, src := range w.plan.Sources {
			src.Disabled = true
			plan.Sources[name] = src
		}
		if err := w.pipe.SetPlan(t.Context(), &plan, pipeline.Reload); err != nil {
			t.Fatal(err)
		}
		w.pageRead = 0
		w.pass(time.Second)
		w.turn()
		if w.pageRead != 0 || w.story().Waiting {
			t.Errorf("%d pages were read, waiting is %v; want none and false", w.pageRead, w.story().Waiting)
		}
	})
}
