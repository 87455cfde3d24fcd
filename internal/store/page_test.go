package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/store"
)

// turns is a store whose hosts are asked by one daemon, by a clock that moves
// from slot to slot.
type turns struct {
	t     *testing.T
	store *store.Store
	now   time.Time
	pages store.PageLimits
	lists store.ListLimits
	keys  map[int64]string
}

const pace = time.Second

func newTurns(t *testing.T, s *store.Store) *turns {
	return &turns{
		t: t, store: s, now: noon, keys: map[int64]string{},
		pages: store.PageLimits{Limit: 32, PerHost: 8, Hung: 4}, lists: store.ListLimits{Limit: 32, PerHost: 8, Hung: 4},
	}
}

// source adds a source whose list is of a host.
func (w *turns) source(name, host string, next time.Time) {
	w.t.Helper()
	inStore(w.t, w.store, `INSERT INTO source (name, url, host, next_at) VALUES ($1, $1, $2, $3)`, name, host, next.UnixMilli())
}

// wait adds stories that wait for a page of a host: "source 1, source 2, …".
func (w *turns) wait(source, host string, firstRun bool, n int) {
	w.t.Helper()
	for range n {
		st := story(fmt.Sprint(len(w.keys), source))
		st.Origin.Source, st.FirstSeen = source, w.now
		inTx(w.t, w.store, func(tx *store.Tx) error {
			err := tx.Stories.Add(w.t.Context(), store.NewStory{Story: st, FirstRun: firstRun, Waiting: true, Host: host})
			return err
		})
		w.keys[st.ID] = source
		w.now = w.now.Add(time.Millisecond) // the next one is due later
	}
}

func (w *turns) reserve(host string, list bool) (at time.Time, ok bool) {
	w.t.Helper()
	slot, err := w.store.Hosts.Reserve(w.t.Context(), host, w.now, w.now.Add(5*time.Second),
		store.Request{Interval: pace, List: list})
	if err != nil {
		w.t.Fatal(err)
	}
	return slot.At, slot.Reserved
}

func (w *turns) claimPages() (claims []store.Claim) {
	w.t.Helper()
	w.pages.FreeBy = w.now.Add(5 * time.Second)
	inTx(w.t, w.store, func(tx *store.Tx) (err error) {
		claims, err = tx.Pages.Claim(w.t.Context(), w.now, w.pages)
		return err
	})
	return claims
}

func (w *turns) claimLists() (claims []store.Claim) {
	w.t.Helper()
	inTx(w.t, w.store, func(tx *store.Tx) (err error) {
		claims, err = tx.Sources.Claim(w.t.Context(), w.now, w.lists)
		return err
	})
	return claims
}

// read completes the story of a claimed page and names its source.
func (w *turns) read(c store.Claim) (source string) {
	w.t.Helper()
	st := must[store.NewStory](w.t)(w.store.Stories.Get(w.t.Context(), c.Story))
	inTx(w.t, w.store, func(tx *store.Tx) error {
		return tx.Pages.Complete(w.t.Context(), c, st.Story, true, noon)
	})
	return w.keys[c.Story]
}

// slots lets a paced host be asked n times, and says by whom: sources of pages
// as they are called, lists as "list".
func (w *turns) slots(n int, every time.Duration) (got []string) {
	w.t.Helper()
	type request struct {
		at   time.Time
		done func() string
	}
	var under []request
	for range 50 * n {
		for _, c := range w.claimLists() {
			at, ok := w.reserve(c.Host, true)
			if !ok {
				succeed(w.t, w.store.Sources.Postpone(w.t.Context(), c, at))
				continue
			}
			under = append(under, request{at, func() string {
				inTx(w.t, w.store, func(tx *store.Tx) error {
					return tx.Sources.MarkCrawled(w.t.Context(), c, store.CrawlResult{At: w.now, Next: w.now.Add(every)})
				})
				return "list"
			}})
		}
		for _, c := range w.claimPages() {
			at, ok := w.reserve(c.Host, false)
			if !ok {
				w.t.Fatalf("a page was claimed whose slot is at %v, %v from now", at, at.Sub(w.now))
			}
			under = append(under, request{at, func() string { return w.read(c) }})
		}
		w.now = w.now.Add(pace / 10)
		under = slices.DeleteFunc(under, func(r request) bool {
			if w.now.Before(r.at.Add(pace / 5)) { // the host takes a fifth of its pace to answer
				return false
			}
			got = append(got, r.done())
			return true
		})
		if len(got) >= n {
			return got[:n]
		}
	}
	w.t.Fatalf("there are %d requests in %d slots: %v", len(got), n, got)
	return nil
}

