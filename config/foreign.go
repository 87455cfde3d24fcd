package config

import (
	"maps"
	"strings"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/rules/foreign"
)

// synonyms are the keys and values of other tools, each with the hint that leads
// to ours. Without them the nearest spelling would be suggested: "any" for "and".
type synonyms map[string]string

// synonymsOf makes synonyms of rows: a hint, then the words that it is for.
func synonymsOf(rows ...[2]string) synonyms {
	all := synonyms{}
	for _, row := range rows {
		for word := range strings.SplitSeq(row[1], ", ") {
			all[word] = row[0]
		}
	}
	return all
}

// with returns the synonyms and more of them, which win over s.
func (s synonyms) with(more synonyms) synonyms {
	all := maps.Clone(s)
	maps.Copy(all, more)
	return all
}

// hint returns the hint for a word in any spelling, "" when it is no synonym.
func (s synonyms) hint(word string) string { return s[plainKey(word)] }

// plainKey writes a key in small letters, with spaces between its words.
func plainKey(word string) string {
	words := strings.FieldsFunc(strings.ToLower(word), func(r rune) bool {
		return r == '_' || r == '-' || r == ' ' || yamlfile.IsOddSpace(r)
	})
	return strings.Join(words, " ")
}

// squeezed returns a key without the spaces between its words: "at least" is
// "atleast".
func squeezed(word string) string { return strings.ReplaceAll(plainKey(word), " ", "") }

// nodeSynonyms are for the keys of a node.
func nodeSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write all: and a list, every one of which must be found", "and, must, every, all of, required, require, requires, must have, must contain, must include, mandatory"},
		[2]string{"write any: and a list, one of which must be found", "or, should, either, any of, one of, some, keywords, keyword, terms, term, phrases, phrase, query, queries, search, searches, text, contains, contain, " +
			"include, includes, strings, string, find, look for, watch, match, matches, list, values, optional, should have"},
		[2]string{"write none: and a list, or never: in the rule for what must stand nowhere in the story",
			"not, must not, exclude, excludes, excluding, exclusions, without, negative, negatives, unwanted, minus, but not, and not, ignore, none of, nor, no, block, stopwords, must not have"},
		[2]string{"write within: 10 words, sentence or paragraph", "proximity, distance, slop, window, span, max distance, gap, adjacent, close"},
		[2]string{"write ordered: true", "order, in order, sequence, keep order"},
		[2]string{"write times: 3 for mentions, at least: 2 and of: for so many of a list", "count, min, minimum, frequency, occurrences, mentions, min count, threshold, minimum should match"},
		[2]string{"write the regular expression as a term between slashes: '/MH ?\\d{3}/'", "regex, regexp, pattern, patterns, re, regular expression"},
		[2]string{"write =US: a term with = in front is found in this case only", "case, case sensitive, exact, exact case, casesensitive, exact match"},
		[2]string{"write ~weapon: a term with ~ in front is found in its inflections", "stem, stemming, fuzzy, inflections, lemma, lemmas, fuzziness"},
		[2]string{"write missile*: a term with * behind is the beginning of a word", "wildcard, wildcards, prefix, starts with, begins with, truncate"},
		[2]string{"write {any: [kim], in: title}", "title, titles, headline, headlines, head, intitle, subject, in title, in headline"},
		[2]string{"write {any: [kim], in: lead}", "lead, lede, summary, standfirst, ingress, abstract, intro, first paragraph"},
		[2]string{"write {any: [kim], in: body}", "body, content, fulltext, full text"},
		[2]string{"write {any: [example.org], in: url}, or only: {source: …} in the rule", "url, link, site, domain, website"},
		[2]string{"write in: title, lead, body, url or first 100 words", "field, fields, where, scope, search in, location, zone, part, parts, look in"},
		[2]string{"concepts: stands at the top of the file; a node uses one as $kim", "concept, concepts, use, ref, refs, reference"},
	)
}

