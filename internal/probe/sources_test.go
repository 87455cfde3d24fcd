package probe

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
)

// TestJudge: what is said of a list that could be read.
func TestJudge(t *testing.T) {
	now := time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)
	fresh, old := now.Add(-time.Hour), now.Add(-31*24*time.Hour)
	for name, c := range map[string]struct {
		given        SourceAnswer
		kind         news.SourceKind
		detail, hint string
		warning      bool
	}{
		"good":       {SourceAnswer{Stories: 2, Newest: &fresh}, news.KindFeed, "2 stories, the newest of 2 Nov 2026 11:00 UTC", "", false},
		"undated":    {SourceAnswer{Stories: 1}, news.KindPage, "1 story", "", false},
		"moved":      {SourceAnswer{Stories: 1, MovedTo: "https://a.example/new"}, news.KindSitemap, "1 story; it has moved for good", "sitemap: https://a.example/new", true},
		"empty":      {SourceAnswer{}, news.KindFeed, "the list is empty", "", true},
		"empty page": {SourceAnswer{}, news.KindPage, "no link on the page looks like a story's", "say with links: which links lead to stories", true},
		"silent": {SourceAnswer{Stories: 1, Newest: &old}, news.KindFeed, "1 story, the newest of 2 Oct 2026 12:00 UTC, which is long ago",
			"`copytaster discover` on its site may find another list", true},
	} {
		c.given.judge(news.Source{Kind: c.kind}, now)
		if c.given.Detail != c.detail || c.given.Hint != c.hint || c.given.Warning != c.warning {
			t.Errorf("%s: %+v", name, c.given)
		}
	}
}

// TestBlame: which faults mean that a source is down, and what is advised.
func TestBlame(t *testing.T) {
	fault := func(f news.Fault, status int) error {
		return &news.CrawlError{Fault: f, URL: "https://a.example/", Status: status}
	}
	for _, c := range []struct {
		err  error
		down bool
		hint string // a part of it
	}{
		{fault(news.FaultDNS, 0), true, "the name of the host"},
		{fault(news.FaultRobots, 0), true, "robots: ignore"},
		{fault(news.FaultRefused, 0), true, "crawl.allow_networks"},
		{fault(news.FaultStatus, 401), true, "headers_file"},
		{fault(news.FaultWall, 200), true, "turns crawlers away"},
		{fault(news.FaultStatus, 502), true, "ask again later"},
		{fault(news.FaultTLS, 0), true, ""},
		{fault(news.FaultConnect, 0), true, "nothing answers"},
		{fault(news.FaultTimeout, 0), true, "crawl.timeout"},
		{fault(news.FaultThrottled, 429), false, "crawl.host_interval"},
		{&news.LaterError{}, false, ""},
		{errors.New("something else"), true, ""},
	} {
		r := SourceAnswer{OK: true}
		new(prober).explainFailure(t.Context(), news.Source{}, c.err, &r)
		if r.OK == c.down || r.Warning == c.down || !strings.Contains(r.Hint, c.hint) ||
			(c.hint == "") != (r.Hint == "") || r.Detail == "" {
			t.Errorf("%v: %+v", c.err, r)
		}
	}
}

