package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Response is what somebody answered to an alert.
type Response struct {
	Answer int64 // ID
	By     news.Person
	At     time.Time
	In     string   // the channel, where it is another one than the message's; without "#"
	Reason string   // "" when none was given
	Rules  []string // that are meant; none of who got it
}

// Button is one of a message's buttons, or a menu of them.
type Button struct {
	Action  string // names what it does
	Label   string
	Value   string // what it acts on
	Primary bool
	Link    string   // http or https URL that it opens, too; "" for none
	Menu    []Button // of Action; Label is not shown then
	Confirm string   `json:",omitempty"` // what is asked first; "" for nothing
}

// The actions of buttons.
const (
	ActGot        = "ct.ack"
	ActIrrelevant = "ct.irrelevant"
	ActSnooze     = "ct.snooze"
	ActEndSnooze  = "ct.unsnooze"
	ActUndo       = "ct.undo"
	ActUndoRecall = "ct.unrecall"     // its value names a recall in place of an alert
	ActSingly     = "ct.storm.open"   // its value names a storm
	ActTakeBack   = "ct.storm.recall" // its value names a storm
	ActPost       = "ct.post"         // its value names a hand-over in place of an alert
	ActGotAll     = "ct.ackall"       // its value names the delivery of a digest in place of an alert
	ActRefresh    = "ct.home"         // of the App Home; its value names nothing
	ActMore       = "ct.more"         // a menu, whose values end with one of the words below
)

// The words of the menu's values.
const (
	WordWhy   = "why"
	WordApart = "apart"
	WordUndo  = "undo"
)

// valueVersion begins the values of buttons: those of an older layout can be told.
const valueVersion = "v1"

// Pressed is what a button acts on.
type Pressed struct {
	Alert int64
	Word  string // "" of a button that has none
	ID    int64  // of the answer or snooze that it ends; 0 for none
}

// Value is what a button of an alert carries.
func (p Pressed) Value() string {
	text := fmt.Sprintf("%s.%d", valueVersion, p.Alert)
	if p.Word != "" {
		text += "." + p.Word
	}
	if p.ID != 0 {
		text += "." + strconv.FormatInt(p.ID, 10)
	}
	return text
}

// ParsePressed reads the value of a button.
func ParsePressed(value string) (p Pressed, ok bool) {
	words := strings.Split(value, ".")
	if len(words) < 2 || len(words) > 4 || words[0] != valueVersion {
		return p, false
	}
	var err error
	if p.Alert, err = strconv.ParseInt(words[1], 10, 64); err != nil {
		return p, false
	}
	for _, w := range words[2:] {
		if id, err := strconv.ParseInt(w, 10, 64); err == nil {
			p.ID = id
		} else if p.Word == "" {
			p.Word = w
		} else {
			return p, false
		}
	}
	return p, true
}

// folded reports whether nothing but the headline is shown, because somebody called the
// alert irrelevant, or took it back. Severe alerts stay as they are, for the others.
func (m Message) folded() bool {
	if m.recalled() {
		return m.Severity <= news.Normal && m.State.Withdrawn == nil && m.State.Got == nil
	}
	return m.State.Irrelevant != nil && m.Severity <= news.Normal && m.State.Withdrawn == nil && m.allIrrelevant()
}

// allIrrelevant reports whether all rules of the alert are meant.
func (m Message) allIrrelevant() bool {
	meant := m.State.Irrelevant.Rules
	return !slices.ContainsFunc(m.Rules, func(rule string) bool { return !slices.Contains(meant, rule) })
}

// foldedParts is an alert that should not have come, in one line.
func (m Message) foldedParts() []Part {
	if m.recalled() {
		runs := []Run{{Text: "🧹", Style: Sign}, {Text: m.Headline, Style: Strike, Link: m.Link}, say(" · ")}
		return []Part{part(Line, append(runs, m.State.Recalled.recalledRuns(nil)...)...)}
	}
	runs := []Run{{Text: "⚪", Style: Sign}, {Text: m.Headline, Style: Strike, Link: m.Link}, say(" · ")}
	return []Part{part(Line, append(runs, m.State.Irrelevant.irrelevant(nil)...)...)}
}