// ruleSynonyms are for the keys of a rule, beside those of a node.
func ruleSynonyms() synonyms {
	return nodeSynonyms().with(synonymsOf(
		[2]string{"write to: and a channel, or also to: for one more", "channel, channels, slack, slack channel, send to, post to, notify, destination, destinations, recipients, recipient, deliver, deliver to, alert, output, email"},
		[2]string{"write severity: info, normal, high or urgent", "priority, prio, urgency, importance, level, critical, urgent, high, rank, weight, score, severities, info"},
		[2]string{"write only: {language: en} in the rule", "language, languages, lang, langs"},
		[2]string{"write only: {source: [reuters, ap]} in the rule", "source, sources, feed, feeds, publication, publications"},
		[2]string{"write only: {tag: wire} in the rule", "tag, tags"},
		[2]string{"write only: {tier: wire} in the rule", "tier, tiers"},
		[2]string{"write only: {country: KR} in the rule: the country of the source", "country, countries, region, regions"},
		[2]string{"write only: {section: Opinion} in the rule", "section, sections"},
		[2]string{"write only: {author: Doe} in the rule", "author, authors, byline"},
		[2]string{"write only: {outlet: Reuters} in the rule", "outlet, outlets, publisher, publishers"},
		[2]string{"write only: {cites: KCNA} in the rule", "cites, cite, citing"},
		[2]string{"write only: {words: 150+} in the rule", "words, min words, length, word count, wordcount"},
		[2]string{"write only: or except: {language: en, source: [reuters]}", "filter, filters, if, when, condition, conditions, unless, limit to, restrict"},
		[2]string{"write note:, which nothing depends on; instruction: is shown in the alert", "description, desc, comment, comments, remark, remarks, notes, about, reason, why, explanation"},
		[2]string{"write instruction:, which is shown in the alert", "instructions, action, actions, todo, playbook, runbook, what to do, message"},
		[2]string{"mention: stands in a route: alerts: {routes: [{rule: …, to: …, mention: [\"@here\"]}]}", "mention, mentions, ping, pings, cc, tell"},
		[2]string{"write name:; to look in titles write {any: [kim], in: title}", "title"},
		[2]string{"write name:", "id, label, rule, rule name, key, slug"},
		[2]string{"write enabled: false to switch it off", "active, disabled, disable, enable, status, off, on, paused, inactive"},
		[2]string{"write until: 2026-12-05", "expires, expiry, end, ends, end date, valid until, expire, to date, expiration"},
		[2]string{"leave it out: rules see stories as they come; backtest --since looks back", "start, since, from, start date, after, before, date"},
		[2]string{"write tests: [match: Kim met Putin, no match: Kim slept]", "test, example, examples, cases, samples, sample, no match, not match, should match, should not match"},
		[2]string{"write escalate: {outlets: 3, over: 45m, severity: urgent}", "escalation, escalations, raise, upgrade, confirm, confirmation, escalate after, escalate to"},
		[2]string{"write burst: {news: 8, over: 1h, severity: high}", "spike, spikes, surge, volume, peak, anomaly, flood, storm, rate"},
		[2]string{"write expect: 26h", "silence, heartbeat, absence, silent, dead man, deadman, dead man switch, expected, no match for, at least every, missing"},
		[2]string{"write topic:", "category, categories, group, theme, desk, subject area"},
		[2]string{"sources have a schedule:; rules look at every story when it comes", "schedule, cron, interval, every"},
	))
}

// fallbackSynonyms are for the keys of what is told when nobody answers.
func fallbackSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write after: 15m", "within, in, timeout, delay, wait, over, for, minutes"},
		[2]string{"write to:", "channel, channels, target, receiver, escalate, tell, then"},
		[2]string{"write mention:", "mentions, ping, notify, who, users, group"},
	)
}

// escalateSynonyms are for the keys of an escalation.
func escalateSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write outlets:", "sources, source, outlet, reports, count, n, min, at least, independent, news"},
		[2]string{"write over:", "within, in, window, period, time, during, minutes, for"},
		[2]string{"write severity: urgent", "to, level, priority, raise to"},
	)
}

