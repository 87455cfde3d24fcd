package store_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// edit asks for an edit of the message of an alert.
func edit(t *testing.T, s *store.Store, alert int64, now time.Time, gap time.Duration) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) error { return tx.Deliveries.Edit(t.Context(), alert, now, gap) })
}

// An edit that is asked for while another one is made keeps the least time between them,
// unless it is urgent.
func TestEditDuringAnEdit(t *testing.T) {
	for name, tt := range map[string]struct{ gap, wait time.Duration }{
		"coverage": {time.Minute, time.Minute}, "urgent": {0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				first, c := alerted(t, s, "a", "news")
				sent(t, s, first)
				edit(t, s, first.Alert, noon, time.Minute)
				d, ok, err := s.Deliveries.Next(t.Context(), "news", noon)
				if err != nil || !ok || d.Kind != news.DeliverEdit {
					t.Fatal(d, ok, err)
				}
				if !must[bool](t)(s.Deliveries.Begin(t.Context(), c, &d, noon, noon.Add(30*time.Second))) {
					t.Fatal("the holder cannot begin")
				}
				edit(t, s, first.Alert, noon.Add(time.Second), tt.gap)
				now := noon.Add(2 * time.Second)
				if err := s.Deliveries.MarkEdited(t.Context(), d, now, time.Minute); err != nil {
					t.Fatal(err)
				}
				if got := state(t, s, d.ID); got.State != news.StatePending || !got.Due.Equal(now.Add(tt.wait)) {
					t.Errorf("%s, due at %v", got.State, got.Due)
				}
			})
		})
	}
}

// At every fifth slot goes what was recorded first. Edits and what is tried anew have a low
// number, and yet are not older than the rest.
func TestOldestTurn(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, _ := alerted(t, s, "a", "news")
		sent(t, s, first)
		edit(t, s, first.Alert, noon, 0)
		add(t, s, story("b"), "news")
		anew := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 1))[0]
		inStore(t, s, `UPDATE delivery SET created_at = created_at + 1000 WHERE id = $1`, anew.ID)
		add(t, s, story("c"), "news")
		oldest := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 1))[0]
		inStore(t, s, `UPDATE channel SET slots = 4 WHERE name = 'news'`)
		if d, _, err := s.Deliveries.Next(t.Context(), "news", noon); err != nil || d.ID != oldest.ID {
			t.Errorf("the next is %d, a %s, want %d: %v", d.ID, d.Kind, oldest.ID, err)
		}
	})
}
