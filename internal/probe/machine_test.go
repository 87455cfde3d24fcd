package probe

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
)

// quiet is a log that nobody reads.
var quiet = slog.New(slog.DiscardHandler)

// emptyEnv is an environment without variables.
func emptyEnv(string) (string, bool) { return "", false }

// written writes a config into a folder of its own, with a store beside it.
func written(t *testing.T, text string) (path string) {
	t.Helper()
	t.Setenv("XDG_RUNTIME_DIR", "")
	path = filepath.Join(t.TempDir(), "copytaster.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// stored loads a config and makes its store.
func stored(t *testing.T, path string) *config.Config {
	t.Helper()
	cfg, err := config.Load(path, emptyEnv)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), quiet, app.Options{Config: cfg, Getenv: emptyEnv})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return cfg
}

func inOneLine(all []Finding) string {
	var lines []string
	for _, f := range all {
		mark := "no"
		if f.OK {
			mark = "ok"
		}
		if f.Warning {
			mark += "!"
		}
		lines = append(lines, mark+" "+f.Check+": "+f.Detail)
	}
	return strings.Join(lines, "\n")
}

// TestMachine: what is looked at goes by what is there.
func TestMachine(t *testing.T) {
	const good = "listen: \"\"\nrules: [{name: kim, any: [Kim]}]\n"
	for _, c := range []struct {
		name, config string
		store        bool   // one was made by the config "good"
		has          string // beginnings of findings, in this order
		ok           bool
	}{
		{"no store yet", good, false, "ok config: |ok secrets: none|ok alerts: to the terminal|ok disk: |ok daemon: none|ok store: ", true},
		{"a store", good, true, "ok config: |ok daemon: none|ok clock: |ok store: |ok sending: none|ok sources: 0 sources", true},
		{"wrong", "rules: [{nam: kim}]\n", false, "no config: ", false},
		{"wrong, and a good one is kept", "rules: [{nam: kim}]\n", true, "no config: |ok last good config: |ok alerts: |ok store: ", false},
		{"a secret is missing", good + "slack: {token: \"${NONE}\"}\nalerts: {default_channel: news}\n", false, "ok config: |no secrets: ", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := written(t, good)
			if c.store {
				stored(t, path)
				run(t, path)
			}
			if err := os.WriteFile(path, []byte(c.config), 0o600); err != nil {
				t.Fatal(err)
			}
			all := Machine(t.Context(), quiet, path, emptyEnv)
			got, ok := inOneLine(all), true
			rest := got
			for want := range strings.SplitSeq(c.has, "|") {
				_, after, found := strings.Cut("\n"+rest, "\n"+want)
				if !found {
					t.Fatalf("there is no %q, in this order:\n%s", want, got)
				}
				rest = after
			}
			for _, f := range all {
				ok = ok && f.OK
			}
			if ok != c.ok {
				t.Errorf("in order %v:\n%s", ok, got)
			}
		})
	}
}

// run lets a daemon pass once, which keeps its config as the last good one.
func run(t *testing.T, path string) {
	t.Helper()
	cfg, err := config.Load(path, emptyEnv)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), quiet, app.Options{Config: cfg, Getenv: emptyEnv})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Once(t.Context(), 10*time.Minute); err != nil {
		t.Error(err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

// TestLookAtStatus: what of a store's status is trouble.
func TestLookAtStatus(t *testing.T) {
	failing := app.Status{Sources: []app.SourceStatus{{Name: "ap"}, {Name: "tass", Failures: 2}}}
	for name, c := range map[string]struct {
		got          Finding
		ok           bool
		detail, hint string
	}{
		"sends":  {lookAtSending(app.Status{Deliveries: map[string]int64{"sent": 2}}), true, "2 sent", ""},
		"paused": {lookAtSending(app.Status{Paused: "token_revoked"}), false, "paused: token_revoked", "slack.token"},
		"paused by Anna": {lookAtSending(app.Status{Pauses: []app.Paused{{All: true, Since: &time.Time{}, By: "Anna"}}}), false,
			"deliveries to all channels are paused", "copytaster resume"},
		"parked":      {lookAtSending(app.Status{Parked: []app.ParkedChannel{{Channel: "news", Reason: "archived"}}}), false, "channel news: archived", "/invite"},
		"dead":        {lookAtSending(app.Status{Deliveries: map[string]int64{"dead": 1, "in_doubt": 2}}), false, "2 in doubt, 1 dead", "deliveries --state"},
		"failing":     {lookAtSources(failing), false, "failing: tass", "check --online"},
		"good":        {lookAtSources(app.Status{Sources: failing.Sources[:1]}), true, "1 source in the store", ""},
		"followed":    {lookAtForce(app.Status{ConfigHash: "a", ConfigAt: "noon"}, &config.Config{Hash: "a"}), true, "since noon", ""},
		"other":       {lookAtForce(app.Status{ConfigHash: "a", ConfigAt: "noon"}, &config.Config{Hash: "b"}), false, "another one, loaded noon", "reloads"},
		"running":     {lookAtDaemon(true), true, "running", ""},
		"PostgreSQL":  {lookAtDisk(&config.Config{Storage: "postgres://db/x"}), true, "PostgreSQL", ""},
		"a new place": {lookAtDisk(&config.Config{Storage: filepath.Join(t.TempDir(), "a/b/c.db")}), true, "GB free in ", ""},
	} {
		f := c.got
		if f.OK != c.ok || !strings.Contains(f.Detail, c.detail) || !strings.Contains(f.Hint, c.hint) {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestLookAtClock(t *testing.T) {
	path := written(t, "listen: \"\"\nrules: [{name: kim, any: [Kim]}]\n")
	cfg := stored(t, path)
	r, err := app.OpenReader(t.Context(), quiet, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	if f := lookAtClock(t.Context(), r, now); !f.OK || f.Detail != "2026-11-02T12:00:00Z" {
		t.Errorf("%+v", f)
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if f := lookAtClock(stopped, r, now); f.OK {
		t.Errorf("without an answer: %+v", f)
	}
}

func TestWords(t *testing.T) {
	slack := config.Slack{Configured: true}
	both := config.Slack{Configured: true, OpsChannel: "ops"}
	two := config.Mistakes{
		{File: "c.yaml", Line: 1, Severity: config.Error, Message: "first"}, {File: "c.yaml", Line: 2, Severity: config.Error, Message: "second"},
	}
	for _, c := range []struct{ got, want string }{
		{Counts(map[string]int64{"sent": 2, "in_doubt": 1, "dead": 0}), "1 in doubt, 2 sent"},
		{Counts(nil), "none"},
		{StorageName(&config.Config{}), "not known here"},
		{StorageName(&config.Config{Storage: "a/b.db"}), "a/b.db"},
		{StorageName(&config.Config{Storage: "postgres://u:hunter2@h:5432/d?password=hunter2"}), "PostgreSQL h:5432/d"},
		{StorageName(&config.Config{Storage: "postgres://u:hunter2@h:%/d"}), "PostgreSQL"},
		{Destination(&config.Config{}), "the terminal, since slack.token is not set"},
		{Destination(&config.Config{Slack: slack}), "Slack, without an ops channel"},
		{Destination(&config.Config{Slack: both}), "Slack, ops channel ops"},
		{InShort(errors.New("a\nb")), "a; b"},
		{InShort(two[:1]), two[0].Error()},
		{InShort(two), two[0].Error() + " (and 1 more mistake, see `copytaster check`)"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
