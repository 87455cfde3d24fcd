package deliver_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// TestLostStorm: the store is restored from before a storm. What the storm listed in its thread
// is not told again, whether it is folded again or not, and no list is edited to tell one story.
func TestLostStorm(t *testing.T) {
	w := pipetest.NewWorld(t, storetest.SQLite(t))
	w.Plan.Crawler, w.Plan.Storm = w.Site(), news.Gust{News: 3, Over: 10 * time.Minute}
	w.Plan.Severities = map[string]news.Severity{"kim": news.Normal}
	w.SetPlan()
	w.Stories = pipetest.Listed("Leaders met for #kim")
	w.Turn()
	restore := losing(t, w, true)
	w.Pass(time.Hour)
	for i, place := range []string{"Oslo", "Lima", "Cairo", "Quito", "Dakar", "Hanoi", "Perth", "Turin"} {
		s := pipetest.Listed(fmt.Sprintf("%s%d #kim", place, i))[0]
		s.Published = w.Now.Add(-time.Minute)
		w.Stories = append(w.Stories, s)
	}
	w.Turn()
	w.Live(2 * time.Minute)
	lists := func(posts []notify.Message) (n int) {
		for _, m := range posts {
			n += len(m.Briefs)
		}
		return n
	}
	if n := lists(w.Posts); n != 5 {
		t.Fatalf("%d are folded of %d posts", n, len(w.Posts))
	}
	slices.Reverse(w.Stories[1:]) // others come singly now, and those that did are folded
	before := len(w.Posts)
	next := restore()
	next.Live(15 * time.Minute)
	if n := lists(next.Posts[before:]); n != 0 {
		t.Errorf("%d were told again by lists", n)
	}
	for _, m := range next.Posts[before:] {
		if m.Kind == news.DeliverStory {
			t.Errorf("told again: %s", m.Headline)
		}
	}
	for _, m := range next.Edits {
		if m.Kind == news.DeliverStory {
			t.Errorf("%s is edited", m.Headline)
		}
	}
}

// TestHeadInDoubt: the head of a storm that may have been posted before the store was restored is
// posted when it is not found.
func TestHeadInDoubt(t *testing.T) {
	for name, posted := range map[string]bool{"it was posted": true, "it was not": false} {
		t.Run(name, func(t *testing.T) {
			w := pipetest.NewWorld(t, storetest.SQLite(t))
			w.Plan.Crawler = w.Site()
			w.SetPlan()
			w.Stories = pipetest.Listed("Leaders met for #kim")
			w.Turn()
			err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
				st := news.Storm{Rule: "kim", Channel: "news", Since: w.Clock(), Began: w.Clock(), Busy: w.Clock().Add(time.Hour)}
				_, err := tx.Storms.Begin(t.Context(), st)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			restore := losing(t, w, true)
			if posted {
				w.Live(time.Minute)
			}
			next := restore()
			next.Live(10 * time.Minute)
			heads := 0
			for _, m := range next.Posts {
				if m.Kind == news.DeliverDigest {
					heads++
				}
			}
			if heads != 1 {
				t.Errorf("%d heads were posted", heads)
			}
		})
	}
}
