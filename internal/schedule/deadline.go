package schedule

import (
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Deadline returns when an expectation that was met last at a time is broken: when
// its time has passed on the days that count, in a zone (nil is UTC). It is the
// zero time for one that expects nothing.
func Deadline(e news.Expectation, met time.Time, zone *time.Location) time.Time {
	if e.Within <= 0 {
		return time.Time{}
	}
	if zone == nil {
		zone = time.UTC
	}
	left, t := e.Within, met.In(zone)
	for {
		y, m, d := t.Date()
		end := startOfDay(y, m, d+1, zone)
		if e.On.Has(t.Weekday()) {
			if left <= end.Sub(t) {
				return t.Add(left).UTC()
			}
			left -= end.Sub(t)
		}
		t = end
	}
}
