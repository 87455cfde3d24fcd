// Package schedule says when a source is due again: Parse a spec once, then
// ask Next for the first run after a time; a source without a spec is adaptive,
// and its Habit, which learns from every poll, says when. It is pure: it reads
// no clock.
//
// A spec is a cron line of five fields (minute, hour, day of month, month, day
// of week), a descriptor (@hourly, @daily, @weekly, @monthly, @yearly),
// "@every 90s", or "" for adaptive. Cron lines and descriptors are obeyed to the
// second in the zone given to Next; "@every" is spread: each name has its own,
// steady offset within the interval, so that five hundred sources do not all
// start at the full minute. An adaptive source is polled at half the usual gap
// between its stories, within Floor and Ceiling: faster after a new story,
// slower and slower while nothing is new.
//
// Missed runs are caught up once, not once per missed tick: Next never looks
// back, so a daemon that was down asks for the first run after now.
package schedule

import (
	"hash/fnv"
	"time"

	"github.com/robfig/cron/v3"
)

// The bounds of "@every".
const (
	MinEvery = 10 * time.Second
	MaxEvery = 366 * 24 * time.Hour
)

// Schedule is a parsed spec. The zero value is adaptive. It is immutable and
// safe for concurrent use.
type Schedule struct {
	spec  *cron.SpecSchedule // nil: an interval, or adaptive
	every time.Duration      // 0: no interval
}

// Adaptive reports whether the schedule names no runs: a Habit does.
func (s Schedule) Adaptive() bool { return s.spec == nil && s.every == 0 }

// Next returns the first run after a time, in the zone that cron lines are
// meant in (nil is UTC; the zone does not matter to intervals). The name is
// the source's: it picks the offset of an interval. The result is in UTC. It is
// the zero time only for an adaptive schedule, which has no runs of its own:
// Parse refuses specs that have no next run.
func (s Schedule) Next(after time.Time, zone *time.Location, name string) time.Time {
	switch {
	case s.Adaptive():
		return time.Time{}
	case s.spec == nil:
		return nextInterval(after, s.every, name)
	}
	return nextCron(s.spec, after, zone)
}

// nextInterval aligns runs to a hash of the name, so that they neither move
// with a restart nor fall together with those of other names.
func nextInterval(after time.Time, every time.Duration, name string) time.Time {
	period := int64(every / time.Second)
	offset := int64(mix(hash(name)) % uint64(period))
	runs := floorDiv(after.Unix()-offset, period) + 1
	return time.Unix(runs*period+offset, 0).UTC()
}

func hash(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name)) // a hash.Hash never returns an error
	return h.Sum64()
}

// mix is the finaliser of MurmurHash3 (fmix64): names that differ in one digit
// have neighbouring FNV sums, which a bare remainder would leave in clumps.
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

func floorDiv(a, b int64) int64 {
	if q := a / b; a%b >= 0 {
		return q
	}
	return a/b - 1
}

// searchDays is how far nextCron looks for a day that is meant: the calendar
// repeats itself after 400 years.
const searchDays = 400 * 366

// nextCron walks the calendar by its dates, which no change of the clocks moves,
// and each day that is meant by its minutes as they pass. A run whose time the
// clocks skip is left out, one whose time comes twice runs twice; a day whose
// midnight is skipped is a day like any other. (robfig/cron, which parses the
// spec, walks from midnight to midnight and loses such a day.)
func nextCron(spec *cron.SpecSchedule, after time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	t := after.In(zone).Truncate(time.Minute).Add(time.Minute)
	for range searchDays {
		y, m, d := t.Date()
		end := startOfDay(y, m, d+1, zone)
		for meant := dayMatches(spec, t); meant && t.Before(end); t = t.Add(time.Minute) {
			if matches(spec, t) {
				return t.UTC()
			}
		}
		t = end
	}
	return time.Time{}
}

// startOfDay returns the first moment of a date: midnight, or when the clocks
// go on from where they skip it. A date that the clocks skip whole (Samoa left
// out 30 December 2011) begins with the one after it.
func startOfDay(year int, month time.Month, day int, zone *time.Location) time.Time {
	midnight := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	begins, ends := t.ZoneBounds()
	if shown(t).Before(midnight) { // skipped, and reckoned as of before the change
		return ends
	}
	if shown(t).After(midnight) { // skipped, and reckoned as of after it
		return begins
	}
	if first := begins.Add(-time.Second); !begins.IsZero() && shown(first).Add(time.Second).After(midnight) {
		_, before := first.Zone() // midnight comes twice
		return midnight.Add(-time.Duration(before) * time.Second).In(zone)
	}
	return t
}

// shown is what the clocks show at a time, as if it were UTC.
func shown(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).UTC()
}

// matches reports whether a spec means a minute.
func matches(s *cron.SpecSchedule, t time.Time) bool {
	return s.Hour&(1<<uint(t.Hour())) != 0 && s.Minute&(1<<uint(t.Minute())) != 0 && dayMatches(s, t)
}

// dayMatches repeats robfig/cron's rule: day of month and day of week are both
// meant when one of them is "*", and either will do when both are given.
func dayMatches(s *cron.SpecSchedule, t time.Time) bool {
	if s.Month&(1<<uint(t.Month())) == 0 {
		return false
	}
	dom, dow := s.Dom&(1<<uint(t.Day())) != 0, s.Dow&(1<<uint(t.Weekday())) != 0
	if s.Dom&starBit != 0 || s.Dow&starBit != 0 {
		return dom && dow
	}
	return dom || dow
}

// starBit is how robfig/cron marks a field that is "*".
const starBit = 1 << 63

// Backoff returns how long to wait after a number of failures in a row: first,
// then twice that, doubling up to most. It is 0 without a failure or without a
// first wait.
func Backoff(failures int, first, most time.Duration) time.Duration {
	if failures <= 0 || first <= 0 {
		return 0
	}
	wait := first
	for range failures - 1 {
		if wait >= most/2 {
			return most
		}
		wait *= 2
	}
	return min(wait, most)
}
