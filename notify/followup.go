package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// The longest lists of a message that follows an alert.
const (
	maxReports      = 8
	maxDevelopments = 6
	maxNew          = 4
)

// Piece is a story among others of the same news.
type Piece struct {
	Headline string
	Link     string // http or https URL in ASCII, "" when the story has none
	Source   string // "TASS (state)"
	Cites    []string
	Time     time.Time // when it was published, else first seen
	Gone     How       // in which way its outlet withdrew it since; "" when it stands
}

// PieceOf returns what is said of a story among others.
func PieceOf(s *news.Story) Piece {
	m := Story(news.Delivery{}, news.Alert{}, s, nil, s.Published)
	return Piece{Headline: cut(m.Headline, briefHeadline), Link: m.Link, Source: m.Source(), Cites: m.Cites, Time: m.Time}
}

// Followup builds the messages about an alerted news that come after its first
// one: in its thread, or as posts of their own where Thread is "".
type Followup struct {
	Delivery news.Delivery
	Alert    news.Alert
	Story    Piece    // that the alert shows
	Thread   string   // TS of the alert's message
	Earlier  *Chapter // the alert's message, for a post of its own

	Answerable bool      // people can answer it
	Had        *Response // who saw to the news before this opened the alert again
}

// Batch is what came since the last time that a thread was told of it.
type Batch struct {
	Own    []Piece  // own reports that add nothing new, oldest first
	Copies []string // outlets of pages that carry the text of another report, a page each
	Since  time.Time
}

// Batch builds the message that counts what adds nothing new. It stays in the
// thread, and mentions nobody.
func (f Followup) Batch(b Batch) Message {
	counted := make([]string, 0, 2)
	if len(b.Own) > 0 {
		counted = append(counted, count(len(b.Own), "own report", "own reports"))
	}
	if len(b.Copies) > 0 {
		counted = append(counted, count(len(b.Copies), "copy", "copies"))
	}
	said := strings.Join(counted, " and ")
	parts := []Part{part(Line, bold(said), say(" since "), at(b.Since))}
	sources := make([]string, len(b.Own))
	for i, r := range b.Own {
		sources[i] = r.Source
		if i < maxReports {
			parts = append(parts, part(Bullet, r.runs()...))
		}
	}
	if more := len(b.Own) - maxReports; more > 0 {
		parts = append(parts, part(Small, say(count(more, "more own report", "more own reports")+": "+
			list(names(sources[maxReports:]), maxReports))))
	}
	if outlets := names(b.Copies); len(outlets) > 0 {
		parts = append(parts, part(Small, say("Copies: "+list(outlets, maxReports))))
	}
	m := f.message(parts, false)
	m.Text = dotted(said, f.Story.Headline, list(names(sources), maxOutlets))
	return m
}

// runs is a report in a list: its headline, who tells it, when, after whom.
func (r Piece) runs() []Run {
	runs := []Run{{Text: r.Headline, Link: r.Link}}
	if r.Gone != "" {
		if r.Gone != Held {
			runs[0].Style = Strike
		}
		runs = []Run{{Text: r.Gone.sign(), Style: Sign}, runs[0], say(" · "), bold(r.Gone.by(outlet(r.Source)))}
		r.Source = ""
	}
	if by := r.by(); len(by) > 0 {
		runs = append(append(runs, say(" · ")), by...)
	}
	return runs
}

// by is who tells a report, when, after whom.
func (r Piece) by() (runs []Run) {
	add := func(s Run) {
		if len(runs) > 0 {
			runs = append(runs, say(" · "))
		}
		runs = append(runs, s)
	}
	if r.Source != "" {
		add(say(r.Source))
	}
	if r.Time.Unix() > 0 {
		add(at(r.Time))
	}
	if len(r.Cites) > 0 {
		add(say("cites " + list(r.Cites, maxCites)))
	}
	return runs
}

// Development is a report that says something new of a news.
type Development struct {
	Piece Piece
	New   []string // in few words: "41 dead", "ceasefire"
	Was   string   // what was said in place of the first of them: "3 dead"; "" when nothing was
	Turn  string   // what makes it contradict or end what was told: "called off"; "" when it does neither
}

