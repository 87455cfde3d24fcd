package store_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// An alert that is raised once its message was made, and before its post begins,
// is not posted as it was.
func TestRaiseBeforeThePostBegins(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, second := story("first"), story("second")
		add(t, s, first, "news")
		add(t, s, second)
		d, _, err := s.Deliveries.Next(t.Context(), "news", noon)
		if err != nil {
			t.Fatal(err)
		}
		c := claimChannel(t, s, noon)
		told := must[store.Content](t)(s.Deliveries.Content(t.Context(), d)) // what is rendered
		inTx(t, s, func(tx *store.Tx) error {
			tells, err := tx.Alerts.Add(t.Context(), news.Alert{
				Cluster: first.Cluster, Channel: "news", Severity: news.Urgent, Rules: []string{"r"},
				Mentions: []string{"@here"}, Created: noon,
			}, second.ID)
			if !tells {
				t.Error("not told")
			}
			return err
		})
		ok := must[bool](t)(s.Deliveries.Begin(t.Context(), c, &d, noon, noon.Add(time.Minute)))
		all := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 10))
		if ok && len(all) == 1 {
			t.Errorf("posted as %v %v, and nothing follows: the raise is lost", told.Alert.Severity, told.Alert.Mentions)
		}
	})
}
