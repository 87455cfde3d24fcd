package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// planned records complete stories, each to be looked at at a time.
func planned(t *testing.T, s *store.Store, host string, at time.Time, keys ...string) (ids []int64) {
	t.Helper()
	for _, key := range keys {
		st := story(key)
		add(t, s, st, "news")
		inTx(t, s, func(tx *store.Tx) error { return tx.Looks.Schedule(t.Context(), st.ID, host, at) })
		ids = append(ids, st.ID)
	}
	return ids
}

func claimLooks(
	t *testing.T, s *store.Store, now time.Time, turns store.LookLimits,
) (ids []int64, claims []store.Claim) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) (err error) {
		claims, err = tx.Looks.Claim(t.Context(), now, turns)
		return err
	})
	for _, c := range claims {
		ids = append(ids, c.Story)
	}
	slices.Sort(ids)
	return ids, claims
}

func lookTurns(now time.Time) store.LookLimits {
	return store.LookLimits{FreeBy: now.Add(5 * time.Second), LateSince: now.Add(-10 * time.Minute), Limit: 10, PerHost: 2}
}

func TestLooksAreClaimedWhenDue(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		due := planned(t, s, "a", noon, "1", "2", "3")
		planned(t, s, "a", noon.Add(time.Second), "later")
		other := planned(t, s, "b", noon, "4")
		first, claims := claimLooks(t, s, noon, lookTurns(noon))
		if diff := cmp.Diff(append(due[:2:2], other...), first); diff != "" { // two of one host
			t.Fatal(diff)
		}
		second, _ := claimLooks(t, s, noon, lookTurns(noon))
		if diff := cmp.Diff(due[2:], second); diff != "" {
			t.Error(diff)
		}
		again, _ := claimLooks(t, s, noon.Add(store.ClaimTime), lookTurns(noon.Add(store.ClaimTime)))
		if len(again) != 3 {
			t.Errorf("%v come back when the claims have run out, want two of one host and one of the other", again)
		}
		if held(t, s.Looks.Renew(t.Context(), claims[0], noon)) {
			t.Error("a lost claim still holds")
		}
		few := lookTurns(noon)
		few.Limit = 3
		if none, _ := claimLooks(t, s, noon.Add(store.ClaimTime), few); len(none) > 0 {
			t.Errorf("%v were claimed beyond the limit", none)
		}
	})
}

func TestLooksGoLast(t *testing.T) {
	cases := []struct {
		name  string
		setUp func(t *testing.T, s *store.Store)
		want  bool
	}{
		{"nothing else", func(*testing.T, *store.Store) {}, true},
		{"a list that is due", func(t *testing.T, s *store.Store) {
			inStore(t, s, `INSERT INTO source (name, url, host, next_at) VALUES ('tass', 'u', 'a', $1)`, noon.UnixMilli())
		}, false},
		{"a list that is due later", func(t *testing.T, s *store.Store) {
			inStore(t, s, `INSERT INTO source (name, url, host, next_at) VALUES ('tass', 'u', 'a', $1)`, noon.Add(time.Second).UnixMilli())
		}, true},
		{"a list of another host", func(t *testing.T, s *store.Store) {
			inStore(t, s, `INSERT INTO source (name, url, host, next_at) VALUES ('tass', 'u', 'b', $1)`, noon.UnixMilli())
		}, true},
		{"a page that is due", func(t *testing.T, s *store.Store) { waiting(t, s, false) }, false},
		{"a page of a source's first crawl", func(t *testing.T, s *store.Store) { waiting(t, s, true) }, true},
		{"a host that is held", func(t *testing.T, s *store.Store) {
			if err := s.Hosts.Hold(t.Context(), "a", noon.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
		}, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				planned(t, s, "a", noon, "look")
				c.setUp(t, s)
				if ids, _ := claimLooks(t, s, noon, lookTurns(noon)); (len(ids) > 0) != c.want {
					t.Errorf("claimed %v", ids)
				}
			})
		})
	}
	t.Run("but not for ever", func(t *testing.T) {
		each(t, func(t *testing.T, s *store.Store) {
			planned(t, s, "a", noon.Add(-11*time.Minute), "look")
			waiting(t, s, false)
			if ids, _ := claimLooks(t, s, noon, lookTurns(noon)); len(ids) != 1 {
				t.Error("a look that was due for long still waits")
			}
		})
	})
}

func inStore(t *testing.T, s *store.Store, query string, args ...any) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), query, args...)
		return err
	})
}

func waiting(t *testing.T, s *store.Store, firstRun bool) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) error {
		err := tx.Stories.Add(t.Context(), store.NewStory{Story: story("waiting"), FirstRun: firstRun, Waiting: true, Host: "a"})
		return err
	})
}

func TestPlanLook(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		id := planned(t, s, "a", noon.Add(time.Hour), "look")[0]
		plan := func(at time.Time) {
			inTx(t, s, func(tx *store.Tx) error { return tx.Looks.Schedule(t.Context(), id, "a", at) })
		}
		plan(noon.Add(2 * time.Hour)) // a later one changes nothing
		if ids, _ := claimLooks(t, s, noon.Add(time.Hour), lookTurns(noon.Add(time.Hour))); len(ids) != 1 {
			t.Fatal("the look was put off")
		}
		plan(noon)
		if ids, _ := claimLooks(t, s, noon.Add(store.ClaimTime), lookTurns(noon)); len(ids) != 0 {
			t.Error("a claimed look was claimed again")
		}
		late := noon.Add(time.Hour + store.ClaimTime)
		if ids, _ := claimLooks(t, s, late, lookTurns(late)); len(ids) != 1 {
			t.Error("an earlier look was not planned")
		}
	})
}

