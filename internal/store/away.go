package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// awayError marks an error of a database that cannot be reached. It is put on where the error is
// known to be the database's: another program's connection fails in the same way.
type awayError struct{ error }

func (e awayError) Unwrap() error { return e.error }

// Away reports whether an error of this package says that the database does nothing at all for
// now: it cannot be reached, or takes no writes. What was asked of it may be asked again.
func Away(err error) bool {
	var (
		marked  awayError
		se      *sqlite.Error
		pg      *pgconn.PgError
		connect *pgconn.ConnectError
	)
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &marked):
		return true
	case errors.As(err, &se):
		return slices.Contains([]int{
			sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY,
		}, se.Code()&primaryCode)
	case errors.As(err, &connect):
		return true
	case errors.As(err, &pg): // Appendix A of PostgreSQL's manual
		return strings.HasPrefix(pg.Code, "57P") || strings.HasPrefix(pg.Code, "08") ||
			slices.Contains([]string{"53100", "53300", "25006"}, pg.Code)
	}
	return false
}

// cut marks an error that came of a broken connection to PostgreSQL.
func cut(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, new(awayError)) {
		return err
	}
	var network *net.OpError
	for _, broken := range []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, driver.ErrBadConn} {
		if errors.Is(err, broken) {
			return awayError{err}
		}
	}
	if errors.As(err, &network) || pgconn.SafeToRetry(err) {
		return awayError{err}
	}
	return err
}

// awayTexts stand in errors of pgx of which Away is true.
var awayTexts = []string{
	"failed to connect to", "SQLSTATE 57P", "SQLSTATE 08", "SQLSTATE 53100", "SQLSTATE 53300", "SQLSTATE 25006",
	"conn closed", "connection refused", "connection reset by peer", "broken pipe", "unexpected EOF", "i/o timeout",
	"context deadline exceeded",
}

// AwayText returns an error with a text for which Away is true, when the text is that of such an
// error of PostgreSQL's, of which no more than the text is known; else nil.
func AwayText(text string) error {
	if slices.ContainsFunc(awayTexts, func(part string) bool { return strings.Contains(text, part) }) {
		return awayError{errors.New(text)}
	}
	return nil
}
