package config

import (
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/schedule"
)

// WarningsAt returns the warnings that depend on the time, which Warnings does
// not hold: about schedules that a change of the clocks within a year skips or
// doubles, and about rules whose last day is past.
func (c *Config) WarningsAt(now time.Time) Mistakes {
	var out Mistakes
	for i, src := range c.Sources {
		s, err := schedule.Parse(src.Schedule)
		if err != nil {
			continue // Load refuses it
		}
		d, ok := s.Daylight(now, c.Timezone)
		if !ok {
			continue
		}
		what := "does not run"
		if d.Twice {
			what = "runs twice"
		}
		out = append(out, c.Warning(fmt.Sprintf("sources[%d].schedule", i), "use timezone: UTC, or another hour",
			"%s %s on %s, when the clocks of %s change", src.Name, what, d.At.In(c.Timezone).Format(time.DateOnly), c.Timezone))
	}
	for i, r := range c.Definition.Rules {
		if !r.Until.IsZero() && !now.Before(r.Until) && !r.Disabled {
			out = append(out, c.Warning(fmt.Sprintf("rules[%d].until", i), "delete the rule, or give it a later day",
				"the last day of the rule %s is past: it matches nothing", r.Name))
		}
	}
	return out
}

// Warning returns a warning about the value at a path.
func (c *Config) Warning(path, hint, format string, args ...any) Mistake {
	p := c.places().locate(path)
	m := mistakeAt(p, Warning, hint, format, args...)
	m.Excerpt = excerptOf(c.places().files, p)
	return m
}
