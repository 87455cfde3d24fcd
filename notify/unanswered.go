package notify

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Unanswered is what others are told of an alert that nobody answers. Its JSON is the text
// of their delivery, and of the reply that says so in the thread of the alert.
type Unanswered struct {
	Since    time.Time     // when the alert was posted, or opened again
	At       time.Time     // when nobody had answered it
	After    time.Duration `json:",omitempty"` // how long an answer was waited for
	To       []string      // channels that are told, without "#"
	Later    []ToldLater   `json:",omitempty"` // those of them that are told later
	Mentions []string      `json:",omitempty"`
}

// ToldLater is a channel that is told something at the end of its quiet hours, or with its next
// digest.
type ToldLater struct {
	Channel string // without "#"
	At      time.Time
}

// Encode returns the text of a delivery.
func (u Unanswered) Encode() string {
	b, _ := json.Marshal(u) //nolint:errchkjson,musttag // plain fields always marshal, by their own names
	return string(b)
}

// UnansweredOf reads what a delivery tells of an unanswered alert.
func UnansweredOf(d news.Delivery) (u Unanswered, err error) {
	if err := json.Unmarshal([]byte(d.Text), &u); err != nil { //nolint:musttag // see Encode
		return u, fmt.Errorf("read unanswered alert: %w", err)
	}
	return u, nil
}

// Message builds what others are told of an alert that shows a story. posted is the
// alert's message. got is who sees to it by now, nil: nobody.
func (u Unanswered) Message(f Followup, posted *Chapter, got *Response) Message {
	waited, channel := lasted(u.At.Sub(u.Since)), "#"+ChannelName(name(f.Alert.Channel))
	label := "NOBODY ANSWERED"
	if got != nil {
		label = "ANSWERED SINCE"
	}
	in := Run{Text: channel}
	if posted != nil {
		in.Link = posted.clean().Link
	}
	parts := []Part{
		f.head("⏰", label+" · "+upper(f.Alert.Severity), Bold),
		part(Line, say("In "), in, say(" since "), at(u.Since), say(": nobody answered for "+waited+".")),
	}
	if by := f.Story.by(); len(by) > 0 {
		parts = append(parts, part(Small, by...))
	}
	m := f.message(parts, false)
	m.Mentions = names(u.Mentions)
	if g := got.clean(); g != nil {
		m.Body = append(m.Body, g.seesToIt())
	} else if f.Answerable {
		m.Body = append(m.Body, GotButton(f.Alert.ID))
	}
	m.Text = dotted("NOBODY ANSWERED FOR "+waited, upper(f.Alert.Severity), f.Story.Headline, f.Story.Source, channel)
	return m
}

// Unanswered builds the reply that says in the thread of an alert who was told that nobody
// answers it, and who will be.
func (f Followup) Unanswered(u Unanswered) Message {
	waited := lasted(u.At.Sub(u.Since))
	lead, runs := "Nobody answered for "+waited+".", []Run{{Text: "⏰", Style: Sign}}
	said := []string{"NOBODY ANSWERED FOR " + waited, f.Story.Headline}
	var now []string
	for _, c := range names(u.To) {
		if !slices.ContainsFunc(u.Later, func(l ToldLater) bool { return l.Channel == c }) {
			now = append(now, "#"+ChannelName(c))
		}
	}
	if len(now) > 0 {
		told := list(now, maxChannels)
		runs, said, lead = append(runs, say(lead+" Told: "), bold(told)), append(said, "told: "+told), "."
	}
	lead += " Told later: "
	for _, l := range u.Later[:min(len(u.Later), maxChannels)] {
		channel := "#" + ChannelName(name(l.Channel))
		runs, said, lead = append(runs, say(lead), bold(channel), say(" at "), at(l.At)), append(said, "told later: "+channel), ", "
	}
	m := f.message([]Part{part(Line, runs...)}, false)
	m.Text = dotted(said...)
	return m
}
