package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Copied is what a file has in it that a SQLite store is to be restored from.
type Copied struct {
	At      time.Time // when `copytaster backup` wrote it; zero: it is another copy
	Newest  time.Time // when the newest story was first seen; zero: it has none
	Version int64     // of its tables
	Current int64     // version of the tables of this binary
	Stories int64
	Alerts  int64
	Open    int64 // deliveries that are not finished
	Pauses  []CopiedPause
}

// CopiedPause is a pause that a copy brings back.
type CopiedPause struct {
	OrderedPause

	Waiting int // messages that are due
}

// Inspect checks a file from which a store is to be restored, and changes nothing. The error
// says that it is no SQLite file, is damaged, is no copytaster store, has tables that this
// binary does not know, or rows that miss each other.
func Inspect(ctx context.Context, log *slog.Logger, file string, now time.Time) (c Copied, err error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return c, fmt.Errorf("restore: %w", err)
	case !info.Mode().IsRegular() || info.Size() == 0:
		return c, fmt.Errorf("restore: %s is empty, or no file", file)
	}
	db, err := openPrepared(sqliteDSN(file, undisturbed(file)...))
	if err != nil {
		return c, wrap("restore from "+file, err)
	}
	s := newStore(log, db, db)
	s.path = file
	if err = s.sound(ctx); err == nil {
		c, err = s.copied(ctx)
	}
	if err == nil {
		err = errors.Join(s.checkMoved(ctx), linked(ctx, s))
	}
	if err == nil {
		c.Pauses, err = copiedPauses(ctx, s, now)
	}
	if err := errors.Join(explain(err), s.Close()); err != nil {
		return c, fmt.Errorf("restore from %s: %w", file, err)
	}
	return c, nil
}

// copied reads what the store has in it, whatever its version.
func (s *Store) copied(ctx context.Context) (c Copied, err error) {
	if c.Version, c.Current, err = s.versions(ctx); err != nil {
		return c, err
	}
	if c.Version > c.Current {
		return c, s.newerError(c.Version, c.Current)
	}
	var (
		at0    string
		newest int64
	)
	err = s.read.QueryRowContext(ctx, `SELECT coalesce((SELECT value FROM setting WHERE name = $1), ''),
		(SELECT coalesce(max(first_seen_at), 0) FROM story), (SELECT count(*) FROM story), (SELECT count(*) FROM alert),
		(SELECT count(*) FROM delivery WHERE state IN `+open+`)`, settingCopied).
		Scan(&at0, &newest, &c.Stories, &c.Alerts, &c.Open)
	if err != nil {
		return c, fmt.Errorf("not a copytaster store: %w", err)
	}
	c.Newest = at(newest)
	if t, err := time.Parse(time.RFC3339, at0); err == nil {
		c.At = t
	}
	return c, nil
}

// copiedPauses returns the pauses of a store that have not run out, that of all channels first. A
// store of an early version has none.
func copiedPauses(ctx context.Context, s *Store, now time.Time) (held []CopiedPause, err error) {
	var known bool
	err = s.read.QueryRowContext(ctx, `SELECT count(*) > 0 FROM sqlite_master WHERE type = 'table' AND name = 'pause'`).Scan(&known)
	if err != nil || !known {
		return nil, wrap("look for pauses", err)
	}
	all, err := Pauses{s}.All(ctx)
	for i := range all {
		if !all[i].Until.IsZero() && !all[i].Until.After(now) {
			continue
		}
		n, err := Pauses{s}.Waiting(ctx, all[i], now)
		if err != nil {
			return nil, err
		}
		held = append(held, CopiedPause{all[i], n})
	}
	return held, err
}

// Restore puts a copy of a file in the place of a SQLite store, while no daemon has that open.
// Whoever opens it knows that it was restored. What was there before is kept beside it. Killed at
// any moment, either store is there as a whole:
//
//  1. The file is copied beside the store, and the copy is checked.
//  2. The log of the present store is moved into its file, which gets a second name.
//  3. What is left beside the store goes to that name: SQLite would write a log that is not the
//     copy's into it.
//  4. The copy is renamed to the name of the store.
func Restore(
	ctx context.Context, log *slog.Logger, storage, file string, now time.Time,
) (c Copied, kept string, err error) {
	if IsPostgres(storage) {
		return c, "", errors.New("restore: the store is PostgreSQL: use pg_restore")
	}
	lock, err := lockFile(storage + ".lock")
	if err != nil {
		return c, "", fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, lock.release()) }()
	path := storage
	if target, err := filepath.EvalSymlinks(storage); err == nil {
		path = target
	}
	if same(path, file) {
		return c, "", fmt.Errorf("restore: %s is the store itself", file)
	}
	if c, err = Inspect(ctx, log, file, now); err != nil {
		return c, "", err
	}
	if err := stays(ctx, log, path); err != nil {
		return c, "", fmt.Errorf("restore: %w", err)
	}
	next := path + ".restoring"
	if err := dropLeftovers(path, next); err != nil { // of a restore that was killed
		return c, "", fmt.Errorf("restore: %w", err)
	}
	if err = prepare(ctx, log, file, next, c, now); err == nil {
		kept, err = replace(ctx, path, next, now)
	}
	if err != nil {
		return c, kept, fmt.Errorf("restore: %w", errors.Join(err, dropLeftovers(path, next)))
	}
	if err := owned(storage+".lock", path); err != nil {
		return c, kept, fmt.Errorf("restore: %w", err)
	}
	return c, kept, nil
}

