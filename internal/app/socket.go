package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/web"
)

const (
	mostSockets = 9               // daemons that take commands in one folder
	whoWithin   = 2 * time.Second // a daemon that has more to do is taken at its word
)

// socketPath is where a daemon takes commands: in $RUNTIME_DIRECTORY, else
// beside the SQLite store, else beside the config (where it is looked for too
// when the store is not known). A path that is too long for a socket (unix(7):
// 108 bytes) gets a short name in the temporary folder.
func socketPath(cfg *config.Config, env config.Getenv) string {
	const name, longest = "copytaster.sock", 104
	path := filepath.Join(filepath.Dir(cfg.Path), name)
	if dir, ok := env("RUNTIME_DIRECTORY"); ok && dir != "" {
		path = filepath.Join(filepath.SplitList(dir)[0], name)
	} else if cfg.Storage != "" && !store.IsPostgres(cfg.Storage) {
		path = socketBeside(cfg.Storage)
	}
	path = absolute(path)
	if len(path) > longest {
		path = filepath.Join(os.TempDir(), fmt.Sprintf("copytaster-%x.sock", sha256.Sum256([]byte(path)))[:32]+".sock")
	}
	return path
}

// socketBeside is the socket of a SQLite store.
func socketBeside(storage string) string { return absolute(storage + ".sock") }

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// sockets are where the daemons of one folder take commands: the first at
// socketPath, the next at the same with a number.
func sockets(cfg *config.Config, env config.Getenv) []string {
	first := socketPath(cfg, env)
	all := []string{first}
	for n := 2; n <= mostSockets; n++ {
		all = append(all, fmt.Sprintf("%s-%d.sock", strings.TrimSuffix(first, ".sock"), n))
	}
	return all
}

// findSocket returns where a daemon on the store of a config, or on the config
// itself, takes commands; "" when none does.
func findSocket(ctx context.Context, cfg *config.Config, env config.Getenv) string {
	for _, places := range []func() []string{
		func() []string { return sockets(cfg, env) },
		func() []string { return keptSockets(ctx, cfg) }, // a service may have a RUNTIME_DIRECTORY that a shell has not
		func() []string { return []string{leads(cfg.Path)} },
	} {
		for _, path := range places() {
			if path != "" && responds(ctx, path, cfg) {
				return path
			}
		}
	}
	return ""
}

// responds reports whether a daemon takes commands on a socket that is not
// another config's and another store's.
func responds(ctx context.Context, path string, cfg *config.Config) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return false
	}
	_ = conn.Close()
	ctx, cancel := context.WithTimeout(ctx, whoWithin)
	defer cancel()
	var who web.Identity
	if err := (&Client{http: over(path)}).get(ctx, "/who", nil, &who); err != nil {
		return true // it is older than the question, or busy
	}
	return who.Storage == store.NameOf(cfg.Storage) || who.Config == absolute(cfg.Path)
}

// over makes a client of the socket at a path.
func over(path string) *http.Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", path)
	}
	return &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}, Timeout: 2 * time.Minute}
}

// keptSockets are where the store says that its daemons take commands, the one
// that was started last first.
func keptSockets(ctx context.Context, cfg *config.Config) []string {
	if cfg.Storage == "" { // it hangs on a variable that is not set here
		return nil
	}
	s, err := store.OpenReadOnly(ctx, slog.New(slog.DiscardHandler), cfg.Storage)
	if err != nil {
		return nil
	}
	defer s.Close() //nolint:errcheck // read only
	began, err := s.Settings.WithPrefix(ctx, store.SettingSocket)
	if err != nil {
		return nil
	}
	return slices.SortedFunc(maps.Keys(began), func(a, b string) int { return strings.Compare(began[b], began[a]) })
}
