package schedule

import "time"

// Daylight is what a change of the clocks does to a schedule.
type Daylight struct {
	At      time.Time // when the clocks change
	Skipped bool      // the run's time does not exist that day: it is left out
	Twice   bool      // the run's time comes twice that day, and so does the run
}

// Daylight returns the first change of the clocks within a year after now that
// leaves out or doubles a run; ok is false when none does. Schedules that run
// again within the hour (or however far the clocks move) do not count: nobody
// misses one run of */5.
func (s Schedule) Daylight(now time.Time, zone *time.Location) (d Daylight, ok bool) {
	if s.spec == nil || zone == nil {
		return Daylight{}, false
	}
	horizon := now.AddDate(1, 0, 0)
	for t := now.In(zone); ; {
		_, change := t.ZoneBounds()
		if change.IsZero() || change.After(horizon) {
			return Daylight{}, false
		}
		_, before := change.Add(-time.Second).Zone()
		_, after := change.Zone()
		moved := time.Duration(after-before) * time.Second
		if s.meets(change, time.Duration(before)*time.Second, moved) {
			return Daylight{At: change, Skipped: moved > 0, Twice: moved < 0}, true
		}
		t = change
	}
}

// meets reports whether a run falls on the wall-clock times that a change
// leaves out (moved > 0) or repeats (moved < 0) and none follows soon after.
// It reads the wall clock as if it were UTC, which has no changes.
func (s Schedule) meets(change time.Time, offset, moved time.Duration) bool {
	from := change.UTC().Add(offset)
	if moved < 0 {
		from, moved = from.Add(moved), -moved
	}
	until := from.Add(moved)
	first := nextCron(s.spec, from.Add(-time.Second), time.UTC)
	following := nextCron(s.spec, until.Add(-time.Second), time.UTC)
	return moved > 0 && first.Before(until) && following.Sub(until) >= moved
}