// stays returns an error when the store at path was moved to another storage, or is being moved:
// a backup in its place would be a second store, which tells the same news again. A store that is
// damaged, or absent, says nothing of a move.
func stays(ctx context.Context, log *slog.Logger, path string) error {
	s, err := openReadOnly(ctx, log, path)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	if moved, is := errors.AsType[*MovedError](s.checkMoved(ctx)); is {
		err = fmt.Errorf("%s: %w (for good back to here: stop every daemon there, and move this file away)", path, moved)
	}
	return errors.Join(err, s.Close())
}

// same reports whether two paths are of one file.
func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// keptName begins the names of stores that were kept when another was restored.
const keptName = ".before-restore-"

// logs are the ends of the names of files that SQLite writes into the file beside them.
func logs() []string { return []string{"-wal", "-journal"} }

// dropLeftovers removes a copy that did not become the store, and second names of the store, which
// gets back what was put aside with them.
func dropLeftovers(path, next string) error {
	var errs []error
	for _, file := range []string{next, next + "-journal"} {
		if err := os.Remove(file); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	names, err := filepath.Glob(escapeGlob(path) + keptName + "*")
	for _, name := range names {
		if same(path, name) {
			errs = append(errs, moveLogs(name, path), os.Remove(name))
		}
	}
	return errors.Join(append(errs, err)...)
}

// moveLogs moves the logs of one file to another one that has none.
func moveLogs(from, to string) error {
	for _, end := range logs() {
		if _, err := os.Lstat(from + end); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if _, err := os.Lstat(to + end); !errors.Is(err, fs.ErrNotExist) {
			return errors.Join(fmt.Errorf("put %s aside: %s is there already: move it away", from+end, to+end), err)
		}
		if err := os.Rename(from+end, to+end); err != nil {
			return err
		}
	}
	return nil
}

func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// prepare copies a file to next, which says of itself that it was restored.
func prepare(ctx context.Context, log *slog.Logger, file, next string, c Copied, now time.Time) error {
	from := []string{"mode=ro", "_pragma=" + busyTimeout}
	if _, err := os.Stat(file + "-wal"); errors.Is(err, fs.ErrNotExist) {
		from = append(from, "immutable=1")
	}
	if err := copyFile(ctx, sqliteDSN(file, from...), next); err != nil {
		return err
	}
	if c.At.IsZero() { // nobody knows when it was copied: after its newest story
		if c.At = c.Newest; c.At.IsZero() {
			c.At = now.Add(-doubtFor)
		}
	}
	db, err := sql.Open("sqlite", sqliteDSN(next, "_pragma=synchronous(FULL)"))
	if err == nil {
		_, err = db.ExecContext(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`,
			settingCopied, c.At.UTC().Format(time.RFC3339))
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		return wrap("mark the copy", err)
	}
	got, err := Inspect(ctx, log, next, now)
	if err == nil && (got.Stories != c.Stories || got.Alerts != c.Alerts || got.Open != c.Open) {
		err = errors.New("the copy differs from the file: is somebody writing to it?")
	}
	if err != nil {
		return err
	}
	return settled(next)
}

// replace gives the store at path a second name, and its first name to next. kept is "" where
// there was no store.
func replace(ctx context.Context, path, next string, now time.Time) (kept string, err error) {
	present, err := os.Stat(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	owner, aside := path, freeName(path+keptName+now.UTC().Format("20060102T150405Z"))
	switch {
	case err != nil:
		owner = filepath.Dir(path)
	case present.Size() > 0:
		if err := emptyLog(ctx, path); err != nil {
			return "", err
		}
		if err := linkFile(path, aside); err != nil {
			return "", fmt.Errorf("keep the present store: %w", err)
		}
		kept = aside
	}
	if err := owned(next, owner); err != nil {
		return "", err
	}
	if err := layAside(path, aside); err != nil {
		return "", err
	}
	if err := os.Rename(next, path); err != nil {
		return "", err
	}
	return kept, settled(filepath.Dir(path))
}

// layAside has nothing beside the file at path that SQLite would take for a log of another one in
// its place. The index of the log is made anew by whoever reads it.
func layAside(path, aside string) error {
	if err := moveLogs(path, aside); err != nil {
		return err
	}
	if err := os.Remove(path + "-shm"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return settled(filepath.Dir(path))
}

// freeName returns a name that no file has: the one given, or that with a number.
func freeName(name string) string {
	free := name
	for n := 2; ; n++ {
		if _, err := os.Lstat(free); err != nil {
			return free
		}
		free = fmt.Sprintf("%s-%d", name, n)
	}
}

// emptyLog moves the log of the store at path into its file. A store that is damaged keeps its
// log: it is put aside with it.
func emptyLog(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", sqliteDSN(path, "_pragma="+busyTimeout))
	if err != nil {
		return err
	}
	var busy, frames, moved int
	err = db.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved)
	_ = db.Close() // says nothing that the checkpoint did not
	switch {
	case err == nil && busy != 0:
		return errors.New("another program reads the store: try again when it is done")
	case err != nil && !damaged(err):
		return fmt.Errorf("move the log of the present store into its file: %w", explain(err))
	}
	return nil
}

// linkFile gives a file a second name. Where the file system has no links it is copied.
func linkFile(path, kept string) error {
	err := os.Link(path, kept)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer from.Close() //nolint:errcheck // read only
	to, err := os.OpenFile(kept, os.O_CREATE|os.O_EXCL|os.O_WRONLY, private)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Sync(), to.Close())
}

// owned gives a file the owner of another, where this process may: root restores for the
// daemon's user.
func owned(file, as string) error {
	info, err := os.Stat(as)
	if err != nil || os.Geteuid() != 0 {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok {
		return os.Chown(file, int(owner.Uid), int(owner.Gid))
	}
	return nil
}

// settled has a file, or the names in a folder, on the disk.
func settled(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
