package alert

import (
	"context"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/signal"
	"github.com/copytaster/copytaster/internal/store"
)

// foldWait is how long the list of what a storm folded waits for more.
const foldWait = 75 * time.Second

// calmer is how many times fewer news than begin a storm let it end.
const calmer = 3

// storm returns the storm that folds what a story calls for: more news than the plan allows
// come from each rule of the call. It begins, or goes on, with it. folds is false when the
// channel is to be told singly.
//
//  1. What is urgent is never folded. Of high alerts only high ones count.
//  2. A storm begins above the number of news, and goes on above a third of it.
//  3. Nothing is folded as long as somebody wants the rule's news singly.
func (f *further) storm(
	ctx context.Context, tx *store.Tx, plan *act.Plan, now time.Time,
) (id int64, folds bool, err error) {
	if plan.Storm.News == 0 || f.call.Severity >= news.Urgent || len(f.call.Rules) == 0 { // 1
		return 0, false, nil
	}
	counted := news.Info
	if f.call.Severity == news.High {
		counted = news.High
	}
	var in news.Storm
	busy := false
	for i, rule := range f.call.Rules {
		since := now.Add(-plan.Storm.Over)
		n, err := tx.Storms.Count(ctx, rule, f.call.Channel, counted, since)
		if err != nil {
			return 0, false, err
		}
		st, err := tx.Storms.On(ctx, rule, f.call.Channel)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return 0, false, err
		}
		goesOn := st.ID != 0 && st.Ended.IsZero() && st.Busy.After(now)
		begins := n >= plan.Storm.News
		if st.Singly.After(now) || !begins && (!goesOn || counted == news.High) { // 2, 3
			return 0, false, nil
		}
		if !goesOn {
			st = news.Storm{Rule: rule, Channel: f.call.Channel, Since: since, Began: now, Busy: now.Add(plan.Storm.Over)}
		}
		if i == 0 || in.ID == 0 && st.ID != 0 { // one that goes on
			in, busy = st, n >= max(1, plan.Storm.News/calmer)
		}
	}
	id, err = blow(ctx, tx, plan, &in, busy, now)
	return id, err == nil, err
}

// blow begins a storm, or has one go on that is busy. It returns its ID.
func blow(
	ctx context.Context, tx *store.Tx, plan *act.Plan, st *news.Storm, busy bool, now time.Time,
) (id int64, err error) {
	if st.ID == 0 {
		if st.Head, err = signal.BurstHead(ctx, tx, plan, st.Rule, st.Channel, now); err == nil {
			st.ID, err = tx.Storms.Begin(ctx, *st)
		}
	} else if busy {
		err = tx.Storms.Blow(ctx, st.ID, now.Add(plan.Storm.Over))
	}
	if err != nil {
		return 0, err
	}
	return st.ID, tx.Storms.Show(ctx, st.ID, now, act.CoverageEvery)
}
