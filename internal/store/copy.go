package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
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
		return fmt.Errorf("back up: %w", explain(err))
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
		return fmt.Errorf("back up to %s: %w", file, explain(err))
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
		return fmt.Errorf("back up to %s: %w", file, explain(err))
	}
	return nil
}

// CopySeen copies what another store remembers of sources and of the stories
// they listed into this one, which must be new: enough for a dry run on
// SQLite to tell a new story from an old one, whatever the other database.
func (s *Store) CopySeen(ctx context.Context, from *Store) error {
	err := s.InTx(ctx, func(tx *Tx) error {
		for _, t := range []struct {
			table, columns string
		}{
			{"source", `name, url, enabled, next_at, etag, last_modified, first_crawled_at, succeeded_at, read_at, schedule, keyed_as, habit, adopts, ways`},
			{"fingerprint", `source, link, guid, title, text, published_at, seen_at`},
			{"seen", `key, seen_at`},
		} {
			n := strings.Count(t.columns, ",") + 1
			insert := `INSERT INTO ` + t.table + ` (` + t.columns + `) VALUES (` + placeholders(1, n) + `)`
			if err := copyRows(ctx, tx, from, n, `SELECT `+t.columns+` FROM `+t.table, insert); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("copy what was seen: %w", explain(err))
	}
	return nil
}

// copyRows inserts what a query of as many columns gives in another store.
func copyRows(ctx context.Context, tx *Tx, from *Store, columns int, query, insert string) (err error) {
	rows, err := from.read.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values, into := make([]any, columns), make([]any, columns)
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, insert, values...); err != nil {
			return err
		}
	}
	return rows.Err()
}
