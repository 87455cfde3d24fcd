package notify

import (
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// The longest lists that a message shows of a news.
const (
	maxOutlets  = 4
	maxEarlier  = 3
	maxChannels = 5
)

// State is what has become of an alerted news since its first report, as far
// as the alert's message shows it. The zero State is that of a first report. Its
// texts may be whatever outlets wrote: Message.In cleans them.
type State struct {
	Coverage  Coverage     `json:",omitzero"`
	Raised    *Raise       `json:",omitempty"`
	Corrected *Correction  `json:",omitempty"`
	Withdrawn *Withdrawal  `json:",omitempty"`
	Restored  *Restoration `json:",omitempty"` // after a withdrawal, which is not given beside it
	Mismatch  *Mismatch    `json:",omitempty"`
	Earlier   []Chapter    `json:",omitempty"` // messages of the same news, which this one continues
	Related   []Chapter    `json:",omitempty"` // messages of what may be the same news
	Continued *Chapter     `json:",omitempty"` // the message that goes on with the news
	Channels  []string     `json:",omitempty"` // other channels that have this alert, without "#"

	Got        *Response     `json:",omitempty"` // who sees to the news
	Had        *Response     `json:",omitempty"` // who did, before it was opened again
	Irrelevant *Response     `json:",omitempty"` // who says that the alert should not have come
	Recalled   *Response     `json:",omitempty"` // who took it back last, for which rules in all
	Snoozes    []news.Snooze `json:",omitempty"` // of what the message tells, in its channel
}

// Coverage is who carries a news.
type Coverage struct {
	Own    []string  // outlets with reports of their own, the first one included, oldest first
	Citing string    // whom all of them cite as their source; "" when there is no such one
	Copies int       // how many more pages carry the text of one of them
	Gone   []string  `json:",omitempty"` // outlets that withdrew reports of their own, which are not among Own
	Newest time.Time // when the last one of all came; zero when that is not known
}

// Chapter is a message about the same news.
type Chapter struct {
	Headline string
	Link     string    // permalink of the message; "" where there is none
	At       time.Time // when it was posted
}

// In returns the message of an alert in a later state of its news.
func (m Message) In(s State) Message {
	m.State = s.clean()
	m.Text = sentence(m)
	return m
}

// called reports whether the outlet itself calls the story back: its words are
// not shown any more.
func (s State) called() bool {
	return s.Withdrawn != nil && s.Withdrawn.How.calledBack()
}

// first is the state in a word or two, for those who see no more of a message;
// "" when nothing has happened.
func (s State) first() string {
	switch {
	case s.Withdrawn != nil:
		return s.Withdrawn.How.label()
	case s.Mismatch != nil:
		return mismatchLabel
	case s.Restored != nil:
		return "RESTORED"
	case s.Corrected != nil:
		return s.Corrected.label()
	case s.Raised != nil:
		return "RAISED FROM " + upper(s.Raised.From)
	default:
		return ""
	}
}

// news are the lines that say what has happened to the story, the worst first,
// to an alert that is of a severity now.
func (s State) news(severity news.Severity) (parts []Part) {
	if w := s.Withdrawn; w != nil {
		parts = append(parts, part(Line, w.what()...), part(Line, say(w.carried())))
	}
	if n := s.Mismatch; n != nil {
		parts = append(parts, part(Line, append([]Run{{Text: "⚠️", Style: Sign}}, n.what()...)...))
	}
	if r := s.Restored; r != nil {
		parts = append(parts, part(Small, append([]Run{say("↩️ ")}, r.what()...)...))
	}
	if c := s.Corrected; c != nil {
		parts = append(parts, part(Small, c.what()...))
		if lost := noLonger(c.Lost); lost != "" {
			parts = append(parts, part(Small, say("✏️ "+lost)))
		}
	}
	if r := s.Raised; r != nil {
		parts = append(parts, part(Small, append([]Run{say("⬆️ ")}, r.what(severity)...)...))
	}
	return parts
}

// lost is what rules found before, and do not find any more.
func (s State) lost() (all []string) {
	if s.Corrected != nil {
		all = s.Corrected.Lost
	}
	if s.Mismatch != nil {
		all = slices.Concat(all, s.Mismatch.Lost)
	}
	return all
}

// company are the lines that say who else has the news.
func (s State) company() (parts []Part) {
	if text := s.Coverage.String(); text != "" {
		parts = append(parts, part(Small, s.Coverage.runs(text)...))
	}
	if len(s.Channels) > 0 {
		parts = append(parts, part(Small, say("Also in "+list(s.Channels, maxChannels))))
	}
	return parts
}

// chapters are the lines that lead to other messages.
func (s State) chapters() (parts []Part) {
	for _, c := range s.Earlier {
		parts = append(parts, c.part("Earlier: "))
	}
	for _, c := range s.Related {
		parts = append(parts, c.part("Perhaps the same news: "))
	}
	if s.Continued != nil {
		parts = append(parts, s.Continued.part("Continues ↓ "))
	}
	return parts
}

// String is the one wording of coverage: "3 own reports, all citing KCNA · 5
// copies · 1 withdrawn"; "" when there is but one report.
func (c Coverage) String() string {
	own := len(c.Own)
	if own <= 1 && c.Copies == 0 && own+len(c.Gone) <= 1 {
		return ""
	}
	said := ""
	if own > 0 {
		said = count(own, "own report", "own reports")
	}
	switch {
	case c.Citing == "" || own == 0:
	case own == 1:
		said += ", citing " + c.Citing
	default:
		said += ", all citing " + c.Citing
	}
	if c.Copies > 0 {
		said = dotted(said, count(c.Copies, "copy", "copies"))
	}
	if len(c.Gone) > 0 {
		said = dotted(said, fmt.Sprintf("%d withdrawn", len(c.Gone)))
	}
	return said
}

func (c Coverage) runs(text string) []Run {
	text = dotted(text, list(c.Own, maxOutlets))
	if len(c.Gone) > 0 {
		text = dotted(text, "withdrawn: "+list(c.Gone, maxOutlets))
	}
	if c.Newest.IsZero() {
		return []Run{say(text)}
	}
	return []Run{say(text + " · newest "), at(c.Newest)}
}

// part is a line that leads to another message.
func (c *Chapter) part(lead string) Part {
	headline := c.Headline
	if blank(headline) {
		headline = "the message"
	}
	runs := []Run{say(lead), {Text: headline, Link: c.Link}}
	if !c.At.IsZero() {
		runs = append(runs, say(" · "), at(c.At))
	}
	return part(Line, runs...)
}

// clean returns a state whose texts are safe to show.
func (s State) clean() State {
	s.Coverage.Own, s.Coverage.Citing = names(s.Coverage.Own), name(s.Coverage.Citing)
	s.Coverage.Gone = names(s.Coverage.Gone)
	s.Raised, s.Corrected, s.Withdrawn = s.Raised.clean(), s.Corrected.clean(), s.Withdrawn.clean()
	if s.Restored != nil {
		r := *s.Restored
		r.Outlet = outlet(r.Outlet)
		s.Restored = &r
	}
	if s.Mismatch != nil {
		s.Mismatch = &Mismatch{At: s.Mismatch.At, Lost: names(s.Mismatch.Lost)}
	}
	s.Earlier, s.Related = cleanChapters(s.Earlier), cleanChapters(s.Related)
	if s.Continued != nil {
		c := s.Continued.clean()
		s.Continued = &c
	}
	channels := names(s.Channels)
	for i, c := range channels {
		channels[i] = "#" + ChannelName(c)
	}
	s.Channels = channels
	s.Got, s.Had, s.Irrelevant, s.Snoozes = s.Got.clean(), s.Had.clean(), s.Irrelevant.clean(), cleanSnoozes(s.Snoozes)
	s.Recalled = s.Recalled.clean()
	return s
}

func (c *Chapter) clean() Chapter {
	return Chapter{Headline: line(c.Headline, briefHeadline), Link: link(c.Link), At: c.At}
}

func cleanChapters(all []Chapter) []Chapter {
	var kept []Chapter
	for i := range all[:min(len(all), maxEarlier)] {
		kept = append(kept, all[i].clean())
	}
	return kept
}

// outlet is an outlet's name where one has to stand.
func outlet(s string) string {
	if s = name(s); !blank(s) {
		return s
	}
	return "the outlet"
}
