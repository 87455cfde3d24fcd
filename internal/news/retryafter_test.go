package news_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "30": 30 * time.Second, " 30 ": 30 * time.Second, "86400": 24 * time.Hour, "-1": 0, "1.5": 0, "soon": 0,
		"2000000000": 2e9 * time.Second, "99999999999": (1<<31 - 1) * time.Second, "99999999999999999999": 0,
		"Mon, 23 Nov 9999 06:01:00 GMT":  (1<<31 - 1) * time.Second,
		"Mon, 23 Nov 2026 06:01:00 GMT":  time.Minute,
		"Monday, 23-Nov-26 06:01:00 GMT": time.Minute, // RFC 850
		"Mon Nov 23 06:01:00 2026":       time.Minute, // ANSI C
		"Mon, 23 Nov 2026 05:00:00 GMT":  0,
		"2026-11-23T06:01:00Z":           0,
	} {
		if got := news.RetryAfter(value, now); got != want {
			t.Errorf("%q: %s, want %s", value, got, want)
		}
	}
}
