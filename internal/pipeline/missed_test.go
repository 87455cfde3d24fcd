package pipeline_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
)

// failing is a site one of whose sources cannot be read.
type failing struct {
	pipetest.TwoSites
	name string
}

func (f failing) List(ctx context.Context, src news.Source, v news.Validators) (news.Listing, error) {
	if src.Name == f.name {
		return news.Listing{}, &news.CrawlError{Fault: news.FaultConnect}
	}
	return f.TwoSites.List(ctx, src, v)
}

// A source that was down lists what another one told in time.
func TestNothingWasMissedThatWasTold(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = 48 * time.Hour
		link, title := "https://wire.example/7-summit", "Leaders sign #arms deal"
		lists := map[string][]news.Story{"tass": {{URL: link, Title: title, Published: pipetest.Noon.Add(time.Hour)}}}
		w.Source("wire", lists)
		lists["wire"] = pipetest.Listed("something else")
		lists["tass"] = pipetest.Listed("another")
		w.Again()
		w.Pass(2 * time.Hour)
		lists["tass"] = []news.Story{{URL: link, Title: title, Published: pipetest.Noon.Add(2 * time.Hour)}}
		w.Plan.Crawler = failing{pipetest.NewTwoSites(w, lists), "wire"}
		w.SetPlan()
		w.Again()
		w.WantPosts(title)
		w.Pass(71 * time.Hour)
		lists["wire"] = []news.Story{{URL: link, Title: title, Published: pipetest.Noon.Add(2 * time.Hour)}}
		w.Plan.Crawler = pipetest.NewTwoSites(w, lists)
		w.SetPlan()
		w.Again()
		w.Pass(6 * time.Minute)
		w.Turn()
		w.WantPosts(title)
	})
}

// However many stories were missed, each is named.
func TestAllThatWasMissedIsNamed(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = 48 * time.Hour
		w.SetPlan()
		w.Stories = pipetest.Listed("before")
		w.Turn()
		w.Pass(72 * time.Hour)
		var titles []string
		for i := range 25 {
			titles = append(titles, fmt.Sprintf("missed %d #a", i))
		}
		w.Stories = pipetest.Listed(titles...)
		for i := range w.Stories {
			w.Stories[i].Published = w.Clock().Add(-60 * time.Hour)
		}
		w.Turn()
		w.Pass(6 * time.Minute)
		w.Turn()
		named := 0
		for _, m := range w.Posts {
			if m.Kind == news.DeliverDigest {
				named += len(m.Briefs)
			}
		}
		if named != len(titles) {
			t.Errorf("%d stories are named, want %d", named, len(titles))
		}
	})
}
