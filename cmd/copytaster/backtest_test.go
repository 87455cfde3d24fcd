package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// interrupted runs a command that is interrupted at once, in a folder with a
// config and a file of stories.
func interrupted(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"copytaster.yaml": "listen: \"\"\nrules: [{name: grain, any: [grain]}]\n", "wire.jsonl": `{"title":"Grain"}`,
	} {
		if err := os.WriteFile(filepath.Join(".", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	code = run(ctx, args, stdio{in: strings.NewReader(""), out: &stdout, err: &stderr, env: noEnv})
	return code, stdout.String(), stderr.String()
}

func TestInterruptedBacktest(t *testing.T) {
	code, out, errs := interrupted(t, "backtest", "--from", "wire.jsonl")
	// The story may have been read by then, or not.
	if code != 1 || !strings.Contains(out, "1 rule: ") || !strings.Contains(errs, "interrupted: this is what was found so far") {
		t.Errorf("exit code %d, %s%s", code, out, errs)
	}
	code, out, _ = interrupted(t, "backtest", "--from", "wire.jsonl", "--format", "json")
	if code != 1 || !strings.Contains(out, `"interrupted": true`) {
		t.Errorf("exit code %d, %s", code, out)
	}
}

func TestInterruptedImport(t *testing.T) {
	code, out, errs := interrupted(t, "import", "--source", "wire", "wire.jsonl")
	if code != 1 || strings.Contains(out, "1 new") || !strings.Contains(errs, "error: ") && !strings.Contains(errs, "interrupted: ") {
		t.Errorf("exit code %d, %s%s", code, out, errs)
	}
}

// Of very many rules people are shown the first hundred, with one story each.
func TestManyRules(t *testing.T) {
	var config strings.Builder
	config.WriteString("listen: \"\"\nrules:\n")
	for i := range 1500 {
		fmt.Fprintf(&config, "  - {name: rule-%04d, any: [%s]}\n", i, []string{"grain", "uranium"}[i%2])
	}
	t.Chdir(t.TempDir())
	stories := strings.Repeat(`{"title":"Grain"}`+"\n", 5)
	for name, text := range map[string]string{
		"copytaster.yaml": config.String(), "wire.jsonl": stories,
		"other.yaml": strings.ReplaceAll(config.String(), "grain", "uranium"),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ args, rest, not string }{
		{"", "and 650 rules more", "rule-0200 5 matches"}, {"--diff other.yaml", "and 650 rules more", "rule-0200 +0"},
	} {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), append([]string{"backtest", "--from", "wire.jsonl"}, strings.Fields(c.args)...),
			stdio{out: &stdout, err: &stderr, env: func(string) (string, bool) { return "", false }})
		out := stdout.String()
		if code != 0 || !strings.Contains(out, c.rest) || strings.Contains(out, c.not) || strings.Count(out, "    title: *Grain*") != 100 {
			t.Errorf("%s: exit code %d, %.2000s%s", c.args, code, out, &stderr)
		}
		if c.args == "" && !strings.Contains(out, "no match: rule-0001, rule-0003, ") || c.args == "" && !strings.Contains(out, " and 730 more") {
			t.Errorf("the silent rules are not named: %s", out[max(0, len(out)-500):])
		}
	}
}

func TestSinceWhen(t *testing.T) {
	noon, seoul := time.Date(2026, 12, 5, 12, 0, 0, 0, time.UTC), time.FixedZone("KST", 9*60*60)
	for text, want := range map[string]time.Time{
		"": {}, "36h": noon.Add(-36 * time.Hour), "30d": noon.AddDate(0, 0, -30), "2w": noon.AddDate(0, 0, -14),
		"2026-11-05": time.Date(2026, 11, 4, 15, 0, 0, 0, time.UTC),
	} {
		if got, err := sinceWhen("since", text, noon, seoul); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"30", "d", "-3d", "1.5d", "123456d", "5 Nov", "2026-13-01", "1m"} {
		if got, err := sinceWhen("since", text, noon, seoul); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestSparkline(t *testing.T) {
	first := time.Date(2026, 2, 27, 0, 0, 0, 0, time.UTC)
	byDay := map[string]int{"2026-02-27": 1, "2026-03-01": 8, "2026-03-02": 4, "undated": 100}
	if got := sparkline(byDay, first, 5); got != "[▁ █▄ ]" {
		t.Error(got)
	}
	if got := sparkline(byDay, first, 1000); utf8.RuneCountInString(got) != 42 {
		t.Errorf("%q is too wide", got)
	}
	if got := sparkline(nil, first, 3); got != "[   ]" {
		t.Error(got)
	}
}
