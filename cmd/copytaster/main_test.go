package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/copytaster/copytaster/internal/demo"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// patience is how long a script waits for what must come.
const patience = 10 * time.Minute

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){"copytaster": main})
}

// tests are the tests of this package, after which the database server stops.
type tests struct{ *testing.M }

func (t tests) Run() int {
	if err := os.Setenv(raceEnv, raceEnds); err != nil {
		panic(err)
	}
	return storetest.Main(t.M)
}

// A program with the race detector sleeps for a second before it ends. The hundreds of them
// that the tests of this package run do not.
const (
	raceEnv  = "GORACE"
	raceEnds = "atexit_sleep_ms=20"
)

func TestScripts(t *testing.T) {
	testscript.Run(t, params("testdata/script", nil))
}

func TestPostgres(t *testing.T) {
	testscript.Run(t, params("testdata/postgres", map[string]string{"POSTGRES": storetest.NewPostgres(t)}))
}

// params gives every script a news site ($SITE), whose clock only advance
// moves, a workspace of Slack ($SLACK), and an address that is taken ($TAKEN).
func params(dir string, env map[string]string) testscript.Params {
	return testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			for name, value := range env {
				e.Setenv(name, value)
			}
			e.Setenv("XDG_RUNTIME_DIR", "")
			return setup(e)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "until": until, "hangup": hangup, "advance": advance, "slack": slack, "siteconfig": siteConfig,
		},
		Condition:           condition,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
	}
}

// siteKey and slackKey name what belongs to one script.
type siteKey struct{}

type slackKey struct{}

func setup(e *testscript.Env) error {
	site, err := demo.Start("")
	if err != nil {
		return err
	}
	e.Defer(func() { _ = site.Close() })
	site.Hold()
	workspace := slackfake.New(slackfake.Options{Channels: []slackfake.Channel{
		{Name: "news", Member: true}, {Name: "duty", Member: true}, {Name: "dprk-desk", Member: true}, {Name: "monitoring", Member: true},
		{Name: "closed", Archived: true}, {Name: "open"}, {Name: "vault", Private: true},
	}})
	if err := workspace.Start(); err != nil {
		return err
	}
	e.Defer(func() { _ = workspace.Close() })
	taken, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	e.Defer(func() { _ = taken.Close() })
	e.Values[siteKey{}], e.Values[slackKey{}] = site, workspace
	e.Setenv(raceEnv, raceEnds)
	e.Setenv("SITE", site.URL)
	e.Setenv("SLACK", workspace.URL())
	e.Setenv("TOKEN", slackfake.DefaultToken)
	e.Setenv("TAKEN", taken.Addr().String())
	return nil
}

func condition(name string) (bool, error) {
	if name == "root" {
		return os.Geteuid() == 0, nil
	}
	return false, fmt.Errorf("unknown condition %q", name)
}

// exits runs a program that must end with an exit code: exits 2 copytaster …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE program [args...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

// until runs a program again and again, until what it prints matches.
func until(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: until PATTERN program [args...]")
	}
	pattern := regexp.MustCompile(args[0])
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-ticker.C {
		_ = ts.Exec(args[1], args[2:]...) // it may not be ready yet
		if pattern.MatchString(ts.ReadFile("stdout")) || pattern.MatchString(ts.ReadFile("stderr")) {
			return
		}
	}
	ts.Fatalf("%q did not come:\n%s%s", args[0], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
}

// hangup sends SIGHUP to the programs in the background.
func hangup(ts *testscript.TestScript, _ bool, _ []string) {
	for _, cmd := range ts.BackgroundCmds() {
		ts.Check(cmd.Process.Signal(syscall.SIGHUP))
	}
}

// advance moves the clock of the site: advance 1m
func advance(ts *testscript.TestScript, _ bool, args []string) {
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	ts.Value(siteKey{}).(*demo.Site).Advance(d)
}

// siteConfig writes the config of the site: siteconfig FILE STORAGE
func siteConfig(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.Value(siteKey{}).(*demo.Site).ConfigYAML(args[1])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), text, 0o600))
}

// slack changes the workspace or looks at it: slack revoke, slack restore,
// slack has CHANNEL N
func slack(ts *testscript.TestScript, _ bool, args []string) {
	workspace := ts.Value(slackKey{}).(*slackfake.Server)
	switch args[0] {
	case "revoke":
		workspace.Revoke()
	case "restore":
		workspace.Restore()
	case "has":
		want, err := strconv.Atoi(args[2])
		ts.Check(err)
		if got := len(workspace.Messages(args[1])); got != want {
			ts.Fatalf("%d messages in %s, want %d", got, args[1], want)
		}
	default:
		ts.Fatalf("unknown: slack %s", args[0])
	}
}
