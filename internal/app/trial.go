package app

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"syscall"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/web"
)

// Trial is one step of a daemon's start, tried and undone.
type Trial struct {
	Step string // "store", "socket" or "listen"
	At   string // the socket's path or the address; "" for the store
	Hint string // what to do about Err, when it does not say so itself
	Err  error  // nil when the daemon would not fail here
}

// longestSocket is what the kernel takes for the path of a socket, in bytes:
// unix(7).
const longestSocket = 107

// TryStart does what a daemon does when it starts on a config, and undoes it.
// It is for when none runs: it would find its store and its address taken.
func TryStart(ctx context.Context, log *slog.Logger, cfg *config.Config, env config.Getenv) []Trial {
	all := []Trial{{Step: "store", Err: store.Usable(ctx, log, cfg.Storage)}, trySocket(log, sockets(cfg, env))}
	if errors.Is(all[1].Err, fs.ErrNotExist) && all[1].At == socketBeside(cfg.Storage) { // it comes with the store
		all = all[:1]
	}
	if cfg.Listen != "" {
		all = append(all, tryAddress(log, cfg.Listen))
	}
	return all
}

// trySocket tries the first of some paths that no other daemon has.
func trySocket(log *slog.Logger, paths []string) Trial {
	var (
		path   string
		server *web.Server
		err    error
	)
	for _, path = range paths {
		if server, err = web.ListenSocket(log, path, nil); !errors.Is(err, web.ErrTaken) {
			break
		}
	}
	t := Trial{Step: "socket", At: path}
	switch {
	case err == nil:
		err = server.Close()
	case len(path) > longestSocket:
		t.Hint = "the path is too long for a socket: set TMPDIR or RUNTIME_DIRECTORY to a short one"
	default:
		t.Hint = "the user that runs copytaster must be able to write its folder; RUNTIME_DIRECTORY names another"
	}
	t.Err = err
	return t
}

func tryAddress(log *slog.Logger, address string) Trial {
	t := Trial{Step: "listen", At: address}
	server, err := web.Listen(log, address, nil)
	switch {
	case err == nil:
		err = server.Close()
	case errors.Is(err, syscall.EACCES):
		t.Hint = "ports below 1024 are the system's: set `listen` to a higher one"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		t.Hint = "this machine has no such address: set `listen` to one that it has"
	default:
		t.Hint = "set `listen` to a free address, or to \"\""
	}
	t.Err = err
	return t
}
