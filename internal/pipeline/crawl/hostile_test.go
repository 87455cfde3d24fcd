package crawl_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
)

// A source that served a hostile document is asked again after a day, whatever
// its schedule, restarts and reloads say; the operators hear of it at once.
func TestHostileSourceRestsForADay(t *testing.T) {
	for _, spec := range []string{"", "*/2 * * * *", "@every 10s"} {
		t.Run(spec, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				if spec != "" {
					w.Scheduled(spec)
					w.Pass(24 * time.Hour)
				}
				w.ListErr = &news.CrawlError{Fault: news.FaultHostile, URL: "https://tass.example/feed", Err: errors.New("too costly to read")}
				w.Turn()
				if w.Lists != 1 {
					t.Fatalf("asked %d times", w.Lists)
				}
				w.Pass(time.Minute) // trouble of several sources is told together
				w.Turn()
				if len(w.Posts) != 1 || !strings.Contains(w.Posts[0].Text, "hostile") {
					t.Errorf("told %v", w.Posts)
				}
				for _, how := range []pipeline.Adoption{pipeline.Start, pipeline.Reload, pipeline.Start} {
					w.Pass(7 * time.Hour)
					if err := w.Pipe.SetPlan(t.Context(), w.Plan, how); err != nil {
						t.Fatal(err)
					}
					w.Turn()
				}
				if w.Lists != 1 {
					t.Errorf("asked %d times within a day", w.Lists)
				}
				w.Pass(3*time.Hour + 15*time.Minute) // and the jitter of a pace
				w.Turn()
				if w.Lists != 2 {
					t.Errorf("asked %d times after a day", w.Lists)
				}
			})
		})
	}
}

// What is pushed for such a source is not read, and a hostile push counts as a
// hostile list.
func TestHostilePushes(t *testing.T) {
	pipetest.EachSubscribed(t, func(t *testing.T, w *pipetest.HubWorld) {
		w.Pass(time.Minute)
		lists := w.Lists
		if err := w.Pipe.Hubs.Push(t.Context(), w.Token(), w.Signed("bomb", "application/x-hostile")); err != nil {
			t.Fatal(err)
		}
		w.Asleep()
		w.Read()
		w.Turn()
		for range 3 {
			w.Pass(time.Hour)
			if err := w.Pipe.Hubs.Push(t.Context(), w.Token(), w.Signed("one #kim", "application/rss+xml")); err != nil {
				t.Fatal(err)
			}
			w.Turn()
		}
		if w.Lists != lists {
			t.Errorf("asked %d times", w.Lists-lists)
		}
		state, err := w.Store.Sources.Get(t.Context(), "tass")
		if err != nil || !strings.Contains(state.Error, "hostile") || state.Next.Sub(w.Clock()) < 20*time.Hour {
			t.Errorf("state %+v, %v", state, err)
		}
	})
}
