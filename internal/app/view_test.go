package app_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// asNobody runs a function as a user who may not read what is root's. It is for
// tests that run alone: the whole process is that user meanwhile.
func asNobody(t *testing.T, fn func()) {
	t.Helper()
	if os.Geteuid() != 0 && os.Getenv("CI") == "" {
		t.Skip("only root can be somebody else")
	}
	if err := syscall.Seteuid(65534); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := syscall.Seteuid(0); err != nil {
			t.Fatal(err)
		}
	}()
	fn()
}

// TestViewOfAnother: who may not read the store asks the daemon, and gets the
// same; without a daemon he is told why not.
func TestViewOfAnother(t *testing.T) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	site.add("Kim speaks")
	// A socket's path is short.
	runtime := filepath.Join("/tmp",
		"copytaster-test-"+filepath.Base(t.TempDir())+filepath.Base(filepath.Dir(t.TempDir())))
	if err := os.MkdirAll(runtime, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(runtime) })
	t.Setenv("RUNTIME_DIRECTORY", runtime)
	path := configFile(t, storetest.SQLite(t), slack, wireConfig(site, kimRule))
	opt := options(t, path)
	opt.Getenv = os.LookupEnv
	daemon := startDaemon(t, path)
	defer daemon.kill()
	socket := filepath.Join(runtime, "copytaster.sock")
	await(t, "the alert", func() bool { return len(texts(slack, "news")) == 1 })
	await(t, "its record", func() bool {
		st, _ := read(t, path)
		return st.Deliveries["sent"] == 1
	})
	mine, err := app.OpenView(t.Context(), silent, opt.Config, opt.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	if _, direct := mine.(*app.Reader); !direct {
		t.Errorf("root asks %T", mine)
	}
	if err := errors.Join(mine.Close(), os.Chmod(socket, 0o666)); err != nil {
		t.Fatal(err)
	}
	asNobody(t, func() {
		v, err := app.OpenView(t.Context(), silent, opt.Config, opt.Getenv)
		if err != nil {
			t.Error(err)
			return
		}
		if _, asks := v.(*app.Client); !asks {
			t.Errorf("nobody reads %T", v)
		}
		st, err := v.Status(t.Context())
		if err != nil || st.Stories != 1 || st.Deliveries["sent"] != 1 || len(st.Sources) != 1 {
			t.Errorf("status %+v, %v", st, err)
		}
		all, err := v.Deliveries(t.Context(), store.DeliveryFilter{Limit: 5, Rule: "kim"})
		if err != nil || len(all) != 1 || all[0].Title != "Kim speaks" || all[0].Rules[0] != "kim" || all[0].TS == "" {
			t.Errorf("deliveries %+v, %v", all, err)
		}
		if none, err := v.Deliveries(t.Context(), store.DeliveryFilter{Limit: 5, Rule: "ki"}); err != nil || len(none) != 0 {
			t.Errorf("deliveries of another rule %+v, %v", none, err)
		}
	})
	daemon.kill()
	asNobody(t, func() {
		if _, err := app.OpenView(t.Context(), silent, opt.Config, opt.Getenv); !errors.Is(err, fs.ErrPermission) ||
			!strings.Contains(err.Error(), "no daemon answers") {
			t.Errorf("without a daemon: %v", err)
		}
	})
}

// TestDaemonsOfOneFolder: each of several daemons on one PostgreSQL, started
// from one folder, takes commands on a socket of its own; a command finds one
// that lives, and none of another store.
func TestDaemonsOfOneFolder(t *testing.T) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	storage := storetest.Postgres(t)
	path := configFile(t, storage, slack, wireConfig(site, kimRule))
	opt := options(t, path)
	opt.Serve = true
	var daemons []running
	for range 3 {
		daemons = append(daemons, run(t, io.Discard, opt))
	}
	found, err := filepath.Glob(filepath.Join(filepath.Dir(path), "copytaster*.sock"))
	if err != nil || len(found) != 3 {
		t.Errorf("sockets %v, %v", found, err)
	}
	for i, d := range daemons {
		c, ok := app.Dial(t.Context(), opt.Config, opt.Getenv)
		if !ok {
			t.Fatalf("no daemon of %d answers", len(daemons)-i)
		}
		if st, err := c.Status(t.Context()); err != nil || len(st.Sources) != 1 {
			t.Errorf("status %+v, %v", st, err)
		}
		if err := d.stop(); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := app.Dial(t.Context(), opt.Config, opt.Getenv); ok {
		t.Error("a daemon answers that has ended")
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.sock"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if kept, err := storetest.Open(t, storage).Settings.WithPrefix(t.Context(), store.SettingSocket); err != nil ||
		len(kept) != 0 {
		t.Errorf("the store keeps %v, %v", kept, err)
	}
}

// TestDaemonOfAnotherStore: a command for one config does not reach the daemon
// of another that takes commands in the same folder; from elsewhere a daemon is
// found by what its store says.
func TestDaemonOfAnotherStore(t *testing.T) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	runtime := t.TempDir()
	env := func(name string) (string, bool) { return runtime, name == "RUNTIME_DIRECTORY" }
	start := func(storage string) app.Options {
		opt := options(t, configFile(t, storage, slack, wireConfig(site, kimRule)))
		opt.Serve, opt.Getenv = true, env
		run(t, io.Discard, opt)
		return opt
	}
	one, two := start(storetest.SQLite(t)), start(storetest.SQLite(t))
	three := options(t, configFile(t, storetest.SQLite(t), slack, wireConfig(site, kimRule)))
	for _, tt := range []struct {
		name string
		cfg  *config.Config
		env  config.Getenv
		want bool
	}{
		{"the first", one.Config, env, true},
		{"the second", two.Config, env, true},
		{"the second, from a shell", two.Config, noEnv, true},
		{"none", three.Config, env, false},
	} {
		c, ok := app.Dial(t.Context(), tt.cfg, tt.env)
		if ok != tt.want {
			t.Errorf("%s: found %v", tt.name, ok)
			continue
		}
		if !ok {
			continue
		}
		if st, err := c.Status(t.Context()); err != nil || st.Storage != tt.cfg.Storage {
			t.Errorf("%s: asked the daemon on %s, %v", tt.name, st.Storage, err)
		}
	}
}
