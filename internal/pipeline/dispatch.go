package pipeline

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline/deliver"
	"github.com/copytaster/copytaster/internal/pipeline/pace"
	"github.com/copytaster/copytaster/internal/pipeline/signal"
	"github.com/copytaster/copytaster/internal/store"
)

// Bounds of what is claimed.
const (
	lookWait     = 10 * time.Minute // what a look waits for everything new
	looksPerHost = 2                // claimed at once
	askEvery     = 5 * time.Second  // between two turns of asking hubs, so that those that hang hold few workers
	askBatch     = 8                // hubs asked in one turn
	longestIdle  = 10 * time.Second // between two dispatches
)

// queue takes claimed work inside the transaction that claims it.
type queue interface {
	List(ctx context.Context, tx *store.Tx, batch []store.Claim) error
	Page(ctx context.Context, tx *store.Tx, pages []store.Claim) error
	Look(ctx context.Context, tx *store.Tx, stories []store.Claim) error
	Deliver(ctx context.Context, tx *store.Tx, channels []store.Claim) error
	Subscribe(ctx context.Context, tx *store.Tx, batch []store.Claim) error
}

// Dispatch claims what is due and hands it to the queue in the same
// transaction: lists in batches, pages and channels one a job.
func (p *Pipeline) Dispatch(ctx context.Context) error {
	if err := p.Channels.CheckStore(ctx); err != nil {
		return err
	}
	now := p.Now()
	if err := p.tellSources(ctx, now); err != nil {
		return err
	}
	if err := p.tellDaily(ctx, now); err != nil && ctx.Err() == nil {
		p.Log.Error("how the day was is not told, trying again", "error", err)
	}
	if err := p.silences.Tell(ctx, now); err != nil {
		return err
	}
	if err := p.Answers.EndOver(ctx, now); err != nil && ctx.Err() == nil {
		p.Log.Error("a snooze does not end, trying again", "error", err)
	}
	if err := p.unanswered.Tell(ctx, now); err != nil && ctx.Err() == nil {
		p.Log.Error("it is not known which alerts nobody answered, trying again", "error", err)
	}
	if err := signal.TendStorms(ctx, p.Env, now); err != nil && ctx.Err() == nil {
		p.Log.Error("a storm is not tended, trying again", "error", err)
	}
	if err := deliver.EndPauses(ctx, p.Env, now); err != nil && ctx.Err() == nil {
		p.Log.Error("a pause does not end, trying again", "error", err)
	}
	pause, err := p.Store.Sending.Paused(ctx)
	if err != nil {
		return err
	}
	err = p.Store.InTx(ctx, func(tx *store.Tx) error {
		for _, claim := range []func(context.Context, *store.Tx, time.Time) error{
			p.claimLists, p.claimPages, p.claimLooks, p.claimSubscriptions,
		} {
			if err := claim(ctx, tx, now); err != nil {
				return err
			}
		}
		return p.claimChannels(ctx, tx, now, now.Before(pause.Until))
	})
	if err != nil {
		return fmt.Errorf("dispatch: %w", err)
	}
	return p.progress.ended(&p.progress.dispatched, nil)
}

// DispatchDue is Dispatch, unless nothing can have become due since the last call:
// once nothing has changed, it asks the store when something will be. changed says
// that something may have become due by what was recorded since. What another process
// records is found after longestIdle at the latest.
func (p *Pipeline) DispatchDue(ctx context.Context, changed bool) error {
	if !changed && p.Now().Before(p.idleUntil) {
		return nil
	}
	p.idleUntil = time.Time{}
	if err := p.Dispatch(ctx); err != nil || changed { // more may follow what was recorded
		return err
	}
	due, err := p.Store.Counts.NextDue(ctx, p.Now())
	if err != nil {
		return fmt.Errorf("dispatch: %w", err)
	}
	if p.idleUntil = p.Now().Add(longestIdle); !due.IsZero() && due.Before(p.idleUntil) {
		p.idleUntil = due
	}
	if tell := time.UnixMilli(p.tellAt.Load()); p.Plan().OpsChannel != "" && tell.Before(p.idleUntil) {
		p.idleUntil = tell
	}
	return nil
}

// handOver hands what was claimed, if anything was, to the queue.
func handOver(ctx context.Context, tx *store.Tx, to handler, claims []store.Claim, err error) error {
	if err != nil || len(claims) == 0 {
		return err
	}
	return to(ctx, tx, claims)
}

// handler is a method of the queue.
type handler func(ctx context.Context, tx *store.Tx, claims []store.Claim) error

func (p *Pipeline) claimLists(ctx context.Context, tx *store.Tx, now time.Time) error {
	lists, err := tx.Sources.Claim(ctx, now, store.ListLimits{
		Limit: 2 * p.opt.Workers, PerHost: max(1, p.opt.Workers/2), Hung: pace.Share(p.opt.Workers), Except: p.LeftToOthers(),
	})
	return handOver(ctx, tx, p.queue.List, lists, err)
}

func (p *Pipeline) claimPages(ctx context.Context, tx *store.Tx, now time.Time) error {
	pages, err := tx.Pages.Claim(ctx, now, store.PageLimits{
		FreeBy: now.Add(pace.NearSlot),
		Limit:  2 * p.opt.Workers, PerHost: max(1, p.opt.Workers/2), Hung: pace.Share(p.opt.Workers),
	})
	return handOver(ctx, tx, p.queue.Page, pages, err)
}

// claimLooks claims what is due to be looked at again, after everything new.
func (p *Pipeline) claimLooks(ctx context.Context, tx *store.Tx, now time.Time) error {
	looks, err := tx.Looks.Claim(ctx, now, store.LookLimits{
		FreeBy: now.Add(pace.NearSlot), LateSince: now.Add(-lookWait), Limit: p.opt.Workers, PerHost: looksPerHost,
	})
	return handOver(ctx, tx, p.queue.Look, looks, err)
}

// claimSubscriptions claims hubs that are to be asked, a few at a time.
func (p *Pipeline) claimSubscriptions(ctx context.Context, tx *store.Tx, now time.Time) error {
	since := now.Sub(time.UnixMilli(p.asked.Load())) // less than 0 when the clock was set back
	if !p.opt.Serve || since >= 0 && since < askEvery {
		return nil
	}
	due, err := tx.Subscriptions.Claim(ctx, now, askBatch)
	if err != nil || len(due) == 0 {
		return err
	}
	p.asked.Store(now.UnixMilli())
	return p.queue.Subscribe(ctx, tx, due)
}

// claimChannels claims channels with something to send; while sending to Slack is paused the
// sinks alone.
func (p *Pipeline) claimChannels(ctx context.Context, tx *store.Tx, now time.Time, paused bool) error {
	if paused {
		busy := p.Channels.UnderWay()
		free := slices.DeleteFunc(slices.Clone(p.Plan().Sinks), func(s string) bool { return slices.Contains(busy, s) })
		sinks, err := tx.Channels.ClaimOnly(ctx, now, deliver.MostTurns, free)
		return handOver(ctx, tx, p.queue.Deliver, sinks, err)
	}
	channels, err := tx.Channels.Claim(ctx, now, deliver.MostTurns, p.Channels.UnderWay()...)
	return handOver(ctx, tx, p.queue.Deliver, channels, err)
}
