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
				if err := tx.Stories.Add(b.Context(), entered(story(fmt.Sprint(turn, "-", i)))); err != nil {
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
			if err := tx.Stories.Add(b.Context(), entered(story(keys[i]))); err != nil {
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
		known, err := s.Fingerprints.ByLink(b.Context(), names)
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
			if err := tx.Stories.Add(b.Context(), n); err != nil {
				return err
			}
			if i >= 2*hosts {
				continue
			}
			looked := story(fmt.Sprint("looked-", i))
			if err := tx.Stories.Add(b.Context(), store.NewStory{Story: looked}); err != nil {
				return err
			}
			if err := tx.Looks.Schedule(b.Context(), looked.ID, host, noon); err != nil {
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
			claimed, err := tx.Looks.Claim(b.Context(), now, store.LookLimits{
				FreeBy: now, LateSince: noon.Add(-time.Hour), Limit: 4, PerHost: 2,
			})
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

// BenchmarkClaimPages claims pages out of twenty thousand that wait, as a
// dispatch does every second.
func BenchmarkClaimPages(b *testing.B) {
	const waiting = 20_000
	for _, hosts := range []int{1, 100, 20_000} {
		for _, storage := range []string{"sqlite", "postgres"} {
			b.Run(fmt.Sprintf("%s/%d hosts", storage, hosts), func(b *testing.B) {
				at := map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}[storage]
				s := storetest.Open(b, at(b))
				addBacklog(b, s, waiting, hosts)
				for turn := 0; b.Loop(); turn++ {
					now := noon.Add(time.Duration(turn) * 2 * store.ClaimTime)
					err := s.InTx(b.Context(), func(tx *store.Tx) error {
						claimed, err := tx.Pages.Claim(b.Context(), now, store.PageLimits{
							FreeBy: now.Add(5 * time.Second), Limit: 32, PerHost: 8, Hung: 4,
						})
						if err == nil && len(claimed) == 0 {
							b.Error("claimed no page")
						}
						return err
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}

// addBacklog adds pages that wait, of paced hosts, each of which lists its own.
func addBacklog(b *testing.B, s *store.Store, pages, hosts int) {
	b.Helper()
	for i := range hosts {
		host, hour := fmt.Sprint("host", i), noon.Add(-time.Hour)
		_, err := s.Hosts.Reserve(b.Context(), host, hour, noon, store.Request{Interval: time.Second})
		if err != nil {
			b.Fatal(err)
		}
	}
	for from := 0; from < pages; from += 500 {
		err := s.InTx(b.Context(), func(tx *store.Tx) error {
			for i := from; i < from+500; i++ {
				n := store.NewStory{
					Story: story(fmt.Sprint("waiting-", i)), FirstRun: i%2 == 0,
					Waiting: true, Host: fmt.Sprint("host", i%hosts),
				}
				n.Origin.Source = n.Host
				if err := tx.Stories.Add(b.Context(), n); err != nil {
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
