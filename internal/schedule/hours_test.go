package schedule

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

const (
	week   news.Weekdays = 0b0111110
	friday news.Weekdays = 1 << time.Friday
	night                = 22 * time.Hour
	dawn                 = 7 * time.Hour
)

func TestWait(t *testing.T) {
	nights := []Lull{{week, night, dawn}}
	weekend := append([]Lull{{1<<time.Saturday | 1<<time.Sunday, 0, 0}}, nights...)
	for _, c := range []struct {
		name              string
		digest            string
		quiet             []Lull
		zone              string
		now, since, until string // by its clocks
	}{
		{"no windows", "", nil, "UTC", "2026-11-27 23:00 +0000", "", ""},
		{"awake", "", nights, "UTC", "2026-11-27 21:59 +0000", "", ""},
		{"its first moment", "", nights, "UTC", "2026-11-27 22:00 +0000", "2026-11-27 22:00 +0000", "2026-11-28 07:00 +0000"},
		{"its last minute", "", nights, "UTC", "2026-11-28 06:59 +0000", "2026-11-27 22:00 +0000", "2026-11-28 07:00 +0000"},
		{"its end", "", nights, "UTC", "2026-11-28 07:00 +0000", "", ""},
		{"Friday's ends on Saturday", "", []Lull{{friday, night, dawn}}, "UTC",
			"2026-11-28 03:00 +0000", "2026-11-27 22:00 +0000", "2026-11-28 07:00 +0000"},
		{"Friday's is not Thursday's", "", []Lull{{friday, night, dawn}}, "UTC", "2026-11-27 03:00 +0000", "", ""},
		{"Sunday night begins none", "", nights, "UTC", "2026-11-29 23:00 +0000", "", ""},
		{"within a day", "", []Lull{{0, 12 * time.Hour, 13 * time.Hour}}, "UTC",
			"2026-11-29 12:30 +0000", "2026-11-29 12:00 +0000", "2026-11-29 13:00 +0000"},
		{"a weekend after a night", "", weekend, "Europe/Berlin",
			"2026-11-28 12:00 +0100", "2026-11-27 22:00 +0100", "2026-11-30 00:00 +0100"},
		{"overlapping ones", "", append([]Lull{{0, 21 * time.Hour, 23 * time.Hour}}, nights...), "UTC",
			"2026-11-27 21:30 +0000", "2026-11-27 21:00 +0000", "2026-11-28 07:00 +0000"},

		{"a night of 8 hours in Berlin", "", []Lull{{0, night, dawn}}, "Europe/Berlin",
			"2026-03-29 00:30 +0100", "2026-03-28 22:00 +0100", "2026-03-29 07:00 +0200"},
		{"a night of 10 hours in Berlin", "", []Lull{{0, night, dawn}}, "Europe/Berlin",
			"2026-10-25 00:30 +0200", "2026-10-24 22:00 +0200", "2026-10-25 07:00 +0100"},
		{"a night of 8 hours in New York", "", []Lull{{0, night, dawn}}, "America/New_York",
			"2026-03-08 00:30 -0500", "2026-03-07 22:00 -0500", "2026-03-08 07:00 -0400"},
		{"a night of 10 hours in New York", "", []Lull{{0, night, dawn}}, "America/New_York",
			"2026-11-01 00:30 -0400", "2026-10-31 22:00 -0400", "2026-11-01 07:00 -0500"},
		{"an end that is skipped", "", []Lull{{0, night, 150 * time.Minute}}, "Europe/Berlin",
			"2026-03-29 01:30 +0100", "2026-03-28 22:00 +0100", "2026-03-29 03:00 +0200"},
		{"an end that comes twice", "", []Lull{{0, night, 150 * time.Minute}}, "Europe/Berlin",
			"2026-10-25 02:45 +0200", "2026-10-24 22:00 +0200", "2026-10-25 02:30 +0100"},
		{"a beginning that comes twice", "", []Lull{{0, 150 * time.Minute, dawn}}, "Europe/Berlin",
			"2026-10-25 02:10 +0100", "2026-10-25 02:30 +0200", "2026-10-25 07:00 +0100"},
		{"all of it is skipped", "", []Lull{{0, 130 * time.Minute, 150 * time.Minute}}, "Europe/Berlin",
			"2026-03-29 03:00 +0200", "", ""},
		{"a day whose midnight is skipped", "", []Lull{{1 << time.Sunday, 0, 0}}, "America/Santiago",
			"2026-09-06 12:00 -0300", "2026-09-06 01:00 -0300", "2026-09-07 00:00 -0300"},

		{"a digest", "0 8,16 * * *", nil, "Europe/Berlin", "2026-11-27 08:00 +0100", "", "2026-11-27 16:00 +0100"},
		{"a digest on the day of a change", "0 8,16 * * *", nil, "Europe/Berlin", "2026-03-28 16:00 +0100", "", "2026-03-29 08:00 +0200"},
		{"a digest whose time is skipped", "30 2 * * *", nil, "Europe/Berlin", "2026-03-28 12:00 +0100", "", "2026-03-30 02:30 +0200"},
		{"a digest in a quiet", "0 6,16 * * *", nights, "Europe/Berlin", "2026-11-27 18:00 +0100", "", "2026-11-28 07:00 +0100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			zone, err := time.LoadLocation(c.zone)
			if err != nil {
				t.Fatal(err)
			}
			digest, err := Parse(c.digest)
			if err != nil {
				t.Fatal(err)
			}
			now, err := time.Parse("2006-01-02 15:04 -0700", c.now)
			if err != nil {
				t.Fatal(err)
			}
			text := func(t time.Time) string {
				if t.IsZero() {
					return ""
				}
				return t.In(zone).Format("2006-01-02 15:04 -0700")
			}
			w, ok := Hours{digest, c.quiet, zone}.Wait(now)
			if !ok {
				w = Wait{}
			}
			if ok != (c.until != "") || text(w.Since) != c.since || text(w.Until) != c.until {
				t.Errorf("%v: %s to %s, want %s to %s", ok, text(w.Since), text(w.Until), c.since, c.until)
			}
		})
	}
}

