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

// exec runs a statement. act says what it was for, should it fail.
func exec(ctx context.Context, q querier, act, query string, args ...any) error {
	_, err := q.ExecContext(ctx, query, args...)
	return wrap(act, err)
}

// change runs a statement and reports whether it changed a row.
func change(ctx context.Context, q querier, act, query string, args ...any) (bool, error) {
	n, err := count(q.ExecContext(ctx, query, args...))
	return n > 0, wrap(act, err)
}

// changeHeld runs a statement that changes a row as long as a claim on it holds. The
// error is ErrClaimLost when the statement changed no row.
func changeHeld(ctx context.Context, q querier, act, query string, args ...any) error {
	held, err := change(ctx, q, act, query, args...)
	if err == nil && !held {
		return ErrClaimLost
	}
	return err
}

// count returns how many rows a statement changed.
func count(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// collect returns all rows, each as scan reads it.
func collect[T any](rows *sql.Rows, err error, act string, scan func(func(...any) error) (T, error)) ([]T, error) {
	if err != nil {
		return nil, wrap(act, err)
	}
	defer rows.Close() //nolint:errcheck // read only
	var out []T
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, wrap(act, err)
		}
		out = append(out, v)
	}
	return out, wrap(act, rows.Err())
}

// stated is an error that stands for another one and says it in words of its own, so that
// nobody reads it twice: "copy.db is there already: file already exists".
type stated struct {
	text string
	as   error
}

func (e *stated) Error() string { return e.text }
func (e *stated) Unwrap() error { return e.as }

// state returns an error that is as, and says what the format makes.
func state(as error, format string, args ...any) error {
	return &stated{fmt.Sprintf(format, args...), as}
}

// wrap adds what was being done and, where a person can help, what to do.
func wrap(act string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", act, explain(err))
}
