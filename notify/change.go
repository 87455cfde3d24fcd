package notify

import (
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Raise is an alert that became more severe, or mentions more people.
type Raise struct {
	From    news.Severity
	At      time.Time
	Outlets []string      // whose reports raised it; none when a rule did
	Over    time.Duration // within which they came; 0 when one outlet was enough
	Rules   []string      // that it matches now, and did not before
}

// Correction is a story that its outlet changed.
type Correction struct {
	Outlet  string        `json:"outlet,omitempty"`
	At      time.Time     `json:"at,omitzero"`       // when the change was seen
	Was     string        `json:"was,omitempty"`     // the headline before; "" when it is the same
	Changes []news.Change `json:"changes,omitempty"` // the words of the text that went and came
	Lost    []string      `json:"lost,omitempty"`    // what rules found before and do not find any more: "arms"
	Noted   bool          `json:"noted,omitempty"`   // the outlet says that it corrected the story
}

// Mismatch is a story that was alerted by what a list says of it, and whose
// page does not match.
type Mismatch struct {
	At   time.Time // when the page was read
	Lost []string  // what rules found in the list alone: "arms"
}

// mismatchLabel is what is said of a Mismatch.
const mismatchLabel = "THE FULL TEXT DOES NOT MATCH"

// what says from what an alert was raised to the severity it has now: "Raised from
// HIGH today 14:19: 3 outlets …".
func (r *Raise) what(now news.Severity) []Run {
	said := "Raised from " + upper(r.From)
	switch {
	case r.From == now && len(r.Rules) > 0:
		said = "Told again"
	case r.From == now:
		said = "More people are mentioned"
	}
	runs := []Run{say(said)}
	if !r.At.IsZero() {
		runs = append(runs, say(" "), at(r.At))
	}
	if why := r.why(); why != "" {
		runs = append(runs, say(": "+why))
	}
	return runs
}

// why says who or what raised an alert: "3 outlets within 17 min · TASS, Reuters,
// Yonhap".
func (r *Raise) why() string {
	outlets := list(r.Outlets, maxOutlets)
	switch {
	case len(r.Outlets) > 0 && r.Over > 0:
		within := " within " + lasted(max(r.Over, time.Minute))
		return dotted(count(len(r.Outlets), "outlet", "outlets")+within, outlets)
	case len(r.Outlets) == 1:
		return outlets + " has it, too"
	case len(r.Outlets) > 0:
		return outlets + " have it, too"
	case len(r.Rules) > 0:
		return "it now also matches " + list(r.Rules, maxRules)
	default:
		return ""
	}
}

// label says in a word or two what was corrected.
func (c *Correction) label() string {
	switch {
	case c.Noted:
		return "CORRECTED"
	case c.Was != "":
		return "HEADLINE CHANGED"
	default:
		return "TEXT CHANGED"
	}
}

// what says what was changed: "✏️ Headline changed today 15:04. It was: …".
func (c *Correction) what() []Run {
	said := "✏️ Text changed "
	switch {
	case c.Was != "":
		said = "✏️ Headline changed "
	case c.Noted:
		said = "✏️ Corrected "
	}
	runs := []Run{say(said), at(c.At)}
	if c.Was != "" {
		runs = append(runs, say(". It was: "+c.Was))
	}
	return runs
}

// noLonger says what rules do not find any more.
func noLonger(lost []string) string {
	if len(lost) == 0 {
		return ""
	}
	return "No longer matches: " + list(lost, maxReasons)
}

func (n *Mismatch) what() []Run {
	said := ", does not match"
	if len(n.Lost) > 0 {
		said = ", no longer matches: " + list(n.Lost, maxReasons)
	}
	return []Run{say("This alert went by headline and summary. The full text, read "), at(n.At), say(said)}
}

func (r *Raise) clean() *Raise {
	if r == nil {
		return nil
	}
	c := *r
	c.Outlets, c.Rules = names(r.Outlets), names(r.Rules)
	return &c
}

// The most that a message shows of a correction.
const (
	maxChanges = 4
	maxWords   = 200 // runes that went or came in one place
	maxAround  = 60  // runes around them
	maxNotice  = 300
)

func (c *Correction) clean() *Correction {
	if c == nil {
		return nil
	}
	d := *c
	d.Outlet, d.Was, d.Lost, d.Changes = outlet(c.Outlet), line(c.Was, maxHeadline), names(c.Lost), nil
	for _, ch := range c.Changes {
		if len(d.Changes) == maxChanges {
			break
		}
		ch.Went, ch.Came = line(ch.Went, maxWords), line(ch.Came, maxWords)
		ch.Before, ch.After = line(ch.Before, maxAround), line(ch.After, maxAround)
		if ch.Field != news.FieldTitle && (!blank(ch.Went) || !blank(ch.Came)) {
			d.Changes = append(d.Changes, ch)
		}
	}
	return &d
}
