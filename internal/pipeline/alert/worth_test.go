package alert

import (
	"testing"
	"time"
)

func TestWhenAThreadIsTold(t *testing.T) {
	alerted := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for now, want := range map[time.Duration]time.Duration{
		0:                          2 * time.Minute,
		2 * time.Minute:            10 * time.Minute,
		9 * time.Minute:            10 * time.Minute,
		11 * time.Minute:           30 * time.Minute,
		31 * time.Minute:           2 * time.Hour,
		2 * time.Hour:              6 * time.Hour,
		6*time.Hour - time.Second:  6 * time.Hour,
		6 * time.Hour:              10 * time.Hour,
		69 * time.Hour:             70 * time.Hour,
		70*time.Hour + time.Second: 0,
		-time.Hour:                 2 * time.Minute, // the clock was set back
	} {
		at := nextBatch(alerted, alerted.Add(now))
		if want == 0 && !at.IsZero() || want != 0 && !at.Equal(alerted.Add(want)) {
			t.Errorf("after %s the next batch is %s after the alert, want %s", now, at.Sub(alerted), want)
		}
	}
}

func TestWhenADevelopmentIsShown(t *testing.T) {
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		last  time.Duration // ago; 0: never
		today int
		want  time.Duration // from now
	}{
		{0, 0, 0}, {5 * time.Minute, 1, 10 * time.Minute}, {15 * time.Minute, 1, 0}, {15 * time.Minute, 5, 45 * time.Minute},
		{2 * time.Hour, 9, 0}, {0, 7, 0},
	} {
		last := time.Time{}
		if c.last != 0 {
			last = now.Add(-c.last)
		}
		if got := nextDevelopment(now, last, c.today); !got.Equal(now.Add(c.want)) {
			t.Errorf("%+v: shown in %s", c, got.Sub(now))
		}
	}
}
