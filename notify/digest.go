package notify

import (
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// briefHeadline is how much of a headline a digest shows, in runes: with
// news.MostInDigest of them it fits a message of Slack, whose blocks hold 10,000
// characters.
const briefHeadline = 120

// Brief is one story of a digest.
type Brief struct {
	Severity news.Severity
	Headline string
	Link     string // http or https URL in ASCII, "" when the story has none
	Source   string
	Time     time.Time // when it was published, else first seen
	Rules    []string
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
	z := cleanSnoozes([]news.Snooze{*snooze})[0]
	m := Message{Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal, Briefs: briefs}
	m.Headline = count(len(briefs), "story", "stories") + " while " + z.Rule + " was snoozed"
	m.Body = []Part{
		part(Line, Run{Text: "💤", Style: Sign}, bold(m.Headline)),
		part(Small, say("From "), at(z.Since), say(" to "), until(d.Due, z.Since), say(", by "+z.By.Name)),
	}
	texts := []string{m.Headline + ", by " + z.By.Name}
	for _, b := range briefs {
		m.Body = append(m.Body, part(Bullet, b.runs()...))
		texts = append(texts, b.text())
	}
	m.Text = cut(strings.Join(texts, "\n"), maxOps)
	return m
}

// text is the brief as one line, without its link and time.
func (b Brief) text() string {
	return dotted(upper(b.Severity), b.Headline, b.Source, list(b.Rules, maxRules))
}

func (b Brief) runs() []Run {
	runs := []Run{bold(upper(b.Severity)), say(" · "), {Text: b.Headline, Style: Bold, Link: b.Link}}
	if tail := dotted(b.Source, list(b.Rules, maxRules)); tail != "" {
		runs = append(runs, say(" · "+tail))
	}
	if b.Time.Unix() > 0 {
		runs = append(runs, say(" · "), at(b.Time))
	}
	return runs
}
