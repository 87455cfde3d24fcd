package schedule

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func mustParse(t testing.TB, spec string) Schedule {
	t.Helper()
	s, err := Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestNextCron(t *testing.T) {
	for _, c := range []struct{ spec, zone, after, want string }{
		{"*/5 * * * *", "UTC", "2026-03-01T10:02:59Z", "2026-03-01T10:05:00Z"},
		{"*/5 * * * *", "UTC", "2026-03-01T10:05:00Z", "2026-03-01T10:10:00Z"},
		{"*/5 * * * *", "UTC", "2026-03-01T10:04:59.999999999Z", "2026-03-01T10:05:00Z"},
		{"*/45 * * * *", "UTC", "2026-03-01T10:00:00Z", "2026-03-01T10:45:00Z"},
		{"*/45 * * * *", "UTC", "2026-03-01T10:45:00Z", "2026-03-01T11:00:00Z"},
		{"0 8 * * *", "Europe/Moscow", "2026-03-01T00:00:00Z", "2026-03-01T05:00:00Z"},
		{"0 8 * * *", "Asia/Kolkata", "2026-03-01T00:00:00Z", "2026-03-01T02:30:00Z"},
		{"0 8 * * *", "Asia/Seoul", "2026-03-01T00:00:00+09:00", "2026-02-28T23:00:00Z"},
		{"0 0 1 * 1", "UTC", "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"}, // both given: the first, or a Monday
		{"0 0 * * sun", "UTC", "2026-03-02T00:00:00Z", "2026-03-08T00:00:00Z"},
		{"0 0 29 2 *", "UTC", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z"},
		{"0 0 29 2 *", "UTC", "2097-01-01T00:00:00Z", "2104-02-29T00:00:00Z"}, // 2100 is no leap year
		{"@hourly", "UTC", "2026-03-01T10:02:00Z", "2026-03-01T11:00:00Z"},
		{"@weekly", "UTC", "2026-03-02T10:02:00Z", "2026-03-08T00:00:00Z"},
		// The clocks go from 02:00 to 03:00: a daily time in between is left out.
		{"30 2 * * *", "America/New_York", "2026-03-08T00:00:00-05:00", "2026-03-09T02:30:00-04:00"},
		// They go back from 02:00 to 01:00: a daily time in between comes twice.
		{"30 1 * * *", "America/New_York", "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"},
		{"30 1 * * *", "America/New_York", "2026-11-01T01:30:00-05:00", "2026-11-02T01:30:00-05:00"},
		// Cairo's clocks skip midnight from Thursday to Friday, which must not make Friday a Thursday.
		{"0 5 * * thu", "Africa/Cairo", "2026-04-23T05:00:00+02:00", "2026-04-30T05:00:00+03:00"},
		{"30 5 23 * *", "Africa/Cairo", "2026-04-23T05:30:00+02:00", "2026-05-23T05:30:00+03:00"},
		// A day whose midnight is skipped keeps its other runs.
		{"0 9 28 3 *", "Asia/Beirut", "2026-06-01T00:00:00Z", "2027-03-28T09:00:00+03:00"},
		{"0 9 * * fri", "Africa/Cairo", "2026-04-23T12:00:00+02:00", "2026-04-24T09:00:00+03:00"},
		{"0 1 24 4 *", "Africa/Cairo", "2026-01-01T00:00:00+02:00", "2026-04-24T01:00:00+03:00"},
		{"*/30 * * * fri", "Africa/Cairo", "2026-04-23T23:59:00+02:00", "2026-04-24T01:00:00+03:00"},
		{"0 0 24 4 *", "Africa/Cairo", "2026-01-01T00:00:00+02:00", "2027-04-24T00:00:00+02:00"}, // midnight itself is left out
		{"0 6 8 3 *", "America/Havana", "2026-01-01T00:00:00-05:00", "2026-03-08T06:00:00-04:00"},
		{"15 13 5 9 *", "America/Santiago", "2026-09-06T00:00:00-03:00", "2027-09-05T13:15:00-03:00"},
		{"0 12 5 9 *", "America/Asuncion", "2026-01-01T00:00:00Z", "2026-09-05T12:00:00-03:00"},
		{"0 7 21 3 *", "Asia/Tehran", "2021-04-01T00:00:00Z", "2022-03-21T07:00:00+03:30"},
		{"0 7 22 3 *", "Asia/Tehran", "2021-04-01T00:00:00Z", "2022-03-22T07:00:00+04:30"},
		// Midnight comes twice on 1 November in Havana; a date may be left out whole.
		{"0 0 1 11 *", "America/Havana", "2026-10-31T12:00:00-04:00", "2026-11-01T00:00:00-04:00"},
		{"0 0 1 11 *", "America/Havana", "2026-11-01T00:00:00-04:00", "2026-11-01T00:00:00-05:00"},
		{"0 9 30 12 *", "Pacific/Apia", "2011-12-01T00:00:00Z", "2012-12-30T09:00:00+14:00"},
		{"0 9 31 12 *", "Pacific/Apia", "2011-12-29T12:00:00-10:00", "2011-12-31T09:00:00+14:00"},
		// One minute into the day the clocks went back to the day before.
		{"0 9 7 11 *", "America/St_Johns", "2010-11-06T12:00:00-02:30", "2010-11-07T09:00:00-03:30"},
	} {
		t.Run(c.spec+" "+c.after, func(t *testing.T) {
			got := mustParse(t, c.spec).Next(at(t, c.after), zone(t, c.zone), "tass")
			if want := at(t, c.want); !got.Equal(want) {
				t.Errorf("got %s, want %s", got, want)
			}
			if got.Location() != time.UTC {
				t.Errorf("the zone is %s", got.Location())
			}
		})
	}
}

func TestNextWithoutZoneIsUTC(t *testing.T) {
	got := mustParse(t, "0 8 * * *").Next(at(t, "2026-03-01T00:00:00-08:00"), nil, "")
	if want := at(t, "2026-03-02T08:00:00Z"); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestNextDay holds every cron line of a sample, in zones with the oddest
// clocks, to what it says: the next run is after the time, on a day and minute
// that the line names, and no minute between would have done.
func TestNextDay(t *testing.T) {
	specs := []string{"0 5 * * 4", "30 2 * * *", "0 0 * * *", "15 0 * * fri", "*/20 1 1,15 * *", "59 23 31 12 *", "0 12 13 * 5", "7 3-5 * 3-5 mon-wed",
		"0 9 * * fri", "0 9 28 3 *", "*/7 0,23 * * sat,sun", "0 6 8 3 *"}
	zones := []string{"UTC", "Africa/Cairo", "America/Havana", "Asia/Beirut", "Australia/Lord_Howe", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Antarctica/Troll",
		"America/Santiago", "Asia/Gaza", "America/Scoresbysund", "Africa/Casablanca"}
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, spec := range specs {
		for _, name := range zones {
			z := zone(t, name)
			for range 60 {
				after := time.Unix(1767225600+rnd.Int64N(2*365*24*3600), rnd.Int64N(1e9))
				checkNext(t, spec, after.In(z))
			}
		}
	}
}

// checkNext looks for a run that Next has passed over, within nine days.
func checkNext(t *testing.T, spec string, after time.Time) {
	t.Helper()
	s := mustParse(t, spec)
	got := s.Next(after, after.Location(), "").In(after.Location())
	if !got.After(after) || !fires(s, got) {
		t.Fatalf("%s in %s after %s: %s", spec, after.Location(), after, got)
	}
	missed := after.Truncate(time.Minute).Add(time.Minute)
	for ; missed.Before(got) && missed.Sub(after) < 9*24*time.Hour; missed = missed.Add(time.Minute) {
		if fires(s, missed) {
			t.Fatalf("%s in %s after %s: %s comes before %s", spec, after.Location(), after, missed, got)
		}
	}
}

// fires reports whether a line names the wall-clock time, straight from its
// fields.
func fires(s Schedule, t time.Time) bool {
	bit := func(set uint64, n int) bool { return set&(1<<uint(n)) != 0 }
	return t.Second() == 0 && bit(s.spec.Minute, t.Minute()) && bit(s.spec.Hour, t.Hour()) && dayMatches(s.spec, t)
}

func TestNextInterval(t *testing.T) {
	after := at(t, "2026-03-01T10:02:03.5Z")
	for spec, every := range map[string]time.Duration{
		"@every 10s": 10 * time.Second, "@every 90s": 90 * time.Second, "@every 1h30m": 90 * time.Minute,
		"@every 1d": 24 * time.Hour, "@every 2w": 14 * 24 * time.Hour, "  @every  5m ": 5 * time.Minute,
	} {
		s := mustParse(t, spec)
		first := s.Next(after, nil, "tass")
		if wait := first.Sub(after); wait <= 0 || wait > every {
			t.Errorf("%q: the first run comes after %s", spec, wait)
		}
		if second := s.Next(first, nil, "tass"); second.Sub(first) != every {
			t.Errorf("%q: the second run comes %s after the first", spec, second.Sub(first))
		}
		if first.Nanosecond() != 0 {
			t.Errorf("%q: %s is within a second", spec, first)
		}
		if again := s.Next(after.In(time.FixedZone("x", 20700)), time.FixedZone("y", -3600), "tass"); !again.Equal(first) {
			t.Errorf("%q: another zone moves the run to %s", spec, again)
		}
	}
}

// TestIntervalAlignment: however often and whenever it is asked, an interval
// has the same runs, so that a restart moves nothing.
func TestIntervalAlignment(t *testing.T) {
	s := mustParse(t, "@every 7m")
	rnd := rand.New(rand.NewPCG(3, 4))
	for i := range 200 {
		name := fmt.Sprint("source-", i)
		a := time.Unix(rnd.Int64N(4e9)-1e9, 0)
		first := s.Next(a, nil, name)
		for _, off := range []time.Duration{-time.Nanosecond, -time.Second, -3 * time.Minute} {
			if got := s.Next(first.Add(off), nil, name); !got.Equal(first) {
				t.Fatalf("%s: from %s the next run is %s, not %s", name, first.Add(off), got, first)
			}
		}
	}
}

// TestMissedRunsOnce: after a long stop there is one run, and then the usual
// interval.
func TestMissedRunsOnce(t *testing.T) {
	now := at(t, "2026-03-01T10:02:03Z")
	for _, spec := range []string{"@every 1m", "*/2 * * * *"} {
		if next := mustParse(t, spec).Next(now, nil, "tass"); !next.After(now) {
			t.Errorf("%q: the next run, %s, lies in the past", spec, next)
		}
	}
}

// TestSpread: sources with names like in real configs share out the interval;
// no second of the ten minutes gets more than a few of five hundred, and each
// tenth of it gets its part.
func TestSpread(t *testing.T) {
	const every = 10 * time.Minute
	s := mustParse(t, "@every 10m")
	now := at(t, "2026-03-01T10:00:00Z")
	seconds, tenths := map[time.Time]int{}, [10]int{}
	for i := range 500 {
		next := s.Next(now, nil, fmt.Sprintf("s%d", i))
		seconds[next]++
		tenths[next.Sub(now.Add(time.Second))/(every/10)]++
	}
	for second, n := range seconds {
		if n > 7 {
			t.Errorf("%d of 500 run at %s", n, second)
		}
	}
	for i, n := range tenths {
		if n < 25 || n > 80 {
			t.Errorf("the %d. tenth of the interval has %d of 500 runs", i+1, n)
		}
	}
}

// TestAdaptive: only a source without a schedule is adaptive, and it has no run
// that could be told beforehand.
func TestAdaptive(t *testing.T) {
	for spec, want := range map[string]bool{"": true, "  ": true, "@every 5m": false, "@hourly": false, "* * * * *": false} {
		s := mustParse(t, spec)
		if s.Adaptive() != want || s.Next(at(t, "2026-03-01T10:00:00Z"), nil, "tass").IsZero() != want {
			t.Errorf("%q: adaptive %v", spec, s.Adaptive())
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for spec, want := range map[string]string{
		"TZ=Europe/Moscow 0 8 * * *":   "holds no time zone",
		"TZ=":                          "holds no time zone",
		"TZ=0":                         "holds no time zone",
		"CRON_TZ=UTC":                  "holds no time zone",
		"@every TZ=x":                  "holds no time zone",
		"0 0 30 2 *":                   "no such date",
		"0 0 31 4,6,9,11 *":            "no such date",
		"@every 9s":                    "too often",
		"@every 0s":                    "too often",
		"@every -1h":                   "too often",
		"@every 1500ms":                "too often",
		"@every 10500ms":               "whole number of seconds",
		"@every 400d":                  "too seldom",
		"@every 2562047h":              "too seldom",
		"@every":                       "and a duration",
		"@every5m":                     "and a duration",
		"@every 5":                     "no duration",
		"@every 99999999999d":          "no duration",
		"@reboot":                      "@hourly",
		"@HOURLY":                      "@hourly",
		"*":                            "1 fields",
		"* * * * * *":                  "6 fields",
		"*/90 * * * *":                 "longer than the field",
		"5-10/60 * * * *":              "longer than the field",
		"* */24 * * *":                 "longer than the field",
		"*/0 * * * *":                  "no positive number",
		"*/+5 * * * *":                 "no positive number",
		"*/-5 * * * *":                 "no positive number",
		"*/ * * * *":                   "no positive number",
		"60 * * * *":                   "not within 0 to 59",
		"* 24 * * *":                   "not within 0 to 23",
		"* * 0 * *":                    "not within 1 to 31",
		"* * * 13 *":                   "not within 1 to 12",
		"* * * * 7":                    "Sunday is 0",
		"* * * * 5-7":                  "Sunday is 0",
		"* * * * monday":               "sun mon tue",
		"* * * jan-dez *":              "jan feb",
		"* * mon * *":                  "no number",
		", * * * *":                    "missing",
		"1,,2 * * * *":                 "missing",
		"-5 * * * *":                   "missing",
		"5- * * * *":                   "missing",
		"+5 * * * *":                   "no number",
		"1-2-3 * * * *":                "hyphens",
		"30-10 * * * *":                "beyond end",
		"1/2/3 * * * *":                "no positive number",
		"* * L * *":                    "no number",
		"99999999999999999999 * * * *": "no number",
	} {
		s, err := Parse(spec)
		if err == nil {
			t.Errorf("%q was accepted: %+v", spec, s)
			continue
		}
		if !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "parse schedule ") {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

func TestBackoff(t *testing.T) {
	for _, c := range []struct {
		failures   int
		base, want time.Duration
	}{
		{0, time.Minute, 0},
		{-3, time.Minute, 0},
		{5, 0, 0},
		{5, -time.Second, 0},
		{1, time.Minute, time.Minute},
		{2, time.Minute, 2 * time.Minute},
		{6, time.Minute, 32 * time.Minute},
		{7, time.Minute, time.Hour},
		{1 << 30, time.Minute, time.Hour},
		{1 << 40, time.Nanosecond, time.Hour},
		{1, 24 * time.Hour, time.Hour},
	} {
		if got := Backoff(c.failures, c.base, time.Hour); got != c.want {
			t.Errorf("Backoff(%d, %s) = %s, want %s", c.failures, c.base, got, c.want)
		}
	}
}

func TestDaylight(t *testing.T) {
	now := at(t, "2026-01-15T00:00:00Z")
	for _, c := range []struct{ spec, zone, want string }{
		{"30 2 * * *", "America/New_York", "skipped 2026-03-08"},
		{"0,30 2 * * *", "America/New_York", "skipped 2026-03-08"},
		{"30 1 * * *", "America/New_York", "twice 2026-11-01"},
		{"0 8 * * *", "America/New_York", ""},
		{"30 * * * *", "America/New_York", ""},
		{"*/5 * * * *", "America/New_York", ""},
		{"30 2 * * 1", "America/New_York", ""}, // the clocks change on Sundays
		{"30 2 * * *", "UTC", ""},
		{"30 2 * * *", "Europe/Moscow", ""},
		{"15 0 * * *", "Africa/Cairo", "skipped 2026-04-24"},
		{"@every 1h", "America/New_York", ""},
		{"", "America/New_York", ""},
	} {
		got := ""
		if d, ok := mustParse(t, c.spec).Daylight(now, zone(t, c.zone)); ok {
			word := map[bool]string{true: "skipped", false: "twice"}[d.Skipped]
			if d.Skipped == d.Twice {
				t.Errorf("%s: skipped and twice are both %v", c.spec, d.Twice)
			}
			got = word + " " + d.At.In(zone(t, c.zone)).Format(time.DateOnly)
		}
		if got != c.want {
			t.Errorf("%s in %s: %q, want %q", c.spec, c.zone, got, c.want)
		}
	}
	if _, ok := mustParse(t, "30 2 * * *").Daylight(now, nil); ok {
		t.Error("without a zone there is UTC, which changes no clocks")
	}
}

// FuzzParse: whatever is accepted has a next run after any time, in any zone,
// and runs go forward.
func FuzzParse(f *testing.F) {
	for _, spec := range []string{"", "*/5 * * * *", "@every 10s", "@daily", "0 0 29 2 *", "TZ=0", "CRON_TZ=UTC", "0 0 31 2 *", "1-5/2,7 ? * jan-mar mon", "@every 1d"} {
		f.Add(spec, int64(1767225600), "Africa/Cairo", "tass")
	}
	f.Fuzz(func(t *testing.T, spec string, unix int64, zoneName, name string) {
		s, err := Parse(spec)
		if err != nil || s.Adaptive() {
			return
		}
		z, err := time.LoadLocation(zoneName)
		if err != nil {
			z = time.UTC
		}
		const century = 100 * 366 * 24 * 3600
		after := time.Unix(unix%century, 0)
		for range 3 {
			next := s.Next(after, z, name)
			if !next.After(after) {
				t.Fatalf("%q: %s does not come after %s", spec, next, after)
			}
			if s.spec != nil && !fires(s, next.In(z)) {
				t.Fatalf("%q: %s is not meant", spec, next.In(z))
			}
			after = next
		}
		s.Daylight(after, z)
	})
}
