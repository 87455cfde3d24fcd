package archtest

import (
	"fmt"
	"go/token"
	"path"
	"slices"
	"strings"
)

// mayImport is the table of the house: which packages a package may import.
var mayImport = map[string][]string{
	"internal/news":      {},
	"internal/clock":     {},
	"internal/text":      {"internal/news"},
	"internal/wordindex": {"internal/news", "internal/text"},
	"internal/preselect": {"internal/news", "internal/text", "internal/wordindex", "internal/store"},
	"internal/schedule":  {"internal/news"},
	"internal/health":    {"internal/news"},
	"crawler/robots":     {"internal/news"},
	"crawler/extract":    {"internal/news", "crawler/extract/cites", "crawler/extract/third_party/trafilatura"},
	"rules":              {"internal/news", "internal/text", "internal/wordindex", "rules/syntax", "rules/match", "rules/lint", "rules/explain"},
	"rules/syntax":       {"internal/news", "internal/text"},
	"rules/match":        {"internal/news", "internal/text", "internal/wordindex", "rules/syntax"}, // it says what an index of words can be asked
	"rules/lint":         {"internal/news", "internal/text", "rules/syntax", "rules/foreign"},
	"rules/explain":      {"internal/news", "internal/text", "rules/syntax", "rules/match"},
	"rules/foreign":      {"internal/text"},
	"rules/convert":      {"internal/news", "rules/syntax", "rules/foreign"},
	"internal/revision":  {"internal/news", "internal/text"},
	"internal/identity":  {"internal/news", "internal/text"},
	"internal/cluster":   {"internal/news", "internal/text"},
	"crawler/websub":     {"internal/news"}, // a protocol without its transport: whoever asks hubs and whoever answers them share it
	"crawler":            {"internal/news", "crawler/extract", "crawler/robots", "crawler/websub"},
	"crawler/discover":   {"internal/news", "crawler/extract", "crawler/robots"},
	"notify":             {"internal/news", "internal/text"},
	"notify/slack":       {"internal/news", "notify"},
	"notify/webhook":     {"internal/news", "notify"},
	"notify/mail":        {"internal/news", "internal/text", "notify"},
	"notify/terminal":    {"internal/news", "notify"},
	"internal/store":     {"internal/news"},
	"internal/replay":    {"internal/news", "internal/text", "internal/wordindex", "internal/preselect", "internal/identity", "internal/revision", "internal/cluster", "rules", "internal/store"},

	"internal/trace": {"internal/news", "internal/text", "internal/wordindex", "internal/preselect", "internal/revision", "internal/cluster", "internal/health", "rules", "internal/store"}, // one story's way, read from the store

	"internal/work": {"internal/news", "internal/store"}, // a frame around what is claimed in the store

	"internal/answers": {"internal/news", "internal/store", "notify", "internal/pipeline/act"}, // it changes alerts as the acts of the pipeline do

	"internal/feedback": {"internal/news", "internal/text", "internal/store", "notify", "rules", "internal/pipeline/act", "internal/answers"}, // a proposal is tried

	"internal/desk": {"internal/feedback", "rules", "internal/news", "internal/text", "internal/store", "internal/trace", "notify", "notify/slack", "internal/pipeline/act", "internal/pipeline/alert", "internal/answers"}, // it has news divided

	"internal/console": {"internal/news", "notify", "notify/slack", "notify/terminal"}, // a workspace in a terminal: what is pressed there is a request of Slack's

	// The acts of the pipeline. A story goes from one to the next through the
	// store: none imports another, except those that read on to alert at once, and
	// push, since what is pushed is recorded as a list is.
	"internal/pipeline/act":        {"internal/news", "internal/store", "internal/schedule", "internal/cluster", "notify", "rules"}, // what all acts share: the plan, and what they work with
	"internal/pipeline/pace":       {"internal/news", "internal/store", "internal/pipeline/act"},                                    // how many fetches at once, and how often from a host
	"internal/pipeline/alert":      {"internal/news", "internal/store", "internal/identity", "internal/revision", "internal/cluster", "notify", "internal/pipeline/act", "internal/pipeline/signal"},
	"internal/pipeline/crawl":      {"internal/news", "internal/store", "internal/work", "internal/identity", "internal/revision", "internal/schedule", "internal/health", "internal/pipeline/act", "internal/pipeline/pace", "internal/pipeline/alert"},
	"internal/pipeline/page":       {"internal/news", "internal/store", "internal/work", "internal/revision", "internal/pipeline/act", "internal/pipeline/pace", "internal/pipeline/alert"},
	"internal/pipeline/deliver":    {"internal/news", "internal/text", "internal/store", "internal/schedule", "internal/cluster", "notify", "internal/pipeline/act"},
	"internal/pipeline/unanswered": {"internal/news", "internal/store", "internal/schedule", "internal/answers", "notify", "internal/pipeline/act"},
	"internal/pipeline/signal":     {"internal/news", "internal/store", "internal/schedule", "notify", "internal/pipeline/act"}, // alert asks it, in its transaction, whether its alerts are a burst
	"internal/pipeline/push":       {"internal/news", "internal/store", "internal/work", "internal/schedule", "crawler/websub", "internal/pipeline/act", "internal/pipeline/pace", "internal/pipeline/crawl"},

	// A world around a pipeline, for the tests of the acts.
	"internal/pipeline/pipetest": {"internal/news", "internal/store", "internal/store/storetest", "internal/clock", "internal/schedule", "notify", "internal/pipeline", "internal/pipeline/act", "internal/pipeline/push"},

	"internal/pipeline": {"internal/news", "internal/text", "internal/wordindex", "internal/store", "internal/schedule", "internal/health", "notify", "internal/pipeline/act", "internal/pipeline/pace", "internal/pipeline/alert", "internal/pipeline/crawl", "internal/pipeline/page", "internal/pipeline/deliver", "internal/pipeline/push", "internal/pipeline/signal", "internal/pipeline/unanswered", "internal/answers"},

	"internal/jobs":      {"internal/news", "internal/store", "internal/pipeline", "internal/metrics"},
	"config/opml":        {"internal/news", "config"},
	"config/yamlfile":    {"internal/news", "rules/foreign"},
	"config":             {"internal/news", "internal/text", "internal/login", "rules", "rules/foreign", "notify", "notify/webhook", "notify/mail", "internal/schedule", "crawler/extract", "config/yamlfile"},
	"docs":               {},
	"internal/login":     {"internal/news"},
	"internal/web/pages": {"internal/news", "internal/text", "notify", "internal/store", "internal/trace", "internal/replay", "internal/login", "internal/web", "internal/app", "rules", "config", "docs"}, // above app: it shows what a running daemon knows
	// Tests alone: a browser on the pages of daemons that watch the demo's site.
	"internal/web/browser": {"internal/app", "internal/web/pages", "internal/login", "config"},

	"internal/web":       {"internal/news", "internal/store", "rules", "config", "internal/metrics"},
	"internal/demo":      {"internal/news"},
	"internal/slackfake": {"internal/news"},
	"internal/metrics":   {"internal/news"},
	"internal/app":       {everyPackage},
	"internal/input":     {"internal/news", "crawler/extract"},
	"internal/probe":     {"internal/news", "internal/text", "rules", "config", "crawler", "crawler/discover", "internal/replay", "internal/app"},
	"cmd/copytaster":     {"internal/app", "internal/login", "internal/web/pages", "config", "rules", "internal/replay", "internal/trace", "internal/probe", "internal/input", "crawler/extract", "crawler/discover", "rules/convert", "config/opml", "notify/terminal", "internal/demo", "internal/console", "internal/text", "internal/news"},
	"internal/archtest":  {},
	"deploy":             {"config"}, // tests alone: what is shipped beside the program fits it

	"internal/store/storetest": {"internal/store"},

	"crawler/extract/cites": {"internal/news", "internal/text"}, // its tables are its own, and large

	// What readers are measured with: bench prints it for people, the tests of
	// crawler/extract hold to it.
	"crawler/extract/score": {"internal/news"},
	"crawler/extract/bench": {"internal/news", "crawler/extract", "crawler/extract/score"},

	// It prints the figures of package cluster on labelled sets, for people.
	"internal/cluster/bench": {"internal/news", "internal/text", "internal/cluster"},

	// It runs the whole daemon against a world and a Slack of its own, and looks
	// into the daemon's store and schedule to see what was done, and when.
	"internal/bench": {"internal/text", "internal/app", "internal/slackfake", "internal/store", "internal/schedule", "crawler", "config", "internal/news"},
}

