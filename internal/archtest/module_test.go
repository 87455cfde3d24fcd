package archtest

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// modulePath is the module whose house this is; testdata/bad bears it too.
const modulePath = "github.com/copytaster/copytaster"

// module is the parsed source of a module.
type module struct {
	root  string
	fset  *token.FileSet
	files []*file
}

// file is one Go file of a module, whatever its build constraints.
type file struct {
	path     string // relative to the module, with slashes
	folder   string // the package's path below the module
	test     bool
	external bool // of package x_test
	lines    int
	text     []string // by line
	syntax   *ast.File
}

func loadModule(t *testing.T, root string) *module {
	t.Helper()
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	m, err := parseModule(root, os.DirFS(root))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// parseModule parses all Go files but those that the go tool ignores as well,
// those of modules that lie inside, and others' code that is kept here as they
// wrote it.
func parseModule(root string, tree fs.FS) (*module, error) {
	m := &module{root: root, fset: token.NewFileSet()}
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != "." && (ignored(d.Name()) || isModule(tree, name)):
			return fs.SkipDir
		case d.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		f, err := parseFile(m.fset, tree, name)
		m.files = append(m.files, f)
		return err
	})
	return m, err
}

func ignored(folder string) bool {
	return folder == "testdata" || folder == "vendor" || folder == "third_party" || strings.HasPrefix(folder, ".") || strings.HasPrefix(folder, "_")
}

func isModule(tree fs.FS, folder string) bool {
	_, err := fs.Stat(tree, path.Join(folder, "go.mod"))
	return err == nil
}

func parseFile(fset *token.FileSet, tree fs.FS, name string) (*file, error) {
	src, err := fs.ReadFile(tree, name)
	if err != nil {
		return nil, err
	}
	syntax, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	test := strings.HasSuffix(name, "_test.go")
	return &file{
		path: name, folder: path.Dir(name), syntax: syntax,
		lines: bytes.Count(src, []byte("\n")), text: strings.Split(string(src), "\n"),
		test: test, external: test && strings.HasSuffix(syntax.Name.Name, "_test"),
	}, nil
}

// at is a violation at a place of the source.
func (m *module) at(pos token.Pos, text string) violation {
	p := m.fset.Position(pos)
	return violation{file: p.Filename, line: p.Line, text: text}
}

// code returns the files that are no tests.
func (m *module) code() []*file {
	var files []*file
	for _, f := range m.files {
		if !f.test {
			files = append(files, f)
		}
	}
	return files
}

// imported returns the path and place of what a file imports.
func (f *file) imported() map[string]token.Pos {
	paths := map[string]token.Pos{}
	for _, spec := range f.syntax.Imports {
		paths[strings.Trim(spec.Path.Value, `"`)] = spec.Pos()
	}
	return paths
}

// names visits everything of the form package.Name in a file, for packages of
// the standard library that are imported under their own name.
func (f *file) names(pkg string, visit func(name string, pos token.Pos)) {
	if _, ok := f.imported()[pkg]; !ok {
		return
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == path.Base(pkg) && x.Obj == nil {
			visit(sel.Sel.Name, sel.Pos())
		}
		return true
	})
}
