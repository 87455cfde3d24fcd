package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Rehearsal makes a SQLite store in a new file for a dry run. It knows what the store
// at storage has seen, and has nothing to send. A SQLite store is copied as a whole,
// and of a PostgreSQL store only what was seen. The tables of the copy are brought up
// to date; the store stays as it is. The error is fs.ErrNotExist when there is no
// store.
func Rehearsal(ctx context.Context, log *slog.Logger, storage, file string) error {
	from, err := openReadOnly(ctx, log, storage)
	if err != nil {
		return err
	}
	if err := errors.Join(from.copySeen(ctx, file), from.Close()); err != nil {
		return fmt.Errorf("copy what store %s has seen: %w", from.Name(), explain(err))
	}
	to, err := Open(ctx, log, file)
	if err != nil {
		return err
	}
	return errors.Join(to.dropOpen(ctx), to.Close())
}

// copySeen copies what the store has seen to a new SQLite file.
func (s *Store) copySeen(ctx context.Context, file string) error {
	have, want, err := s.versions(ctx)
	switch {
	case err != nil:
		return err
	case have > want:
		return s.newerError(have, want)
	case s.path != "":
		return s.Copy(ctx, file)
	}
	to, err := connectSQLite(s.log, file)
	if err != nil {
		return err
	}
	return errors.Join(s.copyTables(ctx, to, have), to.Close())
}

// copyTables copies the tables of what was seen to a new SQLite store, which gets the
// same version.
func (s *Store) copyTables(ctx context.Context, to *Store, version int64) error {
	p, err := to.provider()
	if err != nil {
		return err
	}
	if _, err := p.UpTo(ctx, version); err != nil {
		return err
	}
	return to.InTx(ctx, func(tx *Tx) error {
		for _, table := range []string{"source", "fingerprint", "seen"} {
			var columns string // "": the version has no such table
			err := tx.QueryRowContext(ctx, `
				SELECT coalesce(group_concat(name, ', '), '') FROM pragma_table_info($1)
				WHERE name NOT IN ('id', 'story_id', 'claimed_until')`, table).Scan(&columns)
			if err == nil && columns != "" {
				err = copyRows(ctx, tx, s, table, columns)
			}
			if err != nil {
				return fmt.Errorf("table %s: %w", table, err)
			}
		}
		return nil
	})
}

// copyRows copies the named columns of a table from another store.
func copyRows(ctx context.Context, tx *Tx, from *Store, table, columns string) (err error) {
	n := strings.Count(columns, ",") + 1
	insert := `INSERT INTO ` + table + ` (` + columns + `) VALUES (` + placeholders(1, n) + `)`
	rows, err := from.read.QueryContext(ctx, `SELECT `+columns+` FROM `+table) //nolint:gosec // names from the schema
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values, into := make([]any, n), make([]any, n)
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

// dropOpen deletes all unfinished deliveries, and what kept them from being sent. A
// dry run shows only what it finds itself.
func (s *Store) dropOpen(ctx context.Context) error {
	err := s.InTx(ctx, func(tx *Tx) error {
		for _, query := range []string{`DELETE FROM delivery WHERE state IN ` + open, `DELETE FROM channel`, `DELETE FROM sink`, `DELETE FROM pause`} {
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return err
			}
		}
		return nil
	})
	return wrap("drop deliveries", err)
}
