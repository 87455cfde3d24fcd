package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"syscall"
)

// private is the mode of every file of a store, which has the watch rules and a copy
// of the config in it.
const private fs.FileMode = 0o600

// keepPrivate creates the file of a new SQLite store, because SQLite would let the
// group and others read it. Of an existing store it removes their rights. SQLite
// creates the files beside the store with the same mode.
func keepPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, private)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, suffix := range []string{"", "-wal", "-shm", ".lock"} {
		info, err := os.Stat(path + suffix)
		if err != nil || info.Mode().Perm()&^private == 0 || !info.Mode().IsRegular() {
			continue
		}
		err = os.Chmod(path+suffix, info.Mode().Perm()&private)
		if err != nil && !errors.Is(err, fs.ErrPermission) { // the file may be another user's
			return err
		}
	}
	return nil
}

// setLogAside moves a write-ahead log away that does not belong to the file beside
// it. This happens when the daemon was killed and a backup was put in the place of
// the store: SQLite would write the old log into the backup. A backup is known by
// its mode without a log, 1 in byte 18 of the header, which a store that was opened
// never has (https://sqlite.org/fileformat2.html#file_format_version_numbers).
func setLogAside(log *slog.Logger, path string) error {
	wal := path + "-wal"
	if info, err := os.Stat(wal); err != nil || info.Size() == 0 {
		return nil //nolint:nilerr // there is no log
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	header := make([]byte, 19)
	_, err = io.ReadFull(f, header)
	if err := errors.Join(f.Close(), err); err != nil || header[18] != 1 {
		return nil //nolint:nilerr // SQLite will say what is wrong with the file
	}
	log.Warn("a log of another store lies beside the store: it is put aside", "log", wal, "aside", wal+".old")
	if err := os.Remove(path + "-shm"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(wal, wal+".old")
}

// fileLock is an advisory lock, which ends with the process. Its file says which
// post was begun last (Store.witness).
type fileLock struct{ f *os.File }

// LockedError reports that another daemon has the SQLite file open.
type LockedError struct{ Path string }

// Error names the file and says what to do.
func (e *LockedError) Error() string {
	return fmt.Sprintf("%s is held by another copytaster (stop it, or give this one a storage of its own)", e.Path)
}

func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, private)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			err = &LockedError{Path: strings.TrimSuffix(path, ".lock")}
		}
		return nil, errors.Join(err, f.Close())
	}
	return &fileLock{f: f}, nil
}

// read returns the content of the lock file.
func (l *fileLock) read() (string, error) {
	note := make([]byte, 512)
	n, err := l.f.ReadAt(note, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read %s: %w", l.f.Name(), err)
	}
	return string(note[:n]), nil
}

// write replaces the content of the lock file.
func (l *fileLock) write(note string) error {
	_, err := l.f.WriteAt([]byte(note), 0)
	if err == nil {
		err = l.f.Truncate(int64(len(note)))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", l.f.Name(), err)
	}
	return nil
}

func (l *fileLock) release() error { return l.f.Close() }
