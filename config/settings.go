package config

import (
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/copytaster/copytaster/internal/login"
	"github.com/copytaster/copytaster/internal/news"
)

// defaultAPI is Slack's own.
const defaultAPI = "https://slack.com/api/"

// defaults returns the values of settings that no file sets.
func defaults() Config {
	return Config{
		Listen:    "127.0.0.1:8460",
		Timezone:  time.UTC,
		Retention: 90 * day,
		Crawl: Crawl{
			UserAgent: userAgent(),
			Workers:   16, Timeout: 30 * time.Second, HostInterval: time.Second,
		},
		Slack: Slack{APIURL: defaultAPI},
		Alerts: Alerts{
			MaxAge: 48 * time.Hour, FirstRun: FirstRun{Younger: 6 * time.Hour}, SameNews: news.SameNewsThread,
			Storm: news.Gust{News: 15, Over: 10 * time.Minute},
		},
	}
}

// userAgent returns the default: who crawls, and where to complain.
func userAgent() string {
	version := "dev"
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(info.Main.Version, "v") {
		version = strings.TrimPrefix(info.Main.Version, "v")
	}
	return "copytaster/" + version + " (+https://github.com/copytaster/copytaster)"
}

// documentKeys are the keys at the top of a file.
func documentKeys(t *tables) []key[document] {
	return []key[document]{
		row("storage", "Where everything is kept. A path is SQLite (relative: to `$STATE_DIRECTORY`, else to this file); `postgres://…` is PostgreSQL.",
			env(matching(`^(postgres(ql)?://.+|([^:]|:[^/]|:/[^/])+)$`)).by("copytaster.db").
				like("copytaster.db", "postgres://db.example:5432/news"),
			func(doc *document) *string { return &doc.Storage }, decodeStorage),
		row("listen", "`host:port` of the pages, metrics and health; `\"\"` switches them off.",
			env(matching(`^$|^([^\s:]*|\[[0-9A-Fa-f:.]+\]):\d{1,5}$`).or("write host:port, such as 127.0.0.1:8460")).by("127.0.0.1:8460"),
			func(doc *document) *string { return &doc.Listen }, decodeListen),
		row("public_url", "Where people and programs reach what `listen` serves when they call it by another name, such as that of a reverse proxy.",
			env(matching(basePattern).or("write it like https://news.example.org")),
			func(doc *document) *string { return &doc.PublicURL }, baseURL("https://news.example.org", "a path")),
		section("auth", "Who may see the pages. Without it they are shown on this machine alone.",
			func(doc *document) *login.Policy { return &doc.Auth }, &t.auth),
		row("timezone", "The zone of every schedule and day, such as `UTC` or `Europe/Moscow`.", env(zoneName()).by("UTC"),
			func(doc *document) **time.Location { return &doc.Timezone }, decodeZone),
		row("retention", "How long texts are kept, such as `90d`; at least `1d`.", env(period()).by("90d"),
			func(doc *document) *time.Duration { return &doc.Retention }, durationFrom(day, longest)),
		row("storage_limit", "How large the store may be, such as `10GB`; at least `10MB`. Above it the oldest texts go first; alerts stay.",
			env(matching(`^\d+(\.\d+)?(MB|GB|TB)$`).or("write it like 500MB, 10GB or 1TB")).like("500MB", "10GB", "1TB"),
			func(doc *document) *int64 { return &doc.StorageLimit }, decodeSize),
		custom("include", "Files to read too, relative to this one, where `*`, `?` and `[a-z]` make patterns, and packs of rules and sources that come with the program: `\"pack:dprk\"`, `\"pack:world\"`.",
			list(includedForm().like("sources.yaml", "rules/*.yaml")),
			func(*decoder, value, *document) {}), // the reader has opened them
		section("crawl", "How sources are read.",
			func(doc *document) *Crawl { return &doc.Crawl }, &t.crawl),
		section("slack", "Where alerts go. Without a token they go to the terminal.",
			func(doc *document) *Slack { return &doc.Slack }, &t.slack),
		section("alerts", "Which stories alert, and where.",
			func(doc *document) *Alerts { return &doc.Alerts }, &t.alerts),
		section("mail", "The server that takes mail for sinks with `mail`.",
			func(doc *document) *Mail { return &doc.Mail }, &t.mail),
		custom("sinks", "Receivers beside Slack's channels, which `to` names as it does a channel. The lists of all files add up.", list(the("sink")),
			func(d *decoder, v value, _ *document) { decodeSinks(d, v) }),
		custom("sources", "Where stories are listed. The lists of all files add up.", list(the("source")),
			func(d *decoder, v value, _ *document) { decodeSources(d, v) }),
		custom("defaults", "What holds for all rules of this file that do not say it themselves.", the("defaults"),
			func(d *decoder, v value, doc *document) {
				if !v.isEmpty() {
					decodeMap(d, v, &d.tables.defaults, &doc.defaults)
				}
			}),
		custom("concepts", "Nodes with a name, used as `$name` in all files.", the("concepts"),
			func(d *decoder, v value, _ *document) { decodeConcepts(d, v) }),
		custom("rules", "Which stories matter. The lists of all files add up.", list(the("rule")),
			func(d *decoder, v value, _ *document) { decodeRules(d, v) }),
	}
}

// basePattern is what editors accept as a URL to append to.
const basePattern = `^https?://[^\s/?#@]+[^\s?#]*$`

