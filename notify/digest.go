package notify

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// briefHeadline is how much of a headline a digest shows at most, in runes. A message of Slack, whose
// blocks hold 10,000 characters, has a place for news.MostInDigest of them, cut shorter (fit).
const briefHeadline = 120

// Brief is one story of a digest.
type Brief struct {
	Severity news.Severity
	Headline string
	Link     string // http or https URL in ASCII, "" when the story has none
	Source   string
	Time     time.Time // when it was published, else first seen
	Rules    []string
	Got      string `json:",omitempty"` // who sees to the news; "" for nobody
	State    string `json:",omitempty"` // what has become of it, such as WITHDRAWN: it is struck; "" for nothing
}

// BriefOf builds the brief of an alert that a digest tells.
func BriefOf(a news.Alert, s *news.Story) Brief {
	m := Story(news.Delivery{}, a, s, nil, s.Published)
	return Brief{Severity: a.Severity, Headline: cut(m.Headline, briefHeadline), Link: m.Link, Source: m.Source(),
		Time: m.Time, Rules: m.Rules}
}

// Missed builds the digest of what was published while its source, or the
// daemon, was down, and is too old to alert by now.
func Missed(d news.Delivery, briefs []Brief) Message {
	m := Message{Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal, Briefs: briefs}
	m.Headline = "Missed while down: " + count(len(briefs), "story", "stories")
	m.Body = []Part{part(Line, bold(m.Headline))}
	lines := []string{m.Headline + ". They came out while their source, or copytaster, was down, and are told late."}
	for _, b := range briefs {
		m.Body = append(m.Body, part(Bullet, b.runs()...))
		lines = append(lines, b.text())
	}
	m.Text = cut(strings.Join(lines, "\n"), maxOps)
	return m
}

// Kept builds the digest of what a snooze kept from a channel.
func Kept(d news.Delivery, snooze *news.Snooze, briefs []Brief) Message {
	z, end := cleanSnoozes([]news.Snooze{*snooze})[0], snooze.Until
	if !z.Ended.IsZero() {
		end = z.Ended
	}
	m := Message{Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal, Briefs: briefs}
	m.Headline = count(len(briefs), "story", "stories") + " while " + z.Subject() + " was snoozed"
	m.Body = []Part{
		part(Line, Run{Text: "💤", Style: Sign}, bold(m.Headline)),
		part(Small, say("From "), at(z.Since), say(" to "), until(end, z.Since), say(", by "+z.By.Name)),
	}
	texts := []string{m.Headline + ", by " + z.By.Name}
	for _, b := range briefs {
		m.Body = append(m.Body, part(Bullet, b.runs()...))
		texts = append(texts, b.text())
	}
	m.Text = cut(strings.Join(texts, "\n"), maxOps)
	return m
}

// Period is a time in which alerts were kept from a channel. Its JSON is the key of their
// digests.
type Period struct {
	Since time.Time `json:"since,omitzero"` // when the quiet began; zero of a digest by the calendar
	Until time.Time `json:"until"`
}

// Encode returns the key of the period's digests.
func (p Period) Encode() string {
	b, _ := json.Marshal(p) //nolint:errchkjson // times of this age always marshal
	return string(b)
}

// PeriodOf reads the period that a digest tells of.
func PeriodOf(d news.Delivery) (p Period, err error) {
	if err := json.Unmarshal([]byte(d.Text), &p); err != nil {
		return p, fmt.Errorf("read digest: %w", err)
	}
	return p, nil
}

