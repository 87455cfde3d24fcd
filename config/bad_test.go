package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/copytaster/copytaster/config"
)

var update = flag.Bool("update", false, "write what the mistakes are into testdata")

// archive is a case of testdata: files, the environment, what is wanted.
type archive struct {
	path   string
	parsed *txtar.Archive
	env    map[string]string
	want   string
	files  map[string][]byte
}

// archives reads testdata. The comment at the top may set the environment:
// "env: NAME=value".
func archives(t testing.TB, pattern string) []archive {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files match %s: %v", pattern, err)
	}
	var all []archive
	for _, path := range paths {
		parsed, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		abs, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		a := archive{path: abs, parsed: parsed, env: map[string]string{}, files: map[string][]byte{}}
		for line := range strings.Lines(string(parsed.Comment)) {
			if pair, ok := strings.CutPrefix(strings.TrimSpace(line), "env: "); ok {
				name, value, _ := strings.Cut(pair, "=")
				a.env[name] = value
			}
		}
		for _, f := range parsed.Files {
			if f.Name == "want" {
				a.want = string(f.Data)
				continue
			}
			a.files[f.Name] = f.Data
		}
		all = append(all, a)
	}
	return all
}

func (a archive) name() string { return strings.TrimSuffix(filepath.Base(a.path), ".txtar") }

func (a archive) getenv(name string) (string, bool) {
	value, ok := a.env[name]
	return value, ok
}

// unpack writes the files into a folder of their own and goes there.
func (a archive) unpack(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range a.files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// load loads the case from the disk, or from copies when packs are among them:
// those of the program change with the news.
func (a archive) load(t *testing.T) (*config.Config, error) {
	for name := range a.files {
		if strings.HasPrefix(name, "pack:") {
			return config.LoadFiles("copytaster.yaml", a.files, a.getenv)
		}
	}
	a.unpack(t)
	return config.Load("copytaster.yaml", a.getenv)
}

// rewrite replaces what is wanted in the case's file.
func (a archive) rewrite(t *testing.T, got string) {
	t.Helper()
	for i := range a.parsed.Files {
		if a.parsed.Files[i].Name == "want" {
			a.parsed.Files[i].Data = []byte(got)
		}
	}
	if err := os.WriteFile(a.path, txtar.Format(a.parsed), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestBad loads one wrong config after another and compares all that people
// get to see: messages, source lines, carets, hints. The word hunter2 stands
// for secrets in all of them and must never come out.
func TestBad(t *testing.T) {
	cases := archives(t, "testdata/bad/*.txtar")
	if len(cases) < 45 {
		t.Errorf("only %d cases: was testdata lost?", len(cases))
	}
	for _, a := range cases {
		t.Run(a.name(), func(t *testing.T) {
			c, err := a.load(t)
			if err == nil {
				t.Fatalf("it was accepted: %+v", c)
			}
			mistakes, ok := err.(config.Mistakes)
			if !ok || len(mistakes.Errors()) == 0 {
				t.Fatalf("the error is a %T without errors: %v", err, err)
			}
			got := err.Error() + "\n"
			if *update {
				a.rewrite(t, got)
				return
			}
			if diff := cmp.Diff(a.want, got); diff != "" {
				t.Errorf("want (-) got (+):\n%s", diff)
			}
			if strings.Contains(got, "hunter2") {
				t.Error("a secret came out")
			}
			if _, err := config.LoadFiles("copytaster.yaml", a.files, a.getenv); err == nil {
				t.Error("from copies it was accepted")
			}
		})
	}
}
