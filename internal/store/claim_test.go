package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

func sync2(t *testing.T, s *store.Store, replan bool, sources ...store.PlannedSource) {
	t.Helper()
	if err := s.Sources.Sync(t.Context(), store.Sync{Sources: sources, Now: noon, Replan: replan}); err != nil {
		t.Fatal(err)
	}
}

func claimSources(t *testing.T, s *store.Store, now time.Time, limit int) (claims []store.Claim) {
	t.Helper()
	inTx(t, s, func(tx *store.Tx) (err error) {
		claims, err = tx.Sources.Claim(t.Context(), now, store.ListLimits{Limit: limit, PerHost: limit, Hung: 1})
		return err
	})
	return claims
}

func TestSourceIsClaimedByOne(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sync2(t, s, false,
			store.PlannedSource{Name: "due", URL: "u1", First: noon},
			store.PlannedSource{Name: "later", URL: "u2", First: noon.Add(time.Second)})
		first := claimSources(t, s, noon, 10)
		if len(first) != 1 || first[0].Name != "due" {
			t.Fatalf("claimed %v", first)
		}
		if again := claimSources(t, s, noon, 10); len(again) != 0 {
			t.Errorf("claimed twice: %v", again)
		}
		after := claimSources(t, s, noon.Add(store.ClaimTime), 10)
		if len(after) != 2 {
			t.Fatalf("after the claim ran out: %v", after)
		}
		if _, err := s.Sources.Renew(t.Context(), first[0], noon); held(t, err) {
			t.Error("the first holder took the source")
		}
		late := noon.Add(2*store.ClaimTime - time.Second)
		state, err := s.Sources.Renew(t.Context(), after[0], late)
		if want := must[store.SourceState](t)(s.Sources.Get(t.Context(), after[0].Name)); err != nil || state != want {
			t.Errorf("took %+v, %v; want %+v", state, err, want)
		}
		if again := claimSources(t, s, late.Add(2*time.Second), 10); len(again) != 1 || again[0].Name == after[0].Name {
			t.Errorf("what was taken is claimed by another: %v", again)
		}
	})
}

// wantClaimedOnce lets several workers claim at once: at least so many are to
// be claimed, and none by two.
func wantClaimedOnce(t *testing.T, s *store.Store, least int, claim func(tx *store.Tx) ([]store.Claim, error)) {
	t.Helper()
	var (
		wg  sync.WaitGroup
		mu  sync.Mutex
		got = map[string]int{}
	)
	for range 8 {
		wg.Go(func() {
			var claims []store.Claim
			err := s.InTx(t.Context(), func(tx *store.Tx) (err error) {
				claims, err = claim(tx)
				return err
			})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, c := range claims {
				got[fmt.Sprint(c.Name, c.Story)]++
			}
		})
	}
	wg.Wait()
	for name, n := range got {
		if n != 1 {
			t.Errorf("%s was claimed %d times", name, n)
		}
	}
	if len(got) < least {
		t.Errorf("%d were claimed, want at least %d", len(got), least)
	}
}

func TestSourceClaimsOfManyNeverOverlap(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		var planned []store.PlannedSource
		for i := range 40 {
			planned = append(planned, store.PlannedSource{Name: fmt.Sprint(i), URL: "u", First: noon})
		}
		sync2(t, s, false, planned...)
		wantClaimedOnce(t, s, 10, func(tx *store.Tx) ([]store.Claim, error) {
			return tx.Sources.Claim(t.Context(), noon, store.ListLimits{Limit: 10, PerHost: 10, Hung: 1})
		})
	})
}

func TestValidatorsAreSavedOnlyByTheHolder(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sync2(t, s, false, store.PlannedSource{Name: "tass", URL: "u", First: noon})
		old := claimSources(t, s, noon, 1)[0]
		mine := claimSources(t, s, noon.Add(2*store.ClaimTime), 1)[0]
		mark := func(c store.Claim) (ok bool) {
			return holds(t, s, func(tx *store.Tx) error {
				return tx.Sources.MarkCrawled(t.Context(), c, store.CrawlResult{
					Validators: news.Validators{ETag: `"x"`, LastModified: "Wed"}, Health: "ok", At: noon, Next: noon.Add(time.Hour),
				})
			})
		}
		if mark(old) {
			t.Error("a lost claim saved its validators")
		}
		if !mark(mine) {
			t.Fatal("the holder could not save")
		}
		got := must[store.SourceState](t)(s.Sources.Get(t.Context(), "tass"))
		if got.Validators.ETag != `"x"` || !got.FirstCrawl.Equal(noon) || !got.Next.Equal(noon.Add(time.Hour)) {
			t.Errorf("got %+v", got)
		}
	})
}

