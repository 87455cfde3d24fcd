// Package pipeline is the path of one story and the only room that knows the
// order of things: what is due is dispatched, a list is read, the new stories
// are recorded, their pages are read, complete stories are matched, and what
// was promised is delivered. Make one with New and call Dispatch every second;
// the steps it hands to the queue come back through List, Page, Deliver and
// Prune.
//
// What a step must not lose it commits before it goes on: a story with its
// matches, alerts and deliveries in one transaction; the validators of a list
// only with the last of its stories; the intent to post before the post. No
// transaction is open while the network is used.
package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Bounds of the steps. A crawl's is less than store.ClaimTime, so that nobody
// else takes the source up while it runs.
const (
	crawlBound   = 45 * time.Second
	nearSlot     = 5 * time.Second  // a host's slot as near as this is waited for in place
	pagesPerHost = 4                // claimed at once: what nearSlot leaves time for
	pageWait     = 10 * time.Minute // what an alert waits for a page whose host makes it wait
	saveBatch    = 20               // stories in one transaction
)

// crawler reads lists and pages.
type crawler interface {
	List(ctx context.Context, src news.Source, v news.Validators) (news.Listing, error)
	Page(ctx context.Context, src news.Source, s news.Story) (news.Story, error)
}

// matcher finds the rules that a story matches.
type matcher interface {
	Match(s *news.Story) []news.Match
}

// queue takes claimed work inside the transaction that claims it.
type queue interface {
	List(ctx context.Context, tx *store.Tx, batch []store.Claim) error
	Page(ctx context.Context, tx *store.Tx, pages []store.Claim) error
	Deliver(ctx context.Context, tx *store.Tx, channels []store.Claim) error
}

// Meter counts what the pipeline does.
type Meter interface {
	Crawl(source, outcome string, seconds float64)
	Stories(source string, n int)
	Match(rule string)
	Delivery(state string)
	Latency(publishedToDelivered time.Duration)
	SourceHealthy(source string, ok bool)
}

// FirstRun says which stories of a source's first crawl may alert.
type FirstRun struct {
	Everything bool
	Younger    time.Duration // stories published less than this ago; 0 is none
}

// Plan is what the config says; a reload replaces it whole.
type Plan struct {
	Crawler    crawler
	Sender     notify.Sender
	Pace       time.Duration // least time between two posts to one channel
	Sources    map[string]news.Source
	Schedules  map[string]schedule.Schedule
	Timezone   *time.Location
	Rules      matcher
	Routes     notify.Routes
	OpsChannel string        // "" has no ops messages
	MaxAge     time.Duration // of a story that may alert; 0 is unlimited
	FirstRun   FirstRun
	Retention  time.Duration // of texts
}

// Options are the fixed properties of a pipeline.
type Options struct {
	Workers int // lists read at once, and pages
	Now     func() time.Time
}

// Pipeline moves stories from sources to channels. Its methods may be called
// from many goroutines.
type Pipeline struct {
	log     *slog.Logger
	store   *store.Store
	queue   queue
	meter   Meter
	opt     Options
	plan    atomic.Pointer[Plan]
	fetches chan struct{} // one token a list being read
	paging  atomic.Int64  // pages being read
	wake    chan struct{}
}

// New makes a pipeline; SetPlan must give it something to do before any other
// of its methods is called.
func New(log *slog.Logger, s *store.Store, q queue, m Meter, opt Options) *Pipeline {
	return &Pipeline{
		log: log, store: s, queue: q, meter: m, opt: opt,
		fetches: make(chan struct{}, opt.Workers),
		wake:    make(chan struct{}, 1),
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
func (p *Pipeline) SetPlan(ctx context.Context, plan *Plan, how Adoption) error {
	now := p.opt.Now()
	sources := make([]store.PlannedSource, 0, len(plan.Sources))
	for _, src := range plan.Sources {
		planned := store.PlannedSource{Name: src.Name, URL: src.URL, Host: news.Host(src.URL), Next: plan.next(src.Name, now)}
		planned.First = planned.Next
		if src.Schedule == "" {
			planned.First = now
		}
		if !src.Disabled {
			sources = append(sources, planned)
		}
	}
	old := p.plan.Swap(plan) // a crawl that ends from here on plans its next run by the new schedule
	var err error
	if how == Visit {
		err = p.store.AddSources(ctx, sources)
	} else {
		err = p.store.SyncSources(ctx, sources, now, how == Reload)
	}
	if err != nil {
		p.plan.Store(old)
		return fmt.Errorf("set plan: %w", err)
	}
	p.Wake()
	return nil
}

// next is a source's first planned run after now.
func (plan *Plan) next(source string, now time.Time) time.Time {
	return plan.Schedules[source].Next(now, plan.Timezone, source)
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
	now := p.opt.Now()
	pause, err := p.store.Paused(ctx)
	if err != nil {
		return err
	}
	err = p.store.InTx(ctx, func(tx *store.Tx) error {
		lists, err := tx.ClaimSources(ctx, now, 2*p.opt.Workers)
		if err == nil && len(lists) > 0 {
			err = p.queue.List(ctx, tx, lists)
		}
		if err != nil {
			return err
		}
		pages, err := tx.ClaimPages(ctx, now, store.PageTurns{
			Reach: now.Add(nearSlot), Waited: now.Add(-pageWait), Limit: 2 * p.opt.Workers, PerHost: pagesPerHost,
		})
		if err == nil && len(pages) > 0 {
			err = p.queue.Page(ctx, tx, pages)
		}
		if err != nil || now.Before(pause.Until) {
			return err
		}
		channels, err := tx.ClaimChannels(ctx, now, p.opt.Workers)
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

// ops records a message to the ops channel inside tx, if there is one.
func (p *Pipeline) ops(ctx context.Context, tx *store.Tx, text string, now time.Time) error {
	channel := p.plan.Load().OpsChannel
	if channel == "" {
		return nil
	}
	return tx.AddDelivery(ctx, news.Delivery{
		Channel: channel, Kind: news.DeliverOps, State: news.StatePending, Text: text, Due: now, Created: now,
	})
}

// Tell records a message to the ops channel.
func (p *Pipeline) Tell(ctx context.Context, text string) error {
	err := p.store.InTx(ctx, func(tx *store.Tx) error { return p.ops(ctx, tx, text, p.opt.Now()) })
	if err != nil {
		return fmt.Errorf("tell the ops channel: %w", err)
	}
	p.Wake()
	return nil
}

// judge is what a crawl's end means for the health of its source; message is
// for the ops channel, "" when the verdict has not changed.
func (p *Pipeline) judge(source, stored string, o health.Outcome) (next, message string) {
	var old health.State
	if stored != "" {
		if err := json.Unmarshal([]byte(stored), &old); err != nil {
			p.log.Error("stored health is unreadable, it starts over", "source", source, "error", err)
		}
	}
	state, changed := health.Judge(old, o)
	p.meter.SourceHealthy(source, state.Healthy())
	if changed {
		message = health.Message(source, old, state)
		p.log.Warn(message)
	}
	b, _ := json.Marshal(state) // plain fields always marshal
	return string(b), message
}
