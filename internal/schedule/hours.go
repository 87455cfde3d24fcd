package schedule

import (
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Lull is a time of the week, as the clocks of a zone show it.
type Lull struct {
	On       news.Weekdays // the days on which it begins; none is every day
	From, To time.Duration // since midnight, whole minutes; To is the next day's where it is not after From
}

// Hours say when a channel is told of several alerts together. The zero Hours never do.
type Hours struct {
	Digest Schedule // when it is told; adaptive: not by a calendar
	Quiet  []Lull   // in which it is told nothing
	Zone   *time.Location
}

// Wait is how long what comes at a time is kept.
type Wait struct {
	Since time.Time // when the quiet began; zero when it waits for a calendar's digest
	Until time.Time
}

// longestQuiet is how far a quiet is followed: windows may leave no time between them.
const longestQuiet = 8 * 24 * time.Hour

// Wait returns how long what comes at a time is kept; ok is false when it is told at
// once. A digest by the calendar that would come in a quiet comes at its end. All times
// within one wait have the same end, and those of a quiet the same beginning.
func (h Hours) Wait(now time.Time) (w Wait, ok bool) {
	if h.Digest.Adaptive() {
		return h.quiet(now)
	}
	w.Until = h.Digest.Next(now, h.Zone, "")
	if end, quiet := h.quiet(w.Until); quiet {
		w.Until = end.Until
	}
	return w, true
}

// Awake returns the end of the quiet that a time lies in, and the time itself where it lies in none.
func (h Hours) Awake(now time.Time) time.Time {
	if end, quiet := h.quiet(now); quiet {
		return end.Until
	}
	return now
}

// NextQuiet returns the next quiet that begins after a time which lies in none; ok is
// false when there is none.
func (h Hours) NextQuiet(now time.Time) (w Wait, ok bool) {
	for _, q := range h.around(now) {
		if q.Since.After(now) && (!ok || q.Since.Before(w.Since)) {
			w, ok = q, true
		}
	}
	if !ok {
		return Wait{}, false
	}
	return h.quiet(w.Since)
}

// quiet returns the quiet that a time lies in. Windows that touch are one.
func (h Hours) quiet(now time.Time) (w Wait, ok bool) {
	w = Wait{now, now}
	all := h.around(now)
	for grown := true; grown; {
		grown = false
		for _, s := range all {
			if s.Since.After(w.Until) || s.Until.Before(w.Since) || !ok && !now.Before(s.Until) {
				continue
			}
			if s.Since.Before(w.Since) {
				w.Since, grown = s.Since, true
			}
			if s.Until.After(w.Until) {
				w.Until, grown = s.Until, true
			}
			ok = true
		}
	}
	return Wait{w.Since.UTC(), w.Until.UTC()}, ok
}

// around are the windows that begin within longestQuiet of a time.
func (h Hours) around(now time.Time) (all []Wait) {
	if len(h.Quiet) == 0 {
		return nil
	}
	zone := h.Zone
	if zone == nil {
		zone = time.UTC
	}
	const days = int(longestQuiet / (24 * time.Hour))
	year, month, day := now.In(zone).Date()
	for d := day - days; d <= day+days; d++ {
		date := time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
		for _, q := range h.Quiet {
			if !q.On.Has(date.Weekday()) {
				continue
			}
			to := q.To
			if to <= q.From {
				to += 24 * time.Hour
			}
			first, _ := showing(date.Add(q.From), zone)
			_, last := showing(date.Add(to), zone)
			if first.Before(last) { // the clocks may skip all of it
				all = append(all, Wait{first, last})
			}
		}
	}
	return all
}

// showing returns the first and the last moment at which the clocks of a zone show what
// they show at wall in UTC. Of a time that they skip it is the moment when they do.
func showing(wall time.Time, zone *time.Location) (first, last time.Time) {
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	first = wall.Add(-time.Duration(before) * time.Second).In(zone)
	last = wall.Add(-time.Duration(after) * time.Second).In(zone)
	switch isFirst, isLast := shown(first).Equal(wall), shown(last).Equal(wall); {
	case isFirst && isLast:
		return first, last
	case isFirst:
		return first, first
	case isLast:
		return last, last
	default:
		change, _ := first.ZoneBounds()
		return change, change
	}
}
