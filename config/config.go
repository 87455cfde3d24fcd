// Package config turns YAML files into values and people's mistakes into
// messages. Load reads a config file with everything it includes, decodes it
// strictly and returns every mistake at once, each with its file, line, column
// and a hint. Only this package and those below it know YAML.
//
// Load goes through three phases with a value between each. All of them tell one
// reporter what is wrong, and it decides which mistakes only follow from others.
//
//	read    files → documents: the files with all they include, parsed into trees
//	decode  documents → decoded: what the files say, each value right by itself
//	check   decoded → Config: what the files say together; the rules compiled
//
// A key is one row of a table: how its value is decoded, where it goes, and what
// the schema and the defaults of a file know of it.
//
// Keys are accepted only when the feature behind them works. ${NAME} reads the
// environment in every text outside concepts and rules; $$ is a literal $. A key
// that ends in _file names a file, relative to the one it is written in, whose
// text is the value. A variable that is not set and a file that cannot be read
// are mistakes only for those who use the value, see Use. A setting may stand in
// any of the files, but only once in all of them. Sources, concepts and rules
// add up in the order of the files, the including file first.
//
// Packs are files of the program itself with rules or sources, included as
// "pack:NAME". Their concepts and rules have the pack's name before their own:
// $dprk.kim. A rule of that name with nothing to look for changes the pack's,
// see change. Sources keep their names: one of the user's takes the place of a
// pack's, or changes it when it lists nothing itself, see sourceChange.
//
// Secrets (tokens, passwords, headers, proxies) become news.Secret and are
// masked in every mistake and source line.
package config

import (
	"cmp"
	"errors"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/login"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/rules"
)

// Config is a config that was found right. It is not changed after Load.
type Config struct {
	Path  string            // the file that Load was given
	Hash  string            // of all files read, secret files included; every machine that reads the same has the same
	Files map[string][]byte // the YAML files as read, by path relative to Path's folder; for LoadFiles

	Storage   string // path of the SQLite file, or the URL of a PostgreSQL database, which may hold a password
	Listen    string // host:port; "" is off
	PublicURL string // where people reach it, without a slash at its end; "": at Listen
	Timezone  *time.Location
	Retention time.Duration // how long texts are kept

	StorageLimit int64 // in bytes, above which the oldest texts go first; 0 is none

	Crawl    Crawl
	Slack    Slack
	Alerts   Alerts
	Sinks    []Sink // each of another name
	Mail     Mail
	Auth     login.Policy // who may see the pages; the zero Policy: whoever is on this machine
	Sources  []news.Source
	Rules    *rules.Set
	Warnings Mistakes // mistakes that do not keep the config from being used

	// Definition is what Rules was compiled from: as written, with the defaults
	// of the files and the changes to packs applied.
	Definition rules.Definition

	absences  []absence
	ruleLines []ruleLine
	places    func() *places // reads Files again when it is first called
}

// Crawl is how sources are read.
type Crawl struct {
	UserAgent     string
	Workers       int
	Timeout       time.Duration // the longest that one request may take, its body included
	HostInterval  time.Duration // the least time between two requests to one host; 0 is none
	AllowNetworks []netip.Prefix

	WebSubCallback string // public URL that hubs push to, without a slash at its end; "": every source is polled
}

// Slack is where alerts go.
type Slack struct {
	Configured bool // a token is set, though it may be absent; if not, alerts go to the terminal
	Token      news.Secret
	APIURL     string // ends in "/"
	OpsChannel string // without "#"; "": what operators must know is only logged

	RulesChannel string // without "#": told what people say of the rules; "": OpsChannel is

	// People can answer alerts where one of these two is set.
	AppToken      news.Secret // opens Socket Mode; "": there is none
	SigningSecret news.Secret // of what comes in over HTTP at PublicURL; "": nothing does
	Allow         []string    // IDs of the users and user groups that may answer; none: every member
}

// Answerable reports whether people can answer alerts in Slack.
func (s Slack) Answerable() bool { return s.AppToken != "" || s.SigningSecret != "" }

// Alerts is which stories alert, and where.
type Alerts struct {
	Routes   notify.Routes
	MaxAge   time.Duration // older stories are recorded, never alerted; 0 is unlimited
	FirstRun FirstRun
	SameNews news.SameNews     // in channels that say nothing else
	Storm    news.Gust         // above which a rule's news fold into one message of a channel
	Channels []ChannelSettings // each of another name
	Daily    string            // a schedule: when the ops channel is told how the day was; "": never
}

// ChannelSettings is what holds in one channel.
type ChannelSettings struct {
	Name     string        // without "#"
	SameNews news.SameNews // "": as in all channels

	Digest string          // a schedule: when it is told all at once; "": it is not
	Quiet  []schedule.Lull // in which it is told what is urgent alone
	Zone   *time.Location  // of these two; nil: the config's
}

