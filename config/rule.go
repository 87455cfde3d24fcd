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
var reservedRule = []string{"burst", "escalate", "limit", "cooldown", "digest", "realert"}

// ruleKeys are the keys of a rule beside those of a node.
func ruleKeys() []key[rules.Rule] {
	return []key[rules.Rule]{
		{"name", "A short, unique name: letters, digits, and `.` `_` `-` between them. Alerts, tests and metrics show it. The name of a pack's rule, such as `dprk.summit`, with nothing to look for changes that rule: `enabled: false` switches it off.",
			title(),
			func(l *loader, v value, r *rules.Rule) { r.Name, _ = l.name(v, "rule") }},
		{"never", "None of these may be found anywhere in the story: title, lead or body.", the("nodes"),
			func(l *loader, v value, r *rules.Rule) { r.Never = l.nodes(v) }},
		{"only", "What the story and its source must be: every key must hold, and one of its values is enough.", the("filter"),
			func(l *loader, v value, r *rules.Rule) { object(l, v, l.tables.only, &r.Only) }},
		{"except", "What the story and its source must not be: no key may hold.", the("filter"),
			func(l *loader, v value, r *rules.Rule) { object(l, v, l.tables.except, &r.Except) }},
		{"severity", "How much the match matters, for routes and for how an alert looks.", choice(severities()...).by("normal"),
			func(l *loader, v value, r *rules.Rule) { r.Severity, _ = l.severity(v) }},
		{"topic", "A word for routes.", words(),
			func(l *loader, v value, r *rules.Rule) { r.Topic, _ = l.word(v) }},
		{"to", "Channels instead of those of the routes.", oneOrMore(plainChannel()),
			func(l *loader, v value, r *rules.Rule) { r.To = l.channels(v) }},
		{"also to", "Channels beside those of the routes.", oneOrMore(plainChannel()),
			func(l *loader, v value, r *rules.Rule) { r.AlsoTo = l.channels(v) }},
		{"note", "For whoever reads the rules; no alert shows it.", words(),
			func(l *loader, v value, r *rules.Rule) { r.Note, _ = l.word(v) }},
		{"instruction", "What the readers of an alert are to do, in a sentence: it is shown in every alert of the rule.", words(),
			func(l *loader, v value, r *rules.Rule) { r.Instruction, _ = l.word(v) }},
		{"enabled", "`false` switches the rule off; its tests still run.", truth().by(true),
			func(l *loader, v value, r *rules.Rule) { r.Disabled = l.disabled(v) }},
		{"until", "The last day of the rule, such as `2026-12-05`, in the config's timezone: it does not look at stories first seen later.", matching(dayForm.String()).or("write year, month and day: 2026-12-05"),
			func(l *loader, v value, r *rules.Rule) { r.Until = l.day(v) }},
		{"tests", "Texts that the rule must match, or must not; `copytaster test` runs them.", list(the("test")),
			func(l *loader, v value, r *rules.Rule) { r.Tests = l.tests(v) }},
	}
}

// ofRules gives some of the keys of a rule.
func ofRules(names ...string) []key[rules.Rule] {
	return slices.DeleteFunc(ruleKeys(), func(k key[rules.Rule]) bool { return !slices.Contains(names, k.name) })
}

// rules reads a list of rules and adds them to those of other files.
func (l *loader) rules(v value) {
	all := l.list(v, wantRules)
	l.definition.Rules = slices.Grow(l.definition.Rules, len(all))
	for _, e := range all {
		if isChange(e.node) {
			e.up = &value{file: v.file, node: v.node, up: v.up, key: changes, index: inMap}
			l.change(e)
			continue
		}
		e.index = len(l.definition.Rules)
		r := rules.Rule{Severity: news.Normal}
		set, whole := object(l, e, &l.tables.rule, &r)
		r.Name = v.file.full(r.Name)
		if whole && !set.has("name") {
			l.mistake(e, "add name: a short word for it", "the rule has no name")
		}
		if whole {
			l.unique(set, "rule", r.Name)
		}
		l.definition.Rules = append(l.definition.Rules, r)
	}
}

// disabled reads the key enabled.
func (l *loader) disabled(v value) bool {
	enabled := true
	l.boolean(v, &enabled)
	return !enabled
}

var dayForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

// day reads a day; it begins at midnight UTC until endDays knows the zone.
func (l *loader) day(v value) time.Time {
	text, ok := l.written(v, "a day")
	if !ok {
		return time.Time{}
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || !dayForm.MatchString(text) {
		hint := "write year, month and day: 2026-12-05"
		if dayForm.MatchString(text) {
			hint = "the calendar has no such day"
		}
		l.mistake(v, hint, "%s is no day", shown(v))
		return time.Time{}
	}
	return day
}

// endDays turns the last days of rules into the instants at which they end.
func (l *loader) endDays() {
	for i := range l.definition.Rules {
		if r := &l.definition.Rules[i]; !r.Until.IsZero() {
			r.Until = dayEnd(r.Until, l.config.Timezone)
		}
	}
}

// dayEnd is the first instant after a day. Where clocks change at midnight that
// is not always the one that is called 00:00, or there are two of that name.
func dayEnd(day time.Time, zone *time.Location) time.Time {
	midnight := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)
	begin, end := midnight.ZoneBounds()
	if midnight.Day() == day.Day() {
		return end // midnight was left out
	}
	if before := begin.Add(-1); !begin.IsZero() && before.Day() == midnight.Day() {
		_, was := before.Zone()
		_, is := midnight.Zone()
		if first := midnight.Add(time.Duration(is-was) * time.Second); first.Before(begin) {
			return first // midnight comes twice
		}
	}
	return midnight
}

