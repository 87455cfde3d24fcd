package pipeline

import (
	"context"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// saveMatches records, in the transaction that records the story, the rules it
// matched, the alerts they call for and the deliveries that keep those. It
// returns how many channels are told anything.
func (p *Pipeline) saveMatches(ctx context.Context, tx *store.Tx, plan *Plan, n store.NewStory, matches []news.Match, now time.Time) (told int, err error) {
	if len(matches) == 0 {
		return 0, nil
	}
	if err := tx.Stories.AddMatches(ctx, n.ID, matches, now); err != nil {
		return 0, err
	}
	switch {
	case plan.mayAlert(n, now):
		return p.saveAlerts(ctx, tx, plan, n, matches, now)
	case plan.missed(n, now):
		return p.saveMissed(ctx, tx, plan, n, matches, now)
	}
	return 0, nil
}

// saveFurther is saveMatches for a story that matched only after its outlet
// changed it.
func (p *Pipeline) saveFurther(ctx context.Context, tx *store.Tx, plan *Plan, n store.NewStory, matches []news.Match, now time.Time) (told int, err error) {
	if len(matches) == 0 {
		return 0, nil
	}
	if err := tx.Stories.AddMatches(ctx, n.ID, matches, now); err != nil || !plan.mayAlertAgain(n, now) {
		return 0, err
	}
	return p.saveAlerts(ctx, tx, plan, n, matches, now)
}

// saveAlerts records the alerts that matches call for. A story that raised one
// is looked at again.
func (p *Pipeline) saveAlerts(ctx context.Context, tx *store.Tx, plan *Plan, n store.NewStory, matches []news.Match, now time.Time) (told int, err error) {
	for _, a := range plan.alerts(n.Story, matches, now) {
		tells, err := tx.Alerts.Add(ctx, a, n.ID)
		if err != nil {
			return told, err
		}
		if tells {
			told++
		}
	}
	if src, ok := plan.Sources[n.Origin.Source]; ok && told > 0 && hasPage(src, n.Story) {
		return told, tx.Looks.Plan(ctx, n.ID, news.Host(n.URL), nextLook(now, now))
	}
	return told, nil
}

// missedWait is how long a digest of what was missed waits for what other
// sources and pages add to it. Its stories are older than the greatest age.
const missedWait = 5 * time.Minute

// saveMissed records that matches of a story are told in the digests of what was
// missed.
func (p *Pipeline) saveMissed(ctx context.Context, tx *store.Tx, plan *Plan, n store.NewStory, matches []news.Match, now time.Time) (told int, err error) {
	for _, a := range plan.alerts(n.Story, matches, now) {
		added, err := tx.Alerts.AddToDigest(ctx, a, n.ID, now.Add(missedWait))
		if err != nil {
			return told, err
		}
		if added {
			told++
		}
	}
	return told, nil
}

// mayAlert reports whether a story is news: on a source's first run only what
// the plan allows (a story without a date counts as old), later whatever is
// younger than the greatest age.
func (plan *Plan) mayAlert(n store.NewStory, now time.Time) bool {
	if n.FirstRun && !plan.FirstRun.Everything {
		if n.Published.IsZero() || now.Sub(n.Published) >= plan.FirstRun.Younger {
			return false
		}
	}
	return !plan.tooOld(n, now)
}

// missed reports whether a story is too old to alert for no other reason than
// that we, or its source, were down when it was news.
func (plan *Plan) missed(n store.NewStory, now time.Time) bool {
	return n.Missed && !n.FirstRun && plan.tooOld(n, now)
}

func (plan *Plan) tooOld(n store.NewStory, now time.Time) bool {
	return plan.MaxAge > 0 && !n.Published.IsZero() && now.Sub(n.Published) > plan.MaxAge
}

// mayAlertAgain reports whether an edited story is news. Its edit is, whenever
// its source was first crawled, except for a story that is too old: its age is
// that of its publication, or else of its first sight, not of the edit, so that
// a spelling mended in an old story wakes nobody. What came without a date with
// a source's first crawl counts as old.
func (plan *Plan) mayAlertAgain(n store.NewStory, now time.Time) bool {
	if plan.MaxAge == 0 || !n.Published.IsZero() {
		return !plan.tooOld(n, now)
	}
	return !n.FirstRun && now.Sub(n.FirstSeen) <= plan.MaxAge
}

// count counts matches that were recorded.
func (p *Pipeline) count(matches []news.Match) {
	for _, m := range matches {
		p.meter.Match(m.Rule)
	}
}

// alerts gathers the matches by channel: one alert a channel, with all its
// rules and the highest severity.
func (plan *Plan) alerts(s *news.Story, matches []news.Match, now time.Time) []news.Alert {
	var alerts []news.Alert
	for _, m := range matches {
		for _, t := range plan.Routes.Targets(m, s) {
			i := slices.IndexFunc(alerts, func(a news.Alert) bool { return a.Channel == t.Channel })
			if i < 0 {
				i = len(alerts)
				alerts = append(alerts, news.Alert{Cluster: s.Cluster, Channel: t.Channel, Severity: m.Severity, Created: now})
			}
			a := &alerts[i]
			a.Severity = max(a.Severity, m.Severity)
			if !slices.Contains(a.Rules, m.Rule) {
				a.Rules = append(a.Rules, m.Rule)
			}
			for _, who := range t.Mentions {
				if !slices.Contains(a.Mentions, who) {
					a.Mentions = append(a.Mentions, who)
				}
			}
		}
	}
	return alerts
}
