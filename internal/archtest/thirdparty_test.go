package archtest

import "strings"

// library is where a third-party package may be imported, and why only there.
// A path stands for all packages below it; the longest path counts.
type library struct {
	path      string
	rooms     []string
	why       string
	testsOnly bool
	testsToo  bool // any test may import it
}

var libraries = []library{
	{path: "github.com/gocolly/colly/v2", rooms: []string{"crawler", "internal/bench"}, why: "it is only safe behind the guard of that room; the benchmark measures it bare"},
	{path: "code.dny.dev/ssrf", rooms: []string{"crawler"}, why: "one guard decides which addresses are dialled"},
	{path: "github.com/andybalholm/brotli", rooms: []string{"crawler"}, why: "bodies are decoded once, under the limit of that room"},
	{path: "github.com/klauspost/compress", rooms: []string{"crawler"}, why: "bodies are decoded once, under the limit of that room"},

	{path: "github.com/mmcdole/gofeed", rooms: []string{"crawler/extract", "internal/bench"}, why: "what it misreads is mended there; the benchmark measures it bare"},
	{path: "github.com/markusmobius", rooms: []string{"crawler/extract", "crawler/extract/bench"}, why: "how bytes become a story is known in one room; bench measures it against them"},
	{path: "codeberg.org/readeck/go-readability/v2", rooms: []string{"crawler/extract", "crawler/extract/bench"}, why: "how bytes become a story is known in one room; bench measures it against them"},
	{path: "github.com/PuerkitoBio/goquery", rooms: []string{"crawler/extract"}, why: "pages are parsed once, there"},
	{path: "github.com/andybalholm/cascadia", rooms: []string{"crawler/extract"}, why: "pages are parsed once, there"},
	{path: "github.com/go-shiori/dom", rooms: []string{"crawler/extract"}, why: "pages are parsed once, there"},
	{path: "golang.org/x/net/html", rooms: []string{"crawler/extract", "crawler/extract/bench"}, why: "pages are parsed once, there; bench parses them for its peers"},
	{path: "golang.org/x/net/html/charset", rooms: []string{"crawler/extract", "crawler/extract/bench", "config/opml"}, why: "everything beyond these rooms, which read what strangers wrote, is UTF-8"},
	{path: "golang.org/x/text/encoding", rooms: []string{"crawler/extract"}, why: "everything beyond that room is UTF-8"},
	{path: "golang.org/x/text/transform", rooms: []string{"crawler/extract"}, why: "everything beyond that room is UTF-8"},
	{path: "github.com/gogs/chardet", rooms: []string{"crawler/extract"}, why: "everything beyond that room is UTF-8"},
	{path: "github.com/RadhiFadlillah/whatlanggo", rooms: []string{"crawler/extract"}, why: "the language of a story is found with its text"},

	{path: "golang.org/x/net/publicsuffix", rooms: []string{"internal/news", "crawler"}, why: "one room decides what a site is; the crawler's cookie jar wants the list itself"},
	{path: "golang.org/x/net/idna", rooms: []string{"internal/news"}, why: "one room decides which spellings of a host are one"},
	{path: "golang.org/x/text/unicode", rooms: []string{"internal/text", "crawler/extract/score"}, why: "one room decides what a word is; a score compares names as the benchmark does", testsToo: true},
	{path: "github.com/blevesearch/snowballstem", rooms: []string{"internal/text"}, why: "one room decides what a word is"},

	{path: "github.com/aymanbagabas/go-udiff", rooms: []string{"internal/revision"}, why: "one room decides what a change is"},

	{path: "github.com/rivo/uniseg", rooms: []string{"notify", "notify/terminal"}, why: "only messages are cut to a size"},

	{path: "github.com/slack-go/slack", rooms: []string{"notify/slack"}, why: "its interface breaks often, and its retries double messages"},
	{path: "github.com/riverqueue/river", rooms: []string{"internal/jobs"}, why: "everybody else knows steps and queues, not jobs"},
	{path: "github.com/jackc/pgx/v5", rooms: []string{"internal/store", "internal/store/storetest", "internal/jobs"}, why: "SQL drivers are the store's; jobs names the type of River's transaction"},
	{path: "modernc.org/sqlite", rooms: []string{"internal/store"}, why: "SQL drivers are the store's: jobs gets typed handles"},
	{path: "github.com/pressly/goose/v3", rooms: []string{"internal/store"}, why: "one room has SQL of ours"},
	{path: "go.yaml.in/yaml/v4", rooms: []string{"config", "config/yamlfile"}, why: "they are the only ones that know YAML; tests know it as the form of their cases", testsToo: true},
	{path: "golang.org/x/text/width", rooms: []string{"config"}, why: "the caret has to stand below the mistake"},
	{path: "golang.org/x/net/http/httpguts", rooms: []string{"config"}, why: "a header that cannot be sent is a mistake of the configuration"},
	{path: "github.com/robfig/cron/v3", rooms: []string{"internal/schedule"}, why: "it panics on specs that have to be refused before"},
	{path: "github.com/prometheus", rooms: []string{"internal/metrics"}, why: "the other rooms are handed small functions"},

	{path: "github.com/spf13/cobra", rooms: []string{"cmd/copytaster"}, why: "flags are read in one place"},
	{path: "github.com/spf13/pflag", rooms: []string{"cmd/copytaster"}, why: "flags are read in one place"},
	{path: "github.com/schollz/progressbar/v3", rooms: []string{"cmd/copytaster"}, why: "only the command line knows whether it is a terminal"},
	{path: "github.com/lmittmann/tint", rooms: []string{"cmd/copytaster"}, why: "only the command line knows whether it is a terminal"},
	{path: "golang.org/x/term", rooms: []string{"cmd/copytaster"}, why: "only the command line knows whether it is a terminal"},
	{path: "github.com/mattn/go-isatty", rooms: []string{"cmd/copytaster"}, why: "only the command line knows whether it is a terminal"},
	{path: "github.com/fatih/color", rooms: []string{"cmd/copytaster", "notify/terminal"}, why: "colour is for explain and for alerts in the terminal"},
	{path: "github.com/coreos/go-systemd/v22", rooms: []string{"internal/app"}, why: "the life of the daemon is that room's"},

	{path: "golang.org/x/sync", rooms: []string{everyRoom}, why: "it is the standard library in waiting"},
	{path: "github.com/google/go-cmp", rooms: []string{everyRoom}, why: "it panics on what it cannot compare", testsOnly: true},
	{path: "github.com/santhosh-tekuri/jsonschema", rooms: []string{"config"}, why: "it checks that the schema for editors knows what is right", testsOnly: true},
	{path: "github.com/rogpeppe/go-internal", rooms: []string{everyRoom}, why: "scripts and text archives are how tests are written", testsOnly: true},
}

// libraryOf finds the row of a package: the one with the longest path.
func libraryOf(imported string) (lib library, ok bool) {
	for _, l := range libraries {
		if (imported == l.path || strings.HasPrefix(imported, l.path+"/")) && len(l.path) > len(lib.path) {
			lib, ok = l, true
		}
	}
	return lib, ok
}
