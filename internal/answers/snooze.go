package answers

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// ErrSnooze says that something cannot be snoozed as it was asked for.
var ErrSnooze = errors.New("cannot snooze")

// Snooze keeps something from a channel until z.Until: z says what, where and why. The
// channel is told who did it, except for a news, whose message says so. A snooze of the
// same thing takes the place of one that holds. The error wraps ErrSnooze when z asks for
// what there is not, or for too long.
func (a *Recorder) Snooze(ctx context.Context, said Said, z news.Snooze) (Result, news.Snooze, error) {
	z.By, z.Since = said.By, a.Now()
	if err := a.check(&z); err != nil {
		return Result{}, z, err
	}
	begun := z
	w := news.Answer{Kind: news.AnswerSnooze, Alert: z.Alert, Reason: z.Why}
	out, err := a.say(ctx, said, w, func(tx *store.Tx, w *news.Answer) (none news.Answer, err error) {
		begun = z
		if begun.Kind == news.SnoozeNews {
			on, err := tx.Alerts.AlertOf(ctx, z.Alert)
			if err != nil {
				return none, err
			}
			begun.Channel, begun.Cluster, begun.Severity = on.Channel, on.Cluster, on.Severity
		}
		return none, a.begin(ctx, tx, &begun, w)
	})
	if out.Known {
		begun.ID = out.Answer.Target
	}
	return out, begun, err
}

// begin records a snooze in the place of those of the same in the same channel: what they
// keep is told when it ends, and the message that showed one of them shows it.
func (a *Recorder) begin(ctx context.Context, tx *store.Tx, z *news.Snooze, w *news.Answer) (err error) {
	all, err := tx.Snoozes.In(ctx, z.Channel, z.Since)
	if err != nil {
		return err
	}
	before := slices.DeleteFunc(all, func(o news.Snooze) bool {
		return o.Kind != z.Kind || o.Rule != z.Rule || o.Source != z.Source || o.Cluster != z.Cluster
	})
	now := z.Since
	for i := range before {
		z.Alert = cmp.Or(z.Alert, before[i].Alert)
		if before[i].Since.Before(z.Since) { // what they keep is told as kept since then
			z.Since = before[i].Since
		}
	}
	if z.ID, err = tx.Snoozes.Begin(ctx, *z); err != nil {
		return err
	}
	w.Target = z.ID
	for i := range before {
		if err := tx.Snoozes.Replace(ctx, before[i].ID, z, a.Plan().Awake(z.Channel, z.Until), now); err != nil {
			return err
		}
		if err := tx.Deliveries.Edit(ctx, before[i].Alert, now, 0); err != nil {
			return err
		}
	}
	return a.show(ctx, tx, z, notify.SnoozeNotice{Snooze: *z}, w.At)
}

// check refuses a snooze of what there is not, in the past, or for too long.
func (a *Recorder) check(z *news.Snooze) error {
	plan := a.Plan()
	switch d := z.Until.Sub(z.Since); {
	case d <= 0:
		return fmt.Errorf("%w: it would end before it begins", ErrSnooze)
	case d > longest+time.Minute:
		return fmt.Errorf("%w: 7 days are the longest; for longer set enabled: false, or narrow the rule", ErrSnooze)
	case z.Kind == news.SnoozeNews:
		return nil
	case z.Channel == "":
		return fmt.Errorf("%w: say in which channel", ErrSnooze)
	}
	severity, ok := plan.Severities[z.Rule]
	if !ok {
		return fmt.Errorf("%w: there is no rule %q", ErrSnooze, z.Rule)
	}
	if _, ok := plan.Sources[z.Source]; !ok && z.Kind == news.SnoozeOutlet {
		return fmt.Errorf("%w: there is no source %q", ErrSnooze, z.Source)
	}
	z.Severity = severity
	return nil
}

// show has the messages that a snooze concerns show it, and its channel told.
func (a *Recorder) show(
	ctx context.Context, tx *store.Tx, z *news.Snooze, said notify.SnoozeNotice, now time.Time,
) error {
	if z.Alert != 0 {
		if err := tx.Deliveries.Edit(ctx, z.Alert, now, 0); err != nil {
			return err
		}
	}
	if z.Kind == news.SnoozeNews || said.Kept > 0 { // the digest says it
		return nil
	}
	if !z.Ended.IsZero() {
		void, err := takeBack(ctx, tx, z.Channel, news.AboutSnooze, now, func(n notify.SnoozeNotice) bool {
			return n.Snooze.ID == z.ID
		})
		if err != nil || void {
			return err
		}
	}
	return tx.Deliveries.Add(ctx, news.Delivery{
		Channel: z.Channel, Kind: news.DeliverNotice, About: news.AboutSnooze, Severity: news.Normal,
		State: news.StatePending, Text: said.Encode(), Due: now, Created: now,
	})
}

// takeBack takes a notice back that nobody has tried to send, because what it says is over by now. It
// returns false when there is none: then the channel has to be told that it is over.
func takeBack[T any](
	ctx context.Context, tx *store.Tx, channel string, about news.About, now time.Time, is func(T) bool,
) (bool, error) {
	unsent, err := tx.Deliveries.UnsentNotices(ctx, channel, about)
	for _, d := range unsent {
		var said T
		if json.Unmarshal([]byte(d.Text), &said) == nil && is(said) {
			return true, tx.Deliveries.TakeBack(ctx, d.ID, "it was over before it was told", now)
		}
	}
	return false, err
}

// EndSnooze ends a snooze early. What it kept is told now.
func (a *Recorder) EndSnooze(ctx context.Context, said Said, snooze int64) (Result, error) {
	w := news.Answer{Kind: news.AnswerUnsnooze, Target: snooze}
	return a.say(ctx, said, w, func(tx *store.Tx, w *news.Answer) (none news.Answer, err error) {
		z, err := tx.Snoozes.Get(ctx, snooze)
		if err != nil {
			return none, err
		}
		w.Alert = z.Alert
		ended, err := a.end(ctx, tx, &z, said.By, w.At)
		if err == nil && !ended {
			w.Effect = news.AnswerNothing
		}
		return none, err
	})
}

// end ends a snooze, and has its channel told what it kept: by a digest, or in a line when
// there is nothing to list.
func (a *Recorder) end(
	ctx context.Context, tx *store.Tx, z *news.Snooze, by news.Person, now time.Time,
) (bool, error) {
	ended, err := tx.Snoozes.End(ctx, z.ID, by, now)
	if err != nil || !ended {
		return false, err
	}
	kept, err := tx.Snoozes.Held(ctx, z.ID)
	if err != nil {
		return false, err
	}
	z.Ended, z.EndedBy = now, by
	return true, a.show(ctx, tx, z, notify.SnoozeNotice{Snooze: *z, Kept: kept}, now)
}

// EndOver ends the snoozes whose time is over. One that cannot be ended keeps no other from
// its end.
func (a *Recorder) EndOver(ctx context.Context, now time.Time) error {
	over, err := a.Store.Snoozes.Over(ctx, now)
	errs := []error{err}
	for i := range over {
		z := &over[i]
		err := a.Store.InTx(ctx, func(tx *store.Tx) error {
			if err := tx.Stories.LockClusters(ctx); err != nil { // what it keeps is counted
				return err
			}
			_, err := a.end(ctx, tx, z, news.Person{}, now)
			return err
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("end snooze %d: %w", z.ID, err))
		}
	}
	return errors.Join(errs...)
}
