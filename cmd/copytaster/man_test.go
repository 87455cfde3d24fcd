package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/copytaster/copytaster/internal/app"
)

// Each command has a page that names its flags, and man finds nothing to warn of.
func TestManualPages(t *testing.T) {
	folder := t.TempDir()
	root := (&tool{output: newOutput(stdio{env: noEnv})}).root()
	root.InitDefaultCompletionCmd()
	if err := writePages(root, folder, app.Build{Version: "v1.2.3", Date: "2026-11-29T20:11:11Z"}); err != nil {
		t.Fatal(err)
	}
	pages, err := filepath.Glob(filepath.Join(folder, "*.1"))
	if err != nil {
		t.Fatal(err)
	}
	for name, cmd := range commandsOf(root) {
		page, err := os.ReadFile(filepath.Join(folder, "copytaster-"+strings.ReplaceAll(name, " ", "-")+".1"))
		if cmd.Hidden != (err != nil) {
			t.Errorf("%s is hidden: %v, its page: %v", name, cmd.Hidden, err)
		}
		cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if !cmd.Hidden && !bytes.Contains(page, []byte(roff("--"+f.Name))) {
				t.Errorf("the page of %s does not name --%s", name, f.Name)
			}
		})
	}
	for _, page := range pages {
		if out := reader(t, "man", "--warnings=w", "-l", page); strings.Contains(out, "warning") {
			t.Error(out)
		}
	}
}

// reader runs man, which may be absent. It returns what it says to both.
func reader(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(args[0]); err != nil && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "MANPAGER=cat", "MANWIDTH=90", "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return string(out)
}

// A page shows what --help shows, whatever stands there.
func TestManualPageReads(t *testing.T) {
	cmd := &cobra.Command{
		Use: "copytaster STORY", Short: "Tell a story", RunE: func(*cobra.Command, []string) error { return nil },
		Long: "Tell it.\n.TH is no command here, and\n'neither' is this. Type `copytaster tell` or \\n.\n\n" +
			"Begin with  one\n            another\n\nThe end — 끝.",
	}
	cmd.Flags().String("where", "here", "the `place` of it")
	cmd.Flags().Bool("secret", false, "nobody is told")
	if err := cmd.Flags().MarkHidden("secret"); err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(t.TempDir(), "copytaster.1")
	if err := os.WriteFile(page, manualPage(cmd, app.Build{Version: "dev", Date: "unknown"}), 0o600); err != nil {
		t.Fatal(err)
	}
	out := reader(t, "man", "--warnings=w", "-l", page)
	lines := slices.Collect(strings.Lines(out))
	for _, want := range []string{
		"       copytaster STORY [--flags]\n",
		"       Tell it.  .TH is no command here, and 'neither' is this. Type copytaster tell or\n", "       \\n.\n",
		"       Begin with  one\n", "                   another\n", "       The end — 끝.\n",
		"       --where place\n", "              the place of it (default here)\n",
	} {
		if !slices.Contains(lines, want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if strings.Contains(out, "secret") || strings.Contains(out, "warning") || strings.Contains(out, "unknown") || t.Failed() {
		t.Errorf("it reads:\n%s", out)
	}
}
