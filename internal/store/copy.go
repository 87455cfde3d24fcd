package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Backup copies a SQLite store to a new file, while others read and write it. A store
// that is opened on the copy knows that it was restored. For PostgreSQL there is
// pg_dump.
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
		_, err = db.ExecContext(ctx, `
			INSERT INTO setting (name, value) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET value = excluded.value`, settingCopied, at)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		return wrap("back up to "+file, err)
	}
	return nil
}

// Copy copies a SQLite store to a new file, like Backup. A store that is opened on
// the copy does not know that it is one.
func (s *Store) Copy(ctx context.Context, file string) (err error) {
	// Without query_only, which would not allow the copy.
	return copyFile(ctx, sqliteDSN(s.path, "mode=ro", "_pragma="+busyTimeout), file)
}

// copyFile copies the SQLite database of a DSN to a new file.
func copyFile(ctx context.Context, dsn, file string) (err error) {
	made, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, private)
	if errors.Is(err, fs.ErrExist) {
		return state(fs.ErrExist, "back up: %s is there already: give the copy a name of its own", file)
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
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	_, err = db.ExecContext(ctx, `VACUUM INTO $1`, file) // it accepts an empty file
	if err := errors.Join(err, db.Close()); err != nil {
		return wrap("back up to "+file, err)
	}
	return nil
}