// Pages wait for no more than a few slots, however often the host's lists are
// due, and lists for no more than a few for pages.
func TestListsAndPagesTakeTurns(t *testing.T) {
	cases := []struct {
		name     string
		lists    int
		every    time.Duration
		firstRun bool
		wantList int // of 40 slots, at the least
		wantPage int
	}{
		{"four lists every ten seconds", 4, 10 * pace, false, 14, 22},
		{"the same, pages of a first crawl", 4, 10 * pace, true, 14, 22},
		{"lists that are always due", 6, 0, false, 16, 16},
		{"forty of them", 40, 0, false, 16, 16},
		{"one list that is always due", 1, 0, true, 13, 16},
		{"no list", 0, 0, false, 0, 40},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				w := newTurns(t, s)
				for i := range c.lists {
					w.source(fmt.Sprint("list", i), "h", noon.Add(time.Duration(i)*c.every/time.Duration(c.lists)))
				}
				w.reserve("h", true)
				w.wait("list0", "h", c.firstRun, 50)
				got := w.slots(40, c.every)
				lists, longest, run := 0, 0, 0
				for _, kind := range got {
					if kind == "list" {
						lists++
						run++
					} else {
						run = 0
					}
					longest = max(longest, run)
				}
				if lists < c.wantList || 40-lists < c.wantPage || longest > 4 {
					t.Errorf("%d lists, %d pages, %d lists in a row at most: %v", lists, 40-lists, longest, got)
				}
			})
		})
	}
}

// A host that is asked once in ten seconds, say, finds both lists and pages
// waiting for every slot.
func TestTurnsOfASlowHost(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		w := newTurns(t, s)
		w.source("own", "h", noon)
		w.reserve("h", false)
		w.wait("own", "h", false, 1)
		hold := func() { // the next slot is nine seconds off
			if err := s.Hosts.Hold(t.Context(), "h", w.now.Add(9*time.Second)); err != nil {
				t.Fatal(err)
			}
		}
		hold()
		for _, c := range w.claimLists() {
			if at, ok := w.reserve("h", true); ok {
				t.Fatal("the list got a slot that is nine seconds off")
			} else if err := s.Sources.Postpone(t.Context(), c, at); err != nil {
				t.Fatal(err)
			}
		}
		w.now = w.now.Add(5 * time.Second)
		if got := w.claimPages(); len(got) != 0 {
			t.Fatal("the last slot was a page's, and the list waits for this one")
		}
		w.now = w.now.Add(4 * time.Second)
		list := w.claimLists()
		if _, ok := w.reserve("h", true); !ok || len(list) != 1 {
			t.Fatal("the list did not get its slot")
		}
		if err := s.Sources.Postpone(t.Context(), list[0], w.now); err != nil { // it is due again at once
			t.Fatal(err)
		}
		hold()
		w.now = w.now.Add(5 * time.Second)
		page := w.claimPages()
		if len(page) != 1 {
			t.Fatal("the page did not get its turn")
		}
	})
}

// A list that never takes its slot holds no page up for long.
func TestPagesDoNotWaitForAListThatDoesNotCome(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		w := newTurns(t, s)
		w.source("theirs", "h", noon.Add(-time.Hour))
		w.lists.Except = []string{"theirs"}
		w.reserve("h", false)
		w.wait("own", "h", false, 3)
		start := w.now
		w.slots(3, 0)
		if took := w.now.Sub(start); took > 12*pace {
			t.Errorf("three pages took %v", took)
		}
	})
}

