package demo

import (
	"encoding/json"
	"encoding/xml"
	"html"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

func start(t *testing.T) *Site {
	t.Helper()
	s, err := Start("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// get fetches a path of the site; validators are header names and values.
func get(t *testing.T, s *Site, path string, validators ...string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest("GET", s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for pair := range slices.Chunk(validators, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

func page(t *testing.T, s *Site, path string) string {
	t.Helper()
	resp, body := get(t, s, path)
	if resp.StatusCode != 200 {
		t.Fatalf("GET %s: status %d: %s", path, resp.StatusCode, body)
	}
	return body
}

// wantAll and wantNone compare a page with parts of it, one a line, that lie
// in testdata.
func wantAll(t *testing.T, body, file string) {
	t.Helper()
	for line := range parts(t, file) {
		if !strings.Contains(unescape(body), unescape(line)) {
			t.Errorf("no %q in:\n%s", line, body)
		}
	}
}

func parts(t *testing.T, file string) map[string]bool {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		found[strings.TrimSpace(line)] = true
	}
	return found
}

const (
	talks  = "/vostok/2023/09/13/kim-putin-talks"   // the first report of the summit
	summit = "/harbour/2023/09/13/kim-putin-summit" // the one with what is new
)

func TestSummitPage(t *testing.T) {
	s := start(t)
	s.Advance(time.Hour)
	body := page(t, s, summit)
	wantAll(t, body, "summit.txt")
	if n := strings.Count(body, "<p>Advertisement</p>"); n < 2 {
		t.Errorf("%d advertisements, want at least 2", n)
	}
	ld := regexp.MustCompile(`(?s)<script type="application/ld\+json">(.*?)</script>`).FindStringSubmatch(body)
	if ld == nil {
		t.Fatal("no JSON-LD")
	}
	var about struct {
		Type      string    `json:"@type"`
		Headline  string    `json:"headline"`
		Published time.Time `json:"datePublished"`
		Page      string    `json:"mainEntityOfPage"`
	}
	if err := json.Unmarshal([]byte(ld[1]), &about); err != nil {
		t.Fatalf("read JSON-LD %s: %v", ld[1], err)
	}
	day := about.Published.Format(time.DateOnly)
	if about.Type != "NewsArticle" || about.Page != s.URL+summit || day != "2023-09-13" || !strings.HasPrefix(about.Headline, "Kim Jong Un and Putin") {
		t.Errorf("JSON-LD says %+v", about)
	}
}

// Whatever is linked from the front page can be read, and every page of a
// story names itself as the canonical one.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	s := start(t)
	s.Advance(time.Hour)
	link := regexp.MustCompile(`(?:href|loc|link|guid|id)(?:="|>)(?:` + regexp.QuoteMeta(s.URL) + `)?(/[^"<]*)["<]`)
	seen := map[string]bool{}
	for todo := []string{"/", "/robots.txt"}; len(todo) > 0; {
		path := todo[0]
		todo = todo[1:]
		body := page(t, s, path)
		if strings.Contains(path, "/2023/") && !strings.Contains(body, `<link rel="canonical" href="`+s.URL+path+`">`) {
			t.Errorf("%s does not name itself as canonical", path)
		}
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			if !seen[m[1]] {
				seen[m[1]] = true
				todo = append(todo, m[1])
			}
		}
	}
	for _, v := range s.versions {
		if !seen[v.Path()] {
			t.Errorf("nothing links to %s", v.Path())
		}
	}
	for _, o := range s.outlets {
		if !seen["/"+o.Slug+"/"] {
			t.Errorf("nothing links to %s", o.Name)
		}
	}
}

func TestLists(t *testing.T) {
	s := start(t)
	s.Advance(time.Hour)
	for _, tt := range []struct{ path, contentType, parts string }{
		{"/harbour/rss.xml", "application/rss+xml", "rss.txt"},
		{"/vostok/rss.xml", "application/rss+xml", "rss-full.txt"},
		{"/hangang/atom.xml", "application/atom+xml", "atom.txt"},
		{"/amur/news-sitemap.xml", "application/xml", "sitemap.txt"},
		{"/toa/", "text/html", "page.txt"},
	} {
		resp, body := get(t, s, tt.path)
		if resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), tt.contentType) {
			t.Errorf("%s: status %d, %s", tt.path, resp.StatusCode, resp.Header.Get("Content-Type"))
		}
		wantAll(t, strings.ReplaceAll(body, s.URL, "SITE"), tt.parts)
		if strings.HasSuffix(tt.path, ".xml") {
			if err := xml.Unmarshal([]byte(body), new(struct{})); err != nil {
				t.Errorf("%s is not well-formed: %v", tt.path, err)
			}
		}
	}
	if body := page(t, s, "/harbour/rss.xml"); strings.Contains(body, "Security Council") || strings.Contains(body, "content:encoded>") {
		t.Error("the feed of summaries carries the text of a page")
	}
}

func TestRobots(t *testing.T) {
	s := start(t)
	want := "User-agent: *\nDisallow: /admin/\nAllow: /\n\nSitemap: " + s.URL + "/amur/news-sitemap.xml\n"
	if got := page(t, s, "/robots.txt"); got != want {
		t.Errorf("robots.txt:\n%s\nwant:\n%s", got, want)
	}
}

func TestNotFound(t *testing.T) {
	s := start(t)
	for _, path := range []string{"/nothing", "/harbour/2023/09/13/nothing", "/toa/rss.xml", summit, "/amur/2023/09/13/kim-putin-summit"} {
		if resp, _ := get(t, s, path); resp.StatusCode != 404 {
			t.Errorf("GET %s: status %d, want 404", path, resp.StatusCode)
		}
	}
}

func TestConditionalRequests(t *testing.T) {
	s := start(t)
	for _, path := range []string{"/harbour/rss.xml", "/hangang/atom.xml", "/toa/", talks, "/robots.txt"} {
		first, _ := get(t, s, path)
		tag, modified := first.Header.Get("ETag"), first.Header.Get("Last-Modified")
		if tag == "" || modified == "" {
			t.Errorf("%s: ETag %q, Last-Modified %q", path, tag, modified)
		}
		for _, validators := range [][]string{{"If-None-Match", tag}, {"If-Modified-Since", modified}, {"If-None-Match", tag, "If-Modified-Since", modified}} {
			if resp, body := get(t, s, path, validators...); resp.StatusCode != 304 || body != "" {
				t.Errorf("%s with %v: status %d, %d bytes; want 304", path, validators, resp.StatusCode, len(body))
			}
		}
	}
}

func TestNewStoriesArrive(t *testing.T) {
	s := start(t)
	before, old := get(t, s, "/harbour/rss.xml")
	s.Advance(time.Minute)
	after, body := get(t, s, "/harbour/rss.xml", "If-None-Match", before.Header.Get("ETag"), "If-Modified-Since", before.Header.Get("Last-Modified"))
	if after.StatusCode != 200 || strings.Contains(old, "kim-putin-summit") || !strings.Contains(body, "kim-putin-summit") {
		t.Errorf("after a minute: status %d; story listed before: %v, after: %v", after.StatusCode, strings.Contains(old, "kim-putin-summit"), strings.Contains(body, "kim-putin-summit"))
	}
	if after, _ = get(t, s, "/harbour/rss.xml", "If-Modified-Since", before.Header.Get("Last-Modified")); after.StatusCode != 200 {
		t.Errorf("status %d to If-Modified-Since alone, want 200", after.StatusCode)
	}
}

func TestHold(t *testing.T) {
	s := start(t)
	s.Hold()
	held := s.elapsed()
	if s.Advance(time.Hour); s.elapsed() != held+time.Hour {
		t.Errorf("held at %v, an hour on it is %v", held, s.elapsed())
	}
}

func TestCorrection(t *testing.T) {
	s := start(t)
	old := page(t, s, talks)
	s.Advance(90 * time.Second)
	corrected := page(t, s, talks)
	wantAll(t, corrected, "corrected.txt")
	for line := range parts(t, "corrected.txt") {
		if strings.Contains(unescape(old), line) {
			t.Errorf("%q is there before the correction", line)
		}
	}
	if got := strings.Count(page(t, s, "/vostok/rss.xml"), "<guid>"+s.URL+talks+"</guid>"); got != 1 {
		t.Errorf("the feed lists the story %d times, want once", got)
	}
}

// Seven reports of five outlets in four languages tell of the summit.
func TestSummit(t *testing.T) {
	s := start(t)
	s.Advance(time.Hour)
	reports, outlets, languages := 0, map[string]bool{}, map[string]bool{}
	for _, st := range shown(s.versions, s.elapsed()) {
		if text := st.Title + strings.Join(st.Paragraphs, ""); regexp.MustCompile("Komsomolsk|Комсомольск|콤소몰스크|コムソモリスク").MatchString(text) {
			reports++
			outlets[st.Outlet.Name], languages[st.Outlet.Language] = true, true
		}
	}
	if reports != 7 || len(outlets) != 5 || len(languages) != 4 {
		t.Errorf("%d reports of %d outlets in %d languages, want 7 of 5 in 4", reports, len(outlets), len(languages))
	}
}

// Every message that is expected tells of a page that is there, and what is expected has
// all that can become of a news.
func TestExpected(t *testing.T) {
	s := start(t)
	s.Advance(time.Hour)
	what := map[string]int{}
	for _, e := range s.Expected() {
		page(t, s, e.Page)
		what[e.What]++
	}
	for _, w := range []news.About{
		"post", "edit", news.AboutBatch, news.AboutDevelopment, news.AboutRaised, news.AboutCorrected, news.AboutWithdrawn,
	} {
		if what[string(w)] == 0 {
			t.Errorf("no %q is expected: %v", w, what)
		}
	}
}

// TestArrive moves from one arrival to the next, until all have come.
func TestArrive(t *testing.T) {
	s := start(t)
	s.Hold()
	last, arrivals := s.elapsed(), 0
	for s.Arrive() {
		if s.elapsed() <= last {
			t.Fatalf("%v follows %v", s.elapsed(), last)
		}
		last = s.elapsed()
		arrivals++
	}
	if len(shown(s.versions, last)) != len(shown(s.versions, time.Hour)) || arrivals < 5 || last > 2*time.Minute {
		t.Errorf("%d arrivals until %v", arrivals, last)
	}
}

// Everything that a rule looks at is the same wherever a story is shown, so
// that an alert has one title whichever way it was crawled.
func TestTitlesAgree(t *testing.T) {
	s := start(t)
	for _, st := range shown(s.versions, 0) {
		body := page(t, s, st.Path())
		front := page(t, s, "/"+st.Outlet.Slug+"/")
		for _, text := range []string{body, front} {
			if !strings.Contains(unescape(text), st.Title) {
				t.Errorf("%s: title %q is not there", st.Path(), st.Title)
			}
		}
		if len(st.Paragraphs) < 2 || st.Summary == "" || st.Author == "" || st.Section == "" {
			t.Errorf("%s lacks something: %+v", st.Path(), st)
		}
		if news.CanonicalURL(s.URL+st.Path()) == "" {
			t.Errorf("%s has no canonical URL", st.Path())
		}
	}
}

func unescape(s string) string { return html.UnescapeString(s) }

func TestConfigNamesWhatThereIs(t *testing.T) {
	s := start(t)
	config := string(s.ConfigYAML(`/tmp/a "b"/demo.db`))
	wantAll(t, strings.ReplaceAll(config, s.URL, "SITE"), "config.txt")
	for _, o := range s.outlets {
		if list := s.URL + "/" + o.Slug + "/" + o.List.file(); !strings.Contains(config, " "+list+"\n") {
			t.Errorf("%s is no source", list)
		}
	}
	for _, e := range s.Expected() {
		if !strings.Contains(config, e.Channel) {
			t.Errorf("%v, which is no channel of the config", e)
		}
	}
	if strings.Contains(config, "{{") || strings.Contains(config, "<no value>") || strings.Contains(config, "\t") {
		t.Errorf("a hole in the template, or a tab:\n%s", config)
	}
}

func TestStartWhere(t *testing.T) {
	for listen, host := range map[string]string{"": "127.0.0.1", "127.0.0.1:0": "127.0.0.1", ":0": "127.0.0.1", "0.0.0.0:0": "127.0.0.1"} {
		s, err := Start(listen)
		if err != nil {
			t.Errorf("start on %q: %v", listen, err)
			continue
		}
		addr, err := netip.ParseAddrPort(strings.TrimPrefix(s.URL, "http://"))
		if err != nil || addr.Addr().String() != host || addr.Port() == 0 {
			t.Errorf("start on %q: URL %s, want host %s", listen, s.URL, host)
		}
		page(t, s, "/")
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if _, err := http.Get(s.URL); err == nil {
			t.Errorf("%s answers after Close", s.URL)
		}
	}
	taken := start(t)
	if _, err := Start(strings.TrimPrefix(taken.URL, "http://")); err == nil || !strings.HasPrefix(err.Error(), "start demo site: ") {
		t.Errorf("start on a taken port: error %v", err)
	}
}

func TestStoryFileMistakes(t *testing.T) {
	for text, want := range map[string]string{
		"titel: x\n\np":                 `unknown key "titel"`,
		"title\n\np":                    `"title" is no "key: value" line`,
		"published: yesterday\n\np":     "published: parsing time",
		"tells: duty\n\np":              `tells: "duty" is not CHANNEL/WHAT`,
		"after: soon\n\np":              "after: time: invalid duration",
		"title: x\nmodified: 2023\n\np": "modified: parsing time",
	} {
		if _, err := parseStory(&outlet{}, "x", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	orphan := []*story{{Outlet: &outlet{Slug: "o"}, Slug: "b", revises: "a"}}
	if err := inherit(orphan); err == nil || !strings.Contains(err.Error(), "o/b revises no story") {
		t.Errorf("a revision of nothing: error %v", err)
	}
}
