package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

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
