// Package pipeline is the path of one story and the only room that knows the
// order of things: what is due is dispatched, a list is read, the new stories
// are recorded, their pages are read, complete stories are matched, and what
// was promised is delivered. Make one with New and call Dispatch every second;
// the steps it hands to the queue come back through List, Page, Look, Deliver
// and Prune.
//
// What a step must not lose it commits before it goes on: a story with its
// matches, alerts and deliveries in one transaction; the validators of a list
// only with the last of its stories; the intent to post before the post. No
// transaction is open while the network is used.
package pipeline

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/pace"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// Bounds of the steps.
const (
	alertWait = 2 * time.Minute  // what an alert waits for the page of a story that its list says enough of
	pageWait  = 24 * time.Hour   // what a story waits for a page whose host makes it wait, except those of a first crawl
	lookWait  = 10 * time.Minute // what a look waits for everything new
	saveBatch = 20               // stories in one transaction
)

// queue takes claimed work inside the transaction that claims it.
type queue interface {
	List(ctx context.Context, tx *store.Tx, batch []store.Claim) error
	Page(ctx context.Context, tx *store.Tx, pages []store.Claim) error
	Look(ctx context.Context, tx *store.Tx, stories []store.Claim) error
	Deliver(ctx context.Context, tx *store.Tx, channels []store.Claim) error
	Subscribe(ctx context.Context, tx *store.Tx, batch []store.Claim) error
}

// Options are the fixed properties of a pipeline.
type Options struct {
	Workers int  // lists read at once, and pages
	Serve   bool // hubs can reach this process: it keeps the subscriptions
	Now     func() time.Time

	// Steady is since when Now is known not to have been set; nil is always.
	Steady func() time.Time
}

// Pipeline moves stories from sources to channels. Its methods may be called
// from many goroutines.
type Pipeline struct {
	*act.Env

	queue  queue
	opt    Options
	others atomic.Pointer[[]string] // sources that are left to other daemons
	lists  *pace.Lane
	pages  *pace.Lane
	looks  *pace.Lane
	pushes chan takenPush
	asked  atomic.Int64 // when hubs were last asked, in unix milliseconds
	tellAt atomic.Int64 // when it is to be looked again what the operators are to be told, in unix milliseconds
	turns  turns        // of channels, under way here

	verified verified
	began    time.Time // when this process did
}

// New makes a pipeline; SetPlan must give it something to do before any other
// of its methods is called.
func New(log *slog.Logger, s *store.Store, q queue, m act.Meter, opt Options) *Pipeline {
	return &Pipeline{
		Env: act.NewEnv(log, s, m, opt.Now), queue: q, opt: opt,
		lists:  pace.NewLane(opt.Workers),
		pages:  pace.NewLane(opt.Workers),
		looks:  pace.NewLane(pace.Share(opt.Workers)),
		pushes: make(chan takenPush, pushBuffer),
		began:  opt.Now(),
	}
}

// Adoption is what SetPlan makes of the store's sources.
type Adoption int

// The ways to adopt a plan.
const (
	Start  Adoption = iota // the store's sources become the plan's; missed runs are caught up, once
	Reload                 // likewise, and what is not due yet moves to what its schedule says from now on
	Visit                  // a command that acts beside the daemons: sources that the store knows stay as they are
)

// SetPlan follows a plan from now on. A source that was never crawled and has
// no schedule of its own is due at once.
func (p *Pipeline) SetPlan(ctx context.Context, plan *act.Plan, how Adoption) error {
	now := p.Now()
	sources := make([]store.PlannedSource, 0, len(plan.Sources))
	for _, src := range plan.Sources {
		planned := store.PlannedSource{
			Name: src.Name, URL: src.URL, Host: news.Host(src.URL), Schedule: strings.TrimSpace(src.Schedule), Disabled: src.Disabled,
			Next: plan.Next(src.Name, now, schedule.Habit{}),
		}
		planned.First = planned.Next
		if plan.Schedules[src.Name].Adaptive() {
			planned.First = now
		}
		sources = append(sources, planned)
	}
	if err := p.keepHostileAway(ctx, sources); err != nil {
		return fmt.Errorf("set plan: %w", err)
	}
	old := p.Follow(plan) // a crawl that ends from here on plans its next run by the new schedule
	if err := p.adopt(ctx, plan, sources, how, now); err != nil {
		p.Follow(old)
		return fmt.Errorf("set plan: %w", err)
	}
	p.Wake()
	return nil
}

