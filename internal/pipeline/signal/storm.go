package signal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// BurstHead returns the message that tells a channel of a burst of a rule which goes on: it
// heads a storm of the rule. It is 0 when there is none.
func BurstHead(
	ctx context.Context, tx *store.Tx, plan *act.Plan, rule, channel string, now time.Time,
) (delivery int64, err error) {
	w, ok := plan.Signals[rule]
	if !ok || w.Burst == nil {
		return 0, nil
	}
	all, err := tx.Storms.Signalled(ctx, channel, now.Add(-min(w.Burst.Over, store.HeadedFor)))
	if err != nil {
		return 0, err
	}
	for _, d := range all {
		if s, err := notify.SignalOf(d); err == nil && s.Rule == rule && s.News > 0 {
			return d.ID, nil
		}
	}
	return 0, nil
}

// head has the message of a burst head the storm of its rule that goes on in a channel.
func head(ctx context.Context, tx *store.Tx, rule, channel string, now time.Time) error {
	st, err := tx.Storms.On(ctx, rule, channel)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || !st.Ended.IsZero() {
		return err
	}
	all, err := tx.Storms.Signalled(ctx, channel, now)
	if err != nil || len(all) == 0 {
		return err
	}
	return tx.Storms.HeadBy(ctx, st, all[0].ID, now)
}

// TendStorms ends the storms that have become calm, which their channels are told, and has
// those that go on headed by a new message every hour, except in the quiet hours of their channels.
func TendStorms(ctx context.Context, env *act.Env, now time.Time) error {
	due, err := env.Store.Storms.Due(ctx, now)
	errs := []error{err}
	for i := range due {
		err := env.Store.InTx(ctx, func(tx *store.Tx) error {
			if err := tx.Stories.LockClusters(ctx); err != nil { // what it folds is counted
				return err
			}
			st, err := tx.Storms.Get(ctx, due[i].ID)
			if err != nil || !st.Ended.IsZero() {
				return err
			}
			switch {
			case !st.Busy.After(now):
				return calm(ctx, tx, st, now)
			case st.Headed.After(now.Add(-store.HeadedFor)): // it has gone on meanwhile
				return nil
			}
			if _, _, waits := env.Plan().Waits(st.Channel, news.Normal, now); waits {
				return tx.Storms.KeepHead(ctx, st.ID, now)
			}
			return tx.Storms.HeadAnew(ctx, st, now)
		})
		if err != nil {
			errs = append(errs, fmt.Errorf("tend storm %d: %w", due[i].ID, err))
		}
	}
	return errors.Join(errs...)
}

// calm ends a storm, and has its channel told, unless all of it was taken back.
func calm(ctx context.Context, tx *store.Tx, st news.Storm, now time.Time) error {
	st.Ended = now
	if ended, err := tx.Storms.End(ctx, st); err != nil || !ended {
		return err
	}
	if err := tx.Storms.Show(ctx, st.ID, now, 0); err != nil {
		return err
	}
	if stands, err := tx.Storms.Stands(ctx, st); err != nil || !stands { // that it was taken back was told
		return err
	}
	n, err := tx.Storms.Folded(ctx, st.ID)
	if err != nil {
		return err
	}
	text, err := json.Marshal(notify.StormOver{Rule: st.Rule, From: st.Began, To: now, News: n})
	if err != nil {
		return err
	}
	return tx.Deliveries.Add(ctx, news.Delivery{
		Channel: st.Channel, Kind: news.DeliverNotice, About: news.AboutStorm, Severity: news.Normal,
		State: news.StatePending, Text: string(text), Due: now, Created: now,
	})
}
