package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the top of the repository, seen from this folder.
const root = "../.."

// What changes from run to run: the age of the demo's stories.
var changing = regexp.MustCompile(`\d+ days after`)

// documents returns the names of all documents, relative to the top of the
// repository.
func documents(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, pattern := range []string{"README.md", "CONTRIBUTING.md", "docs/*.md"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			all = append(all, strings.TrimPrefix(filepath.ToSlash(name), root+"/"))
		}
	}
	if len(all) < 6 {
		t.Fatalf("only these documents were found: %q", all)
	}
	return all
}

func textOf(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDocuments types what each document shows: its console blocks, one after
// the other in one folder. Every line shown must be printed, in any order where
// "…" stands between them. The first YAML block without a name is
// copytaster.yaml. Those that follow must be right beside it, and their tests
// pass. One whose first line is a name ("# rules.yaml") is a file of that name,
// for the commands that follow.
//
// A block of another kind is a mistake, except the JSON of docs/reference.md,
// which TestJSONShapes compares, and a block under <!-- not run: REASON -->.
func TestDocuments(t *testing.T) {
	for _, name := range documents(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := session{dir: t.TempDir(), extra: t.TempDir()}
			for _, b := range blocks(t, textOf(t, name)) {
				if b.reason == "" {
					s.do(t, &b)
				}
			}
			if name == "README.md" && s.steps < 3 {
				t.Errorf("only %d commands were found", s.steps)
			}
		})
	}
}

// session is what was typed of a document so far.
type session struct {
	dir         string // the folder that the last command led to
	first       string // name of the document's config
	extra       string // folder of the configs that include it
	steps, more int
}

