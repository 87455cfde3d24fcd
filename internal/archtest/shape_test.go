package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode/utf8"
)

// The limits on the shape of code.
const (
	maxColumns    = 120 // a tab is one; the text of string literals is not counted
	maxMethods    = 40
	maxParameters = 5 // beside a context and a transaction
	maxNesting    = 3 // an if in a for in an if
	maxPackages   = 2 // that declare a type of one name
)

// notCounted are the types of parameters that nearly every function of its kind
// has to take.
var notCounted = []string{"context.Context", "*store.Tx", "*Tx", "*testing.T", "testing.TB"}

// sharedNames are type names that stand in more packages than two, with the
// reason why each says the same in all of them.
var sharedNames = map[string]string{
	"Options": "what a constructor takes beside its dependencies",
	"Request": "what one asks of the other side of a protocol, in the terms of that protocol",
	"Server":  "what serves HTTP; each package has one at most",
	"Sender":  "the implementations of notify.Sender",
}

func checkMethods(m *module) []violation {
	methods := map[string]int{} // by package and type
	first := map[string]*ast.FuncDecl{}
	for _, fn := range m.functions(m.code()) {
		if fn.decl.Recv == nil {
			continue
		}
		name := fn.file.folder + "." + receiver(fn.decl)
		if methods[name]++; methods[name] == maxMethods+1 {
			first[name] = fn.decl
		}
	}
	var found []violation
	for name, decl := range first {
		found = append(found, m.at(decl.Pos(), fmt.Sprintf("%s has %d methods, at most %d", name, methods[name], maxMethods)))
	}
	return found
}

func checkParameters(m *module) []violation {
	var found []violation
	for _, fn := range m.functions(m.files) {
		n := 0
		for _, field := range fn.decl.Type.Params.List {
			if !slices.Contains(notCounted, types.ExprString(field.Type)) {
				n += max(1, len(field.Names))
			}
		}
		if n > maxParameters {
			text := fmt.Sprintf("%s has %d parameters, at most %d", fn.decl.Name.Name, n, maxParameters)
			found = append(found, m.at(fn.decl.Pos(), text))
		}
	}
	return found
}

func checkNesting(m *module) []violation {
	var found []violation
	for _, f := range m.files {
		ast.Walk(nesting{at: func(n ast.Node) {
			found = append(found, m.at(n.Pos(), fmt.Sprintf("nested deeper than %d", maxNesting)))
		}}, f.syntax)
	}
	return found
}

// nesting visits what is nested depth deep and reports the outermost statements
// that are nested too deep.
type nesting struct {
	depth int
	at    func(ast.Node)
}

// Visit implements ast.Visitor. A function literal is a function of its own, and
// an else if is as deep as its if.
func (v nesting) Visit(n ast.Node) ast.Visitor {
	inner := nesting{v.depth + 1, v.at}
	switch n := n.(type) {
	case *ast.FuncDecl, *ast.FuncLit:
		return nesting{0, v.at}
	case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
		if v.depth == maxNesting {
			v.at(n)
			return nil
		}
		branch, ok := n.(*ast.IfStmt)
		if !ok {
			return inner
		}
		ast.Walk(inner, branch.Cond)
		ast.Walk(inner, branch.Body)
		if other, ok := branch.Else.(*ast.IfStmt); ok {
			ast.Walk(v, other)
		} else if branch.Else != nil {
			ast.Walk(inner, branch.Else)
		}
		return nil
	}
	return v
}

func checkColumns(m *module) []violation {
	var found []violation
	for _, f := range m.files {
		literals := map[int]int{} // by line, the columns between quotes
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				at := m.fset.Position(lit.Pos()).Line
				for i, line := range strings.Split(strings.Trim(lit.Value, "`\""), "\n") {
					literals[at+i] += utf8.RuneCountInString(line)
				}
			}
			return true
		})
		for i, line := range f.text {
			if columns := utf8.RuneCountInString(line) - literals[i+1]; columns > maxColumns {
				text := fmt.Sprintf("%d columns beside texts, at most %d", columns, maxColumns)
				found = append(found, violation{f.path, i + 1, text})
			}
		}
	}
	return found
}

func checkTypeNames(m *module) []violation {
	packages, last := map[string][]string{}, map[string]token.Pos{}
	for _, f := range m.code() {
		for _, d := range declarations(f) {
			if d.kind == token.TYPE && !aliased(f, d) { // an alias is the same type
				packages[d.name], last[d.name] = append(packages[d.name], f.folder), d.pos
			}
		}
	}
	var found []violation
	for name, in := range packages {
		if _, ok := sharedNames[name]; !ok && len(in) > maxPackages {
			text := fmt.Sprintf("a type %s stands in %s: at most %d packages may use one name", name, strings.Join(in, ", "), maxPackages)
			found = append(found, m.at(last[name], text))
		}
	}
	return found
}

func aliased(f *file, d declared) bool {
	found := false
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		found = found || ok && spec.Name.Pos() == d.pos && spec.Assign.IsValid()
		return !found
	})
	return found
}
