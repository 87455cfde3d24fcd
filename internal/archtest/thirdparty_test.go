package archtest

import "strings"

// library is where a third-party package may be imported, and why only there.
// A path stands for all packages below it; the longest path counts.
type library struct {
	path      string
	packages  []string
	why       string
	testsOnly bool
	testsToo  bool // any test may import it
}

var libraries = []library{
	{path: "github.com/gocolly/colly/v2", packages: []string{"crawler", "internal/bench"}, why: "it is only safe behind the guard of that package; the benchmark measures it bare"},
	{path: "code.dny.dev/ssrf", packages: []string{"crawler"}, why: "one guard decides which addresses are dialled"},
	{path: "github.com/andybalholm/brotli", packages: []string{"crawler"}, why: "bodies are decoded once, under the limit of that package"},
	{path: "github.com/klauspost/compress", packages: []string{"crawler"}, why: "bodies are decoded once, under the limit of that package"},

	{path: "github.com/mmcdole/gofeed", packages: []string{"crawler/extract", "internal/bench"}, why: "what it misreads is mended there; the benchmark measures it bare"},
	{path: "github.com/markusmobius", packages: []string{"crawler/extract", "crawler/extract/bench"}, why: "how bytes become a story is known in one package; bench measures it against them"},
	{path: "codeberg.org/readeck/go-readability/v2", packages: []string{"crawler/extract", "crawler/extract/bench"}, why: "how bytes become a story is known in one package; bench measures it against them"},
	{path: "github.com/PuerkitoBio/goquery", packages: []string{"crawler/extract"}, why: "pages are parsed once, there"},
	{path: "github.com/andybalholm/cascadia", packages: []string{"crawler/extract"}, why: "pages are parsed once, there"},
	{path: "github.com/go-shiori/dom", packages: []string{"crawler/extract"}, why: "pages are parsed once, there"},
	{path: "golang.org/x/net/html", packages: []string{"crawler/extract", "crawler/extract/bench"}, why: "pages are parsed once, there; bench parses them for its peers"},
	{path: "golang.org/x/net/html/charset", packages: []string{"crawler/extract", "crawler/extract/bench", "config/opml"}, why: "everything beyond these packages, which read what strangers wrote, is UTF-8"},
	{path: "golang.org/x/text/encoding", packages: []string{"crawler/extract"}, why: "everything beyond that package is UTF-8"},
	{path: "golang.org/x/text/transform", packages: []string{"crawler/extract"}, why: "everything beyond that package is UTF-8"},
	{path: "github.com/gogs/chardet", packages: []string{"crawler/extract"}, why: "everything beyond that package is UTF-8"},
	{path: "github.com/RadhiFadlillah/whatlanggo", packages: []string{"crawler/extract"}, why: "the language of a story is found with its text"},

	{path: "golang.org/x/net/publicsuffix", packages: []string{"internal/news", "crawler"}, why: "one package decides what a site is; the crawler's cookie jar wants the list itself"},
	{path: "golang.org/x/net/idna", packages: []string{"internal/news"}, why: "one package decides which spellings of a host are one"},
	{path: "golang.org/x/text/unicode", packages: []string{"internal/text", "crawler/extract/score"}, why: "one package decides what a word is; a score compares names as the benchmark does", testsToo: true},
	{path: "github.com/blevesearch/snowballstem", packages: []string{"internal/text"}, why: "one package decides what a word is"},

	{path: "github.com/aymanbagabas/go-udiff", packages: []string{"internal/revision"}, why: "one package decides what a change is"},

	{path: "github.com/rivo/uniseg", packages: []string{"notify", "notify/terminal", "internal/console"}, why: "only messages, and the line below them, are cut to a size"},

	{path: "github.com/wneessen/go-mail", packages: []string{"notify/mail"}, why: "how mails are written and handed over is a matter of one package"},
	{path: "github.com/slack-go/slack", packages: []string{"notify/slack"}, why: "its interface breaks often, and its retries double messages"},
	{path: "github.com/gorilla/websocket", packages: []string{"notify/slack", "internal/slackfake"}, why: "Socket Mode is the only protocol that wants it"},
	{path: "github.com/riverqueue/river", packages: []string{"internal/jobs"}, why: "everybody else knows steps and queues, not jobs"},
	{path: "github.com/jackc/pgx/v5", packages: []string{"internal/store", "internal/store/storetest", "internal/jobs"}, why: "SQL drivers are the store's; jobs names the type of River's transaction"},
	{path: "modernc.org/sqlite", packages: []string{"internal/store"}, why: "SQL drivers are the store's: jobs gets typed handles"},
	{path: "github.com/pressly/goose/v3", packages: []string{"internal/store"}, why: "one package has SQL of ours"},
	{path: "go.yaml.in/yaml/v4", packages: []string{"config", "config/yamlfile"}, why: "they are the only ones that know YAML; tests know it as the form of their cases", testsToo: true},
	{path: "golang.org/x/text/language", packages: []string{"notify", "internal/cluster"}, why: "a message names a story's language, and countries are known by their names in every language; what reads texts goes by scripts and codes"},
	{path: "golang.org/x/text/width", packages: []string{"config"}, why: "the caret has to stand below the mistake"},
	{path: "golang.org/x/crypto/bcrypt", packages: []string{"internal/login"}, why: "one package knows what a password is"},
	{path: "github.com/yuin/goldmark", packages: []string{"docs"}, why: "documents are rendered beside them, and nothing else is"},
	{path: "golang.org/x/net/http/httpguts", packages: []string{"config"}, why: "a header that cannot be sent is a mistake of the configuration"},
	{path: "github.com/robfig/cron/v3", packages: []string{"internal/schedule"}, why: "it panics on specs that have to be refused before"},
	{path: "github.com/prometheus", packages: []string{"internal/metrics"}, why: "the other packages are handed small functions"},

	{path: "github.com/spf13/cobra", packages: []string{"cmd/copytaster"}, why: "flags are read in one place"},
	{path: "github.com/spf13/pflag", packages: []string{"cmd/copytaster"}, why: "flags are read in one place"},
	{path: "github.com/schollz/progressbar/v3", packages: []string{"cmd/copytaster"}, why: "only the command line knows whether it is a terminal"},
	{path: "github.com/lmittmann/tint", packages: []string{"cmd/copytaster"}, why: "only the command line knows whether it is a terminal"},
	{path: "golang.org/x/term", packages: []string{"cmd/copytaster"}, why: "only the command line knows whether it is a terminal"},
	{path: "github.com/mattn/go-isatty", packages: []string{"cmd/copytaster"}, why: "only the command line knows whether it is a terminal"},
	{path: "github.com/fatih/color", packages: []string{"cmd/copytaster", "notify/terminal"}, why: "colour is for explain and for alerts in the terminal"},
	{path: "github.com/coreos/go-systemd/v22", packages: []string{"internal/app"}, why: "the life of the daemon is that package's"},

	{path: "golang.org/x/sync", packages: []string{everyPackage}, why: "it is the standard library in waiting"},
	{path: "github.com/google/go-cmp", packages: []string{everyPackage}, why: "it panics on what it cannot compare", testsOnly: true},
	{path: "github.com/santhosh-tekuri/jsonschema", packages: []string{"config"}, why: "it checks that the schema for editors knows what is right", testsOnly: true},
	{path: "github.com/chromedp", packages: []string{"internal/web/browser"}, why: "one package uses the pages in a browser", testsOnly: true},
	{path: "github.com/creack/pty", packages: []string{"cmd/copytaster"}, why: "keys are read from a terminal", testsOnly: true},
	{path: "github.com/rogpeppe/go-internal", packages: []string{everyPackage}, why: "scripts and text archives are how tests are written", testsOnly: true},
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
