package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// readers is the size of the read-only pool of SQLite: the status page, a backtest
// and a few commands may read at once.
const readers = 4

// connectSQLite opens the file with one connection that writes (four were slower)
// and a few that read at the same time, which WAL allows.
func connectSQLite(log *slog.Logger, path string) (*Store, error) {
	if _, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the folder %s does not exist: make it, or mend `storage`: %w", filepath.Dir(path), fs.ErrNotExist)
	}
	lock, err := lockFile(path + ".lock")
	if err != nil {
		return nil, err
	}
	if err = checkPresent(path, lock); err == nil {
		err = keepPrivate(path)
	}
	if err == nil {
		err = setLogAside(log, path)
	}
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	write, err := openWriter(path)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	read, err := openReaders(path)
	if err != nil {
		return nil, errors.Join(err, write.Close(), lock.release())
	}
	guard, err := newGuard(path, lock)
	if err != nil {
		return nil, errors.Join(err, read.Close(), write.Close(), lock.release())
	}
	s := newStore(log, write, read)
	s.path, s.lock, s.guard = path, lock, guard
	return s, nil
}

// openWriter opens the one connection that writes. It creates the file, so that
// readers can open it.
func openWriter(path string) (*sql.DB, error) {
	db, err := openPrepared(sqliteDSN(path,
		"_txlock=immediate", "_pragma="+busyTimeout, "_pragma=journal_mode(WAL)",
		"_pragma=wal_autocheckpoint(0)", "_pragma=synchronous(NORMAL)", "_pragma=foreign_keys(1)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := db.Ping(); err != nil {
		return nil, errors.Join(wrap(path, err), db.Close())
	}
	return db, nil
}

func openReaders(path string) (*sql.DB, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, state(fs.ErrNotExist, "%s does not exist yet: `copytaster run` creates it", path)
	}
	db, err := openPrepared(sqliteDSN(path, "mode=ro", "_pragma="+busyTimeout, "_pragma=query_only(1)"))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	if err := db.Ping(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, denied(path, explain(err))), db.Close())
	}
	return db, nil
}

// denied returns fs.ErrPermission instead of cause if the user may not read the file,
// which SQLite does not tell.
func denied(path string, cause error) error {
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		f, err := os.Open(file)
		if err == nil {
			err = f.Close()
		}
		if errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("this user may not read it: %w", fs.ErrPermission)
		}
	}
	return cause
}

// sqliteDSN escapes the path, so that a "?" or "#" in it does not begin an option.
func sqliteDSN(path string, options ...string) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join(options, "&")
}

// longestIdle is how long a transaction on PostgreSQL may do nothing before the server
// ends it. A transaction waits for nothing but the store: one that is idle for so long is
// of a daemon that stands still, or whose machine is gone, which the server does not see
// for hours. Without this bound the locks that it holds would stop all other daemons.
const longestIdle = 30 * time.Second

// connectPostgres opens a pool. settings are the names and values of settings of its
// connections, in turn.
func connectPostgres(ctx context.Context, log *slog.Logger, storage string, settings ...string) (*Store, error) {
	cfg, err := pgxpool.ParseConfig(storage)
	if err != nil {
		// The cause has the URL in it, with the password.
		return nil, errors.New("storage is not a PostgreSQL URL: want postgres://USER:PASSWORD@HOST:PORT/DATABASE")
	}
	cfg.ConnConfig.ConnectTimeout = 5 * time.Second
	for pair := range slices.Chunk(settings, 2) {
		cfg.ConnConfig.RuntimeParams[pair[0]] = pair[1]
	}
	if !strings.Contains(storage, "pool_max_conns") {
		cfg.MaxConns = 16
	}
	cfg.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error { // as parameters poolers refuse them
		_, err := conn.Exec(ctx, fmt.Sprint("SET idle_in_transaction_session_timeout = ", longestIdle.Milliseconds(),
			"; SET jit = off")) // to compile a statement takes up to 0.3 seconds, to run one of ours some milliseconds
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("%s cannot be reached: %w", postgresName(cfg.ConnConfig), err)
	}
	db := stdlib.OpenDBFromPool(pool)
	s := newStore(log, db, db)
	s.pool = pool
	return s, nil
}

// explainedError is a database error with advice on what to do.
type explainedError struct {
	error
	advice string
}

func (e explainedError) Error() string { return e.error.Error() + " (" + e.advice + ")" }

func (e explainedError) Unwrap() error { return e.error }

// explain adds advice, once, to the database errors that a person can fix.
func explain(err error) error {
	var (
		se   *sqlite.Error
		done explainedError
	)
	if !errors.As(err, &se) || errors.As(err, &done) {
		return cut(err)
	}
	switch se.Code() & primaryCode {
	case sqlite3.SQLITE_FULL:
		return explainedError{err, "the disk is full: free some space, nothing recorded is lost"}
	case sqlite3.SQLITE_READONLY:
		return explainedError{err, "the file or its folder cannot be written: mend its owner or mode"}
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return explainedError{err, "another program holds the file"}
	case sqlite3.SQLITE_CANTOPEN:
		return explainedError{err, "the file or its folder cannot be opened: mend the path or its mode"}
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return explainedError{err, "not a sound SQLite file: restore a backup, or move it away"}
	}
	return err
}

// primaryCode is the part of an error's code that says what kind it is of.
const primaryCode = 0xff

// damaged reports whether an error of SQLite says that the file is no sound one.
func damaged(err error) bool {
	se, ok := errors.AsType[*sqlite.Error](err)
	return ok && (se.Code()&primaryCode == sqlite3.SQLITE_NOTADB || se.Code()&primaryCode == sqlite3.SQLITE_CORRUPT)
}

// Now returns the time of the database server. ok is false on SQLite, which has no
// server.
func (s Clock) Now(ctx context.Context) (now time.Time, ok bool, err error) {
	if s.db.pool == nil {
		return time.Time{}, false, nil
	}
	if err := s.db.pool.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&now); err != nil {
		return time.Time{}, false, wrap("read the database's clock", err)
	}
	return now.UTC(), true, nil
}
