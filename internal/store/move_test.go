package store_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

var (
	moveStories = flag.Int("move-stories", 300, "stories that are moved while the move is killed; 100,000 in docs/benchmarks.md")
	moveKills   = flag.Int("move-kills", 2, "kill -9 of a move")
)

var silent = slog.New(slog.DiscardHandler)

// filled is a SQLite store with rows in every table that a move copies.
func filled(t *testing.T, rows int) (storage string) {
	t.Helper()
	storage = storetest.SQLite(t)
	within(t, storage, func(s *store.Store) {
		if err := s.Fill(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
	})
	return storage
}

// within does something with an open store, and closes it.
func within(t *testing.T, storage string, do func(*store.Store)) {
	t.Helper()
	s, err := store.Open(t.Context(), silent, storage)
	if err != nil {
		t.Fatal(err)
	}
	do(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// opened is the error of opening a store.
func opened(t *testing.T, storage string) error {
	t.Helper()
	s, err := store.Open(t.Context(), silent, storage)
	if err == nil {
		err = s.Close()
	}
	return err
}

// TestMove: every row arrives, in PostgreSQL and back, and only the store where they are may be
// opened.
func TestMove(t *testing.T) {
	first, second, third := filled(t, 40), storetest.NewPostgres(t), storetest.NewSQLite(t)
	there := move(t, first, second)
	for _, table := range there.Tables {
		if table.Rows == 0 {
			t.Errorf("nothing of %s was moved", table.Name)
		}
	}
	if there.Mended != 2 {
		t.Errorf("%d texts were mended", there.Mended)
	}
	var moved *store.MovedError
	if err := opened(t, first); !errors.As(err, &moved) || !moved.Ended || moved.Other != store.NameOf(second) {
		t.Errorf("the store that was left opens: %v", err)
	}
	if _, err := store.OpenReadOnly(t.Context(), silent, first); !errors.As(err, &moved) {
		t.Errorf("the store that was left can be read: %v", err)
	}
	if err := store.Usable(t.Context(), silent, first); !errors.As(err, &moved) {
		t.Errorf("the store that was left is usable: %v", err)
	}
	if _, err := store.Relocate(t.Context(), silent, first, storetest.NewSQLite(t), noon, nil); !errors.As(err, &moved) {
		t.Errorf("the store that was left is moved again: %v", err)
	}
	back := move(t, second, third)
	for i, table := range back.Tables {
		if was := there.Tables[i]; table != was && table.Name != "setting" {
			t.Errorf("%+v came back as %+v", was, table)
		}
	}
	if err := opened(t, third); err != nil {
		t.Error(err)
	}
}

func move(t *testing.T, from, to string) store.Moved {
	t.Helper()
	var last, all int64
	m, err := store.Relocate(t.Context(), silent, from, to, time.Now(), func(done, of int64) { last, all = done, of })
	if err != nil {
		t.Fatal(err)
	}
	if last != all || all != m.Rows() {
		t.Errorf("%d of %d rows were reported, %d moved", last, all, m.Rows())
	}
	return m
}

// TestMovedStoreBeginsAnEpoch: what is open is in doubt, and the numbers of rows go on where
// they were, also where the newest rows are gone.
func TestMovedStoreBeginsAnEpoch(t *testing.T) {
	from := filled(t, 40)
	within(t, from, func(s *store.Store) {
		if err := s.Exec(t.Context(), `DELETE FROM delivery WHERE id > 30`); err != nil {
			t.Fatal(err)
		}
	})
	for i, to := range []string{storetest.NewPostgres(t), storetest.NewSQLite(t)} {
		move(t, from, to)
		within(t, to, func(s *store.Store) {
			beginAfterMove(t, s, store.NameOf(from))
			if n := s.Number(t, `SELECT count(*) FROM epoch WHERE cause LIKE 'it was moved here from %'`); n != int64(i+1) {
				t.Errorf("%d epochs after %d moves", n, i+1)
			}
			const add = `INSERT INTO delivery (channel, kind, state, due_at, created_at) VALUES ('x', 'ops', 'sent', 1, 1)`
			if err := s.Exec(t.Context(), add); err != nil {
				t.Fatal(err)
			}
			if n := s.Number(t, `SELECT max(id) FROM delivery`); n != int64(41+i) {
				t.Errorf("the next delivery has number %d", n)
			}
		})
		from = to
	}
}

// beginAfterMove begins the epoch of a store that was moved, as each of two daemons would.
func beginAfterMove(t *testing.T, s *store.Store, from string) {
	t.Helper()
	now := time.Now()
	loss, err := s.Restored(t.Context(), now)
	if err != nil || !loss.Moved || !strings.Contains(loss.Cause, from) {
		t.Fatalf("%+v, %v", loss, err)
	}
	for daemon := range 2 {
		inTx(t, s, func(tx *store.Tx) error {
			_, begun, err := tx.Epochs.Begin(t.Context(), loss, now)
			if begun != (daemon == 0) {
				t.Errorf("daemon %d has begun an epoch: %v", daemon, begun)
			}
			return err
		})
	}
	if err := s.Renewed(); err != nil {
		t.Fatal(err)
	}
}

// TestMoveWaitsForDaemons: a PostgreSQL store is not moved while a daemon works in it.
func TestMoveWaitsForDaemons(t *testing.T) {
	from, to := storetest.Postgres(t), storetest.NewSQLite(t)
	beat := func(ago time.Duration) {
		within(t, from, func(s *store.Store) {
			now, _, err := s.Clock.Now(t.Context())
			if err == nil {
				err = s.Exec(t.Context(), `UPDATE clock SET beat_at = $1`, now.Add(-ago).UnixMilli())
			}
			if err != nil {
				t.Fatal(err)
			}
		})
	}
	beat(10 * time.Second)
	_, err := store.Relocate(t.Context(), silent, from, to, time.Now(), nil)
	if err == nil || !strings.Contains(err.Error(), "stop all of them") {
		t.Errorf("it was moved: %v", err)
	}
	if err := opened(t, from); err != nil {
		t.Error(err)
	}
	beat(2 * time.Minute)
	move(t, from, to)
}

// TestMoveIsGivenUp: while a move has not ended, neither store opens; once it is given up the old
// one does, and can be moved to the same place again.
func TestMoveIsGivenUp(t *testing.T) {
	from, to := filled(t, 40), storetest.NewPostgres(t)
	ctx, cancel := context.WithCancel(t.Context())
	stop := func(done, _ int64) {
		if done > 100 {
			cancel()
		}
	}
	if _, err := store.Relocate(ctx, silent, from, to, time.Now(), stop); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	for storage, arrived := range map[string]bool{from: false, to: true} {
		var moved *store.MovedError
		if err := opened(t, storage); !errors.As(err, &moved) || moved.Ended || moved.Arrived != arrived {
			t.Errorf("%s opens: %v", storage, err)
		}
	}
	if _, err := store.Relocate(t.Context(), silent, from, storetest.NewSQLite(t), time.Now(), nil); err == nil {
		t.Error("it was moved to a second place")
	}
	if other, err := store.CancelMove(t.Context(), silent, from); err != nil || other != store.NameOf(to) {
		t.Errorf("%s, %v", other, err)
	}
	within(t, from, func(s *store.Store) {
		if err := s.Exec(t.Context(), `DELETE FROM trouble WHERE name LIKE '% 7'`); err != nil {
			t.Fatal(err)
		}
	})
	move(t, from, to)
}

// TestMoveTakesEveryTable: a table that is new is moved, or stays behind for a reason.
func TestMoveTakesEveryTable(t *testing.T) {
	behind := map[string]string{
		"copytaster_version": "the migrations of each store are its own",
		"sqlite_sequence":    "what it says is carried over as the numbers of the next rows",
		"clock":              "of the machine or the server",
		"lease":              "of the daemons that run",
		"word_segment":       "the index of words is filled anew",
		"word_index":         "the index of words is filled anew",
		"word_stale":         "the index of words is filled anew",
	}
	s := storetest.Open(t, storetest.SQLite(t))
	moved := store.MovedTables()
	for _, name := range s.Names(t, `SELECT name FROM sqlite_master WHERE type = 'table'`) {
		if stays := behind[name] != ""; stays == slices.Contains(moved, name) {
			t.Errorf("%s is moved and stays behind, or neither", name)
		}
	}
}

// moveEnv makes the test's program move a store and kill itself on the way: it is two storages, and
// the share of the rows after which it dies, with spaces between.
const moveEnv = "COPYTASTER_TEST_MOVE"

func moveOf(order string) (code int) {
	var from, to string
	var share float64
	if _, err := fmt.Sscan(order, &from, &to, &share); err != nil {
		panic(err)
	}
	die := func(done, all int64) {
		if float64(done) >= share*float64(all) {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		}
	}
	if _, err := store.Relocate(context.Background(), silent, from, to, time.Now(), die); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// TestKillMove: a move that is killed goes on where it was, and everything arrives once.
func TestKillMove(t *testing.T) {
	from, to := filled(t, *moveStories), storetest.NewPostgres(t)
	began := time.Now()
	want := move(t, from, to)
	took := time.Since(began)
	from, to = filled(t, *moveStories), storetest.NewPostgres(t)
	for i := range *moveKills {
		cmd := exec.Command(os.Args[0])
		share := float64(i+1) / float64(*moveKills+1)
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %s %f", moveEnv, from, to, share))
		if out, err := cmd.CombinedOutput(); err == nil || len(out) > 0 {
			t.Fatalf("it was not killed: %v, %s", err, out)
		}
	}
	got := move(t, from, to)
	t.Logf("%d rows in %v, killed %d times", got.Rows(), took, got.Resumed)
	if got.Resumed != *moveKills {
		t.Errorf("it went on %d times", got.Resumed)
	}
	for i, table := range got.Tables {
		if table != want.Tables[i] && table.Name != "setting" {
			t.Errorf("%+v arrived as %+v", want.Tables[i], table)
		}
	}
}

// TestKillHandover: a move that was killed when the other store was handed over ends without a look
// at that one, where a daemon may be at work, and cannot be given up.
func TestKillHandover(t *testing.T) {
	from, to := filled(t, 10), storetest.NewSQLite(t)
	move(t, from, to)
	rewind := `UPDATE setting SET value = json_remove(value, '$.ended') WHERE name = 'moving_to'`
	if err := store.ExecSQLite(t.Context(), from, rewind); err != nil {
		t.Fatal(err)
	}
	within(t, to, func(s *store.Store) {
		if err := s.Settings.Save(t.Context(), map[string]string{"config": "newer"}); err != nil {
			t.Fatal(err)
		}
	})
	if _, err := store.CancelMove(t.Context(), silent, from); err == nil {
		t.Error("it was given up: both stores can be used")
	}
	if _, err := store.Relocate(t.Context(), silent, from, to, time.Now(), nil); err != nil {
		t.Errorf("it does not end: %v", err)
	}
	var moved *store.MovedError
	if err := opened(t, from); !errors.As(err, &moved) || !moved.Ended {
		t.Errorf("the store that was left: %v", err)
	}
	within(t, to, func(s *store.Store) {
		if n := s.Number(t, `SELECT count(*) FROM setting WHERE value = 'newer'`); n != 1 {
			t.Error("what a daemon did since is lost")
		}
	})
}

// TestMoveStopsDaemons: a daemon that was idle when its PostgreSQL store was moved posts nothing
// more, and learns why.
func TestMoveStopsDaemons(t *testing.T) {
	from := storetest.Postgres(t)
	daemon := storetest.Open(t, from)
	add(t, daemon, story("old"), "news")
	now := time.Now()
	if _, err := daemon.Restored(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	move(t, from, storetest.NewSQLite(t))
	var moved *store.MovedError
	if _, err := daemon.Restored(t.Context(), now); !errors.As(err, &moved) {
		t.Errorf("it does not learn of it: %v", err)
	}
}