// Developments builds the message of one or more developments, the most
// important first. The channel shows it, except for alerts of severity info. It
// mentions the alert's people when one of them is a turn.
func (f Followup) Developments(all []Development) Message {
	if len(all) == 0 {
		all = []Development{{Piece: f.Story}}
	}
	all = standingFirst(all)
	first := all[0].clean()
	sign, label, style := "➡️", "NEW", Bold
	switch gone := first.Piece.Gone; {
	case gone != "": // nothing else stands
		sign, label, style = gone.sign(), gone.label(), gone.style()
	case first.Turn != "":
		sign, label = "❗", strings.ToUpper(first.Turn)
	case standing(all) > 1:
		label = fmt.Sprintf("%d NEW DEVELOPMENTS", standing(all))
	}
	parts := []Part{headLine(sign, label, Run{Text: first.Piece.Headline, Style: style, Link: first.Piece.Link})}
	if gone := first.Piece.Gone; gone != "" {
		parts = append(parts, part(Line, bold(gone.by(outlet(first.Piece.Source)))))
	}
	if len(first.New) > 0 {
		parts = append(parts, part(Line, first.runs()...))
	}
	if by := first.Piece.by(); len(by) > 0 {
		parts = append(parts, part(Small, by...))
	}
	for _, d := range all[1:min(len(all), maxDevelopments)] {
		d = d.clean()
		runs := d.Piece.runs()
		if len(d.New) > 0 {
			runs = append(append(runs, say(" · ")), d.runs()...)
		}
		parts = append(parts, part(Bullet, runs...))
	}
	if more := len(all) - maxDevelopments; more > 0 {
		parts = append(parts, part(Small, say(count(more, "more development", "more developments"))))
	}
	if f.Story.Headline != first.Piece.Headline {
		parts = append(parts, part(Small, say("Before: "+f.Story.Headline)))
	}
	m := f.message(parts, f.Alert.Severity > news.Info)
	if first.Turn != "" && first.Piece.Gone == "" {
		m = f.turn(m)
	}
	m.Text = dotted(label, first.Piece.Headline, strings.Join(first.New, ", "), first.Piece.Source)
	return m
}

// standingFirst has those that stand come before those that their outlets withdrew.
func standingFirst(all []Development) []Development {
	all = slices.Clone(all)
	slices.SortStableFunc(all, func(a, b Development) int {
		return cmp.Compare(min(len(a.Piece.Gone), 1), min(len(b.Piece.Gone), 1))
	})
	return all
}

// standing is how many of some developments stand.
func standing(all []Development) (n int) {
	for i := range all {
		if all[i].Piece.Gone == "" {
			n++
		}
	}
	return n
}

// clean makes its texts safe to show. What an outlet called back says nothing new any more.
func (d Development) clean() Development {
	if d.Piece.Gone.calledBack() {
		d.New, d.Was = nil, ""
	}
	d.Was, d.Turn = name(d.Was), name(d.Turn)
	d.New = slices.DeleteFunc(names(d.New), func(n string) bool { return strings.EqualFold(n, d.Turn) })
	d.New = d.New[:min(len(d.New), maxNew)]
	return d
}

// runs says what is new.
func (d Development) runs() []Run {
	runs := []Run{say("New: ")}
	for i, n := range d.New {
		if i > 0 {
			runs = append(runs, say(", "))
		}
		runs = append(runs, bold(n))
		if i == 0 && d.Was != "" {
			runs = append(runs, say(" (before: "+d.Was+")"))
		}
	}
	return runs
}

// Raised builds the message of an alert that was raised to the severity it has
// now: a turn.
func (f Followup) Raised(r Raise) Message {
	c := r.clean()
	label := "RAISED TO " + upper(f.Alert.Severity)
	if c.From == f.Alert.Severity {
		label = upper(c.From) + ", MORE PEOPLE MENTIONED"
	}
	parts := []Part{f.head("⬆️", label, Bold), part(Line, c.what(f.Alert.Severity)...)}
	m := f.turn(f.message(parts, true))
	source := f.Story.Source
	if len(c.Outlets) > 1 { // it is among them
		source = ""
	}
	m.Text = dotted(label, f.Story.Headline, c.why(), source)
	return m
}

// Corrected builds the message of a story that its outlet changed; the Story is
// what it is now. The channel shows it from severity high on.
func (f Followup) Corrected(correction Correction) Message {
	c := correction.clean()
	label := c.label()
	parts := []Part{f.head("✏️", label, Bold)}
	if c.Was != "" {
		parts = append(parts, part(Line, say("It was: "), struck(c.Was)))
	}
	for _, ch := range c.Changes {
		parts = append(parts, part(Quote, changeRuns(ch)...))
	}
	lost := noLonger(c.Lost)
	if lost != "" {
		parts = append(parts, part(Line, bold(lost)))
	}
	parts = append(parts, part(Small, say(c.Outlet+" changed the story, seen "), at(c.At)))
	high := f.Alert.Severity >= news.High
	m := f.message(parts, high)
	if high {
		m = f.turn(m)
	}
	was := ""
	if c.Was != "" {
		was = "it was: " + c.Was
	}
	m.Text = dotted(label, f.Story.Headline, was, lost, c.Outlet)
	return m
}

