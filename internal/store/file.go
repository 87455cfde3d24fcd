package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
)

// private is the mode of every file of a store: it holds what people watch for,
// and what a config's last good copy holds.
const private fs.FileMode = 0o600

// keepPrivate makes the file of a new SQLite store before SQLite does, which
// would let the group and others read it, and takes their rights from the files
// of an older one. SQLite gives the files beside it the mode of the store.
func keepPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, private) //nolint:gosec // the path is the operator's
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
		if err := os.Chmod(path+suffix, info.Mode().Perm()&private); err != nil && !errors.Is(err, fs.ErrPermission) { // it is another user's
			return err
		}
	}
	return nil
}

// fileLock is an advisory lock that the kernel gives up with the process.
type fileLock struct{ f *os.File }

// LockedError says that another daemon owns the SQLite file.
type LockedError struct{ Path string }

// Error names the file and the way out.
func (e *LockedError) Error() string {
	return fmt.Sprintf("%s is held by another copytaster (stop it, or give this one a storage of its own)", e.Path)
}

func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, private) //nolint:gosec // the path is the operator's
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

func (l *fileLock) release() error { return l.f.Close() }
