package config_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// TestGood loads one right config after another, from the disk and from
// copies, and compares all that came of it.
func TestGood(t *testing.T) {
	for _, a := range archives(t, "testdata/good/*.txtar") {
		t.Run(a.name(), func(t *testing.T) {
			c, err := a.load(t)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(t, c)
			if *update {
				a.rewrite(t, got)
				return
			}
			if diff := cmp.Diff(a.want, got); diff != "" {
				t.Errorf("want (-) got (+):\n%s", diff)
			}
			copied, err := config.LoadFiles("copytaster.yaml", c.Files, a.getenv)
			if err != nil {
				t.Fatalf("from copies: %v", err)
			}
			if diff := cmp.Diff(got, dump(t, copied)); diff != "" {
				t.Errorf("from the disk (-), from copies (+):\n%s", diff)
			}
			if copied.Hash != c.Hash {
				t.Errorf("hashes differ: %s loaded, %s from copies", c.Hash, copied.Hash)
			}
			if h := config.Hash("copytaster.yaml", a.getenv); c.Hash != h && a.files["pack:dprk"] == nil {
				t.Errorf("hashes differ: %s loaded, %s read", c.Hash, h)
			}
		})
	}
}

// dump writes a config for people to compare, secrets revealed.
func dump(t *testing.T, c *config.Config) string {
	t.Helper()
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	agent, _, _ := strings.Cut(c.Crawl.UserAgent, "/")
	if !strings.HasPrefix(c.Crawl.UserAgent, "copytaster/") {
		agent = c.Crawl.UserAgent
	}
	line("storage %s, listen %q, zone %s, retention %s", c.Storage, c.Listen, c.Timezone, c.Retention)
	if c.StorageLimit != 0 {
		line("  at most %d bytes", c.StorageLimit)
	}
	line("crawl %s, %d workers, timeout %s, interval %s, networks %v", agent, c.Crawl.Workers, c.Crawl.Timeout, c.Crawl.HostInterval, c.Crawl.AllowNetworks)
	if c.PublicURL != "" {
		line("reached at %s", c.PublicURL)
	}
	if c.Crawl.WebSubCallback != "" {
		line("hubs push to %s", c.Crawl.WebSubCallback)
	}
	line("slack %s, token %q, ops %q", c.Slack.APIURL, c.Slack.Token.Reveal(), c.Slack.OpsChannel)
	if c.Slack.Answerable() {
		line("answers by token %q, secret %q, of %v", c.Slack.AppToken.Reveal(), c.Slack.SigningSecret.Reveal(), c.Slack.Allow)
	}
	line("alerts default %q, max age %s, first run %+v", c.Alerts.Routes.Default, c.Alerts.MaxAge, c.Alerts.FirstRun)
	if c.Alerts.SameNews != news.SameNewsThread || len(c.Alerts.Channels) > 0 {
		line("same news %s %+v", c.Alerts.SameNews, c.Alerts.Channels)
	}
	for _, r := range c.Alerts.Routes.Routes {
		line("route %+v", r)
	}
	for i := range c.Sinks {
		if to := c.Sinks[i].Mail; len(to) > 0 {
			line("sink %s %q by %s (%s) as %s from %s, password %q", c.Sinks[i].Name, to, c.Host(&c.Sinks[i]), c.Mail.SecurityOf(),
				c.Mail.User, c.Mail.From, c.Mail.Password.Reveal())
		}
	}
	for _, u := range c.Auth.Users {
		line("user %s by %s", u.Name, u.Hash.Reveal())
	}
	if c.Auth.Header != "" {
		line("users of the header %s from %v", c.Auth.Header, c.Auth.From)
	}
	for _, s := range c.Sources {
		line("source %s %s %s links %q schedule %q text %s origin %s language %q dates %s robots %v disabled %v", s.Name, s.Kind, s.URL,
			s.Links, s.Schedule, s.FullText, compact(t, s.Origin), s.Language, s.DatesIn, !s.IgnoreRobots, s.Disabled)
		if s.Expect.Within != 0 {
			line("  expected within %s, on %q", s.Expect.Within, s.Expect.On)
		}
		for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
			line("  header %s: %q", name, s.Headers[name].Reveal())
		}
		if s.User != "" || s.Proxy != "" {
			line("  user %s, password %q, cookies %s, proxy %s", s.User, s.Password.Reveal(), s.CookiesFile, s.Proxy.Reveal())
		}
	}
	for _, r := range c.Definition.Rules {
		line("rule %s", compact(t, r))
	}
	for _, name := range slices.Sorted(maps.Keys(c.Files)) {
		line("file %s", name)
	}
	for _, m := range c.Warnings {
		line("%s", m.Error())
	}
	return b.String()
}

// compact writes a value as JSON without what is empty.
func compact(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	text, err = json.Marshal(prune(tree))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func prune(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if isZero(prune(inner)) {
				delete(v, key)
			}
		}
		return v
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
		return v
	}
	return v
}

// isZero reports whether a value of JSON is that of a field nobody set.
func isZero(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == "" || v == "0001-01-01T00:00:00Z"
	case float64:
		return v == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// TestWordsAsWritten: what YAML would take for numbers, truths and nothing are
// the words that stand there. Some are no terms to rules; they come as far as
// that all the same.
func TestWordsAsWritten(t *testing.T) {
	files := archives(t, "testdata/good/words-as-written.txtar")[0].files
	d, err := config.ParseRules("words.yaml", append(files["copytaster.yaml"], []byte("\nconcepts:\n  a: [x]\n")...))
	if err == nil {
		t.Errorf("a second concepts: was accepted: %v", d)
	}
	d, err = config.ParseRules("words.yaml", append(files["copytaster.yaml"], []byte("  - {name: rest, any: [~, =, <<, \"$\", M*A*S*H, /re/, ~~]}\n")...))
	if err != nil {
		t.Fatal(err)
	}
	if got := termsOf(d.Rules[0].Node); got != "~|=|<<|$|M*A*S*H|/re/|~~" {
		t.Errorf("signs: %s", got)
	}
	for name, terms := range map[string]string{
		"numbers": "007|1e3|0x1F|1_000|9.5|2026-12-05|+1|.5",
		"words":   "no|yes|on|off|true|null|Null|NaN|.inf",
		"sigils":  "=US|~weapon|missile*|$5 billion|C#|a#b|-x|?x|:x|3:30|a:b|R&D|50%|>= 3",
		"quoted":  "#kim|@kim|Kim: a portrait|true|${NAME}|$${NAME}",
		"scripts": "Kim Jong-un|김정은|金正恩|Ким Чен Ын|كيم جونغ أون",
		"folded":  "Kim Jong-un|Putin envoy",
	} {
		if got := termsOf(d.Concepts[name]); got != terms {
			t.Errorf("%s: %s\nwant %s", name, got, terms)
		}
	}
}

// termsOf lists the terms of a node.
func termsOf(n rules.Node) string {
	var all []string
	for _, c := range n.Any {
		all = append(all, c.Term)
	}
	return strings.Join(all, "|")
}
