package answers_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
)

// TestUntil: mornings are those of the person's zone, over a change of its clocks too.
func TestUntil(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ now, span, want string }{ // "": refused
		{"2026-11-23T14:00:00+01:00", "1h", "2026-11-23T15:00:00+01:00"},
		{"2026-11-23T14:00:00+01:00", "90m", "2026-11-23T15:30:00+01:00"},
		{"2026-11-23T14:00:00+01:00", "3d", "2026-11-26T14:00:00+01:00"},
		{"2026-11-23T14:00:00+01:00", "morning", "2026-11-24T08:00:00+01:00"},
		{"2026-11-23T07:59:00+01:00", "morning", "2026-11-23T08:00:00+01:00"},
		{"2026-11-23T08:00:00+01:00", "morning", "2026-11-24T08:00:00+01:00"},
		{"2026-11-23T07:00:00+01:00", "monday", "2026-11-23T08:00:00+01:00"}, // a Monday
		{"2026-11-23T14:00:00+01:00", "monday", "2026-11-30T08:00:00+01:00"},
		{"2026-11-27T14:00:00+01:00", "monday", "2026-11-30T08:00:00+01:00"},
		{"2026-11-29T14:00:00+01:00", "monday", "2026-11-30T08:00:00+01:00"},
		{"2026-03-28T22:00:00+01:00", "morning", "2026-03-29T08:00:00+02:00"}, // summer time begins
		{"2026-10-24T22:00:00+02:00", "morning", "2026-10-25T08:00:00+01:00"}, // and ends
		{"2026-11-23T14:00:00+01:00", "", ""},
		{"2026-11-23T14:00:00+01:00", "h", ""},
		{"2026-11-23T14:00:00+01:00", "0h", ""},
		{"2026-11-23T14:00:00+01:00", "-1h", ""},
		{"2026-11-23T14:00:00+01:00", "1.5h", ""},
		{"2026-11-23T14:00:00+01:00", "999999999999999d", ""},
		{"2026-11-23T14:00:00+01:00", "Monday", ""},
	} {
		now, err := time.ParseInLocation(time.RFC3339, tt.now, berlin)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := answers.Until(now.In(berlin), tt.span)
		if ok != (tt.want != "") || ok && got.Format(time.RFC3339) != tt.want {
			t.Errorf("%s %q: %s, %v; want %q", tt.now, tt.span, got.Format(time.RFC3339), ok, tt.want)
		}
	}
}
