package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"
)

// declared is one name that a file declares outside of functions.
type declared struct {
	name       string
	pos        token.Pos
	documented bool
	kind       token.Token // FUNC, TYPE, CONST, VAR; IDENT for a field or an interface's method
	promised   bool        // exported, and reachable from outside
}

// declarations lists what a file declares outside of functions, fields too.
func declarations(f *file) []declared {
	var all []declared
	for _, d := range f.syntax.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			promised := d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d)))
			all = append(all, declared{d.Name.Name, d.Name.Pos(), d.Doc != nil, token.FUNC, promised})
		case *ast.GenDecl:
			all = append(all, declaredTogether(d)...)
		}
	}
	return all
}

// receiver is the name of a method's type.
func receiver(d *ast.FuncDecl) string {
	var name string
	ast.Inspect(d.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return name
}

// declaredTogether lists the names of one const, var or type declaration. Of
// consts and vars the comment above the group documents them all.
func declaredTogether(d *ast.GenDecl) []declared {
	var all []declared
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			documented := spec.Doc != nil || d.Doc != nil && !d.Lparen.IsValid()
			all = append(all, declared{spec.Name.Name, spec.Name.Pos(), documented, token.TYPE, spec.Name.IsExported()})
			all = append(all, fields(spec.Type)...)
		case *ast.ValueSpec:
			for _, id := range spec.Names {
				documented := d.Doc != nil || spec.Doc != nil || spec.Comment != nil
				all = append(all, declared{id.Name, id.Pos(), documented, d.Tok, id.IsExported()})
			}
		}
	}
	return all
}

func fields(typ ast.Expr) []declared {
	var all []declared
	ast.Inspect(typ, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok {
			for _, id := range field.Names {
				all = append(all, declared{name: id.Name, pos: id.Pos(), kind: token.IDENT})
			}
		}
		_, isFunc := n.(*ast.FuncType)
		return !isFunc
	})
	return all
}

func checkDocs(m *module) []violation {
	var found []violation
	documented := map[string]bool{}
	for _, f := range m.code() {
		documented[f.folder] = documented[f.folder] || f.syntax.Doc != nil
	}
	for _, f := range m.code() {
		if !documented[f.folder] {
			documented[f.folder] = true // say it once
			found = append(found, m.at(f.syntax.Name.Pos(), fmt.Sprintf("package %s has no comment", f.syntax.Name.Name)))
		}
		for _, d := range declarations(f) {
			if d.promised && !d.documented {
				found = append(found, m.at(d.pos, d.name+" is exported and has no comment"))
			}
		}
	}
	return found
}

// misnomers are words for what has another word in this code.
var misnomers = map[string]string{
	"item": "story", "items": "stories", "entry": "story", "entries": "stories", "article": "story", "articles": "stories",
	"hit": "match", "hits": "matches", "event": "alert or delivery", "events": "alerts or deliveries",
	"notification": "alert or delivery", "notifications": "alerts or deliveries",
}

// vague are words that say nothing in the name of a type.
var vague = []string{"manager", "service", "helper", "helpers", "util", "utils", "impl", "common"}

// foreignWords are packages where a misnomer is somebody else's word.
var foreignWords = map[string][]string{
	"crawler/extract":    {"item", "items", "entry", "entries", "article", "articles"}, // of RSS, of Atom, and of the page's own text
	"crawler":            {"article"},                                                  // the page's own text
	"internal/text":      {"article"},                                                  // of grammar
	"notify/slack":       {"event", "events"},                                          // of Slack's metadata
	"internal/slackfake": {"event", "events"},                                          // the same
}

func checkNames(m *module) []violation {
	var found []violation
	for _, f := range m.code() {
		for _, d := range declarations(f) {
			for _, text := range misnamed(f.folder, d) {
				found = append(found, m.at(d.pos, text))
			}
		}
	}
	return found
}

// misnamed says what is wrong with a name in a package.
func misnamed(folder string, d declared) (wrong []string) {
	in := words(d.name)
	for _, word := range in {
		if better, ok := misnomers[word]; ok && !slices.Contains(foreignWords[folder], word) {
			wrong = append(wrong, fmt.Sprintf("%s: the word for %s is %s", d.name, word, better))
		}
	}
	isVague := func(word string) bool { return slices.Contains(vague, word) }
	if d.kind == token.TYPE && slices.ContainsFunc(in, isVague) {
		wrong = append(wrong, d.name+": a type is named after what it is")
	}
	if pkg := path.Base(folder); d.promised && stutters(pkg, d.name) {
		wrong = append(wrong, fmt.Sprintf("%s.%s says %s twice", pkg, d.name, pkg))
	}
	return wrong
}