func (s *session) do(t *testing.T, b *block) {
	t.Helper()
	switch {
	case b.named() != "":
		tryConfig(t, filepath.Join(s.dir, b.named()), b.text)
	case b.language == "yaml" && s.first == "":
		s.first = filepath.Join(s.dir, "copytaster.yaml")
		tryConfig(t, s.first, b.text)
	case b.language == "yaml":
		name := filepath.Join(s.extra, fmt.Sprintf("more%d.yaml", s.more))
		tryConfig(t, name, "include: ["+s.first+"]\n"+b.text)
		s.more++
	case b.language == "console":
		for _, step := range commands(t, b.text) {
			s.dir = typeIn(t, s.dir, step)
			s.steps++
		}
	case b.language == "json" && b.label != "":
	default:
		t.Errorf("line %d: nothing runs this block (%q): if nothing can, say why above it: <!-- not run: REASON -->",
			b.line, b.language)
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
type block struct {
	line            int    // of its fence
	language, label string // the words behind the fence: the first, the others
	text            string
	reason          string // why it is not run; "" when it is
}

var nameLine = regexp.MustCompile(`^# ([\w-]+\.yaml)\n`)

// named returns the name of the YAML file that a block is, "" when it has none.
func (b *block) named() string {
	if m := nameLine.FindStringSubmatch(b.text); m != nil && b.language == "yaml" {
		return m[1]
	}
	return ""
}

var notRun = regexp.MustCompile(`^<!-- not run: (\S.{5,}) -->$`)

// blocks returns the fenced blocks of a document, those within lists included.
func blocks(t *testing.T, markdown string) []block {
	t.Helper()
	var all []block
	var reason string
	open := false
	for i, line := range strings.Split(markdown, "\n") {
		fence, isFence := strings.CutPrefix(strings.TrimSpace(line), "```")
		switch {
		case isFence && !open:
			language, label, _ := strings.Cut(fence, " ")
			all = append(all, block{line: i + 1, language: language, label: label, reason: reason})
			open, reason = true, ""
		case isFence:
			open = false
		case open:
			all[len(all)-1].text += line + "\n"
		case notRun.MatchString(line):
			reason = notRun.FindStringSubmatch(line)[1]
		case line != "" && reason != "" || strings.HasPrefix(line, "<!-- not run"):
			t.Errorf("line %d: a reason not to run must be given directly above a block", i+1)
			reason = ""
		}
	}
	if open {
		t.Error("the last block has no end")
	}
	return all
}

func TestBlocks(t *testing.T) {
	const markdown = "# A\n```yaml\na: 1\n```\n\n<!-- not run: needs nginx -->\n```nginx\nlisten\n```\n- b\n  ```json check\n  {}\n  ```\n"
	want := []block{
		{line: 2, language: "yaml", text: "a: 1\n"},
		{line: 7, language: "nginx", text: "listen\n", reason: "needs nginx"},
		{line: 11, language: "json", label: "check", text: "  {}\n"},
	}
	if got := blocks(t, markdown); !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// step is a command with the lines that it is shown to print.
type step struct {
	command string
	lines   []string
}

// saysNo reports whether a line shown is a verdict that makes the exit code 1:
// "✗ 1 passed, 1 failed" as the last line, or an error.
func (s *step) saysNo() bool {
	if len(s.lines) == 0 {
		return false
	}
	last := s.lines[len(s.lines)-1]
	return strings.HasPrefix(last, "✗ ") || strings.HasPrefix(last, "copytaster: error: ")
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
		t.Errorf("$ %s\nthe document shows a line that is not printed:\n%s\nbut\n%s", s.command, missing, printed)
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

var (
	headed  = regexp.MustCompile(`(?m)^\|.*\|$\n^\|[ :|-]+\|$\n(?:^\|.*\|$\n)+`)
	example = regexp.MustCompile("`([{\\[].*?|[a-z ]+: .*?)`")
)

// TestRuleExamples: what the tables of docs/rules.md show in a column headed
// "here" or "example" is a part of a rule, or a rule's key, and right. So are the
// maps that begin a line of its text.
func TestRuleExamples(t *testing.T) {
	config, text := "rules:\n", textOf(t, "docs/rules.md")
	for _, m := range regexp.MustCompile("(?m)^`{.*}`").FindAllString(text, -1) {
		config += examples(m, strings.Count(config, "\n"))
	}
	for _, table := range tables(text) {
		column := slices.IndexFunc(table[0], func(title string) bool { return title == "here" || title == "example" })
		for _, row := range table[1:] {
			if column >= 0 {
				config += examples(row[column], strings.Count(config, "\n"))
			}
		}
	}
	if n := strings.Count(config, "\n"); n < 45 {
		t.Errorf("only %d examples were found in docs/rules.md", n)
	}
	tryConfig(t, filepath.Join(t.TempDir(), "examples.yaml"), config)
}

// tables returns the cells of all tables of a document, each with its head as the
// first row.
func tables(markdown string) [][][]string {
	var all [][][]string
	for _, table := range headed.FindAllString(markdown, -1) {
		var rows [][]string
		for i, row := range strings.Split(strings.TrimSpace(table), "\n") {
			if i != 1 { // which only parts the head from the rest
				rows = append(rows, cells(row))
			}
		}
		all = append(all, rows)
	}
	return all
}

// cells returns the cells of a table's row. A bar in a cell is written \|.
func cells(row string) []string {
	const bar = "\x00"
	all := strings.Split(strings.ReplaceAll(row, `\|`, bar), "|")
	for i, cell := range all {
		all[i] = strings.TrimSpace(strings.ReplaceAll(cell, bar, "|"))
	}
	return all[1 : len(all)-1]
}

// examples returns the rules that a cell shows, a line each, named by number.
func examples(cell string, number int) string {
	var all strings.Builder
	for _, m := range example.FindAllStringSubmatch(cell, -1) {
		rule := "any: [Kim Jong-un], " + m[1]
		if strings.ContainsAny(m[1][:1], "{[") {
			rule = "any: [" + m[1] + "]"
		}
		if !strings.Contains(rule, ", name: ") {
			rule += fmt.Sprintf(", name: example-%d", number)
			number++
		}
		fmt.Fprintf(&all, "  - {%s}\n", rule)
	}
	return all.String()
}

// TestReadmeIsShort: who is new reads it on a phone.
func TestReadmeIsShort(t *testing.T) {
	if n := strings.Count(textOf(t, "README.md"), "\n"); n > 250 {
		t.Errorf("the README has %d lines; what is over 250 belongs into docs", n)
	}
}
