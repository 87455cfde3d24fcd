package store_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

const rest = 5 * time.Second

// pushable is a source that was crawled, is due in an hour and has an active
// subscription.
func pushable(t *testing.T, s *store.Store) store.Subscription {
	t.Helper()
	w := wished("t1", "tass")
	sync2(t, s, false, store.PlannedSource{Name: "tass", URL: w.URL, First: noon})
	c := claimSources(t, s, noon, 10)[0]
	inTx(t, s, func(tx *store.Tx) error {
		return tx.Sources.MarkCrawled(t.Context(), c, store.CrawlResult{At: noon, Next: noon.Add(time.Hour)})
	})
	return active(t, s, w)
}

func takePush(t *testing.T, s *store.Store, sub store.Subscription, now time.Time) (c store.PushClaim, ok bool) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) (err error) {
		c, ok, err = tx.Pushes.Claim(t.Context(), sub, now)
		return err
	})
	return c, ok
}

func markPushed(t *testing.T, s *store.Store, c store.PushClaim, taken time.Time, fresh bool) (ok bool) {
	t.Helper()
	return holds(t, s, func(tx *store.Tx) error {
		return tx.Pushes.MarkRecorded(t.Context(), c, store.PushResult{
			Token: "t1", Fresh: fresh, Habit: "learnt", Taken: taken, Soon: taken.Add(rest),
		})
	})
}

func markUnread(t *testing.T, s *store.Store, sub store.Subscription, now, due time.Time) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) error { return tx.Pushes.MarkUnread(t.Context(), sub, now, due) })
}

func markPolled(t *testing.T, s *store.Store, last, start time.Time, fresh bool) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) error {
		return tx.Pushes.MarkPolled(t.Context(), "tass", last, start, start.Add(rest), fresh)
	})
}

func due(t *testing.T, s *store.Store) time.Time {
	t.Helper()
	return must[store.SourceState](t)(s.Sources.Get(t.Context(), "tass")).Next
}

func TestPushClaimsItsSource(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sub, at := pushable(t, s), noon.Add(time.Minute)
		c, ok := takePush(t, s, sub, at)
		if !ok || c.Name != "tass" || !c.Next.Equal(noon.Add(time.Hour)) {
			t.Fatalf("got %+v, %v", c, ok)
		}
		if got := claimSources(t, s, at, 10); len(got) != 0 {
			t.Errorf("crawled while the push is read: %v", got)
		}
		if !markPushed(t, s, c, at, true) {
			t.Error("the claim was lost")
		}
		if got := due(t, s); !got.Equal(noon.Add(time.Hour)) {
			t.Errorf("due at %s: the push has moved the poll", got)
		}
		state := must[store.SourceState](t)(s.Sources.Get(t.Context(), "tass"))
		if sub = subscription(t, s, "t1"); !sub.Believed(at) || !sub.Pushed.Equal(at) || state.Habit != "learnt" {
			t.Errorf("got %+v, habit %q", sub, state.Habit)
		}
		if sub.Believed(noon.Add(24 * time.Hour)) {
			t.Error("believed after the lease")
		}
	})
}

// TestPushOfADeadReader: the source is due when whoever took the push dies.
func TestPushOfADeadReader(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sub, at := pushable(t, s), noon.Add(time.Minute)
		c, _ := takePush(t, s, sub, at)
		after := at.Add(store.ClaimTime)
		if got := claimSources(t, s, after, 10); len(got) != 1 {
			t.Fatalf("the source is not due: %v", got)
		}
		if markPushed(t, s, c, at, true) {
			t.Error("the claim still holds")
		}
		if subscription(t, s, "t1").Agrees {
			t.Error("what was not recorded is believed")
		}
	})
}

