package app

import (
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/copytaster/copytaster/config"
)

// TestSignpost: a daemon is found from beside its config, whatever the config
// says by now, and not once it is gone.
func TestSignpost(t *testing.T) {
	dir := t.TempDir()
	path, socket := filepath.Join(dir, "copytaster.yaml"), filepath.Join(t.TempDir(), "a.sock")
	env := func(string) (string, bool) { return "", false }
	elsewhere := &config.Config{Path: path, Storage: filepath.Join(dir, "other.db")}
	unknown := &config.Config{Path: path}
	dials := func(cfg *config.Config) bool {
		_, ok := Dial(t.Context(), cfg, env)
		return ok
	}
	if dials(elsewhere) || dials(unknown) {
		t.Error("a daemon is found where there is none")
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	first := putSignpost(path, "/nowhere/b.sock")
	remove := putSignpost(path, socket) // another daemon's, later
	if err := first(); err != nil || !dials(elsewhere) || !dials(unknown) {
		t.Errorf("the daemon is not found: %v, %q", err, leads(path))
	}
	if dials(&config.Config{Path: filepath.Join(dir, "second.yaml"), Storage: elsewhere.Storage}) {
		t.Error("it is found from another config")
	}
	for range 2 {
		if err := remove(); err != nil || leads(path) != "" || dials(unknown) {
			t.Errorf("it is still found: %v", err)
		}
	}
	if err := os.WriteFile(signpost(path), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := putSignpost(path, socket)(); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(signpost(path)); err != nil || string(text) != "mine" {
		t.Errorf("a file of somebody's is gone: %v", err)
	}
	if err := putSignpost(filepath.Join(dir, "no", "folder.yaml"), socket)(); err != nil {
		t.Error(err)
	}
}
