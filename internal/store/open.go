package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// IsPostgres reports whether storage names a PostgreSQL database rather than a file.
func IsPostgres(storage string) bool {
	return strings.HasPrefix(storage, "postgres://") || strings.HasPrefix(storage, "postgresql://")
}

// Open opens the store for a daemon and creates or migrates its tables. On SQLite it
// locks the file: the error is a *LockedError when a daemon has it. storage is a path
// or a postgres:// URL.
func Open(ctx context.Context, log *slog.Logger, storage string) (*Store, error) {
	s, err := connect(ctx, log, storage)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	err = s.Alone(ctx, func() error { return s.migrate(ctx) })
	if err == nil {
		err = s.checkMoved(ctx)
	}
	if err == nil && s.pool != nil {
		err = s.findPlace(ctx)
	} else if err == nil {
		err = s.recognise(ctx)
	}
	if err == nil {
		err = s.noticeMove(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", s.Name(), errors.Join(explain(err), s.Close()))
	}
	return s, nil
}

// OpenReadOnly opens an existing store for reading, beside a running daemon.
func OpenReadOnly(ctx context.Context, log *slog.Logger, storage string) (*Store, error) {
	s, err := openReadOnly(ctx, log, storage)
	if err != nil {
		return nil, err
	}
	err = s.checkVersion(ctx)
	if err == nil {
		err = s.checkMoved(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", s.Name(), errors.Join(explain(err), s.Close()))
	}
	return s, nil
}

// OpenBeside opens a store to add to it, whether a daemon runs on it or not. beside
// is true when a daemon has the SQLite file open. Then the caller must wait between
// two transactions for as long as a transaction takes, because SQLite does not serve
// waiting writers in turn.
//
// Several processes may write to one SQLite file. A transaction takes the write lock
// when it begins and releases it when it ends. Other writers try again for up to thirty
// seconds (busy_timeout), and readers do not wait (https://sqlite.org/wal.html). The
// lock file does not protect the data. It protects what only one daemon may do: to
// migrate the tables and to release the claims of its predecessor. So a store whose
// daemon runs is opened without the lock file, and must have the tables of this
// version.
func OpenBeside(ctx context.Context, log *slog.Logger, storage string) (s *Store, beside bool, err error) {
	s, err = Open(ctx, log, storage)
	if _, locked := errors.AsType[*LockedError](err); !locked {
		return s, false, err
	}
	write, err := openWriter(storage)
	if err != nil {
		return nil, true, wrap("open store "+storage, err)
	}
	read, err := openReaders(storage)
	if err != nil {
		return nil, true, fmt.Errorf("open store %s: %w", storage, errors.Join(explain(err), write.Close()))
	}
	s = newStore(log, write, read)
	s.path = storage
	if err := s.checkVersion(ctx); err != nil {
		return nil, true, fmt.Errorf("open store %s: %w", storage, errors.Join(explain(err), s.Close()))
	}
	return s, true, nil
}

// openReadOnly opens a store of any version.
func openReadOnly(ctx context.Context, log *slog.Logger, storage string) (*Store, error) {
	if IsPostgres(storage) {
		s, err := connectPostgres(ctx, log, storage, "default_transaction_read_only", "on")
		if err != nil {
			return nil, fmt.Errorf("open store: %w", err)
		}
		return s, nil
	}
	read, err := openReaders(storage)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := newStore(log, read, read)
	s.path = storage
	return s, nil
}

func connect(ctx context.Context, log *slog.Logger, storage string) (*Store, error) {
	if IsPostgres(storage) {
		return connectPostgres(ctx, log, storage)
	}
	return connectSQLite(log, storage)
}
