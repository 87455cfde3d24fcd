package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// linked records two stories that tell one news in two clusters: the first is alerted in
// news, the second in gone.
func linked(t *testing.T, s *store.Store) (first, second *news.Story) {
	t.Helper()
	first, second = story("first"), story("second")
	add(t, s, first, "news")
	add(t, s, second, "gone")
	inTx(t, s, func(tx *store.Tx) error {
		return tx.Stories.LinkCluster(t.Context(), second.Cluster, first.Cluster, "")
	})
	return first, second
}

// A channel has one alert on a news, whichever of its clusters an alert comes from; one that
// wants a message for each report has one on each cluster.
func TestRedirectKnowsTheNews(t *testing.T) {
	for way, promised := range map[news.SameNews]bool{news.SameNewsThread: true, news.SameNewsMessage: false} {
		t.Run(string(way), func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				_, second := linked(t, s)
				waits := must[[]news.Delivery](t)(s.Deliveries.Find(t.Context(), store.DeliveryFilter{Limit: 1, Channel: "gone"}))[0]
				on := news.Alert{ID: waits.Alert, Cluster: second.Cluster}
				if got := must[bool](t)(s.Alerts.InChannel(t.Context(), on, "news", way)); got != promised {
					t.Errorf("promised %v, want %v", got, promised)
				}
				told := (*store.AlertedError)(nil)
				err := s.InTx(t.Context(), func(tx *store.Tx) error {
					return tx.Deliveries.Redirect(t.Context(), waits.ID, "news", way, noon)
				})
				if errors.As(err, &told) != promised || (err == nil) == promised {
					t.Errorf("redirected with %v", err)
				}
			})
		})
	}
}

// Of a digest that goes to another channel, what that channel was told of is left out.
func TestRedirectOfADigestKnowsTheNews(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		_, second := linked(t, s)
		other := story("other")
		add(t, s, other)
		inTx(t, s, func(tx *store.Tx) error {
			for _, st := range []*news.Story{second, other} {
				a := news.Alert{Cluster: st.Cluster, Story: st.ID, Channel: "missed", Created: noon}
				if _, err := tx.Alerts.AddToDigest(t.Context(), a, store.DigestOf{Due: noon.Add(5 * time.Minute)}); err != nil {
					return err
				}
			}
			return nil
		})
		digest := must[[]news.Delivery](t)(s.Deliveries.Find(t.Context(), store.DeliveryFilter{Limit: 1, Channel: "missed"}))[0]
		inTx(t, s, func(tx *store.Tx) error {
			return tx.Deliveries.Redirect(t.Context(), digest.ID, "news", news.SameNewsThread, noon)
		})
		told := must[[]store.Content](t)(s.Deliveries.Digest(t.Context(), digest.ID))
		if len(told) != 1 || told[0].Story.ID != other.ID {
			t.Errorf("the digest tells %+v", told)
		}
	})
}

// An update that was settled without a post told its channel nothing: the alert moves with
// its message.
func TestSettledUpdateTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		st := story("a")
		add(t, s, st, "gone")
		first := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 1))[0]
		update := first
		update.Kind, update.About = news.DeliverUpdate, news.AboutBatch
		inTx(t, s, func(tx *store.Tx) (err error) {
			update.ID, err = tx.Deliveries.AddUpdate(t.Context(), update)
			return err
		})
		if err := s.Deliveries.Settle(t.Context(), state(t, s, update.ID), "nothing to reply to", noon); err != nil {
			t.Fatal(err)
		}
		inTx(t, s, func(tx *store.Tx) error {
			if err := tx.Deliveries.Redirect(t.Context(), first.ID, "news", news.SameNewsThread, noon); err != nil {
				return err
			}
			_, moved, err := tx.Alerts.OnNews(t.Context(), st.Cluster, "news")
			if !moved {
				t.Error("the alert stays in a channel that was told nothing")
			}
			return err
		})
	})
}

// A story of another cluster that a message tells of is kept.
func TestPruneKeepsWhatAMessageTells(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, second := story("first"), story("second")
		second.FirstSeen = noon.Add(-100 * 24 * time.Hour)
		add(t, s, first, "news")
		add(t, s, second)
		alert := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 1))[0].Alert
		inTx(t, s, func(tx *store.Tx) error {
			_, err := tx.Deliveries.Retell(t.Context(), news.Alert{ID: alert, Severity: news.Urgent}, second.ID)
			return err
		})
		send(t, s)
		must[int](t)(s.Prune(t.Context(), store.Ages{
			Texts: noon.Add(-90 * 24 * time.Hour), Seen: noon.Add(-store.SeenAtLeast),
		}))
		d := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 1))[0]
		told, err := s.Deliveries.Content(t.Context(), d)
		if err != nil || told.Story.ID != second.ID || told.Story.Text != "" {
			t.Errorf("the message tells %+v, %v", told.Story, err)
		}
	})
}
