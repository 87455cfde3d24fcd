package jobs_test

import (
	"io"
	"log/slog"
	"sync"
	"testing"

	"github.com/copytaster/copytaster/internal/jobs"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

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

// A clock that was ahead leaves jobs and a leader behind whose time has not
// come yet.
func TestMendTimes(t *testing.T) {
	s := storetest.Open(t, storetest.Postgres(t))
	st := steps{calls: make(chan string, 10)}
	q := start(t, s, io.Discard, st)
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		if err := q.Deliver(t.Context(), tx, []store.Claim{{Name: "late"}}); err != nil {
			return err
		}
		for _, statement := range []string{
			`UPDATE river_job SET scheduled_at = now() + interval '1 year' WHERE kind = 'deliver'`,
			`INSERT INTO river_leader (leader_id, elected_at, expires_at)
				VALUES ('gone', now() + interval '1 year', now() + interval '1 year')
				ON CONFLICT (name) DO UPDATE SET leader_id = excluded.leader_id,
					elected_at = excluded.elected_at, expires_at = excluded.expires_at`,
		} {
			if _, err := tx.ExecContext(t.Context(), statement); err != nil {
				return err
			}
		}
		return nil
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
}
