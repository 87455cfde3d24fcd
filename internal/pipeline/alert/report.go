package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// further is one more report of a news that a channel has an alert on.
type further struct {
	on      news.Alert // that the channel has
	call    news.Alert // that the report calls for; without rules where it matches none of the channel's
	story   store.NewStory
	at      placement
	matches []news.Match
}

// report records what a further report is worth to a channel, and has the channel told
// as that deserves. It returns whether there is anything new to tell.
func (r Recorder) report(ctx context.Context, tx *store.Tx, f *further) (tells bool, err error) {
	w, err := r.worth(ctx, tx, f)
	if err != nil {
		return false, err
	}
	grown, err := r.grow(ctx, tx, f.on, f.call)
	if err != nil {
		return false, err
	}
	why, err := json.Marshal(w)
	if err != nil {
		return false, fmt.Errorf("report story %d: %w", f.story.ID, err)
	}
	told := store.NewsReport{
		Alert: f.on.ID, Story: f.story.ID, Relation: f.at.relation.String(), Level: int(w.Level), Why: string(why),
		Created: r.now,
	}
	level, known, err := tx.Alerts.ReportOf(ctx, f.on.ID, f.story.ID)
	if err != nil {
		return false, err
	}
	if known && int(w.Level) <= level && !raised(f.on, grown) { // it was told, and says no more by now
		return false, nil
	}
	if raised(f.on, grown) {
		told.Delivery, tells, err = r.raise(ctx, tx, grown, f.story.ID, notify.Raise{
			From: f.on.Severity, At: r.now, Rules: missing(grown.Rules, f.on.Rules),
		})
	} else {
		told.Delivery, err = r.tell(ctx, tx, f, w.Level)
		tells = told.Delivery != 0
	}
	if err == nil {
		err = tx.Alerts.AddReport(ctx, told)
	}
	tx.AfterCommit(func() { r.Meter.Report(told.Relation, w.Level.String()) })
	return tells, err
}

// silently records a further report of which the channel is told nothing.
func (f *further) silently(ctx context.Context, tx *store.Tx, now time.Time) error {
	if f.on.Story == f.story.ID {
		return nil
	}
	return tx.Alerts.AddReport(ctx, store.NewsReport{
		Alert: f.on.ID, Story: f.story.ID, Relation: f.at.relation.String(), Level: int(cluster.CopyLevel), Created: now,
	})
}

// grow adds to an alert what another story, or an edit, calls for.
func (r Recorder) grow(ctx context.Context, tx *store.Tx, on, call news.Alert) (grown news.Alert, err error) {
	grown = on
	grown.Severity = max(on.Severity, call.Severity)
	grown.Rules = slices.Concat(on.Rules, missing(call.Rules, on.Rules))
	grown.Mentions = slices.Concat(on.Mentions, missing(call.Mentions, on.Mentions))
	if grown.Fallback = call.Fallback; grown.Fallback.After > 0 {
		if err := tx.Unanswered.Add(ctx, grown); err != nil {
			return grown, err
		}
	}
	if grown.Severity == on.Severity && len(grown.Rules) == len(on.Rules) && len(grown.Mentions) == len(on.Mentions) {
		return grown, nil
	}
	if err := tx.Alerts.Grow(ctx, grown); err != nil || on.Severity >= news.High || grown.Severity < news.High {
		return grown, err
	}
	return grown, tx.Looks.Hasten(ctx, on.Story, NextLook(on.Created, r.now, grown.Severity))
}

// raised reports whether an alert grew so that the channel has to be told again.
func raised(was, is news.Alert) bool {
	return is.Severity > was.Severity || len(is.Mentions) > len(was.Mentions)
}

// raise tells a channel that an alert is more severe, or mentions more. While nobody has
// tried to send the alert's message, that one tells of the new story instead.
func (r Recorder) raise(
	ctx context.Context, tx *store.Tx, grown news.Alert, story int64, how notify.Raise,
) (delivery int64, tells bool, err error) {
	untold, err := tx.Deliveries.Retell(ctx, grown, story)
	if err != nil || untold {
		return 0, untold, err
	}
	unsent, err := tx.Deliveries.UnsentUpdate(ctx, grown.ID, 0, news.AboutRaised)
	if err == nil && unsent.ID != 0 {
		again, err := raiseAgain(ctx, tx, r, unsent, rise{how, grown, story})
		if err != nil || again {
			return unsent.ID, again, err
		}
	}
	if err == nil {
		delivery, err = r.update(ctx, tx, grown, news.AboutRaised, story, how)
	}
	return delivery, true, err
}

// encode returns what a delivery of an alert says as its text.
func encode(a news.Alert, says any) (string, error) {
	text, err := json.Marshal(says)
	if err != nil {
		return "", fmt.Errorf("tell %s of story %d: %w", a.Channel, a.Story, err)
	}
	return string(text), nil
}

// update records an update of an alert, due now.
func (r Recorder) update(
	ctx context.Context, tx *store.Tx, a news.Alert, about news.About, story int64, says any,
) (delivery int64, err error) {
	text, err := encode(a, says)
	if err != nil {
		return 0, err
	}
	return tx.Deliveries.AddUpdate(ctx, news.Delivery{
		Alert: a.ID, Story: story, Channel: a.Channel, Kind: news.DeliverUpdate, About: about, Severity: a.Severity,
		State: news.StatePending, Text: text, Due: r.now, Created: r.now,
	})
}

// tell has a report told by what it is worth, and returns the delivery that does; 0 when
// the report is only counted. While the channel is to be shown nothing, a development is
// told as what adds nothing is.
func (r Recorder) tell(ctx context.Context, tx *store.Tx, f *further, level cluster.Level) (delivery int64, err error) {
	if level == cluster.Development {
		hushed, err := f.hushed(ctx, tx, r.now)
		if err != nil {
			return 0, err
		}
		if hushed {
			level = cluster.NothingNew
		}
	}
	about, due, severity := news.AboutBatch, r.now, f.on.Severity
	switch level {
	case cluster.CopyLevel:
		return tx.Deliveries.OpenUpdate(ctx, f.on.ID, about, r.now) // in the next batch, if there is one
	case cluster.NothingNew:
		due, severity = nextBatch(f.on.Created, r.now), news.Info
	case cluster.Development:
		about = news.AboutDevelopment
		last, today, err := tx.Deliveries.Shown(ctx, f.on.ID, about, r.now.Add(-24*time.Hour))
		if err != nil {
			return 0, err
		}
		due = nextDevelopment(r.now, last, today)
	case cluster.Turn:
		about = news.AboutTurn
	}
	if due.IsZero() {
		return 0, nil
	}
	if open, err := tx.Deliveries.OpenUpdate(ctx, f.on.ID, about, r.now); err != nil || open != 0 {
		return open, err
	}
	return tx.Deliveries.AddUpdate(ctx, news.Delivery{
		Alert: f.on.ID, Story: f.story.ID, Channel: f.on.Channel, Kind: news.DeliverUpdate, About: about, Severity: severity,
		State: news.StatePending, Due: due, Created: r.now,
	})
}

// missing returns the names that are not among the known ones.
func missing(names, known []string) (more []string) {
	for _, n := range names {
		if !slices.Contains(known, n) {
			more = append(more, n)
		}
	}
	return more
}