// filterTable is the keys of only and except.
func filterTable(what string) *table[rules.Filter] {
	text := func(of string, into func(*rules.Filter) *[]string) func(*loader, value, *rules.Filter) {
		return func(l *loader, v value, f *rules.Filter) { *into(f) = l.words(v, of) }
	}
	return &table[rules.Filter]{what: what, foreign: filterSynonyms, keys: []key[rules.Filter]{
		{"source", "Names of sources.", oneOrMore(words()), text("source", func(f *rules.Filter) *[]string { return &f.Source })},
		{"tag", "Tags of the source.", oneOrMore(words()), text("tag", func(f *rules.Filter) *[]string { return &f.Tag })},
		{"tier", "The source's tier.", oneOrMore(words()), text("tier", func(f *rules.Filter) *[]string { return &f.Tier })},
		{"country", "The source's country: two letters of ISO 3166-1, such as `KR`.", oneOrMore(countryCode()),
			func(l *loader, v value, f *rules.Filter) { f.Country = l.countries(v) }},
		{"language", "The story's language, such as `en`, `ko` or `zh-Hant`; `en` takes in `en-GB`.", oneOrMore(languageCode()),
			func(l *loader, v value, f *rules.Filter) { f.Language = l.languages(v) }},
		{"section", "The section it appeared in, or a part of its name.", oneOrMore(words()), text("section", func(f *rules.Filter) *[]string { return &f.Section })},
		{"author", "Its authors, or parts of their names.", oneOrMore(words()), text("author", func(f *rules.Filter) *[]string { return &f.Author })},
		{"outlet", "The outlet, or a part of its name: `Reuters` is in `Reuters UK`.", oneOrMore(words()), text("outlet", func(f *rules.Filter) *[]string { return &f.Outlet })},
		{"cites", "Outlets that the story names as where it has its news from.", oneOrMore(words()), text("outlet", func(f *rules.Filter) *[]string { return &f.Cites })},
		{"words", "How many words the text has: `150+`, or `150-800`.", matching(lengthForm.String()).or("write 150+ or 150-800").like("150+", "150-800"),
			func(l *loader, v value, f *rules.Filter) { l.lengths(v, f) }},
	}}
}

func (l *loader) countries(v value) []string {
	var all []string
	for _, e := range l.oneOrMore(v, "country") {
		if text := l.country(e); text != "" {
			all = append(all, text)
		}
	}
	return all
}

var lengthForm = regexp.MustCompile(`^(\d{1,6})(\+|-(\d{1,6}))$`)

// lengths reads how many words a story has: 150+ or 150-800.
func (l *loader) lengths(v value, f *rules.Filter) {
	text, ok := l.written(v, "a number of words")
	if !ok {
		return
	}
	part := lengthForm.FindStringSubmatch(text)
	if part == nil {
		l.mistake(v, "write 150+ or 150-800", "%s is no number of words", shown(v))
		return
	}
	f.MinWords, _ = strconv.Atoi(part[1]) // six digits fit
	if part[3] != "" {
		f.MaxWords, _ = strconv.Atoi(part[3])
	}
	if part[3] != "" && f.MaxWords < max(f.MinWords, 1) {
		l.mistake(v, "", "%s: the most words are fewer than the least", shown(v))
	}
}

// ruleDefaults is what a file says for all its rules.
type ruleDefaults struct {
	rule rules.Rule
	set  given
}

func (l *loader) defaultRule(v value, d *ruleDefaults) {
	if !v.empty() {
		d.set, _ = object(l, v, &l.tables.defaults, &d.rule)
	}
}

// apply gives rules what they do not say themselves; of only and except every
// key by itself.
func (d *ruleDefaults) apply(all []rules.Rule) {
	for i := range all {
		r := &all[i]
		if r.To == nil {
			r.To = d.rule.To
		}
		if r.Topic == "" {
			r.Topic = d.rule.Topic
		}
		if r.Instruction == "" {
			r.Instruction = d.rule.Instruction
		}
		fill(&r.Only, &d.rule.Only)
		fill(&r.Except, &d.rule.Except)
	}
}

func fill(f, from *rules.Filter) {
	into, out := filterLists(f), filterLists(from)
	for i := range into {
		if *into[i] == nil {
			*into[i] = *out[i]
		}
	}
	if f.MinWords == 0 && f.MaxWords == 0 {
		f.MinWords, f.MaxWords = from.MinWords, from.MaxWords
	}
}

func filterLists(f *rules.Filter) [9]*[]string {
	return [9]*[]string{&f.Source, &f.Tag, &f.Tier, &f.Country, &f.Language, &f.Section, &f.Author, &f.Outlet, &f.Cites}
}
