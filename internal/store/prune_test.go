package store_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// send makes all deliveries sent.
func send(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Exec(t.Context(), `UPDATE delivery SET state = 'sent'`); err != nil {
		t.Fatal(err)
	}
}

// Stories that others are compared with, and those that a message is still to tell of, stay
// whole, also where texts are kept for a day.
func TestPruneKeepsWhatIsNeeded(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		day := func(n float64) time.Time { return noon.Add(-time.Duration(n * 24 * float64(time.Hour))) }
		alerted, compared, batched := story("alerted"), story("compared"), story("batched")
		alerted.FirstSeen, compared.FirstSeen, batched.FirstSeen = day(2), day(2), day(8)
		idle, long := story("idle"), story("long")
		idle.FirstSeen, long.FirstSeen = day(2), day(7)
		add(t, s, alerted, "news")
		for _, st := range []*news.Story{compared, batched, idle, long} {
			add(t, s, st)
		}
		alert := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 1))[0].Alert
		send(t, s)
		inTx(t, s, func(tx *store.Tx) error {
			for _, st := range []*news.Story{alerted, compared, long} {
				k := store.Sketch{Story: st.ID, Sketch: []byte("sketch"), Seen: st.FirstSeen}
				if err := tx.Sketches.Save(t.Context(), &k); err != nil {
					return err
				}
			}
			id, err := tx.Deliveries.AddUpdate(t.Context(), news.Delivery{
				Alert: alert, Channel: "news", Kind: news.DeliverUpdate, About: news.AboutBatch, State: news.StatePending, Due: noon,
				Created: noon,
			})
			if err != nil {
				return err
			}
			r := store.NewsReport{Alert: alert, Story: batched.ID, Delivery: id, Created: noon}
			return tx.Alerts.AddReport(t.Context(), r)
		})
		prune := func(want int) {
			t.Helper()
			ages := store.Ages{Texts: day(1), Seen: noon.Add(-store.SeenAtLeast), Compared: day(6)}
			if n := must[int](t)(s.Prune(t.Context(), ages)); n != want {
				t.Errorf("pruned %d, want %d", n, want)
			}
		}
		prune(2) // idle and long
		for _, st := range []*news.Story{alerted, compared, batched} {
			if n := must[store.NewStory](t)(s.Stories.Get(t.Context(), st.ID)); n.Text == "" {
				t.Errorf("the text of %q is gone", st.Key)
			}
		}
		if left := must[[]store.Sketch](t)(s.Sketches.Since(t.Context(), 0, day(30))); len(left) != 2 {
			t.Errorf("%d sketches are left, want 2", len(left))
		}
		send(t, s)
		prune(1) // batched
		if _, err := s.Stories.Get(t.Context(), batched.ID); err == nil {
			t.Error("a story that was told in a batch, and that nothing needs any more, is still there")
		}
	})
}
