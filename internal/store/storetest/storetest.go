// Package storetest provides tests with a database: a SQLite file, or one of a private
// PostgreSQL server that is started from the installed binaries. The TestMain of a
// package calls Main, and its tests call Each to run on both.
package storetest

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/copytaster/copytaster/internal/store"
)

// Main runs the tests of a package and stops the PostgreSQL server that they
// may have started. TestMain passes its result to os.Exit.
func Main(m *testing.M) int {
	code := m.Run()
	shared.stop()
	return code
}

// Each runs a test on SQLite and on PostgreSQL. storage is what a config would
// say. The store is the test's own: it has its tables and no rows.
func Each(t *testing.T, test func(t *testing.T, storage string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// EachNew runs a test as Each does, where there is no store yet.
func EachNew(t *testing.T, test func(t *testing.T, storage string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, NewSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, NewPostgres(t)) })
}

// NewSQLite returns the path of a store that does not exist yet.
func NewSQLite(t testing.TB) string { return filepath.Join(t.TempDir(), "copytaster.db") }

// SQLite returns the path of a store that has its tables and no rows.
func SQLite(t testing.TB) string {
	t.Helper()
	file, err := emptySQLite()
	if err != nil {
		t.Fatal(err)
	}
	path := NewSQLite(t)
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// NewPostgres returns the URL of a database without tables. It skips and fails as
// Postgres does.
func NewPostgres(t testing.TB) string {
	t.Helper()
	return database(t, shared.bare)
}

// Postgres returns the URL of a database that has the store's tables and no rows.
// Without the server's programs the test is skipped, or fails when CI is set.
func Postgres(t testing.TB) string {
	t.Helper()
	return database(t, shared.database)
}

func database(t testing.TB, create func(context.Context) (string, error)) string {
	t.Helper()
	url, err := create(t.Context())
	if errors.Is(err, errAbsent) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// emptySQLite returns the file of a store without rows. Migrations are slow, so they
// run once for all tests of a package.
var emptySQLite = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "copytaster-store-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a test's folder
	path := filepath.Join(dir, "copytaster.db")
	if err := fill(context.Background(), path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// fill creates the tables of a store. What a store says of itself, as its ID, is
// left to those who open it.
func fill(ctx context.Context, storage string) error {
	s, err := store.Open(ctx, slog.New(slog.DiscardHandler), storage)
	if err != nil {
		return err
	}
	err = s.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM setting`)
		return err
	})
	return errors.Join(err, s.Close())
}

// Open opens the store for the test's time.
func Open(t testing.TB, storage string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), slog.New(slog.DiscardHandler), storage)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Recorded returns the newest story that is listed under a key (news.LinkKey for
// one with a link of its own), or store.ErrNotFound.
func Recorded(ctx context.Context, s *store.Store, key string) (store.Look, error) {
	var id int64
	err := s.InTx(ctx, func(tx *store.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM story WHERE key = $1`, key).Scan(&id)
	})
	if err != nil {
		return store.Look{}, err
	}
	return s.Looks.Get(ctx, id)
}

var errAbsent = errors.New("PostgreSQL's programs (initdb, postgres) are not installed")

// shared is the one server of a test binary.
var shared server
