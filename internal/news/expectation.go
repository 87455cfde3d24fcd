package news

import (
	"strings"
	"time"
)

// Expectation is the longest time for which silence is no wonder: of a source
// without a new story, or of a rule without a match. The zero Expectation expects
// nothing.
type Expectation struct {
	Within time.Duration
	On     Weekdays // days that count; time on other days does not. 0 is all
}

// Weekdays is a set of days of the week, a bit for each: 1 << time.Monday.
type Weekdays uint8

// Everyday is all days of the week.
const Everyday Weekdays = 1<<7 - 1

// WeekdayNames are the names of the days as configs have them, Sunday first.
func WeekdayNames() [7]string { return [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"} }

// Has reports whether a day is in the set. The empty set has all days.
func (w Weekdays) Has(day time.Weekday) bool { return w == 0 || w&(1<<day) != 0 }

// String returns the days as configs have them, Monday first: "Mon-Fri",
// "Sat,Sun"; "" for all.
func (w Weekdays) String() string {
	if w == 0 || w == Everyday {
		return ""
	}
	names, parts := WeekdayNames(), []string{}
	name := func(day int) string { return names[day%7] }
	for day := 1; day <= 7; day++ {
		last := day - 1
		for last < 7 && w.Has(time.Weekday((last+1)%7)) {
			last++
		}
		switch {
		case last >= day+2:
			parts = append(parts, name(day)+"-"+name(last))
			day = last
		case last >= day:
			parts = append(parts, name(day))
		}
	}
	return strings.Join(parts, ",")
}
