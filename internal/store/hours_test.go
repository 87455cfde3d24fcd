package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// TestHours: each story counts in the hour in which it was first seen, up to its last moment.
func TestHours(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		until := time.Date(2026, 11, 29, 21, 0, 0, 0, time.UTC)
		for key, ago := range map[string]time.Duration{
			"now": time.Millisecond, "this hour": time.Hour, "before": time.Hour + time.Millisecond, "first": 24 * time.Hour,
			"too old": 24*time.Hour + time.Millisecond, "to come": 0,
		} {
			added := entered(story(key))
			added.FirstSeen = until.Add(-ago)
			if err := s.InTx(t.Context(), func(tx *store.Tx) error { return tx.Stories.Add(t.Context(), added) }); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Counts.Hours(t.Context(), until, 24)
		if err != nil || len(got) != 24 || !got[0].Began.Equal(until.Add(-24*time.Hour)) {
			t.Fatalf("%d hours from %v, error %v", len(got), got, err)
		}
		for i, h := range got {
			want := map[int]int64{0: 1, 22: 1, 23: 2}[i]
			if h.Stories != want || h.Alerts != 0 || !h.Began.Equal(until.Add(time.Duration(i-24)*time.Hour)) {
				t.Errorf("hour %d: %+v, want %d stories", i, h, want)
			}
		}
	})
}

// TestRuleDays: the matches of each rule that is asked for count on their day, and its newest ones
// are listed first.
func TestRuleDays(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		since := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
		for i, match := range []struct {
			rule string
			at   time.Duration
		}{
			{"kim", -time.Millisecond}, {"kim", 0}, {"kim", 25 * time.Hour}, {"kim", 26 * time.Hour}, {"kim", 3 * 24 * time.Hour},
			{"other", 0}, {"arms", 49 * time.Hour},
		} {
			added := entered(story(fmt.Sprint(i)))
			if err := s.InTx(t.Context(), func(tx *store.Tx) error { return tx.Stories.Add(t.Context(), added) }); err != nil {
				t.Fatal(err)
			}
			const add = `INSERT INTO match (story_id, rule, rule_hash, severity, matched_at) VALUES ($1, $2, '', 1, $3)`
			if err := s.Exec(t.Context(), add, added.ID, match.rule, since.Add(match.at).UnixMilli()); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Counts.RuleDays(t.Context(), []string{"kim", "arms", "none"}, since, 3)
		want := map[string][]int64{"kim": {1, 2, 0}, "arms": {0, 0, 1}}
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("%v %s", err, d)
		}
		last, err := s.Ways.LastMatches(t.Context(), "kim", 2)
		if err != nil || len(last) != 2 {
			t.Fatalf("%+v, %v", last, err)
		}
		if !last[0].At.Equal(since.Add(3*24*time.Hour)) || !last[1].At.Equal(since.Add(26*time.Hour)) {
			t.Errorf("%+v", last)
		}
	})
}

// TestPagesOfDeliveries: page after page shows each delivery of a state once, the newest first.
func TestPagesOfDeliveries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			for i := range 25 {
				d := news.Delivery{
					Channel: "news", Kind: news.DeliverOps, State: news.StatePending, Text: "x", Due: time.Now(), Created: time.Now(),
				}
				if i%5 == 0 {
					d.State = news.StateParked
				}
				if err := tx.Deliveries.Add(t.Context(), d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		f := store.DeliveryFilter{Limit: 7, States: []news.DeliveryState{news.StatePending}}
		seen, last := 0, int64(0)
		for {
			found, err := s.Deliveries.Find(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			if len(found) == 0 {
				break
			}
			for _, d := range found {
				if last != 0 && d.ID >= last || d.State != news.StatePending {
					t.Fatalf("%d (%s) comes after %d", d.ID, d.State, last)
				}
				last, seen = d.ID, seen+1
			}
			f.Below = last
		}
		if seen != 20 {
			t.Errorf("%d deliveries, want 20", seen)
		}
	})
}

// TestGivenUp: what somebody dropped, edits, and what nobody needed any more are no dead letters.
func TestGivenUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		now := time.Now()
		for _, d := range []struct {
			kind  news.DeliveryKind
			error string
			ago   time.Duration
		}{
			{news.DeliverOps, "invalid_auth", time.Hour}, {news.DeliverStory, "msg_too_long", time.Minute},
			{news.DeliverOps, "too old", 25 * time.Hour}, {news.DeliverEdit, "cannot be edited", time.Hour},
			{news.DeliverUpdate, store.NoThread, time.Hour}, {news.DeliverUnanswered, store.AnsweredSince, time.Hour},
			{news.DeliverStory, store.TakenBack, time.Hour}, {news.DeliverOps, "", time.Hour},
		} {
			added := news.Delivery{
				Channel: "news", Kind: d.kind, State: news.StatePending, Text: "x", Due: now, Created: now,
			}
			add := func(tx *store.Tx) error { return tx.Deliveries.Add(t.Context(), added) }
			if err := s.InTx(t.Context(), add); err != nil {
				t.Fatal(err)
			}
			found, err := s.Deliveries.Find(t.Context(), store.DeliveryFilter{Limit: 1})
			switch {
			case err != nil:
			case d.error == "":
				err = s.Deliveries.Drop(t.Context(), found[0].ID, now)
			default:
				err = s.InTx(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Deliveries.MarkDead(t.Context(), found[0].ID, d.error, now.Add(-d.ago))
					return err
				})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		ofTheDay := func(want int64) {
			t.Helper()
			if n, err := s.Counts.GivenUp(t.Context(), now.Add(-24*time.Hour)); err != nil || n != want {
				t.Errorf("%d, %v, want the %d of the day that somebody should have read", n, err, want)
			}
			if d, err := s.Counts.Day(t.Context(), now.Add(-24*time.Hour)); err != nil || d.Dead != want {
				t.Errorf("the day has %d, %v, want %d", d.Dead, err, want)
			}
			if u, err := s.Counts.Unsent(t.Context(), now); err != nil || u.Counts[news.StateDead] != want+1 {
				t.Errorf("%d are dead, %v, want one more, of the day before", u.Counts[news.StateDead], err)
			}
		}
		ofTheDay(2)
		dead := store.DeliveryFilter{Limit: 9, States: []news.DeliveryState{news.StateDead}, Missed: true}
		letters, err := s.Deliveries.Find(t.Context(), dead)
		if err != nil || len(letters) != 3 {
			t.Fatalf("%d dead letters, %v", len(letters), err)
		}
		if err := s.Deliveries.Drop(t.Context(), letters[2].ID, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.Deliveries.Drop(t.Context(), letters[2].ID, now.Add(time.Hour)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("dropped twice: %v", err)
		}
		ofTheDay(1)
		got, err := s.Deliveries.Get(t.Context(), letters[2].ID)
		if err != nil || got.State != news.StateDead || got.Error != store.DroppedByHand || !got.Done.Equal(letters[2].Done) {
			t.Errorf("dropped: %+v, %v", got, err)
		}
		if err := s.Deliveries.Retry(t.Context(), letters[2].ID, now); err != nil {
			t.Errorf("it cannot be sent after all: %v", err)
		}
	})
}
