package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What changes from run to run: the age of the demo's stories, and how many
// have arrived on a slow machine.
var changing = regexp.MustCompile(`\d+ days after|in \d+ messages`)

// TestReadme types what the README shows: its console blocks, one after the
// other in one folder. Every line shown must be printed, in any order where "…"
// stands between them. The first YAML block is the config; those that follow
// must be right beside it, and their tests pass. One whose first line is a name
// ("# rules.yaml") is a file of that name, for the commands that follow.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	first := filepath.Join(dir, "copytaster.yaml")
	steps, name := 0, first
	for _, b := range blocks(string(text)) {
		switch named := b.named(); {
		case named != "":
			tryConfig(t, filepath.Join(dir, named), b.text)
		case b.language == "yaml":
			if name != first {
				b.text = "include: [" + first + "]\n" + b.text
			}
			tryConfig(t, name, b.text)
			name = filepath.Join(t.TempDir(), "more.yaml")
		case b.language == "console":
			for _, s := range commands(t, b.text) {
				steps++
				dir = typeIn(t, dir, s)
			}
		}
	}
	if steps < 5 {
		t.Errorf("only %d commands were found in the README", steps)
	}
}

// tryConfig writes a config and runs its tests.
func tryConfig(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	typeIn(t, filepath.Dir(name), step{command: "copytaster test -c " + name})
}

// block is a fenced block of Markdown.
type block struct{ language, text string }

var nameLine = regexp.MustCompile(`^# ([\w-]+\.yaml)\n`)

// named is the name of the YAML file that a block is, "" when it has none.
func (b *block) named() string {
	if m := nameLine.FindStringSubmatch(b.text); m != nil && b.language == "yaml" {
		return m[1]
	}
	return ""
}

func blocks(markdown string) []block {
	var all []block
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(markdown, -1) {
		all = append(all, block{m[1], m[2]})
	}
	return all
}

// step is a command with the lines that it is shown to print.
type step struct {
	command string
	lines   []string
}

// saysNo reports whether the last line shown is a verdict that makes the exit
// code 1: "✗ 1 passed, 1 failed".
func (s *step) saysNo() bool {
	return len(s.lines) > 0 && strings.HasPrefix(s.lines[len(s.lines)-1], "✗ ")
}

func commands(t *testing.T, session string) []step {
	t.Helper()
	var all []step
	for line := range strings.Lines(session) {
		line = strings.TrimSuffix(line, "\n")
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			all = append(all, step{command: command})
			continue
		}
		if len(all) == 0 {
			t.Fatalf("output without a command: %q", line)
		}
		all[len(all)-1].lines = append(all[len(all)-1].lines, line)
	}
	return all
}

// typeIn runs a command in a folder and returns the one that it leads to.
func typeIn(t *testing.T, dir string, s step) string {
	t.Helper()
	command := strings.ReplaceAll(s.command, "go run ./cmd/copytaster", "copytaster")
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command+"\nstatus=$?; pwd >&3; exit $status")
	cmd.Dir = dir
	where, err := os.CreateTemp(t.TempDir(), "pwd")
	if err != nil {
		t.Fatal(err)
	}
	defer where.Close()
	cmd.ExtraFiles = []*os.File{where}
	printed, err := cmd.CombinedOutput()
	if s.saysNo() != (cmd.ProcessState.ExitCode() == 1) || err != nil && !s.saysNo() {
		t.Fatalf("$ %s\n%s%v", s.command, printed, err)
	}
	if missing := notPrinted(s.lines, string(printed)); missing != "" {
		t.Errorf("$ %s\nthe README shows a line that is not printed:\n%s\nbut\n%s", s.command, missing, printed)
	}
	now, err := os.ReadFile(where.Name())
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(now))
}

// notPrinted returns the first shown line that was not printed. Lines that
// follow each other must have been printed so.
func notPrinted(shown []string, printed string) string {
	printed = "\n" + changing.ReplaceAllString(printed, "#")
	var run []string
	for _, line := range append(shown, "…") {
		if line != "…" {
			run = append(run, changing.ReplaceAllString(line, "#"))
			continue
		}
		if text := "\n" + strings.Join(run, "\n") + "\n"; len(run) > 0 && !strings.Contains(printed, text) {
			return strings.TrimSpace(text)
		}
		run = nil
	}
	return ""
}

// TestReadmeExamples: the examples in the second column of the tables about
// rules are right, nodes and keys of a rule alike.
func TestReadmeExamples(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, chapter, _ := strings.Cut(string(text), "\n## Rules\n")
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	config := "rules:\n"
	for i, m := range regexp.MustCompile("(?m)^\\|.*?\\| (`.*?`) \\|").FindAllStringSubmatch(chapter, -1) {
		for j, e := range regexp.MustCompile("`([{\\[].*?|[a-z ]+: .*?)`").FindAllStringSubmatch(m[1], -1) {
			if strings.ContainsAny(e[1][:1], "{[") {
				e[1] = "any: [" + e[1] + "]"
			} else {
				e[1] = "any: [Kim Jong-un], " + e[1]
			}
			if !strings.Contains(e[1], ", name: ") {
				e[1] += fmt.Sprintf(", name: example-%d-%d", i, j)
			}
			config += "  - {" + e[1] + "}\n"
		}
	}
	if n := strings.Count(config, "\n"); n < 25 {
		t.Errorf("only %d examples were found in the README", n)
	}
	tryConfig(t, filepath.Join(t.TempDir(), "examples.yaml"), config)
}

func TestNotPrinted(t *testing.T) {
	const printed = "one\ntwo\n10 days after\nthree\n"
	for _, tt := range []struct{ shown, missing string }{
		{"one\ntwo", ""},
		{"…\nthree\n…\none", ""},
		{"9 days after\nthree", ""},
		{"one\nthree", "one\nthree"},
		{"…\ntw", "tw"},
		{"four", "four"},
	} {
		if got := notPrinted(strings.Split(tt.shown, "\n"), printed); got != tt.missing {
			t.Errorf("%q: not printed: %q, want %q", tt.shown, got, tt.missing)
		}
	}
}

// Every key, command and flag that there is stands in the README.
func TestReadmeIsWhole(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	root := (&tool{output: newOutput(stdio{env: noEnv})}).root()
	for _, cmd := range root.Commands() {
		if name := cmd.Name(); name != "help" && !strings.Contains(string(text), "`"+name) {
			t.Errorf("the README does not know the command %s", name)
		}
	}
	schema, err := os.ReadFile("../../config/starter/copytaster.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(schema, &tree); err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	collectKeys(tree, keys)
	if len(keys) < 40 {
		t.Errorf("only %d keys were found in the schema", len(keys))
	}
	for _, key := range sortedKeys(keys) {
		if !regexp.MustCompile("[`.{ ]" + key + "[`:.]").Match(text) {
			t.Errorf("the README does not know the key %s", key)
		}
	}
}

// collectKeys collects the names of all properties of a JSON schema.
func collectKeys(schema any, keys map[string]bool) {
	switch s := schema.(type) {
	case []any:
		for _, v := range s {
			collectKeys(v, keys)
		}
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		for key := range properties {
			keys[key] = true
		}
		for _, v := range s {
			collectKeys(v, keys)
		}
	}
}
