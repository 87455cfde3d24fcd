package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// runHere runs the program in this process, on a terminal when that is wanted.
func runHere(t *testing.T, terminal bool, env map[string]string, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e strings.Builder
	s := stdio{in: strings.NewReader(""), out: &o, err: &e, outTerminal: terminal, errTerminal: terminal, columns: 40}
	s.env = func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	code = run(t.Context(), args, s)
	return code, o.String(), e.String()
}

func files(t *testing.T, texts map[string]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Words that were found are coloured on a terminal, unless it asks for none.
func TestColour(t *testing.T) {
	dir := files(t, map[string]string{"c.yaml": "rules: [{name: kim, any: [Kim]}]", "story.txt": "Kim spoke"})
	args := []string{"explain", "-c", filepath.Join(dir, "c.yaml"), filepath.Join(dir, "story.txt")}
	for _, tt := range []struct {
		terminal bool
		env      map[string]string
		want     string
	}{
		{true, nil, "title: \x1b[1;4;33mKim\x1b[22;24;0m spoke"},
		{true, map[string]string{"NO_COLOR": "1"}, "title: *Kim* spoke"},
		{true, map[string]string{"TERM": "dumb"}, "title: *Kim* spoke"},
		{false, nil, "title: *Kim* spoke"},
	} {
		code, out, stderr := runHere(t, tt.terminal, tt.env, args...)
		if code != 0 || !strings.Contains(out, tt.want) {
			t.Errorf("terminal %v, %v: exit %d, %q %s; want %q", tt.terminal, tt.env, code, out, stderr, tt.want)
		}
	}
}

// On a terminal extract speaks to people, elsewhere to programs.
func TestExtractFormat(t *testing.T) {
	dir := files(t, map[string]string{"empty": ""})
	for terminal, want := range map[bool]string{true: "nothing in it\n", false: `{"kind":"error","error":"there is nothing in it"}`} {
		if _, out, _ := runHere(t, terminal, nil, "extract", filepath.Join(dir, "empty")); !strings.Contains(out, want) {
			t.Errorf("terminal %v: %q, want %q", terminal, out, want)
		}
	}
}

func TestDoctorOnNarrowTerminal(t *testing.T) {
	code, out, _ := runHere(t, true, map[string]string{"NO_COLOR": "1", "COPYTASTER_CONFIG": "/nowhere.yaml"}, "doctor")
	if code != 1 || !strings.Contains(out, "! terminal: 40 columns\n  hint: ") || !strings.Contains(out, "✗ config: /nowhere.yaml: there is no such file\n") {
		t.Errorf("exit %d: %s", code, out)
	}
	code, out, _ = runHere(t, false, nil, "doctor", "--format", "json", "-c", "/nowhere.yaml")
	if code != 1 || !strings.Contains(out, `"ok": false`) || !strings.Contains(out, `"check": "config"`) {
		t.Errorf("exit %d: %s", code, out)
	}
}

// brokenPipe takes nothing.
type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("nobody reads") }

// An answer that nobody got is no success, whatever form it has.
func TestAnswerThatCannotBeWritten(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"version", "--format", "json"}, {"help"}, {"completion", "bash"}} {
		var e strings.Builder
		s := stdio{in: strings.NewReader(""), out: brokenPipe{}, err: &e, env: noEnv}
		if code := run(t.Context(), args, s); code == 0 || !strings.Contains(e.String(), "nobody reads") {
			t.Errorf("%v: exit %d, %q", args, code, e.String())
		}
	}
}