func TestLookKnowsWhatWasBefore(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		id := planned(t, s, "a", noon, "look")[0]
		_, claims := claimLooks(t, s, noon, lookTurns(noon))
		l := must[store.Look](t)(s.Looks.Get(t.Context(), id))
		if l.Claim.Story != claims[0].Story || l.Claim.Token != claims[0].Token || l.FromPage || l.Gone != 0 ||
			!l.Withdrawn.IsZero() || !l.Alerted.Equal(noon) || len(l.Headlines) > 0 {
			t.Fatalf("got %+v", l)
		}
		now := *l.Story
		now.Title, now.Text, now.Modified = "Kim leaves", "Other text.", noon
		r := news.Revision{
			Seen: noon, Kinds: []news.RevisionKind{news.RevisedHeadline, news.RevisedWithdrawn}, Title: l.Title, Text: l.Text,
			Changes: []news.Change{{Field: news.FieldTitle, Before: "Kim", Went: "meets Putin", Came: "leaves\x00"}},
		}
		inTx(t, s, func(tx *store.Tx) error {
			if err := tx.Looks.MarkLooked(t.Context(), l.Claim, noon.Add(time.Hour), 2); err != nil {
				return err
			}
			return tx.Stories.Revise(t.Context(), &now, r, true)
		})
		l = must[store.Look](t)(storetest.Recorded(t.Context(), s, "look"))
		if diff := cmp.Diff(&now, l.Story); diff != "" {
			t.Error(diff)
		}
		if !l.FromPage || l.Gone != 2 || !l.Withdrawn.Equal(noon) || !slices.Equal(l.Headlines, []string{"Kim meets Putin"}) {
			t.Errorf("got %+v", l)
		}
		revisions := must[[]news.Revision](t)(s.Stories.Revisions(t.Context(), id))
		r.ID, r.Story, r.Changes[0].Came = revisions[0].ID, id, `leaves`+"\x00"
		if diff := cmp.Diff([]news.Revision{r}, revisions); diff != "" {
			t.Error(diff)
		}
		inTx(t, s, func(tx *store.Tx) error { // what is no revision leaves no row
			return tx.Stories.Revise(t.Context(), &now, news.Revision{Seen: noon}, true)
		})
		inTx(t, s, func(tx *store.Tx) error {
			return tx.Stories.Revise(t.Context(), &now, news.Revision{
				Seen: noon, Kinds: []news.RevisionKind{news.RevisedRestored},
			}, true)
		})
		if l = must[store.Look](t)(s.Looks.Get(t.Context(), id)); !l.Withdrawn.IsZero() || len(l.Headlines) != 2 {
			t.Errorf("after it was restored: %+v", l)
		}
	})
}

func TestLookIsRecordedOnlyByTheHolder(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		planned(t, s, "a", noon, "look")
		_, first := claimLooks(t, s, noon, lookTurns(noon))
		late := noon.Add(store.ClaimTime)
		_, second := claimLooks(t, s, late, lookTurns(late))
		mark := func(c store.Claim) (ok bool) {
			return holds(t, s, func(tx *store.Tx) error { return tx.Looks.MarkLooked(t.Context(), c, time.Time{}, 0) })
		}
		if mark(first[0]) {
			t.Error("a lost claim recorded its look")
		}
		take := func(c store.Claim) (ok bool) {
			return holds(t, s, func(tx *store.Tx) error { return tx.Looks.Revoke(t.Context(), c) })
		}
		if take(first[0]) {
			t.Error("the word of a list went over a look that came after it")
		}
		if !take(second[0]) || mark(second[0]) {
			t.Error("the look of a story that a list changed was recorded")
		}
		_, third := claimLooks(t, s, late, lookTurns(late))
		if len(third) != 1 || !mark(third[0]) {
			t.Fatalf("the look did not come back: %v", third)
		}
		if ids, _ := claimLooks(t, s, late.Add(time.Hour), lookTurns(late)); len(ids) > 0 {
			t.Error("the last look was not the last")
		}
	})
}

func TestLookIsPostponed(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		planned(t, s, "a", noon, "look")
		_, claims := claimLooks(t, s, noon, lookTurns(noon))
		if err := s.Looks.Postpone(t.Context(), claims[0], noon.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if ids, _ := claimLooks(t, s, noon.Add(59*time.Second), lookTurns(noon)); len(ids) > 0 {
			t.Error("it is due too early")
		}
		if ids, _ := claimLooks(t, s, noon.Add(time.Minute), lookTurns(noon.Add(time.Minute))); len(ids) != 1 {
			t.Error("it is not due")
		}
	})
}

func TestLooksOfManyNeverOverlap(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		for i := range 24 {
			planned(t, s, fmt.Sprint("host", i), noon, fmt.Sprint(i))
		}
		wantClaimedOnce(t, s, 8, func(tx *store.Tx) ([]store.Claim, error) {
			return tx.Looks.Claim(t.Context(), noon, lookTurns(noon))
		})
	})
}

func TestRecorded(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		add(t, s, story("complete"))
		waiting(t, s, false)
		if l := must[store.Look](t)(storetest.Recorded(t.Context(), s, "complete")); l.Key != "complete" || !l.Alerted.IsZero() {
			t.Errorf("got %+v", l)
		}
		if l := must[store.Look](t)(storetest.Recorded(t.Context(), s, "waiting")); !l.Waiting {
			t.Errorf("its page was read: %+v", l)
		}
		if _, err := storetest.Recorded(t.Context(), s, "nobody's"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a key of nobody: %v", err)
		}
	})
}
