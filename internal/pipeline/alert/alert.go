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
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/signal"
	"github.com/copytaster/copytaster/internal/store"
)

// Recorder records what follows from stories at one time, by one plan.
type Recorder struct {
	*act.Env

	copies *Copies
	plan   *act.Plan
	now    time.Time
}

// NewRecorder makes a recorder of what follows from stories by a plan now.
func NewRecorder(copies *Copies, plan *act.Plan, now time.Time) Recorder {
	return Recorder{Env: copies.env, copies: copies, plan: plan, now: now}
}

// Read reads a story that matches, before the transaction that records what follows.
func (r Recorder) Read(ctx context.Context, s *news.Story) (*Reading, error) {
	return r.copies.Read(ctx, s)
}

// Lock is the first statement of a transaction that decides on clusters.
func (r Recorder) Lock(ctx context.Context, tx *store.Tx) error {
	if err := tx.Stories.LockClusters(ctx); err != nil {
		return err
	}
	return r.copies.follow(ctx, tx.Sketches)
}

// Record records, in the transaction that adds a new story and that has called Lock,
// what follows from its matches. read is the story as it was read before. It returns
// how many channels are told anything.
func (r Recorder) Record(
	ctx context.Context, tx *store.Tx, n store.NewStory, read *Reading, matches []news.Match,
) (told int, err error) {
	own := n.Cluster
	if _, err := joinCluster(ctx, tx, n.Story); err != nil {
		return 0, err
	}
	if err := r.copies.join(ctx, tx, read, n.Story, n.Cluster != own); err != nil {
		return 0, err
	}
	return r.saveMatches(ctx, tx, n, matches)
}

// saveMatches records the rules that a story matched, the alerts they call for
// and the deliveries that keep those. It returns how many channels are told
// anything.
func (r Recorder) saveMatches(
	ctx context.Context, tx *store.Tx, n store.NewStory, matches []news.Match,
) (told int, err error) {
	if len(matches) == 0 {
		return 0, nil
	}
	if err := tx.Stories.AddMatches(ctx, n.ID, matches, r.now); err != nil {
		return 0, err
	}
	switch {
	case r.plan.MayAlert(n, r.now):
		return r.saveAlerts(ctx, tx, n, matches)
	case r.plan.Missed(n, r.now):
		return r.saveMissed(ctx, tx, n, matches)
	}
	return 0, nil
}

// saveFurther is saveMatches for a story that matched only after its outlet
// changed it.
func (r Recorder) saveFurther(
	ctx context.Context, tx *store.Tx, n store.NewStory, matches []news.Match,
) (told int, err error) {
	if len(matches) == 0 {
		return 0, nil
	}
	if err := tx.Stories.AddMatches(ctx, n.ID, matches, r.now); err != nil || !r.plan.MayAlertAgain(n, r.now) {
		return 0, err
	}
	return r.saveAlerts(ctx, tx, n, matches)
}

// saveAlerts records the alerts that matches call for. A story that raised one
// is looked at again.
func (r Recorder) saveAlerts(
	ctx context.Context, tx *store.Tx, n store.NewStory, matches []news.Match,
) (told int, err error) {
	for _, a := range r.plan.Alerts(n.Story, matches, r.now) {
		tells, err := tx.Alerts.Add(ctx, a, n.ID)
		if err != nil {
			return told, err
		}
		if tells {
			told++
		}
	}
	if told > 0 {
		if err := signal.Bursts(ctx, tx, r.plan, n.Story, matches, r.now); err != nil {
			return told, err
		}
	}
	if src, ok := r.plan.Sources[n.Origin.Source]; ok && told > 0 && HasPage(src, n.Story) {
		return told, tx.Looks.Schedule(ctx, n.ID, news.Host(n.URL), NextLook(r.now, r.now))
	}
	return told, nil
}

// missedWait is how long a digest of what was missed waits for what other
// sources and pages add to it. Its stories are older than the greatest age.
const missedWait = 5 * time.Minute

// saveMissed records that matches of a story are told in the digests of what was
// missed.
func (r Recorder) saveMissed(
	ctx context.Context, tx *store.Tx, n store.NewStory, matches []news.Match,
) (told int, err error) {
	for _, a := range r.plan.Alerts(n.Story, matches, r.now) {
		added, err := tx.Alerts.AddToDigest(ctx, a, n.ID, r.now.Add(missedWait))
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
