package app_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
)

// TestTryStart: each step of a start that would fail says why, and a start that
// would not leaves nothing behind.
func TestTryStart(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, c := range map[string]struct {
		listen, storage, runtime, tmp string
		step, err, hint               string // of the one that fails
	}{
		"good":        {listen: "127.0.0.1:0"},
		"no server":   {listen: ""},
		"taken":       {listen: taken.Addr().String(), step: "listen", err: "address already in use", hint: "a free address"},
		"elsewhere":   {listen: "192.0.2.1:8460", step: "listen", err: "cannot assign", hint: "no such address"},
		"no folder":   {runtime: "nowhere", step: "socket", err: "no such file", hint: "RUNTIME_DIRECTORY"},
		"long":        {runtime: strings.Repeat("r", 120), tmp: "/tmp/" + strings.Repeat("t", 120), step: "socket", err: "invalid argument", hint: "too long for a socket"},
		"long, saved": {runtime: strings.Repeat("r", 120)},
		"store":       {storage: "copytaster.yaml/x.db", runtime: ".", step: "store", err: "not a directory"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir)
			if err := os.WriteFile("copytaster.yaml", nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if c.tmp != "" {
				t.Setenv("TMPDIR", c.tmp)
			}
			cfg := &config.Config{Path: "copytaster.yaml", Storage: c.storage, Listen: c.listen}
			if c.storage == "" {
				cfg.Storage = filepath.Join(dir, "x.db")
			}
			env := func(name string) (string, bool) { return c.runtime, name == "RUNTIME_DIRECTORY" && c.runtime != "" }
			for _, trial := range app.TryStart(t.Context(), silent, cfg, env) {
				switch {
				case trial.Step != c.step && trial.Err != nil:
					t.Errorf("%s at %s: %v", trial.Step, trial.At, trial.Err)
				case trial.Step == c.step && (trial.Err == nil || !strings.Contains(trial.Err.Error(), c.err) ||
					!strings.Contains(trial.Hint, c.hint)):
					t.Errorf("%s at %s: %v, hint %q", trial.Step, trial.At, trial.Err, trial.Hint)
				}
			}
			if left, err := os.ReadDir("."); err != nil || len(left) != 1 {
				t.Errorf("it left %v, %v", left, err)
			}
		})
	}
}
