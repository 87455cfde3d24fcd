package config

import (
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// defaultAPI is Slack's own.
const defaultAPI = "https://slack.com/api/"

// defaults are the values of settings that no file sets.
func (l *loader) defaults() {
	l.config = Config{
		Listen:    "127.0.0.1:8460",
		Timezone:  time.UTC,
		Retention: 90 * day,
		Crawl: Crawl{
			UserAgent: userAgent(),
			Workers:   16, Timeout: 30 * time.Second, HostInterval: time.Second,
		},
		Slack:  Slack{APIURL: defaultAPI},
		Alerts: Alerts{MaxAge: 48 * time.Hour, FirstRun: FirstRun{Younger: 6 * time.Hour}},
	}
	l.config.Storage = l.storagePath("copytaster.db", l.path)
}

// userAgent is the honest default: who crawls, and where to complain.
func userAgent() string {
	version := "dev"
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(info.Main.Version, "v") {
		version = strings.TrimPrefix(info.Main.Version, "v")
	}
	return "copytaster/" + version + " (+https://github.com/copytaster/copytaster)"
}

// document reads the top of a file and returns its include patterns, which are
// opened when the file itself is done.
func (l *loader) document(v value) (include []value) {
	if v.node = resolve(v.node); v.empty() {
		return nil // "---" and nothing else
	}
	if l.rulesOnly {
		l.object(v, "a rule file", l.ruleFileKeys())
		return nil
	}
	l.object(v, "a config file", l.documentKeys(&include),
		"public_url", "storage_limit", "defaults")
	return include
}

func (l *loader) ruleFileKeys() keys {
	return keys{"concepts": l.concepts, "rules": l.rules}
}

func (l *loader) documentKeys(include *[]value) keys {
	k := l.ruleFileKeys()
	k["storage"] = l.storage
	k["listen"] = l.listen
	k["timezone"] = func(v value) { l.zone(v, &l.config.Timezone) }
	k["retention"] = func(v value) { l.duration(v, &l.config.Retention, day, longest) }
	k["include"] = func(v value) { *include = l.list(v, "a list of files") }
	k["crawl"] = func(v value) { l.section(v, "crawl", l.crawlKeys(), "websub_callback") }
	k["slack"] = func(v value) { l.section(v, "slack", l.slackKeys(), "app_token") }
	k["alerts"] = func(v value) { l.section(v, "alerts", l.alertsKeys(), "storm", "daily") }
	k["sources"] = l.sources
	return k
}

// section reads an object that may be left empty, its keys commented out.
func (l *loader) section(v value, what string, k keys, reserved ...string) {
	if v.empty() {
		return
	}
	l.object(v, what, k, reserved...)
}

func (l *loader) storage(v value) {
	text, ok := l.text(v)
	if !ok {
		return
	}
	u, err := url.Parse(text)
	switch {
	case strings.HasPrefix(text, "postgres://"), strings.HasPrefix(text, "postgresql://"):
		v.file.secrets[v.node.Line] = true
		if err != nil || u.Host == "" && u.Query().Get("host") == "" {
			l.mistake(v, "write it like postgres://db:5432/news", "this is no URL of a PostgreSQL database")
			return
		}
		l.config.Storage = text
	case strings.Contains(text, "://"):
		v.file.secrets[v.node.Line] = true
		l.mistake(v, "a path is SQLite, postgres://… is PostgreSQL", "there is no such kind of storage")
	case text == "" || strings.HasSuffix(text, "/") || text == "." || text == "..":
		l.mistake(v, "write it like copytaster.db", "the name of the file is missing")
	default:
		l.config.Storage = l.storagePath(text, v.file.path)
	}
}

// storagePath puts a relative path into $STATE_DIRECTORY (systemd's; the first
// of several), else beside the file that names it.
func (l *loader) storagePath(path, from string) string {
	if filepath.IsAbs(path) {
		return path
	}
	if l.env != nil {
		if state, _ := l.env("STATE_DIRECTORY"); state != "" {
			state, _, _ = strings.Cut(state, ":")
			return filepath.Join(state, path)
		}
	}
	return filepath.Join(filepath.Dir(from), path)
}

func (l *loader) listen(v value) {
	text, ok := l.text(v)
	if !ok || text == "" {
		if ok {
			l.config.Listen = ""
		}
		return
	}
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		l.mistake(v, "write host:port, such as 127.0.0.1:8460", "%s has no port", shown(v))
		return
	}
	host, port := text[:i], text[i+1:]
	bare := strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		l.mistake(v, "write host:port, such as 127.0.0.1:8460", "%s has no port from 0 to 65535", shown(v))
		return
	}
	if _, err := netip.ParseAddr(bare); err != nil && !hostName.MatchString(host) && host != "" || bare == host && strings.Contains(host, ":") {
		l.mistake(v, "write host:port, such as 127.0.0.1:8460 or [::1]:8460", "%s has no host before its port", shown(v))
		return
	}
	l.config.Listen = text
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

func (l *loader) crawlKeys() keys {
	c := &l.config.Crawl
	return keys{
		"user_agent":     l.agent,
		"workers":        func(v value) { l.number(v, &c.Workers, 1, 1000) },
		"timeout":        func(v value) { l.duration(v, &c.Timeout, time.Second, 5*time.Minute) },
		"host_interval":  func(v value) { l.duration(v, &c.HostInterval, 0, time.Hour) },
		"allow_networks": l.networks,
	}
}