// Front returns the key that says that something in front of `listen` passes on to it what comes
// from elsewhere, such as a reverse proxy; "" when none does. What a proxy passes on cannot always
// be told from what somebody on this machine asks.
func (c *Config) Front() (key string) {
	switch {
	case isElsewhere(c.PublicURL):
		return "public_url"
	case c.Slack.SigningSecret != "":
		return "slack.signing_secret"
	case isElsewhere(c.Crawl.WebSubCallback):
		return "crawl.websub_callback"
	}
	return ""
}

// isElsewhere reports whether a URL leads to more than the machine that calls it.
func isElsewhere(address string) bool {
	u, err := url.Parse(address)
	if err != nil || address == "" {
		return address != ""
	}
	host := strings.ToLower(u.Hostname())
	addr, err := netip.ParseAddr(host)
	return host != "localhost" && !strings.HasSuffix(host, ".localhost") && (err != nil || !addr.Unmap().IsLoopback())
}

// HoursOf returns when a channel is told of several alerts together; the zero Hours when it
// never is.
func (c *Config) HoursOf(of *ChannelSettings) (h schedule.Hours, err error) {
	if of.Digest == "" && len(of.Quiet) == 0 {
		return h, nil
	}
	h = schedule.Hours{Quiet: of.Quiet, Zone: cmp.Or(of.Zone, c.Timezone)}
	h.Digest, err = schedule.Parse(of.Digest)
	return h, err
}

// FirstRun is which stories of a source's first crawl alert: all, none, or
// those younger than a duration.
type FirstRun struct {
	Everything, Nothing bool
	Younger             time.Duration // used when neither of the others is set
}

// Getenv looks up a variable of the environment, as os.LookupEnv does.
type Getenv = func(name string) (value string, ok bool)

// Load reads a config file and all it includes. When something is wrong the error
// is Mistakes, with every mistake at once. A value that something outside the
// files does not supply is a mistake in the parts used and a warning in all
// others. Without uses, all parts are used.
func Load(path string, env Getenv, uses ...Use) (*Config, error) {
	return load(path, disk{}, env, uses)
}

// LoadFiles loads a config from copies of its files (Config.Files) instead of
// the disk: path is what Load was given. Secret files are not among the copies
// and are read from the disk.
func LoadFiles(path string, files map[string][]byte, env Getenv, uses ...Use) (*Config, error) {
	return load(path, copies{dir: filepath.Dir(path), files: files}, env, uses)
}

func load(path string, from folder, env Getenv, uses []Use) (*Config, error) {
	rep := newReporter()
	docs := read(path, from, env, rep)
	said := decode(docs, env, rep)
	return check(docs, said, uses, rep)
}

// Hash is Config.Hash of the files as they are now, right or wrong: equal
// hashes mean that there is nothing to reload. A file that cannot be read
// counts as such.
func Hash(path string, env Getenv) string {
	rep := newReporter()
	docs := read(path, disk{}, env, rep)
	said := decode(docs, env, rep)
	return docs.digests.with(said.secrets)
}

// systemPath is the last path that Find tries.
const systemPath = "/etc/copytaster/copytaster.yaml"

// Find returns the config file to use, the first of
//
//  1. the flag, if it is set,
//  2. $COPYTASTER_CONFIG, if it is set,
//  3. ./copytaster.yaml, if it exists,
//  4. /etc/copytaster/copytaster.yaml, if it exists.
//
// It is an error when there is none.
func Find(flag string, env Getenv) (path string, err error) {
	if flag != "" {
		return flag, nil
	}
	if path, ok := env("COPYTASTER_CONFIG"); ok && path != "" {
		return path, nil
	}
	for _, path := range []string{"copytaster.yaml", systemPath} {
		if _, err := os.Stat(path); err == nil || !errors.Is(err, os.ErrNotExist) {
			return path, nil
		}
	}
	return "", errors.New("find config: there is neither ./copytaster.yaml nor " + systemPath)
}

// ParseRules reads the defaults, concepts and rules of one text; any other key
// is a mistake. Mistakes call the file by the name. Days end in UTC. What the
// rules mean is left to rules.Compile.
func ParseRules(name string, text []byte) (rules.Definition, error) {
	rep := newReporter()
	docs := readRules(name, text, rep)
	said := decode(docs, nil, rep)
	return checkRules(docs, said, rep)
}

// Position returns where a value stands, by its path: "sources[2]",
// "rules[3].all[1]", "rules[0].tests[2]", "concepts.kim". For a path that is not
// known it is the longest beginning that is; line is 0 when there is none. The
// first call parses the files again: their trees are not kept.
func (c *Config) Position(path string) (file string, line, column int) {
	p := c.places().locate(path)
	return p.file, p.line, p.column
}
