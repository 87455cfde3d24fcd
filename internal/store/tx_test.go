package store

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// A transaction that PostgreSQL ends because of another one is repeated alone,
// five times at the most; any other error ends it at once.
func TestTransactionsAreRepeated(t *testing.T) {
	other := errors.New("disk is full")
	for _, tt := range []struct {
		name  string
		err   error
		fails int // transactions that end with err; then one commits
		tries int
		want  error
	}{
		{"commits", nil, 0, 1, nil},
		{"deadlock", &pgconn.PgError{Code: "40P01"}, 2, 3, nil},
		{"serialization", &pgconn.PgError{Code: "40001"}, 1, 2, nil},
		{"its cluster is gone", fmt.Errorf("add story: %w", &pgconn.PgError{Code: "23503"}), 1, 2, nil},
		{"unique violation", &pgconn.PgError{Code: "23505"}, 9, 1, &pgconn.PgError{}},
		{"for ever", &pgconn.PgError{Code: "40P01"}, 9, 5, &pgconn.PgError{}},
		{"not of PostgreSQL", other, 9, 1, other},
	} {
		tries := 0
		err := again(func(alone bool) error {
			if alone != (tries > 0) {
				t.Errorf("%s: try %d, alone is %v", tt.name, tries, alone)
			}
			if tries++; tries <= tt.fails {
				return tt.err
			}
			return nil
		})
		if tries != tt.tries || (err != nil) != (tt.want != nil) {
			t.Errorf("%s: %d tries, then %v; want %d, then %v", tt.name, tries, err, tt.tries, tt.want)
		}
	}
}