// changeRuns shows the words that went and came.
func changeRuns(c news.Change) []Run {
	var runs []Run
	add := func(s Run) {
		if blank(s.Text) {
			return
		}
		if len(runs) > 0 {
			runs = append(runs, say(" "))
		}
		runs = append(runs, s)
	}
	before, after := c.Before, c.After
	if !blank(before) {
		before = "… " + before
	}
	if !blank(after) {
		after += " …"
	}
	add(say(before))
	add(struck(c.Went))
	add(bold(c.Came))
	add(say(after))
	return runs
}

// Withdrawn builds the message of a story that its outlet does not stand by: a
// turn.
func (f Followup) Withdrawn(withdrawal Withdrawal) Message {
	w := withdrawal.clean()
	carried := w.carried()
	parts := []Part{f.head(w.How.sign(), w.How.label(), w.How.style()), part(Line, w.what()...), part(Line, say(carried))}
	m := f.turn(f.message(parts, true))
	m.Text = dotted(w.How.label(), f.Story.Headline, w.Outlet, carried)
	return m
}

// Linked builds the message about what became of a story of another news that may be the
// same. It stays in the thread, and mentions nobody: the story's own message tells it in full.
func (f Followup) Linked(l Linked) Message {
	sign, label, style, what := l.How.sign(), l.How.label(), l.How.style(), "was "+l.How.was()
	if l.Back {
		sign, label, style, what = "↩️", "RESTORED", Bold, "stands again"
	}
	said := "A report by " + outlet(l.Outlet) + ", linked with this alert, " + what
	m := f.message([]Part{f.head(sign, label, style), part(Line, say(said+" · "), at(l.At))}, false)
	m.Text = dotted(label, f.Story.Headline, said)
	return m
}

// Restored builds the message of a story that stands again: a turn.
func (f Followup) Restored(r Restoration) Message {
	r.Outlet = outlet(r.Outlet)
	parts := []Part{f.head("↩️", "RESTORED", Bold), part(Line, r.what()...)}
	m := f.turn(f.message(parts, true))
	m.Text = dotted("RESTORED", f.Story.Headline, r.Outlet)
	return m
}

// Mismatched builds the message of a story whose full text does not match. The
// channel shows it from severity high on.
func (f Followup) Mismatched(n Mismatch) Message {
	s := State{Mismatch: &n}.clean()
	parts := []Part{f.head("⚠️", mismatchLabel, Bold), part(Line, s.Mismatch.what()...)}
	m := f.message(parts, f.Alert.Severity >= news.High)
	m.Text = dotted(mismatchLabel, f.Story.Headline, f.Story.Source)
	return m
}

// head is the first line of a message about the alert's own story.
func (f Followup) head(sign, label string, style Style) Part {
	return headLine(sign, label, Run{Text: f.Story.Headline, Style: style, Link: f.Story.Link})
}

// message wraps what is said. What the channel shows can be answered.
func (f Followup) message(parts []Part, broadcast bool) Message {
	if f.Earlier != nil {
		c := f.Earlier.clean()
		parts = append(parts, c.part("Earlier: "))
	}
	if f.Answerable && broadcast {
		parts = append(parts, GotButton(f.Alert.ID))
	}
	return Message{
		Delivery: f.Delivery.ID, Promise: f.Delivery.Promise, Kind: f.Delivery.Kind, Plain: f.Delivery.Plain,
		Thread: f.Thread, Broadcast: broadcast && f.Thread != "",
		Cluster: f.Alert.Cluster, Severity: f.Alert.Severity, Rules: names(f.Alert.Rules),
		Headline: f.Story.Headline, Link: f.Story.Link, Body: parts,
	}
}

// turn mentions those whom the alert mentions, and names who saw to it before.
func (f Followup) turn(m Message) Message {
	m.Mentions = names(f.Alert.Mentions)
	if h := f.Had.clean(); h != nil {
		m.Body = append(m.Body, h.reopened())
	}
	return m
}