// everyPackage stands for all packages but the commands and archtest.
const everyPackage = "*"

// testsMayImport are packages that were made for tests, or serve them too.
var testsMayImport = []string{"internal/clock", "internal/schedule", "internal/pipeline/pipetest", "internal/demo", "internal/slackfake", "internal/store/storetest", "crawler/extract/score"}

// testPackages hold nothing but what tests need: they count as tests.
var testPackages = []string{"internal/store/storetest", "internal/pipeline/pipetest", "internal/slackfake"}

// bannedNames are names that say nothing.
var bannedNames = []string{
	"util", "utils", "common", "helper", "helpers", "type", "types", "model", "models", "manager", "managers",
	"service", "services", "impl", "misc", "shared", "base", "lib", "pkg",
}

func checkImports(m *module) []violation {
	var found []violation
	for _, f := range m.files {
		for imported, pos := range f.imported() {
			folder, own := strings.CutPrefix(imported, modulePath+"/")
			if own && folder != f.folder && !allowed(f, folder) {
				found = append(found, m.at(pos, fmt.Sprintf("%s may not import %s; it may import %s", f.folder, folder, orNothing(mayImport[f.folder]))))
			}
		}
	}
	return found
}

func allowed(f *file, folder string) bool {
	switch may := mayImport[f.folder]; {
	case slices.Contains(may, folder):
		return true
	case slices.Contains(may, everyPackage):
		return f.test || !strings.HasPrefix(folder, "cmd/") && folder != "internal/archtest" && !slices.Contains(testPackages, folder)
	case f.test && slices.Contains(testsMayImport, folder):
		return true
	case f.external && folder == "internal/pipeline": // acts are tested in the whole of it
		return strings.HasPrefix(f.folder, folder+"/")
	default: // rule tests are written in YAML, and go through the front door
		below := strings.HasPrefix(f.folder, "rules/")
		return f.external && (folder == "config" && (below || f.folder == "rules") || folder == "rules" && below)
	}
}

