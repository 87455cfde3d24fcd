package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/rules"
)

// checker is one run of check: the third phase, which looks at what the files
// say together and returns the config.
type checker struct {
	*reporter

	docs     *documents
	said     *decoded
	places   *places
	replaced []int // indexes of the packs' sources that the user's take the place of
}

// check compiles the rules and returns the config, or Mistakes when the reporter
// has an error.
func check(docs *documents, said *decoded, uses []Use, rep *reporter) (*Config, error) {
	c := &checker{reporter: rep, docs: docs, said: said, places: newPlaces(docs.files)}
	if !c.lost {
		c.applyChanges()
		c.applySourceChanges()
		c.endDays()
		c.checkBorrowed()
		c.compile()
		c.checkChannels()
		c.checkRoutes()
		c.checkFilters()
		c.checkUses()
		c.checkExpected()
		c.checkCallback()
		c.checkAnswers()
		c.checkSinks()
		c.checkMail()
		c.checkAuth()
		c.checkDaily()
		c.checkEditors()
	}
	missed, rest := missing(c.absences, said.Sources, uses)
	c.mistakes = slices.Concat(c.mistakes, missed, rest)
	found := c.report(docs)
	if len(found.Errors()) > 0 {
		return nil, found
	}
	return c.config(found.Warnings()), nil
}

// config returns the config that was found right. It keeps no trees.
func (c *checker) config(warnings Mistakes) *Config {
	whole := c.said.Config
	whole.Path, whole.Hash = c.docs.path, c.docs.digests.with(c.said.secrets)
	whole.Warnings, whole.absences = warnings, c.absences
	whole.Files = make(map[string][]byte, len(c.docs.files))
	read := make([]*yamlfile.File, len(c.docs.files))
	for i, f := range c.docs.files {
		whole.Files[relative(filepath.Dir(c.docs.path), f.Path)] = f.Text
		read[i] = f.Bare()
	}
	whole.ruleLines = c.ruleLines(read)
	replaced := c.replaced
	whole.places = sync.OnceValue(func() *places {
		p := reread(read)
		p.sources = without(p.sources, replaced)
		return p
	})
	return &whole
}

// checkRules returns the definition of rules that stand alone. A change of a
// pack's rule is a mistake there.
func checkRules(docs *documents, said *decoded, rep *reporter) (rules.Definition, error) {
	c := &checker{reporter: rep, docs: docs, said: said, places: newPlaces(docs.files)}
	c.applyChanges()
	c.endDays()
	if found := c.report(docs); len(found.Errors()) > 0 {
		return rules.Definition{}, found
	}
	return said.Definition, nil
}

// compile turns the rules into a set, and the compiler's mistakes into ours.
func (c *checker) compile() {
	set, found := rules.Compile(c.said.Definition)
	c.said.Rules = set
	for _, m := range found {
		c.compiled(m, c.places.locate(m.Path))
	}
}

// checkChannels refuses a config whose alerts would go nowhere. A rule needs
// the default channel when it is enabled, names no channel itself and no route
// takes every match. Without sources there is nothing to alert on: a repository
// of rules needs no channel.
func (c *checker) checkChannels() {
	routes := c.said.Alerts.Routes
	isRouted := routes.Default != "" || slices.ContainsFunc(routes.Routes, takesAll)
	if isRouted || len(c.said.Sources) == 0 || c.lacks(UseAlerts) {
		return
	}
	if _, set := c.said.keys["alerts.default_channel"]; set {
		return // it is wrong, which has been reported
	}
	for i, r := range c.said.Definition.Rules {
		path := fmt.Sprintf("rules[%d]", i)
		if r.Disabled || len(r.To) > 0 || len(r.AlsoTo) > 0 || c.spoilt[path] {
			continue
		}
		c.at(c.places.locate(path+".name"), "alerts", "set alerts.default_channel, or `to` in the rule",
			"the rule %q has no channel to alert", r.Name)
		return
	}
}

func takesAll(r notify.Route) bool {
	return len(r.Severity)+len(r.Topic)+len(r.Rule)+len(r.Tag)+len(r.Language) == 0 && len(r.To) > 0
}

