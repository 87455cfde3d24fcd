package app_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// corpusRules watch the corpus's pages in eight languages.
const corpusRules = `
concepts:
  putin: [Putin, Poutine, Путин]
  hamas: [Hamas, ハマス]
rules:
  - name: putin-weapons
    all: [$putin, [~missile, ~weapon, Waffe*, missili, оружие]]
    severity: high
  - name: gaza-hamas
    all: [$hamas, [Gaza, ガザ, Gazastreifen]]
    severity: urgent
    to: desk
  - name: missiles-in-title
    any: [~missile]
    in: title
  - name: martial-law
    any: [戒厳令]
    also to: desk
  - name: lee-jae-myung
    any: [이재명]
  - name: wildfires
    any: [orman yangın*]
  - name: courts
    any: [суд]
    in: title
  - name: meloni-trump
    all: [Meloni, Trump]
  - name: iran-talks
    all: [Iran, [Waszyngton*, USA]]
    only: {language: pl}
`

// corpusAlerts are the pages that each rule must find, and no others.
var corpusAlerts = map[string][]string{
	"putin-weapons":     {"ca/GlobalNews_2026_05_24", "fr/LeFigaro_2024_11_22", "it/IlGiornale_2025_02_04"},
	"gaza-hamas":        {"de/HamburgerAbendblatt_2025_11_06", "de/Krautreporter_2024_08_22", "jp/MainichiShimbun_2025_01_14", "uk/EveningStandard_2024_10_24", "za/DailyMaverick_2025_05_22"},
	"missiles-in-title": {"ca/GlobalNews_2026_05_24", "ca/NationalPost_2025_05_08"},
	"martial-law":       {"jp/YomiuriShimbun_2024_12_03"},
	"lee-jae-myung":     {"kr/HankookIlbo_2025_05_15", "kr/HankookIlbo_2026_07_12"},
	"wildfires":         {"tr/Haberturk_2024_07_03"},
	"courts":            {"ua/Pravda_2026_01_08"},
	"meloni-trump":      {"it/CorriereDellaSera_2025_02_04"},
	"iran-talks":        {"pl/Rzeczpospolita_2026_04_19"},
}

// corpusPage is a captured page of a real publisher.
type corpusPage struct {
	File      string   `json:"file"`
	Title     string   `json:"title"`
	Published string   `json:"published"`
	Body      []string `json:"body"`
	path      string
	html      []byte
}

// corpusFolder finds the real pages; without them the test is skipped, or
// fails when CI is set.
func corpusFolder(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("COPYTASTER_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus"
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the corpus of real pages is not there: ", err)
	}
	return dir
}

func readCorpus(t testing.TB) (pages []corpusPage) {
	t.Helper()
	dir := filepath.Join(corpusFolder(t), "publishers")
	f, err := os.Open(filepath.Join(dir, "expected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var p corpusPage
		if err := json.Unmarshal(lines.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		p.path = "/" + strings.TrimSuffix(p.File, ".html.gz")
		p.html = gunzip(t, filepath.Join(dir, p.File))
		pages = append(pages, p)
	}
	if err := lines.Err(); err != nil || len(pages) == 0 {
		t.Fatal(len(pages), err)
	}
	return pages
}

func gunzip(t testing.TB, file string) []byte {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// newsSite serves pages on an address of their own, with a feed that carries
// titles and first paragraphs, a news sitemap, and an index page.
func newsSite(t testing.TB, address string, pages []corpusPage) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", address+":0")
	if err != nil {
		t.Fatal(err)
	}
	url = "http://" + l.Addr().String()
	mux := http.NewServeMux()
	for _, p := range pages {
		mux.HandleFunc("GET "+p.path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write(p.html)
		})
	}
	list := func(path, contentType, head, tail string, story func(p corpusPage) string) {
		var b strings.Builder
		b.WriteString(head)
		for _, p := range pages {
			b.WriteString(story(p))
		}
		b.WriteString(tail)
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", contentType)
			http.ServeContent(w, r, "", time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC), strings.NewReader(b.String()))
		})
	}
	list("/feed.xml", "application/rss+xml", `<?xml version="1.0"?><rss version="2.0"><channel><title>Corpus</title>`, `</channel></rss>`, func(p corpusPage) string {
		first := ""
		if len(p.Body) > 0 {
			first = p.Body[0]
		}
		return fmt.Sprintf("<item><title>%s</title><link>%s%s</link><description>%s</description></item>",
			html.EscapeString(p.Title), url, p.path, html.EscapeString(first))
	})
	list("/news-sitemap.xml", "text/xml", `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">`, `</urlset>`, func(p corpusPage) string {
		return fmt.Sprintf("<url><loc>%s%s</loc><news:news><news:title>%s</news:title></news:news></url>", url, p.path, html.EscapeString(p.Title))
	})
	list("/", "text/html; charset=utf-8", `<!DOCTYPE html><html><body><main>`, `</main></body></html>`, func(p corpusPage) string {
		return fmt.Sprintf(`<article><h2><a href="%s">%s</a></h2></article>`, p.path, html.EscapeString(p.Title))
	})
	server := &http.Server{Handler: mux}
	go server.Serve(l)
	t.Cleanup(func() { _ = server.Close() })
	return url
}

