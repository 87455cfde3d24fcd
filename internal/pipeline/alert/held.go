package alert

import (
	"context"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// snoozed returns the snooze that keeps what a story calls for from the channel, by the
// severity that each rule of the call has in the story. held is false when the channel is told.
func (f *further) snoozed(ctx context.Context, tx *store.Tx, now time.Time) (z news.Snooze, held bool, err error) {
	all, err := tx.Snoozes.In(ctx, f.call.Channel, now)
	if err != nil || len(all) == 0 {
		return z, false, err
	}
	z, held = act.SnoozeOf(all, f.call.Rules, f.story.Origin.Source, func(rule string) news.Severity {
		if at := slices.IndexFunc(f.matches, func(m news.Match) bool { return m.Rule == rule }); at >= 0 {
			return f.matches[at].Severity
		}
		return f.call.Severity
	})
	return z, held, nil
}

// addAlert records the alert that a story calls for in a channel that has none on its news.
// earlier is one on what may be the same news, 0 for none. It returns whether the channel
// is told at once. In a storm the channel is told by the list of what is folded.
func (r Recorder) addAlert(
	ctx context.Context, tx *store.Tx, f *further, earlier int64, loose bool,
) (tells bool, err error) {
	z, _, err := f.snoozed(ctx, tx, r.now)
	if err != nil {
		return false, err
	}
	in, kept := r.plan.Kept(&f.call, z, r.now)
	if !kept {
		storm, folds, err := f.storm(ctx, tx, r.plan, r.now)
		if err != nil {
			return false, err
		}
		if !folds {
			return tx.Alerts.Add(ctx, f.call, earlier, loose)
		}
		return tx.Alerts.AddToDigest(ctx, f.call, store.DigestOf{
			About: news.AboutFold, Key: store.StormKey(storm), Due: r.now.Add(foldWait),
		})
	}
	_, err = tx.Alerts.AddToDigest(ctx, f.call, in)
	return false, err
}

// silenced reports whether a channel hears no more of a news, because somebody took back what
// each rule that finds it told, the report's and the alert's.
func (f *further) silenced(ctx context.Context, tx *store.Tx) (bool, error) {
	recalls, err := tx.Recalls.OnNews(ctx, f.at.news, f.on.Channel)
	if err != nil || !f.on.TakenBack(recalls) {
		return false, err
	}
	return len(missing(f.call.Rules, news.RecalledRules(recalls))) == 0, nil
}

// wakes has a channel told at once of an alert that a snooze keeps, or that was taken back,
// because a rule finds its news that is not snoozed there. It returns whether the channel is:
// what quiet hours or a calendar keep is told by their digest, and not when the snooze ends.
func (r Recorder) wakes(ctx context.Context, tx *store.Tx, f *further) (tells bool, err error) {
	more := missing(f.call.Rules, f.on.Rules)
	if len(more) == 0 {
		return false, nil
	}
	kept, err := tx.Snoozes.Keeps(ctx, f.on.ID)
	if err != nil {
		return false, err
	}
	recalls, err := tx.Recalls.Of(ctx, f.on.ID)
	if err != nil || !kept && !f.on.TakenBack(recalls) {
		return false, err
	}
	if _, held, err := f.snoozed(ctx, tx, r.now); err != nil || held {
		return false, err
	}
	if in, keeps := r.plan.Kept(&f.call, news.Snooze{}, r.now); keeps { // it is told then
		return false, tx.Alerts.WaitWith(ctx, f.on, in)
	}
	grown, err := r.grow(ctx, tx, f.on, f.call)
	if err != nil {
		return false, err
	}
	_, tells, err = r.raise(ctx, tx, grown, f.story.ID, notify.Raise{From: f.on.Severity, At: r.now, Rules: more})
	return tells, err
}

// hushed reports whether a channel is shown nothing of a further report but turns, because
// somebody snoozed its news there, or all rules that it matches. A report that matches none
// of the channel's is judged by those of the alert.
func (f *further) hushed(ctx context.Context, tx *store.Tx, now time.Time) (bool, error) {
	on, err := tx.Snoozes.OnNews(ctx, f.at.news, f.on.Channel, now)
	if err != nil || on {
		return on, err
	}
	judged := *f
	if len(f.call.Rules) == 0 {
		judged.call.Rules, judged.call.Severity = f.on.Rules, f.on.Severity
	}
	_, held, err := judged.snoozed(ctx, tx, now)
	return held, err
}
