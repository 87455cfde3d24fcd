package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

func TestBeat(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		var before store.Beat
		beat := func(b store.Beat) {
			t.Helper()
			inTx(t, s, func(tx *store.Tx) (err error) {
				before, _, err = tx.Clock.Beat(t.Context(), func(context.Context) (store.Beat, error) { return b, nil })
				return err
			})
		}
		first := store.Beat{At: noon, Steady: noon.Add(-time.Hour), Boot: "one", Uptime: 90 * time.Minute}
		beat(first)
		if before != (store.Beat{}) {
			t.Errorf("before the first: %+v", before)
		}
		beat(store.Beat{At: noon.Add(time.Second)})
		if before != first {
			t.Errorf("got %+v, want %+v", before, first)
		}
	})
}

// What is put off for less than its column allows is left alone; what lies
// further ahead is due now.
func TestMendTimes(t *testing.T) {
	const year = 365 * 24 * time.Hour
	each(t, func(t *testing.T, s *store.Store) {
		st := story("a")
		add(t, s, st, "news", "desk")
		sync2(t, s, false, store.PlannedSource{Name: "tass", URL: "u", First: noon})
		hold := func(channel, host string, by time.Duration) {
			t.Helper()
			if err := s.Channels.Hold(t.Context(), channel, noon.Add(by), false); err != nil {
				t.Fatal(err)
			}
			if err := s.Hosts.Hold(t.Context(), host, noon.Add(by)); err != nil {
				t.Fatal(err)
			}
		}
		hold("news", "far.example", year)
		hold("desk", "near.example", 59*time.Minute)
		claimed := claimSources(t, s, noon.Add(year), 1)
		var mended []store.Mended
		mend := func(all bool) {
			t.Helper()
			inTx(t, s, func(tx *store.Tx) (err error) {
				mended, err = tx.Clock.Mend(t.Context(), noon, all)
				return err
			})
		}
		mend(false)
		want := map[string]int64{"channel.free_at": 1, "host.free_at": 1, "source.claimed_until": 1}
		for _, m := range mended {
			if want[m.Column] != m.Rows {
				t.Errorf("mended %+v", m)
			}
			delete(want, m.Column)
		}
		if len(want) != 0 {
			t.Errorf("not mended: %v", want)
		}
		far := must[store.Channel](t)(s.Channels.Get(t.Context(), "news"))
		near := must[store.Channel](t)(s.Channels.Get(t.Context(), "desk"))
		if !far.Free.Equal(noon) || !near.Free.Equal(noon.Add(59*time.Minute)) {
			t.Errorf("free at %v and %v", far.Free, near.Free)
		}
		if again := claimSources(t, s, noon, 1); len(again) != 1 || again[0].Token <= claimed[0].Token {
			t.Errorf("claimed %v after %v", again, claimed)
		}
		if _, err := tryExec(t, s, `UPDATE fingerprint SET seen_at = $1`, noon.Add(year).UnixMilli()); err != nil {
			t.Fatal(err)
		}
		if _, err := tryExec(t, s, `UPDATE alert SET created_at = $1`, noon.Add(year).UnixMilli()); err != nil {
			t.Fatal(err)
		}
		mend(false)
		if len(mended) != 0 {
			t.Errorf("mended %v", mended)
		}
		mend(true)
		if len(mended) != 2 {
			t.Errorf("mended %v", mended)
		}
	})
}

// TestMendRests: what waits because nobody knows whether it arrived rests for hours; nothing else does.
func TestMendRests(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		want := map[news.DeliveryState]time.Time{
			news.StateInDoubt: noon.Add(store.LongestDoubt), news.StateSending: noon.Add(store.LongestDoubt),
			news.StatePending: noon, news.StateParked: noon,
		}
		for state := range want {
			inTx(t, s, func(tx *store.Tx) error {
				return tx.Deliveries.Add(t.Context(), news.Delivery{
					Channel: "pager", Kind: news.DeliverOps, State: state, Due: noon.Add(store.LongestDoubt), Created: noon,
				})
			})
		}
		inTx(t, s, func(tx *store.Tx) error {
			_, err := tx.Clock.Mend(t.Context(), noon, true)
			return err
		})
		for _, d := range must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 9)) {
			if !d.Due.Equal(want[d.State]) {
				t.Errorf("%s is due at %v, want %v", d.State, d.Due, want[d.State])
			}
		}
	})
}

