package yamlfile_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/internal/news"
)

var update = flag.Bool("update", false, "write what the diagnostics are into testdata")

// slips knows some keys, of which "at" begins another.
var slips = yamlfile.NewSlips([]string{
	"name", "any", "all", "at", "at least", "of", "none", "never", "near", "within", "only", "topic", "to", "tests",
	"match", "rules", "concepts", "sources", "feed", "tags", "alerts", "routes", "include", "language", "title",
})

// shown is a diagnostic as a case has it.
func shown(f yamlfile.Diagnostic) string {
	text := fmt.Sprintf("%d:%d: %s\n", f.Line, f.Column, f.Message)
	if f.Excerpt != "" {
		text += "  | " + f.Excerpt + "\n"
	}
	if f.Hint != "" {
		text += "  hint: " + f.Hint + "\n"
	}
	return text
}

// TestDiagnostics runs the cases of testdata, pairs of a text that is not YAML and
// its diagnostic.
func TestDiagnostics(t *testing.T) {
	for _, path := range caseFiles(t) {
		cases, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(cases.Files); i += 2 {
			text, want := cases.Files[i], &cases.Files[i+1]
			f := yamlfile.New("a.yaml", text.Data)
			diagnostic := f.Parse()
			if diagnostic == nil {
				t.Errorf("%s, %s: no diagnostic", path, text.Name)
				continue
			}
			got := shown(f.Place(diagnostic, slips))
			if diff := cmp.Diff(string(want.Data), got); diff != "" && !*update {
				t.Errorf("%s, %s: want (-) got (+):\n%s", path, text.Name, diff)
			}
			want.Data = []byte(got)
		}
		if *update {
			if err := os.WriteFile(path, txtar.Format(cases), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func caseFiles(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	return paths
}

// TestUnreadable: bytes that cannot be written into a case.
func TestUnreadable(t *testing.T) {
	for text, want := range map[string]string{
		"\xff\xfea\x00":                "1:1: the file is UTF-16\n  | \ufffd…\n  hint: save it as UTF-8\n",
		"a: b\nc: \xe9t\xe9":           "2:4: the text is not UTF-8 here\n  | c: \ufffd…\n  hint: save the file as UTF-8\n",
		"a: \x01":                      "1:4: a control character stands here\n  | a: \ufffd\n  hint: delete it\n",
		"a: &b [*b]\n":                 "1:8: the alias stands inside the value that it repeats\n  | a: &b [*…\n",
		"a: 1\n---\nb: 2\n":            "2:1: a second document begins here\n  | -…\n  hint: put it into a file of its own and include that\n",
		strings.Repeat("- ", 70) + "x": "1:129: the values nest too deeply: more than 64 levels\n  | " + strings.Repeat("- ", 64) + "-…\n",
	} {
		f := yamlfile.New("a.yaml", []byte(text))
		diagnostic := f.Parse()
		if diagnostic == nil {
			t.Errorf("%q: no diagnostic", text)
			continue
		}
		if diff := cmp.Diff(want, shown(f.Place(diagnostic, slips))); diff != "" {
			t.Errorf("%q: want (-) got (+):\n%s", text, diff)
		}
	}
}

// TestTooLarge: aliases that multiply end in a diagnostic, not in a full memory.
func TestTooLarge(t *testing.T) {
	text := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := range 9 {
		text += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.Repeat(fmt.Sprintf("*a%d, ", i), 10))
	}
	diagnostic := yamlfile.New("a.yaml", []byte(text)).Parse()
	if diagnostic == nil || diagnostic.Message != "the aliases of this file repeat too much" {
		t.Errorf("the diagnostic is %+v", diagnostic)
	}
}

// TestTree: a key is looked up in a map itself, then in those that it merges.
func TestTree(t *testing.T) {
	text := "base: &base {a: 1, b: [x, y]}\nmore: &more {c: 3}\nmine:\n  <<: [*base, *more]\n  a: 2\n"
	f := yamlfile.New("a.yaml", []byte(text))
	if diagnostic := f.Parse(); diagnostic != nil {
		t.Fatal(diagnostic)
	}
	mine := yamlfile.Lookup(f.Top, "mine")
	for key, want := range map[string]string{"a": "2", "c": "3"} {
		if n := yamlfile.Lookup(mine, key); n == nil || n.Value != want {
			t.Errorf("%s is %v, want %s", key, n, want)
		}
	}
	if n := yamlfile.Lookup(mine, "d"); n != nil {
		t.Errorf("d is %v", n)
	}
	if all := yamlfile.Elements(yamlfile.Lookup(mine, "b")); len(all) != 2 {
		t.Errorf("b has %d elements", len(all))
	}
	var keys []string
	yamlfile.EachKey(mine, func(key string, _ *yaml.Node) { keys = append(keys, key) })
	if got := strings.Join(keys, " "); got != "a a b c" {
		t.Errorf("the keys are %s", got)
	}
}

// TestAgain: a bare file has no tree, and the same one when it is parsed again,
// with the same lines hidden.
func TestAgain(t *testing.T) {
	f := yamlfile.New("a.yaml", []byte("storage: a.db\nlisten: b\n"))
	if diagnostic := f.Parse(); diagnostic != nil {
		t.Fatal(diagnostic)
	}
	f.Hide(1)
	bare := f.Bare()
	if bare.Top != nil {
		t.Error("a bare file has a tree")
	}
	again := bare.Again()
	if n := yamlfile.Lookup(again.Top, "listen"); n == nil || n.Line != 2 {
		t.Errorf("listen is %v", n)
	}
	if got := again.Excerpt(1) + "\n" + again.Excerpt(2); got != "storage: [hidden]\nlisten: b" {
		t.Errorf("the lines are %q", got)
	}
	if got := again.Rest(2, 9); got != "b" {
		t.Errorf("the rest is %q", got)
	}
}

func TestOddSpaceIn(t *testing.T) {
	for key, want := range map[string]int{"name": 0, "na\u00a0me": 3, "\u200bname": 1, "имя\u3000": 4, "": 0} {
		if diagnostic, ok := yamlfile.OddSpaceIn(key); ok != (want > 0) || diagnostic.Column != want {
			t.Errorf("%q: column %d, want %d", key, diagnostic.Column, want)
		}
	}
}

// FuzzParse holds that every text is parsed or has a diagnostic within it, and that
// no line that is shown holds one of Slack's tokens or a character that is not
// to be shown.
func FuzzParse(f *testing.F) {
	for _, path := range caseFiles(f) {
		cases, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, one := range cases.Files {
			f.Add(one.Data)
		}
	}
	f.Add([]byte("slack: {token: xoxb-1-hunter2}\nsources: [{name: a, proxy: http://a:b@c}]\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := yamlfile.New("a.yaml", text)
		lines := 1
		for _, end := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
			lines += strings.Count(string(text), end)
		}
		for line := range min(lines, 50) {
			checkShown(t, file.Excerpt(line+1))
		}
		diagnostic := file.Parse()
		if diagnostic == nil {
			if again := file.Bare().Again(); (again.Top == nil) != (file.Top == nil) {
				t.Error("it is parsed differently again")
			}
			return
		}
		if file.Top != nil {
			t.Error("there is a tree and a diagnostic")
		}
		placed := file.Place(diagnostic, slips)
		checkShown(t, placed.Excerpt)
		if placed.Line < 1 || placed.Line > lines || placed.Column < 1 || placed.Message == "" {
			t.Errorf("the diagnostic is %+v", placed)
		}
	})
}

func checkShown(t *testing.T, line string) {
	t.Helper()
	if news.HoldsSlackToken(line) || yamlfile.Visible(line) != line || utf8.RuneCountInString(line) > 161 {
		t.Errorf("the line is shown as %q", line)
	}
}
