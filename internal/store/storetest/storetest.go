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
// say; the database is empty and the test's own.
func Each(t *testing.T, test func(t *testing.T, storage string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// SQLite returns the path of a store that does not exist yet.
func SQLite(t testing.TB) string { return filepath.Join(t.TempDir(), "copytaster.db") }

// Postgres returns the URL of a new database. Without the server's programs
// the test is skipped, or fails when CI is set.
func Postgres(t testing.TB) string {
	t.Helper()
	url, err := shared.database(t.Context())
	if errors.Is(err, errAbsent) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return url
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