// TestIsOffline: one source that answers, however badly, and the network is
// there; what is switched off says nothing.
func TestIsOffline(t *testing.T) {
	dns, connect := SourceAnswer{Fault: news.FaultDNS}, SourceAnswer{Fault: news.FaultConnect}
	off := SourceAnswer{OK: true}
	for name, c := range map[string]struct {
		sources []SourceAnswer
		want    bool
	}{
		"none":         {nil, false},
		"one":          {[]SourceAnswer{dns, off}, false},
		"all":          {[]SourceAnswer{dns, off, connect}, true},
		"gone answers": {[]SourceAnswer{dns, connect, {Fault: news.FaultGone}}, false},
		"good":         {[]SourceAnswer{dns, connect, {OK: true, Stories: 2}}, false},
		"not asked":    {[]SourceAnswer{dns, connect, {OK: true, Warning: true}}, false},
	} {
		if got := (&Answers{Sources: c.sources}).Offline(); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestPackHint: a pack's source cannot be mended, so that its hint ends with
// how to switch it off.
func TestPackHint(t *testing.T) {
	cfg, err := config.LoadFiles("c.yaml", map[string][]byte{"c.yaml": []byte(`include: ["pack:wires"]`)}, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	for hint, want := range map[string]string{
		"":                "{name: ap, enabled: false} under sources switches it off",
		"is it right?":    "is it right? {name: ap, enabled: false} under sources switches it off",
		"ask again later": "ask again later; {name: ap, enabled: false} under sources switches it off",
	} {
		o := Answers{Sources: []SourceAnswer{{Name: "ap", Hint: hint}}}
		if got := o.Mistakes(cfg); len(got) != 1 || got[0].Hint != want {
			t.Errorf("%q: %+v", hint, got)
		}
	}
}

// TestByHost: the sources of one host are asked one after the other, the
// longest rows first.
func TestByHost(t *testing.T) {
	var sources []news.Source
	for _, link := range []string{"https://a.example/1", "https://b.example/1", "http://b.example/2", "https://b.example:8443/", "no host"} {
		sources = append(sources, news.Source{URL: link})
	}
	if diff := cmp.Diff([][]int{{1, 2}, {0}, {3}, {4}}, byHost(sources)); diff != "" {
		t.Error(diff)
	}
}

// TestSources: many sources on one host are asked one at a time, in the order of
// the config, and every one has a verdict.
func TestSources(t *testing.T) {
	var busy, most atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := busy.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer busy.Add(-1)
		switch r.URL.Path {
		case "/robots.txt":
			http.NotFound(w, r)
		case "/moved":
			http.Redirect(w, r, "/f1", http.StatusMovedPermanently)
		default:
			fmt.Fprintf(w, `<rss version="2.0"><channel><title>T</title><item><title>A story of %s</title><link>http://a.example%s</link></item></channel></rss>`, r.URL.Path, r.URL.Path)
		}
	}))
	defer server.Close()
	cfg := &config.Config{Crawl: config.Crawl{Workers: 8, AllowNetworks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}
	for i := range 30 {
		cfg.Sources = append(cfg.Sources, news.Source{
			Name: fmt.Sprintf("s%d", i), Kind: news.KindFeed, URL: fmt.Sprintf("%s/f%d", server.URL, i),
		})
	}
	var told []int64
	cfg.Sources[3].Disabled = true
	cfg.Sources[4].URL = server.URL + "/moved"
	for i, p := range Sources(t.Context(), cfg, func(done, _ int64) { told = append(told, done) }) {
		switch {
		case p.Name != cfg.Sources[i].Name || !p.OK || p.index != i:
			t.Errorf("%+v", p)
		case i == 3 && p.Detail != "switched off", i == 4 && p.MovedTo != server.URL+"/f1", i > 4 && p.Stories != 1:
			t.Errorf("%+v", p)
		}
	}
	if len(told) != 30 || !slices.IsSorted(told) {
		t.Errorf("progress: %v", told)
	}
	if most.Load() != 1 {
		t.Errorf("%d requests at once to one host", most.Load())
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for _, p := range Sources(stopped, cfg, func(int64, int64) {}) {
		if p.Name != "s3" && (!p.Warning || !p.OK) {
			t.Errorf("not asked: %+v", p)
		}
	}
}

// TestAskSlack: what Slack says becomes mistakes where the config names the
// channels; every channel is asked about once.
func TestAskSlack(t *testing.T) {
	fake := slackfake.New(slackfake.Options{Scopes: []string{"channels:read", "groups:read"},
		Channels: []slackfake.Channel{{Name: "news", Member: true}, {Name: "open"}}})
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	text := `slack:
  token: xoxb-fake
  api_url: ` + fake.URL() + `
  ops_channel: news
alerts:
  default_channel: news
  routes: [{severity: urgent, to: ["#open"]}]
rules: [{name: a, any: [x], to: open, also to: [news, desk]}, {name: b, any: [y], to: nobody, enabled: false}]
`
	cfg, err := config.LoadFiles("c.yaml", map[string][]byte{"c.yaml": []byte(text)}, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	answer := Slack(t.Context(), cfg)
	if answer.OK || len(answer.Channels) != 3 || len(fake.Calls("conversations.info")) != 2 {
		t.Errorf("%+v", answer)
	}
	var got []string
	for _, m := range answer.Mistakes(cfg) {
		got = append(got, fmt.Sprintf("%s:%d %s %s | %s", m.File, m.Line, m.Severity, m.Message, m.Hint))
	}
	want := []string{
		"c.yaml:2 error the token lacks the scope chat:write, to post alerts | " + scopeHint,
		"c.yaml:2 warning the token lacks the scope channels:join, to join the public channels that the config names | " + scopeHint,
		"c.yaml:2 warning the token lacks the scope channels:history, to ask whether a message in doubt has arrived | " + scopeHint,
		"c.yaml:2 warning the token lacks the scope groups:history, to ask the same in private channels | " + scopeHint,
		"c.yaml:7 error channel open: the bot is not in the channel | type in #open: /invite @copytaster",
		"c.yaml:8 error channel desk: there is no such channel that the bot can see: make it, unarchive it, or invite the bot when it is private | type in #desk: /invite @copytaster",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if answer := Slack(t.Context(), &config.Config{}); !answer.OK || answer.Configured {
		t.Errorf("without a token: %+v", answer)
	}
}

// TestAskSlackForAnswers: whether people can answer: the scopes that needs, and a
// connection that can be opened.
func TestAskSlackForAnswers(t *testing.T) {
	for token, want := range map[string][]string{
		slackfake.DefaultAppToken: nil,
		"xapp-other": {"error nobody can answer alerts: unauthorized: open socket: invalid_auth", "warning the token lacks the scope commands, " +
			"to take /copytaster and what people do in the menu of a message"},
	} {
		o := slackfake.Options{Channels: []slackfake.Channel{{Name: "news", Member: true}}}
		if want != nil {
			o.Scopes = []string{"chat:write", "channels:read", "groups:read", "channels:join", "channels:history", "groups:history",
				"users:read", "usergroups:read"}
		}
		fake := slackfake.New(o)
		if err := fake.Start(); err != nil {
			t.Fatal(err)
		}
		defer fake.Close()
		text := "slack: {token: xoxb-fake, app_token: " + token + ", api_url: \"" + fake.URL() + "\"}\nalerts: {default_channel: news}\n"
		env := func(string) (string, bool) { return "", false }
		cfg, err := config.LoadFiles("c.yaml", map[string][]byte{"c.yaml": []byte(text)}, env)
		if err != nil {
			t.Fatal(err)
		}
		answer := Slack(t.Context(), cfg)
		var got []string
		for _, m := range answer.Mistakes(cfg) {
			got = append(got, fmt.Sprintf("%s %s", m.Severity, m.Message))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) || answer.SocketOpens() != (want == nil) || answer.OK != (want == nil) {
			t.Errorf("%s: %+v says %q", token, answer, got)
		}
	}
}

// A channel that is named and given by its ID would be told twice.
func TestAskSlackOfOneChannelTwice(t *testing.T) {
	fake := slackfake.New(slackfake.Options{Channels: []slackfake.Channel{{ID: "C000000077", Name: "news", Member: true}}})
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	defer fake.Close()
	text := "slack: {token: xoxb-fake, api_url: \"" + fake.URL() + "\"}\nalerts: {default_channel: news}\nrules: [{name: a, any: [x], to: C000000077}]\n"
	cfg, err := config.LoadFiles("c.yaml", map[string][]byte{"c.yaml": []byte(text)}, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	answer := Slack(t.Context(), cfg)
	got := answer.Mistakes(cfg)
	if answer.OK || len(got) != 1 || !strings.Contains(got[0].Message, `the channel that "news" names, too`) {
		t.Errorf("%+v", got)
	}
}
