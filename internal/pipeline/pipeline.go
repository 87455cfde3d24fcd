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
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Bounds of the steps. A crawl's is less than store.ClaimTime, so that nobody
// else takes the source up while it runs.
const (
	crawlBound = nearSlot + news.LongestFetch
	nearSlot   = 5 * time.Second  // a host's slot as near as this is waited for in place
	alertWait  = 2 * time.Minute  // what an alert waits for the page of a story that its list says enough of
	pageWait   = 24 * time.Hour   // what a story waits for a page whose host makes it wait, except those of a first crawl
	lookWait   = 10 * time.Minute // what a look waits for everything new
	saveBatch  = 20               // stories in one transaction
)

// crawler reads lists and pages, asks hubs, and reads what they push.
type crawler interface {
	List(ctx context.Context, src news.Source, v news.Validators) (news.Listing, error)
	Page(ctx context.Context, src news.Source, s news.Story) (news.Story, error)
	Merge(s, page news.Story) news.Story
	Post(ctx context.Context, src news.Source, hub string, form url.Values) error
	ReadPush(src news.Source, topic, contentType string, body []byte) (news.Listing, error)
}

// matcher finds the rules that a story matches.
type matcher interface {
	Match(s *news.Story) []news.Match
}

// queue takes claimed work inside the transaction that claims it.
type queue interface {
	List(ctx context.Context, tx *store.Tx, batch []store.Claim) error
	Page(ctx context.Context, tx *store.Tx, pages []store.Claim) error
	Look(ctx context.Context, tx *store.Tx, stories []store.Claim) error
	Deliver(ctx context.Context, tx *store.Tx, channels []store.Claim) error
	Subscribe(ctx context.Context, tx *store.Tx, batch []store.Claim) error
}

// Meter counts what the pipeline does.
type Meter interface {
	Crawl(source, outcome string, seconds float64)
	Stories(source string, n int)
	Match(rule string)
	Delivery(state string)
	Latency(publishedToDelivered time.Duration)
	Push(source, outcome string)
}

// FirstRun says which stories of a source's first crawl may alert.
type FirstRun struct {
	Everything bool
	Younger    time.Duration // stories published less than this ago; 0 is none
}

// Plan is what the config says; a reload replaces it whole.
type Plan struct {
	Crawler      crawler
	Sender       notify.Sender
	Pace         time.Duration // least time between two posts to one channel
	Sources      map[string]news.Source
	Schedules    map[string]schedule.Schedule
	Callback     string // URL that hubs push to, except its last part; "" has everything polled
	Timezone     *time.Location
	Rules        matcher
	Routes       notify.Routes
	Instructions map[string]string // what readers are to do, by rule; a rule without one is left out
	OpsChannel   string            // "" has no ops messages
	MaxAge       time.Duration     // of a story that may alert; 0 is unlimited
	FirstRun     FirstRun
	Retention    time.Duration // of texts

	// Settings are saved in the store when the plan is adopted, together with
	// its sources: of two daemons that load at once one is the newest in both.
	Settings map[string]string
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
	log    *slog.Logger
	store  *store.Store
	queue  queue
	meter  Meter
	opt    Options
	plan   atomic.Pointer[Plan]
	others atomic.Pointer[[]string] // sources that are left to other daemons
	lists  *lane
	pages  *lane
	looks  *lane
	pushes chan takenPush
	asked  atomic.Int64 // when hubs were last asked, in unix milliseconds
	tellAt atomic.Int64 // when it is to be looked again what the operators are to be told, in unix milliseconds
	turns  turns        // of channels, under way here
	wake   chan struct{}

	verified verified
	began    time.Time // when this process did
}

// New makes a pipeline; SetPlan must give it something to do before any other
// of its methods is called.
func New(log *slog.Logger, s *store.Store, q queue, m Meter, opt Options) *Pipeline {
	return &Pipeline{
		log: log, store: s, queue: q, meter: m, opt: opt,
		lists:  newLane(opt.Workers),
		pages:  newLane(opt.Workers),
		looks:  newLane(share(opt.Workers)),
		pushes: make(chan takenPush, pushBuffer),
		wake:   make(chan struct{}, 1),
		began:  opt.Now(),
	}
}

// share is the part of the workers that is for looks, or for hosts that hang.
func share(workers int) int { return max(1, workers/4) }

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
func (p *Pipeline) SetPlan(ctx context.Context, plan *Plan, how Adoption) error {
	now := p.opt.Now()
	sources := make([]store.PlannedSource, 0, len(plan.Sources))
	for _, src := range plan.Sources {
		planned := store.PlannedSource{
			Name: src.Name, URL: src.URL, Host: news.Host(src.URL), Schedule: strings.TrimSpace(src.Schedule), Disabled: src.Disabled,
			Next: plan.next(src.Name, now, schedule.Habit{}),
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
	old := p.plan.Swap(plan) // a crawl that ends from here on plans its next run by the new schedule
	if err := p.adopt(ctx, plan, sources, how, now); err != nil {
		p.plan.Store(old)
		return fmt.Errorf("set plan: %w", err)
	}
	p.Wake()
	return nil
}

// adopt brings the store in line with a plan.
func (p *Pipeline) adopt(ctx context.Context, plan *Plan, sources []store.PlannedSource, how Adoption, now time.Time) error {
	if how == Visit {
		return p.store.Sources.Add(ctx, sources)
	}
	err := p.store.Sources.Sync(ctx, store.Sync{Sources: sources, Settings: plan.Settings, Now: now, Replan: how == Reload})
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
	states, err := p.store.Sources.List(ctx)
	if err != nil {
		return fmt.Errorf("yield sources: %w", err)
	}
	plan, others := p.plan.Load(), []string{}
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

// Wake asks for a dispatch before the second is over.
func (p *Pipeline) Wake() {
	select {
	case p.wake <- struct{}{}:
	default: // one is asked for already
	}
}

// Woken gives a value when a dispatch was asked for.
func (p *Pipeline) Woken() <-chan struct{} { return p.wake }

// Dispatch claims what is due and hands it to the queue in the same
// transaction: lists in batches, pages and channels one a job.
func (p *Pipeline) Dispatch(ctx context.Context) error {
	if err := p.CheckStore(ctx); err != nil {
		return err
	}
	now := p.opt.Now()
	if err := p.tellSources(ctx, now); err != nil {
		return err
	}
	pause, err := p.store.Sending.Paused(ctx)
	if err != nil {
		return err
	}
	err = p.store.InTx(ctx, func(tx *store.Tx) error {
		lists, err := tx.Sources.Claim(ctx, now, store.ListLimits{
			Limit: 2 * p.opt.Workers, PerHost: max(1, p.opt.Workers/2), Hung: share(p.opt.Workers), Except: p.LeftToOthers(),
		})
		if err == nil && len(lists) > 0 {
			err = p.queue.List(ctx, tx, lists)
		}
		if err != nil {
			return err
		}
		pages, err := tx.Pages.Claim(ctx, now, store.PageLimits{
			FreeBy: now.Add(nearSlot), Limit: 2 * p.opt.Workers, PerHost: max(1, p.opt.Workers/2), Hung: share(p.opt.Workers),
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
		channels, err := tx.Channels.Claim(ctx, now, mostTurns, p.turns.names()...)
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
	now, plan := p.opt.Now(), p.plan.Load()
	n, err := p.store.Prune(ctx, now.Add(-plan.Retention), now.Add(-max(store.SeenAtLeast, plan.Retention)))
	if n > 0 {
		p.log.Info("pruned old stories", "stories", n)
	}
	return err
}
