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

// document is what a file says beside what goes into the config.
type document struct {
	include  []value
	defaults ruleDefaults
}

// document reads the top of a file and returns its include patterns, which are
// opened when the file itself is done.
func (l *loader) document(v value) (include []value) {
	if v.empty() {
		return nil // "---" and nothing else
	}
	t := &l.tables.document
	switch {
	case l.rulesOnly:
		t = &l.tables.ruleFile
	case v.file.pack != "":
		t = &l.tables.packFile
	}
	var d document
	first := len(l.definition.Rules)
	object(l, v, t, &d)
	d.defaults.apply(l.definition.Rules[first:])
	return d.include
}

func documentKeys() []key[document] {
	return []key[document]{
		{"storage", "Where everything is kept. A path is SQLite (relative: to `$STATE_DIRECTORY`, else to this file); `postgres://…` is PostgreSQL.",
			env(matching(`^(postgres(ql)?://.+|([^:]|:[^/]|:/[^/])+)$`)).by("copytaster.db").like("copytaster.db", "postgres://db.example:5432/news"),
			func(l *loader, v value, _ *document) { l.storage(v) }},
		{"listen", "`host:port` of metrics and health; `\"\"` switches them off.", env(matching(`^$|^([^\s:]*|\[[0-9A-Fa-f:.]+\]):\d{1,5}$`).or("write host:port, such as 127.0.0.1:8460")).by("127.0.0.1:8460"),
			func(l *loader, v value, _ *document) { l.listen(v) }},
		{"public_url", "Where people and programs reach what `listen` serves when they call it by another name, such as that of a reverse proxy.",
			env(matching(`^https?://[^\s/?#@]+[^\s?#]*$`).or("write it like https://news.example.org")),
			func(l *loader, v value, _ *document) {
				l.base(v, &l.config.PublicURL, "https://news.example.org", "a path")
			}},
		{"timezone", "The zone of every schedule and day, such as `UTC` or `Europe/Moscow`.", env(zoneName()).by("UTC"),
			func(l *loader, v value, _ *document) { l.zone(v, &l.config.Timezone) }},
		{"retention", "How long texts are kept, such as `90d`; at least `1d`.", env(period()).by("90d"),
			func(l *loader, v value, _ *document) { l.duration(v, &l.config.Retention, day, longest) }},
		{"include", "Files to read too, relative to this one, where `*`, `?` and `[a-z]` make patterns, and packs of rules and sources that come with the program: `\"pack:dprk\"`, `\"pack:world\"`.",
			list(includedForm().like("sources.yaml", "rules/*.yaml")),
			func(l *loader, v value, d *document) { d.include = l.list(v, "a list of files") }},
		{"crawl", "How sources are read.", the("crawl"),
			func(l *loader, v value, _ *document) { section(l, v, &l.tables.crawl, &l.config.Crawl) }},
		{"slack", "Where alerts go. Without a token they go to the terminal.", the("slack"),
			func(l *loader, v value, _ *document) { section(l, v, &l.tables.slack, &l.config.Slack) }},
		{"alerts", "Which stories alert, and where.", the("alerts"),
			func(l *loader, v value, _ *document) { section(l, v, &l.tables.alerts, &l.config.Alerts) }},
		{"sources", "Where stories are listed. The lists of all files add up.", list(the("source")),
			func(l *loader, v value, _ *document) { l.sources(v) }},
		{"defaults", "What holds for all rules of this file that do not say it themselves.", the("defaults"),
			func(l *loader, v value, d *document) { l.defaultRule(v, &d.defaults) }},
		{"concepts", "Nodes with a name, used as `$name` in all files.", the("concepts"),
			func(l *loader, v value, _ *document) { l.concepts(v) }},
		{"rules", "Which stories matter. The lists of all files add up.", list(the("rule")),
			func(l *loader, v value, _ *document) { l.rules(v) }},
	}
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

func crawlKeys() []key[Crawl] {
	return []key[Crawl]{
		{"user_agent", "What the crawler calls itself; say who you are and where to complain.", matching(`^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$`),
			func(l *loader, v value, _ *Crawl) { l.agent(v) }},
		{"workers", "How many requests run at once.", env(whole(1, 1000)).by(16),
			func(l *loader, v value, c *Crawl) { l.number(v, &c.Workers, 1, 1000) }},
		{"timeout", "The longest that a document may take, from the dial to its last byte: from `1s` to `40s`.", env(period()).by("30s"),
			func(l *loader, v value, c *Crawl) { l.duration(v, &c.Timeout, time.Second, news.LongestFetch) }},
		{"host_interval", "Least time between two requests to one host, over all machines; `0s` is none.", env(period()).by("1s"),
			func(l *loader, v value, c *Crawl) { l.duration(v, &c.HostInterval, 0, time.Hour) }},
		{"allow_networks", "Private networks that may be crawled, such as `10.1.0.0/16`; everything private is refused otherwise.",
			list(env(matching(`^[0-9a-fA-F.:]+(/\d{1,3})?$`).or("write it like 10.1.0.0/16 or fd00::/8"))),
			func(l *loader, v value, _ *Crawl) { l.networks(v) }},
		{"websub_callback", "The public URL, leading to `listen`, at which hubs push what is new (WebSub); without it every source is polled.",
			env(matching(`^https?://[^\s/?#@]+[^\s?#]*$`).or("write it like https://news.example.org/websub")),
			func(l *loader, v value, c *Crawl) {
				l.base(v, &c.WebSubCallback, "https://news.example.org/websub", "a token")
			}},
	}
}

// base takes an absolute URL that something is put at the end of.
func (l *loader) base(v value, into *string, example, end string) {
	link, ok := l.link(v, "https", "http")
	if !ok {
		return
	}
	if strings.ContainsAny(link, "?#") {
		l.mistake(v, "write it like "+example, "the URL must have neither a query nor a fragment: %s is put at its end", end)
		return
	}
	*into = strings.TrimRight(link, "/")
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

// checkCallback warns when hubs are to push to where nobody listens.
func (l *loader) checkCallback() {
	if l.config.Crawl.WebSubCallback != "" && l.config.Listen == "" {
		l.warnAt(l.places.locate("crawl.websub_callback"), "set `listen`, or leave this key to the machines that listen", "nothing listens here for what hubs push")
	}
}

func slackKeys() []key[Slack] {
	return []key[Slack]{
		{"token", "The Bot User OAuth Token, best as `${SLACK_BOT_TOKEN}`; or use `token_file`.", env(words()),
			func(l *loader, v value, s *Slack) {
				s.Configured = true
				if token, ok := l.secret(v); l.onlyOne(v, "slack.token_file") && ok {
					s.Token = l.botToken(v, token)
				}
			}},
		{"token_file", "A file that holds the token.", env(words()),
			func(l *loader, v value, s *Slack) {
				s.Configured = true
				if token, ok := l.secretFile(v); l.onlyOne(v, "slack.token") && ok {
					s.Token = l.botToken(v, token)
				}
			}},
		{"api_url", "For a test server.", address().by(defaultAPI),
			func(l *loader, v value, s *Slack) {
				if link, ok := l.link(v, "https", "http"); ok {
					s.APIURL = strings.TrimSuffix(link, "/") + "/"
				}
			}},
		{"ops_channel", "Told of broken sources and of what could not be delivered.", env(plainChannel()),
			func(l *loader, v value, s *Slack) { s.OpsChannel, _ = l.channel(v) }},
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

func alertsKeys() []key[Alerts] {
	return []key[Alerts]{
		{"default_channel", "Told of what no route takes.", env(plainChannel()),
			func(l *loader, v value, a *Alerts) { a.Routes.Default, _ = l.channel(v) }},
		{"routes", "Where matches go: the first route that fits decides.", list(the("route")),
			func(l *loader, v value, _ *Alerts) { l.routes(v) }},
		{"max_age", "Older stories are kept but never alerted: `48h`, or `unlimited`.", env(orWords(period(), "unlimited")).by("48h"),
			func(l *loader, v value, _ *Alerts) { l.maxAge(v) }},
		{"first_run", "Which stories of a source's first crawl alert: those younger than this, `everything` or `nothing`.",
			env(orWords(period(), "nothing", "everything")).by("6h"),
			func(l *loader, v value, _ *Alerts) { l.firstRun(v) }},
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
		set, whole := object(l, e, &l.tables.route, &r)
		if !whole {
			continue
		}
		if !set.has("to") {
			l.mistake(e, "add to: [channel]", "the route names no channel")
		}
		l.config.Alerts.Routes.Routes = append(l.config.Alerts.Routes.Routes, r)
	}
}

func routeKeys() []key[notify.Route] {
	return []key[notify.Route]{
		{"severity", "Severities of the match.", oneOrMore(env(choice(severities()...))),
			func(l *loader, v value, r *notify.Route) { r.Severity = l.severities(v) }},
		{"topic", "Topics of the rule.", oneOrMore(env(words())),
			func(l *loader, v value, r *notify.Route) { r.Topic = l.words(v, "topic") }},
		{"rule", "Names of rules.", oneOrMore(env(words())),
			func(l *loader, v value, r *notify.Route) { r.Rule = l.words(v, "rule") }},
		{"tag", "Tags of the source.", oneOrMore(env(words())),
			func(l *loader, v value, r *notify.Route) { r.Tag = l.words(v, "tag") }},
		{"language", "Languages of the story, such as `en` or `ko`.", oneOrMore(env(languageCode())),
			func(l *loader, v value, r *notify.Route) { r.Language = l.languages(v) }},
		{"to", "The channels: names with or without `#` (quote it then), or IDs.", oneOrMore(env(plainChannel())),
			func(l *loader, v value, r *notify.Route) { r.To = l.channels(v) }},
		{"mention", "Whom to mention: `\"@here\"`, `\"@channel\"` or `\"@everyone\"`, or the ID of a user (`U012AB3CD`) or user group (`S012AB3CD`).",
			oneOrMore(env(matching(mentionPattern).or("write the ID of a user or user group, or @here, @channel or @everyone")).like("@here", "S012AB3CD")),
			func(l *loader, v value, r *notify.Route) { r.Mention = l.mentions(v) }},
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
	name, ok := l.choiceAmong(v, severitySynonyms, severities()...)
	if !ok {
		return news.Normal, false
	}
	return news.ParseSeverity(name)
}

func severities() []string {
	return []string{news.Info.String(), news.Normal.String(), news.High.String(), news.Urgent.String()}
}
