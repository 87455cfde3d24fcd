package config_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
)

func none(string) (string, bool) { return "", false }

// loadText loads one file's text.
func loadText(t testing.TB, text string) (*config.Config, config.Mistakes) {
	t.Helper()
	c, err := config.LoadFiles("copytaster.yaml", map[string][]byte{"copytaster.yaml": []byte(text)}, none)
	var mistakes config.Mistakes
	if err != nil && !errors.As(err, &mistakes) {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	return c, mistakes
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestMissingFile(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"), none)
	if err == nil || !strings.Contains(err.Error(), "none.yaml: there is no such file") {
		t.Errorf("%v", err)
	}
}

// TestFind: the flag, then the environment, then the folder one is in.
func TestFind(t *testing.T) {
	t.Chdir(t.TempDir())
	env := func(name string) (string, bool) { return "env.yaml", name == "COPYTASTER_CONFIG" }
	if _, err := os.Stat("/etc/copytaster/copytaster.yaml"); err != nil {
		if path, err := config.Find("", none); err == nil {
			t.Errorf("found %s where there is none", path)
		}
	}
	write(t, "copytaster.yaml", "")
	for _, c := range []struct {
		flag string
		env  config.Getenv
		want string
	}{{"flag.yaml", env, "flag.yaml"}, {"", env, "env.yaml"}, {"", none, "copytaster.yaml"}} {
		if got, err := config.Find(c.flag, c.env); got != c.want || err != nil {
			t.Errorf("flag %q: %q, %v; want %q", c.flag, got, err, c.want)
		}
	}
}

// TestHash: it changes with every file that counts, right or wrong, and with
// nothing else; it does not depend on where the files lie.
func TestHash(t *testing.T) {
	t.Chdir(t.TempDir())
	files := map[string]string{
		"copytaster.yaml": "include: [\"rules/*.yaml\"]\nslack: {token_file: token.txt}\n",
		"rules/a.yaml":    "rules: []\n",
		"token.txt":       "xoxb-1",
	}
	for name, text := range files {
		write(t, name, text)
		write(t, filepath.Join("elsewhere", name), text)
	}
	hash := func() string { return config.Hash("copytaster.yaml", none) }
	first := hash()
	if abs, err := filepath.Abs("elsewhere/copytaster.yaml"); err != nil || config.Hash(abs, none) != first {
		t.Error("the same files elsewhere have another hash")
	}
	seen := map[string]string{first: "at first"}
	step := func(what string) {
		t.Helper()
		h := hash()
		if before, again := seen[h]; again {
			t.Errorf("%s the hash is that of %s", what, before)
		}
		seen[h] = what
	}
	write(t, "token.txt", "xoxb-2")
	step("with another token")
	write(t, "rules/a.yaml", "rules: [\n")
	step("with a broken rule file")
	write(t, "rules/b.yaml", "")
	step("with one more rule file")
	if err := os.Remove("token.txt"); err != nil {
		t.Fatal(err)
	}
	step("without the token's file")
	write(t, "unrelated.txt", "x")
	if h := hash(); seen[h] != "without the token's file" {
		t.Error("a file that nobody reads changes the hash")
	}
}

// TestFilesHoldNoSecretFiles: what is kept of a config for later is what people
// wrote in YAML, not the secrets beside it.
func TestFilesHoldNoSecretFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "conf/copytaster.yaml", "include: [../rules.yaml]\nslack: {token_file: token.txt}\n")
	write(t, "conf/token.txt", "xoxb-1\r\n")
	write(t, "rules.yaml", "rules: []\n")
	c, err := config.Load("conf/copytaster.yaml", none)
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(c.Files)); !slices.Equal(got, []string{"../rules.yaml", "copytaster.yaml"}) {
		t.Errorf("files %q", got)
	}
	if c.Slack.Token.Reveal() != "xoxb-1" {
		t.Errorf("the token is %q", c.Slack.Token.Reveal())
	}
	if shown := fmt.Sprintf("%v %+v %#v", c.Slack, c.Slack, c.Slack); strings.Contains(shown, "xoxb-1") {
		t.Errorf("the token is shown: %s", shown)
	}
	if _, err := config.LoadFiles(c.Path, c.Files, none); err != nil {
		t.Errorf("from copies: %v", err)
	}
}

