package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestAway(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for _, tt := range []struct {
		name string
		err  error
		want bool
	}{
		{"none", nil, false},
		{"another program's connection", refused, false},
		{"a broken connection", wrap("read sources", refused), true},
		{"an end in the middle", wrap("read sources", io.ErrUnexpectedEOF), true},
		{"wrapped twice", fmt.Errorf("dispatch: %w", wrap("commit", fmt.Errorf("x: %w", io.EOF))), true},
		{"it shuts down", wrap("commit", &pgconn.PgError{Code: "57P01"}), true},
		{"it starts", &pgconn.PgError{Code: "57P03"}, true},
		{"it is full", &pgconn.PgError{Code: "53100"}, true},
		{"a wrong statement", wrap("commit", &pgconn.PgError{Code: "42601"}), false},
		{"who asked is gone", wrap("commit", context.Canceled), false},
		{"not found", wrap("read story", ErrNotFound), false},
		{"a connection's own end", wrap("commit", fmt.Errorf("timeout: %w", context.DeadlineExceeded)), false},
	} {
		if got := Away(tt.err); got != tt.want {
			t.Errorf("%s: Away(%v) is %v", tt.name, tt.err, got)
		}
	}
}

func TestAwayText(t *testing.T) {
	for text, want := range map[string]bool{
		"failed to connect to `user=x database=y`": true,
		"FATAL: terminating (SQLSTATE 57P01)":      true,
		"unexpected EOF":                           true,
		"json: unexpected end":                     false,
	} {
		err := AwayText(text)
		if Away(err) != want {
			t.Errorf("AwayText(%q) is %v", text, err)
		}
		if want && err.Error() != text {
			t.Errorf("AwayText(%q) says %q", text, err)
		}
	}
}

// TestAwayFull: a SQLite file that cannot grow takes no writes, and answers once it can.
func TestAwayFull(t *testing.T) {
	s, err := Open(t.Context(), slog.New(slog.DiscardHandler), t.TempDir()+"/store.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.write.ExecContext(t.Context(), `PRAGMA max_page_count = 1`); err != nil { // no more than it has
		t.Fatal(err)
	}
	big := map[string]string{"a": string(make([]byte, 1<<20))}
	if err := s.Settings.Save(t.Context(), big); !Away(err) {
		t.Errorf("no space is left: %v", err)
	}
	if _, err := s.write.ExecContext(t.Context(), `PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	if err := s.Settings.Save(t.Context(), big); err != nil {
		t.Errorf("with space: %v", err)
	}
}

// lost is a database of which every connection is broken.
type lost struct{}

func (lost) Connect(context.Context) (driver.Conn, error) { return nil, driver.ErrBadConn }
func (lost) Driver() driver.Driver                        { return nil }

// TestAwayOfOne: whoever reads one row is told that the store is away as well.
func TestAwayOfOne(t *testing.T) {
	db := sql.OpenDB(lost{})
	defer db.Close()
	s := newStore(slog.New(slog.DiscardHandler), db, db)
	ctx, one := t.Context(), func(_ any, err error) error { return err }
	for name, err := range map[string]error{
		"story": one(s.Stories.Get(ctx, 1)), "alert": one(s.Alerts.AlertOf(ctx, 1)), "delivery": one(s.Deliveries.Get(ctx, 1)),
		"content": one(s.Deliveries.Content(ctx, news.Delivery{ID: 1, Alert: 1})), "source": one(s.Sources.Get(ctx, "wire")),
	} {
		if !Away(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
