package notify

import (
	"fmt"
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
	m := Message{Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal}
	m.Headline = fmt.Sprintf("Missed while down: %d stories", len(briefs))
	if len(briefs) == 1 {
		m.Headline = "Missed while down: 1 story"
	}
	lines := []string{m.Headline + ". They came out while their source, or copytaster, was down, and are told late."}
	m.Briefs = briefs
	for _, i := range briefs {
		lines = append(lines, i.Line())
	}
	m.Text = cut(strings.Join(lines, "\n"), maxOps)
	return m
}

// Line is the brief as one line, without its link.
func (i Brief) Line() string {
	parts := []string{strings.ToUpper(i.Severity.String()), i.Headline, i.Source}
	if i.Time.Unix() > 0 {
		parts = append(parts, i.Time.UTC().Format("2 Jan 15:04 MST"))
	}
	return strings.Join(append(parts, list(i.Rules, maxRules)), " · ")
}

// Raising makes a story's message one of an alert that was raised: what it was
// before, and how and when it was told first. was is the name of a severity.
func (m Message) Raising(was, first string, at time.Time) Message {
	m.Raised = "told before"
	if was != m.Severity.String() {
		m.Raised = "from " + strings.ToUpper(was)
	}
	m.Raised += ", first told " + at.UTC().Format("2 Jan 15:04 MST")
	if first = line(first, maxHeadline); !blank(first) && first != m.Headline {
		m.Raised += " as “" + first + "”"
	}
	m.Text = "RAISED " + m.Raised + " · " + m.Text
	return m
}