func TestPagesOfAHostGoInOrder(t *testing.T) {
	cases := []struct {
		name string
		add  func(w *turns)
		want string
	}{
		{"new before a first crawl's, the host's own before others", func(w *turns) {
			w.wait("foreign", "h", true, 1)
			w.wait("own", "h", true, 1)
			w.wait("foreign", "h", false, 1)
			w.wait("own", "h", false, 1)
		}, "own foreign own foreign"},
		{"a list of 1,500 and the host's own", func(w *turns) {
			w.wait("foreign", "h", false, 1500)
			w.wait("own", "h", false, 6)
		}, "own own own foreign own own own foreign foreign"},
		{"the same, a first crawl's, before the host's own is new", func(w *turns) {
			w.wait("foreign", "h", true, 50)
			w.wait("own", "h", false, 2)
		}, "own own foreign foreign"},
		{"foreign lists take turns", func(w *turns) {
			w.wait("a", "h", false, 100)
			w.wait("b", "h", false, 2)
			w.wait("c", "h", false, 1)
		}, "a b c a b a a"},
		{"a first crawl has a share", func(w *turns) {
			w.wait("own", "h", false, 100)
			w.wait("second", "h", true, 100)
		}, "own own own second own own own second"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				w := newTurns(t, s)
				w.source("own", "h", noon.Add(time.Hour))
				w.reserve("h", true)
				c.add(w)
				want := strings.Fields(c.want)
				if diff := cmp.Diff(want, w.slots(len(want), time.Hour)); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
}

// A story that an alert waits for is handed out in time, whatever its host does.
func TestWaitForAPageEnds(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		w := newTurns(t, s)
		w.wait("tass", "held", false, 2)
		w.wait("tass", "free", false, 1)
		if err := s.Hosts.Hold(t.Context(), "held", noon.Add(24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		ids := []int64{}
		for id := range w.keys {
			ids = append(ids, id)
		}
		until := noon.Add(2 * time.Minute)
		inTx(t, s, func(tx *store.Tx) error { return tx.Pages.LimitWait(t.Context(), slices.Min(ids), until) })
		claimed := w.claimPages()
		if len(claimed) != 1 || claimed[0].Host != "free" {
			t.Fatalf("claimed %v", claimed)
		}
		w.read(claimed[0])
		w.pages.Limit = 0 // nor does it wait for other pages
		w.now = until.Add(-time.Millisecond)
		if got := w.claimPages(); len(got) != 0 {
			t.Fatalf("claimed before the wait was over: %v", got)
		}
		w.now = until
		got := w.claimPages()
		if len(got) != 1 || got[0].Story != slices.Min(ids) {
			t.Fatalf("claimed %v", got)
		}
		if at, err := s.Pages.Renew(t.Context(), got[0], w.now); err != nil || !at.Equal(until) {
			t.Errorf("took it with %v, %v", at, err)
		}
		if again := w.claimPages(); len(again) != 0 {
			t.Errorf("claimed again: %v", again)
		}
		must[int](t)(s.Pages.Postpone(t.Context(), got[0], until.Add(10*time.Second), false)) // it is for another daemon, say
		if again := w.claimPages(); len(again) != 0 {
			t.Errorf("claimed before it is due again: %v", again)
		}
		w.now = until.Add(10 * time.Second)
		if again := w.claimPages(); len(again) != 1 {
			t.Errorf("claimed %v when it is due again", again)
		}
		totals := must[store.Totals](t)(s.Counts.Totals(t.Context()))
		if totals.Waiting != 2 || !totals.WaitingSince.Equal(noon) {
			t.Errorf("%d wait since %v", totals.Waiting, totals.WaitingSince)
		}
	})
}

// Whose turn it was is forgotten when nothing of it waits.
func TestTurnsArePruned(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		w := newTurns(t, s)
		w.wait("tass", "a", false, 1)
		w.wait("tass", "b", false, 1)
		for _, c := range w.claimPages() {
			if c.Host == "a" {
				w.read(c)
			}
		}
		must[int](t)(s.Prune(t.Context(), store.Ages{Texts: noon.Add(-time.Hour), Seen: noon.Add(-time.Hour)}))
		inTx(t, s, func(tx *store.Tx) error {
			var hosts string
			err := tx.QueryRowContext(t.Context(), `SELECT max(host) FROM page_turn`).Scan(&hosts)
			if err == nil && hosts != "b" {
				t.Errorf("left is %s", hosts)
			}
			if err == nil {
				err = tx.QueryRowContext(t.Context(), `SELECT min(host) FROM page_turn`).Scan(&hosts)
			}
			if err == nil && hosts != "b" {
				t.Errorf("left is %s", hosts)
			}
			return err
		})
	})
}
