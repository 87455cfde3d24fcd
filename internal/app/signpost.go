package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// signpost is a link beside the config that leads to the socket of the daemon
// started on it last. It finds the daemon when the config does not say any more
// where: it is gone, or its storage was changed or cannot be read.
func signpost(config string) string {
	return filepath.Join(filepath.Dir(config), "."+filepath.Base(config)+".sock")
}

// putSignpost leads to a socket from beside the config; remove undoes that. Where
// the folder may not be written there is none, and nothing depends on it.
func putSignpost(config, socket string) (remove func() error) {
	link := signpost(config)
	if old, err := os.Readlink(link); err == nil && old != socket {
		_ = os.Remove(link) // of a daemon before; a file that is no link stays
	}
	if err := os.Symlink(socket, link); err != nil && !errors.Is(err, fs.ErrExist) {
		return func() error { return nil }
	}
	return func() error {
		if leads(config) != socket {
			return nil // to another daemon by now
		}
		if err := os.Remove(link); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
}

// leads returns the socket that the signpost leads to, "" without one.
func leads(config string) string {
	socket, err := os.Readlink(signpost(config))
	if err != nil {
		return ""
	}
	return socket
}
