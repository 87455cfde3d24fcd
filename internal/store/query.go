package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrNotFound says that there is no row of that name or number.
var ErrNotFound = errors.New("not found")

// querier is what *sql.DB, *sql.Tx and *sql.Conn have in common.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func wrap(act string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", act, explain(err))
}

// changed turns the result of an UPDATE into whether it found its row.
func changed(res sql.Result, err error) func(act string) (bool, error) {
	return func(act string) (bool, error) {
		if err != nil {
			return false, fmt.Errorf("%s: %w", act, explain(err))
		}
		n, err := res.RowsAffected()
		if err != nil {
			return false, fmt.Errorf("%s: %w", act, err)
		}
		return n > 0, nil
	}
}

// collect reads all rows with scan.
func collect[T any](rows *sql.Rows, err error, act string, scan func(func(...any) error) (T, error)) ([]T, error) {
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, explain(err))
	}
	defer rows.Close() //nolint:errcheck // read only
	var out []T
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", act, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", act, explain(err))
	}
	return out, nil
}
