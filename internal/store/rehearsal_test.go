package store_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// rehearsal opens a copy for a dry run of the store at storage.
func rehearsal(t *testing.T, storage string) *store.Store {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	if err := store.Rehearsal(t.Context(), slog.New(slog.DiscardHandler), storage, file); err != nil {
		t.Fatal(err)
	}
	return storetest.Open(t, file)
}

// A copy tells old stories from new ones, and a first crawl from a later one,
// but promises nothing that the original promised.
func TestRehearsal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		ctx, from := t.Context(), storetest.Open(t, storage)
		planned := []store.PlannedSource{{Name: "tass", URL: "https://tass.com/rss", First: noon, Next: noon}}
		if err := from.Sources.Sync(ctx, store.Sync{Sources: planned, Now: noon}); err != nil {
			t.Fatal(err)
		}
		add(t, from, story("a"), "news", "duty")
		c, ok, err := from.Sources.ClaimOne(ctx, "tass", noon)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		all := must[[]news.Delivery](t)(from.Deliveries.List(ctx, 10))
		inTx(t, from, func(tx *store.Tx) error {
			if _, err := tx.Channels.Park(ctx, all[1].Channel, "archived", noon.Add(time.Hour)); err != nil {
				return err
			}
			if _, err := tx.Sending.Pause(ctx, "revoked", noon, noon.Add(time.Hour)); err != nil {
				return err
			}
			return tx.Sources.MarkCrawled(ctx, c, store.CrawlResult{
				Validators: news.Validators{ETag: `"1"`}, At: noon, Next: noon.Add(time.Hour),
			})
		})
		to := rehearsal(t, storage)
		if got := known(t, to, "a", "b"); !slices.Equal(got, []string{"a"}) {
			t.Errorf("known in the copy: %v, want a", got)
		}
		want := must[store.SourceState](t)(from.Sources.Get(ctx, "tass"))
		got := must[store.SourceState](t)(to.Sources.Get(ctx, "tass"))
		if got.URL != want.URL || !got.FirstCrawl.Equal(want.FirstCrawl) ||
			got.Validators != want.Validators || !got.Next.Equal(want.Next) {
			t.Errorf("source in the copy: %+v, want %+v", got, want)
		}
		if left := must[[]news.Delivery](t)(to.Deliveries.List(ctx, 10)); len(left) != 0 {
			t.Errorf("deliveries in the copy: %v", left)
		}
		if channels := must[[]store.Channel](t)(to.Channels.List(ctx)); len(channels) != 0 {
			t.Errorf("channels in the copy: %+v", channels)
		}
		if p := must[store.Pause](t)(to.Sending.Paused(ctx)); !p.Since.IsZero() {
			t.Errorf("the copy is paused: %+v", p)
		}
	})
}

// Before an upgrade a dry run reads the older store, and leaves it as it is.
func TestRehearsalOfAnOlderStore(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, storage string) {
		ctx := t.Context()
		old, err := store.OpenVersion(ctx, storage, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, query := range []string{
			`INSERT INTO source (name, url, next_at, first_crawled_at) VALUES ('tass', 'https://tass.com/rss', 1, 1)`,
			`INSERT INTO seen (key, seen_at) VALUES ('a', 1)`,
		} {
			if err := old.Exec(ctx, query); err != nil {
				t.Fatal(err)
			}
		}
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			to := rehearsal(t, storage)
			if got := must[store.SourceState](t)(to.Sources.Get(ctx, "tass")); got.FirstCrawl.IsZero() || !got.Adopts {
				t.Errorf("source in the copy: %+v", got)
			}
		}
	})
}

func TestRehearsalWithoutAStore(t *testing.T) {
	file := filepath.Join(t.TempDir(), "copy.db")
	err := store.Rehearsal(t.Context(), slog.New(slog.DiscardHandler), storetest.NewSQLite(t), file)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}