// unread finds the pages in a log that were not read in the two minutes for which
// an alert waits: a busy machine takes longer under the race detector.
var unread = regexp.MustCompile(`the story goes on without it.* url=http://[^/]+/(\S+)`)

// inTime are the pages that each rule found without those that were not read.
func inTime(byRule map[string][]string, log *lockedLog) map[string][]string {
	late := map[string]bool{}
	for _, found := range unread.FindAllStringSubmatch(log.String(), -1) {
		late[found[1]] = true
	}
	read := map[string][]string{}
	for rule, pages := range byRule {
		for _, page := range pages {
			if !late[page] {
				read[rule] = append(read[rule], page)
			}
		}
	}
	return read
}

// The main job on real input: 127 captured pages on three hosts, listed by a
// feed, a news sitemap and an index page, through the whole daemon into Slack.
// Of a page that was not read in time nothing is wanted.
func TestCorpusReachesSlackOnce(t *testing.T) {
	t.Parallel()
	pages := readCorpus(t)
	third := len(pages) / 3
	feed := newsSite(t, "127.0.0.1", pages[:third])
	sitemap := newsSite(t, "127.0.0.2", pages[third:2*third])
	index := newsSite(t, "127.0.0.3", pages[2*third:])
	storetest.Each(t, func(t *testing.T, storage string) {
		slack := fakeSlack(t, slackfake.Options{Channels: []slackfake.Channel{
			{Name: "news", Member: true}, {Name: "desk", Member: true},
		}})
		cfg := configFile(t, storage, slack, corpusRules+fmt.Sprintf(`
sources:
  - {name: feed, feed: %s/feed.xml}
  - {name: sitemap, sitemap: %s/news-sitemap.xml}
  - {name: index, page: %s/, links: "h2 a"}
`, feed, sitemap, index))
		var log lockedLog
		for pass := 1; pass <= 2; pass++ {
			got := loggedPass(t, cfg, &log)
			if !got.Done() || len(got.Failed) > 0 || got.Sources != 3 {
				t.Fatalf("pass %d: %+v", pass, got)
			}
			if pass == 2 && got.Sent != 0 {
				t.Errorf("the second pass sent %d messages", got.Sent)
			}
			if diff := cmp.Diff(inTime(corpusAlerts, &log), inTime(alertsByRule(t, slack), &log)); diff != "" {
				t.Errorf("pass %d: alerts (-want +got):\n%s", pass, diff)
			}
		}
		for _, m := range slack.Messages("desk") {
			rules := rulesOf(t, m)
			if !slices.Contains(rules, "gaza-hamas") && !slices.Contains(rules, "martial-law") {
				t.Errorf("the desk got %v", rules)
			}
		}
		if n := len(slack.Messages("desk")); n > 6 || n < 6 && !unread.MatchString(log.String()) {
			t.Errorf("the desk got %d messages, want 6", n)
		}
	})
}

// alertsByRule reads from the messages in Slack which pages each rule found;
// a message is for one page, and no page has two in one channel.
func alertsByRule(t *testing.T, slack *slackfake.Server) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, channel := range []string{"news", "desk"} {
		seen := map[string]bool{}
		for _, m := range slack.Messages(channel) {
			page := pageOf(t, m)
			if seen[page] {
				t.Errorf("%s has two messages in %s", page, channel)
			}
			seen[page] = true
			for _, rule := range rulesOf(t, m) {
				found[rule] = append(found[rule], page)
			}
		}
	}
	for rule, pages := range found {
		slices.Sort(pages)
		found[rule] = slices.Compact(pages) // one may be in both channels
	}
	return found
}
