package pages_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// payloads are texts that do harm where they are taken for HTML.
var payloads = []string{
	`<script>alert("xss")</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `</title><svg onload=alert(1)>`,
	`</textarea></style><iframe srcdoc="x">`, `javascript:alert(1)`, `{{.Config}} ${7*7} <%= 7 %>`, `<!--<a href="x">--><b style=x:1>`,
	`&lt;script&gt;alert(1)&lt;/script&gt;`, `<base href="//evil.example">`, `<meta http-equiv=refresh content=0>`,
	`<form action=//evil.example><button formaction=x>`, "\u202e<script>\u2066", `<math><mi xlink:href="data:x">`, `<a href="data:text/html,x">x</a>`,
}

// feed is a site whose stories have payloads for headlines, beside ordinary ones.
func feed(t testing.TB, more ...string) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/feed" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/rss+xml")
		fmt.Fprint(w, `<rss version="2.0"><channel><title>t</title>`)
		for i, title := range append(more, payloads...) {
			text := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(title)
			text = strings.NewReplacer("&", "&amp;").Replace(text) // HTML within XML, as feeds have it
			fmt.Fprintf(w, `<item><title>Kim %d %s</title><link>%s/story/%d?a=%%22%%3E%%3Cscript%%3E</link><guid>%d</guid><pubDate>%s</pubDate>
				<description>Story %d of %d words that differ: %s</description></item>`, i, text, "http://"+r.Host, i, i,
				time.Now().UTC().Format(time.RFC1123Z), i*7, i*13, text)
		}
		fmt.Fprint(w, `</channel></rss>`)
	}))
	t.Cleanup(s.Close)
	return s
}

// hash is that of "correct-horse".
const hash = "$2a$10$VU.KuSTU5lYKYAifWKb3.OJr0ZHbCrg0jJrHCdzNBXM3VU7Kf6ioW"

// open makes a daemon on a store with a config that has more keys, lets it go once through its
// sources, and returns its pages as the network reaches them.
func open(t testing.TB, storage, more string, titles ...string) http.Handler {
	t.Helper()
	site := feed(t, titles...)
	fake := slackfake.New(slackfake.Options{})
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = fake.Close() })
	path := filepath.Join(t.TempDir(), "copytaster.yaml")
	text := fmt.Sprintf(`
storage: %q
listen: 127.0.0.1:0
crawl: {host_interval: 0s, allow_networks: [127.0.0.0/8]}
slack: {token: %s, api_url: %q}
alerts: {default_channel: news, max_age: unlimited, first_run: everything, storm: none, routes: [{rule: gone, to: [no-such-channel]}]}
sources:
  - {name: wire, feed: %s/feed, full_text: never, schedule: "@every 1h", robots: ignore}
  - {name: broken, feed: "%s/nothing?token=hunter2", full_text: never, schedule: "@every 1h", robots: ignore}
rules:
  - {name: kim, any: [Kim], severity: high, topic: "<script>topic</script>", note: "<script>note</script>"}
  # </textarea><script>alert(1)</script>
  - {name: gone, all: [Kim, script], severity: urgent, instruction: "\"><img src=x onerror=alert(1)>"}
  - {name: other, any: ["=<script>alert(1)</script>", Rain]}
%s`, storage, slackfake.DefaultToken, fake.URL(), site.URL, site.URL, more)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	a, h := daemonOf(t, path)
	if _, err := a.Once(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	return h
}