// checkRoutes warns of routes that nothing can take.
func (c *checker) checkRoutes() {
	names, topics := map[string]bool{}, map[string]bool{}
	for _, r := range c.said.Definition.Rules {
		names[r.Name], topics[r.Topic] = true, true
	}
	tags := c.originValues(func(o news.Origin) []string { return o.Tags })
	caught, told := false, c.channelsTold()
	for i, channel := range c.said.Alerts.Channels {
		c.checkKnown(fmt.Sprintf("alerts.channels[%d].name", i), []string{channel.Name}, told, "route or rule goes to the channel")
	}
	for i, r := range c.said.Alerts.Routes.Routes {
		path := fmt.Sprintf("alerts.routes[%d]", i)
		if caught {
			c.warnAt(c.places.locate(path), "first match wins: put the route that takes everything last", "nothing comes as far as this route")
		}
		caught = caught || takesAll(r)
		c.checkKnown(path+".rule", r.Rule, names, "rule")
		c.checkKnown(path+".topic", r.Topic, topics, "rule has the topic")
		c.checkKnown(path+".tag", r.Tag, tags, "source has the tag")
	}
}

// channelsTold returns the channels that the config names for alerts; nil without
// rules.
func (c *checker) channelsTold() map[string]bool {
	if len(c.said.Definition.Rules) == 0 {
		return nil
	}
	routes := c.said.Alerts.Routes
	told := map[string]bool{routes.Default: true}
	add := func(channels []string) {
		for _, channel := range channels {
			told[channel] = true
		}
	}
	for _, r := range routes.Routes {
		add(r.To)
		add(r.Fallback.To)
	}
	for _, r := range c.said.Definition.Rules {
		add(r.To)
		add(r.AlsoTo)
	}
	return told
}

// checkFilters warns of rules that ask for sources that do not exist, unless the
// config has no sources at all.
func (c *checker) checkFilters() {
	sources := c.originValues(func(o news.Origin) []string { return []string{o.Source} })
	tags := c.originValues(func(o news.Origin) []string { return o.Tags })
	tiers := c.originValues(func(o news.Origin) []string { return []string{o.Tier} })
	countries := c.originValues(func(o news.Origin) []string { return []string{o.Country} })
	for i, r := range c.said.Definition.Rules {
		for key, f := range map[string]rules.Filter{"only": r.Only, "except": r.Except} {
			path := fmt.Sprintf("rules[%d].%s", i, key)
			c.checkKnown(path+".source", f.Source, sources, "source")
			c.checkKnown(path+".tag", f.Tag, tags, "source has the tag")
			c.checkKnown(path+".tier", f.Tier, tiers, "source has the tier")
			c.checkKnown(path+".country", f.Country, countries, "source has the country")
		}
		for j, e := range r.Escalate {
			if e.Tier != "" {
				c.checkKnown(fmt.Sprintf("rules[%d].escalate[%d].tier", i, j), []string{e.Tier}, tiers, "source has the tier")
			}
		}
	}
}

// originValues returns what sources say about themselves; nil without sources.
func (c *checker) originValues(get func(news.Origin) []string) map[string]bool {
	if len(c.said.Sources) == 0 {
		return nil
	}
	all := map[string]bool{}
	for _, s := range c.said.Sources {
		for _, text := range get(s.Origin) {
			all[text] = true
		}
	}
	return all
}

// checkKnown warns of words that are not known. A nil map knows every word.
func (c *checker) checkKnown(path string, words []string, known map[string]bool, what string) {
	if known == nil {
		return
	}
	var all []string
	for name := range known {
		all = append(all, name)
	}
	for i, word := range words {
		if !known[word] {
			c.warnAt(c.places.locate(fmt.Sprintf("%s[%d]", path, i)), didYouMean(word, all), "no %s %q", what, word)
		}
	}
}

