package alert

import (
	"context"
	"slices"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
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
	for i := 0; i < len(alerts); i++ {
		recalls, err := tx.Recalls.Of(ctx, alerts[i].ID)
		if err != nil {
			return told, err
		}
		standing := alerts[i]
		standing.Rules = missing(standing.Rules, news.RecalledRules(recalls))
		rule, reached, ok := firstReached(r.plan, &standing, accounts)
		if !ok {
			continue
		}
		calls := r.raisedCalls(s, matches, rule, alerts[i], reached.Severity)
		tells, err := r.escalateAlert(ctx, tx, &alerts[i], id, calls, reached)
		if err != nil {
			return told, err
		}
		told += tells
		if alerts, err = tx.Alerts.OfNews(ctx, id); err != nil { // it may have raised others
			return told, err
		}
	}
	return told, nil
}

// firstReached returns the first rule of an alert that has reached an escalation above the
// alert's severity.
func firstReached(plan *act.Plan, on *news.Alert, accounts []cluster.Account) (string, cluster.Raised, bool) {
	for _, rule := range on.Rules {
		if reached, ok := cluster.Escalate(plan.Escalations[rule], accounts, on.Severity); ok {
			return rule, reached, true
		}
	}
	return "", cluster.Raised{}, false
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

// escalateAlert raises an alert, and the newest one on the news of each other channel that is
// to hear of it. A channel that has none gets one, whose message says why. It returns how
// many channels are told.
func (r Recorder) escalateAlert(
	ctx context.Context, tx *store.Tx, on *news.Alert, id int64, calls []news.Alert, reached cluster.Raised,
) (told int, err error) {
	for _, call := range calls {
		held, found := *on, true
		if call.Channel != on.Channel {
			held, found, err = tx.Alerts.OnNews(ctx, id, call.Channel)
		}
		if err != nil {
			return told, err
		}
		how := notify.Raise{From: held.Severity, At: r.now, Outlets: reached.Outlets, Over: reached.Over}
		var tells bool
		if found {
			tells, err = r.escalateHeld(ctx, tx, held, call, how)
		} else {
			call.Cluster, call.Story, how.From = on.Cluster, on.Story, on.Severity
			tells, err = r.addRaised(ctx, tx, call, how)
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

// escalateHeld raises an alert that a channel has to what an escalation calls for.
func (r Recorder) escalateHeld(
	ctx context.Context, tx *store.Tx, held, call news.Alert, how notify.Raise,
) (tells bool, err error) {
	grown, err := r.grow(ctx, tx, held, call)
	if err != nil || !raised(held, grown) {
		return false, err
	}
	_, tells, err = r.raise(ctx, tx, grown, held.Story, how)
	tx.AfterCommit(r.Meter.Escalation)
	return tells, err
}

// addRaised records an alert in a channel that hears of a news only now that it was raised. It
// returns whether the channel is told at once. What several outlets raised is no matter of one
// source: a snooze of a rule at that does not keep it.
func (r Recorder) addRaised(ctx context.Context, tx *store.Tx, call news.Alert, how notify.Raise) (bool, error) {
	snoozes, err := tx.Snoozes.In(ctx, call.Channel, r.now)
	if err != nil {
		return false, err
	}
	z, _ := act.SnoozeOf(snoozes, call.Rules, "", func(string) news.Severity { return call.Severity })
	if in, kept := r.plan.Kept(&call, z, r.now); kept {
		_, err := tx.Alerts.AddToDigest(ctx, call, in)
		return false, err
	}
	text, err := encode(call, how)
	if err != nil {
		return false, err
	}
	return tx.Alerts.AddRaised(ctx, call, text)
}