// ask asks for a page as a browser on this machine does.
func ask(h http.Handler, method, target string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	body := io.Reader(nil)
	target, form, posts := strings.Cut(target, " ")
	if posts {
		body = strings.NewReader(form)
	}
	r := httptest.NewRequest(method, target, body)
	r.RemoteAddr, r.Host = "127.0.0.1:40000", "127.0.0.1:8460"
	if posts {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func with(key, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(key, value) }
}

var (
	tag       = regexp.MustCompile(`<(/?[a-zA-Z!][^\s>]*)([^>]*)>`)
	ourScript = regexp.MustCompile(`<script defer src="/assets/(live|try|copy)\.js\?v=`)
	property  = regexp.MustCompile(`([^\s="]+)(?:="([^"]*)")?`)
)

// elements and attributes are those that the pages use.
var (
	elements = strings.Fields(`!doctype html head meta title link script noscript body a header p nav ul li main h1 h2 h3 section
		span form button input label div table caption thead tbody tr th td time dl dt dd pre code b strong bdi svg text rect details summary article em ol
		textarea mark title del ins select option`)
	attributes = strings.Fields(`html lang charset name content media rel type href defer src http-equiv class aria-label aria-current aria-hidden aria-live
		aria-labelledby id tabindex data-live data-of role method action value datetime scope viewBox x y dy width height rx readonly for inputmode
		autocomplete spellcheck autocapitalize required maxlength align rows placeholder`)
)

// onlyOurs checks that a page consists of what the templates have: nothing that came from
// elsewhere became an element, an attribute or a link that runs.
func onlyOurs(t *testing.T, at, body string) {
	t.Helper()
	for _, found := range tag.FindAllStringSubmatch(body, -1) {
		name := strings.ToLower(strings.TrimPrefix(found[1], "/"))
		if !slices.Contains(elements, name) {
			t.Fatalf("%s has the element %s", at, found[0])
		}
		for _, p := range property.FindAllStringSubmatch(found[2], -1) {
			if p[1] != "/" && !slices.Contains(attributes, p[1]) {
				t.Fatalf("%s has the attribute %s in %s", at, p[1], found[0])
			}
			link := p[1] == "href" || p[1] == "src" || p[1] == "action"
			if link && !strings.HasPrefix(p[2], "/") && !strings.HasPrefix(p[2], "http://127.0.0.1") &&
				!strings.HasPrefix(p[2], "https://slack.com/archives/") && !strings.HasPrefix(p[2], "https://fake.slack.com/archives/") &&
				!strings.HasPrefix(p[2], "#") {
				t.Fatalf("%s leads to %s", at, p[2])
			}
		}
	}
	if n := strings.Count(strings.ToLower(body), "<script"); n != len(ourScript.FindAllString(body, -1)) {
		t.Fatalf("%s has %d scripts", at, n)
	}
}

func TestPages(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, storage string) {
		h := open(t, storage, "", "speaks to the press", "meets envoys", "opens a plant", "sees a film", "writes a letter", "rides a train",
			"visits a farm", "names a minister", "tests a rocket", "sends a wreath")
		for target, wants := range map[string][]string{
			"/":                           {"It runs", "high alerts wait for an answer", "None of 2 sources", "speaks to the press", `class="tag urgent">urgent`, "<b>0</b> dead", "25 stories, 2", "no-such-channel"},
			"/deliveries":                 {"speaks to the press", `class="tag">sent`, "/story?id=", "older ones"},
			"/deliveries?state=parked":    {"no-such-channel", "/deliveries/retry", `aria-current="page">parked`},
			"/deliveries?state=dead":      {"no deliveries in this state"},
			"/deliveries?state=sending":   {"no deliveries"},
			"/sources":                    {"wire", "broken", "404", "@every 1h"},
			"/story":                      {"URL of a story"},
			"/story?id=1":                 {"Rules that matched", "What each rule says", "Alerts on the news", "127.0.0.1"},
			"/story?id=99":                {"no story of this number"},
			"/story?url=two+words":        {"0 stories with these words", "all their forms"},
			"/story?url=kim+%7Erocket":    {"1 story with these words", "tests a rocket", "/story?id=", "matched kim"},
			"/story?url=%22kim+rocket%22": {"0 stories with these words"},
			"/story?url=%2F%28%2F":        {`class="notice bad"`},
			"/story?url=example.org/a":    {"never listed"},
			"/config":                     {"crawl.host_interval", "set, hidden", "whoever is on this machine", "&lt;script&gt;topic"},
			"/rules":                      {"kim", "25 stories", "script&gt;topic", "/rule?name=other", "stories in 14 days"},
			"/rule?name=kim":              {"alerts in 30 days", "What it matched last", "/story?id=", "script&gt;note", "/try?rule=kim"},
			"/try":                        {"A rule as YAML"},
			"/try rule=kim&story=1":       {"✓ matches", "<mark>Kim</mark>", "kim in the last 7 days", "25 stories published in these days, of 25", "it belongs under the tests"},
			"/try rule=none":              {"There is no rule none"},
			"/try rule=all:+%5BKim":       {"That is no rule:"},
			"/try rule=kim&text=Rain":     {"✗ does not match"},
			"/try rule=all:+%5BKim,+Rain%5D&text=Kim%0AIn+the+rain": {
				"✓ matches", "Rain", "0 stories published in these days, of 25", "To paste", "- name: tried\n  all: [Kim, Rain]\n  tests:\n    - match:\n        title: &#34;Kim",
			},
			"/try rule=kim&text=http://example.org/a": {"The archive has no story of this URL"},
			"/docs/":                      {"/docs/rules", "Operations"},
			"/docs/rules":                 {"<table tabindex", "/docs/"},
			"/docs/reference":             {`id="configuration-keys"`},
			"/story?url=" + payloadURL():  {"never listed"},
			"/deliveries?below=5":         {"the newest"},
			"/deliveries?below=-1&done=x": {"Deliveries"},
		} {
			w := ask(h, methodOf(target), target)
			if w.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", target, w.Code, w.Body)
			}
			body := w.Body.String()
			for _, want := range wants {
				if !strings.Contains(body, want) {
					t.Errorf("%s lacks %q", target, want)
				}
			}
			if strings.Contains(body, "hunter2") || strings.Contains(body, slackfake.DefaultToken) {
				t.Errorf("%s shows a secret", target)
			}
			if !strings.HasPrefix(target, "/docs/r") { // documents have links into the world
				onlyOurs(t, target, body)
			}
		}
		for i := range 20 {
			onlyOurs(t, "story", ask(h, "GET", fmt.Sprint("/story?id=", i)).Body.String())
		}
	})
}

