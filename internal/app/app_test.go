package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// daemonEnv makes the test binary a daemon on the config that it names, so
// that tests can kill one.
const daemonEnv = "COPYTASTER_TEST_DAEMON"

// aheadEnv is how far such a daemon's clock is ahead of the machine's.
const aheadEnv = "COPYTASTER_TEST_AHEAD"

func TestMain(m *testing.M) {
	if path := os.Getenv(daemonEnv); path != "" {
		os.Exit(daemon(path))
	}
	if err := flag.Set("test.parallel", "6"); err != nil { // most of the time tests wait, as daemons do
		panic(err)
	}
	os.Exit(storetest.Main(m))
}

// daemon runs a daemon until it is told to stop. As systemd does, it starts one again that
// ends by itself: on a busy machine the database may be too slow to be reached at first.
func daemon(path string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	all := &slog.HandlerOptions{Level: slog.LevelDebug} // tests count what it says
	log := slog.New(slog.NewTextHandler(os.Stderr, all))
	for {
		err := live(ctx, log, path)
		if err == nil {
			return 0
		}
		log.Error("daemon", "error", err)
		select {
		case <-ctx.Done():
			return 1
		case <-time.After(time.Second):
		}
	}
}

func live(ctx context.Context, log *slog.Logger, path string) error {
	cfg, err := config.Load(path, os.LookupEnv)
	if err != nil {
		return err
	}
	opt := app.Options{
		Config: cfg, Getenv: os.LookupEnv, Output: os.Stdout, Serve: os.Getenv("RUNTIME_DIRECTORY") != "",
		Grace: patience,
	}
	if by, err := time.ParseDuration(os.Getenv(aheadEnv)); err == nil {
		opt.Machine = newMachine(by).read
	}
	a, err := app.New(ctx, log, opt)
	if err != nil {
		return err
	}
	return errors.Join(a.Run(ctx), a.Close())
}

func fakeSlack(t testing.TB, opt slackfake.Options) *slackfake.Server {
	t.Helper()
	opt.Patience = slower(3 * time.Second)
	s := slackfake.New(opt)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// configFile writes a config that crawls loopback at full speed and alerts in
// a fake Slack on everything, however old.
func configFile(t testing.TB, storage string, slack *slackfake.Server, rest string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "copytaster.yaml")
	write(t, path, fmt.Sprintf(`
storage: %q
listen: ""
crawl: {host_interval: 0s, allow_networks: [127.0.0.0/8]}
slack: {token: %s, api_url: %q}
alerts: {default_channel: news, max_age: unlimited, first_run: everything, storm: none}
%s`, storage, slackfake.DefaultToken, slack.URL(), rest))
	return path
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func options(t testing.TB, path string) app.Options {
	t.Helper()
	env := func(string) (string, bool) { return "", false }
	cfg, err := config.Load(path, env)
	if err != nil {
		t.Fatal(err)
	}
	return app.Options{Config: cfg, Getenv: env, Output: io.Discard, Pace: time.Millisecond, Grace: patience}
}

func open(t testing.TB, opt app.Options) *app.App {
	t.Helper()
	a, err := app.New(t.Context(), slog.New(slog.DiscardHandler), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// onePass starts a daemon, lets it go through all sources once and stops it.
func onePass(t testing.TB, path string) app.Pass {
	t.Helper()
	return loggedPass(t, path, io.Discard)
}

func loggedPass(t testing.TB, path string, log io.Writer) app.Pass {
	t.Helper()
	a, err := app.New(t.Context(), slog.New(slog.NewTextHandler(log, nil)), options(t, path))
	if err != nil {
		t.Fatal(err)
	}
	pass, err := a.Once(t.Context(), patience)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return pass
}

func rulesOf(t testing.TB, m slackfake.Message) (rules []string) {
	t.Helper()
	b, err := json.Marshal(m.EventPayload["rules"])
	if err != nil || json.Unmarshal(b, &rules) != nil {
		t.Fatalf("metadata %v: %v", m.EventPayload, err)
	}
	return rules
}

var linkPath = regexp.MustCompile(`"url":"http://127\.0\.0\.\d:\d+/([^"]+)"`)

// pageOf is the path of the story that a message links to.
func pageOf(t testing.TB, m slackfake.Message) string {
	t.Helper()
	found := linkPath.FindStringSubmatch(strings.ReplaceAll(string(m.Blocks), `\/`, "/"))
	if found == nil {
		t.Fatalf("no link in %s", m.Blocks)
	}
	return found[1]
}