// Gathered builds the digest of what quiet hours, the calendar or a pause kept from a channel:
// numbered, the most severe first, then by rule. It comes early when the hours were
// changed.
func Gathered(d news.Delivery, p Period, briefs []Brief) Message {
	briefs = slices.Clone(briefs)
	slices.SortStableFunc(briefs, func(a, b Brief) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(a.rule(), b.rule()))
	})
	m := Message{Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal, Briefs: briefs}
	m.Headline = count(len(briefs), "story", "stories")
	tail := []Run{say(" · " + severities(briefs))}
	if p.Since.IsZero() {
		m.Headline = "Digest of " + m.Headline
	} else {
		m.Headline += map[bool]string{false: " while it was quiet", true: " while deliveries were paused"}[d.About == news.AboutPause]
		end := p.Until
		if d.Due.Before(end) {
			end = d.Due
		}
		from := until(p.Since, end)
		tail = append([]Run{say(" ("), from, say("–"), {Time: end, Clock: from.Clock}, say(")")}, tail...)
	}
	head := append([]Run{{Text: "📰", Style: Sign}, bold(m.Headline)}, tail...)
	m.Body = append([]Part{part(Line, head...)}, gathered(briefs)...)
	lines := []string{m.Headline + " · " + severities(briefs)}
	for i, b := range briefs {
		lines = append(lines, strconv.Itoa(i+1)+". "+b.text())
	}
	m.Text = cut(strings.Join(lines, "\n"), maxOps)
	return m
}

// gathered are numbered briefs below their rules.
func gathered(briefs []Brief) (parts []Part) {
	for i, b := range briefs {
		if i == 0 || b.rule() != briefs[i-1].rule() || b.Severity != briefs[i-1].Severity {
			runs := []Run{bold(b.rule())}
			if b.Severity != news.Normal {
				runs = append(runs, say(" · "+upper(b.Severity)))
			}
			parts = append(parts, part(Line, runs...))
		}
		runs := append([]Run{say(strconv.Itoa(i+1) + "  ")}, b.headline()...)
		tail := b.Source
		if len(b.Rules) > 1 {
			tail = dotted(tail, list(b.Rules[1:], maxRules))
		}
		parts = append(parts, part(Bullet, append(runs, b.end(tail)...)...))
	}
	return parts
}

// severities counts briefs by their severity: "2 high, 12 normal".
func severities(briefs []Brief) string {
	var parts []string
	for s := news.Urgent; s >= news.Info; s-- {
		n := 0
		for _, b := range briefs {
			if b.Severity == s {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	return strings.Join(parts, ", ")
}

// rule is the rule that the brief stands under.
func (b Brief) rule() string {
	if len(b.Rules) == 0 {
		return ""
	}
	return b.Rules[0]
}

// text is the brief as one line, without its link and time.
func (b Brief) text() string {
	return dotted(upper(b.Severity), b.State, b.Headline, b.Source, list(b.Rules, maxRules))
}

func (b Brief) runs() []Run {
	runs := append([]Run{bold(upper(b.Severity)), say(" · ")}, b.headline()...)
	return append(runs, b.end(dotted(b.Source, list(b.Rules, maxRules)))...)
}

// headline is the brief's headline, struck where its story does not stand any more.
func (b Brief) headline() []Run {
	if b.State != "" {
		return []Run{bold(b.State), say(" · "), {Text: b.Headline, Style: Strike, Link: b.Link}}
	}
	return []Run{{Text: b.Headline, Style: Bold, Link: b.Link}}
}

// end is what follows a headline: a text, and when the story came.
func (b Brief) end(tail string) (runs []Run) {
	if tail != "" {
		runs = append(runs, say(" · "+tail))
	}
	if b.Time.Unix() > 0 {
		runs = append(runs, say(" · "), at(b.Time))
	}
	if b.Got != "" {
		runs = append(runs, say(" · ✅ "+b.Got))
	}
	return runs
}

// In returns the brief in a later state of its news.
func (b Brief) In(s State) Brief {
	if s.Withdrawn != nil || s.Mismatch != nil {
		b.State = s.first()
	}
	if s.Recalled != nil && (Message{Rules: b.Rules, State: s}).recalled() {
		b.State = recallLabel
	}
	if s.Got != nil {
		b.Got = person(s.Got.By.Name)
	}
	return b
}
