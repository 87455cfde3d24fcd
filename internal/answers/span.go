package answers

import (
	"strconv"
	"strings"
	"time"
)

// Lasting is how long a snooze lasts, as people choose it.
type Lasting struct {
	Value string // as it is written behind a command
	Text  string // as people read it
	until func(now time.Time) time.Time
}

// Spans returns the spans that people choose from.
func Spans() []Lasting {
	after := func(d time.Duration) func(time.Time) time.Time {
		return func(now time.Time) time.Time { return now.Add(d) }
	}
	return []Lasting{
		{"1h", "1 hour", after(time.Hour)},
		{"4h", "4 hours", after(4 * time.Hour)},
		{"24h", "24 hours", after(24 * time.Hour)},
		{"morning", "until 08:00", morning},
		{"monday", "until Monday 08:00", monday},
		{"7d", "7 days", after(longest)},
	}
}

// morning is the next 08:00 by the clock of now's zone.
func morning(now time.Time) time.Time { return eight(now, 0) }

// monday is the next Monday 08:00.
func monday(now time.Time) time.Time {
	for days := 0; ; days++ {
		if at := eight(now, days); at.Weekday() == time.Monday {
			return at
		}
	}
}

// eight is the first 08:00 that is some days after now at the earliest.
func eight(now time.Time, days int) time.Time {
	at := time.Date(now.Year(), now.Month(), now.Day()+days, 8, 0, 0, 0, now.Location())
	if !at.After(now) {
		at = time.Date(now.Year(), now.Month(), now.Day()+days+1, 8, 0, 0, 0, now.Location())
	}
	return at
}

// most is the greatest number that a span is written with.
const most = 100_000

// Until returns when a span ends that begins now: one of Spans, or a whole number of
// minutes, hours or days ("30m", "2h", "3d"). ok is false for anything else. Mornings are
// those of now's zone.
func Until(now time.Time, span string) (at time.Time, ok bool) {
	for _, s := range Spans() {
		if s.Value == span {
			return s.until(now), true
		}
	}
	d, ok := parse(span)
	return now.Add(d), ok
}

// Ago returns when a whole number of minutes, hours, days or weeks ("10m", "2h", "3d") began that
// ends now. ok is false for anything else.
func Ago(now time.Time, span string) (at time.Time, ok bool) {
	d, ok := parse(span)
	return now.Add(-d), ok
}

// parse reads a whole number of minutes, hours, days or weeks.
func parse(span string) (d time.Duration, ok bool) {
	for suffix, unit := range map[string]time.Duration{
		"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour,
	} {
		if number, cut := strings.CutSuffix(span, suffix); cut {
			n, err := strconv.Atoi(number)
			return time.Duration(n) * unit, err == nil && n > 0 && n < most
		}
	}
	return 0, false
}
