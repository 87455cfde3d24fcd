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
				return tx.Snoozes.Replace(t.Context(), 7, &news.Snooze{ID: 8}, noon.Add(3*time.Hour), noon)
			})
		}, false},
		"nothing": {quiet, func(*testing.T, *store.Store, news.Delivery) {}, true},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				d := gather(t, s, "a", tt.in)
				c := claimChannel(t, s, noon.Add(time.Hour)) // of a daemon whose clock is ahead
				tt.change(t, s, d)
				begins := must[bool](t)(s.Deliveries.Begin(t.Context(), c, &d, noon, noon.Add(time.Minute)))
				if begins != tt.begins {
					t.Errorf("begins %v", begins)
				}
			})
		})
	}
}

// TestDigestKeepsItsTime: neither the end of a snooze that nobody ended, nor a channel that is
// archived for a while, nor a restored store brings a digest earlier than it is due. A person
// does, who ends the snooze.
func TestDigestKeepsItsTime(t *testing.T) {
	end := func(by news.Person) func(t *testing.T, s *store.Store) {
		return func(t *testing.T, s *store.Store) {
			inTx(t, s, func(tx *store.Tx) error {
				id, err := tx.Snoozes.Begin(t.Context(), news.Snooze{Kind: news.SnoozeRule, Channel: "news", Until: noon})
				if err == nil {
					_, err = tx.Snoozes.End(t.Context(), id, by, noon)
				}
				return err
			})
		}
	}
	park := func(t *testing.T, s *store.Store) {
		inTx(t, s, func(tx *store.Tx) error {
			_, err := tx.Channels.Park(t.Context(), "news", "archived", noon.Add(10*time.Minute))
			if err == nil {
				err = tx.Channels.Unpark(t.Context(), "news", noon.Add(10*time.Minute))
			}
			return err
		})
	}
	lose := func(t *testing.T, s *store.Store) { renew(t, s, store.Loss{Cause: "a backup"}) }
	for name, tt := range map[string]struct {
		happens []func(t *testing.T, s *store.Store)
		due     time.Duration
	}{
		"over":              {[]func(*testing.T, *store.Store){end(news.Person{})}, 20 * time.Hour},
		"ended":             {[]func(*testing.T, *store.Store){end(news.Person{ID: "U1"})}, 0},
		"archived":          {[]func(*testing.T, *store.Store){park}, 20 * time.Hour},
		"restored":          {[]func(*testing.T, *store.Store){lose}, 20 * time.Hour},
		"restored, ended":   {[]func(*testing.T, *store.Store){lose, end(news.Person{ID: "U1"})}, time.Minute},
		"restored and over": {[]func(*testing.T, *store.Store){lose, end(news.Person{})}, 20 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				d := gather(t, s, "a", store.DigestOf{
					About: news.AboutSnooze, Key: store.SnoozeKey(1), Due: noon.Add(20 * time.Hour),
				})
				for _, happens := range tt.happens {
					happens(t, s)
				}
				if got := state(t, s, d.ID).Due.Sub(noon); got != tt.due {
					t.Errorf("due in %v, want %v", got, tt.due)
				}
			})
		})
	}
}

// TestGatheringInARestoredStore: a digest that is still to come follows the hours of a plan in
// a restored store, too; one that is about to be sent does not.
func TestGatheringInARestoredStore(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		d := gather(t, s, "a", store.DigestOf{About: news.AboutQuiet, Key: "{}", Due: noon.Add(20 * time.Hour)})
		renew(t, s, store.Loss{Cause: "a backup"})
		before := noon.Add(20*time.Hour - time.Minute)
		if got := must[[]news.Delivery](t)(s.Deliveries.Gathering(t.Context(), before)); len(got) != 0 {
			t.Errorf("about to be sent, and gathering: %+v", got)
		}
		if got := must[[]news.Delivery](t)(s.Deliveries.Gathering(t.Context(), noon)); len(got) != 1 {
			t.Errorf("gathering: %+v", got)
		}
		succeed(t, s.Deliveries.SendAt(t.Context(), d, noon))
		if got := state(t, s, d.ID); !got.Due.Equal(noon.Add(time.Minute)) || got.State != news.StateInDoubt {
			t.Errorf("%s, due in %v", got.State, got.Due.Sub(noon))
		}
	})
}

// TestLookAgain: what quiet hours may keep is looked at when these change, and not what waits for
// its turn in a thread.
func TestLookAgain(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		d, _ := alerted(t, s, "a", "news")
		soon := noon.Add(4 * time.Minute)
		want := map[news.About]time.Time{
			news.AboutTurn: noon, news.AboutRaised: noon, news.AboutWithdrawn: noon, news.AboutCorrected: noon,
			news.AboutBatch: soon, news.AboutDevelopment: soon,
		}
		ids := map[news.About]int64{}
		inTx(t, s, func(tx *store.Tx) error {
			for about := range want {
				id, err := tx.Deliveries.AddUpdate(t.Context(), news.Delivery{
					Alert: d.Alert, Channel: "news", Kind: news.DeliverUpdate, About: about, State: news.StatePending,
					Due: soon, Created: noon,
				})
				if err != nil {
					return err
				}
				ids[about] = id
			}
			return nil
		})
		if err := s.Deliveries.LookAgain(t.Context(), noon); err != nil {
			t.Fatal(err)
		}
		for about, due := range want {
			if got := state(t, s, ids[about]).Due; !got.Equal(due) {
				t.Errorf("%s is due at %v, want %v", about, got, due)
			}
		}
	})
}
