package store_test

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// titles indexes the titles of stories in one row.
func titles(stories []*news.Story) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		var all []string
		for _, s := range stories {
			all = append(all, fmt.Sprint(s.ID, " ", s.Title))
		}
		yield(7, []byte(strings.Join(all, "\n")))
	}
}

// row is what the one row of segment 0 holds.
func row(t *testing.T, s *store.Store) string {
	t.Helper()
	for _, w := range must[[]store.WordRow](t)(s.Words.Rows(t.Context(), 7, 0, 0)) {
		return string(w.Data)
	}
	return ""
}

func TestFillWords(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		one, waits := story("1"), entered(story("2"))
		waits.Waiting = true
		inTx(t, s, func(tx *store.Tx) error {
			if err := tx.Stories.Add(t.Context(), entered(one)); err != nil {
				return err
			}
			return tx.Stories.Add(t.Context(), waits)
		})
		fill := func(index func([]*news.Story) iter.Seq2[int, []byte]) {
			t.Helper()
			if err := s.Words.Fill(t.Context(), 0, index); err != nil {
				t.Fatal(err)
			}
		}
		stale := func() []int64 { return must[[]int64](t)(s.Words.Stale(t.Context())) }
		revise := func(title string) {
			one.Title = title
			inTx(t, s, func(tx *store.Tx) error {
				return tx.Stories.Revise(t.Context(), one, news.Revision{Seen: noon}, false)
			})
		}
		if fill(titles); row(t, s) != "1 Kim meets Putin\n2 Kim meets Putin" {
			t.Errorf("the row is %q, want that of both stories", row(t, s))
		}
		if revise("Kim met Putin"); !slices.Equal(stale(), []int64{1}) {
			t.Errorf("%v are stale, want the story that was revised", stale())
		}
		fill(func(stories []*news.Story) iter.Seq2[int, []byte] {
			revise("Kim left") // while its segment is filled
			return titles(stories)
		})
		if row(t, s) != "1 Kim met Putin\n2 Kim meets Putin" || !slices.Equal(stale(), []int64{1}) {
			t.Errorf("the row is %q, %v are stale; want the revision to stay stale", row(t, s), stale())
		}
		fill(func(stories []*news.Story) iter.Seq2[int, []byte] {
			fill(titles) // another daemon is quicker
			revise("Kim is back")
			return titles(append(stories, story("of the slower daemon")))
		})
		if row(t, s) != "1 Kim left\n2 Kim meets Putin" || !slices.Equal(stale(), []int64{1}) {
			t.Errorf("the row is %q, %v are stale; want the quicker daemon's", row(t, s), stale())
		}
		if fill(titles); row(t, s) != "1 Kim is back\n2 Kim meets Putin" || len(stale()) > 0 {
			t.Errorf("the row is %q, %v are stale", row(t, s), stale())
		}
	})
}

func TestPruneWords(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		alerted, other := story("1"), story("2")
		add(t, s, alerted, "C1")
		add(t, s, other)
		if err := s.Words.Fill(t.Context(), 0, titles); err != nil {
			t.Fatal(err)
		}
		prune := func() int { return must[int](t)(s.Words.Prune(t.Context())) }
		if n := prune(); n != 0 || row(t, s) == "" {
			t.Errorf("%d segments were dropped, want none", n)
		}
		inStore(t, s, `UPDATE story SET body = '', summary = ''`)
		if n := prune(); n != 1 || row(t, s) != "" {
			t.Errorf("%d segments were dropped, the row is %q; want the one to be filled again", n, row(t, s))
		}
		if filled := must[map[int64]time.Time](t)(s.Words.Segments(t.Context())); len(filled) != 0 {
			t.Errorf("%v are filled, want none", filled)
		}
	})
}

// The index of stories that had headlines alone goes with them, once.
func TestPruneWordsOfHeadlines(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		headline := story("1")
		headline.Text, headline.Summary = "", ""
		add(t, s, headline)
		fill := func(index func([]*news.Story) iter.Seq2[int, []byte]) {
			t.Helper()
			if err := s.Words.Fill(t.Context(), 0, index); err != nil {
				t.Fatal(err)
			}
		}
		prune := func() int { return must[int](t)(s.Words.Prune(t.Context())) }
		fill(titles)
		if n := prune(); n != 0 || row(t, s) == "" {
			t.Errorf("%d segments were dropped, want none", n)
		}
		later := noon.Add(time.Hour)
		if n := must[int](t)(s.Prune(t.Context(), store.Ages{Texts: later, Compared: later})); n != 1 {
			t.Fatalf("%d stories were pruned, want the one", n)
		}
		if n := prune(); n != 1 || row(t, s) != "" {
			t.Errorf("%d segments were dropped, the row is %q; want it to go with its stories", n, row(t, s))
		}
		fill(func([]*news.Story) iter.Seq2[int, []byte] { return func(func(int, []byte) bool) {} })
		if prune() != 0 {
			t.Error("a segment without stories is dropped again")
		}
	})
}

// Rows that were left of a segment keep nobody from filling it.
func TestFillWordsOverRows(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		add(t, s, story("1"))
		fill := func() {
			t.Helper()
			if err := s.Words.Fill(t.Context(), 0, titles); err != nil {
				t.Fatal(err)
			}
		}
		fill()
		left := row(t, s)
		inStore(t, s, `DELETE FROM word_segment`)
		if fill(); row(t, s) != left {
			t.Errorf("the row is %q, want %q", row(t, s), left)
		}
	})
}

// A horizon is settled when no transaction is open any more that may add an older story.
func TestWordHorizon(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		add(t, s, story("1"))
		h := must[store.WordHorizon](t)(s.Words.Horizon(t.Context()))
		if settled := must[bool](t)(s.Words.Settled(t.Context(), h)); !settled || h.Newest != 1 {
			t.Errorf("%+v is settled: %v", h, settled)
		}
		if s.Postgres() == nil {
			return
		}
		var behind store.WordHorizon
		inTx(t, s, func(tx *store.Tx) error {
			if err := tx.Stories.Add(t.Context(), entered(story("2"))); err != nil {
				return err
			}
			behind = must[store.WordHorizon](t)(s.Words.Horizon(t.Context()))
			if must[bool](t)(s.Words.Settled(t.Context(), behind)) {
				t.Error("a transaction with an older story is open")
			}
			return nil
		})
		if !must[bool](t)(s.Words.Settled(t.Context(), behind)) {
			t.Error("the transaction has ended")
		}
	})
}

func TestStaleSegments(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		one := story("1")
		add(t, s, one)
		if err := s.Words.Fill(t.Context(), 0, titles); err != nil {
			t.Fatal(err)
		}
		inTx(t, s, func(tx *store.Tx) error {
			return tx.Stories.Revise(t.Context(), one, news.Revision{Seen: noon.Add(time.Hour)}, false)
		})
		for most, want := range []int{1, 0} {
			if got := must[[]int64](t)(s.Words.StaleSegments(t.Context(), most)); len(got) != want {
				t.Errorf("with %d allowed %v are stale, want %d", most, got, want)
			}
		}
	})
}