func TestRemovedSourceIsNotCrawled(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sync2(t, s, false,
			store.PlannedSource{Name: "a", URL: "u", First: noon}, store.PlannedSource{Name: "b", URL: "u", First: noon})
		sync2(t, s, false, store.PlannedSource{Name: "b", URL: "u", First: noon})
		if got := claimSources(t, s, noon, 5); len(got) != 1 || got[0].Name != "b" {
			t.Errorf("claimed %v", got)
		}
	})
}

func TestFailuresAreCountedAndForgotten(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sync2(t, s, false, store.PlannedSource{Name: "a", URL: "u", First: noon})
		for i := range 3 {
			now := noon.Add(time.Duration(i) * time.Hour)
			c := claimSources(t, s, now, 1)[0]
			inTx(t, s, func(tx *store.Tx) error {
				return tx.Sources.MarkFailed(t.Context(), c, store.CrawlResult{Health: "failing", At: now, Next: now.Add(time.Minute)}, "no route")
			})
		}
		got := must[[]store.SourceState](t)(s.Sources.List(t.Context()))[0]
		if got.Failures != 3 || got.Error != "no route" || got.Health != "failing" || !got.Succeeded.IsZero() {
			t.Errorf("got %+v", got)
		}
	})
}

func TestPageIsClaimedByHost(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		for i, host := range []string{"a", "a", "a", "b", "held"} {
			inTx(t, s, func(tx *store.Tx) error {
				err := tx.Stories.Add(t.Context(), store.NewStory{Story: story(fmt.Sprint(i)), Waiting: true, Host: host})
				return err
			})
		}
		if err := s.Hosts.Hold(t.Context(), "held", noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		claim := func(now time.Time) (got []store.Claim) {
			inTx(t, s, func(tx *store.Tx) (err error) {
				got, err = tx.Pages.Claim(t.Context(), now, store.PageLimits{
					FreeBy: now.Add(time.Second), Limit: 10, PerHost: 2, Hung: 1,
				})
				return err
			})
			return got
		}
		first := claim(noon)
		if len(first) != 3 { // two of a, one of b, none of the host that is held
			t.Fatalf("claimed %v", first)
		}
		st := must[store.NewStory](t)(s.Stories.Get(t.Context(), first[0].Story))
		st.Text = "the page's text"
		complete := func(tx *store.Tx) error { return tx.Pages.Complete(t.Context(), first[0], st.Story, true, noon) }
		if !holds(t, s, complete) {
			t.Error("the holder could not complete its story")
		}
		if holds(t, s, complete) {
			t.Error("a story was completed twice")
		}
		if tries := must[int](t)(s.Pages.Postpone(t.Context(), first[1], noon.Add(time.Minute), true)); tries != 1 {
			t.Errorf("%d tries, want 1", tries)
		}
		if _, err := s.Pages.Renew(t.Context(), first[0], noon); held(t, err) {
			t.Error("a completed story can still be taken up")
		}
	})
}

// Two transactions change the same rows, each in its own order.
func TestTransactionsThatMeetCrosswiseBothCommit(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		var hashes []news.Hash
		inTx(t, s, func(tx *store.Tx) error {
			for i := range 8 {
				hashes = append(hashes, news.Hash(i+1))
				if err := tx.Fingerprints.Add(t.Context(), "tass", news.Fingerprint{Link: news.Hash(i + 1), Seen: noon}); err != nil {
					return err
				}
			}
			return nil
		})
		prints := must[[]news.Fingerprint](t)(s.Fingerprints.ByLink(t.Context(), hashes))
		for round := range 3 {
			var wg sync.WaitGroup
			for _, order := range [][]int{{0, 1, 2, 3, 4, 5, 6, 7}, {7, 6, 5, 4, 3, 2, 1, 0}} {
				wg.Go(func() {
					err := s.InTx(t.Context(), func(tx *store.Tx) error {
						for _, i := range order {
							e := prints[i]
							e.Title = news.Hash(round + 1)
							if err := tx.Fingerprints.Save(t.Context(), e); err != nil {
								return err
							}
						}
						return nil
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
	})
}
