package store_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// TestLinked: which alerts on other news are told that a story was withdrawn: once, those that
// one of two alerts names, and that told of something later.
func TestLinked(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		withdrawn, later, before, apart := story("withdrawn"), story("later"), story("before"), story("apart")
		for i, st := range []*news.Story{before, withdrawn, later, apart} {
			st.FirstSeen = noon.Add(time.Duration(i) * time.Minute)
			add(t, s, st, "news")
		}
		inStore(t, s, `UPDATE alert SET earlier_id = (SELECT id FROM alert WHERE story_id = $1), earlier_loose = 1
			WHERE story_id = $2 OR story_id = $3`, withdrawn.ID, later.ID, before.ID)
		linked := func(told bool) (stories []int64) {
			inTx(t, s, func(tx *store.Tx) error {
				alerts, err := tx.Alerts.Linked(t.Context(), withdrawn, withdrawn.Cluster, told)
				for _, a := range alerts {
					stories = append(stories, a.Story)
				}
				return err
			})
			return stories
		}
		if got := linked(false); len(got) != 1 || got[0] != later.ID {
			t.Errorf("told are stories %v, want %d alone", got, later.ID)
		}
		if got := linked(true); len(got) != 0 {
			t.Errorf("told before are stories %v", got)
		}
		inTx(t, s, func(tx *store.Tx) error {
			alerts, err := tx.Alerts.Linked(t.Context(), withdrawn, withdrawn.Cluster, false)
			if err != nil {
				return err
			}
			_, err = tx.Deliveries.AddUpdate(t.Context(), news.Delivery{
				Alert: alerts[0].ID, Story: withdrawn.ID, Channel: "news", Kind: news.DeliverUpdate, About: news.AboutLinked,
				State: news.StatePending, Text: "{}", Due: noon, Created: noon,
			})
			return err
		})
		if got := linked(false); len(got) != 0 {
			t.Errorf("told twice are stories %v", got)
		}
		if got := linked(true); len(got) != 1 || got[0] != later.ID {
			t.Errorf("told that it stands again are stories %v", got)
		}
		inTx(t, s, func(tx *store.Tx) error {
			audience, err := tx.Alerts.Audience(t.Context(), withdrawn.ID, 2)
			if len(audience) != 1 || audience[0].Story != withdrawn.ID {
				t.Errorf("the audience of the story is %+v", audience)
			}
			return err
		})
	})
}
