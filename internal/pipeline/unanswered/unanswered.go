// Package unanswered has others told of alerts that nobody answers. Make a Watch with New;
// Tell is to be called every few seconds.
//
// An alert for which a route names a fallback has a row until it is too old to be news. When
// it is due it is looked whether the alert was posted, is open, and for how long: what people
// answered, and what opened the alert again, is read then and stored nowhere else. Of one
// news others are told once, whatever its reports, channels and daemons.
package unanswered

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// oldest is how old an alert is at most of which others are told, where the plan sets no
// greatest age.
const oldest = 48 * time.Hour

// forgotten is how long it is waited for an alert to be posted: longer than for the next
// digest of a month.
const forgotten = 32 * 24 * time.Hour

// Watch looks at the alerts for which an answer is waited.
type Watch struct{ env *act.Env }

// New makes a Watch that works with an environment.
func New(env *act.Env) *Watch { return &Watch{env: env} }

// Tell looks at the alerts that are due, and records messages about those that nobody
// answers.
func (w *Watch) Tell(ctx context.Context, now time.Time) error {
	due, err := w.env.Store.Unanswered.Due(ctx, now)
	for _, alert := range due {
		err = errors.Join(err, w.look(ctx, alert, now))
	}
	return err
}

// look looks at one alert. Nothing else decides on clusters, or records an answer, meanwhile:
// of two alerts on one news one is told.
func (w *Watch) look(ctx context.Context, alert int64, now time.Time) error {
	told := false
	err := w.env.Store.InTx(ctx, func(tx *store.Tx) error {
		told = false
		if err := tx.Stories.LockClusters(ctx); err != nil {
			return err
		}
		open, found, err := tx.Unanswered.Get(ctx, alert, now)
		if err != nil || !found {
			return err
		}
		on, err := tx.Alerts.AlertOf(ctx, alert)
		if err != nil {
			return err
		}
		age, after := now.Sub(open.Since), open.Fallback.After
		unposted := open.Since.IsZero()
		switch {
		case open.Told, unposted && now.Sub(on.Created) > forgotten,
			!unposted && age-after > cmp.Or(w.env.Plan().MaxAge, oldest):
			return tx.Unanswered.Drop(ctx, alert)
		case unposted || open.Answered:
			return tx.Unanswered.LookAgain(ctx, alert, open.Since, now.Add(min(after, store.LookUnanswered)))
		case age < after:
			return tx.Unanswered.LookAgain(ctx, alert, open.Since, now.Add(min(after-age, store.LookUnanswered)))
		}
		told = true
		return w.tell(ctx, tx, on, open, now)
	})
	if told && err == nil {
		w.env.Log.Info("nobody answered an alert, others are told", "alert", alert)
	}
	return err
}

// tell records what others are told of an alert, and what its thread is.
func (w *Watch) tell(ctx context.Context, tx *store.Tx, on news.Alert, open store.OpenAlert, now time.Time) error {
	said := notify.Unanswered{
		Since: open.Since, At: now, After: open.Fallback.After, To: open.Fallback.To, Mentions: open.Fallback.Mentions,
	}
	for _, channel := range open.Fallback.To {
		if hours, _, waits := w.env.Plan().Waits(channel, on.Severity, now); waits {
			said.Later = append(said.Later, notify.ToldLater{Channel: channel, At: hours.Until})
		}
	}
	own := false
	for _, channel := range open.Fallback.To {
		own = own || channel == on.Channel
		err := tx.Deliveries.Add(ctx, news.Delivery{
			Alert: on.ID, Channel: channel, Kind: news.DeliverUnanswered, Severity: on.Severity, State: news.StatePending,
			Text: said.Encode(), Due: now, Created: now,
		})
		if err != nil {
			return err
		}
	}
	if !own {
		_, err := tx.Deliveries.AddUpdate(ctx, news.Delivery{
			Alert: on.ID, Channel: on.Channel, Kind: news.DeliverUpdate, About: news.AboutUnanswered, Severity: on.Severity,
			State: news.StatePending, Text: said.Encode(), Due: now, Created: now,
		})
		if err != nil {
			return err
		}
	}
	return tx.Unanswered.Drop(ctx, on.ID)
}
