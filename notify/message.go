package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// The most runes, and the longest lists, that a message shows. Together they
// stay far below Slack's limits (3,000 characters of text, 10,000 of blocks)
// and fit a phone's screen.
const (
	maxHeadline = 250
	maxQuote    = 300
	maxName     = 80 // of an outlet, a rule, a cited outlet
	maxFound    = 60 // of the words that a rule found
	maxOps      = 2500
	maxToDo     = 500
	maxToDos    = 3
	maxRules    = 5
	maxReasons  = 8
	maxCites    = 6
)

// Story builds the message of a story's delivery. Only matches
// of the alert's rules count; the delay since publication is reckoned to now.
func Story(d news.Delivery, a news.Alert, s *news.Story, m []news.Match, now time.Time) Message {
	m = slices.DeleteFunc(slices.Clone(m), func(m news.Match) bool { return !slices.Contains(a.Rules, m.Rule) })
	msg := Message{
		Delivery: d.ID,
		Promise:  d.Promise,
		Cluster:  a.Cluster,
		Kind:     d.Kind,
		Plain:    d.Plain,
		Severity: a.Severity,
		Mentions: names(a.Mentions),
		Headline: headline(s),
		Link:     link(s.URL),
		Outlet:   name(s.Outlet),
		Tier:     name(s.Origin.Tier),
		Language: name(s.Language),
		Time:     s.Published,
		Why:      reasons(m),
		Cites:    names(s.Cites),
		Rules:    names(a.Rules),
		ToDo:     instructions(m),
	}
	if blank(msg.Outlet) {
		msg.Outlet = name(s.Origin.Source)
	}
	if s.Published.IsZero() {
		msg.Time, msg.Undated = s.FirstSeen, true
	} else {
		msg.Delay = max(0, now.Sub(s.Published))
	}
	if q := quote(s, m); !strings.EqualFold(plain(q), msg.Headline) {
		msg.Quote = q
	}
	msg.Text = sentence(msg)
	return msg
}

// Ops builds the message of an ops delivery, which says the delivery's text.
func Ops(d news.Delivery) Message {
	text := cut(cleanLines(d.Text), maxOps)
	if blank(text) {
		text = "copytaster has something to say, but no words for it."
	}
	return Message{Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal, Text: text}
}

// sentence is a story's message as one line: what a phone shows of it and what
// a screen reader reads out.
func sentence(m Message) string {
	parts := []string{strings.ToUpper(m.Severity.String()), m.Headline, m.Source(), m.RuleList()}
	if m.Plain { // nothing else shows it
		parts = append(parts, m.instructions())
	}
	return strings.Join(slices.DeleteFunc(parts, blank), " · ")
}

// Source names where the story stands and what kind of outlet that is: "TASS
// (state)".
func (m Message) Source() string {
	if m.Tier == "" {
		return m.Outlet
	}
	return fmt.Sprintf("%s (%s)", m.Outlet, m.Tier)
}

// RuleList names the rules that matched, the first few of many.
func (m Message) RuleList() string { return list(m.Rules, maxRules) }

// Lag says how long after its publication the story is told: "14 min after
// publication"; "" when that is not known.
func (m Message) Lag() string {
	const after = " after publication"
	switch d := m.Delay; {
	case m.Undated || m.Time.IsZero() || d == 0:
		return ""
	case d < time.Minute:
		return "less than a minute" + after
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute) + after
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour) + after
	default:
		return fmt.Sprintf("%d days", d/(24*time.Hour)) + after
	}
}

// Detail is one labelled line below a message.
type Detail struct{ Label, Text string }

// Details returns the lines below the quote: what to do, why the story was taken,
// whom it cites, which rules took it. Lines that would say nothing are left out.
func (m Message) Details() []Detail {
	why := make([]string, len(m.Why))
	for i, r := range m.Why {
		why[i] = r.String()
	}
	details := []Detail{
		{"To do", m.instructions()},
		{"Raised", m.Raised},
		{"Why", list(why, maxReasons)},
		{"Cites", list(m.Cites, maxCites)},
		{"Rules", m.RuleList()},
	}
	return slices.DeleteFunc(details, func(d Detail) bool { return d.Text == "" })
}

// headline is the story's first title that shows something, else the beginning
// of its text.
func headline(s *news.Story) string {
	for _, t := range append([]string{s.Title}, s.Titles...) {
		if t = line(t, maxHeadline); !blank(t) {
			return t
		}
	}
	if t := cut(plain(opening(s.Fields())), maxHeadline); !blank(t) {
		return t
	}
	return "A story without a headline"
}

// instructions lists what the rules instruct readers to do, each once.
func instructions(matches []news.Match) []string {
	var all []string
	for _, m := range matches {
		if text := line(m.Instruction, maxToDo); !blank(text) && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// instructions are what to do, the first few of many.
func (m Message) instructions() string {
	few := m.ToDo[:min(len(m.ToDo), maxToDos)]
	return strings.Join(few, " · ")
}

// reasons says what the rules found, each concept (or bare term) once.
func reasons(matches []news.Match) []Reason {
	var reasons []Reason
	seen := map[string]bool{}
	for _, m := range matches {
		for _, e := range m.Evidence {
			if seen[key(e)] {
				continue
			}
			r := Reason{Found: line(e.Text, maxFound), Sought: line(sought(e), maxFound)}
			if blank(r.Found) {
				continue
			}
			seen[key(e)] = true
			if strings.EqualFold(r.Found, r.Sought) {
				r.Sought = ""
			}
			reasons = append(reasons, r)
		}
	}
	return reasons
}

// sought is what the rule looked for: its concept, else its term.
func sought(e news.Evidence) string {
	if e.Concept != "" {
		return e.Concept
	}
	return e.Term
}

// key tells one thing that rules look for from another.
func key(e news.Evidence) string {
	if e.Concept != "" {
		return "$" + e.Concept
	}
	return e.Term
}

// name is a short text of one line.
func name(s string) string { return line(s, maxName) }

// names cleans a list of names and drops the empty and the repeated ones.
func names(all []string) []string {
	var kept []string
	for _, s := range all {
		if s = name(s); !blank(s) && !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// list joins at most limit texts, and says how many more there are.
func list(all []string, limit int) string {
	if len(all) <= limit {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s, +%d more", strings.Join(all[:limit], ", "), len(all)-limit)
}