func (l *loader) agent(v value) {
	text, ok := l.text(v)
	if !ok {
		return
	}
	if strings.TrimSpace(text) == "" || strings.ContainsFunc(text, unicode.IsControl) {
		l.mistake(v, "leave the key out for the default", "%s is no user agent", shown(v))
		return
	}
	l.config.Crawl.UserAgent = text
}

func (l *loader) networks(v value) {
	for _, e := range l.list(v, "a list of networks") {
		text, ok := l.text(e)
		if !ok {
			continue
		}
		network, err := netip.ParsePrefix(text)
		if addr, errAddr := netip.ParseAddr(text); errAddr == nil && addr.Zone() == "" {
			network, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		switch {
		case err != nil:
			l.mistake(e, "write it like 10.1.0.0/16 or fd00::/8", "%s is no network", shown(e))
		case network != network.Masked():
			l.mistake(e, "did you mean "+network.Masked().String()+"?", "%s is an address within a network", shown(e))
		default:
			l.config.Crawl.AllowNetworks = append(l.config.Crawl.AllowNetworks, network)
		}
	}
}

func (l *loader) slackKeys() keys {
	s := &l.config.Slack
	return keys{
		"token": func(v value) {
			if token, ok := l.secret(v); ok && l.onlyOne(v, "slack.token_file") {
				s.Token = l.botToken(v, token)
			}
		},
		"token_file": func(v value) {
			if token, ok := l.secretFile(v); ok && l.onlyOne(v, "slack.token") {
				s.Token = l.botToken(v, token)
			}
		},
		"api_url": func(v value) {
			if link, ok := l.link(v, "https", "http"); ok {
				s.APIURL = strings.TrimSuffix(link, "/") + "/"
			}
		},
		"ops_channel": func(v value) { s.OpsChannel, _ = l.channel(v) },
	}
}

// onlyOne refuses a key when another one that says the same is set.
func (l *loader) onlyOne(v value, other string) bool {
	before, set := l.keys[other]
	if set {
		l.mistake(v, "keep one of them", "%s is set already, in %s:%d", other, before.file, before.line)
	}
	return !set
}

// botToken refuses what cannot be sent as a token, and warns of the two other
// kinds of token that Slack's pages show beside a bot's.
func (l *loader) botToken(v value, token news.Secret) news.Secret {
	text := strings.TrimSpace(token.Reveal())
	if strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' }) {
		l.mistake(v, "it is one word that begins with xoxb-", "this is no token")
		return ""
	}
	if strings.HasPrefix(text, "xapp-") || strings.HasPrefix(text, "xoxp-") {
		l.warn(v, "use the Bot User OAuth Token, which begins with xoxb-", "this is no bot's token")
	}
	return news.Secret(text)
}

func (l *loader) alertsKeys() keys {
	a := &l.config.Alerts
	return keys{
		"default_channel": func(v value) { a.Routes.Default, _ = l.channel(v) },
		"routes":          l.routes,
		"max_age":         l.maxAge,
		"first_run":       l.firstRun,
	}
}

func (l *loader) maxAge(v value) {
	if v.node.Value == "unlimited" {
		l.config.Alerts.MaxAge = 0
		return
	}
	l.duration(v, &l.config.Alerts.MaxAge, time.Minute, longest)
}

func (l *loader) firstRun(v value) {
	f := &l.config.Alerts.FirstRun
	switch v.node.Value {
	case "everything":
		*f = FirstRun{Everything: true}
	case "nothing":
		*f = FirstRun{Nothing: true}
	default:
		l.duration(v, &f.Younger, 0, longest)
	}
}

func (l *loader) routes(v value) {
	for _, e := range l.list(v, "a list of routes") {
		var r notify.Route
		if !l.object(e, "a route", l.routeKeys(&r)) {
			continue
		}
		if _, set := l.keys[e.path+".to"]; !set {
			l.mistake(e, "add to: [channel]", "the route names no channel")
		}
		l.config.Alerts.Routes.Routes = append(l.config.Alerts.Routes.Routes, r)
	}
}

func (l *loader) routeKeys(r *notify.Route) keys {
	return keys{
		"severity": func(v value) { r.Severity = l.severities(v) },
		"topic":    func(v value) { r.Topic = l.words(v, "topic") },
		"rule":     func(v value) { r.Rule = l.words(v, "rule") },
		"tag":      func(v value) { r.Tag = l.words(v, "tag") },
		"language": func(v value) { r.Language = l.languages(v) },
		"to":       func(v value) { r.To = l.channels(v) },
		"mention":  func(v value) { r.Mention = l.words(v, "mention") },
	}
}

func (l *loader) severities(v value) []news.Severity {
	var all []news.Severity
	for _, e := range l.oneOrMore(v, "severity") {
		if s, ok := l.severity(e); ok && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

func (l *loader) severity(v value) (news.Severity, bool) {
	name, ok := l.choice(v, news.Info.String(), news.Normal.String(), news.High.String(), news.Urgent.String())
	if !ok {
		return news.Normal, false
	}
	return news.ParseSeverity(name)
}
