package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// alerted records a story and its alert to a channel, and claims the channel.
func alerted(t *testing.T, s *store.Store, key, channel string) (news.Delivery, store.Claim) {
	t.Helper()
	add(t, s, story(key), channel)
	d, ok, err := s.Deliveries.Next(t.Context(), channel, noon)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return d, claimChannel(t, s, noon)
}

func claimChannel(t *testing.T, s *store.Store, now time.Time) (c store.Claim) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) error {
		got, err := tx.Channels.Claim(t.Context(), now, 1)
		if len(got) == 1 {
			c = got[0]
		}
		return err
	})
	return c
}

func state(t *testing.T, s *store.Store, id int64) news.Delivery {
	t.Helper()
	return must[news.Delivery](t)(s.Deliveries.Get(t.Context(), id))
}

func TestAlertComesBackWithItsStory(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		st := story("a")
		add(t, s, st, "news")
		match := news.Match{Rule: "r", Hash: "h", Severity: news.High, Topic: "dprk", Evidence: []news.Evidence{
			{Term: "Kim", Concept: "kim", Field: news.FieldTitle, Text: "Kim", Start: 0, End: 3, Sentence: "Kim meets Putin"},
		}}
		inTx(t, s, func(tx *store.Tx) error {
			return tx.Stories.AddMatches(t.Context(), st.ID, []news.Match{match, match}, noon)
		})
		d, ok, err := s.Deliveries.Next(t.Context(), "news", noon)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		told := must[store.Content](t)(s.Deliveries.Content(t.Context(), d))
		want := news.Alert{
			ID: d.Alert, Cluster: st.Cluster, Story: st.ID, Channel: "news", Severity: news.High, Rules: []string{"r"},
			Mentions: []string{"@here"}, Created: noon,
		}
		if diff := cmp.Diff(want, told.Alert); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(*st, told.Story); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]news.Match{match}, told.Matches); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDeliveriesOfAChannelComeInOrder(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		first, c := alerted(t, s, "a", "news")
		add(t, s, story("b"), "news")
		if d, _, _ := s.Deliveries.Next(t.Context(), "news", noon); d.ID != first.ID {
			t.Errorf("delivery %d before %d", d.ID, first.ID)
		}
		if ok := must[bool](t)(s.Deliveries.Begin(t.Context(), c, &first, noon, noon.Add(time.Minute))); !ok {
			t.Fatal("the holder cannot begin")
		}
		sent(t, s, first)
		if d, ok, _ := s.Deliveries.Next(t.Context(), "news", noon); !ok || d.ID == first.ID {
			t.Errorf("next is %d, %v", d.ID, ok)
		}
	})
}

func TestBeginIsForTheHolderAlone(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		d, old := alerted(t, s, "a", "news")
		mine := claimChannel(t, s, noon.Add(2*store.ClaimTime))
		if ok := must[bool](t)(s.Deliveries.Begin(t.Context(), old, &d, noon, noon)); ok {
			t.Error("a lost claim may post")
		}
		if held(t, s.Channels.TakeSlot(t.Context(), old, noon)) {
			t.Error("a lost claim is renewed")
		}
		if ok := must[bool](t)(s.Deliveries.Begin(t.Context(), mine, &d, noon, noon.Add(30*time.Second))); !ok {
			t.Error("the holder may not post")
		}
		if _, ok, _ := s.Deliveries.Next(t.Context(), "news", noon.Add(29*time.Second)); ok {
			t.Error("a delivery that is being sent is due before its doubt")
		}
		got, ok, _ := s.Deliveries.Next(t.Context(), "news", noon.Add(30*time.Second))
		if !ok || got.State != news.StateSending || got.Attempts != 1 || !got.Started.Equal(noon) {
			t.Errorf("after the doubt: %v %+v", ok, got)
		}
	})
}

// Two daemons that both hold, or held, the channel must not both post.
func TestOneAttemptAtATime(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		d, c := alerted(t, s, "a", "news")
		other := d
		if !must[bool](t)(s.Deliveries.Begin(t.Context(), c, &d, noon, noon)) {
			t.Fatal("the first may not begin")
		}
		if must[bool](t)(s.Deliveries.Begin(t.Context(), c, &other, noon, noon)) {
			t.Error("the second begins what the first has begun")
		}
		if err := s.Deliveries.MarkPending(t.Context(), other, "late word of an older attempt", noon, false); err != nil {
			t.Fatal(err)
		}
		if got := state(t, s, d.ID); got.State != news.StateSending || got.Attempts != 1 {
			t.Errorf("got %+v", got)
		}
	})
}

func TestSentStaysSent(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		d, c := alerted(t, s, "a", "news")
		ctx := t.Context()
		sent(t, s, d)
		for what, err := range map[string]error{
			"pending":   s.Deliveries.MarkPending(ctx, d, "x", noon, false),
			"in doubt":  s.Deliveries.MarkInDoubt(ctx, d, "x", noon),
			"postponed": s.Deliveries.Postpone(ctx, d, "x", noon),
		} {
			if err != nil {
				t.Error(what, err)
			}
		}
		if ok := must[bool](t)(s.Deliveries.Begin(ctx, c, &d, noon, noon)); ok {
			t.Error("a sent delivery is sent again")
		}
		inTx(t, s, func(tx *store.Tx) error {
			dead, err := tx.Deliveries.MarkDead(ctx, d.ID, "x", noon)
			if dead {
				t.Error("a sent delivery was given up")
			}
			return err
		})
		if err := s.Deliveries.Drop(ctx, d.ID, noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("dropped: %v", err)
		}
		if err := s.Deliveries.Retry(ctx, d.ID, noon); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("retried: %v", err)
		}
		if got := state(t, s, d.ID); got.State != news.StateSent || got.TS != "1.2" || got.ChannelID != "C1" || got.Error != "" {
			t.Errorf("got %+v", got)
		}
	})
}

