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
}

// Coverage is who carries a news.
type Coverage struct {
	Own    []string  // outlets with reports of their own, the first one included, oldest first
	Citing string    // whom all of them cite as their source; "" when there is no such one
	Copies int       // how many more pages carry the text of one of them
	Newest time.Time // when the last one of all came; zero when that is not known
}

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
	Outlet  string
	At      time.Time     // when the change was seen
	Was     string        // the headline before; "" when it is the same
	Changes []news.Change // the words of the text that went and came
	Lost    []string      // what rules found before and do not find any more: "arms"
	Noted   bool          // the outlet says that it corrected the story
}

// How says in which way a story was withdrawn.
type How string

// The ways of withdrawing.
const (
	Withdrawn How = "withdrawn" // the outlet says so
	Killed    How = "killed"    // an agency says so, in its own words
	PageGone  How = "page gone" // the page is not there any more, and nobody says why
	Held      How = "held"      // not to be used until it was checked
)

// Withdrawal is a story that its outlet does not stand by, or not for now.
type Withdrawal struct {
	How     How
	Outlet  string
	Status  int       // of HTTP, for PageGone; else 0
	Stood   time.Time // when the story was last seen to stand; zero when that is not known
	At      time.Time // when it was seen that it does not
	Notice  string    // what the outlet says; "" when it says nothing
	Carried []string  // other outlets that carry the news
}

// Restoration is a story that stands again after it was withdrawn.
type Restoration struct {
	How    How // it was
	Outlet string
	Gone   time.Time // when it was seen to be withdrawn
	At     time.Time // when it was seen to stand
}