// What people asked to be told later stays, except where no snooze can reach; what was tried
// to send is due now.
func TestMendDigests(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		for _, about := range []news.About{news.AboutQuiet, news.AboutDigest, news.AboutSnooze, "", news.AboutPause} {
			for _, ahead := range []time.Duration{20 * time.Hour, 20 * 24 * time.Hour} {
				inTx(t, s, func(tx *store.Tx) error {
					return tx.Deliveries.Add(t.Context(), news.Delivery{
						Channel: "news", Kind: news.DeliverDigest, About: about, State: news.StatePending,
						Due: noon.Add(ahead), Created: noon,
					})
				})
			}
		}
		due := func() (all []string) {
			for _, d := range must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 99)) {
				all = append(all, string(d.About)+" "+d.Due.Sub(noon).String())
			}
			slices.Reverse(all)
			return all
		}
		clock := func(by time.Duration) {
			inTx(t, s, func(tx *store.Tx) error {
				_, err := tx.Clock.Shift(t.Context(), noon, by)
				if err == nil {
					_, err = tx.Clock.Mend(t.Context(), noon, true)
				}
				return err
			})
		}
		clock(-time.Hour)
		want := []string{"quiet 20h0m0s", "quiet 480h0m0s", "digest 20h0m0s", "digest 480h0m0s", "snooze 19h0m0s", "snooze 0s",
			" 19h0m0s", " 0s", "pause 19h0m0s", "pause 0s"}
		if got := due(); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		inStore(t, s, `UPDATE delivery SET attempts = 1`)
		clock(time.Hour)
		if got := due(); got[0] != "quiet 0s" || got[4] != "snooze 0s" {
			t.Errorf("what was tried is due %q", got)
		}
	})
}

func tryExec(t *testing.T, s *store.Store, query string, args ...any) (n int64, err error) {
	t.Helper()
	err = s.InTx(t.Context(), func(tx *store.Tx) error {
		res, err := tx.ExecContext(t.Context(), query, args...)
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err
	})
	return n, err
}

func TestMoveTimes(t *testing.T) {
	for _, tt := range []struct {
		name                           string
		step                           time.Duration
		created, free, daily           time.Duration // from now after the step, before the times are moved
		wantCreated, wantFree, wantRun time.Duration
	}{
		{"an hour back", -time.Hour, 50 * time.Minute, 61 * time.Minute, 20 * time.Hour, -10 * time.Minute, time.Minute, 20 * time.Hour},
		{"an hour back, long ago", -time.Hour, -2 * time.Hour, -time.Minute, time.Hour, -3 * time.Hour, -time.Minute, time.Hour},
		{"two hours forward", 2 * time.Hour, -130 * time.Minute, -time.Hour, time.Hour, -10 * time.Minute, -time.Hour, time.Hour},
		{"two hours forward, written since", 2 * time.Hour, -time.Second, time.Minute, time.Hour, -time.Second, time.Minute, time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				inTx(t, s, func(tx *store.Tx) error {
					return tx.Deliveries.Add(t.Context(), news.Delivery{
						Channel: "news", Kind: news.DeliverOps, State: news.StatePending,
						Due: noon.Add(tt.free), Created: noon.Add(tt.created),
					})
				})
				sync2(t, s, false,
					store.PlannedSource{Name: "daily", URL: "u1", Schedule: "0 8 * * *", First: noon.Add(tt.daily)},
					store.PlannedSource{Name: "adaptive", URL: "u2", First: noon.Add(tt.free)})
				if err := s.Channels.Hold(t.Context(), "news", noon.Add(tt.free), false); err != nil {
					t.Fatal(err)
				}
				inTx(t, s, func(tx *store.Tx) error {
					_, err := tx.Clock.Shift(t.Context(), noon, tt.step)
					return err
				})
				ch := must[store.Channel](t)(s.Channels.Get(t.Context(), "news"))
				all := must[[]news.Delivery](t)(s.Deliveries.List(t.Context(), 1))
				daily := must[store.SourceState](t)(s.Sources.Get(t.Context(), "daily"))
				adaptive := must[store.SourceState](t)(s.Sources.Get(t.Context(), "adaptive"))
				for what, pair := range map[string][2]time.Duration{
					"created": {all[0].Created.Sub(noon), tt.wantCreated}, "due": {all[0].Due.Sub(noon), tt.wantFree},
					"free":  {ch.Free.Sub(noon), tt.wantFree},
					"daily": {daily.Next.Sub(noon), tt.wantRun}, "adaptive": {adaptive.Next.Sub(noon), tt.wantFree},
				} {
					if pair[0] != pair[1] {
						t.Errorf("%s: in %v, want in %v", what, pair[0], pair[1])
					}
				}
			})
		})
	}
}

