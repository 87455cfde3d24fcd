package store

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

func (s *Store) provider() (*goose.Provider, error) {
	dialect, dir := goose.DialectSQLite3, "migrations/sqlite"
	if s.pool != nil {
		dialect, dir = goose.DialectPostgres, "migrations/postgres"
	}
	sub, err := fs.Sub(migrations, dir)
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(dialect, s.write, sub, goose.WithTableName("copytaster_version"), goose.WithDisableGlobalRegistry(true))
}

// migrate brings the tables up to the version of this binary. It backs up an older
// SQLite store first, to a file beside it.
func (s *Store) migrate(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	have, want, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	switch {
	case have > want:
		return s.newerError(have, want)
	case have > 0 && have < want && s.path != "":
		if err := s.Backup(ctx, s.backupBefore(want)); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("back up before migration: %w", err)
		}
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	_, err = s.write.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES ('store_id', $1) ON CONFLICT (name) DO NOTHING`, rand.Text())
	return err
}

// Alone runs a change of the tables while no other daemon changes them, so that
// several daemons that start on a new PostgreSQL database do not create the same
// tables. It waits for five minutes at most, on a connection of its own.
func (s *Store) Alone(ctx context.Context, change func() error) error {
	if s.pool == nil {
		return change() // the file is locked
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx)) //nolint:errcheck // closing it releases the lock
	const key = 0x636f7079                       // "copy"
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1)`, key); err != nil {
		return fmt.Errorf("wait for another daemon's migration: %w", err)
	}
	return change()
}

// checkVersion returns an error if this binary cannot read the store.
func (s *Store) checkVersion(ctx context.Context) error {
	have, want, err := s.versions(ctx)
	switch {
	case err != nil:
		return err
	case have > want:
		return s.newerError(have, want)
	case have < want:
		return fmt.Errorf("its tables are version %d, this binary reads version %d: "+
			"`copytaster run` brings them up to date", have, want)
	}
	return nil
}

// versions returns the version of the store's tables, and the version of this
// binary.
func (s *Store) versions(ctx context.Context) (have, want int64, err error) {
	p, err := s.provider()
	if err != nil {
		return 0, 0, err
	}
	err = s.read.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM copytaster_version WHERE is_applied`).Scan(&have)
	if err != nil {
		return 0, 0, fmt.Errorf("not a copytaster store, or one that was never run: %w", err)
	}
	sources := p.ListSources()
	return have, sources[len(sources)-1].Version, nil
}

func (s *Store) newerError(have, want int64) error {
	err := fmt.Errorf("its tables are version %d, this binary knows only version %d: run the newer binary", have, want)
	if backup := s.backupBefore(have); s.path != "" {
		if _, statErr := os.Stat(backup); statErr == nil {
			err = fmt.Errorf("%w, or go back to %s, the copy from before the migration", err, backup)
		}
	}
	return err
}

func (s *Store) backupBefore(version int64) string {
	return fmt.Sprintf("%s.before-v%d", s.path, version)
}
