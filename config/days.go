package config

import "time"

// endDays turns the last days of rules into the instants at which they end.
func (c *checker) endDays() {
	for i := range c.said.Definition.Rules {
		if r := &c.said.Definition.Rules[i]; !r.Until.IsZero() {
			r.Until = dayEnd(r.Until, c.said.Timezone)
		}
	}
}

// dayEnd returns the first instant after a day. Where clocks change at midnight,
// the next day may begin later than 00:00, or have two instants of that name.
func dayEnd(day time.Time, zone *time.Location) time.Time {
	midnight := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)
	begin, end := midnight.ZoneBounds()
	if midnight.Day() == day.Day() {
		return end // midnight was left out
	}
	if before := begin.Add(-1); !begin.IsZero() && before.Day() == midnight.Day() {
		_, was := before.Zone()
		_, is := midnight.Zone()
		if first := midnight.Add(time.Duration(is-was) * time.Second); first.Before(begin) {
			return first // midnight comes twice
		}
	}
	return midnight
}
