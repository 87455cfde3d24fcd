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

func TestAlertIsPromisedOnce(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		st := story("a")
		add(t, s, st, "news", "desk")
		inTx(t, s, func(tx *store.Tx) error {
			tells, err := tx.Alerts.Add(t.Context(), news.Alert{Cluster: st.Cluster, Channel: "news", Created: noon}, st.ID)
			if tells {
				t.Error("a second alert for the same cluster and channel")
			}
			return err
		})
		if got := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 10)); len(got) != 2 {
			t.Errorf("%d deliveries, want one a channel", len(got))
		}
	})
}

// An alert grows with its cluster: while it is not sent, its message tells of the
// story that raised it; later one more message does, once for each step.
func TestAlertIsRaised(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, second := story("first"), story("second")
		add(t, s, first, "news")
		add(t, s, second)
		raise := func(severity news.Severity, mention string) (tells bool) {
			inTx(t, s, func(tx *store.Tx) (err error) {
				a := news.Alert{
					Cluster: first.Cluster, Channel: "news", Severity: severity, Rules: []string{"other"},
					Mentions: []string{mention}, Created: noon,
				}
				tells, err = tx.Alerts.Add(t.Context(), a, second.ID)
				return err
			})
			return tells
		}
		if raise(news.Normal, "@here") {
			t.Error("a milder match told the channel again")
		}
		if !raise(news.High, "@desk") {
			t.Error("a match with another mention told nothing")
		}
		d := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 10))
		if len(d) != 1 || d[0].Story != second.ID {
			t.Fatalf("before it is sent there are %+v", d)
		}
		told := must[store.Content](t)(s.Deliveries.Content(t.Context(), d[0]))
		if told.Story.ID != second.ID || told.First == nil || told.First.Title != first.Title ||
			len(told.Alert.Mentions) != 2 || len(told.Alert.Rules) != 2 {
			t.Errorf("it tells %+v", told)
		}
		if err := s.Deliveries.MarkSent(t.Context(), d[0], "C", "1", noon); err != nil {
			t.Fatal(err)
		}
		if !raise(news.Urgent, "@desk") || raise(news.Urgent, "@desk") {
			t.Error("a more severe match tells once")
		}
		d = must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 10))
		if len(d) != 2 || d[0].Kind != news.DeliverUpdate || d[0].Text != "high" ||
			d[0].Alert != d[1].Alert || d[0].State != news.StatePending {
			t.Errorf("afterwards there are %+v", d)
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
				a := news.Alert{Cluster: st.Cluster, Channel: channel, Rules: []string{"r"}, Created: at}
				added, err = tx.Alerts.AddToDigest(t.Context(), a, st.ID, at.Add(5*time.Minute))
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
