package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
)

// Bounds of what is told of a day.
const (
	day         = 24 * time.Hour
	lookDaily   = 5 * time.Second // between two looks whether a day is to be told
	mostDaily   = 10              // sources, or snoozes, that are named
	clockTurned = 25 * time.Hour  // how far ahead the last day may lie: the clock may have been set back by less
)

// tellDaily tells the ops channel how a day was, once for each time of alerts.daily. What was
// told last stands in the store: of several daemons one tells it, and one that was down tells
// the last day alone. A clock that is set back does not have a day told again.
func (p *Pipeline) tellDaily(ctx context.Context, now time.Time) error {
	plan := p.Plan()
	if since := now.Sub(p.lookedDaily); plan.Daily.Adaptive() || plan.OpsChannel == "" || since >= 0 && since < lookDaily {
		return nil
	}
	p.lookedDaily = now
	was, err := p.Store.Settings.Get(ctx, store.SettingDaily)
	if err != nil {
		return err
	}
	last, err := time.Parse(time.RFC3339, was)
	known := err == nil && last.Sub(now) < clockTurned // else it begins now
	if known && now.Before(plan.Daily.Next(last, plan.Timezone, "")) {
		return nil
	}
	text := ""
	if known {
		if text, err = p.daily(ctx, now); err != nil {
			return err
		}
	}
	return p.Store.InTx(ctx, func(tx *store.Tx) error {
		mine, err := tx.Notices.MarkDaily(ctx, was, now.UTC().Format(time.RFC3339))
		if err != nil || !mine {
			return err
		}
		return p.Ops(ctx, tx, now, text)
	})
}

// daily says how the last day was.
func (p *Pipeline) daily(ctx context.Context, now time.Time) (string, error) {
	since, zone := now.Add(-day), p.Plan().Timezone
	lines := []string{"The last 24 hours, until " + now.In(zone).Format("2 Jan 15:04 MST") + ":"}
	sources, err := p.dailySources(ctx, zone)
	if err != nil {
		return "", err
	}
	counts, err := p.Store.Counts.Day(ctx, since)
	if err != nil {
		return "", err
	}
	told, err := p.Store.Counts.News(ctx, since)
	if err != nil {
		return "", err
	}
	lines = append(lines, sources...)
	lines = append(lines, fmt.Sprintf("Stories: %d; news alerted: %d, in %d alerts; further reports: %d.",
		counts.Stories, told.News, counts.Alerts, told.Reports))
	if counts.Sent > 0 {
		lines = append(lines, fmt.Sprintf("From publication to message: 95 %% within %s.", roughly(counts.P95)))
	}
	if counts.Dead > 0 {
		lines = append(lines, fmt.Sprintf("Given up: %s, edits and what was dropped not counted. `copytaster deliveries --state dead` lists them.",
			text.Many(int(counts.Dead), "delivery")))
	}
	snoozes, err := p.dailySnoozes(ctx, now, zone)
	return strings.Join(append(lines, snoozes...), "\n"), err
}

// dailySources says how many sources can be read, and names those that cannot.
func (p *Pipeline) dailySources(ctx context.Context, zone *time.Location) (lines []string, err error) {
	sources, err := p.Store.Sources.Watched(ctx)
	ok := 0
	for _, s := range sources {
		var state health.State
		p.Decode(s.Name, s.Health, &state)
		if state.Healthy() {
			ok++
			continue
		}
		line := fmt.Sprintf("• %s is %s since %s", s.Name, state.Verdict, state.Began().In(zone).Format("2 Jan 15:04"))
		if state.Detail != "" {
			line += ": " + state.Detail
		}
		lines = append(lines, line)
	}
	head := fmt.Sprintf("Sources: %d of %d in order.", ok, len(sources))
	return append([]string{head}, few(lines)...), err
}

// dailySnoozes names the snoozes of more than a day, with what they keep.
func (p *Pipeline) dailySnoozes(ctx context.Context, now time.Time, zone *time.Location) (lines []string, err error) {
	all, err := p.Store.Snoozes.All(ctx, now)
	for i := range all {
		z := &all[i]
		if z.Until.Sub(z.Since) <= day {
			continue
		}
		kept, err := p.Store.Snoozes.Held(ctx, z.ID)
		if err != nil {
			return nil, err
		}
		lines = append(lines, fmt.Sprintf("• %s in #%s until %s, by %s: %d kept", z.Subject(), z.Channel,
			z.Until.In(zone).Format("2 Jan 15:04"), z.By.Name, kept))
	}
	if len(lines) > 0 {
		lines = append([]string{"Snoozed for more than a day:"}, few(lines)...)
	}
	return lines, err
}

// few are the first lines of many, and how many more there are.
func few(lines []string) []string {
	if more := len(lines) - mostDaily; more > 0 {
		return append(lines[:mostDaily:mostDaily], fmt.Sprintf("• and %d more", more))
	}
	return lines
}

// roughly is a duration to the minute, or to the second where it is shorter.
func roughly(d time.Duration) string {
	if d < 2*time.Minute {
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	}
	return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
}