// irrelevant says that some rules, or all where there are none, should not have taken the
// story.
func (r *Response) irrelevant(rules []string) []Run {
	said := "not relevant"
	if len(rules) > 0 {
		said += " for " + list(rules, maxRules)
	}
	if r.Reason != "" {
		said += ": " + r.Reason
	}
	return []Run{say(said + " · "), who(r.By), say(" · "), clock(r.At)}
}

// answers are the lines that say what people answered.
func (m Message) answers() (parts []Part) {
	if g := m.State.Got; g != nil {
		parts = append(parts, g.seesToIt())
	}
	if h := m.State.Had; h != nil {
		parts = append(parts, h.reopened())
	}
	if r := m.State.Irrelevant; r != nil {
		rules := r.Rules
		if m.allIrrelevant() {
			rules = nil
		}
		parts = append(parts, part(Line, append([]Run{{Text: "⚪", Style: Sign}}, r.irrelevant(rules)...)...))
	}
	if r := m.State.Recalled; r != nil {
		rules := r.Rules
		if m.recalled() {
			rules = nil
		}
		parts = append(parts, part(Line, append([]Run{{Text: "🧹", Style: Sign}}, r.recalledRuns(rules)...)...))
	}
	for _, z := range m.State.Snoozes {
		parts = append(parts, part(Line, append([]Run{{Text: "💤", Style: Sign}}, snoozed(&z)...)...))
	}
	return parts
}

// seesToIt says who got an alert.
func (r *Response) seesToIt() Part {
	in := ""
	if r.In != "" {
		in = ", #" + r.In + ","
	}
	return part(Line, Run{Text: "✅", Style: Sign}, who(r.By), say(in+" got it · "), clock(r.At))
}

// reopened says who saw to an alert that is open again.
func (r *Response) reopened() Part {
	return part(Line, Run{Text: "🔓", Style: Sign}, say("Open again: "), who(r.By), say(" had got it · "), at(r.At))
}

// snoozed says what a snooze keeps from its channel, until when, and by whom.
func snoozed(z *news.Snooze) []Run {
	runs := []Run{say("Further reports stay in the thread until ")}
	switch z.Kind {
	case news.SnoozeRule:
		runs = []Run{say("Rule "), bold(z.Rule), say(" is silent in this channel until ")}
	case news.SnoozeOutlet:
		runs = []Run{say("Rule "), bold(z.Rule), say(" takes nothing from "), bold(z.Source), say(" in this channel until ")}
	case news.SnoozeNews:
	}
	runs = append(runs, at(z.Until), say(" · "), who(z.By))
	if z.Why != "" {
		runs = append(runs, say(": "+z.Why))
	}
	return runs
}

// who is somebody. In Slack it is shown as a name that can be clicked.
func who(p news.Person) Run { return Run{Text: p.Name, User: p.ID} }

// clock is a time of day.
func clock(t time.Time) Run { return Run{Time: t, Clock: true} }

// answered is the state that people gave an alert, in few words.
func (s State) answered() string {
	switch {
	case s.Got != nil:
		return "GOT BY " + s.Got.By.Name
	case s.Irrelevant != nil:
		return "NOT RELEVANT"
	default:
		return ""
	}
}

// buttons are what can be done about an alert. One of severity info has none but the menu.
func (m Message) buttons() []Part {
	if m.Alert == 0 {
		return nil
	}
	s, of := m.State, func(word string, id int64) string { return Pressed{m.Alert, word, id}.Value() }
	var all []Button
	menu := []Button{{Label: "Why did I get this?", Value: of(WordWhy, 0)}}
	if s.Coverage.Copies > 0 || len(s.Coverage.Own) > 1 {
		menu = append(menu, Button{Label: "Not the same news…", Value: of(WordApart, 0)})
	}
	add := func(action, label string, id int64) {
		all = append(all, Button{Action: action, Label: label, Value: of("", id), Primary: action == ActGot})
	}
	shown := !m.folded() && !m.recalled() && m.Severity > news.Info
	if shown && s.Got == nil {
		add(ActGot, "Got it", 0)
		if s.Irrelevant == nil || !m.allIrrelevant() {
			add(ActIrrelevant, "Not relevant", 0)
		}
	}
	switch {
	case s.Irrelevant != nil:
		add(ActUndo, "Undo", s.Irrelevant.Answer)
	case s.Got != nil:
		menu = append(menu, Button{Label: "Undo “got it”", Value: of(WordUndo, s.Got.Answer)})
	}
	switch snoozed := slices.IndexFunc(s.Snoozes, func(z news.Snooze) bool { return z.Kind == news.SnoozeNews }); {
	case !shown:
	case snoozed >= 0:
		add(ActEndSnooze, "End the snooze", s.Snoozes[snoozed].ID)
	default:
		add(ActSnooze, "Snooze…", 0)
	}
	return []Part{{Kind: Buttons, Buttons: append(all, Button{Action: ActMore, Menu: menu})}}
}

