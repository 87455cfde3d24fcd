package app

import (
	"fmt"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// TestHourly: the hours that are past are counted once, the last two each time.
func TestHourly(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	until := time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)
	seen := func(ago time.Duration) {
		t.Helper()
		at := until.Add(-ago)
		story := &news.Story{Title: "A fire", URL: fmt.Sprint("https://example.org/", at.UnixNano()), FirstSeen: at}
		if _, err := s.Archive.Add(t.Context(), []*news.Story{story}); err != nil {
			t.Fatal(err)
		}
	}
	var h hourly
	counts := func(until time.Time) (all []int64) {
		t.Helper()
		hours, err := h.read(t.Context(), s, until, 5)
		if err != nil {
			t.Fatal(err)
		}
		for i, hour := range hours {
			if !hour.Began.Equal(until.Add(time.Duration(i-5) * time.Hour)) {
				t.Errorf("hour %d began at %v", i, hour.Began)
			}
			all = append(all, hour.Stories)
		}
		return all
	}
	for _, minutes := range []int{30, 90, 179, 241} {
		seen(time.Duration(minutes) * time.Minute)
	}
	if got := fmt.Sprint(counts(until)); got != "[1 0 1 1 1]" {
		t.Errorf("at first %s", got)
	}
	for _, minutes := range []int{31, 91, 178, -30} {
		seen(time.Duration(minutes) * time.Minute)
	}
	if got := fmt.Sprint(counts(until)); got != "[1 0 1 2 2]" {
		t.Errorf("then %s", got)
	}
	if got := fmt.Sprint(counts(until.Add(time.Hour))); got != "[0 1 2 2 1]" {
		t.Errorf("an hour later %s", got)
	}
}
