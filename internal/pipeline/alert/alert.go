// Package alert records what follows from a story that is known well enough to
// be judged: the rules it matches, the cluster it belongs to, and the alerts and
// deliveries that those call for. Make a Recorder with NewRecorder and call
// Record for a story whose list says enough, Complete for one whose page was
// read, and Revise for one whose outlet changed it.
//
// A story, its matches, alerts and deliveries are recorded in one transaction.
// One that matches begins with the lock on clusters, so that of two stories with
// the same news only one alerts.
package alert

import (
	"context"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/signal"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Recorder records what follows from stories at one time, by one plan.
type Recorder struct {
	*act.Env

	index *SketchIndex
	plan  *act.Plan
	now   time.Time
}

// NewRecorder makes a recorder of what follows from stories by a plan now.
func NewRecorder(index *SketchIndex, plan *act.Plan, now time.Time) Recorder {
	return Recorder{Env: index.env, index: index, plan: plan, now: now}
}

// Read reads a story that matches, before the transaction that records what follows.
func (r Recorder) Read(ctx context.Context, s *news.Story) (*Compared, error) {
	return r.index.Read(ctx, s)
}

// Lock is the first statement of a transaction that decides on clusters.
func (r Recorder) Lock(ctx context.Context, tx *store.Tx) error {
	if err := tx.Stories.LockClusters(ctx); err != nil {
		return err
	}
	if err := r.index.follow(ctx, tx.Sketches); err != nil {
		return err
	}
	return r.index.followPartings(ctx, tx)
}

// Record records, in the transaction that adds a new story and that has called Lock,
// what follows from its matches. read is the story as it was read before. It returns
// how many channels are told anything.
func (r Recorder) Record(
	ctx context.Context, tx *store.Tx, n store.NewStory, read *Compared, matches []news.Match,
) (told int, err error) {
	own := n.Cluster
	if _, err := joinCluster(ctx, tx, n.Story); err != nil {
		return 0, err
	}
	at, err := r.index.place(ctx, tx, read, n.Story, n.Cluster != own)
	if err != nil {
		return 0, err
	}
	return r.saveMatches(ctx, tx, n, at, matches)
}

// saveMatches records the rules that a story matched, the alerts they call for
// and the deliveries that keep those. It returns how many channels are told
// anything.
func (r Recorder) saveMatches(
	ctx context.Context, tx *store.Tx, n store.NewStory, at placement, matches []news.Match,
) (told int, err error) {
	if len(matches) == 0 {
		return 0, nil
	}
	if err := tx.Stories.AddMatches(ctx, n.ID, matches, r.now); err != nil {
		return 0, err
	}
	switch {
	case r.plan.MayAlert(n, r.now):
		return r.saveAlerts(ctx, tx, n, at, matches)
	case r.plan.Missed(n, r.now):
		return r.saveMissed(ctx, tx, n, at, matches)
	}
	return 0, nil
}

// saveFurther is saveMatches for a story that matched only after its outlet
// changed it.
func (r Recorder) saveFurther(
	ctx context.Context, tx *store.Tx, n store.NewStory, at placement, matches []news.Match,
) (told int, err error) {
	if len(matches) == 0 {
		return 0, nil
	}
	if err := tx.Stories.AddMatches(ctx, n.ID, matches, r.now); err != nil || !r.plan.MayAlertAgain(n, r.now) {
		return 0, err
	}
	return r.saveAlerts(ctx, tx, n, at, matches)
}

// saveAlerts records the alerts that matches call for, and what the story is worth to
// the channels that have one on its news. A story that raised an alert is looked at again.
func (r Recorder) saveAlerts(
	ctx context.Context, tx *store.Tx, n store.NewStory, at placement, matches []news.Match,
) (told int, err error) {
	withdrawn, err := r.withdrawOthers(ctx, tx, n.Story)
	if err != nil {
		return 0, err
	}
	calls, err := r.calls(ctx, tx, n.Story, at.news, matches)
	if err != nil {
		return 0, err
	}
	told = len(withdrawn)
	var severity news.Severity
	escalated, counts := false, at.relation != cluster.Copy || !r.index.told(n.Cluster, n.Origin.Source)
	for _, call := range calls {
		if slices.Contains(withdrawn, call.Channel) {
			continue
		}
		f := further{call: call, story: n, at: at, matches: matches}
		tells, err := r.saveAlert(ctx, tx, &f)
		if err != nil {
			return told, err
		}
		if severity = max(severity, call.Severity, f.on.Severity); tells {
			told++
		}
		counts = counts || len(missing(call.Rules, f.on.Rules)) > 0
	}
	if counts { // a further copy by one source is no further voice
		raised, err := r.escalate(ctx, tx, at.news, n.Story, matches)
		if told, escalated = told+raised, raised > 0; err != nil {
			return told, err
		}
	}
	if at.relation != cluster.Apart || escalated {
		if err := tx.Deliveries.EditNews(ctx, at.news, r.now, act.CoverageEvery); err != nil {
			return told, err
		}
	}
	if told > 0 {
		if err := signal.Bursts(ctx, tx, r.plan, n.Story, matches, r.now); err != nil {
			return told, err
		}
	}
	if src, ok := r.plan.Sources[n.Origin.Source]; ok && told > 0 && HasPage(src, n.Story) {
		return told, tx.Looks.Schedule(ctx, n.ID, news.Host(n.URL), NextLook(r.now, r.now, severity))
	}
	return told, nil
}

// calls are the alerts that a story calls for, and for each further channel that has an
// alert on its news one without rules: what the story is worth there does not depend on
// which channel its own rules name.
func (r Recorder) calls(
	ctx context.Context, tx *store.Tx, s *news.Story, id int64, matches []news.Match,
) ([]news.Alert, error) {
	calls := r.plan.Alerts(s, matches, r.now)
	alerts, err := tx.Alerts.OfNews(ctx, id)
	for _, on := range alerts {
		if !slices.ContainsFunc(calls, func(c news.Alert) bool { return c.Channel == on.Channel }) {
			calls = append(calls, news.Alert{Cluster: s.Cluster, Story: s.ID, Channel: on.Channel, Created: r.now})
		}
	}
	return calls, err
}

// saveAlert records one alert that a story calls for. It returns whether the channel is
// told anything at once, or later.
//
//  1. A channel without an alert on the news gets one, unless it was shown the story before
//     that left another news. If its rules are snoozed there, a digest tells it. It names
//     the alert on what may be the same news. What a snooze keeps is told at once when a
//     rule finds it that is not snoozed.
//  2. Of a news that was taken back the channel hears no more.
//  3. What an edit of an alerted story calls for is added to the alert.
//  4. A channel that wants a message for each report gets one for each cluster that its
//     rules take, unless the news is snoozed there.
//  5. Everything else is a further report.
func (r Recorder) saveAlert(ctx context.Context, tx *store.Tx, f *further) (tells bool, err error) {
	on, found, err := tx.Alerts.OnNews(ctx, f.at.news, f.call.Channel)
	told, silenced := false, false
	if f.on = on; err == nil && found {
		silenced, err = f.silenced(ctx, tx)
	}
	if err == nil && f.at.left {
		told, err = shown(ctx, tx, f.story.ID, f.call.Channel)
	}
	switch {
	case err != nil:
		return false, err
	case !found && f.at.left && told:
		return false, nil
	case !found:
		maybe, _, err := tx.Alerts.OnNews(ctx, f.at.maybe, f.call.Channel)
		if err != nil {
			return false, err
		}
		return r.addAlert(ctx, tx, f, maybe.ID, true)
	case silenced:
		return false, f.silently(ctx, tx, r.now)
	case on.Story == f.story.ID:
		if wakes, err := r.wakes(ctx, tx, f); err != nil || wakes {
			return wakes, err
		}
		return r.extend(ctx, tx, on, f)
	case r.plan.SameNewsIn(f.call.Channel) == news.SameNewsMessage:
		own, found, err := tx.Alerts.OnCluster(ctx, f.call.Cluster, f.call.Channel)
		if err != nil {
			return false, err
		}
		quiet := false
		if !found {
			quiet, err = tx.Snoozes.OnNews(ctx, f.at.news, f.call.Channel, r.now)
		}
		switch {
		case err != nil || !found && len(f.call.Rules) == 0:
			return false, err
		case !found && !quiet:
			return r.addAlert(ctx, tx, f, on.ID, false)
		case found:
			on = own
		}
	}
	if f.on = on; len(missing(f.call.Rules, on.Rules)) > 0 {
		wakes, err := r.wakes(ctx, tx, f)
		if err != nil || wakes {
			return wakes, err
		}
	}
	return r.report(ctx, tx, f)
}

// shown reports whether a channel was shown a story.
func shown(ctx context.Context, tx *store.Tx, story int64, channel string) (bool, error) {
	audience, err := tx.Alerts.Audience(ctx, story, int(cluster.Development))
	return slices.ContainsFunc(audience, func(a store.Audience) bool { return a.Channel == channel }), err
}

// extend adds to an alert what the words that its story has now call for.
func (r Recorder) extend(ctx context.Context, tx *store.Tx, on news.Alert, f *further) (tells bool, err error) {
	grown, err := r.grow(ctx, tx, on, f.call)
	if err != nil || !raised(on, grown) {
		return false, err
	}
	_, tells, err = r.raise(ctx, tx, grown, f.story.ID, notify.Raise{
		From: on.Severity, At: r.now, Rules: missing(grown.Rules, on.Rules),
	})
	return tells, err
}

// missedWait is how long a digest of what was missed waits for what other
// sources and pages add to it. Its stories are older than the greatest age.
const missedWait = 5 * time.Minute

// saveMissed records that matches of a story are told in the digests of what was
// missed, unless the channel has an alert on the news.
func (r Recorder) saveMissed(
	ctx context.Context, tx *store.Tx, n store.NewStory, at placement, matches []news.Match,
) (told int, err error) {
	for _, a := range r.plan.Alerts(n.Story, matches, r.now) {
		_, found, err := tx.Alerts.OnNews(ctx, at.news, a.Channel)
		if err != nil {
			return told, err
		}
		if found {
			continue
		}
		added, err := tx.Alerts.AddToDigest(ctx, a, store.DigestOf{Due: r.plan.Awake(a.Channel, r.now.Add(missedWait))})
		if err != nil {
			return told, err
		}
		if added {
			told++
		}
	}
	return told, nil
}

// CountMatches counts, for the metrics, matches that were recorded.
func (r Recorder) CountMatches(matches []news.Match) {
	for _, m := range matches {
		r.Meter.Match(m.Rule)
	}
}