// TestPosition: every place that a report may name is found again, in the file
// it stands in.
func TestPosition(t *testing.T) {
	c, err := config.LoadFiles("copytaster.yaml", map[string][]byte{
		"copytaster.yaml": []byte("include: [b.yaml]\nrules:\n  - {name: a, any: [x]}\n"),
		"b.yaml":          []byte("concepts:\n  kim:\n    any: [Kim, 김정은]\nrules:\n  - name: b\n    all:\n      - $kim\n      - [y, z]\n    tests:\n      - match: Kim y\n      - no match: x\n"),
	}, none)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"rules[0]":               "copytaster.yaml:3:5",
		"rules[0].any[0]":        "copytaster.yaml:3:21",
		"rules[1]":               "b.yaml:5:5",
		"rules[1].all[1]":        "b.yaml:8:9",
		"rules[1].all[1][1]":     "b.yaml:8:13",
		"rules[1].all[1].any[1]": "b.yaml:8:13",
		"rules[1].tests[1]":      "b.yaml:11:9",
		"rules[1].tests[1].what": "b.yaml:11:9",
		"concepts.kim[1]":        "b.yaml:3:16",
		"concepts.kim.any[1]":    "b.yaml:3:16",
		"nowhere[3].at.all":      ":0:0",
	} {
		if file, line, column := c.Position(path); fmt.Sprintf("%s:%d:%d", file, line, column) != want {
			t.Errorf("%s: %s:%d:%d, want %s", path, file, line, column, want)
		}
	}
}

// TestPositionOfOthers: what a rule has from an anchor, a merge or the defaults
// of its file is found where it is written; settings are found in any file.
func TestPositionOfOthers(t *testing.T) {
	c, err := config.LoadFiles("copytaster.yaml", map[string][]byte{
		"copytaster.yaml": []byte(`include: [b.yaml]
listen: ""
sources:
  - &wire {name: a, feed: "https://a.example/", tags: [x, y]}
  - <<: *wire
    name: b
concepts:
  kim: &kim [Kim,
    Kim Jong-un]
  kims: {any: [*kim]}
rules: [{name: a, any: [$kims], only: {source: b}, to: [a]}]
defaults:
  only: {tag: [x,
    y]}
  except: {source: [a]}
`),
		"b.yaml": []byte("crawl: {workers: 3}\nrules: [{name: b, any: [x], to: a}]\n"),
	}, none)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"concepts.kims.any[0]":          "copytaster.yaml:8:8",
		"concepts.kims[0][1]":           "copytaster.yaml:9:5",
		"sources[1].name":               "copytaster.yaml:6:11",
		"sources[1].tags[1]":            "copytaster.yaml:4:59",
		"sources[7].name":               ":0:0",
		"rules[0].only.source[0]":       "copytaster.yaml:11:48",
		"rules[0].only.tag[1]":          "copytaster.yaml:14:5",
		"rules[0].except.source[0]":     "copytaster.yaml:15:21",
		"rules[0].to[0]":                "copytaster.yaml:11:57",
		"rules[0].also to[0]":           "copytaster.yaml:11:9",
		"rules[1].except.source[0]":     "b.yaml:2:9",
		"rules[x]":                      ":0:0",
		"rules":                         ":0:0",
		"crawl.workers":                 "b.yaml:1:18",
		"crawl.timeout":                 "b.yaml:1:8",
		"listen":                        "copytaster.yaml:2:9",
		"include[0]":                    "copytaster.yaml:1:11",
		"concepts.nobody[3]":            "copytaster.yaml:8:3",
		"concepts.kim.not near[0].x[1]": "copytaster.yaml:8:8",
		"":                              ":0:0",
	} {
		if file, line, column := c.Position(path); fmt.Sprintf("%s:%d:%d", file, line, column) != want {
			t.Errorf("%s: %s:%d:%d, want %s", path, file, line, column, want)
		}
	}
}

// TestFailurePosition: the failures of a rule's tests lead to their lines.
func TestFailurePosition(t *testing.T) {
	c, mistakes := loadText(t, "rules:\n  - name: a\n    any: [Kim]\n    tests:\n      - match: Putin\n      - match: Kim\n")
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	report := c.Rules.Test()
	if report.Passed != 1 || len(report.Failures) != 1 {
		t.Fatalf("%+v", report)
	}
	if _, line, _ := c.Position(report.Failures[0].Path); line != 5 {
		t.Errorf("line %d, want 5", line)
	}
}

