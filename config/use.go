package config

import (
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// Use is a part of a config that somebody uses. A value may need something from
// outside the files: a variable of the environment, a file with a secret. When
// that is absent, it is a mistake only for those who use the part: a rule test
// runs without Slack's token, and the status of a daemon is shown without a
// source's password.
type Use string

// The parts that hold such values, by their keys at the top of a file. Rules and
// concepts hold none.
const (
	UseRules     Use = "rules"
	UseStorage   Use = "storage"
	UseListen    Use = "listen"
	UseTimezone  Use = "timezone"
	UseRetention Use = "retention"
	UseCrawl     Use = "crawl"
	UseSlack     Use = "slack"
	UseAlerts    Use = "alerts"
	UseSinks     Use = "sinks"
	UseMail      Use = "mail"
	UseAuth      Use = "auth"
	UseSources   Use = "sources" // all of them that are enabled
)

// UseSource is one source, enabled or not.
func UseSource(name string) Use { return UseSources + "/" + Use(name) }

// absence is a value that something outside the files should supply, and does not.
type absence struct {
	part    Use
	mistake Mistake
}

// What to do about an absence.
const (
	setIt      = "set it where `copytaster run` is started"
	putItThere = "paths are read from the folder of the file they are written in"
)

// missing returns the absences in the parts used as errors, and the others as
// warnings. Without uses, all parts are used. A source that is switched off
// misses nothing, unless it is used by its name.
func missing(absences []absence, sources []news.Source, uses []Use) (missed, rest Mistakes) {
	off := map[Use]bool{}
	for _, src := range sources {
		off[UseSource(src.Name)] = src.Disabled
	}
	for _, a := range absences {
		whole, _, _ := strings.Cut(string(a.part), "/")
		switch {
		case slices.Contains(uses, a.part), !off[a.part] && (len(uses) == 0 || slices.Contains(uses, Use(whole))):
			missed = append(missed, a.mistake)
		case !off[a.part]:
			a.mistake.Severity = Warning
			rest = append(rest, a.mistake)
		}
	}
	return missed, rest
}

// Require returns Mistakes when something that one of the parts used needs from
// outside the files is absent. Without uses, all parts are used.
func (c *Config) Require(uses ...Use) error {
	if missed, _ := missing(c.absences, c.Sources, uses); len(missed) > 0 {
		return missed
	}
	return nil
}

// CrawlOf returns how sources are crawled, and the sources as far as they can be
// read, even when the config is wrong elsewhere. The error is Mistakes when it is
// not clear what the config says about crawling.
func CrawlOf(path string, env Getenv) (Crawl, []news.Source, error) {
	rep := newReporter()
	docs := read(path, disk{}, env, rep)
	said := decode(docs, env, rep)
	if !rep.lost && !rep.spoilt["crawl"] && !rep.strangeKey() {
		return said.Crawl, said.Sources, nil
	}
	missed, _ := missing(rep.absences, nil, []Use{UseCrawl})
	for _, m := range missed {
		rep.add(m)
	}
	return Crawl{}, nil, rep.report(docs)
}
