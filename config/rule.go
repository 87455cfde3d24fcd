package config

import (
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// reservedRule are keys of rules that are refused until they work.
var reservedRule = []string{"limit", "cooldown", "digest", "realert"}

// ruleKeys are the keys of a rule beside those of a node.
func ruleKeys(t *tables) []key[rules.Rule] {
	anywhere, changes := use{inDefaults: true, inChanges: true}, use{inChanges: true}
	return []key[rules.Rule]{
		row("name", "A short, unique name: letters, digits, and `.` `_` `-` between them. Alerts, tests and metrics show it. The name of a pack's rule, such as `dprk.summit`, with nothing to look for changes that rule: `enabled: false` switches it off.",
			title(),
			func(r *rules.Rule) *string { return &r.Name }, nameOf("rule")).also(changes),
		nodeList("never", "None of these may be found anywhere in the story: title, lead or body.",
			func(r *rules.Rule) *[]rules.Node { return &r.Never }),
		nested("only", "What the story and its source must be: every key must hold, and one of its values is enough.", the("filter"),
			func(r *rules.Rule) *rules.Filter { return &r.Only }, &t.only).also(anywhere),
		nested("except", "What the story and its source must not be: no key may hold.", the("filter"),
			func(r *rules.Rule) *rules.Filter { return &r.Except }, &t.except).also(anywhere),
		row("severity", "How much the match matters, for routes and for how an alert looks.", choice(severities()...).by("normal"),
			func(r *rules.Rule) *news.Severity { return &r.Severity }, decodeSeverity).also(changes),
		row("topic", "A word for routes.", words(),
			func(r *rules.Rule) *string { return &r.Topic }, (*decoder).word).also(anywhere),
		row("to", "Channels instead of those of the routes.", oneOrMore(plainChannel()),
			func(r *rules.Rule) *[]string { return &r.To }, listOf("channel", decodeChannel)).also(anywhere),
		row("also to", "Channels beside those of the routes.", oneOrMore(plainChannel()),
			func(r *rules.Rule) *[]string { return &r.AlsoTo }, listOf("channel", decodeChannel)).also(changes),
		row("escalate", "When the alerts of a news become more severe: once so many independent outlets report it, or one of a tier. A list has several of them.",
			oneOrMoreMaps("escalate"),
			func(r *rules.Rule) *[]news.Escalation { return &r.Escalate }, decodeEscalations).also(anywhere),
		row("burst", "When so many news at once are news themselves: the rule's channels get one message about them.", the("burst"),
			func(r *rules.Rule) **news.Burst { return &r.Burst }, decodeBurst).also(anywhere),
		row("expect", "The longest time without a match: `26h`, or `{within: 26h, on: Mon-Fri}`. When it is over, the rule's channels are told, once.", the("expect"),
			func(r *rules.Rule) *news.Expectation { return &r.Expect }, decodeExpect).also(anywhere),
		row("note", "For whoever reads the rules; no alert shows it.", words(),
			func(r *rules.Rule) *string { return &r.Note }, (*decoder).word).also(changes),
		row("instruction", "What the readers of an alert are to do, in a sentence: it is shown in every alert of the rule.", words(),
			func(r *rules.Rule) *string { return &r.Instruction }, (*decoder).word).also(anywhere),
		row("editor", "The ID of the user or user group that is told which of its alerts were not relevant, and what to leave out.",
			env(matching(memberPattern).or("write the ID of a user or user group")).like("U012AB3CD", "S012AB3CD"),
			func(r *rules.Rule) *string { return &r.Editor }, decodeMember("leave the key out, and slack.rules_channel is told")).also(anywhere),
		row("enabled", "`false` switches the rule off; its tests still run.", boolean().by(true),
			func(r *rules.Rule) *bool { return &r.Disabled }, decodeDisabled).also(changes),
		row("until", "The last day of the rule, such as `2026-12-05`, in the config's timezone: it does not look at stories first seen later.",
			matching(dayForm.String()).or("write year, month and day: 2026-12-05"),
			func(r *rules.Rule) *time.Time { return &r.Until }, decodeDay).also(changes),
		row("tests", "Texts that the rule must match, or must not; `copytaster test` runs them.", list(the("test")),
			func(r *rules.Rule) *[]rules.TestCase { return &r.Tests }, decodeTests),
	}
}

// decodeRules decodes a list of rules and adds them to those of other files.
func decodeRules(d *decoder, v value) {
	all := d.list(v, wantRules)
	d.out.Definition.Rules = slices.Grow(d.out.Definition.Rules, len(all))
	for _, e := range all {
		if isChange(e.node) {
			decodeChange(d, e.below(changes))
			continue
		}
		e.index = len(d.out.Definition.Rules)
		r := rules.Rule{Severity: news.Normal}
		set, whole := decodeMap(d, e, &d.tables.rule, &r)
		r.Name = v.file.full(r.Name)
		if whole && !set.has("name") {
			d.mistake(e, "add name: a short word for it", "the rule has no name")
		}
		d.checkEscalations(set, r.Severity)
		if whole {
			d.unique(set, "rule", r.Name)
		}
		d.out.Definition.Rules = append(d.out.Definition.Rules, r)
	}
}

var dayForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

// decodeDay decodes a day. It is midnight UTC until check knows the zone.
func decodeDay(d *decoder, v value) (time.Time, bool) {
	text, ok := d.written(v, "a day")
	if !ok {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || !dayForm.MatchString(text) {
		hint := "write year, month and day: 2026-12-05"
		if dayForm.MatchString(text) {
			hint = "the calendar has no such day"
		}
		d.mistake(v, hint, "%s is no day", v.quoted())
		return time.Time{}, false
	}
	return day, true
}

// filterKeys are the keys of only and except.
func filterKeys() []key[rules.Filter] {
	return []key[rules.Filter]{
		row("source", "Names of sources.", oneOrMore(words()),
			func(f *rules.Filter) *[]string { return &f.Source }, wordsOf("source")),
		row("tag", "Tags of the source.", oneOrMore(words()),
			func(f *rules.Filter) *[]string { return &f.Tag }, wordsOf("tag")),
		row("tier", "The source's tier.", oneOrMore(words()),
			func(f *rules.Filter) *[]string { return &f.Tier }, wordsOf("tier")),
		row("country", "The source's country: two letters of ISO 3166-1, such as `KR`.", oneOrMore(countryCode()),
			func(f *rules.Filter) *[]string { return &f.Country }, listOf("country", decodeCountry)),
		row("language", "The story's language, such as `en`, `ko` or `zh-Hant`; `en` takes in `en-GB`.", oneOrMore(languageCode()),
			func(f *rules.Filter) *[]string { return &f.Language }, listOf("language", decodeLanguage)),
		row("section", "The section it appeared in, or a part of its name.", oneOrMore(words()),
			func(f *rules.Filter) *[]string { return &f.Section }, wordsOf("section")),
		row("author", "Its authors, or parts of their names.", oneOrMore(words()),
			func(f *rules.Filter) *[]string { return &f.Author }, wordsOf("author")),
		row("outlet", "The outlet, or a part of its name: `Reuters` is in `Reuters UK`.", oneOrMore(words()),
			func(f *rules.Filter) *[]string { return &f.Outlet }, wordsOf("outlet")),
		row("cites", "Outlets that the story names as where it has its news from.", oneOrMore(words()),
			func(f *rules.Filter) *[]string { return &f.Cites }, wordsOf("outlet")),
		lengthKey("words", "How many words the text has: `150+`, or `150-800`.",
			matching(lengthForm.String()).or("write 150+ or 150-800").like("150+", "150-800")),
	}
}

// lengthKey is the key with the least and the most words of a story.
func lengthKey(name, doc string, f form) key[rules.Filter] {
	k := custom(name, doc, f, decodeLengths)
	k.copy = func(into, from *rules.Filter) { into.MinWords, into.MaxWords = from.MinWords, from.MaxWords }
	k.fill = func(into, from *rules.Filter) {
		if into.MinWords == 0 && into.MaxWords == 0 {
			k.copy(into, from)
		}
	}
	return k
}

var lengthForm = regexp.MustCompile(`^(\d{1,6})(\+|-(\d{1,6}))$`)

// decodeLengths decodes how many words a story has: 150+ or 150-800.
func decodeLengths(d *decoder, v value, f *rules.Filter) {
	text, ok := d.written(v, "a number of words")
	if !ok {
		return
	}
	part := lengthForm.FindStringSubmatch(text)
	if part == nil {
		d.mistake(v, "write 150+ or 150-800", "%s is no number of words", v.quoted())
		return
	}
	f.MinWords, _ = strconv.Atoi(part[1]) // six digits fit
	if part[3] != "" {
		f.MaxWords, _ = strconv.Atoi(part[3])
	}
	if part[3] != "" && f.MaxWords < max(f.MinWords, 1) {
		d.mistake(v, "", "%s: the most words are fewer than the least", v.quoted())
	}
}
