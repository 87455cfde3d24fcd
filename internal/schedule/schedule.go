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
// give neighbouring FNV sums, which a bare remainder would leave in clumps.
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

// searchYears is how far robfig/cron looks for the next run.
const searchYears = 5

// nextCron asks robfig/cron and mends two of its habits: it gives up after
// five years, which 29 February of 2104 seen from 2097 is not within; and
// where daylight saving skips midnight it walks into the next day without
// looking whether that day is meant.
func nextCron(spec *cron.SpecSchedule, after time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	in := *spec
	in.Location = zone
	for t := after.In(zone); ; {
		switch next := in.Next(t); {
		case next.IsZero():
			t = t.AddDate(searchYears, 0, 0)
		case dayMatches(&in, next):
			return next.UTC()
		default:
			t = next
		}
	}
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

// MaxBackoff is the longest that Backoff waits.
const MaxBackoff = time.Hour

// Backoff is how long to leave a source alone after a number of failures in a
// row: base, then twice that, doubling up to MaxBackoff. It is 0 without a
// failure or without a base.
func Backoff(failures int, base time.Duration) time.Duration {
	if failures <= 0 || base <= 0 {
		return 0
	}
	wait := base
	for range failures - 1 {
		if wait >= MaxBackoff/2 {
			return MaxBackoff
		}
		wait *= 2
	}
	return min(wait, MaxBackoff)
}