// decodeStorage decodes the path of a SQLite file, or the URL of a PostgreSQL
// database, which may hold a password.
func decodeStorage(d *decoder, v value) (string, bool) {
	text, ok := d.text(v)
	if !ok {
		return "", false
	}
	u, err := url.Parse(text)
	switch {
	case strings.HasPrefix(text, "postgres://"), strings.HasPrefix(text, "postgresql://"):
		v.hide()
		if err == nil && (u.Host != "" || u.Query().Get("host") != "") {
			return text, true
		}
		d.mistake(v, "write it like postgres://db:5432/news", "this is no URL of a PostgreSQL database")
	case strings.Contains(text, "://"):
		v.hide()
		d.mistake(v, "a path is SQLite, postgres://… is PostgreSQL", "there is no such kind of storage")
	case text == "" || strings.HasSuffix(text, "/") || text == "." || text == "..":
		d.mistake(v, "write it like copytaster.db", "the name of the file is missing")
	default:
		return d.storagePath(text, v.file.Path), true
	}
	return "", false
}

// storagePath puts a relative path where StoragePath does.
func (d *decoder) storagePath(path, from string) string { return StoragePath(path, from, d.env) }

// StoragePath is where what stands for `storage` leads to in the config file from. A relative path
// lies in $STATE_DIRECTORY (systemd's; the first one of several), else beside that file. A URL is
// left as it is.
func StoragePath(path, from string, env Getenv) string {
	if filepath.IsAbs(path) || strings.Contains(path, "://") {
		return path
	}
	if env != nil {
		if state, _ := env("STATE_DIRECTORY"); state != "" {
			state, _, _ = strings.Cut(state, ":")
			return filepath.Join(state, path)
		}
	}
	return filepath.Join(filepath.Dir(from), path)
}

// decodeListen decodes host:port, or "" for off.
func decodeListen(d *decoder, v value) (string, bool) {
	text, ok := d.text(v)
	if !ok || text == "" {
		return "", ok
	}
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		d.mistake(v, "write host:port, such as 127.0.0.1:8460", "%s has no port", v.quoted())
		return "", false
	}
	host, port := text[:i], text[i+1:]
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		d.mistake(v, "write host:port, such as 127.0.0.1:8460", "%s has no port from 0 to 65535", v.quoted())
		return "", false
	}
	if !isHost(host) {
		d.mistake(v, "write host:port, such as 127.0.0.1:8460 or [::1]:8460", "%s has no host before its port", v.quoted())
		return "", false
	}
	return text, true
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

// isHost reports whether a text may stand before a port: nothing, a name, an
// IPv4 address, or an IPv6 address in brackets.
func isHost(text string) bool {
	bare := strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	if _, err := netip.ParseAddr(bare); err != nil {
		return text == "" || hostName.MatchString(text)
	}
	return bare != text || !strings.Contains(text, ":")
}

// crawlKeys are the keys of crawl.
func crawlKeys() []key[Crawl] {
	return []key[Crawl]{
		row("user_agent", "What the crawler calls itself; say who you are and where to complain.",
			matching(`^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$`),
			func(c *Crawl) *string { return &c.UserAgent }, decodeUserAgent),
		row("workers", "How many requests run at once.", env(whole(1, 1000)).by(16),
			func(c *Crawl) *int { return &c.Workers }, numberFrom(1, 1000)),
		row("timeout", "The longest that a document may take, from the dial to its last byte: from `1s` to `40s`.",
			env(period()).by("30s"),
			func(c *Crawl) *time.Duration { return &c.Timeout }, durationFrom(time.Second, news.LongestFetch)),
		row("host_interval", "Least time between two requests to one host, over all machines; `0s` is none.",
			env(period()).by("1s"),
			func(c *Crawl) *time.Duration { return &c.HostInterval }, durationFrom(0, time.Hour)),
		row("allow_networks", "Private networks that may be crawled, such as `10.1.0.0/16`; everything private is refused otherwise.",
			list(env(matching(`^[0-9a-fA-F.:]+(/\d{1,3})?$`).or("write it like 10.1.0.0/16 or fd00::/8"))),
			func(c *Crawl) *[]netip.Prefix { return &c.AllowNetworks }, decodeNetworks),
		row("websub_callback", "The public URL, leading to `listen`, at which hubs push what is new (WebSub); without it every source is polled.",
			env(matching(basePattern).or("write it like https://news.example.org/websub")),
			func(c *Crawl) *string { return &c.WebSubCallback }, baseURL("https://news.example.org/websub", "a token")),
	}
}

func decodeUserAgent(d *decoder, v value) (string, bool) {
	text, ok := d.text(v)
	if ok && (strings.TrimSpace(text) == "" || strings.ContainsFunc(text, unicode.IsControl)) {
		d.mistake(v, "leave the key out for the default", "%s is no user agent", v.quoted())
		return "", false
	}
	return text, ok
}

// decodeNetworks decodes a list of prefixes. An address alone is a network of
// one.
func decodeNetworks(d *decoder, v value) ([]netip.Prefix, bool) {
	var all []netip.Prefix
	for _, e := range d.list(v, "a list of networks") {
		text, ok := d.text(e)
		if !ok {
			continue
		}
		network, err := netip.ParsePrefix(text)
		if addr, errAddr := netip.ParseAddr(text); errAddr == nil && addr.Zone() == "" {
			network, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		switch {
		case err != nil:
			d.mistake(e, "write it like 10.1.0.0/16 or fd00::/8", "%s is no network", e.quoted())
		case network != network.Masked():
			d.mistake(e, "did you mean "+network.Masked().String()+"?", "%s is an address within a network", e.quoted())
		default:
			all = append(all, network)
		}
	}
	return all, true
}
