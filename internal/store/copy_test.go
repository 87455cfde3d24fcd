package store_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// A copy tells old stories from new ones, and a first crawl from a later one,
// but promises nothing that the original promised.
func TestCopySeen(t *testing.T) {
	each(t, func(t *testing.T, from *store.Store) {
		ctx := t.Context()
		planned := []store.PlannedSource{{Name: "tass", URL: "https://tass.com/rss", First: noon, Next: noon}}
		if err := from.SyncSources(ctx, store.Sync{Sources: planned, Now: noon}); err != nil {
			t.Fatal(err)
		}
		add(t, from, story("a"), "news")
		c, ok, err := from.ClaimSource(ctx, "tass", noon)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		inTx(t, from, func(tx *store.Tx) error {
			_, err := tx.MarkCrawled(ctx, c, store.CrawlEnd{Validators: news.Validators{ETag: `"1"`}, At: noon, Next: noon.Add(time.Hour)})
			return err
		})
		to := storetest.Open(t, filepath.Join(t.TempDir(), "copy.db"))
		if err := to.CopySeen(ctx, from); err != nil {
			t.Fatal(err)
		}
		if got := known(t, to, "a", "b"); !slices.Equal(got, []string{"a"}) {
			t.Errorf("known in the copy: %v, want a", got)
		}
		want, got := must[store.SourceState](t)(from.Source(ctx, "tass")), must[store.SourceState](t)(to.Source(ctx, "tass"))
		if got.URL != want.URL || !got.FirstCrawl.Equal(want.FirstCrawl) || got.Validators != want.Validators || !got.Next.Equal(want.Next) {
			t.Errorf("source in the copy: %+v, want %+v", got, want)
		}
		if left := must[[]news.Delivery](t)(to.Deliveries(ctx, 10)); len(left) != 0 {
			t.Errorf("deliveries in the copy: %v", left)
		}
		if err := to.CopySeen(ctx, from); err == nil {
			t.Error("a store that is not new was copied into")
		}
	})
}

// The clock is that of the server; a file has none.
func TestClock(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		before := time.Now()
		now, ok, err := s.Clock(t.Context())
		if err != nil || ok != (s.Postgres() != nil) {
			t.Fatalf("clock %v, %v, error %v", now, ok, err)
		}
		if ok && (now.Before(before.Add(-time.Minute)) || now.After(time.Now().Add(time.Minute))) {
			t.Errorf("the server of this machine says %v at %v", now, before)
		}
	})
}

// After DropOpen nothing waits to be sent and nothing is in the way of what
// comes: what was sent stays known.
func TestDropOpen(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		add(t, s, story("a"), "news", "duty")
		all := must[[]news.Delivery](t)(s.Deliveries(ctx, 10))
		if err := s.MarkSent(ctx, all[0], "C1", "1.1", noon); err != nil {
			t.Fatal(err)
		}
		inTx(t, s, func(tx *store.Tx) error {
			if _, err := tx.ParkChannel(ctx, all[1].Channel, "archived", noon.Add(time.Hour)); err != nil {
				return err
			}
			_, err := tx.PauseSending(ctx, "revoked", noon, noon.Add(time.Hour))
			return err
		})
		if err := s.DropOpen(ctx); err != nil {
			t.Fatal(err)
		}
		left := must[[]news.Delivery](t)(s.Deliveries(ctx, 10))
		if len(left) != 1 || left[0].State != news.StateSent {
			t.Errorf("left: %+v, want the one that was sent", left)
		}
		if channels := must[[]store.Channel](t)(s.Channels(ctx)); len(channels) != 0 {
			t.Errorf("channels: %+v", channels)
		}
		if p := must[store.Pause](t)(s.Paused(ctx)); !p.Since.IsZero() {
			t.Errorf("paused: %+v", p)
		}
	})
}
