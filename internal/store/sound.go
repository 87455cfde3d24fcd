package store

import (
	"context"
	"fmt"
	"strings"
)

// sound returns an error unless SQLite finds the whole file in order.
func (s *Store) sound(ctx context.Context) error {
	rows, err := s.read.QueryContext(ctx, `PRAGMA integrity_check(3)`)
	found, err := collect(rows, err, "check the file", func(scan func(...any) error) (line string, err error) {
		return line, scan(&line)
	})
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0] != "ok" {
		return fmt.Errorf("the file is damaged: %s", strings.Join(found, "; "))
	}
	return nil
}

// linked returns an error when a row of a SQLite store names one that is gone, as after a change by
// hand: SQLite looks for that only when it is asked.
func linked(ctx context.Context, s *Store) error {
	rows, err := s.read.QueryContext(ctx, `SELECT "table", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2 ORDER BY 1, 2`)
	missed, err := collect(rows, err, "check the rows", func(scan func(...any) error) (line string, err error) {
		var of, missing string
		var n int64
		err = scan(&of, &missing, &n)
		return fmt.Sprintf("%d of the table %s whose row in %s is gone", n, of, missing), err
	})
	if err != nil || len(missed) == 0 {
		return err
	}
	return fmt.Errorf("its rows do not fit together: %s (restore another backup; or see `PRAGMA foreign_key_check` "+
		"in a copy of this one, delete those rows there, and restore the copy)", strings.Join(missed, ", "))
}
