package config_test

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config"
)

// TestStarter: what init writes is right as it is, without an environment, and
// the tests beside its rules pass.
func TestStarter(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, config.Starter()); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(dir+"/copytaster.yaml", none)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warnings:\n%v", c.Warnings)
	}
	if len(c.Sources) < 5 || len(c.Rules.Rules()) < 2 || c.Slack.Token != "" {
		t.Errorf("%d sources, %d rules, token %q", len(c.Sources), len(c.Rules.Rules()), c.Slack.Token)
	}
	report := c.Rules.Test()
	if report.Passed < 6 || report.Failed > 0 {
		t.Errorf("%+v", report)
	}
	for _, r := range c.Rules.Rules() {
		if len(r.Tests) < 2 {
			t.Errorf("%s sets a bad example: %d tests", r.Name, len(r.Tests))
		}
	}
}

// TestStarterFor: in /etc the store is where the unit has it, and nowhere else.
func TestStarterFor(t *testing.T) {
	for dir, want := range map[string]string{
		"/etc/copytaster": "/var/lib/copytaster/copytaster.db", "/etc": "/var/lib/copytaster/copytaster.db", "/etc/../srv/x": "", "/etcetera": "", "/home/ada": "",
	} {
		text, err := config.StarterFor(dir, "copytaster.yaml")
		if err != nil {
			t.Fatal(err)
		}
		folder := t.TempDir()
		if err := os.CopyFS(folder, config.Starter()); err != nil {
			t.Fatal(err)
		}
		path := folder + "/copytaster.yaml"
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load(path, none)
		if err != nil {
			t.Fatal(err)
		}
		if want == "" {
			want = folder + "/copytaster.db"
		}
		if c.Storage != want {
			t.Errorf("the store of a config in %s is %s, want %s", dir, c.Storage, want)
		}
	}
}

// TestStarterComments: the keys that are commented out are right too, so that
// taking the # away never breaks the config.
func TestStarterComments(t *testing.T) {
	text, err := fs.ReadFile(config.Starter(), "copytaster.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		before, after, commented := strings.Cut(line, "# ")
		key, _, isKey := strings.Cut(after, ":")
		isWord := !strings.Contains(strings.TrimLeft(key, " -{"), " ")
		if commented && isKey && isWord && strings.TrimSpace(before) == "" &&
			key != "token_file" && key != "yaml-language-server" {
			line = before + after
		}
		lines = append(lines, line)
	}
	files := map[string][]byte{"copytaster.yaml": []byte(strings.Join(lines, ""))}
	for _, name := range []string{"sources.yaml", "rules.yaml"} {
		if files[name], err = fs.ReadFile(config.Starter(), name); err != nil {
			t.Fatal(err)
		}
	}
	env := func(name string) (string, bool) {
		value, ok := map[string]string{"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1",
			"WEBHOOK_SECRET": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="}[name]
		return value, ok
	}
	c, err := config.LoadFiles("copytaster.yaml", files, env)
	if err != nil {
		t.Fatal(err)
	}
	if c.Slack.Token == "" || len(c.Alerts.Routes.Routes) != 3 || len(c.Crawl.AllowNetworks) != 1 {
		t.Errorf("not everything was uncommented: %+v", c)
	}
	for _, key := range []string{"storage", "listen", "timezone", "retention", "storage_limit", "crawl.user_agent", "crawl.workers", "crawl.timeout", "crawl.host_interval", "alerts.max_age", "alerts.first_run"} {
		if file, line, _ := c.Position(key); line == 0 || file != "copytaster.yaml" {
			t.Errorf("%s is not shown", key)
		}
	}
}

// TestManifest: the Slack app asks for exactly what is used.
func TestManifest(t *testing.T) {
	text, err := fs.ReadFile(config.Starter(), "slack-manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Features struct {
			Home struct {
				Tab bool `yaml:"home_tab_enabled"`
			} `yaml:"app_home"`
		}
		Settings struct {
			Events struct {
				Bot []string `yaml:"bot_events"`
			} `yaml:"event_subscriptions"`
		}
		OAuth struct {
			Scopes struct{ Bot []string }
		} `yaml:"oauth_config"`
	}
	if err := yaml.Load(text, &manifest); err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(slices.Values(manifest.OAuth.Scopes.Bot))
	want := []string{"channels:history", "channels:join", "channels:read", "chat:write", "commands", "groups:history", "groups:read", "usergroups:read", "users:read"}
	if !slices.Equal(got, want) {
		t.Errorf("scopes %q, want %q", got, want)
	}
	events := []string{"app_home_opened", "app_uninstalled", "tokens_revoked"}
	if !manifest.Features.Home.Tab || !slices.Equal(manifest.Settings.Events.Bot, events) {
		t.Errorf("the App Home is %t, events %q, want %q", manifest.Features.Home.Tab, manifest.Settings.Events.Bot, events)
	}
}
