package pipeline_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
)

// A source that served a hostile document is asked again after a day, whatever
// its schedule, restarts and reloads say; the operators hear of it at once.
func TestHostileSourceRestsForADay(t *testing.T) {
	for _, spec := range []string{"", "*/2 * * * *", "@every 10s"} {
		t.Run(spec, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				if spec != "" {
					w.scheduled(spec)
					w.pass(24 * time.Hour)
				}
				w.listErr = &news.CrawlError{Fault: news.FaultHostile, URL: "https://tass.example/feed", Err: errors.New("too costly to read")}
				w.turn()
				if w.lists != 1 {
					t.Fatalf("asked %d times", w.lists)
				}
				w.pass(time.Minute) // trouble of several sources is told together
				w.turn()
				if len(w.posts) != 1 || !strings.Contains(w.posts[0].Text, "hostile") {
					t.Errorf("told %v", w.posts)
				}
				for _, how := range []pipeline.Adoption{pipeline.Start, pipeline.Reload, pipeline.Start} {
					w.pass(7 * time.Hour)
					if err := w.pipe.SetPlan(t.Context(), w.plan, how); err != nil {
						t.Fatal(err)
					}
					w.turn()
				}
				if w.lists != 1 {
					t.Errorf("asked %d times within a day", w.lists)
				}
				w.pass(3*time.Hour + 15*time.Minute) // and the jitter of a pace
				w.turn()
				if w.lists != 2 {
					t.Errorf("asked %d times after a day", w.lists)
				}
			})
		})
	}
}

// What is pushed for such a source is not read, and a hostile push counts as a
// hostile list.
func TestHostilePushes(t *testing.T) {
	eachSubscribed(t, func(t *testing.T, w *hubWorld) {
		w.pass(time.Minute)
		lists := w.lists
		if err := w.pipe.Push(t.Context(), w.token(), w.signed("bomb", "application/x-hostile")); err != nil {
			t.Fatal(err)
		}
		w.asleep()
		w.read()
		w.turn()
		for range 3 {
			w.pass(time.Hour)
			if err := w.pipe.Push(t.Context(), w.token(), w.signed("one #kim", "application/rss+xml")); err != nil {
				t.Fatal(err)
			}
			w.turn()
		}
		if w.lists != lists {
			t.Errorf("asked %d times", w.lists-lists)
		}
		state, err := w.store.Sources.Get(t.Context(), "tass")
		if err != nil || !strings.Contains(state.Error, "hostile") || state.Next.Sub(w.clock()) < 20*time.Hour {
			t.Errorf("state %+v, %v", state, err)
		}
	})
}
