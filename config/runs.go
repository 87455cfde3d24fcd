package config

import (
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
)

// NextRuns returns the next n times after a time at which a source of the config
// is due. It returns none when the source is switched off, or has no schedule:
// then its pace is adaptive.
func (c *Config) NextRuns(src news.Source, after time.Time, n int) []time.Time {
	when, err := schedule.Parse(src.Schedule)
	if err != nil || src.Disabled || when.Adaptive() {
		return nil // Load refuses a wrong schedule
	}
	runs := make([]time.Time, n)
	for i := range runs {
		after = when.Next(after, c.Timezone, src.Name)
		runs[i] = after
	}
	return runs
}
