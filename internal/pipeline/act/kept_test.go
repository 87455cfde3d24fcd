package act_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// TestKept: what keeps an alert from its channel, of quiet hours and snoozes; of two the one that
// ends last. A snooze keeps what all rules find, up to its severity.
func TestKept(t *testing.T) {
	noon := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	until := func(hours int) time.Time { return noon.Add(time.Duration(hours) * time.Hour) }
	snooze := func(id int64, rule string, hours int) news.Snooze {
		return news.Snooze{ID: id, Kind: news.SnoozeRule, Rule: rule, Severity: news.Normal, Until: until(hours)}
	}
	outlet := news.Snooze{
		ID: 3, Kind: news.SnoozeOutlet, Rule: "kim", Source: "tass", Severity: news.Urgent, Until: until(1),
	}
	kim, both := []string{"kim"}, []string{"kim", "putin"}
	two := []news.Snooze{snooze(1, "kim", 2)}
	for name, c := range map[string]struct {
		quiet    int           // hours from noon on
		snoozes  []news.Snooze // the last to end first
		rules    []string
		severity news.Severity
		about    news.About // "": the channel is told at once
		due      int        // hours after noon
		snooze   int64      // whose digest tells it
	}{
		"nothing":              {0, nil, kim, news.Normal, "", 0, 0},
		"quiet":                {4, nil, kim, news.High, news.AboutQuiet, 4, 0},
		"urgent in the quiet":  {4, nil, kim, news.Urgent, "", 0, 0},
		"snoozed":              {0, two, kim, news.Normal, news.AboutSnooze, 2, 1},
		"more severe":          {0, two, kim, news.High, "", 0, 0},
		"another rule":         {0, two, both, news.Normal, "", 0, 0},
		"no rule":              {0, two, nil, news.Normal, "", 0, 0},
		"both rules":           {0, append([]news.Snooze{snooze(2, "putin", 3)}, two...), both, news.Normal, news.AboutSnooze, 3, 2},
		"quiet is longer":      {4, two, kim, news.Normal, news.AboutQuiet, 4, 0},
		"snooze is longer":     {1, two, kim, news.Normal, news.AboutSnooze, 2, 1},
		"at its outlet":        {0, []news.Snooze{outlet}, kim, news.Urgent, news.AboutSnooze, 1, 3},
		"snoozed in the quiet": {4, []news.Snooze{outlet}, kim, news.Urgent, news.AboutSnooze, 4, 3},
	} {
		t.Run(name, func(t *testing.T) {
			plan := act.Plan{}
			if c.quiet > 0 {
				plan.Hours = map[string]schedule.Hours{"news": {
					Quiet: []schedule.Lull{{From: 11 * time.Hour, To: time.Duration(12+c.quiet) * time.Hour}}, Zone: time.UTC,
				}}
			}
			z, _ := act.SnoozeOf(c.snoozes, c.rules, "tass", func(string) news.Severity { return c.severity })
			in, kept := plan.Kept(&news.Alert{Channel: "news", Severity: c.severity}, z, noon)
			if kept != (c.about != "") || in.About != c.about {
				t.Fatalf("kept %t by %q, want %q", kept, in.About, c.about)
			}
			if kept && !in.Due.Equal(until(c.due)) || c.snooze != 0 && in.Key != store.SnoozeKey(c.snooze) {
				t.Errorf("told at %s by %s, want %s by %d", in.Due, in.Key, until(c.due), c.snooze)
			}
		})
	}
}
