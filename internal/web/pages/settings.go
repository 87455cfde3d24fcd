package pages

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/rules"
)

// mostRules is how many rules the page of the config lists.
const mostRules = 500

// effective is what the page of the config shows: what holds, with the defaults. Each value is
// chosen here, and none is a secret.
type effective struct {
	Path, Hash string
	Loaded     time.Time
	Unknown    bool // when it was loaded: the store cannot be read
	Refusal    string
	Warnings   []string
	Files      []string
	Groups     []settingGroup
	Rules      []rules.Rule
	MoreRules  int
}

type settingGroup struct {
	Name string
	Rows []setting
}

type setting struct{ Key, Value string }

// add adds a value; one that is not set says so.
func (g *settingGroup) add(key, value string) {
	if value == "" {
		value = "not set"
	}
	g.Rows = append(g.Rows, setting{key, news.WithoutSecrets(value)})
}

// settings shows the config in force.
func (s *site) settings(r *http.Request) (sheet, error) {
	cfg := s.Config()
	st, err := s.Status(r.Context())
	v := effective{Path: cfg.Path, Hash: cfg.Hash, Refusal: s.Refusal()}
	if v.Unknown = err != nil; v.Unknown { // nothing else of the config is in the store
		s.Log().Warn("the time at which the config was loaded cannot be read", "error", err)
	}
	if at, err := time.Parse(time.RFC3339, st.ConfigAt); err == nil && st.ConfigHash == cfg.Hash {
		v.Loaded = at
	}
	for _, w := range cfg.Warnings {
		v.Warnings = append(v.Warnings, w.Error())
	}
	for name := range cfg.Files {
		v.Files = append(v.Files, filepath.ToSlash(name))
	}
	slices.Sort(v.Files)
	v.Groups = []settingGroup{
		general(cfg), crawling(cfg), slackOf(cfg), alerting(cfg), receivers(cfg), mailOf(cfg), visitors(cfg), sourcesOf(cfg),
	}
	all := cfg.Definition.Rules
	v.MoreRules = max(0, len(all)-mostRules)
	for _, r := range all[:len(all)-v.MoreRules] {
		v.Rules = append(v.Rules, withoutSecrets(r))
	}
	return sheet{Frame: "config", Title: "Config", At: "/config", Data: v}, nil
}

func general(cfg *config.Config) settingGroup {
	g := settingGroup{Name: "General"}
	g.add("storage", store.NameOf(cfg.Storage))
	g.add("listen", cfg.Listen)
	g.add("public_url", cfg.PublicURL)
	g.add("timezone", cfg.Timezone.String())
	g.add("retention", days(cfg.Retention))
	limit := ""
	if cfg.StorageLimit > 0 {
		limit = fmt.Sprintf("%d MB", cfg.StorageLimit/1_000_000)
	}
	g.add("storage_limit", limit)
	return g
}

func crawling(cfg *config.Config) settingGroup {
	g := settingGroup{Name: "Crawling"}
	c := cfg.Crawl
	g.add("crawl.user_agent", c.UserAgent)
	g.add("crawl.workers", strconv.Itoa(c.Workers))
	g.add("crawl.timeout", days(c.Timeout))
	g.add("crawl.host_interval", days(c.HostInterval))
	g.add("crawl.allow_networks", fmtList(c.AllowNetworks))
	g.add("crawl.websub_callback", c.WebSubCallback)
	return g
}

func slackOf(cfg *config.Config) settingGroup {
	g := settingGroup{Name: "Slack"}
	c := cfg.Slack
	g.add("slack.token", hidden(c.Configured))
	g.add("slack.app_token", hidden(c.AppToken != ""))
	g.add("slack.signing_secret", hidden(c.SigningSecret != ""))
	g.add("slack.ops_channel", c.OpsChannel)
	g.add("slack.rules_channel", c.RulesChannel)
	g.add("slack.allow", strings.Join(c.Allow, ", "))
	g.add("slack.api_url", c.APIURL)
	return g
}

func alerting(cfg *config.Config) settingGroup {
	g := settingGroup{Name: "Alerts"}
	a := cfg.Alerts
	g.add("alerts.default_channel", a.Routes.Default)
	g.add("alerts.max_age", unlimited(a.MaxAge))
	first := "younger than " + days(a.FirstRun.Younger)
	if a.FirstRun.Everything {
		first = "everything"
	} else if a.FirstRun.Nothing {
		first = "nothing"
	}
	g.add("alerts.first_run", first)
	g.add("alerts.same_news", string(a.SameNews))
	storm := "none"
	if a.Storm.News > 0 {
		storm = fmt.Sprintf("%d news in %s", a.Storm.News, days(a.Storm.Over))
	}
	g.add("alerts.storm", storm)
	g.add("alerts.daily", a.Daily)
	for i := range a.Routes.Routes {
		g.add(fmt.Sprintf("alerts.routes[%d]", i), routeRow(cfg, i).String())
	}
	for i := range a.Channels {
		g.add(fmt.Sprintf("alerts.channels[%d]", i), channelRow(cfg, &a.Channels[i]).String())
	}
	return g
}

func receivers(cfg *config.Config) settingGroup {
	g := settingGroup{Name: "Receivers beside Slack"}
	for i := range cfg.Sinks {
		g.add(fmt.Sprintf("sinks[%d]", i), sinkRow(cfg, &cfg.Sinks[i]).String())
	}
	return g
}

func visitors(cfg *config.Config) settingGroup {
	g := settingGroup{Name: "Who may see these pages"}
	names := make([]string, len(cfg.Auth.Users))
	for i, u := range cfg.Auth.Users {
		names[i] = u.Name
	}
	if !cfg.Auth.Asks() {
		g.add("auth", "whoever is on this machine")
		return g
	}
	users := ""
	if len(names) > 0 {
		users = strings.Join(names, ", ") + " (passwords are hidden)"
	}
	g.add("auth.users", users)
	g.add("auth.header", cfg.Auth.Header)
	g.add("auth.from", fmtList(cfg.Auth.From))
	return g
}

// hidden says of a secret only whether there is one.
func hidden(set bool) string { return map[bool]string{true: "set, hidden"}[set] }

// days writes a duration as the config does.
func days(d time.Duration) string {
	if day := 24 * time.Hour; d >= 2*day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} { // 1h0m0s is 1h
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

func unlimited(d time.Duration) string {
	if d == 0 {
		return "unlimited"
	}
	return days(d)
}

func fmtEach[T any](all []T) []string {
	var texts []string
	for _, one := range all {
		texts = append(texts, fmt.Sprint(one))
	}
	return texts
}

func fmtList[T any](all []T) string { return strings.Join(fmtEach(all), ", ") }
