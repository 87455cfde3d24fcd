package notify

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// MostSignalled is how many of the news of a burst its message names.
const MostSignalled = 5

// Signal is what the matches of a rule say as a whole: that there are none for
// longer than expected, or that their number is news itself. Its JSON is the text
// of its delivery.
type Signal struct {
	Rule     string
	Mentions []string `json:",omitempty"`
	At       time.Time
	Since    time.Time // when the silence or the burst began

	// Of a silence.
	Expected string `json:",omitempty"` // in which time: "26 h on Mon-Fri"; "" of a burst
	Never    bool   `json:",omitempty"` // it has not matched since it was first watched: Since

	// Of a burst.
	News    int           `json:",omitempty"` // 0 of a silence
	Over    time.Duration `json:",omitempty"` // in which they came
	Usually float64       `json:",omitempty"` // how many come in that time; less than 0 is not known

	Pieces []Piece `json:",omitempty"` // the last match of a silence; the newest news of a burst
}

// Encode returns the text of the signal's delivery.
func (s Signal) Encode() string {
	b, _ := json.Marshal(s) //nolint:errchkjson,musttag // plain fields always marshal, by their own names
	return string(b)
}

// SignalOf reads the signal that a delivery tells.
func SignalOf(d news.Delivery) (s Signal, err error) {
	if err := json.Unmarshal([]byte(d.Text), &s); err != nil { //nolint:musttag // see Encode
		return s, fmt.Errorf("read signal: %w", err)
	}
	return s, nil
}

// Silence says how long the time is in which something is expected: "26 h on
// Mon-Fri".
func Silence(e news.Expectation) string {
	text := lasted(e.Within)
	if days := e.On.String(); days != "" {
		text += " on " + days
	}
	return text
}

// String says the signal in a sentence.
func (s Signal) String() string {
	if s.News == 0 {
		return fmt.Sprintf("%s matched nothing for %s", name(s.Rule), lasted(s.At.Sub(s.Since)))
	}
	return fmt.Sprintf("%d news of %s within %s%s", s.News, name(s.Rule), lasted(s.Over), s.usually())
}

// usually says how many news of the rule come in the time of a burst.
func (s Signal) usually() string {
	switch {
	case s.Usually < 0:
		return ""
	case s.Usually < 0.5:
		return " (usually less than 1)"
	default:
		return fmt.Sprintf(" (usually %.0f)", s.Usually)
	}
}

// Message builds the message of the signal's delivery.
func (s Signal) Message(d news.Delivery) Message {
	m := Message{
		Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: d.Severity,
		Mentions: names(s.Mentions), Rules: names([]string{s.Rule}),
	}
	sign := "🔕"
	if s.News > 0 {
		sign = "📈"
	}
	m.Body = append([]Part{headLine(sign, upper(d.Severity), bold(s.String()))}, s.details()...)
	m.Text = dotted(upper(d.Severity), s.String(), s.last())
	return m
}

// last names the last match of a silence.
func (s Signal) last() string {
	switch {
	case s.News > 0:
		return ""
	case len(s.Pieces) > 0:
		return "the last match: " + line(s.Pieces[0].Headline, maxHeadline)
	default:
		return "it never matched before"
	}
}

// details are the lines below the first one.
func (s Signal) details() (parts []Part) {
	if s.News > 0 {
		parts = append(parts, part(Small, say("Since "), at(s.Since)))
		for _, p := range s.Pieces {
			parts = append(parts, part(Bullet, p.line()...))
		}
		if more := s.News - len(s.Pieces); more > 0 {
			parts = append(parts, part(Small, say(fmt.Sprintf("and %d more", more))))
		}
		return parts
	}
	for _, p := range s.Pieces {
		parts = append(parts, part(Line, append([]Run{say("The last match was "), at(s.Since), say(": ")}, p.line()...)...))
	}
	since := []Run{say("A match is expected within " + line(s.Expected, maxName) + ".")}
	if s.Never {
		since = append(since, say(" It has never matched, watched since "), at(s.Since), say("."))
	}
	return append(parts, part(Small, since...))
}

// line is a piece in one line, without its time.
func (r Piece) line() []Run {
	headline := line(r.Headline, briefHeadline)
	if blank(headline) {
		headline = untitled
	}
	runs := []Run{{Text: headline, Style: Bold, Link: link(r.Link)}}
	if source := name(r.Source); source != "" {
		runs = append(runs, say(" · "+source))
	}
	return runs
}
