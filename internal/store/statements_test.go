package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
)

// openNotes opens a database with one connection and a table of two notes.
func openNotes(t *testing.T) *sql.DB {
	t.Helper()
	db, err := openWriter(filepath.Join(t.TempDir(), "notes.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	run(t, db, `CREATE TABLE note (id integer PRIMARY KEY, text text NOT NULL); INSERT INTO note (text) VALUES ('a'); INSERT INTO note (text) VALUES ('b')`)
	return db
}

func run(t *testing.T, q querier, query string, args ...any) {
	t.Helper()
	if _, err := q.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func number(t *testing.T, q querier, query string, args ...any) (n int) {
	t.Helper()
	if err := q.QueryRowContext(t.Context(), query, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// kept looks at the statements of the one connection.
func kept(t *testing.T, db *sql.DB) (idle map[string]sqliteStmt) {
	t.Helper()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		idle = driver.(*preparedConn).idle
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return idle
}

func TestStatementIsPreparedOnce(t *testing.T) {
	db := openNotes(t)
	const insert, count = `INSERT INTO note (text) VALUES ($1)`, `SELECT count(*) FROM note WHERE text = $1`
	var first [2]sqliteStmt
	for i, text := range []string{"c", "d", "c"} {
		run(t, db, insert, text)
		if n := number(t, db, count, text); n != 1+i/2 {
			t.Errorf("%d notes of %q", n, text)
		}
		idle := kept(t, db)
		if i == 0 {
			first = [2]sqliteStmt{idle[insert], idle[count]}
		}
		if idle[insert] == nil || idle[insert] != first[0] || idle[count] == nil || idle[count] != first[1] {
			t.Fatalf("turn %d prepared anew", i)
		}
	}
}

func TestStatementIsUsedAgainWhileItsRowsAreRead(t *testing.T) {
	db := openNotes(t)
	const all = `SELECT id FROM note ORDER BY id`
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	var pairs [][2]int
	read := func(each func(id int)) {
		rows, err := tx.QueryContext(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var id int
			if err := rows.Scan(&id); err != nil {
				t.Fatal(err)
			}
			each(id)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	read(func(a int) { read(func(b int) { pairs = append(pairs, [2]int{a, b}) }) })
	if got := fmt.Sprint(pairs); got != "[[1 1] [1 2] [2 1] [2 2]]" {
		t.Errorf("read %s", got)
	}
}

func TestStatementThatFailedIsNotKept(t *testing.T) {
	db := openNotes(t)
	const again = `INSERT INTO note (id, text) VALUES ($1, 'x')`
	if _, err := db.ExecContext(t.Context(), again, 1); err == nil {
		t.Fatal("a second note of number 1")
	}
	if kept(t, db)[again] != nil {
		t.Error("kept after it failed")
	}
	run(t, db, again, 3)
	if _, err := db.ExecContext(t.Context(), `SELEC`); err == nil {
		t.Error("a statement that is none was prepared")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := db.ExecContext(ended, again, 4); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context ended: %v", err)
	}
}

func TestStatementOutlivesAChangeOfItsTable(t *testing.T) {
	db := openNotes(t)
	const insert, all = `INSERT INTO note (text) VALUES ($1)`, `SELECT count(*) FROM note`
	run(t, db, insert, "before")
	before := number(t, db, all)
	run(t, db, `ALTER TABLE note ADD COLUMN more text NOT NULL DEFAULT ''`)
	run(t, db, insert, "after")
	if after := number(t, db, all); after != before+1 {
		t.Errorf("%d notes, then %d", before, after)
	}
}

func TestStatementsMakeWay(t *testing.T) {
	db := openNotes(t)
	for i := range 2 * keptStatements {
		if n := number(t, db, fmt.Sprintf(`SELECT count(*) + %d FROM note`, i)); n != 2+i {
			t.Fatalf("got %d", n)
		}
	}
	if n := len(kept(t, db)); n != keptStatements {
		t.Errorf("%d statements are kept, want %d", n, keptStatements)
	}
}
