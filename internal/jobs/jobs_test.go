package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/jobs"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// patience is how long a test waits for a job.
const patience = 5 * time.Minute

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// log keeps what the queue logs.
type log struct {
	mu  sync.Mutex
	out strings.Builder
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

// steps report what they were called with.
type steps struct {
	calls chan string
	work  func(ctx context.Context) error // what a list does, if anything
	prune error                           // what pruning ends with
}

func (s steps) List(ctx context.Context, batch []store.Claim) error {
	s.calls <- fmt.Sprint("list ", batch)
	if s.work != nil {
		return s.work(ctx)
	}
	return nil
}

func (s steps) Page(_ context.Context, c store.Claim) error {
	s.calls <- fmt.Sprint("page ", c)
	return nil
}

func (s steps) Look(_ context.Context, c store.Claim) error {
	s.calls <- fmt.Sprint("look ", c)
	return nil
}

func (s steps) Deliver(_ context.Context, c store.Claim) error {
	s.calls <- fmt.Sprint("deliver ", c)
	return nil
}

func (s steps) Subscribe(_ context.Context, batch []store.Claim) error {
	s.calls <- fmt.Sprint("subscribe ", batch)
	return nil
}

func (s steps) Prune(context.Context) error {
	s.calls <- "prune"
	return s.prune
}

func (s steps) Index(context.Context) error { return nil }

// next returns the next n calls except the pruning at the start, sorted.
func (s steps) next(t *testing.T, n int) (calls []string) {
	t.Helper()
	deadline := time.After(patience)
	for len(calls) < n {
		select {
		case c := <-s.calls:
			if c != "prune" {
				calls = append(calls, c)
			}
		case <-deadline:
			t.Fatalf("only %v within %s", calls, patience)
		}
	}
	slices.Sort(calls)
	return calls
}

func start(t *testing.T, s *store.Store, out io.Writer, st steps) jobs.Queue {
	t.Helper()
	q, err := jobs.New(t.Context(), slog.New(slog.NewTextHandler(out, nil)), s)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Work(t.Context(), st); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return q
}

func TestJobsReachTheirSteps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		st := steps{calls: make(chan string, 10)}
		q := start(t, s, io.Discard, st)
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			return errors.Join(
				q.List(t.Context(), tx, []store.Claim{{Name: "a", Token: 1, Host: "h"}, {Name: "b", Token: 2}}),
				q.Page(t.Context(), tx, []store.Claim{{Story: 7, Token: 3, Host: "i"}, {Story: 8, Token: 4}}),
				q.Look(t.Context(), tx, []store.Claim{{Story: 9, Token: 6}}),
				q.Subscribe(t.Context(), tx, []store.Claim{{Name: "t1", Token: 7}}),
				q.Deliver(t.Context(), tx, []store.Claim{{Name: "news", Token: 5}}))
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"deliver {news 0 5 }", "list [{a 0 1 h} {b 0 2 }]", "look { 9 6 }", "page { 7 3 i}", "page { 8 4 }", "subscribe [{t1 0 7 }]"}
		if got := st.next(t, 6); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

func TestRolledBackJobNeverRuns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		st := steps{calls: make(chan string, 10)}
		q := start(t, s, io.Discard, st)
		boom := errors.New("boom")
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			if err := q.Deliver(t.Context(), tx, []store.Claim{{Name: "never"}}); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		err = s.InTx(t.Context(), func(tx *store.Tx) error { return q.Deliver(t.Context(), tx, []store.Claim{{Name: "yes"}}) })
		if err != nil {
			t.Fatal(err)
		}
		if got := st.next(t, 1); got[0] != "deliver {yes 0 0 }" {
			t.Errorf("got %q", got)
		}
	})
}

