package alert

import (
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// lookTimes are when a story is looked at again, after its first alert: most
// edits come within the hour, corrections within the day.
var lookTimes = [...]time.Duration{15 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

// NextLook returns the first planned look after now of a story that first alerted
// at a time; zero when there is none left, or it never alerted.
func NextLook(alerted, now time.Time) time.Time {
	if alerted.IsZero() {
		return time.Time{}
	}
	for _, after := range lookTimes {
		if at := alerted.Add(after); at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// HasPage reports whether a story's page may be looked at.
func HasPage(src news.Source, s *news.Story) bool {
	return s.URL != "" && src.FullText != news.FullTextNever && !news.IsGoogleNews(s.URL)
}
