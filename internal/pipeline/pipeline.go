// Package pipeline is the path of one story and the only package that knows the
// order of things. Make a Pipeline with New and call Dispatch every second, or
// DispatchDue: it claims what is due and hands it to the queue, whose workers call
// the steps: List, Page, Deliver, Look and Subscribe.
//
// Each step is an act with a package of its own:
//
//  1. crawl reads a list, tells what is new in it, and records that; a story
//     whose list says enough goes on to alert at once.
//  2. page reads the page that a story waits for, and looks again at those of
//     stories that alerted; both go on to alert.
//  3. alert matches a story, finds its cluster, and records its alerts and
//     deliveries.
//  4. deliver posts deliveries, channel by channel.
//  5. push subscribes to hubs, and records what they push as crawl does.
//
// A story moves from one act to the next through the store. What a step must not
// lose it commits before it goes on: a story with its matches, alerts and
// deliveries in one transaction; the validators of a list only with the last of
// its stories; the intent to post before the post. No transaction is open while
// the network is used.
package pipeline

import (
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/pipeline/crawl"
	"github.com/copytaster/copytaster/internal/pipeline/deliver"
	"github.com/copytaster/copytaster/internal/pipeline/page"
	"github.com/copytaster/copytaster/internal/pipeline/push"
	"github.com/copytaster/copytaster/internal/pipeline/signal"
	"github.com/copytaster/copytaster/internal/pipeline/unanswered"
	"github.com/copytaster/copytaster/internal/store"
)

// Options are the fixed properties of a pipeline.
type Options struct {
	Workers int  // lists read at once, and pages
	Serve   bool // hubs can reach this process: it keeps the subscriptions
	Now     func() time.Time

	// Steady is since when Now is known not to have been set; nil is always.
	Steady func() time.Time

	// Elapsed is a clock that nobody sets; nil is Now.
	Elapsed func() time.Duration
}

// Pipeline moves stories from sources to channels. Its methods, and those of its
// acts, may be called from many goroutines.
type Pipeline struct {
	*act.Env
	indexer // of words

	Lists    *crawl.Lists
	Pages    *page.Pages
	Channels *deliver.Channels
	Hubs     *push.Hubs
	Answers  *answers.Recorder

	index       *alert.SketchIndex
	silences    *signal.Silences
	unanswered  *unanswered.Watch
	queue       queue
	opt         Options
	progress    progress
	lookedDaily time.Time                // whether a day is to be told; of the goroutine that dispatches
	idleUntil   time.Time                // nothing is due before; of the goroutine that dispatches
	others      atomic.Pointer[[]string] // sources that are left to other daemons
	asked       atomic.Int64             // when hubs were last asked, in unix milliseconds
	tellAt      atomic.Int64             // when the operators are next told of the sources, in unix milliseconds
}

// New makes a pipeline; SetPlan must give it something to do before any other
// of its methods is called.
func New(log *slog.Logger, s *store.Store, q queue, m act.Meter, opt Options) *Pipeline {
	env := act.NewEnv(log, s, m, opt.Now)
	if opt.Elapsed == nil {
		start := opt.Now()
		opt.Elapsed = func() time.Duration { return opt.Now().Sub(start) }
	}
	p := &Pipeline{Env: env, queue: q, opt: opt}
	p.progress.begin(opt.Elapsed)
	p.silences = signal.New(env, opt.Elapsed)
	p.unanswered = unanswered.New(env)
	p.index = alert.NewSketchIndex(env)
	p.indexer = indexer{words: s.Words}
	p.Lists = crawl.New(env, p.index, opt.Workers, func() { p.tellAt.Store(0) })
	p.Pages = page.New(env, p.index, opt.Workers)
	p.Channels = deliver.New(env, opt.Steady)
	p.Hubs = push.New(env, p.Lists)
	p.Answers = answers.New(env)
	return p
}
