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

// fullWAL is the size in bytes from which a write-ahead log is moved into the SQLite
// file. It is the default of SQLite: 1,000 pages of 4,096 bytes.
const fullWAL = 1000 * 4096

// busyTimeout is how long a statement waits for a lock of another process, in ms.
const busyTimeout = "busy_timeout(10000)"

// LostError reports that the file of a SQLite store was changed from outside. What
// is written from now on would be lost, or differ from what another process writes.
type LostError struct {
	File string
	What string // has happened to it: "was removed"
}

// Error names the file, what has happened and what to do.
func (e *LostError) Error() string {
	return fmt.Sprintf("%s %s while copytaster ran: nothing more is recorded or sent "+
		"(stop copytaster before the store is changed; put the store back, or restore a backup, and start again)",
		e.File, e.What)
}

// guard watches the files of a SQLite store, because SQLite does not notice that a
// file was removed or replaced. Only this process moves the log into the file, and
// only in checkpoint, so that a change by another process shows.
type guard struct {
	path  string
	lock  *fileLock
	mu    sync.Mutex // held while the file may change
	files map[string]fs.FileInfo
	lost  atomic.Pointer[LostError] // nil while nothing is lost

	commits atomic.Int64 // how many there were
}

// newGuard begins to watch. Nothing may have been written since the writer was
// opened.
func newGuard(path string, lock *fileLock) (*guard, error) {
	g := &guard{path: path, lock: lock, files: map[string]fs.FileInfo{}}
	held, err := lock.f.Stat()
	if err != nil {
		return nil, err
	}
	g.files[path+".lock"] = held
	return g, g.note()
}

// note accepts the file as it is now.
func (g *guard) note() error {
	info, err := os.Stat(g.path)
	g.files[g.path] = info
	return err
}

// check compares the files with what they were before.
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

// change returns what has happened to a file, "" when nothing has.
func (g *guard) change(file string, now fs.FileInfo, err error) string {
	was, known := g.files[file]
	switch {
	case errors.Is(err, fs.ErrNotExist) && known:
		return "was removed, or its folder moved,"
	case err != nil: // nothing is known, or SQLite has not created the file yet
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

// seen returns the error of an earlier check, nil if all was well.
func (g *guard) seen() error {
	if g == nil || g.lost.Load() == nil {
		return nil
	}
	return g.lost.Load()
}

// Intact returns a *LostError when the files of a SQLite store were removed, replaced
// or written by another process: then the daemon has to end. It is to be called every
// second. On PostgreSQL it returns nil.
func (s *Store) Intact(ctx context.Context) error {
	if s.guard == nil {
		return nil
	}
	if err := s.guard.check(); err != nil {
		return err
	}
	return s.checkpoint(ctx)
}

// checkpoint moves a full log into the file. If readers still need the log, it is
// emptied by a later call.
func (s *Store) checkpoint(ctx context.Context) error {
	info, err := os.Stat(s.path + "-wal")
	if err != nil || info.Size() < fullWAL {
		return nil // check reports a missing log
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return wrap("checkpoint", err)
	}
	defer conn.Close() //nolint:errcheck // goes back to the pool
	s.guard.mu.Lock()
	defer s.guard.mu.Unlock()
	if err := s.guard.unchanged(); err != nil {
		return nil // the next check reports it
	}
	for _, pragma := range []string{"busy_timeout = 0", "wal_checkpoint(TRUNCATE)", busyTimeout} {
		if _, e := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA "+pragma); e != nil {
			err = errors.Join(err, fmt.Errorf("checkpoint: %w", explain(e)))
		}
	}
	return errors.Join(err, s.guard.note())
}

// committed is called after every commit. It moves a full log into the file now and
// then, for commands in which nobody calls Intact.
func (s *Store) committed(ctx context.Context) error {
	if s.guard == nil || s.guard.commits.Add(1)%64 != 0 {
		return nil
	}
	return s.checkpoint(ctx)
}

// unchanged is check for the file alone. The caller holds mu.
func (g *guard) unchanged() error {
	now, err := os.Stat(g.path)
	if what := g.change(g.path, now, err); what != "" {
		return &LostError{File: g.path, What: what}
	}
	return err
}
