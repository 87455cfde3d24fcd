package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/rules"
)

// finish compiles the rules and looks at what several parts say together. It
// is left out when a file could not be read: half of a config would be
// complained of for what stands in the other half.
func (l *loader) finish() {
	if l.lost {
		return
	}
	l.applyChanges()
	l.applySourceChanges()
	l.endDays()
	l.checkBorrowed()
	l.compile()
	l.checkChannels()
	l.checkRoutes()
	l.checkFilters()
	l.checkUses()
	l.checkCallback()
}

// compile turns the rules into a set and the compiler's mistakes into ours,
// but for what follows from mistakes found before.
func (l *loader) compile() {
	set, found := rules.Compile(l.definition)
	l.config.Rules, l.config.Definition = set, l.definition
	for _, m := range found {
		path := bareLists(m.Path)
		p := l.places.locate(m.Path)
		switch {
		case l.halfRead[level(path)], l.conceptsLost && strings.HasPrefix(m.Message, rules.UnknownConcept):
		case m.Warning:
			l.warnAt(p, m.Hint, "%s", m.Message)
		case !l.spoilt[path]:
			l.at(p, "", m.Hint, "%s", m.Message)
		}
	}
}

// level is the path of the level that a key stands on; "" when the path ends in
// no key.
func level(path string) string {
	if above := parent(path); strings.HasPrefix(path[len(above):], ".") {
		return above
	}
	return ""
}

// checkChannels refuses a config whose alerts would go nowhere. A rule needs
// the default channel when it is enabled, names no channel itself and no route
// takes every match. Without sources there is nothing to alert on: a repository
// of rules needs no channel.
func (l *loader) checkChannels() {
	routes := l.config.Alerts.Routes
	if routes.Default != "" || len(l.config.Sources) == 0 || slices.ContainsFunc(routes.Routes, takesAll) || l.lacks(UseAlerts) {
		return
	}
	if _, set := l.keys["alerts.default_channel"]; set {
		return // it is wrong, and that has been said
	}
	for i, r := range l.definition.Rules {
		path := fmt.Sprintf("rules[%d]", i)
		if r.Disabled || len(r.To) > 0 || len(r.AlsoTo) > 0 || l.spoilt[path] {
			continue
		}
		l.at(l.places.locate(path+".name"), "alerts", "set alerts.default_channel, or `to` in the rule",
			"the rule %q has no channel to alert", r.Name)
		return
	}
}

func takesAll(r notify.Route) bool {
	return len(r.Severity)+len(r.Topic)+len(r.Rule)+len(r.Tag)+len(r.Language) == 0 && len(r.To) > 0
}

// checkRoutes warns of routes that nothing can take.
func (l *loader) checkRoutes() {
	names, topics := map[string]bool{}, map[string]bool{}
	for _, r := range l.definition.Rules {
		names[r.Name], topics[r.Topic] = true, true
	}
	tags := l.originValues(func(o news.Origin) []string { return o.Tags })
	caught := false
	for i, r := range l.config.Alerts.Routes.Routes {
		path := fmt.Sprintf("alerts.routes[%d]", i)
		if caught {
			l.warnAt(l.places.locate(path), "first match wins: put the route that takes everything last", "nothing comes as far as this route")
		}
		caught = caught || takesAll(r)
		l.checkKnown(path+".rule", r.Rule, names, "rule")
		l.checkKnown(path+".topic", r.Topic, topics, "rule has the topic")
		l.checkKnown(path+".tag", r.Tag, tags, "source has the tag")
	}
}

// checkFilters warns of rules that ask for sources there are not. A repository
// of rules without sources is not warned.
func (l *loader) checkFilters() {
	sources := l.originValues(func(o news.Origin) []string { return []string{o.Source} })
	tags := l.originValues(func(o news.Origin) []string { return o.Tags })
	tiers := l.originValues(func(o news.Origin) []string { return []string{o.Tier} })
	countries := l.originValues(func(o news.Origin) []string { return []string{o.Country} })
	for i, r := range l.definition.Rules {
		for key, f := range map[string]rules.Filter{"only": r.Only, "except": r.Except} {
			path := fmt.Sprintf("rules[%d].%s", i, key)
			l.checkKnown(path+".source", f.Source, sources, "source")
			l.checkKnown(path+".tag", f.Tag, tags, "source has the tag")
			l.checkKnown(path+".tier", f.Tier, tiers, "source has the tier")
			l.checkKnown(path+".country", f.Country, countries, "source has the country")
		}
	}
}

// originValues collects what sources say of themselves; nil without sources.
func (l *loader) originValues(get func(news.Origin) []string) map[string]bool {
	if len(l.config.Sources) == 0 {
		return nil
	}
	all := map[string]bool{}
	for _, s := range l.config.Sources {
		for _, text := range get(s.Origin) {
			all[text] = true
		}
	}
	return all
}

// checkKnown warns of words that nothing bears; a nil map knows everything.
func (l *loader) checkKnown(path string, words []string, known map[string]bool, what string) {
	if known == nil {
		return
	}
	var all []string
	for name := range known {
		all = append(all, name)
	}
	for i, word := range words {
		if !known[word] {
			l.warnAt(l.places.locate(fmt.Sprintf("%s[%d]", path, i)), didYouMean(word, all), "no %s %q", what, word)
		}
	}
}
