package health

import (
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// overlapsToForget is how many lists in a row must share a story with what was
// seen before another gap is worth a message: a feed that is too short for its
// rush hour has a gap at every poll.
const overlapsToForget = 20

// Overlap is how a list that came whole joins up with what was seen before it.
type Overlap struct {
	Seen     int       // stories of the list that were seen before
	Listed   int       // stories of the list
	Previous time.Time // when the list before was read, zero when nothing is known
	Oldest   time.Time // the earliest date in the list, zero when no story has one
	At       time.Time // when this list was read
	Down     bool      // it could not be read in between
}

// Broken reports whether stories may have come and gone between two polls: a
// list shares no story with what was seen, and all of it is newer than the list
// before.
func (o Overlap) Broken() bool {
	return o.Listed > 0 && o.Seen == 0 && !o.Previous.IsZero() && (o.Oldest.IsZero() || o.Oldest.After(o.Previous))
}

// JudgeOverlap returns the state after a list that came whole, and whether
// people should be told of a gap.
func JudgeOverlap(prev State, o Overlap) (next State, tell bool) {
	next = prev
	if o.Down && !o.Broken() && o.Listed > 0 {
		next = next.JoinedUp(o.At)
	}
	switch broken := o.Broken(); {
	case broken && prev.Gap != "" && prev.Overlaps < overlapsToForget:
		next.Overlaps = 0 // still the same trouble
	case broken:
		next.Gap, next.GapAt, next.GapDown, next.Overlaps = o.Span(), whole(o.At), o.Down, 0
		next.GapFrom, next.GapTo = o.ends()
		return next, true
	case prev.Gap != "":
		next.Overlaps = min(prev.Overlaps+1, overlapsToForget)
	}
	return next, false
}

// JoinedUp is the state after a list joined up, at a time, with what was seen before it could
// not be read: nothing of that time is missing.
func (s State) JoinedUp(at time.Time) State {
	s.Joined = whole(at)
	return s
}

// ends are when the gap begins and when it ends.
func (o Overlap) ends() (from, to time.Time) {
	if o.Oldest.IsZero() {
		return whole(o.Previous), whole(o.At)
	}
	return whole(o.Previous), whole(o.Oldest)
}

// Span is the time that the gap takes up, in UTC; with the day when it is more
// than one.
func (o Overlap) Span() string { return span(o.ends()) }

// Missed returns the gap.
func (o Overlap) Missed() Missed {
	from, to := o.ends()
	return Missed{o.Span(), news.KnownTime(from), news.KnownTime(to)}
}

// span is a time from one moment to another, with the day when it is more than one.
func span(from, to time.Time) string {
	const clock, day = "15:04", "2 Jan 2006 15:04"
	if from.YearDay() == to.YearDay() && from.Year() == to.Year() {
		return from.Format(day) + "–" + to.Format(clock)
	}
	return from.Format(day) + "–" + to.Format(day)
}

// Missed is when stories of a source may have been missed last. Its zero value is never.
type Missed struct {
	Gap     string     `json:"possible_gap,omitempty"` // in UTC
	GapFrom *time.Time `json:"gap_from,omitempty"`     // when it began; absent where an older version found it
	GapTo   *time.Time `json:"gap_to,omitempty"`
}

// Missed returns when stories may have been missed last.
func (s State) Missed() Missed {
	return Missed{s.Gap, news.KnownTime(s.GapFrom), news.KnownTime(s.GapTo)}
}

// GapIn is the time of a gap, as the clocks of a zone show it; "" is never.
func (m Missed) GapIn(zone *time.Location) string {
	switch {
	case m.Gap == "":
		return ""
	case m.GapFrom == nil || m.GapTo == nil:
		return m.Gap + " UTC"
	}
	return span(m.GapFrom.In(zone), m.GapTo.In(zone)) + m.GapTo.In(zone).Format(" MST")
}

// GapMessage says in one line, for the operators, that stories may have been
// missed, in the time of a zone. adaptive tells whether copytaster itself sets the source's pace.
func GapMessage(source string, s State, adaptive bool, zone *time.Location) string {
	then := "copytaster polls it faster from now on"
	switch {
	case s.GapDown:
		then = "what it listed meanwhile and lists no more is missing"
	case !adaptive:
		then = "its schedule is too slow for so short a list"
	}
	return fmt.Sprintf("source %s: possible gap %s, its list shares no story with the one before: %s", source, s.Missed().GapIn(zone), then)
}