func TestPushThatCannotBeTaken(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sub, at := pushable(t, s), noon.Add(time.Minute)
		c, _ := takePush(t, s, sub, at)
		if _, ok := takePush(t, s, sub, at.Add(30*time.Second)); ok {
			t.Error("taken while the one before is read")
		}
		markPushed(t, s, c, at, false)
		c, ok := takePush(t, s, sub, at)
		if !ok {
			t.Error("not taken when the one before was read")
		}
		markPushed(t, s, c, at, false)
		later := at.Add(time.Minute)
		sync2(t, s, false, store.PlannedSource{Name: "tass", URL: "https://elsewhere.example/", First: noon.Add(time.Hour)})
		if _, ok := takePush(t, s, sub, later); ok {
			t.Error("taken for another URL")
		}
		sync2(t, s, false)
		if _, ok := takePush(t, s, sub, later); ok {
			t.Error("taken for a source that was removed")
		}
	})
}

func TestPushBeforeTheFirstCrawl(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		w := wished("t1", "tass")
		sync2(t, s, false, store.PlannedSource{Name: "tass", URL: w.URL, First: noon.Add(time.Hour)})
		if _, ok := takePush(t, s, active(t, s, w), noon); ok {
			t.Error("taken: a first crawl decides what may alert")
		}
	})
}

func TestUnreadPushIsMadeUpFor(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sub, at := pushable(t, s), noon.Add(time.Minute)
		markUnread(t, s, sub, at, at.Add(rest))
		if got := due(t, s); !got.Equal(at.Add(rest)) {
			t.Errorf("due at %s", got)
		}
		markUnread(t, s, sub, at.Add(time.Second), at.Add(rest+time.Second))
		if got := due(t, s); !got.Equal(at.Add(rest)) {
			t.Errorf("due at %s: every push puts the poll off", got)
		}

		c := claimSources(t, s, at.Add(rest), 1)[0]
		during := at.Add(rest + time.Second)
		markUnread(t, s, sub, during, during)
		inTx(t, s, func(tx *store.Tx) error {
			err := tx.Sources.MarkCrawled(t.Context(), c, store.CrawlResult{At: during, Next: noon.Add(time.Hour)})
			if err != nil {
				return err
			}
			return tx.Pushes.MarkPolled(t.Context(), "tass", noon, at.Add(rest), during.Add(rest), false)
		})
		if got := due(t, s); !got.Equal(during.Add(rest)) {
			t.Errorf("due at %s: a push that came during the poll is lost", got)
		}
	})
}

// TestPollsJudgePushes: news that a poll finds first was not pushed, unless the
// poll was made for a push.
func TestPollsJudgePushes(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sub, at := pushable(t, s), noon.Add(time.Minute)
		agrees := func(want bool, when string) {
			t.Helper()
			if got := subscription(t, s, "t1").Agrees; got != want {
				t.Errorf("%s: agrees %v", when, got)
			}
		}
		markPolled(t, s, noon, at, true)
		agrees(false, "a poll found news")
		c, _ := takePush(t, s, sub, at)
		markPushed(t, s, c, at, true)
		agrees(true, "a push brought news")
		markPolled(t, s, noon, at.Add(time.Minute), false)
		agrees(true, "a poll found nothing")
		markPolled(t, s, at, at.Add(2*time.Minute), true)
		agrees(false, "a poll found news that was not pushed")
		markUnread(t, s, sub, at.Add(3*time.Minute), at.Add(3*time.Minute))
		markPolled(t, s, at.Add(2*time.Minute), at.Add(3*time.Minute), true)
		agrees(true, "a poll found news that a push had announced")
		c, _ = takePush(t, s, sub, at.Add(time.Hour))
		markPushed(t, s, c, at.Add(time.Hour), false)
		agrees(true, "a push brought nothing new")
	})
}

func TestCatchUp(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		pushable(t, s)
		for _, at := range []time.Time{noon.Add(time.Minute), noon.Add(2 * time.Minute)} {
			inTx(t, s, func(tx *store.Tx) error { return tx.Sources.MarkDue(t.Context(), "tass", at) })
			if got := due(t, s); !got.Equal(noon.Add(time.Minute)) {
				t.Errorf("due at %s", got)
			}
		}
	})
}