// checkUses warns of concepts that no rule uses. There is no warning
//
//  1. in a config without rules, which others include,
//  2. about the concepts of packs,
//  3. where there are mistakes: one of them may be the use.
func (c *checker) checkUses() {
	if len(c.said.Definition.Rules) == 0 || len(c.mistakes.Errors()) > 0 {
		return
	}
	used := map[string]bool{}
	for _, n := range c.said.Definition.Concepts {
		c.tables.noteUses(&n, used)
	}
	for i := range c.said.Definition.Rules {
		c.tables.noteUses(&c.said.Definition.Rules[i].Node, used)
		for _, k := range c.tables.rule.keys {
			if k.nodes != nil {
				c.tables.noteAll(k.nodes(&c.said.Definition.Rules[i]), used)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.said.Definition.Concepts)) {
		if !used[name] {
			c.warnAt(c.places.locate("concepts."+name), "use it as $"+name+" in a rule, or delete it", "nothing uses the concept %s", name)
		}
	}
}

// noteUses notes the concepts that a node names.
func (t *tables) noteUses(n *rules.Node, used map[string]bool) {
	if n.Concept != "" {
		used[n.Concept] = true
	}
	for _, k := range t.node.keys {
		if k.nodes != nil {
			t.noteAll(k.nodes(n), used)
		}
	}
}

func (t *tables) noteAll(nodes []rules.Node, used map[string]bool) {
	for i := range nodes {
		t.noteUses(&nodes[i], used)
	}
}

// checkCallback warns when hubs are to push to where nobody listens.
func (c *checker) checkCallback() {
	if c.said.Crawl.WebSubCallback != "" && c.said.Listen == "" {
		c.warnAt(c.places.locate("crawl.websub_callback"),
			"set `listen`, or leave this key to the machines that listen", "nothing listens here for what hubs push")
	}
}

// checkSinks warns of sinks that nothing goes to.
func (c *checker) checkSinks() {
	told := c.channelsTold()
	if told != nil {
		told[c.said.Slack.OpsChannel] = true
	}
	for i := range c.said.Sinks {
		path, name := fmt.Sprintf("sinks[%d].name", i), c.said.Sinks[i].Name
		if told != nil && !told[name] {
			c.warnAt(c.places.locate(path), "name it under to:", "no route or rule goes to the sink %q", name)
		}
	}
}

// checkDaily warns of a daily report that nobody gets.
func (c *checker) checkDaily() {
	if c.said.Alerts.Daily != "" && c.said.Slack.OpsChannel == "" {
		c.warnAt(c.places.locate("alerts.daily"), "set slack.ops_channel", "nobody is told how the day was without an ops channel")
	}
}

// checkEditors warns of the first rule whose editor is told nowhere.
func (c *checker) checkEditors() {
	if c.said.Slack.RulesChannel != "" || c.said.Slack.OpsChannel != "" {
		return
	}
	i := slices.IndexFunc(c.said.Definition.Rules, func(r rules.Rule) bool { return r.Editor != "" })
	if i >= 0 {
		c.warnAt(c.places.locate(fmt.Sprintf("rules[%d].editor", i)), "set slack.rules_channel, or slack.ops_channel",
			"no editor is told what people say of a rule without a channel for it")
	}
}

// checkFallbacks warns of routes whose fallbacks nobody can prevent, or may not hear.
func (c *checker) checkFallbacks() {
	for i, r := range c.said.Alerts.Routes.Routes {
		path := fmt.Sprintf("alerts.routes[%d].if_unanswered", i)
		if r.Fallback.After > 0 && !c.said.Slack.Answerable() {
			c.warnAt(c.places.locate(path), "set slack.app_token or slack.signing_secret: alerts have buttons then",
				"nobody can answer alerts, so that this does nothing")
		}
		for j, who := range r.Fallback.Mentions {
			if m, _ := notify.ParseMention(who); m.Broadcast == "here" {
				c.warnAt(c.places.locate(fmt.Sprintf("%s.mention[%d]", path, j)),
					"name a user group (S012AB3CD) or @channel; what must wake somebody goes to a pager",
					"@here reaches only those who are active, and do-not-disturb stops the push")
			}
		}
	}
}

// checkAnswers looks at how people's answers come in from Slack.
func (c *checker) checkAnswers() {
	s, key := c.said.Slack, func(name string) string {
		if _, ok := c.said.keys["slack."+name+"_file"]; ok {
			return "slack." + name + "_file"
		}
		return "slack." + name
	}
	switch {
	case s.AppToken != "" && s.SigningSecret != "":
		c.at(c.places.locate(key("signing_secret")), "slack", "keep one of them", "answers come in by slack.app_token already")
	case s.SigningSecret != "" && c.said.PublicURL == "":
		c.at(c.places.locate(key("signing_secret")), "slack", "set public_url: it must begin with https, and lead to `listen`",
			"Slack cannot call a daemon without a public URL")
	case s.SigningSecret != "" && c.said.Listen == "":
		c.at(c.places.locate(key("signing_secret")), "slack", "set `listen`", "nothing listens here for what Slack sends")
	}
	c.checkFallbacks()
	if !s.Answerable() && len(s.Allow) > 0 {
		c.warnAt(c.places.locate("slack.allow"), "set slack.app_token, and alerts have buttons", "nobody can answer alerts")
	}
	if s.Answerable() && !s.Configured {
		c.warnAt(c.places.locate(key("app_token")), "set slack.token", "alerts do not go to Slack without the bot's token")
	}
}
