package archtest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// rule is one rule of the house.
type rule struct {
	name  string
	asks  string
	why   string
	check func(*module) []violation
}

// violation is one place that breaks a rule.
type violation struct {
	file string // relative to the module
	line int    // 0 when it concerns the whole file or folder
	text string
}

func (v violation) String() string {
	if v.line == 0 {
		return v.file + ": " + v.text
	}
	return fmt.Sprintf("%s:%d: %s", v.file, v.line, v.text)
}

var house = []rule{
	{"imports", "a package imports only the packages that the table in imports_test.go gives it, tests too",
		"nothing imports upward, so that every package can be understood, tested and replaced without those above it", checkImports},
	{"third party", "a third-party package is imported in its own package only, see the table in thirdparty_test.go",
		"what a library does wrong is then mended in one place, and leaving it costs one package", checkThirdParty},
	{"packages", "every package is in the table, and is named after what it does: no util, common, helpers, types, models, manager, service, impl",
		"a package without a meaning collects what has none", checkPackages},
	{"sizes", "a function has at most 80 lines, nine of ten at most 35; a file at most 400",
		"these are the best values found over 17 well-known Go code bases; split by meaning where a limit is met", checkSizes},
	{"methods", "a type has at most 40 methods",
		"a type with more is several types that share their fields, and nobody knows which method needs which", checkMethods},
	{"parameters", "a function has at most 5 parameters beside its context and transaction",
		"more are a value without a name", checkParameters},
	{"nesting", "a statement is nested at most 3 deep",
		"who reads the fourth no longer knows the condition of the first", checkNesting},
	{"columns", "a line has at most 120 columns beside the text of string literals",
		"that is what stands beside a diff, or on half a screen", checkColumns},
	{"type names", "a type name stands in at most two packages",
		"a third meaning of one word is one too many to keep apart", checkTypeNames},
	{"test lines", "there are at least as many lines of tests as of code, and half as many in each package",
		"less is what code bases have whose maintainers fear to change them", checkTestLines},
	{"docs", "every exported name is documented, and every package",
		"an exported name is a promise, and the comment is its wording", checkDocs},
	{"no init", "there is no func init",
		"what happens on import happens in an order that nobody sees, and in every test", checkInit},
	{"no globals that change", "a package variable keeps the value that its declaration gives it",
		"two daemons, or two tests, in one process must not know of each other", checkGlobals},
	{"names", "one word per concept: never item, entry, article, hit, event, notification for story, match, alert, delivery; no stutter; no Manager, Service, Helper, Util, Impl",
		"who looks for a thing must find all of it under one word", checkNames},
	{"constructors", "constructors take logger, store, http, then values (a context comes first)",
		"one order everywhere is one thing less to look up", checkConstructors},
	{"purity", "pure packages know no network, file, environment or logger",
		"what is pure is tested with data alone, and can be fuzzed", checkPurity},
	{"clock", "`now` is passed in: the time is read in cmd, app, jobs, crawler, web, demo and the fakes only; nobody sleeps",
		"a test then decides what time it is, and none of them has to wait", checkClock},
	{"output", "only cmd/copytaster/output.go prints; loggers are passed in",
		"what a user sees is decided in one place, and a daemon in a test can be silenced", checkOutput},
	{"errors", "errors read \"verb object: cause\": lower case, no full stop, no \"failed to\"",
		"they are joined into one line, in which each part has to read on from the last", checkErrors},
}

func TestHouse(t *testing.T) {
	m := loadModule(t, "../..")
	for _, r := range house {
		t.Run(r.name, func(t *testing.T) {
			found := r.check(m)
			if len(found) == 0 {
				return
			}
			var lines strings.Builder
			for _, v := range sorted(found) {
				fmt.Fprintf(&lines, "\n\t%v", v)
			}
			t.Errorf("the rule: %s\nbecause %s\nis broken %d times:%s", r.asks, r.why, len(found), &lines)
		})
	}
}

func sorted(found []violation) []violation {
	slices.SortFunc(found, func(a, b violation) int {
		if c := strings.Compare(a.file, b.file); c != 0 {
			return c
		}
		return a.line - b.line
	})
	return found
}

// TestRulesCanBeBroken runs the rules over a module that breaks them: a line
// with the comment `// breaks RULE: TEXT` (and `// also breaks …`) must be found
// by that rule, for a reason that holds the text, and nothing else may be found.
func TestRulesCanBeBroken(t *testing.T) {
	m := loadModule(t, "testdata/bad")
	for _, r := range house {
		t.Run(r.name, func(t *testing.T) {
			want := wanted(t, m, r.name)
			for _, v := range sorted(r.check(m)) {
				at := fmt.Sprintf("%s:%d", v.file, v.line)
				i := slices.IndexFunc(want[at], func(text string) bool { return strings.Contains(v.text, text) })
				if i < 0 {
					t.Errorf("found, but not wanted: %v", v)
					continue
				}
				want[at] = slices.Delete(want[at], i, i+1)
			}
			for at, texts := range want {
				for _, text := range texts {
					t.Errorf("%s: not found: %q", at, text)
				}
			}
		})
	}
}

// wanted collects the comments of testdata/bad that name a rule, by file:line.
func wanted(t *testing.T, m *module, rule string) map[string][]string {
	t.Helper()
	want := map[string][]string{}
	if rule == "test lines" { // is about no line
		want[".:0"] = []string{"of tests in Go and 0 of cases"}
		for _, f := range m.files {
			if f.folder != "rules" && !strings.HasPrefix(f.folder, "internal/store") && f.folder != "internal/archtest" { // they have tests
				want[f.folder+":0"] = []string{"less than half"}
			}
		}
	}
	for _, f := range m.files {
		src, err := os.ReadFile(filepath.Join(m.root, f.path))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(src), "\n") {
			at := fmt.Sprintf("%s:%d", f.path, i+1)
			want[at] = append(want[at], broken(line, rule)...)
		}
	}
	return want
}

// broken returns the texts of a line's comments that name a rule.
func broken(line, rule string) (texts []string) {
	for part := range strings.SplitSeq(line, " // also") {
		_, comment, _ := strings.Cut(part, "breaks ")
		if text, ok := strings.CutPrefix(comment, rule+": "); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// TestTablesNameWhatExists: a row for a package that is gone, or not built yet,
// is a permission that nobody checks.
func TestTablesNameWhatExists(t *testing.T) {
	m := loadModule(t, "../..")
	exists := map[string]bool{everyPackage: true}
	for _, f := range m.files {
		exists[f.folder] = true
	}
	exists["crawler/extract/third_party/trafilatura"] = true // parseModule leaves others' code out
	for folder, imports := range mayImport {
		for _, name := range append([]string{folder}, imports...) {
			if !exists[name] {
				t.Errorf("the table of imports names %s, which does not exist", name)
			}
		}
	}
	lists := [][]string{testsMayImport, testPackages, purePackages, packagesWithClock, packagesThatWait,
		slices.Collect(maps.Keys(testedElsewhere)), slices.Collect(maps.Keys(foreignWords))}
	for _, lib := range libraries {
		lists = append(lists, lib.packages)
	}
	for _, name := range slices.Concat(lists...) {
		if !exists[name] {
			t.Errorf("a list of packages names %s, which does not exist", name)
		}
	}
}