func TestNextRuns(t *testing.T) {
	c, mistakes := loadText(t, `timezone: Europe/Moscow
sources:
  - {name: a, feed: "https://a.example/", schedule: 0 8 * * *}
  - {name: b, feed: "https://b.example/", enabled: false}
`)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	now := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	want := []time.Time{time.Date(2026, 1, 16, 5, 0, 0, 0, time.UTC), time.Date(2026, 1, 17, 5, 0, 0, 0, time.UTC)}
	if diff := cmp.Diff(want, c.NextRuns(c.Sources[0], now, 2)); diff != "" {
		t.Error(diff)
	}
	if got := c.NextRuns(c.Sources[1], now, 2); got != nil {
		t.Errorf("switched off, it runs at %s", got)
	}
}

func TestParseRules(t *testing.T) {
	d, err := config.ParseRules("a.yaml", []byte("concepts: {kim: [Kim]}\nrules:\n  - {name: a, any: [$kim, $nobody]}\n"))
	if err != nil || len(d.Rules) != 1 || d.Rules[0].Node.Any[1].Concept != "nobody" {
		t.Errorf("%+v, %v", d, err)
	}
	_, err = config.ParseRules("a.yaml", []byte("storage: x\nrules: [x]\n"))
	if err == nil || !strings.Contains(err.Error(), "a.yaml:1:1: unknown key `storage` in a rule file") || !strings.Contains(err.Error(), "a.yaml:2:9:") {
		t.Errorf("%v", err)
	}
	if d, err := config.ParseRules("a.yaml", nil); err != nil || len(d.Rules) != 0 {
		t.Errorf("of nothing: %+v, %v", d, err)
	}
}

// TestStorageOf: a config that is wrong still says where its last good copy is,
// and no other place is taken for it.
func TestStorageOf(t *testing.T) {
	t.Chdir(t.TempDir())
	for text, want := range map[string]string{
		"storage: a.db\n":                              "conf/a.db",
		"storage: a.db\nfoo: bar\n":                    "conf/a.db",
		"storage: \"a.db\"\nrules: [\n":                "conf/a.db",
		"storage: a.db\ninclude: [nowhere.yaml]\n":     "conf/a.db",
		"rules: [\n":                                   "conf/copytaster.db",
		"# storage: a.db\n":                            "conf/copytaster.db",
		"storage: postgres://db/news\nfoo: [\n":        "postgres://db/news",
		"storage: ${DB}\n":                             "the environment has no DB",
		"storage: ${DB}\nfoo: [\n":                     "the environment has no DB",
		"storage: [a.db]\n":                            "a text is wanted here",
		"storage: postgres://\n":                       "no URL of a PostgreSQL database",
		"storage: \"a.db\nrules: []\n":                 "this quote is never closed",
		"storage: postgres://u:${PW}@db/x\nfoo: bar\n": "the environment has no PW",
	} {
		write(t, "conf/copytaster.yaml", text)
		got, err := config.StorageOf("conf/copytaster.yaml", none)
		if err != nil && got == "" {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.Contains(got, want)) {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	if got, err := config.StorageOf("nowhere/copytaster.yaml", none); got != "nowhere/copytaster.db" || err != nil {
		t.Errorf("without a file: %q, %v", got, err)
	}
}

// TestCrawlOf: what is wrong elsewhere does not matter to who only crawls.
func TestCrawlOf(t *testing.T) {
	t.Chdir(t.TempDir())
	for text, wrong := range map[string]string{
		"crawl: {host_interval: 3s}\n":                                               "",
		"crawl: {host_interval: 3s}\nsources: [{name: a, feed: x}]\nrules: [{}]\n":   "",
		"crawl: {host_interval: 3s}\nslack: {token: \"${SLACK_BOT_TOKEN}\", foo: 1}": "",
		"crawwl: {host_interval: 3s}\n":                                              "unknown key `crawwl`",
		"crawl: {host_interval: 3}\n":                                                "no duration",
		"crawl: {user_agent: \"${WHO}\"}\n":                                          "the environment has no WHO",
		"crawl: {host_interval: 3s}\nrules: [\n":                                     "copytaster.yaml:2:",
	} {
		write(t, "copytaster.yaml", text)
		crawl, _, err := config.CrawlOf("copytaster.yaml", none)
		switch {
		case wrong == "" && (err != nil || crawl.HostInterval != 3*time.Second):
			t.Errorf("%q: %v, %v", text, crawl, err)
		case wrong != "" && (err == nil || !strings.Contains(err.Error(), wrong)):
			t.Errorf("%q: %v, want %q", text, err, wrong)
		}
	}
}
