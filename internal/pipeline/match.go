package pipeline

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
)

// saveMatches records, in the transaction that records the story, the rules it
// matched, the alerts they call for and the deliveries that keep those. It
// returns how many channels are told anything.
func (p *Pipeline) saveMatches(ctx context.Context, tx *store.Tx, plan *act.Plan, n store.NewStory, matches []news.Match, now time.Time) (told int, err error) {
	if len(matches) == 0 {
		return 0, nil
	}
	if err := tx.AddMatches(ctx, n.ID, matches, now); err != nil {
		return 0, err
	}
	switch {
	case plan.MayAlert(n, now):
		return p.saveAlerts(ctx, tx, plan, n, matches, now)
	case plan.Missed(n, now):
		return p.saveMissed(ctx, tx, plan, n, matches, now)
	}
	return 0, nil
}

// saveFurther is saveMatches for a story that matched only after its outlet
// changed it.
func (p *Pipeline) saveFurther(ctx context.Context, tx *store.Tx, plan *act.Plan, n store.NewStory, matches []news.Match, now time.Time) (told int, err error) {
	if len(matches) == 0 {
		return 0, nil
	}
	if err := tx.AddMatches(ctx, n.ID, matches, now); err != nil || !plan.MayAlertAgain(n, now) {
		return 0, err
	}
	return p.saveAlerts(ctx, tx, plan, n, matches, now)
}

// saveAlerts records the alerts that matches call for. A story that raised one
// is looked at again.
func (p *Pipeline) saveAlerts(ctx context.Context, tx *store.Tx, plan *act.Plan, n store.NewStory, matches []news.Match, now time.Time) (told int, err error) {
	for _, a := range plan.Alerts(n.Story, matches, now) {
		tells, err := tx.AddAlert(ctx, a, n.ID)
		if err != nil {
			return told, err
		}
		if tells {
			told++
		}
	}
	if src, ok := plan.Sources[n.Origin.Source]; ok && told > 0 && hasPage(src, n.Story) {
		return told, tx.PlanLook(ctx, n.ID, news.Host(n.URL), nextLook(now, now))
	}
	return told, nil
}

// missedWait is how long a digest of what was missed waits for what other
// sources and pages add to it. Its stories are older than the greatest age.
const missedWait = 5 * time.Minute

// saveMissed records that matches of a story are told in the digests of what was
// missed.
func (p *Pipeline) saveMissed(ctx context.Context, tx *store.Tx, plan *act.Plan, n store.NewStory, matches []news.Match, now time.Time) (told int, err error) {
	for _, a := range plan.Alerts(n.Story, matches, now) {
		added, err := tx.AddMissed(ctx, a, n.ID, now.Add(missedWait))
		if err != nil {
			return told, err
		}
		if added {
			told++
		}
	}
	return told, nil
}

// count counts matches that were recorded.
func (p *Pipeline) count(matches []news.Match) {
	for _, m := range matches {
		p.Meter.Match(m.Rule)
	}
}
