package pipeline

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// Adoption is what SetPlan makes of the store's sources.
type Adoption int

// The ways to adopt a plan.
const (
	Start   Adoption = iota // the store's sources become the plan's; missed runs are caught up, once
	Reload                  // as Start, and what is not due yet moves to what its schedule says from now on
	Command                 // a command that acts beside the daemons: sources that the store knows stay as they are
)

// SetPlan follows a plan from now on. A source that was never crawled and has
// no schedule of its own is due at once.
func (p *Pipeline) SetPlan(ctx context.Context, plan *act.Plan, how Adoption) error {
	now := p.Now()
	sources := make([]store.PlannedSource, 0, len(plan.Sources))
	for _, src := range plan.Sources {
		planned := store.PlannedSource{
			Name: src.Name, URL: src.URL, Host: news.Host(src.URL), Disabled: src.Disabled,
			Schedule: strings.TrimSpace(src.Schedule), Next: plan.Next(src.Name, now, schedule.Habit{}),
		}
		planned.First = planned.Next
		if plan.Schedules[src.Name].Adaptive() {
			planned.First = now
		}
		sources = append(sources, planned)
	}
	if err := p.Lists.KeepHostileAway(ctx, sources); err != nil {
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
func (p *Pipeline) adopt(
	ctx context.Context, plan *act.Plan, sources []store.PlannedSource, how Adoption, now time.Time,
) error {
	if how == Command {
		return p.Store.Sources.Add(ctx, sources)
	}
	err := p.Store.Sources.Sync(ctx, store.Sync{
		Sources: sources, Settings: plan.Settings, Config: plan.Config, Now: now, Replan: how == Reload,
	})
	if err != nil {
		return err
	}
	p.TakeSources()
	if err := p.Store.Signals.Keep(ctx, slices.Collect(maps.Keys(plan.Signals)), now); err != nil {
		return err
	}
	if err := p.Channels.FollowPlan(ctx); err != nil {
		return err
	}
	if err := p.followHours(ctx, plan, now); err != nil {
		return err
	}
	if p.opt.Serve {
		return p.Hubs.KeepSubscriptions(ctx, plan, how == Start)
	}
	return nil
}

// followHours has what waits for the end of quiet hours, or for the calendar, sent when the plan's
// hours say so: at once in a channel that waits for nothing any more.
func (p *Pipeline) followHours(ctx context.Context, plan *act.Plan, now time.Time) error {
	waiting, err := p.Store.Deliveries.Gathering(ctx, now)
	if err != nil {
		return err
	}
	for i := range waiting {
		due := now
		if w, _, waits := plan.Waits(waiting[i].Channel, news.Normal, now); waits {
			due = w.Until
		}
		if err := p.Store.Deliveries.SendAt(ctx, waiting[i], due); err != nil {
			return err
		}
	}
	return p.Store.Deliveries.LookAgain(ctx, now)
}

// YieldSources leaves to other daemons the sources that are not in the store as
// the plan has them: another config is newer, and rules. It is to be called
// again as long as that is so, and ends with the next SetPlan or TakeSources.
func (p *Pipeline) YieldSources(ctx context.Context) error {
	states, err := p.Store.Sources.List(ctx)
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
