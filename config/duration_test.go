package config

import (
	"testing"
	"time"
)

// TestParseDuration: durations are written with the units that people think in.
func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"45s": 45 * time.Second, "2h30m": 150 * time.Minute, "3d": 72 * time.Hour, "1w": 168 * time.Hour, "1w2d": 216 * time.Hour,
		"0.5w": 84 * time.Hour, "99999999w": longest + day,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("%s is %s, want %s: %v", text, got, want, err)
		}
	}
	for _, text := range []string{"", "w", "1 w", "1wk", "week", "-1w", "1W", "1mo"} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}
