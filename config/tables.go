package config

import (
	"slices"
	"sync"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/internal/login"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/rules"
)

// tables are all the keys that a config knows, by the map they stand in.
type tables struct {
	slips func() *yamlfile.Slips // of the pen, in files with these keys

	document  table[document]
	ruleFile  table[document]
	packFile  table[document]
	crawl     table[Crawl]
	slack     table[Slack]
	alerts    table[Alerts]
	route     table[notify.Route]
	fallback  table[news.Fallback]
	sink      table[Sink]
	mail      table[Mail]
	auth      table[login.Policy]
	authUser  table[login.Credential]
	source    table[news.Source]
	basicAuth table[news.Source]
	channel   table[ChannelSettings]
	storm     table[news.Gust]
	expect    table[news.Expectation]
	escalate  table[news.Escalation]
	burst     table[news.Burst]
	defaults  table[rules.Rule]
	rule      table[rules.Rule]
	change    table[rules.Rule]
	node      table[rules.Node]
	only      table[rules.Filter]
	except    table[rules.Filter]
	test      table[rules.TestCase]
	story     table[rules.TestStory]
}

func newTables() *tables {
	t := &tables{}
	t.crawl = table[Crawl]{what: "crawl", keys: crawlKeys(), settings: true}
	t.slack = table[Slack]{
		what: "slack", keys: slackKeys(), settings: true, reserved: []string{"app_token"},
		more: form{Not: &form{Type: kinds{"object"}, Required: []string{"token", "token_file"}}},
	}
	t.channel = table[ChannelSettings]{
		what: "a channel", keys: channelKeys(), required: []string{"name"},
	}
	t.storm = table[news.Gust]{what: "storm", foreign: burstSynonyms, keys: stormKeys(), required: []string{"news", "over"}}
	t.alerts = table[Alerts]{
		what: "alerts", foreign: alertsSynonyms, keys: alertsKeys(), settings: true,
	}
	t.sink = table[Sink]{
		what: "a sink", keys: sinkKeys(), required: []string{"name"}, more: form{OneOf: []form{
			{Required: []string{"webhook"}, AnyOf: oneKey("secret", "secret_file")},
			{Required: []string{"mail"}},
		}},
	}
	t.mail = table[Mail]{
		what: "mail", keys: mailKeys(), settings: true,
		more: form{Not: &form{Type: kinds{"object"}, Required: []string{"password", "password_file"}}},
	}
	t.authUser = table[login.Credential]{
		what: "a user", keys: userKeys(), required: []string{"name"},
		more: form{OneOf: oneKey("password_hash", "password_hash_file")},
	}
	t.auth = table[login.Policy]{what: "auth", keys: authKeys(), settings: true}
	t.fallback = table[news.Fallback]{
		what: "if_unanswered", foreign: fallbackSynonyms, keys: fallbackKeys(), required: []string{"after", "to"},
	}
	t.route = table[notify.Route]{what: "a route", foreign: routeSynonyms, keys: routeKeys(), required: []string{"to"}}
	t.basicAuth = table[news.Source]{
		what: "basic_auth", keys: basicAuthKeys(), required: []string{"user", "password_file"},
	}
	t.source = table[news.Source]{
		what: "a source", foreign: sourceSynonyms, keys: sourceKeys(&t.basicAuth),
		required: []string{"name"}, more: form{OneOf: placeForms()},
	}
	t.addRules()
	t.addFiles()
	t.slips = sync.OnceValue(func() *yamlfile.Slips {
		return yamlfile.NewSlips(slices.Concat(
			t.document.names(), t.alerts.names(), t.route.names(), t.fallback.names(), t.sink.names(), t.mail.names(),
			t.source.names(),
			t.rule.names(), t.expect.names(), t.escalate.names(), t.burst.names(), t.only.names(), t.test.names(),
			t.story.names(),
		))
	})
	return t
}

// addRules adds the tables of rules and of what stands in them.
func (t *tables) addRules() {
	t.node = table[rules.Node]{
		what: "a node", foreign: nodeSynonyms, keys: nodeKeys(),
		stray: "a term with settings is written {any: [%s], times: 3}",
	}
	t.only = table[rules.Filter]{what: "only", foreign: filterSynonyms, keys: filterKeys()}
	t.except = table[rules.Filter]{what: "except", foreign: filterSynonyms, keys: filterKeys()}
	t.expect = table[news.Expectation]{
		what: "expect", foreign: expectSynonyms, keys: expectKeys(), required: []string{"within"},
	}
	t.escalate = table[news.Escalation]{
		what: "escalate", foreign: escalateSynonyms, keys: escalateKeys(), required: []string{"severity"},
		more: form{AnyOf: oneKey("outlets", "tier")},
	}
	t.burst = table[news.Burst]{
		what: "burst", foreign: burstSynonyms, keys: burstKeys(), required: []string{"news", "over", "severity"},
	}
	keys := ruleKeys(t)
	t.rule = table[rules.Rule]{
		what: "a rule", foreign: ruleSynonyms, reserved: reservedRule, required: []string{"name"},
		keys: append(part(t.node.keys, func(r *rules.Rule) *rules.Node { return &r.Node }), keys...),
	}
	t.defaults = table[rules.Rule]{
		what: "defaults", foreign: defaultsSynonyms, keys: some(keys, func(u use) bool { return u.inDefaults }),
	}
	t.change = table[rules.Rule]{
		what: "a change of a pack's rule", foreign: ruleSynonyms, keys: some(keys, func(u use) bool { return u.inChanges }),
	}
	t.test = table[rules.TestCase]{
		what: "a test", foreign: testSynonyms, keys: testKeys(), more: form{OneOf: oneKey("match", "no match")},
	}
	t.story = table[rules.TestStory]{what: "a test's story", keys: storyKeys()}
}

// addFiles adds the tables of the kinds of files.
func (t *tables) addFiles() {
	t.document = table[document]{
		what: "a config file", foreign: documentSynonyms, keys: documentKeys(t), settings: true,
		adds: []string{"include", "auth", "crawl", "slack", "alerts", "mail", "sinks", "sources", "defaults", "concepts", "rules"},
	}
	t.ruleFile = table[document]{what: "a rule file", foreign: documentSynonyms}
	for _, name := range []string{"defaults", "concepts", "rules"} {
		t.ruleFile.keys = append(t.ruleFile.keys, *t.document.find(name))
	}
	t.packFile = table[document]{what: "a pack"}
	t.packFile.keys = append(slices.Clone(t.ruleFile.keys), *t.document.find("include"), *t.document.find("sources"))
}