// words splits a name where its case changes: HTTPServer2 is http, server2.
func words(name string) []string {
	var all []string
	runes, start := []rune(name), 0
	for i := 1; i <= len(runes); i++ {
		if i < len(runes) && !startsWord(runes, i) {
			continue
		}
		if word := strings.Trim(strings.ToLower(string(runes[start:i])), "_"); word != "" {
			all = append(all, word)
		}
		start = i
	}
	return all
}

func startsWord(r []rune, i int) bool {
	if r[i-1] == '_' {
		return true
	}
	return unicode.IsUpper(r[i]) && (!unicode.IsUpper(r[i-1]) || i+1 < len(r) && unicode.IsLower(r[i+1]))
}

// stutters reports whether a name repeats that of its package and goes on.
func stutters(pkg, name string) bool {
	rest := name[min(len(pkg), len(name)):]
	return strings.EqualFold(name[:len(name)-len(rest)], pkg) && rest != "" && unicode.IsUpper(rune(rest[0]))
}

// constructor is how functions are called that build what a package is about.
var constructor = regexp.MustCompile(`^(New|Open)([A-Z]|$)`)

// rank is the place of a parameter's type among those of a constructor.
var rank = map[string]int{"context.Context": 0, "*slog.Logger": 1, "*store.Store": 2, "*http.Client": 3}

const rankOfValues = 4

func checkConstructors(m *module) []violation {
	var found []violation
	for _, fn := range m.functions(m.code()) {
		if fn.decl.Recv != nil || !constructor.MatchString(fn.decl.Name.Name) {
			continue
		}
		last := 0
		for _, p := range fn.decl.Type.Params.List {
			this, ok := rank[typeName(p.Type)]
			if !ok {
				this = rankOfValues
			}
			if this < last {
				found = append(found, m.at(p.Pos(), fmt.Sprintf("%s takes %s too late", fn.decl.Name.Name, typeName(p.Type))))
			}
			last = max(last, this)
		}
	}
	return found
}

// typeName writes a type of the forms T, *T, p.T and *p.T.
func typeName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return "*" + typeName(e.X)
	case *ast.SelectorExpr:
		return typeName(e.X) + "." + e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return "?"
}

func TestWords(t *testing.T) {
	for name, want := range map[string]string{
		"hitCount": "hit count", "HTTPServer": "http server", "white": "white", "FeedItem": "feed item", "architect": "architect",
		"X": "x", "parseURLs": "parse ur ls", "max_item": "max item", "_": "", "itemURL": "item url", "ID": "id",
	} {
		if got := strings.Join(words(name), " "); got != want {
			t.Errorf("words of %s: %q, want %q", name, got, want)
		}
	}
}

func TestStutters(t *testing.T) {
	for name, want := range map[string]bool{"NewsStory": true, "News": false, "Newsroom": false, "Story": false, "N": false} {
		if got := stutters("news", name); got != want {
			t.Errorf("news.%s stutters: %v, want %v", name, got, want)
		}
	}
}

func TestDocs(t *testing.T) {
	for src, want := range map[string]int{
		"// Package x is.\npackage x\n\nvar A = 1":                                         1,
		"// Package x is.\npackage x\n\n// A is.\nvar A = 1":                               0,
		"// Package x is.\npackage x\n\nvar A = 1 // is":                                   0,
		"// Package x is.\npackage x\n\nconst (\n\tA = 1\n\tb = 2\n\tC = 3 // is\n)":       1,
		"// Package x is.\npackage x\n\n// Some.\nconst (\n\tA = 1\n\tC = 3\n)":            0,
		"// Package x is.\npackage x\n\n// Some.\ntype (\n\tA int\n\t// B is.\n\tB int\n)": 1,
		"// Package x is.\npackage x\n\ntype a int\n\nfunc (*a) B() {}":                    0,
		"package x": 1,
	} {
		m, err := parseModule("", fstest.MapFS{"x/x.go": {Data: []byte(src)}, "x/x_test.go": {Data: []byte("package x\n\nfunc A() {}")}})
		if err != nil {
			t.Fatal(err)
		}
		if found := checkDocs(m); len(found) != want {
			t.Errorf("%s\nfound %v, want %d", src, found, want)
		}
	}
}