// burstSynonyms are for the keys of a burst.
func burstSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write news:", "clusters, stories, matches, alerts, count, n, min, at least, events, more than"},
		[2]string{"write over:", "within, in, window, period, time, during, minutes, for, per"},
		[2]string{"write severity: high", "level, priority"},
	)
}

// expectSynonyms are for the keys of a map under expect.
func expectSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write within: 26h", "every, for, after, silence, duration, time, longest, max, over"},
		[2]string{"write on: Mon-Fri", "days, day, weekdays, weekday"},
		[2]string{"put several days into brackets: on: [Sat, Sun]", "sun, mon, tue, wed, thu, fri, sat"},
	)
}

// filterSynonyms are for the keys of only and except.
func filterSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write language:", "lang, languages, langs, locale"},
		[2]string{"write source: with names of sources", "sources, feed, feeds, site, domain, url"},
		[2]string{"write outlet:", "outlets, publisher, publication, newspaper, media"},
		[2]string{"write country: with two letters", "countries, region, regions, location"},
		[2]string{"write words: 150+ or 150-800", "length, min words, max words, word count, wordcount, size"},
		[2]string{"write author:", "authors, byline, journalist"},
		[2]string{"write tag:", "tags, label, category"},
		[2]string{"put severity: beside only:", "severity, priority"},
	)
}

// defaultsSynonyms are for the keys of a file's defaults, where most keys of a rule have no place.
func defaultsSynonyms() synonyms {
	return ruleSynonyms().with(synonymsOf(
		[2]string{"write never: [$sports] in each rule, with a concept for the words; here except: {section: Sport} may stand", "never, none"},
		[2]string{"write severity: in each rule", "severity"},
	))
}

// testSynonyms are for the keys of a test.
func testSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write match: and a text", "matches, should match, positive, yes, hit, true, text, expect, must match, good, input, pass"},
		[2]string{"write no match: and a text", "should not match, nomatch, not match, negative, no, miss, false, must not match, bad, fail, not, reject, does not match"},
	)
}

// sourceSynonyms are for the keys of a source.
func sourceSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write feed:, sitemap: or page: with the address", "url, link, uri, address, href, website, site, homepage"},
		[2]string{"write feed: with its address", "rss, atom, xml, feed url, rss url, xmlurl, json feed"},
		[2]string{anyPlaceKey() + " says what it is", "type, kind, format"},
		[2]string{`write schedule: "@every 10m", or a cron expression`, "interval, every, poll, refresh, frequency, cron, update, period, ttl, polling"},
		[2]string{"write name:", "title, id, label, source"},
		[2]string{"write tags:", "tag, category, categories, labels, group, groups, folder"},
		[2]string{"write tier:", "priority, rank, weight, level"},
		[2]string{"write language:", "lang, locale"},
		[2]string{"write country: with two letters", "region, location"},
		[2]string{"write dates_in:, the zone of dates without one", "timezone, tz, zone, date zone"},
		[2]string{"write expect: 26h", "silence, heartbeat, silent, max silence, expected, stale, stale after, dead after"},
		[2]string{"write owner:", "publisher, group owner, company, parent, ownership"},
		[2]string{"write links: with a CSS selector of story links", "selector, css, xpath, link selector"},
		[2]string{"write full_text: always, never or auto", "fulltext, full, fetch full text, content"},
		[2]string{"write enabled: false to switch it off", "active, disabled, disable, enable, status, off, paused"},
		[2]string{"write crawl: {user_agent: …} at the top", "user agent, useragent"},
		[2]string{"write crawl: {host_interval: 1s} at the top", "delay, rate limit, throttle"},
		[2]string{"write basic_auth: {user: …, password_file: …}", "auth, user, username, password, login"},
	)
}

