package store_test

import (
	"fmt"
	"slices"
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
			untold, err := tx.Deliveries.Retell(t.Context(), news.Alert{ID: d.Alert, Severity: news.Urgent}, second.ID)
			if !untold {
				t.Error("it was told already")
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

func TestAlertIsPromisedOnce(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		st := story("a")
		add(t, s, st, "news", "desk")
		inTx(t, s, func(tx *store.Tx) error {
			a := news.Alert{Cluster: st.Cluster, Story: st.ID, Channel: "news", Created: noon}
			added, err := tx.Alerts.Add(t.Context(), a, 0, false)
			if added {
				t.Error("a second alert for the same cluster and channel")
			}
			return err
		})
		if got := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 10)); len(got) != 2 {
			t.Errorf("%d deliveries, want one a channel", len(got))
		}
	})
}

// While an alert is not sent, its message can tell of another story.
func TestRetell(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, second := story("first"), story("second")
		add(t, s, first, "news")
		add(t, s, second)
		retell := func() (untold bool) {
			inTx(t, s, func(tx *store.Tx) (err error) {
				a, found, err := tx.Alerts.OnNews(t.Context(), first.Cluster, "news")
				if err != nil || !found || a.Story != first.ID || a.Cluster != first.Cluster {
					t.Fatalf("alert %+v, %v", a, err)
				}
				a.Severity, a.Mentions, a.Rules = news.Urgent, append(a.Mentions, "@desk"), append(a.Rules, "other")
				if err := tx.Alerts.Grow(t.Context(), a); err != nil {
					return err
				}
				untold, err = tx.Deliveries.Retell(t.Context(), a, second.ID)
				return err
			})
			return untold
		}
		if !retell() {
			t.Error("it cannot tell of another story")
		}
		d := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 10))
		if len(d) != 1 || d[0].Story != second.ID || d[0].Severity != news.Urgent {
			t.Fatalf("there are %+v", d)
		}
		told := must[store.Content](t)(s.Deliveries.Content(t.Context(), d[0]))
		if told.Story.ID != second.ID || told.First == nil || told.First.Title != first.Title ||
			len(told.Alert.Mentions) != 2 || len(told.Alert.Rules) != 2 {
			t.Errorf("it tells %+v", told)
		}
		sent(t, s, d[0])
		if retell() {
			t.Error("a message that was sent tells of another story")
		}
	})
}

// What was missed is told in one digest a channel, until that is about to be
// sent.
func TestMissedStoriesShareADigest(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		miss := func(key, channel string, at time.Time) (added bool) {
			st := story(key)
			add(t, s, st)
			inTx(t, s, func(tx *store.Tx) (err error) {
				a := news.Alert{Cluster: st.Cluster, Story: st.ID, Channel: channel, Rules: []string{"r"}, Created: at}
				added, err = tx.Alerts.AddToDigest(t.Context(), a, store.DigestOf{Due: at.Add(5 * time.Minute)})
				return err
			})
			return added
		}
		for i, m := range []struct {
			channel string
			after   time.Duration
		}{{"news", 0}, {"news", time.Minute}, {"desk", time.Minute}, {"news", 4*time.Minute + 45*time.Second}} {
			if !miss(fmt.Sprint(i), m.channel, noon.Add(m.after)) {
				t.Errorf("%d was told before", i)
			}
		}
		digests := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 10))
		var got []int
		for _, d := range digests {
			got = append(got, len(must[[]store.Content](t)(s.Deliveries.Digest(t.Context(), d.ID))))
		}
		if !slices.Equal(got, []int{1, 1, 2}) {
			t.Errorf("the digests tell %v stories, want 1 (the last), 1 (the desk) and 2", got)
		}
	})
}

// sent records that a delivery arrived.
func sent(t *testing.T, s *store.Store, d news.Delivery) {
	t.Helper()
	d.ChannelID, d.TS = "C1", "1.2"
	if err := s.Deliveries.MarkSent(t.Context(), d, noon); err != nil {
		t.Fatal(err)
	}
}

// TestUnsaid: alerts that somebody got do not hide the others, whatever their number, and the most
// severe come first; what was told of one after that has it among them again.
func TestUnsaid(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		for i := range 6 {
			add(t, s, story(fmt.Sprint(i)), "news")
		}
		for _, query := range []string{
			`UPDATE alert SET severity = 4, created_at = created_at - 1000 WHERE id = 2`, `UPDATE alert SET severity = 1 WHERE id = 6`,
			`INSERT INTO answer (request, kind, alert_id, by_name, said_at, effect) VALUES ('a', 'got', 3, 'Ada', 1, 'applied')`,
			`INSERT INTO answer (request, kind, alert_id, by_name, said_at, effect) VALUES ('b', 'got', 4, 'Ada', 1, 'applied')`,
			`INSERT INTO answer (request, kind, alert_id, by_name, said_at, effect) VALUES ('c', 'got', 5, 'Ada', 1, 'late')`,
			`INSERT INTO delivery (alert_id, channel, kind, state, due_at, created_at) VALUES (4, 'news', 'update', 'sent', 2, 2)`,
		} {
			if err := s.Exec(t.Context(), query); err != nil {
				t.Fatal(err)
			}
		}
		var ids []int64
		for _, a := range must[[]news.Alert](t)(s.Alerts.Unsaid(t.Context(), noon.Add(-time.Minute), news.High, 10)) {
			ids = append(ids, a.ID)
		}
		if !slices.Equal(ids, []int64{2, 5, 4, 1}) {
			t.Errorf("alerts %v", ids)
		}
		if got := must[[]news.Alert](t)(s.Alerts.Unsaid(t.Context(), noon, news.High, 1)); len(got) != 1 || got[0].ID != 5 {
			t.Errorf("the newest: %+v", got)
		}
	})
}
