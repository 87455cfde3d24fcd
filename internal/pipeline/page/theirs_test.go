package page_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
)

// A daemon whose config is older than the newest leaves the stories of sources
// that it does not know to the others: their pages are read, and looked at.
func TestStoriesOfUnknownSourcesAreLeftToOthers(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		plan := *w.Plan
		plan.Sources = map[string]news.Source{}
		old := pipetest.NewPipeline(w, slog.DiscardHandler, pipeline.Options{Workers: 4})
		if err := old.SetPlan(t.Context(), &plan, pipeline.Command); err != nil {
			t.Fatal(err)
		}
		ours := w.Pipe
		by := func(p *pipeline.Pipeline) { // does what is due, once
			t.Helper()
			w.Pipe = p
			if err := ours.Dispatch(t.Context()); err != nil {
				t.Fatal(err)
			}
			jobs := w.Jobs
			w.Jobs = nil
			for _, job := range jobs {
				if err := job(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			w.Pipe = ours
		}
		w.PageSource()
		w.Stories = []news.Story{{URL: pipetest.PageURL, Title: "Leaders meet", Published: pipetest.Noon.Add(-time.Minute)}}
		w.Pages[pipetest.PageURL] = news.Story{Text: pipetest.PageText}
		by(ours) // the list
		by(old)  // the page
		if !w.Story().Waiting {
			t.Fatal("the story went on without its page")
		}
		w.Pass(10 * time.Second)
		by(ours)
		by(ours)
		w.WantPosts("Leaders meet")

		jobs := w.Dispatched(16 * time.Minute)
		w.PageRead = 0
		w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders sign", Text: pipetest.PageText}
		w.Pipe = old
		for _, job := range jobs {
			if err := job(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.Pipe = ours
		if w.PageRead != 0 {
			t.Error("the older config had the page looked at")
		}
		w.Until(20 * time.Minute)
		w.WantRevisions("headline")
	})
}

// A source that is switched off is not asked for the pages that its stories
// still wait for: what the list said has to do.
func TestPagesOfASourceThatWasSwitchedOff(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.PageSource()
		w.Stories = []news.Story{{URL: pipetest.PageURL, Title: "Leaders meet", Published: pipetest.Noon.Add(-time.Minute)}}
		w.Pages[pipetest.PageURL] = news.Story{Text: pipetest.PageText}
		if err := w.Pipe.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		jobs := w.Jobs
		w.Jobs = nil
		for _, job := range jobs {
			if err := job(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if !w.Story().Waiting {
			t.Fatal("the story does not wait for its page")
		}
		plan := *w.Plan
		plan.Sources = map[string]news.Source{}
		for name, src := range w.Plan.Sources {
			src.Disabled = true
			plan.Sources[name] = src
		}
		if err := w.Pipe.SetPlan(t.Context(), &plan, pipeline.Reload); err != nil {
			t.Fatal(err)
		}
		w.PageRead = 0
		w.Pass(time.Second)
		w.Turn()
		if w.PageRead != 0 || w.Story().Waiting {
			t.Errorf("%d pages were read, waiting is %v; want none and false", w.PageRead, w.Story().Waiting)
		}
	})
}