func TestErrorsAndPanicsAreLogged(t *testing.T) {
	for what, work := range map[string]func(context.Context) error{
		"an error": func(context.Context) error { return errors.New("disk is full") },
		"a panic":  func(context.Context) error { panic("disk is full") },
	} {
		storetest.Each(t, func(t *testing.T, storage string) {
			s := storetest.Open(t, storage)
			out := &log{}
			st := steps{calls: make(chan string, 10), work: work}
			q := start(t, s, out, st)
			for range 2 { // the second shows that the first did no lasting harm
				if err := s.InTx(t.Context(), func(tx *store.Tx) error { return q.List(t.Context(), tx, nil) }); err != nil {
					t.Fatal(err)
				}
				st.next(t, 1)
			}
			if err := q.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); !strings.Contains(got, "disk is full") || !strings.Contains(got, "job=list") {
				t.Errorf("after %s the log says %q", what, got)
			}
		})
	}
}

// Pruning has no claim that would bring it back.
func TestPruneThatFailsIsLogged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		out := &log{}
		st := steps{calls: make(chan string, 10), prune: errors.New("disk is full")}
		q := start(t, s, out, st)
		if call := <-st.calls; call != "prune" {
			t.Errorf("%s came first", call)
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := out.String()
		if !strings.Contains(got, "disk is full") || !strings.Contains(got, "in an hour") || strings.Contains(got, "claim") {
			t.Errorf("the log says %q", got)
		}
	})
}

// A step that is told to stop ends before Stop returns, is no error, and
// nothing begins afterwards.
func TestStop(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		out := &log{}
		ended := make(chan struct{})
		st := steps{calls: make(chan string, 10), work: func(ctx context.Context) error {
			<-ctx.Done()
			close(ended)
			return ctx.Err()
		}}
		q := start(t, s, out, st)
		if err := s.InTx(t.Context(), func(tx *store.Tx) error { return q.List(t.Context(), tx, nil) }); err != nil {
			t.Fatal(err)
		}
		st.next(t, 1)
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		select {
		case <-ended:
		default:
			t.Error("Stop did not wait for the step")
		}
		if got := out.String(); strings.Contains(got, "job=") { // River may warn of itself on a busy machine
			t.Errorf("the log says %q", got)
		}
		err := s.InTx(t.Context(), func(tx *store.Tx) error { return q.Deliver(t.Context(), tx, []store.Claim{{Name: "late"}}) })
		if err != nil {
			t.Error(err)
		}
		select {
		case call := <-st.calls:
			if call != "prune" {
				t.Errorf("%s began after Stop", call)
			}
		default:
		}
	})
}

// What is inserted before the workers start runs when they do.
func TestJobsWaitForTheWorkers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		q, err := jobs.New(t.Context(), slog.New(slog.DiscardHandler), s)
		if err != nil {
			t.Fatal(err)
		}
		err = s.InTx(t.Context(), func(tx *store.Tx) error { return q.Deliver(t.Context(), tx, []store.Claim{{Name: "early"}}) })
		if err != nil {
			t.Fatal(err)
		}
		st := steps{calls: make(chan string, 10)}
		if err := q.Work(t.Context(), st); err != nil {
			t.Fatal(err)
		}
		if got := st.next(t, 1); got[0] != "deliver {early 0 0 }" {
			t.Errorf("got %q", got)
		}
		if err := q.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkJob(b *testing.B) {
	s := storetest.Open(b, storetest.SQLite(b))
	st := steps{calls: make(chan string, 100)}
	q, err := jobs.New(b.Context(), slog.New(slog.DiscardHandler), s)
	if err != nil {
		b.Fatal(err)
	}
	if err := q.Work(b.Context(), st); err != nil {
		b.Fatal(err)
	}
	defer q.Stop(context.WithoutCancel(b.Context()))
	pages := make([]store.Claim, 100)
	for b.Loop() {
		if err := s.InTx(b.Context(), func(tx *store.Tx) error { return q.Page(b.Context(), tx, pages) }); err != nil {
			b.Fatal(err)
		}
		for n := 0; n < len(pages); {
			if <-st.calls != "prune" {
				n++
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(pages)), "µs/job")
}