func orNothing(packages []string) string {
	if len(packages) == 0 {
		return "no other package"
	}
	return strings.Join(packages, ", ")
}

func checkPackages(m *module) []violation {
	found := []violation{}
	seen := map[string]bool{}
	for _, f := range m.files {
		name := strings.TrimSuffix(f.syntax.Name.Name, "_test")
		if slices.Contains(bannedNames, name) && !seen[f.folder+name] {
			seen[f.folder+name] = true
			found = append(found, m.at(f.syntax.Name.Pos(), fmt.Sprintf("package %s says nothing of what it does", name)))
		}
		if name != path.Base(f.folder) && name != "main" {
			found = append(found, m.at(f.syntax.Name.Pos(), fmt.Sprintf("package %s lies in folder %s", name, path.Base(f.folder))))
		}
		if _, ok := mayImport[f.folder]; !ok && !seen[f.folder] {
			seen[f.folder] = true
			found = append(found, m.at(f.syntax.Name.Pos(), fmt.Sprintf("%s is not in the table: give it a row, or put its code into another package", f.folder)))
		}
	}
	return found
}

func checkThirdParty(m *module) []violation {
	var found []violation
	for _, f := range m.files {
		for imported, pos := range f.imported() {
			first, _, _ := strings.Cut(imported, "/")
			if strings.Contains(first, ".") && imported != modulePath && !strings.HasPrefix(imported, modulePath+"/") {
				found = append(found, checkLibrary(m, f, imported, pos)...)
			}
		}
	}
	return found
}

func checkLibrary(m *module, f *file, imported string, pos token.Pos) []violation {
	lib, ok := libraryOf(imported)
	switch {
	case !ok:
		return []violation{m.at(pos, fmt.Sprintf("%s belongs to no package yet: give it one in thirdparty_test.go, with the reason", imported))}
	case lib.testsOnly && !f.test:
		return []violation{m.at(pos, fmt.Sprintf("%s is for tests: %s", imported, lib.why))}
	case f.test && lib.testsToo:
		return nil
	case !slices.Contains(lib.packages, f.folder) && !slices.Contains(lib.packages, everyPackage):
		return []violation{m.at(pos, fmt.Sprintf("%s belongs to %s: %s", imported, strings.Join(lib.packages, ", "), lib.why))}
	}
	return nil
}
