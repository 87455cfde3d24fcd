package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// The limits of the house, in lines.
const (
	maxFile     = 400
	maxFunction = 80
	usual       = 35 // nine of ten functions
)

// function is a declared function with the lines it spans.
type function struct {
	file  *file
	decl  *ast.FuncDecl
	lines int
}

func (m *module) functions(files []*file) []function {
	var all []function
	for _, f := range files {
		for _, d := range f.syntax.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				lines := m.fset.Position(d.End()).Line - m.fset.Position(d.Pos()).Line + 1
				all = append(all, function{f, d, lines})
			}
		}
	}
	return all
}

func checkSizes(m *module) []violation {
	var found []violation
	for _, f := range m.files {
		if f.lines > maxFile {
			found = append(found, violation{file: f.path, text: fmt.Sprintf("%d lines, at most %d", f.lines, maxFile)})
		}
	}
	for _, fn := range m.functions(m.files) {
		if fn.lines > maxFunction {
			found = append(found, m.at(fn.decl.Pos(), fmt.Sprintf("%s has %d lines, at most %d", fn.decl.Name.Name, fn.lines, maxFunction)))
		}
	}
	return append(found, tooManyLong(m)...)
}

// tooManyLong names the functions that are over the usual size when they are
// more than one in ten.
func tooManyLong(m *module) []violation {
	all := m.functions(m.code())
	long := slices.DeleteFunc(slices.Clone(all), func(fn function) bool { return fn.lines <= usual })
	if 10*len(long) <= len(all) {
		return nil
	}
	var found []violation
	for _, fn := range long {
		text := fmt.Sprintf("%s has %d lines, and %d of %d functions have over %d, at most one in ten may", fn.decl.Name.Name, fn.lines, len(long), len(all), usual)
		found = append(found, m.at(fn.decl.Pos(), text))
	}
	return found
}

// caseFiles are the endings of files in testdata that are written as tests:
// tables of cases, scripts, archives of pairs.
var caseFiles = []string{".yaml", ".yml", ".txt", ".txtar", ".tsv"}

// testedElsewhere are packages whose tests may have less than half the lines of
// their code, with what holds them instead.
var testedElsewhere = map[string]string{
	"internal/archtest":      "it is nothing but tests",
	"internal/bench":         "it prints figures, and runs the daemon that internal/app tests",
	"internal/cluster/bench": "it prints figures of what internal/cluster tests",
	"crawler/extract/bench":  "it prints figures of what crawler/extract tests",
}

// testLines are the lines of a package: its code, its tests, and the cases in
// its testdata.
type testLines struct{ code, tests, cases int }

// checkTestLines counts over the whole module, this package apart, and over each
// package.
func checkTestLines(m *module) []violation {
	all, err := caseLines(os.DirFS(m.root))
	if err != nil {
		return []violation{{file: ".", text: err.Error()}}
	}
	for _, f := range m.files {
		n := all[f.folder]
		if f.test || slices.Contains(testPackages, f.folder) {
			n.tests += f.lines
		} else {
			n.code += f.lines
		}
		all[f.folder] = n
	}
	delete(all, "internal/archtest")
	var sum testLines
	var found []violation
	for folder, n := range all {
		sum = testLines{sum.code + n.code, sum.tests + n.tests, sum.cases + n.cases}
		if _, ok := testedElsewhere[folder]; !ok && 2*(n.tests+n.cases) < n.code {
			text := fmt.Sprintf("%d lines of code, but %d of tests in Go and %d of cases in testdata: less than half", n.code, n.tests, n.cases)
			found = append(found, violation{file: folder, text: text})
		}
	}
	if sum.tests+sum.cases < sum.code {
		text := fmt.Sprintf("%d lines of code, but %d of tests in Go and %d of cases in testdata", sum.code, sum.tests, sum.cases)
		found = append(found, violation{file: ".", text: text})
	}
	return found
}

// caseLines counts the lines of cases by package.
func caseLines(tree fs.FS) (map[string]testLines, error) {
	all := map[string]testLines{}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != "." || isModule(tree, name) && name != "."):
			return fs.SkipDir
		}
		folder, _, ok := strings.Cut(name, "/testdata/")
		if d.IsDir() || !ok || !slices.Contains(caseFiles, path.Ext(name)) {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		n := all[folder]
		n.cases += bytes.Count(text, []byte("\n"))
		all[folder] = n
		return err
	})
	return all, err
}

// goFile writes a file of one function with the given number of lines.
func goFile(lines int) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("package rules\n\nfunc f() {\n" + strings.Repeat("\t_ = 0\n", lines-2) + "}\n")}
}

func TestSizes(t *testing.T) {
	for _, tt := range []struct {
		name  string
		tree  fstest.MapFS
		wants []string
	}{
		{"a function of 80 lines among short ones", short(9, "rules/long.go", goFile(80)), nil},
		{"a function of 81 lines", short(10, "rules/long.go", goFile(81)), []string{"f has 81 lines, at most 80"}},
		{"a test of 81 lines", short(10, "rules/long_test.go", goFile(81)), []string{"f has 81 lines, at most 80"}},
		{"one long function of ten", short(9, "rules/long.go", goFile(36)), nil},
		{"one long function of nine", short(8, "rules/long.go", goFile(36)), []string{"1 of 9 functions have over 35"}},
		{"a file of 400 lines", fstest.MapFS{"rules/a.go": comments(400)}, nil},
		{"a file of 401 lines in a module inside", fstest.MapFS{"rules/bench/go.mod": {}, "rules/bench/a.go": comments(401)}, nil},
		{"a file of 401 lines of others", fstest.MapFS{"rules/third_party/x/a.go": comments(401)}, nil},
		{"a file of 401 lines", fstest.MapFS{"rules/a.go": comments(401)}, []string{"401 lines, at most 400"}},
	} {
		m, err := parseModule("", tt.tree)
		if err != nil {
			t.Fatal(err)
		}
		found := checkSizes(m)
		if len(found) != len(tt.wants) {
			t.Errorf("%s: found %v, want %q", tt.name, found, tt.wants)
			continue
		}
		for i, want := range tt.wants {
			if !strings.Contains(found[i].text, want) {
				t.Errorf("%s: found %v, want %q", tt.name, found[i], want)
			}
		}
	}
}

// short is a tree of n short functions beside one other file.
func short(n int, name string, other *fstest.MapFile) fstest.MapFS {
	tree := fstest.MapFS{name: other}
	for i := range n {
		tree[fmt.Sprintf("rules/short%d.go", i)] = goFile(35)
	}
	return tree
}

func comments(lines int) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("package rules\n" + strings.Repeat("// x\n", lines-1))}
}

func TestCaseLines(t *testing.T) {
	tree := fstest.MapFS{
		"rules/testdata/cases.yaml":               {Data: []byte("a\nb\n")},
		"cmd/copytaster/testdata/script/demo.txt": {Data: []byte("c\n")},
		"rules/testdata/page.html":                {Data: []byte("a\nb\n")},
		"rules/pack.yaml":                         {Data: []byte("a\nb\n")},
		"internal/archtest/testdata/a.txt":        {Data: []byte("a\nb\n")},
		".git/testdata/a.txt":                     {Data: []byte("a\nb\n")},
	}
	want := map[string]testLines{"rules": {cases: 2}, "cmd/copytaster": {cases: 1}, "internal/archtest": {cases: 2}}
	if got, err := caseLines(tree); !maps.Equal(got, want) || err != nil {
		t.Errorf("lines of cases %v, error %v; want %v", got, err, want)
	}
}
