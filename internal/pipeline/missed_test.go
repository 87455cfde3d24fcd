package pipeline_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// failing is a site one of whose sources cannot be read.
type failing struct {
	twoSites
	name string
}

func (f failing) List(ctx context.Context, src news.Source, v news.Validators) (news.Listing, error) {
	if src.Name == f.name {
		return news.Listing{}, &news.CrawlError{Fault: news.FaultConnect}
	}
	return f.twoSites.List(ctx, src, v)
}

// A source that was down lists what another one told in time.
func TestNothingWasMissedThatWasTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan.MaxAge = 48 * time.Hour
		link, title := "https://wire.example/7-summit", "Leaders sign #arms deal"
		lists := map[string][]news.Story{"tass": {{URL: link, Title: title, Published: noon.Add(time.Hour)}}}
		w.source("wire", lists)
		lists["wire"] = listed("something else")
		lists["tass"] = listed("another")
		w.again()
		w.pass(2 * time.Hour)
		lists["tass"] = []news.Story{{URL: link, Title: title, Published: noon.Add(2 * time.Hour)}}
		w.plan.Crawler = failing{twoSites{site{w}, lists}, "wire"}
		w.setPlan()
		w.again()
		w.wantPosts(title)
		w.pass(71 * time.Hour)
		lists["wire"] = []news.Story{{URL: link, Title: title, Published: noon.Add(2 * time.Hour)}}
		w.plan.Crawler = twoSites{site{w}, lists}
		w.setPlan()
		w.again()
		w.pass(6 * time.Minute)
		w.turn()
		w.wantPosts(title)
	})
}

// However many stories were missed, each is named.
func TestAllThatWasMissedIsNamed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan.MaxAge = 48 * time.Hour
		w.setPlan()
		w.stories = listed("before")
		w.turn()
		w.pass(72 * time.Hour)
		var titles []string
		for i := range 25 {
			titles = append(titles, fmt.Sprintf("missed %d #a", i))
		}
		w.stories = listed(titles...)
		for i := range w.stories {
			w.stories[i].Published = w.clock().Add(-60 * time.Hour)
		}
		w.turn()
		w.pass(6 * time.Minute)
		w.turn()
		named := 0
		for _, m := range w.posts {
			if m.Kind == news.DeliverDigest {
				named += len(m.Briefs)
			}
		}
		if named != len(titles) {
			t.Errorf("%d stories are named, want %d", named, len(titles))
		}
	})
}
