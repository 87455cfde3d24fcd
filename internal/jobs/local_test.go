package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// A killed daemon leaves claims that nobody holds on SQLite: the next one is
// the only owner of the file and drops them.
func TestTakeOver(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	now := time.Now()
	sources := store.Sync{Sources: []store.PlannedSource{{Name: "tass", URL: "u", First: now.Add(-time.Hour)}}, Now: now}
	if err := s.Sources.Sync(t.Context(), sources); err != nil {
		t.Fatal(err)
	}
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		claims, err := tx.Sources.Claim(t.Context(), now, store.ListLimits{Limit: 1, PerHost: 1, Hung: 1})
		if len(claims) != 1 {
			t.Errorf("claimed %v", claims)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	start(t, s, io.Discard, steps{calls: make(chan string, 10)})
	if _, ok, err := s.Sources.ClaimOne(t.Context(), "tass", now); err != nil || !ok {
		t.Errorf("the dead daemon's claim still holds: %v, %v", ok, err)
	}
}

// Stop returns when its context ends, though a step does not.
func TestStopIsBounded(t *testing.T) {
	release := make(chan struct{})
	st := steps{calls: make(chan string, 10), work: func(context.Context) error { <-release; return nil }}
	s := storetest.Open(t, storetest.SQLite(t))
	q := start(t, s, io.Discard, st)
	if err := s.InTx(t.Context(), func(tx *store.Tx) error { return q.List(t.Context(), tx, nil) }); err != nil {
		t.Fatal(err)
	}
	st.next(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Stop returned %v", err)
	}
	close(release)
}

// No more jobs of a kind run at once than there are workers, and other kinds do
// not wait for them.
func TestWorkersAreBounded(t *testing.T) {
	const workers, waiting = 512, 40 // list jobs at once
	var running, most atomic.Int64
	counted, release := make(chan struct{}, workers+waiting), make(chan struct{})
	st := steps{calls: make(chan string, workers+waiting+1), work: func(context.Context) error {
		n := running.Add(1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		counted <- struct{}{}
		<-release
		running.Add(-1)
		return nil
	}}
	s := storetest.Open(t, storetest.SQLite(t))
	q := start(t, s, io.Discard, st)
	list := func(n int) {
		t.Helper()
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			for range n {
				if err := q.List(t.Context(), tx, nil); err != nil {
					return err
				}
			}
			return q.Deliver(t.Context(), tx, []store.Claim{{Name: "news"}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	list(workers + waiting)
	if got := st.next(t, workers+1); got[0] != "deliver {news 0 0 }" {
		t.Errorf("first of the others: %q", got[0])
	}
	for range workers {
		<-counted
	}
	close(release)
	st.next(t, waiting)
	if most.Load() != workers {
		t.Errorf("%d lists ran at once, want %d", most.Load(), workers)
	}
}

// Jobs that follow one another on SQLite wait for no poll: they take little more
// than the transactions that they come with.
func TestJobsDoNotWaitForAPoll(t *testing.T) {
	const turns, poll = 100, 50 * time.Millisecond
	s := storetest.Open(t, storetest.SQLite(t))
	began := time.Now()
	for range turns {
		if err := s.InTx(t.Context(), func(*store.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	bare := time.Since(began)
	st := steps{calls: make(chan string, 10)}
	q := start(t, s, io.Discard, st)
	began = time.Now()
	for turn := range turns {
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			return q.List(t.Context(), tx, []store.Claim{{Name: "a", Token: int64(turn)}})
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := st.next(t, 1); got[0] != fmt.Sprintf("list [{a 0 %d }]", turn) {
			t.Fatalf("turn %d: %v", turn, got)
		}
	}
	if took, longest := time.Since(began), 20*bare+turns*poll; took > longest {
		t.Errorf("%d jobs one after the other took %s, want at most %s: as many transactions took %s", turns, took, longest, bare)
	}
}
