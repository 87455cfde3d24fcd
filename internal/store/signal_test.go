package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// raise records a story that rules match at a time, and an alert of it by the same
// rules in each of some channels.
func raise(t *testing.T, s *store.Store, key string, when time.Time, rules []string, channels ...string) *news.Story {
	t.Helper()
	st := story(key)
	st.Title = key
	inTx(t, s, func(tx *store.Tx) error {
		if err := tx.Stories.Add(t.Context(), entered(st)); err != nil {
			return err
		}
		matches := make([]news.Match, len(rules))
		for i, rule := range rules {
			matches[i] = news.Match{Rule: rule, Hash: "1"}
		}
		if err := tx.Stories.AddMatches(t.Context(), st.ID, matches, when); err != nil {
			return err
		}
		for _, c := range channels {
			a := news.Alert{Cluster: st.Cluster, Story: st.ID, Channel: c, Rules: rules, Created: when}
			if _, err := tx.Alerts.Add(t.Context(), a, 0, false); err != nil {
				return err
			}
		}
		return nil
	})
	return st
}

func TestLastMatch(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		want := func(now, at time.Time, title string) {
			t.Helper()
			when, st, err := s.Signals.LastMatch(t.Context(), "kim", now)
			if err != nil || !when.Equal(at) || st.Title != title {
				t.Errorf("at %s: %q at %s, %v; want %q at %s", now, st.Title, when, err, title, at)
			}
		}
		want(noon, time.Time{}, "")
		raise(t, s, "other", noon, []string{"kimono"}, "news")
		want(noon, time.Time{}, "")
		raise(t, s, "one", noon.Add(-time.Hour), []string{"kim", "kimono"})
		raise(t, s, "two", noon.Add(time.Hour), []string{"kim"})
		want(noon, noon.Add(-time.Hour), "one") // the other one was recorded while the clock was ahead
		want(noon.Add(time.Hour), noon.Add(time.Hour), "two")
	})
}

func TestWatchedRules(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		since := func(rule string, now time.Time) time.Duration {
			t.Helper()
			return must[time.Time](t)(s.Signals.Watch(t.Context(), rule, now)).Sub(noon)
		}
		keep := func(now time.Time, rules ...string) {
			t.Helper()
			if err := s.Signals.Keep(t.Context(), rules, now); err != nil {
				t.Fatal(err)
			}
		}
		silent := func(rule string, began time.Time) (first bool) {
			t.Helper()
			inTx(t, s, func(tx *store.Tx) (err error) {
				first, err = tx.Signals.MarkSilent(t.Context(), rule, began)
				return err
			})
			return first
		}
		keep(noon, "kim", "putin")
		keep(noon.Add(time.Hour), "kim", "arms")
		if kim, arms := since("kim", noon.Add(2*time.Hour)), since("arms", noon.Add(2*time.Hour)); kim != 0 || arms != time.Hour {
			t.Errorf("kim is watched since %s, arms since %s", kim, arms)
		}
		if putin := since("putin", noon.Add(3*time.Hour)); putin != 3*time.Hour {
			t.Errorf("a rule that was not watched for a while is watched since %s", putin)
		}
		if !silent("kim", noon) || silent("kim", noon) || !silent("kim", noon.Add(time.Hour)) || silent("nobody", noon) {
			t.Error("a silence is not told once")
		}
		keep(noon.Add(4 * time.Hour))
		if kim := since("kim", noon.Add(5*time.Hour)); kim != 5*time.Hour || !silent("kim", noon) {
			t.Errorf("kim is watched since %s", kim)
		}
	})
}

func TestNewsOfARule(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		for i := range 6 {
			raise(t, s, fmt.Sprint("news ", i), noon.Add(time.Duration(i)*time.Minute), []string{"arms", "kim"}, "news", "desk")
		}
		copied := raise(t, s, "a copy", noon.Add(8*time.Minute), []string{"kim"})
		raise(t, s, "no alert", noon.Add(9*time.Minute), []string{"kim"})
		raise(t, s, "another rule", noon.Add(9*time.Minute), []string{"kimono"}, "news")
		inTx(t, s, func(tx *store.Tx) error {
			if err := tx.Stories.JoinCluster(t.Context(), copied, copied.Cluster-1); err != nil {
				return err
			}
			for _, tt := range []struct {
				from, to    int
				skip, limit int
				want        string
				n           int64
				first       int
			}{
				{0, 60, 0, 3, "[news 5 news 4 news 3]", 6, 0},
				{0, 60, 5, 1, "[news 0]", 6, 0},
				{1, 60, 5, 1, "[]", 5, 1},
				{2, 4, 0, 9, "[news 4 news 3 news 2]", 3, 2},
				{6, 60, 0, 9, "[]", 0, 0},
			} {
				from, to := noon.Add(time.Duration(tt.from)*time.Minute), noon.Add(time.Duration(tt.to)*time.Minute)
				newest, err := tx.Signals.Newest(t.Context(), "kim", from, to, tt.skip, tt.limit)
				if err != nil {
					return err
				}
				titles := []string{}
				for _, n := range newest {
					titles = append(titles, n.Story.Title)
				}
				if got := fmt.Sprint(titles); got != tt.want {
					t.Errorf("%+v: %s", tt, got)
				}
				n, first, err := tx.Signals.Count(t.Context(), "kim", from, to)
				if err != nil || n != tt.n || n > 0 && !first.Equal(noon.Add(time.Duration(tt.first)*time.Minute)) {
					t.Errorf("%+v: %d, the first at %s, %v", tt, n, first, err)
				}
			}
			return nil
		})
	})
}

func TestMarkBurst(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		hour := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
		for _, tt := range []struct {
			name       string
			now, until int
			first      bool
		}{
			{"the first", 0, 2, true},
			{"it goes on", 1, 3, false},
			{"it goes on until its end", 3, 4, false},
			{"another one", 5, 7, true},
			{"recorded while the clock was ahead", 1, 2, true},
			{"and goes on", 2, 3, false},
		} {
			inTx(t, s, func(tx *store.Tx) error {
				first, since, err := tx.Signals.MarkBurst(t.Context(), "kim", hour(tt.now), hour(tt.until), 2*time.Hour)
				if first != tt.first || !since.Equal(noon) {
					t.Errorf("%s: first %v, watched since %s", tt.name, first, since)
				}
				return err
			})
		}
	})
}
