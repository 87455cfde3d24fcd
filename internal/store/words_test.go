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
	"github.com/copytaster/copytaster/internal/store/storetest"
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

// filling fills segment 0 with the titles of its stories.
func filling(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Words.Fill(t.Context(), 0, titles); err != nil {
		t.Fatal(err)
	}
}

// again are the segments that are to be filled again though hardly a story of them changed.
func again(t *testing.T, s *store.Store) []int64 {
	t.Helper()
	return must[[]int64](t)(s.Words.StaleSegments(t.Context(), 64))
}

// The words of a story that is gone, or has lost its texts, stay no longer than until the next
// step, whatever is left of its segment; and a segment without stories goes.
func TestPruneWords(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		alerted, headline, other := story("1"), story("2"), story("3")
		headline.Text, headline.Summary = "", ""
		add(t, s, alerted, "C1")
		add(t, s, headline)
		add(t, s, other)
		filling(t, s)
		prune := func() int { return must[int](t)(s.Words.Prune(t.Context())) }
		if n, due := prune(), again(t, s); n != 0 || len(due) > 0 {
			t.Errorf("%d segments were dropped, %v are to be filled again, want none", n, due)
		}
		for _, c := range []struct{ change, left string }{
			{`DELETE FROM story WHERE id = 2`, "1 Kim meets Putin\n3 Kim meets Putin"},
			{`DELETE FROM story WHERE id = 3`, "1 Kim meets Putin"},
			{`UPDATE story SET body = '', summary = '' WHERE id = 1`, "1 Kim meets Putin"},
		} {
			inStore(t, s, c.change)
			if n, due := prune(), again(t, s); n != 0 || len(due) != 1 {
				t.Errorf("%s: %d segments were dropped, %v are to be filled again, want the one", c.change, n, due)
			}
			filling(t, s)
			if due := again(t, s); row(t, s) != c.left || len(due) > 0 {
				t.Errorf("%s: the row is %q, want %q; %v are to be filled again", c.change, row(t, s), c.left, due)
			}
		}
		inStore(t, s, `DELETE FROM delivery`)
		inStore(t, s, `DELETE FROM alert`)
		inStore(t, s, `DELETE FROM story`)
		stale := must[[]int64](t)(s.Words.Stale(t.Context()))
		if n := prune(); n != 1 || len(stale) != 1 || row(t, s) != "" {
			t.Errorf("%d segments were dropped, %v were stale, the row is %q; want it to go", n, stale, row(t, s))
		}
		filled := must[map[int64]time.Time](t)(s.Words.Segments(t.Context()))
		stale = must[[]int64](t)(s.Words.Stale(t.Context()))
		if n := prune(); n+len(filled)+len(stale) != 0 {
			t.Errorf("%d segments were dropped again, %v are filled, %v are stale", n, filled, stale)
		}
	})
}

// All old segments go at once, and none that has a story.
func TestPruneWordsOfMany(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		add(t, s, story("1"))
		inStore(t, s, `INSERT INTO word_segment (segment, seen_to, build)
			WITH RECURSIVE n (i) AS (SELECT -99 UNION ALL SELECT i + 1 FROM n WHERE i < 0) SELECT i, 0, 1 FROM n`)
		if n := must[int](t)(s.Words.Prune(t.Context())); n != 99 {
			t.Errorf("%d segments were dropped, want all but that of the story", n)
		}
	})
}

// Whoever changes a text, it is noted: also a daemon of a version that knows nothing of the index.
// What is no text is not.
func TestChangesOfWordsAreNoted(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		add(t, s, story("1"))
		for _, c := range []struct {
			change string
			stale  int
		}{
			{`UPDATE story SET title = title, body = body, summary = '' || summary, look_at = 5`, 0},
			{`UPDATE story SET outlet = 'Reuters', waiting = 1`, 0},
			{`UPDATE story SET title = 'Xi'`, 1},
			{`UPDATE story SET titles = '["Xi", "Trump"]'`, 1},
			{`UPDATE story SET summary = 'Trump called.', waiting = 0`, 1},
			{`UPDATE story SET body = 'He said so.'`, 1},
			{`DELETE FROM story`, 1},
		} {
			filling(t, s)
			inStore(t, s, c.change)
			if stale := must[[]int64](t)(s.Words.Stale(t.Context())); len(stale) != c.stale {
				t.Errorf("%s: %v are stale, want %d", c.change, stale, c.stale)
			}
		}
	})
}

// Rows that were left of a segment keep nobody from filling it.
func TestFillWordsOverRows(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		add(t, s, story("1"))
		filling(t, s)
		left := row(t, s)
		inStore(t, s, `DELETE FROM word_segment`)
		if filling(t, s); row(t, s) != left {
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
		filling(t, s)
		one.Title = "Kim met Putin"
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

// In a database that is restored from a dump changes are noted, too.
func TestChangesAfterDumpAreNoted(t *testing.T) {
	p := storetest.NewServer(t)
	s := storetest.Open(t, p.URL())
	add(t, s, story("1"))
	filling(t, s)
	p.Undump(p.Dump())
	s = storetest.Open(t, p.URL())
	if row(t, s) == "" {
		t.Error("the index is not in the dump")
	}
	inStore(t, s, `UPDATE story SET title = 'Xi'`)
	if stale := must[[]int64](t)(s.Words.Stale(t.Context())); len(stale) != 1 {
		t.Errorf("%v are stale, want the story", stale)
	}
}

// A store into which another one is moved keeps nothing of its own index.
func TestMoveEmptiesIndexOfTarget(t *testing.T) {
	storetest.Each(t, func(t *testing.T, to string) {
		within(t, to, func(s *store.Store) {
			add(t, s, story("1"))
			filling(t, s)
			inStore(t, s, `DELETE FROM story`)
		})
		move(t, filled(t, 3), to)
		within(t, to, func(s *store.Store) {
			filled := must[map[int64]time.Time](t)(s.Words.Segments(t.Context()))
			stale := must[[]int64](t)(s.Words.Stale(t.Context()))
			if len(filled)+len(stale) > 0 || row(t, s) != "" {
				t.Errorf("%v are filled, %v are stale, the row is %q", filled, stale, row(t, s))
			}
		})
	})
}