// TestAwake: the end of a quiet, whatever calendar there is beside it.
func TestAwake(t *testing.T) {
	calendar, err := Parse("0 12 * * *")
	if err != nil {
		t.Fatal(err)
	}
	midnight := time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	for _, digest := range []Schedule{{}, calendar} {
		h := Hours{Digest: digest, Quiet: []Lull{{From: 22 * time.Hour, To: 7 * time.Hour}}, Zone: time.UTC}
		if at := h.Awake(midnight); !at.Equal(midnight.Add(7 * time.Hour)) {
			t.Errorf("awake at %s", at)
		}
		if noon := midnight.Add(12 * time.Hour); !h.Awake(noon).Equal(noon) {
			t.Errorf("not awake at noon, but at %s", h.Awake(noon))
		}
	}
}

// TestWaitsAreOne: every minute of a year lies in one wait, whose bounds are the same for all
// its minutes, or in none; an end lies in none.
func TestWaitsAreOne(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		h := Hours{Quiet: []Lull{{week, night, dawn}, {1<<time.Saturday | 1<<time.Sunday, 0, 0}}, Zone: zone}
		var in Wait
		waits := 0
		for now := leapYear; now.Before(leapYear.AddDate(1, 0, 0)); now = now.Add(29 * time.Minute) {
			w, ok := h.Wait(now)
			switch {
			case !ok && now.Before(in.Until):
				t.Fatalf("%s: %s is no quiet, which lasts until %s", name, now, in.Until)
			case !ok:
			case now.Before(w.Since) || !now.Before(w.Until):
				t.Fatalf("%s: %s lies outside %v", name, now, w)
			case now.Before(in.Until) && w != in:
				t.Fatalf("%s: %s is of %v and not of %v", name, now, w, in)
			case w != in:
				in, waits = w, waits+1
			}
			if _, still := h.Wait(in.Until); still && waits > 0 {
				t.Fatalf("%s: the end of %v is quiet", name, in)
			}
		}
		if waits < 250 {
			t.Errorf("%s: %d waits", name, waits)
		}
	}
}

// Windows that leave no time between them end all the same.
func TestWaitForever(t *testing.T) {
	w, ok := Hours{Quiet: []Lull{{}}}.Wait(leapYear)
	if !ok || !w.Until.After(leapYear.Add(7*24*time.Hour)) {
		t.Errorf("%v until %s", ok, w.Until)
	}
}

func TestNextQuiet(t *testing.T) {
	nights := []Lull{{week, night, dawn}}
	weekend := []Lull{{1<<time.Saturday | 1<<time.Sunday, 0, 0}}
	at := func(s string) time.Time {
		when, err := time.Parse("2006-01-02 15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, c := range []struct {
		name              string
		quiet             []Lull
		now, since, until string
	}{
		{"no windows", nil, "2026-11-27 12:00", "", ""},
		{"tonight", nights, "2026-11-26 12:00", "2026-11-26 22:00", "2026-11-27 07:00"},
		{"after the weekend", nights, "2026-11-28 12:00", "2026-11-30 22:00", "2026-12-01 07:00"},
		{"windows that touch", append(weekend, nights...), "2026-11-27 12:00", "2026-11-27 22:00", "2026-11-30 00:00"},
		{"the nearest of two", append(weekend, Lull{0, 20 * time.Hour, 21 * time.Hour}), "2026-11-27 12:00",
			"2026-11-27 20:00", "2026-11-27 21:00"},
	} {
		got, ok := Hours{Quiet: c.quiet}.NextQuiet(at(c.now))
		var want Wait
		if c.since != "" {
			want = Wait{at(c.since), at(c.until)}
		}
		if got != want || ok != (c.since != "") {
			t.Errorf("%s: %v %v, want %v", c.name, got, ok, want)
		}
	}
}
