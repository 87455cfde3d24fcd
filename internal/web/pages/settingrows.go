package pages

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
)

// mostSources is how many sources the page of the config lists.
const mostSources = 500

// written is one map of a list in the config, in a row.
type written []string

// add adds a key, unless it is not set.
func (e *written) add(key, value string) {
	if value != "" {
		*e = append(*e, key+": "+news.WithoutSecrets(value))
	}
}

// addAll adds a key with a list.
func (e *written) addAll(key string, values []string) { e.add(key, strings.Join(values, ", ")) }

func (e *written) String() string { return strings.Join(*e, "; ") }

// routeRow says of a route what the config does.
func routeRow(cfg *config.Config, i int) *written {
	r, e := &cfg.Alerts.Routes.Routes[i], &written{}
	e.addAll("severity", fmtEach(r.Severity))
	e.addAll("topic", r.Topic)
	e.addAll("rule", r.Rule)
	e.addAll("tag", r.Tag)
	e.addAll("language", r.Language)
	e.addAll("to", r.To)
	e.addAll("mention", r.Mention)
	if r.Fallback.After > 0 {
		then := &written{}
		then.add("after", days(r.Fallback.After))
		then.addAll("to", r.Fallback.To)
		then.addAll("mention", r.Fallback.Mentions)
		e.add("if_unanswered", "{"+then.String()+"}")
	}
	return e
}

// channelRow says what holds in a channel.
func channelRow(cfg *config.Config, c *config.ChannelSettings) *written {
	e := &written{}
	e.add("name", c.Name)
	e.add("same_news", string(c.SameNews))
	e.add("digest", c.Digest)
	var quiet []string
	for _, lull := range c.Quiet {
		when := lull.On.String()
		if when == "" || lull.From != lull.To { // else they are whole days
			when = strings.TrimSpace(when + " " + clock(lull.From) + "-" + clock(lull.To))
		}
		quiet = append(quiet, when)
	}
	e.addAll("quiet", quiet)
	if zone := c.Zone; c.Digest != "" || len(c.Quiet) > 0 {
		if zone == nil {
			zone = cfg.Timezone
		}
		e.add("zone", zone.String())
	}
	return e
}

// clock writes a time of the day.
func clock(since time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(since.Hours()), int(since.Minutes())%60)
}

// sinkRow says what a sink is. Its URL may be a key.
func sinkRow(cfg *config.Config, s *config.Sink) *written {
	e := &written{}
	e.add("name", s.Name)
	if len(s.Mail) == 0 {
		e.add("webhook", "at "+cfg.Host(s)+", the rest is hidden")
	}
	e.add("secret", hidden(s.Secret != ""))
	e.add("headers", hiddenHeaders(s.Headers))
	e.addAll("mail", s.Mail)
	return e
}

// hiddenHeaders names headers whose values are secret.
func hiddenHeaders(headers map[string]news.Secret) string {
	if len(headers) == 0 {
		return ""
	}
	return strings.Join(slices.Sorted(maps.Keys(headers)), ", ") + " (hidden)"
}

// sourceRow says what a source is. Its URL may hold a key.
func sourceRow(s *news.Source) *written {
	e := &written{}
	e.add("name", s.Name)
	at := "hidden"
	if u, err := url.Parse(s.URL); err == nil && u.Host != "" {
		at = "at " + u.Host
	}
	e.add(string(s.Kind), at)
	e.add("links", s.Links)
	e.add("schedule", s.Schedule)
	e.addAll("tags", s.Origin.Tags)
	e.add("tier", s.Origin.Tier)
	e.add("owner", s.Origin.Owner)
	e.add("country", s.Origin.Country)
	e.add("language", s.Language)
	if s.DatesIn != nil {
		e.add("dates_in", s.DatesIn.String())
	}
	e.add("full_text", string(s.FullText))
	if s.Expect.Within > 0 {
		on := ""
		if s.Expect.On != 0 {
			on = ", on: " + s.Expect.On.String()
		}
		e.add("expect", "{within: "+days(s.Expect.Within)+on+"}")
	}
	e.add("robots", map[bool]string{true: "ignore", false: "obey"}[s.IgnoreRobots])
	e.add("enabled", strconv.FormatBool(!s.Disabled))
	e.add("headers", hiddenHeaders(s.Headers))
	if s.User != "" {
		e.add("basic_auth", "{user: "+s.User+", password_file: set, hidden}")
	}
	e.add("cookies_file", s.CookiesFile)
	e.add("proxy", hidden(s.Proxy != ""))
	return e
}

// sourcesOf lists the sources.
func sourcesOf(cfg *config.Config) settingGroup {
	g := settingGroup{Name: "Sources"}
	for i := range cfg.Sources[:min(len(cfg.Sources), mostSources)] {
		g.add(fmt.Sprintf("sources[%d]", i), sourceRow(&cfg.Sources[i]).String())
	}
	if more := len(cfg.Sources) - mostSources; more > 0 {
		g.add("sources", fmt.Sprintf("and %d more", more))
	}
	return g
}

// mailOf shows the server that takes mail.
func mailOf(cfg *config.Config) settingGroup {
	g := settingGroup{Name: "Mail"}
	m := cfg.Mail
	g.add("mail.smtp", m.Server)
	if m.Server == "" {
		return g
	}
	g.add("mail.from", m.From)
	g.add("mail.user", m.User)
	g.add("mail.password", hidden(m.Password != ""))
	g.add("mail.tls", string(m.SecurityOf()))
	return g
}