func TestParkedChannel(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		d, _ := alerted(t, s, "a", "news")
		park := func() (first bool) {
			inTx(t, s, func(tx *store.Tx) (err error) {
				first, err = tx.Channels.Park(t.Context(), "news", "is_archived", noon.Add(10*time.Minute))
				return err
			})
			return first
		}
		if !park() || park() {
			t.Error("a channel is parked for the first time once")
		}
		if got := state(t, s, d.ID); got.State != news.StateParked || got.Error != "is_archived" {
			t.Errorf("got %+v", got)
		}
		if c := claimChannel(t, s, noon.Add(2*store.ClaimTime)); c.Name != "" {
			t.Error("a parked channel is written to")
		}
		inTx(t, s, func(tx *store.Tx) error { return tx.Channels.Unpark(t.Context(), "news", noon.Add(time.Minute)) })
		if got := state(t, s, d.ID); got.State != news.StatePending {
			t.Errorf("got %+v", got)
		}
		if ch := must[[]store.Channel](t)(s.Channels.List(t.Context())); len(ch) != 1 || ch[0].Parked != "" {
			t.Errorf("got %+v", ch)
		}
	})
}

func TestPause(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		pause := func(now time.Time) (first bool) {
			inTx(t, s, func(tx *store.Tx) (err error) {
				first, err = tx.Sending.Pause(t.Context(), "token_revoked", now, now.Add(time.Minute))
				return err
			})
			return first
		}
		if !pause(noon) || pause(noon.Add(time.Second)) {
			t.Error("a pause begins once")
		}
		got := must[store.Pause](t)(s.Sending.Paused(t.Context()))
		if !got.Since.Equal(noon) || got.Error != "token_revoked" {
			t.Errorf("got %+v", got)
		}
		early, late := noon.Add(30*time.Second), noon.Add(2*time.Minute)
		if must[bool](t)(s.Sending.ClaimProbe(t.Context(), early, late)) {
			t.Error("probed before its time")
		}
		if !must[bool](t)(s.Sending.ClaimProbe(t.Context(), late, late.Add(time.Minute))) ||
			must[bool](t)(s.Sending.ClaimProbe(t.Context(), late, late.Add(time.Minute))) {
			t.Error("one probe a pause")
		}
		if !must[bool](t)(s.Sending.Resume(t.Context())) || must[bool](t)(s.Sending.Resume(t.Context())) {
			t.Error("a pause ends once")
		}
		if got := must[store.Pause](t)(s.Sending.Paused(t.Context())); !got.Since.IsZero() {
			t.Errorf("got %+v", got)
		}
		if !pause(late) {
			t.Error("a second pause is not seen as new")
		}
	})
}

func TestRetryAndDrop(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		never, c := alerted(t, s, "a", "news")
		add(t, s, story("b"), "news")
		begun := state(t, s, never.ID+1)
		must[bool](t)(s.Deliveries.Begin(ctx, c, &begun, noon, noon))
		for _, id := range []int64{never.ID, begun.ID} {
			inTx(t, s, func(tx *store.Tx) error {
				_, err := tx.Deliveries.MarkDead(ctx, id, "too old", noon)
				return err
			})
			if err := s.Deliveries.Retry(ctx, id, noon.Add(time.Hour)); err != nil {
				t.Error(err)
			}
		}
		if got := state(t, s, never.ID); got.State != news.StatePending || !got.Created.Equal(noon.Add(time.Hour)) {
			t.Errorf("one that was never begun: %+v", got)
		}
		if got := state(t, s, begun.ID); got.State != news.StateInDoubt {
			t.Errorf("one that may have arrived is not looked for: %+v", got)
		}
		if err := s.Deliveries.Drop(ctx, never.ID, noon); err != nil {
			t.Error(err)
		}
		if got := state(t, s, never.ID); got.State != news.StateDead || got.Error != "dropped by hand" {
			t.Errorf("dropped: %+v", got)
		}
		if _, err := s.Deliveries.Get(ctx, 999); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		counts := must[[]store.Count](t)(s.Counts.Deliveries(ctx))
		diff := cmp.Diff([]store.Count{{State: news.StateDead, N: 1}, {State: news.StateInDoubt, N: 1}}, counts)
		if diff != "" {
			t.Error(diff)
		}
		got := must[[]news.Delivery](t)(s.Deliveries.List(ctx, 10, news.StateDead))
		if len(got) != 1 || got[0].ID != never.ID {
			t.Errorf("got %+v", got)
		}
	})
}

func TestChannelIDAndHold(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		d, c := alerted(t, s, "a", "news")
		if err := s.Channels.SaveID(t.Context(), "news", "C1"); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Channels.Hold(t.Context(), "news", noon.Add(time.Minute), true); err != nil {
				t.Fatal(err)
			}
		}
		got := must[store.Channel](t)(s.Channels.Get(t.Context(), "news"))
		if diff := cmp.Diff(store.Channel{Name: "news", ID: "C1", Free: noon.Add(time.Minute), Failures: 2}, got); diff != "" {
			t.Error(diff)
		}
		if err := s.Channels.Release(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if c := claimChannel(t, s, noon); c.Name != "" {
			t.Error("a channel that has to rest is claimed")
		}
		if c := claimChannel(t, s, noon.Add(time.Minute)); c.Name != "news" {
			t.Error("a released channel is not claimed")
		}
		if err := s.Deliveries.MarkPending(t.Context(), d, "blocks refused", noon, true); err != nil {
			t.Fatal(err)
		}
		if got := state(t, s, d.ID); !got.Plain {
			t.Error("a plain rendering was not kept")
		}
	})
}
