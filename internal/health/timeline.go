package health

import (
	"slices"
	"strings"
	"time"
)

// Hour is what the crawls of one hour came to.
type Hour byte

// What an hour comes to.
const (
	HourNone      Hour = '.' // there was no crawl
	HourRead      Hour = 'o' // a list was read
	HourUnchanged Hour = 'u' // nothing but "not modified"
	HourFailed    Hour = 'f' // every crawl failed
	HourMixed     Hour = 'm' // some crawls failed
)

// How much a Timeline keeps.
const (
	TimelineHours  = 14 * 24
	timelineFaults = 5
	faultBytes     = 300
)

// Timeline is what the crawls of a source came to in the last 14 days. The zero Timeline is that
// of a source which was never crawled. It is meant to be stored as JSON.
type Timeline struct {
	Last   time.Time    `json:"last,omitzero"`   // the hour of the last letter, UTC
	Hours  string       `json:"hours,omitempty"` // a Hour each, the oldest first
	Faults []CrawlFault `json:"faults,omitempty"`
}

// CrawlFault is an error that crawls ended with, one after the other.
type CrawlFault struct {
	Why    string    `json:"why"`
	First  time.Time `json:"first"` // of these crawls
	Last   time.Time `json:"last"`
	Crawls int       `json:"crawls"`
}

// Add returns the timeline after one more crawl, which failed with err unless that is nil.
// unchanged says that the answer was "not modified".
func (t Timeline) Add(now time.Time, err error, unchanged bool) Timeline {
	one := HourRead
	switch {
	case err != nil:
		one = HourFailed
		t.Faults = withFault(t.Faults, now, err)
	case unchanged:
		one = HourUnchanged
	}
	hour := now.UTC().Truncate(time.Hour)
	switch ahead := int(hour.Sub(t.Last) / time.Hour); {
	case t.Hours == "" || ahead >= TimelineHours:
		t.Hours = string(HourNone)
	case ahead > 0:
		t.Hours += strings.Repeat(string(HourNone), ahead)
	default: // a clock that was set back has hours to come: they are dropped
		t.Hours = t.Hours[:max(0, len(t.Hours)+ahead)]
		if t.Hours == "" {
			t.Hours = string(HourNone)
		}
	}
	t.Hours = t.Hours[max(0, len(t.Hours)-TimelineHours):]
	t.Last = hour
	last := len(t.Hours) - 1
	t.Hours = t.Hours[:last] + string(merged(Hour(t.Hours[last]), one))
	return t
}

// withFault adds an error to the last ones; one that came before it without another is counted.
func withFault(faults []CrawlFault, now time.Time, err error) []CrawlFault {
	why := err.Error()
	if len(why) > faultBytes {
		why = strings.ToValidUTF8(why[:faultBytes], "") + "…"
	}
	faults, now = slices.Clone(faults), whole(now)
	if last := len(faults) - 1; last >= 0 && faults[last].Why == why {
		faults[last].Last, faults[last].Crawls = now, faults[last].Crawls+1
		return faults
	}
	faults = append(faults, CrawlFault{why, now, now, 1})
	return faults[max(0, len(faults)-timelineFaults):]
}

// merged is what an hour comes to after one more crawl.
func merged(hour, one Hour) Hour {
	switch {
	case hour == HourNone || hour == one:
		return one
	case hour == HourMixed || hour == HourFailed || one == HourFailed:
		return HourMixed
	}
	return HourRead
}

// Between returns what each hour from a time on came to, up to now.
func (t Timeline) Between(from, now time.Time) (hours []Hour) {
	for at := from.UTC().Truncate(time.Hour); !at.After(now); at = at.Add(time.Hour) {
		i := len(t.Hours) - 1 - int(t.Last.Sub(at)/time.Hour)
		if i < 0 || i >= len(t.Hours) {
			hours = append(hours, HourNone)
			continue
		}
		hours = append(hours, Hour(t.Hours[i]))
	}
	return hours
}
