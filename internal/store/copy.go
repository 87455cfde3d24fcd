package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Backup writes a whole copy of a SQLite store to a new file, beside running
// readers and writers. A store that is opened on it knows that it was restored.
// PostgreSQL has pg_dump for that.
func (s *Store) Backup(ctx context.Context, file string) (err error) {
	if s.path == "" {
		return errors.New("back up: the store is PostgreSQL: use pg_dump")
	}
	var at string
	if err := s.read.QueryRowContext(ctx, `SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now')`).Scan(&at); err != nil {
		return wrap("back up", err)
	}
	if err := s.Copy(ctx, file); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file))
		}
	}()
	db, err := sql.Open("sqlite", sqliteDSN(file))
	if err == nil {
		_, err = db.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
			settingCopied, at)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		return wrap("back up to "+file, err)
	}
	return nil
}

// Copy writes a whole copy of a SQLite store to a new file, like Backup, which
// goes on as this store does.
func (s *Store) Copy(ctx context.Context, file string) (err error) {
	made, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, private) //nolint:gosec // the path is the operator's
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("back up: %s is there already: %w", file, fs.ErrExist)
	}
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file))
		}
	}()
	if err := made.Close(); err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	db, err := sql.Open("sqlite", sqliteDSN(s.path, "mode=ro", "_pragma="+busyTimeout)) // query_only would forbid the copy
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, file) // an empty file is as good as none
	if err := errors.Join(err, db.Close()); err != nil {
		return wrap("back up to "+file, err)
	}
	return nil
}
