package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// BenchmarkAddStories records the twenty stories of a list in one transaction.
func BenchmarkAddStories(b *testing.B) {
	s := storetest.Open(b, storetest.SQLite(b))
	for turn := 0; b.Loop(); turn++ {
		err := s.InTx(b.Context(), func(tx *store.Tx) error {
			for i := range 20 {
				if err := tx.AddStory(b.Context(), entered(story(fmt.Sprint(turn, "-", i)))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFingerprintsByLink looks up the links and ids of a list of which all
// entries are known except one.
func BenchmarkFingerprintsByLink(b *testing.B) {
	s := storetest.Open(b, storetest.SQLite(b))
	keys := make([]string, 20)
	err := s.InTx(b.Context(), func(tx *store.Tx) error {
		for i := range keys {
			keys[i] = fmt.Sprint("key-", i)
			if err := tx.AddStory(b.Context(), entered(story(keys[i]))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	keys[7] = "new"
	var names []news.Hash
	for _, key := range keys {
		e := news.FingerprintOf("tass", story(key))
		names = append(names, e.Link, e.GUID)
	}
	for b.Loop() {
		known, err := s.FingerprintsByLink(b.Context(), names)
		if err != nil || len(known) != 19 {
			b.Fatal(known, err)
		}
	}
}

// BenchmarkClaimLooks claims looks while the first crawls of many sources have
// left a backlog of pages: it must not be gone through for every look.
func BenchmarkClaimLooks(b *testing.B) {
	const hosts, backlog = 100, 5000
	s := storetest.Open(b, storetest.SQLite(b))
	err := s.InTx(b.Context(), func(tx *store.Tx) error {
		for i := range backlog {
			host := fmt.Sprint("host", i%hosts)
			n := store.NewStory{Story: story(fmt.Sprint("waiting-", i)), FirstRun: true, Waiting: true, Host: host}
			if err := tx.AddStory(b.Context(), n); err != nil {
				return err
			}
			if i >= 2*hosts {
				continue
			}
			looked := story(fmt.Sprint("looked-", i))
			if err := tx.AddStory(b.Context(), store.NewStory{Story: looked}); err != nil {
				return err
			}
			if err := tx.PlanLook(b.Context(), looked.ID, host, noon); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for turn := 0; b.Loop(); turn++ {
		now := noon.Add(time.Duration(turn) * 2 * store.ClaimTime)
		err := s.InTx(b.Context(), func(tx *store.Tx) error {
			claimed, err := tx.ClaimLooks(b.Context(), now, store.PageTurns{Reach: now, Waited: noon.Add(-time.Hour), Limit: 4, PerHost: 2})
			if err == nil && len(claimed) != 4 {
				b.Errorf("claimed %d looks, want 4", len(claimed))
			}
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