// methodOf is how a browser asks for a target: one with a form is posted.
func methodOf(target string) string {
	if strings.Contains(target, " ") {
		return "POST"
	}
	return "GET"
}

func payloadURL() string { return "example.org/%22%3E%3Cscript%3Ealert(1)%3C/script%3E" }

// TestHostileQueries: what a query says is text, whatever it is.
func TestHostileQueries(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	for _, p := range payloads {
		q := strings.NewReplacer("%", "%25", "+", "%2B", " ", "+", "&", "%26", "#", "%23", ";", "%3B", "<", "%3C", ">", "%3E", `"`, "%22",
			"\u202e", "%E2%80%AE", "\u2066", "%E2%81%A6").Replace(p)
		for _, target := range []string{
			"/story?url=" + q, "/story?url=example.org/" + q, "/story?id=" + q, "/deliveries?state=" + q, "/deliveries?below=" + q,
			"/deliveries?done=retried&id=" + q, "/try rule=" + q, "/try rule=kim&text=Kim+" + q, "/try rule=any:+%5B%22" + q + "%22%5D&text=" + q,
			"/rule?name=" + q, "/source?name=" + q, "/source?name=wire&tried=" + q, "/source/try name=" + q, "/deliveries/move id=1&channel=" + q, "/deliveries?id=1&done=" + q, "/login?next=" + q, "/docs/" + q, "/assets/" + q, "/" + q,
		} {
			w := ask(h, methodOf(target), target)
			if w.Code >= 500 {
				t.Errorf("%s: %d", target, w.Code)
			}
			if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
				onlyOurs(t, target, w.Body.String())
			}
		}
	}
}

