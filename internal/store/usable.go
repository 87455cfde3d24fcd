package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"syscall"
)

// Usable checks whether a daemon can start on a storage, and leaves nothing behind.
// It returns the error that Open would return, as far as that is known before. A
// store that does not exist, has no tables or has those of an older version is
// usable.
func Usable(ctx context.Context, log *slog.Logger, storage string) error {
	var s *Store
	var err error
	if IsPostgres(storage) {
		if s, err = connectPostgres(ctx, log, storage); err != nil {
			return fmt.Errorf("open store: %w", err)
		}
	} else {
		if err := usableFiles(storage); err != nil {
			return fmt.Errorf("open store: %w", err)
		}
		if _, err := os.Stat(storage); errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		read, err := openPrepared(sqliteDSN(storage, undisturbed(storage)...))
		if err != nil {
			return fmt.Errorf("open store: %w", err)
		}
		s = newStore(log, read, read)
		s.path = storage
		if err := s.read.PingContext(ctx); err != nil {
			return fmt.Errorf("open store: %s: %w", storage, errors.Join(explain(err), s.Close()))
		}
	}
	if err := s.usableTables(ctx); err != nil {
		return fmt.Errorf("open store %s: %w", s.Name(), errors.Join(explain(err), s.Close()))
	}
	return s.Close()
}

// undisturbed returns the options to read a SQLite file without a change. If it has no
// log nobody has it open, and SQLite is told not to create one.
func undisturbed(path string) []string {
	options := []string{"mode=ro", "_pragma=busy_timeout(5000)", "_pragma=query_only(1)"}
	if _, err := os.Stat(path + "-wal"); errors.Is(err, fs.ErrNotExist) {
		options = append(options, "immutable=1")
	}
	return options
}

// usableFiles checks whether this process may write the files of a SQLite store, and
// no daemon has them open.
func usableFiles(path string) error {
	dir := filepath.Dir(path)
	made, err := os.CreateTemp(dir, ".copytaster-*")
	switch {
	case errors.Is(err, fs.ErrNotExist): // it can perhaps be made
		return usableFolder(dir)
	case err != nil:
		return fmt.Errorf("the folder %s cannot be written: %w", dir, bare(err))
	}
	if err := errors.Join(made.Close(), os.Remove(made.Name())); err != nil {
		return err
	}
	for _, name := range []string{path, path + "-wal", path + "-shm", path + ".lock"} {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("%s cannot be written: %w", name, bare(err))
		}
		if name == path+".lock" {
			err = syscall.Flock(int(f.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
			if errors.Is(err, syscall.EWOULDBLOCK) {
				err = &LockedError{Path: path}
			}
		}
		if err := errors.Join(err, f.Close()); err != nil { // Close releases the lock
			return err
		}
	}
	return nil
}

// usableFolder checks whether a folder can be made in the nearest one above it that
// exists.
func usableFolder(dir string) error {
	above := filepath.Dir(dir)
	_, err := os.Stat(above)
	if errors.Is(err, fs.ErrNotExist) && above != dir {
		return usableFolder(above)
	}
	made, err := os.MkdirTemp(above, ".copytaster-*")
	if err != nil {
		return fmt.Errorf("the folder %s cannot be made: %w", dir, bare(err))
	}
	return os.Remove(made)
}

// usableTables checks whether this binary knows the tables, and may create them if
// they do not exist.
func (s *Store) usableTables(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	exists, have := `SELECT count(*) FROM sqlite_master WHERE name = 'copytaster_version'`, int64(0)
	if s.pool != nil {
		exists = `SELECT count(*) FROM pg_catalog.pg_class WHERE oid = to_regclass('copytaster_version')`
	}
	var there int
	if err := s.read.QueryRowContext(ctx, exists).Scan(&there); err != nil {
		return err
	}
	if there > 0 {
		err = s.read.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM copytaster_version WHERE is_applied`).Scan(&have)
	}
	if err != nil {
		return err
	}
	sources := p.ListSources()
	switch want := sources[len(sources)-1].Version; {
	case have > want:
		return s.newerError(have, want)
	case have < want && s.pool != nil:
		if err := s.mayMakeTables(ctx); err != nil {
			return err
		}
	}
	if have == 0 {
		return nil
	}
	return s.checkMoved(ctx)
}

// mayMakeTables checks whether the user of PostgreSQL may create tables.
func (s *Store) mayMakeTables(ctx context.Context) error {
	var may bool
	err := s.read.QueryRowContext(ctx, `SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false)`).Scan(&may)
	if err == nil && !may {
		err = errors.New("its user may not create tables: GRANT CREATE ON SCHEMA public TO the user of `storage`")
	}
	return err
}

// bare returns the cause of an error of the file system, without the path.
func bare(err error) error {
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		return pathErr.Err
	}
	return err
}
