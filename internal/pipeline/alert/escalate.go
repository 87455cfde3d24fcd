package alert

import (
	"context"
	"slices"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// escalate raises the alerts on a news that its reports make more severe, as the rules say.
// s is the newest report, with its matches. It returns how many channels are told.
func (r Recorder) escalate(
	ctx context.Context, tx *store.Tx, id int64, s *news.Story, matches []news.Match,
) (told int, err error) {
	if len(r.plan.Escalations) == 0 {
		return 0, nil
	}
	stories, err := tx.Stories.OfNews(ctx, id)
	if err != nil {
		return 0, err
	}
	alerts, err := tx.Alerts.OfNews(ctx, id)
	if err != nil {
		return 0, err
	}
	accounts := r.plan.Accounts(stories)
	for _, on := range alerts {
		for _, rule := range on.Rules {
			reached, ok := cluster.Escalate(r.plan.Escalations[rule], accounts, on.Severity)
			if !ok {
				continue
			}
			tells, err := r.escalateAlert(ctx, tx, id, on, r.raisedCalls(s, matches, rule, on, reached.Severity), reached)
			if err != nil {
				return told, err
			}
			told += tells
			break
		}
	}
	return told, nil
}

// raisedCalls are the alerts that a rule calls for at a higher severity: the routes may
// mention others, and name more channels. Where the newest report does not match the rule,
// only the alert's own channel is known.
func (r Recorder) raisedCalls(
	s *news.Story, matches []news.Match, rule string, on news.Alert, severity news.Severity,
) []news.Alert {
	at := slices.IndexFunc(matches, func(m news.Match) bool { return m.Rule == rule })
	m := news.Match{Rule: rule, To: []string{on.Channel}}
	if at >= 0 {
		m = matches[at]
	}
	m.Severity = severity
	return r.plan.Alerts(s, []news.Match{m}, r.now)
}

// escalateAlert raises an alert, and adds alerts in the channels that hear of the news only
// now. It returns how many channels are told.
func (r Recorder) escalateAlert(
	ctx context.Context, tx *store.Tx, id int64, on news.Alert, calls []news.Alert, reached cluster.Raised,
) (told int, err error) {
	how := notify.Raise{From: on.Severity, At: r.now, Outlets: reached.Outlets, Over: reached.Over}
	for _, call := range calls {
		tells := false
		if call.Channel == on.Channel {
			var grown news.Alert
			if grown, err = r.grow(ctx, tx, on, call); err == nil && raised(on, grown) {
				_, tells, err = r.raise(ctx, tx, grown, on.Story, how)
			}
		} else if _, found, failed := tx.Alerts.OnNews(ctx, id, call.Channel); failed != nil || found {
			err = failed
		} else {
			call.Cluster, call.Story = on.Cluster, on.Story
			tells, err = tx.Alerts.Add(ctx, call, 0, false)
		}
		if err != nil {
			return told, err
		}
		if tells {
			told++
		}
	}
	return told, nil
}
