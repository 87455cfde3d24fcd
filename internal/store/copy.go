package store

import (
	"context"
	"errors"
	"fmt"
)

// CopySeen copies what another store remembers of sources and of the stories
// they listed into this one, which must be new: enough for a dry run on
// SQLite to tell a new story from an old one, whatever the other database.
func (s *Store) CopySeen(ctx context.Context, from *Store) error {
	err := s.InTx(ctx, func(tx *Tx) error {
		const columns = `name, url, enabled, next_at, etag, last_modified, first_crawled_at, succeeded_at, read_at, schedule, keyed_as, habit`
		err := copyRows(ctx, tx, from, 12, `SELECT `+columns+` FROM source`, `INSERT INTO source (`+columns+`) VALUES (`+placeholders(1, 12)+`)`)
		if err != nil {
			return err
		}
		return copyRows(ctx, tx, from, 2, `SELECT key, seen_at FROM seen`, `INSERT INTO seen (key, seen_at) VALUES ($1, $2)`)
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
