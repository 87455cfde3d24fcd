package config_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
)

// TestWarningsOfClocks: a daily time that the clocks leave out or repeat is
// said with the day.
func TestWarningsOfClocks(t *testing.T) {
	c, mistakes := loadText(t, `timezone: America/New_York
sources:
  - {name: a, feed: "https://a.example/", schedule: 30 2 * * *}
  - {name: b, feed: "https://b.example/", schedule: 30 1 * * *}
  - {name: c, feed: "https://c.example/", schedule: "@hourly"}
  - {name: d, feed: "https://d.example/"}
`)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	var got []string
	for _, m := range c.WarningsAt(time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)) {
		got = append(got, m.Error())
		if m.Excerpt == "" || m.Severity != config.Warning {
			t.Errorf("%+v", m)
		}
	}
	want := []string{
		"copytaster.yaml:3:53: warning: a does not run on 2026-03-08, when the clocks of America/New_York change",
		"copytaster.yaml:4:53: warning: b runs twice on 2026-11-01, when the clocks of America/New_York change",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWarningsOfDays: a rule whose last day is past is named, from the first
// instant after that day in the config's zone.
func TestWarningsOfDays(t *testing.T) {
	c, mistakes := loadText(t, `rules:
  - {name: a, any: [x], until: 2026-12-05}
  - {name: b, any: [x], until: 2026-12-05, enabled: false}
  - name: c
    any: [x]
    until: 2027-01-01
timezone: Asia/Seoul
`)
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	end := time.Date(2026, 12, 5, 15, 0, 0, 0, time.UTC) // midnight in Seoul
	if got := c.Definition.Rules[0].Until; !got.Equal(end) {
		t.Errorf("the day ends at %s", got)
	}
	if got := c.WarningsAt(end.Add(-time.Nanosecond)); len(got) > 0 {
		t.Errorf("on the last day: %v", got)
	}
	got := c.WarningsAt(end)
	if len(got) != 1 || got[0].Error() != "copytaster.yaml:2:32: warning: the last day of the rule a is past: it matches nothing" || got[0].Hint == "" || got[0].Excerpt == "" {
		t.Errorf("after it: %+v", got)
	}
}

// TestLastDay: a day ends where the next one begins, also where clocks change
// at midnight.
func TestLastDay(t *testing.T) {
	for _, c := range []struct{ zone, day, want string }{
		{"UTC", "2026-12-05", "2026-12-06T00:00:00Z"},
		{"UTC", "2026-12-31", "2027-01-01T00:00:00Z"},
		{"UTC", "2024-02-28", "2024-02-29T00:00:00Z"},
		{"Asia/Seoul", "2026-12-05", "2026-12-06T00:00:00+09:00"},
		{"America/New_York", "2026-03-08", "2026-03-09T00:00:00-04:00"}, // 23 hours long
		{"Asia/Beirut", "2021-03-27", "2021-03-28T01:00:00+03:00"},      // 00:00 is left out
		{"America/Havana", "2021-03-13", "2021-03-14T01:00:00-04:00"},   // the same, west of Greenwich
		{"America/Havana", "2021-11-06", "2021-11-07T00:00:00-04:00"},   // 00:00 comes twice: the first one
		{"Asia/Amman", "2021-10-28", "2021-10-29T00:00:00+03:00"},       // the same, east of Greenwich
		{"Asia/Beirut", "2021-10-30", "2021-10-31T00:00:00+02:00"},      // 23:00 comes twice on the day itself
	} {
		config, mistakes := loadText(t, "timezone: "+c.zone+"\nrules: [{name: a, any: [x], until: "+c.day+"}]\n")
		if mistakes != nil {
			t.Fatal(mistakes)
		}
		if got := config.Definition.Rules[0].Until.Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s ends at %s, want %s", c.day, c.zone, got, c.want)
		}
	}
}
