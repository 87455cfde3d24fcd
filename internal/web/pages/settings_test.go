package pages_test

import (
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/web"
	"github.com/copytaster/copytaster/internal/web/pages"
)

// everything is a config with all keys that can stand together.
const everything = `
storage: c.db
listen: 127.0.0.1:0
public_url: https://news.example.org
retention: 77d
storage_limit: 3GB
timezone: Asia/Tokyo
auth: {header: X-User, from: [127.0.0.1/32], users: [{name: ada, password_hash: ` + hash + `}]}
slack: {token: xoxb-1-secret, app_token: xapp-1-secret, ops_channel: ops, rules_channel: rules, allow: [U012AB3CD]}
mail: {smtp: "smtp.example.org:587", from: desk@example.org, user: post, password: hunter2mail, tls: implicit}
sinks:
  - {name: pager, webhook: "https://events.example.org/hunter2hook", secret: whsec_aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg==, headers: {X-Pager: hunter2}}
  - {name: post, mail: [editors@example.org]}
alerts:
  default_channel: news
  daily: "0 8 * * *"
  same_news: message
  routes:
    - {severity: urgent, topic: dprk, rule: kim, tag: wire, language: ko, to: [pager, post], mention: "@here",
       if_unanswered: {after: 15m, to: heads, mention: S012AB3CD}}
  channels:
    - {name: news, same_news: thread, digest: "0 8,16 * * *", quiet: ["Mon-Fri 22:00-07:00", "Sat,Sun"], zone: Europe/Berlin}
sources:
  - {name: tass, feed: "https://tass.example/rss?key=hunter2", schedule: "@every 5m", tags: [wire], tier: wire, owner: tass, country: RU, language: ru,
     dates_in: Europe/Moscow, full_text: never, expect: {within: 26h, on: Mon-Fri}, robots: ignore, enabled: false, headers: {X-Key: hunter2},
     basic_auth: {user: anna, password_file: secret.txt}, cookies_file: cookies.txt, proxy: "http://u:hunter2@10.0.0.1:3128"}
  - {name: kremlin, page: "https://kremlin.example/news", links: ".hentry a[href]"}
  - {name: ap, sitemap: "https://ap.example/map.xml"}
  - {name: search, google_news: "Kim missile"}
rules:
  - {name: kim, any: [Kim], topic: dprk}
`

// daemonOf makes a daemon with a config, and returns its pages as the network reaches them.
func daemonOf(t testing.TB, path string) (*app.App, http.Handler) {
	t.Helper()
	env := func(string) (string, bool) { return "", false }
	cfg, err := config.Load(path, env)
	if err != nil {
		t.Fatal(err)
	}
	var h http.Handler
	a, err := app.New(t.Context(), slog.New(slog.DiscardHandler), app.Options{
		Config: cfg, Getenv: env, Output: io.Discard, Pace: time.Millisecond, Grace: time.Minute, Answerable: true,
		Pages: func(w app.Window) (http.Handler, error) {
			made, err := pages.New(w)
			h = made
			return made, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, web.Public(a, "127.0.0.1:8460", h)
}

// keysOf returns the keys of a map of the config, from the tables of the config by its schema.
func keysOf(t *testing.T, kind string) []string {
	t.Helper()
	type object struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	var schema struct {
		object
		Definitions map[string]object `json:"definitions"`
	}
	if err := json.Unmarshal(config.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	of := schema.object
	if kind != "" {
		of = schema.Definitions[kind]
	}
	var keys []string
	for key := range of.Properties {
		keys = append(keys, key)
	}
	if slices.Sort(keys); len(keys) == 0 {
		t.Fatalf("%s has no keys", kind)
	}
	return keys
}

// TestEverySetting: the page of the config shows each key that there is, but for those with a
// reason, and no secret.
func TestEverySetting(t *testing.T) {
	exempt := map[string]string{
		"include": "the files that were read are listed", "concepts": "they are part of rules", "defaults": "they hold in rules",
		"rules": "they have a table, and a page", "auth": "its keys are shown", "crawl": "its keys are shown", "slack": "its keys are shown",
		"alerts": "its keys are shown", "mail": "its keys are shown", "sinks": "each is shown", "sources": "each is shown",
		"slack.token_file": "as token", "slack.app_token_file": "as app_token", "slack.signing_secret_file": "as signing_secret",
		"mail.password_file": "as password", "sink.secret_file": "as secret", "source.headers_file": "as headers",
		"alerts.routes": "each is shown", "alerts.channels": "each is shown",
	}
	path := filepath.Join(t.TempDir(), "copytaster.yaml")
	for name, text := range map[string]string{"copytaster.yaml": everything, "secret.txt": "hunter2", "cookies.txt": "# Netscape HTTP Cookie File\n"} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_, h := daemonOf(t, path)
	page := html.UnescapeString(ask(h, "GET", "/config", with("X-User", "ada")).Body.String())
	for _, section := range []string{"", "auth", "crawl", "slack", "alerts", "mail"} {
		for _, key := range keysOf(t, section) {
			if section != "" {
				key = section + "." + key
			}
			if shown := strings.Contains(page, "<code>"+key+"</code>"); shown == (exempt[key] != "") {
				t.Errorf("%s is shown: %v, exempt: %q", key, shown, exempt[key])
			}
		}
	}
	for kind, rows := range map[string]string{
		"route": `alerts\.routes`, "if_unanswered": `alerts\.routes`, "channel": `alerts\.channels`, "sink": "sinks", "source": "sources",
		"basic_auth": "sources", "expect": "sources",
	} {
		all := strings.Join(regexp.MustCompile(`<code>`+rows+`\[\d+\]</code></dt><dd[^>]*>[^<]*`).FindAllString(page, -1), "\n")
		for _, key := range keysOf(t, kind) {
			found := regexp.MustCompile(`[>{ ]` + key + `: `).MatchString(all)
			if found == (exempt[kind+"."+key] != "") {
				t.Errorf("%s of a %s is shown: %v, exempt: %q\n%s", key, kind, found, exempt[kind+"."+key], all)
			}
		}
	}
	for _, want := range []string{
		"if_unanswered: {after: 15m; to: heads; mention: S012AB3CD}", "quiet: Mon-Fri 22:00-07:00, Sat,Sun; zone: Europe/Berlin", "3000 MB", "77d",
		"webhook: at events.example.org", "smtp.example.org:587", "mention: @here", "15 news in 10m", "expect: {within: 26h, on: Mon-Fri}",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, regexp.MustCompile(`name: news.*`).FindString(page))
		}
	}
	for _, secret := range []string{"hunter2", "xapp-1-secret", "whsec_", hash, "xoxb"} {
		if strings.Contains(page, secret) {
			t.Errorf("the page shows %s", secret)
		}
	}
}