func TestTroubleIsNewOnce(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		begin := func() (first bool) {
			t.Helper()
			inTx(t, s, func(tx *store.Tx) (err error) {
				first, err = tx.Troubles.Begin(t.Context(), "sending", "x\x00y", noon)
				return err
			})
			return first
		}
		if !begin() || begin() {
			t.Error("trouble is new twice, or never")
		}
		if err := s.Troubles.End(t.Context(), "sending"); err != nil || !begin() {
			t.Errorf("what has ended does not begin again: %v", err)
		}
	})
}

func TestOverdue(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		late := noon.Add(-time.Hour)
		sync2(t, s, false,
			store.PlannedSource{Name: "late", URL: "u1", First: late}, store.PlannedSource{Name: "theirs", URL: "u2", First: late},
			store.PlannedSource{Name: "due", URL: "u3", First: noon})
		inTx(t, s, func(tx *store.Tx) error {
			for _, channel := range []string{"news", "resting"} {
				d := news.Delivery{Channel: channel, Kind: news.DeliverOps, State: news.StatePending, Due: late, Created: late}
				if err := tx.Deliveries.Add(t.Context(), d); err != nil {
					return err
				}
			}
			waiting := story("waiting")
			waiting.FirstSeen = late
			backlog := story("backlog")
			backlog.FirstSeen = late
			if err := tx.Stories.Add(t.Context(), store.NewStory{Story: waiting, Waiting: true, Host: "a.example"}); err != nil {
				return err
			}
			err := tx.Stories.Add(t.Context(), store.NewStory{Story: backlog, Waiting: true, FirstRun: true, Host: "a.example"})
			return err
		})
		if err := s.Channels.Hold(t.Context(), "resting", noon.Add(time.Minute), true); err != nil {
			t.Fatal(err)
		}
		since := noon.Add(-time.Minute)
		got := must[store.Overdue](t)(s.Counts.Overdue(t.Context(), since, []string{"theirs"}))
		if got != (store.Overdue{Lists: 1, Pages: 1, Channels: 1}) {
			t.Errorf("got %+v", got)
		}
		got = must[store.Overdue](t)(s.Counts.Overdue(t.Context(), late.Add(-time.Second), nil))
		if got != (store.Overdue{}) {
			t.Errorf("got %+v", got)
		}
		inTx(t, s, func(tx *store.Tx) error {
			_, err := tx.Sending.Pause(t.Context(), "revoked", noon, noon)
			return err
		})
		got = must[store.Overdue](t)(s.Counts.Overdue(t.Context(), since, nil))
		if got != (store.Overdue{Lists: 2, Pages: 1}) {
			t.Errorf("got %+v while sending is paused", got)
		}
	})
}