// GotButton is the button of a message that follows an alert, which somebody may get.
func GotButton(alert int64) Part {
	return Part{Kind: Buttons, Buttons: []Button{
		{Action: ActGot, Label: "Got it", Value: Pressed{Alert: alert}.Value(), Primary: true},
	}}
}

// GotAllButton is the button of a digest with which somebody gets what is open of it.
func GotAllButton(digest int64, open int) Part {
	label := fmt.Sprintf("Got all %d", open)
	return Part{Kind: Buttons, Buttons: []Button{{
		Action: ActGotAll, Label: label, Value: Pressed{Alert: digest}.Value(), Primary: true,
		Confirm: "You see to " + count(open, "story", "stories") + " of this digest, in all channels that have them.",
	}}}
}

func (r *Response) clean() *Response {
	if r == nil {
		return nil
	}
	c := *r
	c.By.Name, c.In = person(r.By.Name), ChannelName(name(r.In))
	c.Reason, c.Rules = line(r.Reason, maxReason), names(r.Rules)
	return &c
}

// maxReason is how much of a reason is shown, in runes.
const maxReason = 200

// person is a name that can be shown, whatever it holds.
func person(s string) string {
	if s = name(s); !blank(s) {
		return s
	}
	return "somebody"
}

func cleanSnoozes(all []news.Snooze) []news.Snooze {
	var kept []news.Snooze
	for _, z := range all[:min(len(all), maxEarlier)] {
		z.Rule, z.Source = name(z.Rule), name(z.Source)
		z.By.Name, z.Why = person(z.By.Name), line(z.Why, maxReason)
		kept = append(kept, z)
	}
	return kept
}

// SnoozeNotice is what a channel is told of a snooze of a rule or an outlet: that it
// begins, or that it is over. Its JSON is the text of its delivery.
type SnoozeNotice struct {
	Snooze news.Snooze
	Kept   int // of one that is over: how many alerts it kept
}

// Encode returns the text of the notice's delivery.
func (n SnoozeNotice) Encode() string {
	b, _ := json.Marshal(n) //nolint:errchkjson,musttag // plain fields always marshal, by their own names
	return string(b)
}

// Message builds the message of the notice's delivery.
func (n SnoozeNotice) Message(d news.Delivery) Message {
	z := cleanSnoozes([]news.Snooze{n.Snooze})[0]
	m := Message{
		Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal,
		Rules: names([]string{z.Rule}),
	}
	what := z.Subject()
	if z.Ended.IsZero() {
		m.Body = []Part{part(Line, append([]Run{{Text: "💤", Style: Sign}}, snoozed(&z)...)...)}
		m.Body = append(m.Body, part(Small, say("What it finds until then is told when the snooze ends. Worse than "+
			upper(z.Severity)+" is told at once.")))
		m.Text = dotted("SNOOZED", what, "by "+z.By.Name, z.Why)
		return m
	}
	runs := []Run{{Text: "⏰", Style: Sign}, bold(what), say(" is awake again: nothing was kept back since "), at(z.Since)}
	if ended := person(z.EndedBy.Name); n.Snooze.EndedBy.Name != "" {
		runs = append(runs, say(" · ended by "+ended))
	}
	m.Body = []Part{part(Line, runs...)}
	m.Text = dotted("SNOOZE OVER", what, "nothing was kept back")
	return m
}
