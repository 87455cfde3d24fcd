package notify

import (
	"fmt"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Ops builds the message of an ops delivery, which says the delivery's text.
func Ops(d news.Delivery) Message {
	text := cut(cleanLines(d.Text), maxOps)
	if blank(text) {
		text = "copytaster has something to say, but no words for it."
	}
	return opsMessage(d, text, lines(text))
}

func opsMessage(d news.Delivery, text string, parts []Part) Message {
	return Message{
		Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Plain: d.Plain, Severity: news.Normal, Text: text, Body: parts,
	}
}

// lines are a part for each line of a text.
func lines(text string) (parts []Part) {
	for l := range strings.SplitSeq(text, "\n") {
		parts = append(parts, part(Line, say(l)))
	}
	return parts
}

// Outage is one or more sources that cannot be read.
type Outage struct {
	Sources []string  // names
	Of      int       // how many sources there are
	Since   time.Time // of the first failure
	Tries   int       // that failed, of the first source
	Cause   string    // of the last failure
	Next    time.Time // when the first source is tried again; zero when it is not
	PerDay  float64   // stories a day that came of them
	Last    time.Time // when the last story came; zero when none did
}

// Down builds the ops message that tells of an outage.
func Down(d news.Delivery, o Outage) Message {
	all := names(o.Sources)
	said := subject(all, o.Of) + " cannot be read"
	head := []Run{bold(said), say(" since "), at(o.Since)}
	switch {
	case len(all) > 1 && len(all) == o.Of:
		said += ": probably our network"
		head = append(head, say(": probably our network"))
	case len(all) == 1 && o.Tries > 0:
		head = append(head, say(fmt.Sprintf(" (%s)", count(o.Tries, "try", "tries"))))
	}
	parts := []Part{part(Line, append([]Run{{Text: "⚠️", Style: Sign}}, head...)...)}
	cause := line(o.Cause, maxQuote)
	if cause != "" {
		parts = append(parts, part(Quote, say(cause)))
	}
	parts = append(parts, part(Small, o.meaning()...))
	switch {
	case len(all) == 1:
		parts = append(parts, part(Small, say("Try: copytaster crawl "+all[0])))
	case len(all) > 1:
		parts = append(parts, part(Small, say(list(all, maxReports))))
	}
	return opsMessage(d, dotted(said, cause), parts)
}

// meaning says what an outage means, and what happens next.
func (o Outage) meaning() []Run {
	runs := []Run{say("Stories may be missing.")}
	if !o.Next.IsZero() {
		runs = append(runs, say(" Next try "), at(o.Next), say("."))
	}
	if o.PerDay > 0 {
		pace := fmt.Sprintf(" Usual pace: %s a day", countFloat(o.PerDay))
		if o.Last.IsZero() {
			return append(runs, say(pace+"."))
		}
		return append(runs, say(pace+", the last one "), at(o.Last), say("."))
	}
	return runs
}

func countFloat(n float64) string {
	if n < 1.5 {
		return "1 story"
	}
	return fmt.Sprintf("%.0f stories", n)
}

// Recovery is the end of an outage.
type Recovery struct {
	Sources []string  // names
	Of      int       // how many sources there are
	Since   time.Time // when the outage began
	At      time.Time // when it ended
	Stories int       // that were published meanwhile, and found
	Alerts  int       // of them, told late
	Late    time.Duration
	Lost    int // stories that are known to have been missed
}

// Up builds the ops message that tells of the end of an outage.
func Up(d news.Delivery, r Recovery) Message {
	all := names(r.Sources)
	verb := " is read again"
	if len(all) > 1 {
		verb = " are read again"
	}
	said, took := subject(all, r.Of)+verb, lasted(r.At.Sub(r.Since))
	found := count(r.Stories, "story", "stories") + " of the gap found and judged, " + count(r.Alerts, "alert", "alerts")
	if r.Alerts > 0 && r.Late > 0 {
		found += " late by " + lasted(r.Late)
	}
	lost := "none known to be lost"
	if r.Lost > 0 {
		lost = count(r.Lost, "story", "stories") + " known to be lost"
	}
	parts := []Part{
		part(Line, Run{Text: "✅", Style: Sign}, bold(said),
			say(" · down from "), at(r.Since), say(" to "), until(r.At, r.Since), say(" ("+took+")")),
		part(Small, say(found+"; "+lost+".")),
	}
	if len(all) > 1 {
		parts = append(parts, part(Small, say(list(all, maxReports))))
	}
	return opsMessage(d, dotted(said, "down for "+took, found, lost), parts)
}

// subject names sources: "Source harbour-post", "12 of 40 sources".
func subject(all []string, of int) string {
	switch {
	case len(all) == 1:
		return "Source " + all[0]
	case of >= len(all):
		return fmt.Sprintf("%d of %d sources", len(all), of)
	default:
		return fmt.Sprintf("%d sources", len(all))
	}
}
