package store_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// gather has the channel news told of a new story in a digest.
func gather(t *testing.T, s *store.Store, key string, in store.DigestOf) news.Delivery {
	t.Helper()
	st := story(key)
	add(t, s, st)
	inTx(t, s, func(tx *store.Tx) error {
		_, err := tx.Alerts.AddToDigest(t.Context(), news.Alert{
			Cluster: st.Cluster, Story: st.ID, Channel: "news", Severity: news.Normal, Created: noon,
		}, in)
		return err
	})
	return must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 1))[0]
}

// TestDigestThatChanges: a digest that was rendered is not posted once it tells more, or is to
// be told at another time.
func TestDigestThatChanges(t *testing.T) {
	quiet := store.DigestOf{About: news.AboutQuiet, Key: "{}", Due: noon.Add(time.Hour)}
	snoozed := store.DigestOf{About: news.AboutSnooze, Key: store.SnoozeKey(7), Due: noon.Add(time.Hour)}
	for name, tt := range map[string]struct {
		in     store.DigestOf
		change func(t *testing.T, s *store.Store, d news.Delivery)
		begins bool
	}{
		"it tells more": {quiet, func(t *testing.T, s *store.Store, d news.Delivery) {
			if into := gather(t, s, "b", quiet); into.ID != d.ID {
				t.Fatalf("told in %d, not in %d", into.ID, d.ID)
			}
		}, false},
		"a reload": {quiet, func(t *testing.T, s *store.Store, d news.Delivery) {
			succeed(t, s.Deliveries.SendAt(t.Context(), d, noon.Add(2*time.Hour)))
		}, false},
		"a longer snooze": {snoozed, func(t *testing.T, s *store.Store, _ news.Delivery) {
			inTx(t, s, func(tx *store.Tx) error {
				return tx.Snoozes.Replace(t.Context(), 7, &news.Snooze{ID: 8, Until: noon.Add(3 * time.Hour)}, noon)
			})
		}, false},
		"nothing": {quiet, func(*testing.T, *store.Store, news.Delivery) {}, true},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				d := gather(t, s, "a", tt.in)
				c := claimChannel(t, s, noon.Add(time.Hour)) // of a daemon whose clock is ahead
				tt.change(t, s, d)
				if begins := must[bool](t)(s.Deliveries.Begin(t.Context(), c, &d, noon, noon.Add(time.Minute))); begins != tt.begins {
					t.Errorf("begins %v", begins)
				}
			})
		})
	}
}
