package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// purePackages work on what they are given.
var purePackages = []string{
	"internal/news", "internal/clock", "internal/text", "internal/revision", "internal/schedule", "internal/health",
	"rules", "rules/syntax", "rules/match", "rules/lint", "rules/explain", "rules/foreign", "crawler/extract", "crawler/robots", "crawler/websub", "notify",
}

// impure are the packages that reach out of the program.
var impure = []string{"os", "os/exec", "os/signal", "net", "net/http", "log", "log/slog", "database/sql", "syscall", "io/ioutil"}

func checkPurity(m *module) []violation {
	var found []violation
	for _, f := range m.code() {
		if !slices.Contains(purePackages, f.folder) {
			continue
		}
		for imported, pos := range f.imported() {
			if slices.Contains(impure, imported) {
				found = append(found, m.at(pos, fmt.Sprintf("%s is pure, and %s is not", f.folder, imported)))
			}
		}
	}
	return found
}

// packagesWithClock may ask what time it is: they are where the time comes in.
var packagesWithClock = []string{
	"cmd/copytaster", "internal/probe", "internal/app", "internal/jobs", "internal/web", "internal/web/pages", "internal/demo", "internal/slackfake",
	"crawler", "internal/bench", "crawler/discover", "notify/slack",
}

// packagesThatWait may have timers beside them: fetches wait for the slots of hosts,
// deliveries for the pace of channels.
var packagesThatWait = append([]string{"internal/pipeline/pace", "internal/pipeline/deliver"}, packagesWithClock...)

// These functions of package time read the clock, and wait for it.
var (
	clockReaders = []string{"Now", "Since", "Until"}
	timers       = []string{"After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
)

func checkClock(m *module) []violation {
	var found []violation
	for _, f := range m.files {
		_, bubble := f.imported()["testing/synctest"] // there sleeping costs no time
		f.names("time", func(name string, pos token.Pos) {
			switch {
			case name == "Sleep" && !bubble:
				found = append(found, m.at(pos, "time.Sleep: wait for what is waited for, or for a timer and the context"))
			case f.test || slices.Contains(testPackages, f.folder):
			case slices.Contains(clockReaders, name) && !slices.Contains(packagesWithClock, f.folder),
				slices.Contains(timers, name) && !slices.Contains(packagesThatWait, f.folder):
				found = append(found, m.at(pos, fmt.Sprintf("time.%s in %s", name, f.folder)))
			}
		})
	}
	return found
}

// printers is the file that prints.
const printers = "cmd/copytaster/output.go"

// mainFiles name the streams.
var mainFiles = []string{"cmd/copytaster/main.go", "internal/bench/main.go", "crawler/extract/bench/main.go", "internal/cluster/bench/main.go"}

// globalLoggers are the functions of log/slog that use the process's logger.
var globalLoggers = []string{
	"Debug", "Info", "Warn", "Error", "Log", "LogAttrs", "DebugContext", "InfoContext", "WarnContext", "ErrorContext", "Default", "SetDefault", "With",
}

func checkOutput(m *module) []violation {
	var found []violation
	add := func(pos token.Pos, name string) { found = append(found, m.at(pos, name+" is not passed in")) }
	for _, f := range m.code() {
		f.names("log/slog", func(name string, pos token.Pos) {
			if slices.Contains(globalLoggers, name) {
				add(pos, "slog."+name)
			}
		})
		f.names("log", func(name string, pos token.Pos) { add(pos, "log."+name) })
		if f.path == printers || slices.Contains(mainFiles, f.path) {
			continue
		}
		f.names("os", func(name string, pos token.Pos) {
			if name == "Stdout" || name == "Stderr" || name == "Stdin" {
				add(pos, "os."+name)
			}
		})
		f.names("fmt", func(name string, pos token.Pos) {
			if strings.HasPrefix(name, "Print") {
				add(pos, "fmt."+name)
			}
		})
	}
	return found
}

func checkInit(m *module) []violation {
	var found []violation
	for _, fn := range m.functions(m.files) {
		if fn.decl.Name.Name == "init" && fn.decl.Recv == nil {
			found = append(found, m.at(fn.decl.Pos(), "func init"))
		}
	}
	return found
}

func checkErrors(m *module) []violation {
	var found []violation
	for _, f := range m.code() {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok && len(call.Args) > 0 && makesError(call.Fun) {
				if text, ok := literal(call.Args[0]); ok && !wellSaid(text) {
					found = append(found, m.at(call.Pos(), strconv.Quote(text)))
				}
			}
			return true
		})
	}
	return found
}

func makesError(fun ast.Expr) bool {
	name := typeName(fun)
	return name == "errors.New" || name == "fmt.Errorf"
}

func literal(e ast.Expr) (text string, ok bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// properNames are written with a capital wherever they stand.
var properNames = []string{"Slack", "River", "Sunday"}

// wellSaid reports whether an error reads on from what stands before it. It may
// begin with an acronym or a name like PostgreSQL.
func wellSaid(text string) bool {
	first, _, _ := strings.Cut(text, " ")
	r := []rune(strings.TrimSuffix(first, ":"))
	capital := len(r) > 1 && unicode.IsUpper(r[0]) && !slices.ContainsFunc(r[1:], unicode.IsUpper) &&
		!slices.Contains(properNames, string(r))
	return !capital && !strings.HasSuffix(text, ".") && !strings.Contains(text, "failed to") && !strings.HasSuffix(text, "\n")
}
