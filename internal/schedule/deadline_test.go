package schedule

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

func TestDeadline(t *testing.T) {
	const week = news.Weekdays(0b0111110)
	for _, c := range []struct {
		name        string
		within      time.Duration
		on          news.Weekdays
		zone        string
		met, broken string // local times of the zone
	}{
		{"nothing is expected", 0, 0, "UTC", "2026-11-27 18:00", ""},
		{"every day counts", 26 * time.Hour, 0, "UTC", "2026-11-27 18:00", "2026-11-28 20:00"},
		{"within a day", 2 * time.Hour, week, "UTC", "2026-11-27 18:00", "2026-11-27 20:00"},
		{"the weekend does not count", 26 * time.Hour, week, "UTC", "2026-11-27 18:00", "2026-11-30 20:00"},
		{"begun on the weekend", 26 * time.Hour, week, "UTC", "2026-11-28 18:00", "2026-12-01 02:00"},
		{"to the end of Friday", 6 * time.Hour, week, "UTC", "2026-11-27 18:00", "2026-11-28 00:00"},
		{"one day a week", 30 * time.Hour, 1 << time.Sunday, "UTC", "2026-11-27 18:00", "2026-12-06 06:00"},
		{"in the days of a zone", 7 * time.Hour, week, "Asia/Seoul", "2026-11-27 18:00", "2026-11-30 01:00"},
		{"a day of 23 hours", 24 * time.Hour, 1 << time.Sunday, "Europe/Berlin", "2026-03-29 00:00", "2026-04-05 01:00"},
		{"a day of 25 hours", 24 * time.Hour, 1 << time.Sunday, "Europe/Berlin", "2026-10-25 00:00", "2026-10-25 23:00"},
		{"a day whose midnight is skipped", 23 * time.Hour, 1 << time.Sunday, "America/Santiago", "2026-09-05 12:00", "2026-09-07 00:00"},
		{"a day that is skipped whole", 24 * time.Hour, 0, "Pacific/Apia", "2011-12-29 12:00", "2011-12-31 12:00"},
		{"a year of Mondays", 366 * 24 * time.Hour, 1 << time.Monday, "UTC", "2026-11-30 00:00", "2033-11-29 00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			met, err := time.ParseInLocation("2006-01-02 15:04", c.met, zone)
			if err != nil {
				t.Fatal(err)
			}
			got := Deadline(news.Expectation{Within: c.within, On: c.on}, met, zone)
			if text := got.In(zone).Format("2006-01-02 15:04"); c.broken != "" && text != c.broken || c.broken == "" && !got.IsZero() {
				t.Errorf("%s, want %s", text, c.broken)
			}
		})
	}
	if got := Deadline(news.Expectation{Within: time.Hour}, leapYear, nil); !got.Equal(leapYear.Add(time.Hour)) {
		t.Errorf("without a zone %s", got)
	}
}