// An interrupted pass says so, and is no success.
func TestInterrupted(t *testing.T) {
	dir := files(t, map[string]string{"c.yaml": "listen: ''\nsources: [{name: a, feed: 'http://127.0.0.1:1/x'}]"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var o, e strings.Builder
	args := []string{"run", "--once", "-c", filepath.Join(dir, "c.yaml")}
	code := run(ctx, args, stdio{in: strings.NewReader(""), out: &o, err: &e, env: noEnv})
	if code != 1 || !strings.Contains(e.String(), "copytaster: error: ") {
		t.Errorf("exit %d: %s%s", code, o.String(), e.String())
	}
}

func TestGitHubEscapes(t *testing.T) {
	var out strings.Builder
	newOutput(stdio{out: &out, env: noEnv}).github("error", "a,b:c.yaml", 3, 0, "100 %\nof it: all")
	if want := "::error file=a%2Cb%3Ac.yaml,line=3::100 %25%0Aof it: all\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// What a stranger wrote neither steers the terminal nor turns its text around.
func TestHarmless(t *testing.T) {
	const stranger = "a\x1b]0;title\x07b\x1b[2Jc\u202ed\u2066e\u009bf\ng\th\r"
	const ours, link = "\x1b[1;97;41mx\x1b[0m", "\x1b]8;;https://a.example/\x1b\\y\x1b]8;;\x1b\\"
	for want, stay := range map[string]*regexp.Regexp{
		"[1;97;41mx[0m]8;;https://a.example/\\y]8;;\\":     nil,
		"[1;97;41mx\x1b[0m]8;;https://a.example/\\y]8;;\\": colours,
		"\x1b[1;97;41mx\x1b[0m" + link:                     messages,
	} {
		if got := harmless(ours+link+stranger, stay); got != want+"a]0;titleb[2Jcdef\ng\th" {
			t.Errorf("%v: %q, want %q", stay, got, want)
		}
	}
	for hides, want := range map[string]string{"\x1b[8mx": "[8mx", "\x1b[1;30;40mx": "[1;30;40mx", "\x1b[38;5;0mx": "[38;5;0mx", "\x1b[2;91mx": "\x1b[2;91mx"} {
		if got := harmless(hides, messages); got != want {
			t.Errorf("%q: %q, want %q", hides, got, want)
		}
	}
}

// TestScreen: everything that is written goes through a screen, and characters
// that come in two parts stay whole.
func TestScreen(t *testing.T) {
	var out, err bytes.Buffer
	o := newOutput(stdio{out: &out, err: &err, env: noEnv})
	text := "한\u202e국\u009b🏴\u200e\x1b[31m\r\n"
	for i := range len(text) {
		if _, err := o.Write([]byte{text[i]}); err != nil {
			t.Fatal(err)
		}
	}
	o.say("%s", text)
	o.note("%s", text)
	o.block(text)
	w, _ := o.alerts()
	fmt.Fprint(w, text, "\xff\n")
	if got, want := out.String(), "한국🏴[31m\n"; got != want+want+"\n"+want+"\ufffd\n" {
		t.Errorf("out: %q", got)
	}
	if got, want := err.String(), "한국🏴[31m\n"; got != "copytaster: "+want+"\n"+want {
		t.Errorf("err: %q", got)
	}
	(&tool{output: o}).logger(slog.LevelInfo).Warn(text, "x", text) //nolint:sloglint // the message is what is tested
	if strings.ContainsFunc(err.String(), func(r rune) bool { return r != '\n' && news.Unseen(r) }) {
		t.Errorf("log: %q", err.String())
	}
}

// TestEscaped: programs get what was written, as escapes that say nothing to a
// terminal.
func TestEscaped(t *testing.T) {
	var out strings.Builder
	o := newOutput(stdio{out: &out, err: io.Discard, env: noEnv})
	want := map[string]string{"a\u202e": "\u009b31m\u200e\U000e0041\x7f\x1b한국 & <b>\n\t"}
	if err := o.jsonLine(want); err != nil {
		t.Fatal(err)
	}
	text := strings.TrimSuffix(out.String(), "\n")
	if strings.ContainsFunc(text, news.Unseen) || !strings.Contains(text, "한국 & <b>") {
		t.Errorf("%q", text)
	}
	var got map[string]string
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil || !maps.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestTable(t *testing.T) {
	var out strings.Builder
	newOutput(stdio{out: &out, env: noEnv}).table([][]string{{"ID", "WHAT"}, {"1000", "한강일보"}, {"2", ""}})
	if want := "ID    WHAT\n1000  한강일보\n2\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

func TestWords(t *testing.T) {
	utc := newOutput(stdio{env: noEnv})
	for _, tt := range []struct{ got, want string }{
		{cut("한강일보 보도", 4), "한강일…"},
		{cut("short", 5), "short"},
		{orNone(""), "none"},
		{utc.shownTime(nil), "never"},
		{utc.shownTime(&time.Time{}), "never"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

// TestRunTimes: a day is named with its year, and only where it is not the one
// before it, nor today.
func TestRunTimes(t *testing.T) {
	late := time.Date(2026, 11, 23, 23, 50, 0, 0, time.UTC)
	utc := newOutput(stdio{env: noEnv})
	leap := time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC)
	seoul := time.FixedZone("KST", 9*60*60)
	for _, tt := range []struct {
		runs []time.Time
		zone *time.Location
		want string
	}{
		{[]time.Time{late, late.Add(5 * time.Minute), late.Add(10 * time.Minute)}, time.UTC, "23:50:00 UTC, 23:55:00, 24 Nov 2026 00:00:00 UTC"},
		{[]time.Time{late, late.Add(time.Minute)}, seoul, "08:50:00 KST, 08:51:00"},
		{[]time.Time{leap, leap.AddDate(4, 0, 0), leap.AddDate(8, 0, 0)}, time.UTC, "29 Feb 2028 00:00:00 UTC, 29 Feb 2032 00:00:00 UTC, 29 Feb 2036 00:00:00 UTC"},
		{nil, time.UTC, ""},
	} {
		if got := runTimes(tt.runs, tt.zone, late.Add(-time.Hour)); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
	if at := late.AddDate(-1, 0, 0); utc.shownTime(&at) != "23 Nov 2025 23:50:00 UTC" {
		t.Errorf("status says %q", utc.shownTime(&at))
	}
	if now := time.Now(); !strings.HasSuffix(utc.shownTime(&now), " UTC") || len(utc.shownTime(&now)) != len("15:04:05 UTC") {
		t.Errorf("now is %q", utc.shownTime(&now))
	}
}

// TestLogHidesSecrets: the log shows no secret, in whatever form it comes.
func TestLogHidesSecrets(t *testing.T) {
	for _, terminal := range []bool{false, true} {
		var log strings.Builder
		o := newOutput(stdio{err: &log, env: noEnv, errTerminal: terminal})
		o.logger(slog.LevelInfo).With("hook", "https://hooks.slack.com/services/T0/B0/hunter2").Info("told xapp-1-hunter2",
			"error", errors.New("post https://desk:hunter2@desk.example/?token=hunter2"), "stories", 7)
		o.fail(errors.New("xoxb-1-hunter2 is refused"))
		if got := log.String(); strings.Contains(got, "hunter2") || strings.Count(got, "[hidden]") != 5 || !strings.Contains(got, "7") {
			t.Errorf("on a terminal %v: %s", terminal, got)
		}
	}
}
