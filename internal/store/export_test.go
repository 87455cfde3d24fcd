package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"
)

// OpenVersion opens a new store whose tables are of an older version.
func OpenVersion(ctx context.Context, storage string, version int64) (*Store, error) {
	s, err := connect(ctx, slog.New(slog.DiscardHandler), storage)
	if err != nil {
		return nil, err
	}
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	if have, err := p.GetDBVersion(ctx); err != nil || have > 0 {
		return nil, fmt.Errorf("not a new store: version %d (%w)", have, err)
	}
	_, err = p.UpTo(ctx, version)
	return s, err
}

// Exec runs a statement.
func (s *Store) Exec(ctx context.Context, query string, args ...any) error {
	_, err := s.write.ExecContext(ctx, query, args...)
	return err
}

// ExecSQLite runs a statement on the file of a store that nobody has open.
func ExecSQLite(ctx context.Context, path, query string) error {
	db, err := openWriter(path)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, query)
	return errors.Join(err, db.Close())
}

// Number returns the one number that a query selects.
func (s *Store) Number(t testing.TB, query string) (n int64) {
	t.Helper()
	if err := s.read.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Names returns the names that a query selects.
func (s *Store) Names(t testing.TB, query string) []string {
	t.Helper()
	rows, err := s.read.QueryContext(t.Context(), query)
	names, err := collect(rows, err, "read names", func(scan func(...any) error) (name string, err error) {
		return name, scan(&name)
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// few is how many rows Fill adds at the most to a table of which a store has few.
const few = 300

// Fill adds rows to every table of a SQLite store that a move copies, with a value in each
// column; two texts are none that PostgreSQL stores, and a robots.txt is empty. Stories have a body
// of 3 kB.
func (s *Store) Fill(ctx context.Context, rows int) error {
	return s.InTx(ctx, func(tx *Tx) error {
		for _, t := range movedTables {
			columns, err := tx.QueryContext(ctx, `SELECT name, lower(type) FROM pragma_table_info($1)`, t.name)
			all, err := collect(columns, err, t.name, func(scan func(...any) error) (c [2]string, err error) {
				return c, scan(&c[0], &c[1])
			})
			if err != nil {
				return err
			}
			names := make([]string, len(all))
			for i, c := range all {
				names[i] = c[0]
			}
			insert := `INSERT INTO ` + t.name + ` (` + strings.Join(names, ", ") + `) VALUES (` + placeholders(1, len(all)) + `)`
			most := rows
			if !slices.Contains([]string{"cluster", "story", "fingerprint", "match", "sketch"}, t.name) {
				most = min(rows, few)
			}
			for n := 1; n <= most; n++ {
				if _, err := tx.ExecContext(ctx, insert, filling(t.name, all, n)...); err != nil {
					return fmt.Errorf("%s: %w", t.name, err)
				}
			}
		}
		return nil
	})
}

func filling(table string, columns [][2]string, n int) []any {
	values := make([]any, len(columns))
	for i, c := range columns {
		switch text := fmt.Sprintf("%s.%s é %d", table, c[0], n); {
		case table == "story" && c[0] == "title" && n == 1:
			values[i] = "a\x00b"
		case table == "story" && c[0] == "summary" && n == 1:
			values[i] = "a\xffb"
		case table == "story" && c[0] == "body":
			values[i] = strings.Repeat(text+" ", 3000/len(text))
		case table == "robots" && c[1] == "blob" && n == 1:
			values[i] = []byte{}
		case c[1] == "text":
			values[i] = text
		case c[1] == "blob":
			values[i] = []byte(text)
		default:
			values[i] = n
		}
	}
	return values
}

// MovedTables are the names of the tables that a move copies.
func MovedTables() (names []string) {
	for _, t := range movedTables {
		names = append(names, t.name)
	}
	return names
}

// KeptName is what the name of a store ends in that is kept when another is restored at a time.
func KeptName(now time.Time) string { return keptName + now.UTC().Format("20060102T150405Z") }