// routeSynonyms are for the keys of a route.
func routeSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write to:", "channel, channels, send to, destination, notify, post to"},
		[2]string{"write severity: info, normal, high or urgent", "priority, level, urgency, importance"},
		[2]string{"write mention:", "ping, tell, user, users, cc, mentions, who"},
		[2]string{"write rule: with names of rules", "rules, name, names"},
		[2]string{"write tag: with tags of sources", "tags, source, sources"},
		[2]string{"write topic:", "topics, category"},
		[2]string{"write language:", "lang, languages"},
	)
}

// alertsSynonyms are for the keys of alerts.
func alertsSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write default_channel: news", "channel, default, to, slack channel"},
		[2]string{"write max_age: 48h", "age, older, oldest"},
		[2]string{"write same_news: thread or message", "dedupe, deduplicate, duplicates, group, grouping, threads, thread, updates"},
	)
}

// documentSynonyms are for the keys at the top of a file.
func documentSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write sources:", "feeds, feed, rss, sites, urls, subscriptions, publications, inputs"},
		[2]string{"write rules:", "keywords, watch, queries, searches, filters, topics, watches, searches, monitors, search, query"},
		[2]string{"write concepts:", "lists, variables, sets, dictionary, groups, definitions, words, terms, macros, synonyms"},
		[2]string{"write alerts: {default_channel: news}", "channel, channels, default channel, notifications, notify, outputs, output, routes, routing, to"},
		[2]string{"write slack: {token_file: …}: alerts are posted by a bot, not by a webhook", "webhook, webhooks, webhook url, token, bot token, slack token"},
		[2]string{"write storage: with a path or postgres://…", "database, db, store, database url, dsn, postgres, sqlite"},
		[2]string{"write listen: 127.0.0.1:8460", "port, address, http, host, bind, server, web"},
		[2]string{"write timezone:", "tz, zone, time zone"},
		[2]string{"write include: and a list of files", "includes, import, imports, files, packs, pack"},
		[2]string{"tests: stands in a rule", "tests, test"},
	)
}

// severitySynonyms are other tools' words for severities.
func severitySynonyms() synonyms {
	return synonymsOf(
		[2]string{"write urgent", "critical, crit, emergency, p1, p0, highest, fatal, blocker, flash, alert, immediate, breaking, very high, sev1, 1"},
		[2]string{"write high", "major, important, warning, warn, p2, severe, error, sev2, 2, elevated"},
		[2]string{"write normal", "medium, moderate, default, standard, p3, notice, middle, average, 3, mid"},
		[2]string{"write info", "low, lowest, minor, trivial, debug, p4, p5, informational, information, none, 4, 5"},
	)
}

// placeSynonyms are other tools' words for the fields of a story.
func placeSynonyms() synonyms {
	return synonymsOf(
		[2]string{"write title", "headline, headlines, head, heading, subject, hd, hl, intitle, titles"},
		[2]string{"write lead", "summary, standfirst, ingress, lede, description, abstract, intro, lp, first paragraph, teaser, dek"},
		[2]string{"write body", "text, content, article, fulltext, full text, story"},
		[2]string{"write url", "link, address, uri, href, site, domain"},
		[2]string{"write [title, lead]", "hlead, hlp, headline and lead, title and lead"},
		[2]string{"leave in out: without it title, lead and body are looked in", "all, everywhere, any, anywhere, *"},
	)
}

// likely returns the hint for a word that is not known, the first of
//
//  1. the known word that differs only in spaces and case,
//  2. the hint for the word of another tool,
//  3. the known word that is spelt most alike,
//
// or "".
func likely(word string, known []string, others synonyms) string {
	for _, k := range known {
		if squeezed(k) == squeezed(word) {
			return "did you mean `" + k + "`?"
		}
	}
	if hint := others.hint(word); hint != "" {
		return hint
	}
	return didYouMean(word, known)
}

// foreignField returns how rules write a field of another tool, for a map that
// YAML made of "title: kim"; "" when the key is no such field.
func foreignField(name, value string) string {
	hint, _ := foreign.Field(name, value)
	return hint
}
