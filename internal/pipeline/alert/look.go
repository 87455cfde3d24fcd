package alert

import (
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// lookTimes are when a story is looked at again, after a channel was first told of it:
// most edits come within the hour, corrections within the day.
var lookTimes = [...]time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

// denseLookTimes are those of a story that raised an alert of severity high or urgent.
var denseLookTimes = [...]time.Duration{
	5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour,
	12 * time.Hour, 24 * time.Hour,
}

// NextLook returns the first planned look after now of a story that a channel was first
// told of at a time, by an alert of a severity; zero when there is none left, or no channel
// was told.
func NextLook(told, now time.Time, severity news.Severity) time.Time {
	if told.IsZero() {
		return time.Time{}
	}
	times := lookTimes[:]
	if severity >= news.High {
		times = denseLookTimes[:]
	}
	for _, after := range times {
		if at := told.Add(after); at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// HasPage reports whether a story's page may be looked at.
func HasPage(src news.Source, s *news.Story) bool {
	return s.URL != "" && src.FullText != news.FullTextNever && !news.IsGoogleNews(s.URL)
}
