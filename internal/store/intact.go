package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"sync/atomic"
)

// fullWAL is how many bytes of a write-ahead log are moved into the SQLite file
// at once: what SQLite itself would wait for (1,000 pages of 4,096 bytes).
const fullWAL = 1000 * 4096

// busyTimeout is how long a statement waits for another program's, 5 s.
const busyTimeout = "busy_timeout(5000)"

// LostError says that the file of a SQLite store is not what it was: whatever
// is written from now on would be lost, or make a second history.
type LostError struct {
	File string
	What string // happened to it
}

// Error names the file, what happened and the way out.
func (e *LostError) Error() string {
	return fmt.Sprintf("%s %s while copytaster ran: nothing more is recorded or sent (stop copytaster before the store is changed; "+
		"put the store back, or restore a backup, and start again)", e.File, e.What)
}

// guard watches the files of a SQLite store. SQLite goes on with a file that
// was removed or replaced as if nothing had happened. Only this process moves
// what was written from the log into the file, and only in checkpoint, so that
// anybody else's writing shows.
type guard struct {
	path  string
	lock  *fileLock
	mu    sync.Mutex // held while the file may change
	files map[string]fs.FileInfo
	lost  atomic.Pointer[LostError]

	commits atomic.Int64
}

// newGuard begins to watch; nothing may have written since the writer opened.
func newGuard(path string, lock *fileLock) (*guard, error) {
	g := &guard{path: path, lock: lock, files: map[string]fs.FileInfo{}}
	held, err := lock.f.Stat()
	if err != nil {
		return nil, err
	}
	g.files[path+".lock"] = held
	return g, g.note()
}

// note takes the file as it is now for the right one.
func (g *guard) note() error {
	info, err := os.Stat(g.path)
	g.files[g.path] = info
	return err
}

// check compares the files with what they were.
func (g *guard) check() error {
	if err := g.seen(); err != nil {
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		file := g.path + suffix
		now, err := os.Stat(file)
		what := g.change(file, now, err)
		if what != "" {
			e := &LostError{File: file, What: what}
			g.lost.Store(e)
			return e
		}
	}
	return nil
}

// change says what happened to a file, "" when nothing did.
func (g *guard) change(file string, now fs.FileInfo, err error) string {
	was, known := g.files[file]
	switch {
	case errors.Is(err, fs.ErrNotExist) && known:
		return "was removed, or its folder moved,"
	case err != nil: // nothing is known; or a file that SQLite has not made yet
		return ""
	case !known:
		g.files[file] = now
		return ""
	case !os.SameFile(was, now):
		return "was replaced by another file"
	case file != g.path:
		return ""
	case now.Size() < was.Size():
		return "was cut off or overwritten"
	case now.Size() != was.Size() || !now.ModTime().Equal(was.ModTime()):
		return "was written to by another program"
	}
	return ""
}

// seen returns the error of a check that found something, nil before.
func (g *guard) seen() error {
	if g == nil || g.lost.Load() == nil {
		return nil
	}
	return g.lost.Load()
}

// Intact reports, as a *LostError, that the files of a SQLite store were
// removed, replaced or written to by somebody else: then the daemon has to end.
// Call it every second. It is nil on PostgreSQL, which watches its own files.
func (s *Store) Intact(ctx context.Context) error {
	if s.guard == nil {
		return nil
	}
	if err := s.guard.check(); err != nil {
		return err
	}
	return s.checkpoint(ctx)
}

// checkpoint moves a full log into the file. Readers that are still at an older
// state keep it from being emptied, which the next call makes up for.
func (s *Store) checkpoint(ctx context.Context) error {
	info, err := os.Stat(s.path + "-wal")
	if err != nil || info.Size() < fullWAL {
		return nil // a missing log is for check to find
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return wrap("checkpoint", err)
	}
	defer conn.Close() //nolint:errcheck // goes back to the pool
	s.guard.mu.Lock()
	defer s.guard.mu.Unlock()
	if err := s.guard.unchanged(); err != nil {
		return nil //nolint:nilerr // the next check says what it is
	}
	for _, pragma := range []string{"busy_timeout = 0", "wal_checkpoint(TRUNCATE)", busyTimeout} {
		if _, e := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA "+pragma); e != nil {
			err = errors.Join(err, fmt.Errorf("checkpoint: %w", explain(e)))
		}
	}
	return errors.Join(err, s.guard.note())
}

// committed is called after a commit: a command that writes much has nobody
// who calls Intact every second.
func (s *Store) committed(ctx context.Context) error {
	if s.guard == nil || s.guard.commits.Add(1)%64 != 0 {
		return nil
	}
	return s.checkpoint(ctx)
}

// unchanged is check for the file alone, by whoever holds the lock.
func (g *guard) unchanged() error {
	now, err := os.Stat(g.path)
	if what := g.change(g.path, now, err); what != "" {
		return &LostError{File: g.path, What: what}
	}
	return err
}
