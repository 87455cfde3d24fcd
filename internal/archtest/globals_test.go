package archtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// listed is what `go list` says of a package.
type listed struct {
	ImportPath string
	Export     string // file with the compiled package's types
	GoFiles    []string
	Module     *struct{ Main bool }
	Error      *struct{ Err string }
}

// checkGlobals type-checks the packages of the module and looks for everything
// that changes a package variable: assignments, ++, writes to its elements and
// fields, taking its address, methods that do so; and for variables of types
// that are there to be changed, like a mutex.
func checkGlobals(m *module) []violation {
	packages, err := goList(m.root)
	if err != nil {
		return []violation{{file: ".", text: err.Error()}}
	}
	exports := map[string]string{}
	for _, p := range packages {
		exports[p.ImportPath] = p.Export
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	compiled := importer.ForCompiler(m.fset, "gc", open)
	var found []violation
	for _, p := range packages {
		folder := strings.TrimPrefix(p.ImportPath, modulePath+"/")
		if p.Module == nil || !p.Module.Main || slices.Contains(testPackages, folder) {
			continue
		}
		if p.Error != nil {
			found = append(found, violation{file: p.ImportPath, text: p.Error.Err})
			continue
		}
		found = append(found, globalsOf(m, p, compiled)...)
	}
	return found
}

// goList lists the packages of a module and all that they depend on.
func goList(root string) ([]listed, error) {
	cmd := exec.Command("go", "list", "-e", "-export", "-deps", "-json=ImportPath,Export,GoFiles,Module,Error", "./...")
	cmd.Dir = root
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, &errors)
	}
	var packages []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); err == io.EOF {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("read go list: %w", err)
		}
		packages = append(packages, p)
	}
}

// globalsOf looks through one package of the module.
func globalsOf(m *module, p listed, compiled types.Importer) []violation {
	folder := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, modulePath), "/")
	s := &search{module: m, info: &types.Info{
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Types: map[ast.Expr]types.TypeAndValue{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}}
	var files []*ast.File
	for _, f := range m.code() {
		if f.folder == folder && slices.Contains(p.GoFiles, filepath.Base(f.path)) {
			files = append(files, f.syntax)
		}
	}
	check := types.Config{Importer: compiled, Error: func(err error) {
		if e, ok := err.(types.Error); ok {
			s.add(e.Pos, "cannot be checked: "+e.Msg)
		}
	}}
	pkg, _ := check.Check(p.ImportPath, m.fset, files, s.info) // errors went to the function above
	s.declarations(pkg)
	for _, f := range files {
		ast.Inspect(f, s.visit)
	}
	return s.found
}

// search collects what changes package variables.
type search struct {
	module *module
	info   *types.Info
	found  []violation
}

func (s *search) add(pos token.Pos, text string) {
	s.found = append(s.found, s.module.at(pos, text))
}

// declarations finds variables that are of no use unless they change.
func (s *search) declarations(pkg *types.Package) {
	for _, name := range pkg.Scope().Names() {
		if v, ok := pkg.Scope().Lookup(name).(*types.Var); ok && changes(v.Type()) {
			s.add(v.Pos(), fmt.Sprintf("%s is of type %s, which is there to change", name, v.Type()))
		}
	}
}

func changes(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		path := named.Obj().Pkg().Path()
		return path == "sync" || path == "sync/atomic"
	}
	_, channel := t.Underlying().(*types.Chan)
	return channel
}

// visit finds the statements and expressions that change a package variable.
func (s *search) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		for _, left := range n.Lhs {
			s.change(left, "is assigned")
		}
	case *ast.IncDecStmt:
		s.change(n.X, "is counted")
	case *ast.RangeStmt:
		s.change(n.Key, "is assigned")
		s.change(n.Value, "is assigned")
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			s.change(n.X, "has its address taken")
		}
	case *ast.CallExpr:
		if name := s.builtin(n.Fun); name == "delete" || name == "clear" || name == "copy" {
			s.change(n.Args[0], "is changed by "+name)
		}
	case *ast.SelectorExpr:
		s.method(n)
	}
	return true
}

// change records that an expression is changed, when it is or lies within a
// package variable, be it of another package.
func (s *search) change(e ast.Expr, how string) {
	if e == nil {
		return
	}
	v, ok := s.root(e).(*types.Var)
	if ok && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
		s.add(e.Pos(), fmt.Sprintf("%s.%s %s", v.Pkg().Name(), v.Name(), how))
	}
}

// root is the variable that an expression is, or is a part of.
func (s *search) root(e ast.Expr) types.Object {
	switch e := e.(type) {
	case *ast.Ident:
		return s.info.Uses[e]
	case *ast.ParenExpr:
		return s.root(e.X)
	case *ast.IndexExpr:
		return s.root(e.X)
	case *ast.SliceExpr:
		return s.root(e.X)
	case *ast.StarExpr:
		return s.root(e.X)
	case *ast.SelectorExpr:
		if _, field := s.info.Selections[e]; field {
			return s.root(e.X)
		}
		return s.info.Uses[e.Sel] // package.Variable
	}
	return nil
}

func (s *search) builtin(fun ast.Expr) string {
	id, ok := fun.(*ast.Ident)
	if !ok {
		return ""
	}
	if _, ok := s.info.Uses[id].(*types.Builtin); !ok {
		return ""
	}
	return id.Name
}

// method finds methods that take the address of the variable they are called on.
func (s *search) method(sel *ast.SelectorExpr) {
	chosen := s.info.Selections[sel]
	if chosen == nil || chosen.Kind() != types.MethodVal {
		return
	}
	recv := chosen.Obj().(*types.Func).Signature().Recv()
	_, wantsPointer := recv.Type().(*types.Pointer)
	_, isPointer := chosen.Recv().Underlying().(*types.Pointer)
	if wantsPointer && !isPointer && !chosen.Indirect() {
		s.change(sel.X, "has its address taken by "+sel.Sel.Name)
	}
}
