package crawl

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// TakenPush is a push whose source is claimed for it.
type TakenPush struct {
	Token string // of the subscription
	Claim store.PushClaim
	Taken time.Time // when it was claimed
}

// Pushed begins the visit that stands for a push from a source of a plan, and
// renews the claim on the source: the push may have waited to be read.
func (l *Lists) Pushed(ctx context.Context, push TakenPush, src news.Source, plan *act.Plan) (*Visit, error) {
	state, err := l.Store.Sources.Renew(ctx, push.Claim.Claim, l.Now())
	if err != nil {
		return nil, err
	}
	v := &Visit{lists: l, claim: push.Claim.Claim}
	v.know(src, state, plan, push.Taken)
	return v, nil
}

// SavePushed records the stories of a push as those of a list are, identity and
// all: what is known already, by whatever way it came, is passed over.
func (v *Visit) SavePushed(ctx context.Context, push TakenPush, list news.Listing) (Crawled, error) {
	l, now := v.lists, v.lists.Now()
	v.list, v.done.Listed = list, len(list.Stories)
	found, err := v.identify(ctx, now)
	if err != nil {
		return v.done, err
	}
	r := v.recorder(now)
	r.firstRun = false // what is pushed is new
	if err := r.saveFresh(ctx, found.fresh); err != nil {
		return v.done, err
	}
	if _, err := v.saveEdits(ctx, &found); err != nil { // a poll finds what is left
		return v.done, err
	}
	end := store.PushResult{
		Token: push.Token, Fresh: v.done.New > 0, Habit: v.habitAfterPush(found.fresh, now),
		Taken: push.Taken, Soon: now.Add(PushRest),
	}
	return v.done, l.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.Pushes.MarkRecorded(ctx, push.Claim, end); err != nil {
			return err
		}
		return found.save(ctx, tx)
	})
}

// habitAfterPush is what is known of a source's rhythm after a push: its news
// counts as that of a poll does, or a source that only pushes would seem to be
// silent. It was watched all the time.
func (v *Visit) habitAfterPush(fresh []store.NewStory, now time.Time) string {
	if len(fresh) == 0 {
		return v.state.Habit
	}
	poll := schedule.Poll{Validators: v.state.Validators != news.Validators{}, Last: now.Add(-schedule.Ceiling)}
	for _, s := range fresh {
		poll.New = append(poll.New, s.Published)
		poll.Newest = later(poll.Newest, s.Published)
	}
	return act.Encode(v.habit.Learn(now, poll))
}