// Mismatch is a story that was alerted by what a list says of it, and whose
// page does not match.
type Mismatch struct {
	At   time.Time // when the page was read
	Lost []string  // what rules found in the list alone: "arms"
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

// label says in one word how a story was withdrawn.
func (h How) label() string {
	switch h {
	case Killed:
		return "KILLED"
	case PageGone:
		return "PAGE GONE"
	case Held:
		return "HELD"
	default:
		return "WITHDRAWN"
	}
}

func (h How) sign() string {
	if h == Held {
		return "✋"
	}
	return "🚫"
}

// called reports whether the outlet itself calls the story back: its words are
// not shown any more.
func (s State) called() bool {
	return s.Withdrawn != nil && (s.Withdrawn.How == Withdrawn || s.Withdrawn.How == Killed)
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

// mismatchLabel is what is said of a Mismatch.
const mismatchLabel = "THE FULL TEXT DOES NOT MATCH"

// news are the lines that say what has happened to the story, the worst first.
func (s State) news() (parts []Part) {
	if w := s.Withdrawn; w != nil {
		parts = append(parts, part(Line, w.what()...), part(Line, say(w.carried())))
	}
	if n := s.Mismatch; n != nil {
		parts = append(parts, part(Line, append([]Span{{Text: "⚠️", Style: Sign}}, n.what()...)...))
	}
	if r := s.Restored; r != nil {
		parts = append(parts, part(Small, append([]Span{say("↩️ ")}, r.what()...)...))
	}
	if c := s.Corrected; c != nil {
		parts = append(parts, part(Small, c.what()...))
		if lost := noLonger(c.Lost); lost != "" {
			parts = append(parts, part(Small, say("✏️ "+lost)))
		}
	}
	if r := s.Raised; r != nil {
		parts = append(parts, part(Small, r.what()...))
	}
	return parts
}

// company are the lines that say who else has the news.
func (s State) company() (parts []Part) {
	if text := s.Coverage.String(); text != "" {
		parts = append(parts, part(Small, s.Coverage.spans(text)...))
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
// copies"; "" when there is but one report.
func (c Coverage) String() string {
	own := len(c.Own)
	if own <= 1 && c.Copies == 0 {
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
	return said
}

func (c Coverage) spans(text string) []Span {
	text = dotted(text, list(c.Own, maxOutlets))
	if c.Newest.IsZero() {
		return []Span{say(text)}
	}
	return []Span{say(text + " · newest "), at(c.Newest)}
}

// what says what was raised: "⬆️ Raised from HIGH today 14:19: 3 outlets …".
func (r *Raise) what() []Span {
	spans := []Span{say("⬆️ Raised from " + upper(r.From))}
	if !r.At.IsZero() {
		spans = append(spans, say(" "), at(r.At))
	}
	if why := r.why(); why != "" {
		spans = append(spans, say(": "+why))
	}
	return spans
}

// why says who or what raised an alert: "3 outlets within 17 min (TASS, Reuters,
// Yonhap)".
func (r *Raise) why() string {
	outlets := list(r.Outlets, maxOutlets)
	switch {
	case len(r.Outlets) > 0 && r.Over > 0:
		return fmt.Sprintf("%s within %s (%s)", count(len(r.Outlets), "outlet", "outlets"), lasted(r.Over), outlets)
	case len(r.Outlets) == 1:
		return outlets + " has it, too"
	case len(r.Outlets) > 0:
		return outlets + " have it, too"
	case len(r.Rules) > 0:
		return "now also matches " + list(r.Rules, maxRules)
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
func (c *Correction) what() []Span {
	said := "✏️ Text changed "
	switch {
	case c.Was != "":
		said = "✏️ Headline changed "
	case c.Noted:
		said = "✏️ Corrected "
	}
	spans := []Span{say(said), at(c.At)}
	if c.Was != "" {
		spans = append(spans, say(". It was: "+c.Was))
	}
	return spans
}

// noLonger says what rules do not find any more.
func noLonger(lost []string) string {
	if len(lost) == 0 {
		return ""
	}
	return "No longer matches: " + list(lost, maxReasons)
}

// what says what became of a story, and when: "Between today 14:47 and 15:20, TASS
// withdrew the story."
func (w *Withdrawal) what() []Span {
	said := w.Outlet + " withdrew the story"
	switch w.How {
	case Killed:
		said = w.Outlet + " killed the story"
	case PageGone:
		said = "the page vanished from " + w.Outlet
		if w.Status != 0 {
			said += fmt.Sprintf(" (%d)", w.Status)
		}
		said += "; nothing says why"
	case Held:
		said = w.Outlet + " asked not to use the story until it is checked"
	case Withdrawn:
	}
	if w.Notice != "" {
		said += ". It says: “" + w.Notice + "”"
	}
	if w.Stood.IsZero() {
		return []Span{say("Seen "), at(w.At), say(": " + said)}
	}
	return []Span{say("Between "), at(w.Stood), say(" and "), clock(w.At), say(", " + said)}
}

// carried says who carries the news although it was withdrawn.
func (w *Withdrawal) carried() string {
	if len(w.Carried) == 0 {
		return "No other outlet is known to carry it"
	}
	return "Still carried by " + list(w.Carried, maxOutlets)
}

func (r *Restoration) what() []Span {
	again, before := "Back since ", "; "+r.Outlet+" had withdrawn it "
	switch r.How {
	case Killed:
		before = "; " + r.Outlet + " had killed it "
	case PageGone:
		before = "; the page was gone from " + r.Outlet + " since "
	case Held:
		again, before = "Released since ", "; "+r.Outlet+" had held it back "
	case Withdrawn:
	}
	return []Span{say(again), at(r.At), say(before), at(r.Gone)}
}

func (n *Mismatch) what() []Span {
	said := ", does not match"
	if len(n.Lost) > 0 {
		said = ", no longer matches: " + list(n.Lost, maxReasons)
	}
	return []Span{say("This alert went by headline and summary. The full text, read "), at(n.At), say(said)}
}

// part is a line that leads to another message.
func (c *Chapter) part(lead string) Part {
	headline := c.Headline
	if blank(headline) {
		headline = "the message"
	}
	spans := []Span{say(lead), {Text: headline, Link: c.Link}}
	if !c.At.IsZero() {
		spans = append(spans, say(" · "), at(c.At))
	}
	return part(Line, spans...)
}

// clean returns a state whose texts are safe to show.
func (s State) clean() State {
	s.Coverage.Own, s.Coverage.Citing = names(s.Coverage.Own), name(s.Coverage.Citing)
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
	return s
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
		if ch.Field != news.FieldTitle && !(blank(ch.Went) && blank(ch.Came)) {
			d.Changes = append(d.Changes, ch)
		}
	}
	return &d
}

func (w *Withdrawal) clean() *Withdrawal {
	if w == nil {
		return nil
	}
	c := *w
	c.Outlet, c.Notice, c.Carried = outlet(w.Outlet), line(w.Notice, maxNotice), names(w.Carried)
	c.Carried = slices.DeleteFunc(c.Carried, func(o string) bool { return o == c.Outlet })
	return &c
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