func TestRequests(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	for _, c := range []struct {
		method, target string
		status         int
		want           string
	}{
		{"HEAD", "/", 200, ""},
		{"GET", "/nothing", 404, "There is no page here"},
		{"GET", "/docs/nothing", 404, "no such document"},
		{"GET", "/docs/..%2freference", 404, "no such document"},
		{"GET", "/docs/%2e%2e/go.mod", 404, "no page"},
		{"GET", "/assets/..%2ftemplates%2fframe.html", 404, "no such file"},
		{"GET", "/assets/", 404, "no page"},
		{"GET", "/assets/pages.go", 404, "no such file"},
		{"GET", "/deliveries?state=nonsense", 404, "no such state"},
		{"GET", "/story?id=x", 404, "no number"},
		{"GET", "/rule?name=none", 404, "no rule of this name"},
		{"GET", "/try?rule=kim", 200, ">kim</textarea>"},
		{"POST", "/try rule=kim&text=" + strings.Repeat("Kim+", 20_000), 200, "✓ matches"},
		{"POST", "/try rule=kim&text=" + strings.Repeat("x", 300_000), 413, "too much"},
		{"POST", "/ x=1", 405, "not asked for"},
		{"POST", "/deliveries x=1", 405, "not asked for"},
		{"GET", "/deliveries/retry", 405, "not asked for"},
		{"DELETE", "/deliveries", 405, "not asked for"},
		{"TRACE", "/", 405, "not asked for"},
		{"POST", "/nothing x=1", 404, "no page"},
		{"POST", "/deliveries/drop id=x", 400, "no number"},
		{"POST", "/deliveries/drop id=-4", 400, "no number"},
		{"POST", "/deliveries/drop id=99", 409, "Nothing was done"},
		{"POST", "/deliveries/retry id=1", 409, "Nothing was done"},
		{"POST", "/deliveries/drop id=1&x=" + strings.Repeat("x", 10_000), 400, "cannot be read"},
		{"GET", "/metrics", 200, "copytaster_"},
		{"GET", "/-/ready", 200, "ok"},
	} {
		w := ask(h, c.method, c.target)
		if body := w.Body.String(); w.Code != c.status || !strings.Contains(body, c.want) || c.method == "HEAD" && body != "" {
			t.Errorf("%s %.40s: %d %s, want %d %q", c.method, c.target, w.Code, body, c.status, c.want)
		}
		if w.Code == 405 && w.Header().Get("Allow") == "" {
			t.Errorf("%s %.40s: no Allow", c.method, c.target)
		}
	}
	for key, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "same-origin", "Cache-Control": "no-store", "X-Frame-Options": "DENY",
	} {
		for _, target := range []string{"/", "/nothing", "/login", "/docs/rules"} {
			if got := ask(h, "GET", target).Header().Get(key); !strings.Contains(got, want) || strings.Contains(got, "unsafe") {
				t.Errorf("%s of %s is %q", key, target, got)
			}
		}
	}
}

// TestAssets: what pages load is there, is kept by browsers, and is known by its content.
func TestAssets(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	body := ask(h, "GET", "/").Body.String()
	loaded := regexp.MustCompile(`(?:href|src)="(/assets/[^"]+)"`).FindAllStringSubmatch(body, -1)
	if len(loaded) != 3 {
		t.Fatalf("the page loads %v", loaded)
	}
	for _, l := range loaded {
		w := ask(h, "GET", l[1])
		if w.Code != 200 || w.Body.Len() < 100 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d, %v", l[1], w.Code, w.Header())
		}
		again := ask(h, "GET", l[1], with("If-None-Match", w.Header().Get("ETag")))
		old := ask(h, "GET", strings.Split(l[1], "?")[0]+"?v=1")
		if again.Code != http.StatusNotModified || old.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d with its tag; an old one %v", l[1], again.Code, old.Header())
		}
	}
	for _, name := range []string{"style.css", "live.js"} {
		if text := ask(h, "GET", "/assets/"+name).Body.String(); strings.Contains(text, "http://") || strings.Contains(text, "https://") {
			t.Errorf("%s loads something from elsewhere", name)
		}
	}
}
