package archtest

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// root is the top of the repository, seen from this folder.
const root = "../.."

// describing are the documents that name parts of the code.
var describing = []string{"CONTRIBUTING.md", "docs/architecture.md"}

// folders matches those at the top.
const folders = `(?:\.ci|cmd|config|crawler|deploy|docs|internal|notify|rules)`

var (
	codeSpan = regexp.MustCompile("`[^`\n]+`")
	codeFile = regexp.MustCompile(`(?:^|[\s"(=])(?:\./)?(` + folders + `(?:/[\w.-]+)+)`)
	goName   = regexp.MustCompile(`^([a-z]+)\.([A-Z]\w*)$`) // such as store.Tx
	ciSteps  = regexp.MustCompile(`^\.ci/run((?: [a-z]+)+)$`)
	fences   = regexp.MustCompile("(?ms)^```\\w*\n(.*?)^```$")
	created  = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)
	dropped  = regexp.MustCompile(`(?m)^DROP TABLE (?:IF EXISTS )?(\w+)`)
	firstOf  = regexp.MustCompile("(?m)^\\| `(\\w+)`")
)

func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// spans returns what a document shows as code, within lines and as blocks.
func spans(markdown string) []string {
	var all []string
	for _, m := range fences.FindAllStringSubmatch(markdown, -1) {
		all = append(all, strings.Split(strings.TrimSpace(m[1]), "\n")...)
	}
	for _, m := range codeSpan.FindAllString(fences.ReplaceAllString(markdown, ""), -1) {
		all = append(all, strings.Trim(m, "`"))
	}
	return all
}

// TestDocumentsNameWhatExists: a file, a folder, an exported name of Go or a step
// of .ci/run that CONTRIBUTING.md or docs/architecture.md names is there.
func TestDocumentsNameWhatExists(t *testing.T) {
	m := loadModule(t, root)
	for _, name := range describing {
		for _, code := range spans(document(t, name)) {
			for _, missing := range missing(t, m, code) {
				t.Errorf("%s names %s, which does not exist", name, missing)
			}
		}
	}
}

// missing returns what a piece of code names and the module does not have.
func missing(t *testing.T, m *module, code string) []string {
	t.Helper()
	var all []string
	for _, found := range codeFile.FindAllStringSubmatch(code, -1) {
		file := strings.TrimRight(found[1], "./")
		if _, err := os.Stat(filepath.Join(root, file)); err != nil {
			all = append(all, file)
		}
	}
	if found := goName.FindStringSubmatch(code); found != nil && !declares(m, found[1], found[2]) {
		all = append(all, code)
	}
	steps := ciSteps.FindStringSubmatch(code)
	if steps == nil {
		return all
	}
	gate := document(t, ".ci/run")
	for step := range strings.FieldsSeq(steps[1]) {
		if !strings.Contains(gate, "\n"+step+"() ") {
			all = append(all, "the step "+step+" of .ci/run")
		}
	}
	return all
}

// declares reports whether a package of that name declares something.
func declares(m *module, pkg, name string) bool {
	for _, f := range m.files {
		if f.syntax.Name.Name != pkg || f.test {
			continue
		}
		if slices.ContainsFunc(declarations(f), func(d declared) bool { return d.name == name }) {
			return true
		}
	}
	return false
}

// TestArchitectureNamesPackages: each package of the table in imports_test.go is
// described.
func TestArchitectureNamesPackages(t *testing.T) {
	named := spans(document(t, "docs/architecture.md"))
	for folder := range mayImport {
		if !slices.Contains(named, folder) {
			t.Errorf("docs/architecture.md does not name the package %s", folder)
		}
	}
}

// TestArchitectureNamesTables: the tables of the schema are those that the
// chapter about them lists.
func TestArchitectureNamesTables(t *testing.T) {
	_, chapter, _ := strings.Cut(document(t, "docs/architecture.md"), "\n## The schema\n")
	chapter, _, _ = strings.Cut(chapter, "\n## ")
	described := map[string]bool{}
	for _, m := range firstOf.FindAllStringSubmatch(chapter, -1) {
		described[m[1]] = true
	}
	for _, database := range []string{"sqlite", "postgres"} {
		if tables := schema(t, database); !maps.Equal(described, tables) {
			t.Errorf("docs/architecture.md describes the tables %q; %s has %q", sortedNames(described), database, sortedNames(tables))
		}
	}
}

func sortedNames(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

// schema returns the tables that the migrations of a database leave.
func schema(t *testing.T, database string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "internal/store/migrations", database, "*.sql")) // sorted
	if err != nil || len(files) == 0 {
		t.Fatalf("no migrations of %s: %v", database, err)
	}
	tables := map[string]bool{}
	for _, name := range files {
		sql, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range created.FindAllStringSubmatch(string(sql), -1) {
			tables[m[1]] = true
		}
		for _, m := range dropped.FindAllStringSubmatch(string(sql), -1) {
			delete(tables, m[1])
		}
	}
	return tables
}
