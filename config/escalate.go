package config

import (
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// Bounds on what raises a news, and on what is a burst.
const (
	mostOutlets = 1000
	mostNews    = 10_000
	longestNews = 72 * time.Hour // for which reports of one news are put together
)

// escalateKeys are the keys of an escalation.
func escalateKeys() []key[news.Escalation] {
	return []key[news.Escalation]{
		row("outlets", "How many independent outlets have to report the news. Those of one `owner`, and those that cite the same agency, count once. With `tier` it may be left out: one is enough.",
			whole(1, mostOutlets),
			func(e *news.Escalation) *int { return &e.Outlets }, numberFrom(1, mostOutlets)),
		row("over", "The longest time in which their reports come, at most `72h`. Without it that does not matter.", period(),
			func(e *news.Escalation) *time.Duration { return &e.Over }, durationFrom(time.Minute, longestNews)),
		row("tier", "Only outlets of this tier count.", words(),
			func(e *news.Escalation) *string { return &e.Tier }, (*decoder).word),
		row("severity", "What the alerts are raised to. It has to be higher than the rule's.", choice(severities()...),
			func(e *news.Escalation) *news.Severity { return &e.Severity }, decodeSeverity),
	}
}

// oneOrMoreMaps is a map that is defined by name, or a list of them.
func oneOrMoreMaps(name string) form {
	of := the(name)
	return form{AnyOf: []form{of, {Type: kinds{"array"}, Elements: &of, MinElements: 1}}}
}

// maps returns a map as itself and a list as its elements, of which there must be
// one.
func (d *decoder) maps(v value, what string) []value {
	if v.node.Kind != yaml.SequenceNode {
		return []value{v}
	}
	all := d.list(v, what)
	if len(all) == 0 {
		d.mistake(v, "leave the key out when there is none", "the list is empty")
	}
	return all
}

// decodeEscalations decodes one escalation or a list of them.
func decodeEscalations(d *decoder, v value) ([]news.Escalation, bool) {
	var all []news.Escalation
	for _, e := range d.maps(v, "a list of escalations") {
		var one news.Escalation
		set, isWhole := decodeMap(d, e, &d.tables.escalate, &one)
		if !isWhole {
			continue
		}
		const example = "write it like {outlets: 3, over: 45m, severity: urgent}"
		switch {
		case !set.has("severity"):
			d.mistake(e, "add severity: urgent", "it is not said what the alert is raised to")
		case !set.has("outlets") && !set.has("tier"):
			d.mistake(e, example, "it is not said how many outlets raise the alert")
		case set.has("outlets") && one.Outlets == 1 && !set.has("tier"):
			d.mistake(set.find("outlets").value, "give the rule that severity, or write more outlets",
				"one outlet is enough for the alert itself")
		}
		one.Outlets = max(one.Outlets, 1)
		all = append(all, one)
	}
	return all, true
}

// checkEscalations refuses escalations to no more than what the alert is anyway.
func (d *decoder) checkEscalations(set given, severity news.Severity) {
	escalate, own := set.find("escalate"), set.find("severity")
	if escalate == nil || own != nil && d.spoilt[own.value.path()] {
		return
	}
	for _, e := range d.maps(escalate.value, "") {
		n := yamlfile.Lookup(e.node, "severity")
		if n == nil {
			continue
		}
		v := e.member("severity", n)
		if to, ok := news.ParseSeverity(v.node.Value); ok && to <= severity {
			d.mistake(v, higher(severity), "the rule's alerts are %s before they are raised to %s", severity, to)
		}
	}
}

// keepHigher drops the escalations that raise nothing: the defaults of a file have
// them for rules of a lower severity.
func keepHigher(r *rules.Rule) {
	isLower := func(e news.Escalation) bool { return e.Severity <= r.Severity }
	r.Escalate = slices.DeleteFunc(slices.Clone(r.Escalate), isLower)
}

// higher is the hint that names the severities above one.
func higher(s news.Severity) string {
	if s == news.Urgent {
		return "nothing is more severe than urgent: leave escalate out, or give the rule a lower severity"
	}
	above := severities()[s+1:]
	return "write a higher one: " + flowList(above)
}

// burstKeys are the keys of a burst.
func burstKeys() []key[news.Burst] {
	return []key[news.Burst]{
		row("news", "How many news.", whole(2, mostNews),
			func(b *news.Burst) *int { return &b.News }, numberFrom(2, mostNews)),
		row("over", "In which time, from `1m` to `7d`.", period(),
			func(b *news.Burst) *time.Duration { return &b.Over }, durationFrom(time.Minute, 7*day)),
		row("severity", "Of the message about it.", choice(severities()...),
			func(b *news.Burst) *news.Severity { return &b.Severity }, decodeSeverity),
	}
}

// decodeBurst decodes when a rule finds so much that it is news itself.
func decodeBurst(d *decoder, v value) (*news.Burst, bool) {
	b := new(news.Burst)
	set, isWhole := decodeMap(d, v, &d.tables.burst, b)
	if !isWhole {
		return nil, false
	}
	for _, name := range d.tables.burst.names() {
		if !set.has(name) {
			d.mistake(v, "write it like {news: 8, over: 1h, severity: high}", "the burst needs %s", name)
			return nil, false
		}
	}
	return b, !slices.ContainsFunc(set, func(p pair) bool { return d.spoilt[p.value.path()] })
}