// adopt brings the store in line with a plan.
func (p *Pipeline) adopt(ctx context.Context, plan *act.Plan, sources []store.PlannedSource, how Adoption, now time.Time) error {
	if how == Visit {
		return p.Store.AddSources(ctx, sources)
	}
	err := p.Store.SyncSources(ctx, store.Sync{Sources: sources, Settings: plan.Settings, Now: now, Replan: how == Reload})
	if err != nil {
		return err
	}
	p.TakeSources()
	if err := p.followPlan(ctx); err != nil {
		return err
	}
	if p.opt.Serve {
		return p.keepSubscriptions(ctx, plan, how == Start)
	}
	return nil
}

// YieldSources leaves to other daemons the sources that are not in the store as
// the plan has them: another config is newer, and rules. It is to be called
// again as long as that is so, and ends with the next SetPlan or TakeSources.
func (p *Pipeline) YieldSources(ctx context.Context) error {
	states, err := p.Store.Sources(ctx)
	if err != nil {
		return fmt.Errorf("yield sources: %w", err)
	}
	plan, others := p.Plan(), []string{}
	for _, state := range states {
		src, ok := plan.Sources[state.Name]
		if !ok || src.URL != state.URL || strings.TrimSpace(src.Schedule) != state.Schedule {
			others = append(others, state.Name)
		}
	}
	p.others.Store(&others)
	return nil
}

// TakeSources ends what YieldSources began.
func (p *Pipeline) TakeSources() { p.others.Store(nil) }

// LeftToOthers returns the sources that are not to be claimed.
func (p *Pipeline) LeftToOthers() []string {
	if others := p.others.Load(); others != nil {
		return *others
	}
	return nil
}

// Dispatch claims what is due and hands it to the queue in the same
// transaction: lists in batches, pages and channels one a job.
func (p *Pipeline) Dispatch(ctx context.Context) error {
	if err := p.CheckStore(ctx); err != nil {
		return err
	}
	now := p.Now()
	if err := p.tellSources(ctx, now); err != nil {
		return err
	}
	pause, err := p.Store.Paused(ctx)
	if err != nil {
		return err
	}
	err = p.Store.InTx(ctx, func(tx *store.Tx) error {
		lists, err := tx.ClaimSources(ctx, now, store.ListTurns{
			Limit: 2 * p.opt.Workers, PerHost: max(1, p.opt.Workers/2), Hung: pace.Share(p.opt.Workers), Except: p.LeftToOthers(),
		})
		if err == nil && len(lists) > 0 {
			err = p.queue.List(ctx, tx, lists)
		}
		if err != nil {
			return err
		}
		pages, err := tx.ClaimPages(ctx, now, store.PageTurns{
			Reach: now.Add(pace.NearSlot), Limit: 2 * p.opt.Workers, PerHost: max(1, p.opt.Workers/2), Hung: pace.Share(p.opt.Workers),
		})
		if err == nil && len(pages) > 0 {
			err = p.queue.Page(ctx, tx, pages)
		}
		if err == nil {
			err = p.dispatchLooks(ctx, tx, now)
		}
		if err == nil {
			err = p.claimSubscriptions(ctx, tx, now)
		}
		if err != nil || now.Before(pause.Until) {
			return err
		}
		channels, err := tx.ClaimChannels(ctx, now, mostTurns, p.turns.names()...)
		if err == nil && len(channels) > 0 {
			err = p.queue.Deliver(ctx, tx, channels)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("dispatch: %w", err)
	}
	return nil
}

// Prune removes texts that are older than the retention.
func (p *Pipeline) Prune(ctx context.Context) error {
	now, plan := p.Now(), p.Plan()
	n, err := p.Store.Prune(ctx, now.Add(-plan.Retention), now.Add(-max(store.SeenAtLeast, plan.Retention)))
	if n > 0 {
		p.Log.Info("pruned old stories", "stories", n)
	}
	return err
}
