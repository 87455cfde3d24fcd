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
	return nil
}

// next returns the next n calls but for the pruning at the start.
func (s steps) next(t *testing.T, n int) (calls []string) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for len(calls) < n {
		select {
		case c := <-s.calls:
			if c != "prune" {
				calls = append(calls, c)
			}
		case <-deadline:
			t.Fatalf("only %v within 20 s", calls)
		}
	}
	slices.Sort(calls)
	return calls
}

func start(t *testing.T, s *store.Store, out io.Writer, st steps) *jobs.Queue {
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
		if err := s.InTx(t.Context(), func(tx *store.Tx) error { return q.Deliver(t.Context(), tx, []store.Claim{{Name: "yes"}}) }); err != nil {
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
		t.Run(what, func(t *testing.T) {
			s := storetest.Open(t, storetest.SQLite(t))
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
				t.Errorf("the log says %q", got)
			}
		})
	}
}

// What a killed daemon leaves behind on SQLite: a job marked as running, a
// leader that is dead, claims that nobody holds. Should River's tables change,
// this test finds it out.
func TestTakeOver(t *testing.T) {
	storage := storetest.SQLite(t)
	dead, err := store.Open(t.Context(), slog.New(slog.DiscardHandler), storage)
	if err != nil {
		t.Fatal(err)
	}
	q, err := jobs.New(t.Context(), slog.New(slog.DiscardHandler), dead)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if err := dead.Sources.Sync(t.Context(), store.Sync{Sources: []store.PlannedSource{{Name: "tass", URL: "u", First: now.Add(-time.Hour)}}, Now: now}); err != nil {
		t.Fatal(err)
	}
	err = dead.InTx(t.Context(), func(tx *store.Tx) error {
		claims, err := tx.Sources.Claim(t.Context(), now, store.ListLimits{Limit: 1, PerHost: 1, Hung: 1})
		if err != nil {
			return err
		}
		if err := q.List(t.Context(), tx, claims); err != nil {
			return err
		}
		_, err = tx.ExecContext(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = datetime('now')`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = dead.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO river_leader (name, leader_id, elected_at, expires_at)
			VALUES ('default', 'dead', datetime('now'), datetime('now', '+1 hour'))`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}

	alive := storetest.Open(t, storage)
	st := steps{calls: make(chan string, 10)}
	began := time.Now()
	start(t, alive, io.Discard, st)
	if got := st.next(t, 1); got[0] != "list [{tass 0 1 }]" {
		t.Errorf("got %q", got)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("work resumed after %v, want at most 5 s", took)
	}
	if _, ok, err := alive.Sources.ClaimOne(t.Context(), "tass", now); err != nil || !ok {
		t.Errorf("the dead daemon's claim still holds: %v, %v", ok, err)
	}
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
	defer q.Stop(context.WithoutCancel(b.Context())) //nolint:errcheck // the benchmark is over
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

// Several daemons that start at once on a new PostgreSQL each want to create
// River's tables.
func TestDaemonsStartTogether(t *testing.T) {
	for range 3 {
		storage := storetest.Postgres(t)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				s, err := store.Open(t.Context(), slog.New(slog.DiscardHandler), storage)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := jobs.New(t.Context(), slog.New(slog.DiscardHandler), s); err != nil {
					t.Error(err)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

// On SQLite nobody polls for what was inserted: the queue is told, and a row of
// jobs, each inserted when the one before is done, never waits for the poll of
// a second.
func TestJobsDoNotWaitForAPoll(t *testing.T) {
	const turns, longest = 12, 4 * time.Second
	s := storetest.Open(t, storetest.SQLite(t))
	st := steps{calls: make(chan string, 10)}
	q := start(t, s, io.Discard, st)
	began := time.Now()
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
	if took := time.Since(began); took > longest {
		t.Errorf("%d jobs one after the other took %s, want at most %s", turns, took, longest)
	}
	var notes int
	if err := s.SQLite().QueryRowContext(t.Context(), `SELECT count(*) FROM river_notification`).Scan(&notes); err != nil || notes != 0 {
		t.Errorf("%d notes of what was inserted, %v", notes, err)
	}
}

// A clock that was ahead leaves jobs and a leader behind whose time has not
// come yet.
func TestMendTimes(t *testing.T) {
	for storage, ahead := range map[string]string{"sqlite": `datetime('now', '+1 year')`, "postgres": `now() + interval '1 year'`} {
		t.Run(storage, func(t *testing.T) {
			open := map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres}[storage]
			s := storetest.Open(t, open(t))
			st := steps{calls: make(chan string, 10)}
			q := start(t, s, io.Discard, st)
			err := s.InTx(t.Context(), func(tx *store.Tx) error {
				if err := q.Deliver(t.Context(), tx, []store.Claim{{Name: "late"}}); err != nil {
					return err
				}
				if _, err := tx.ExecContext(t.Context(), `UPDATE river_job SET scheduled_at = `+ahead+` WHERE kind = 'deliver'`); err != nil {
					return err
				}
				if _, err := tx.ExecContext(t.Context(), `DELETE FROM river_leader`); err != nil {
					return err
				}
				_, err := tx.ExecContext(t.Context(), `INSERT INTO river_leader (leader_id, elected_at, expires_at) VALUES ('gone', `+ahead+`, `+ahead+`)`)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := q.MendTimes(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := st.next(t, 1); got[0] != "deliver {late 0 0 }" {
				t.Errorf("got %q", got)
			}
			var leaders int
			err = s.InTx(t.Context(), func(tx *store.Tx) error {
				return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM river_leader WHERE leader_id = 'gone'`).Scan(&leaders)
			})
			if err != nil || leaders != 0 {
				t.Errorf("%d leaders from the future, %v", leaders, err)
			}
		})
	}
}
