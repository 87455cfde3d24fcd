package notify

import (
	"cmp"
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
// of the alert's rules count; the delay since publication is reckoned to now,
// which for an edit is when the message was posted.
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
		Why:      reasons(m, a.Rules),
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

// sentence is a story's message as one line: what a phone shows of it and what
// a screen reader reads out, its state first.
func sentence(m Message) string {
	parts := []string{
		m.State.answered(), m.State.first(), upper(m.Severity), m.Headline, m.Source(), m.State.Coverage.String(),
		m.RuleList(),
	}
	if w := m.State.Withdrawn; w != nil {
		parts = []string{w.How.label(), m.Headline, m.Source(), w.carried(), m.RuleList()}
	}
	if m.recalled() {
		parts = append([]string{recallLabel}, parts...)
	}
	if m.Plain { // nothing else shows it
		parts = append(parts, m.instructions())
	}
	return dotted(parts...)
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

// untitled is shown in place of a headline.
const untitled = "A story without a headline"

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
	return untitled
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

// reasons says for each rule of an alert what it found, each concept (or bare
// term) once.
func reasons(matches []news.Match, rules []string) []Reasons {
	var all []Reasons
	for _, rule := range rules {
		r := Reasons{Rule: name(rule)}
		if blank(r.Rule) || slices.ContainsFunc(all, func(o Reasons) bool { return o.Rule == r.Rule }) {
			continue
		}
		seen := map[string]bool{}
		for _, m := range matches {
			if m.Rule == rule {
				r.Found = append(r.Found, found(m.Evidence, seen)...)
			}
		}
		all = append(all, r)
	}
	return all
}

// found says what evidence shows of concepts and terms that were not seen yet.
func found(evidence []news.Evidence, seen map[string]bool) (all []Reason) {
	for _, e := range evidence {
		r := Reason{Found: line(e.Text, maxFound), Sought: line(sought(e), maxFound)}
		if seen[key(e)] || blank(r.Found) {
			continue
		}
		seen[key(e)] = true
		if n := name(cmp.Or(e.Concept, e.Term)); !strings.EqualFold(n, cmp.Or(r.Sought, r.Found)) {
			r.Name = n
		}
		all = append(all, r)
	}
	return all
}

// sought is what the rule looked for, where what was found does not say so: its concept,
// else its term without the signs that say how a word is looked for.
func sought(e news.Evidence) string {
	if e.Concept != "" {
		if strings.EqualFold(e.Text, e.Concept) {
			return ""
		}
		return e.Concept
	}
	term := strings.Trim(e.Term, "~=*")
	if strings.HasPrefix(strings.ToLower(e.Text), strings.ToLower(term)) {
		return ""
	}
	return term
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
