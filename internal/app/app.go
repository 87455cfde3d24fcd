// Package app wires the packages together and keeps them running. Make an App with
// New and let it Run until its context ends, or once through all sources with
// Once; a test can do both in-process. It takes no decisions about news.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/clock"
	"github.com/copytaster/copytaster/internal/feedback"
	"github.com/copytaster/copytaster/internal/jobs"
	"github.com/copytaster/copytaster/internal/metrics"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/web"
	"github.com/copytaster/copytaster/notify"
)

// tick is how often the app looks whether anything is due when nothing wakes it.
const tick = time.Second

// Options are what a command asks of an App beside its config.
type Options struct {
	Config *config.Config
	Getenv config.Getenv
	Output io.Writer     // where alerts go when Slack is not configured
	Color  bool          // of Output
	Sender notify.Sender // replaces what the config says; for dry runs and tests
	Pace   time.Duration // least time between two posts to one channel; 0 is Slack's pace, or none without Slack
	Visit  bool          // act on the store beside daemons, whose config and sources stay in force
	Serve  bool          // listen where the config says, and on the control socket; with Pages alone, there only
	Watch  bool          // reload when the config's files change

	// Pages serves what people see on the address that is listened on; nil: nothing.
	Pages func(Window) (http.Handler, error)

	Grace time.Duration // for what is under way when the app is stopped; 0 is 28 s

	// Answerable says that people answer where Sender shows the alerts: see DeskOf.
	Answerable bool

	// Restored says that the store was restored from a backup, which a daemon
	// does not always notice.
	Restored bool

	Hangup <-chan struct{}

	// Machine reads the machine's clocks; nil reads those of this one.
	Machine func() clock.Sample
}

// App is a daemon that is ready to run.
type App struct {
	log      *slog.Logger // folds what an outage of the store makes of it
	outage   *outage
	opt      Options
	cfg      atomic.Pointer[config.Config]
	store    *store.Store
	clock    *timekeeper
	queue    jobs.Queue
	pipeline *pipeline.Pipeline
	metrics  *metrics.Metrics

	planMu  sync.Mutex             // one reload at a time
	parts   parts                  // what a reload may have to rebuild; guarded by planMu
	loaded  time.Time              // when the config in force was; guarded by planMu
	refusal atomic.Pointer[string] // why the files on disk are not in force, "" when they are

	recaller            // of what rules told
	pauser              // of deliveries
	agreement agreement // with the newest config
	board     *switchboard
	foresight foresight // of what changed rules bring

	lost chan error // takes what happened to the store's files, after which nothing may be done any more

	servers []*web.Server
	address string         // of the public one; "": there is none
	closers []func() error // undone last in, first out
}

// New opens the store and builds everything, but starts nothing. The caller
// must Close the App.
func New(ctx context.Context, log *slog.Logger, opt Options) (*App, error) {
	a := &App{opt: opt, metrics: metrics.New(), lost: make(chan error, 1)}
	a.log, a.outage = folding(log, time.Now)
	a.agreement.app = a
	a.board = newSwitchboard(a)
	a.foresight = foresight{app: a, adopted: make(chan struct{}, 1)}
	none := ""
	a.refusal.Store(&none)
	b := BuildOf(debug.ReadBuildInfo())
	a.metrics.Built(b.Version, b.Commit, b.Go)
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) build(ctx context.Context) (err error) {
	cfg := a.opt.Config
	if err := cfg.MakeStorageFolder(a.opt.Getenv); err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	if a.store, err = store.Open(ctx, a.log, cfg.Storage); err != nil {
		return err
	}
	a.closers = append(a.closers, a.store.Close)
	if a.clock, err = keepClock(ctx, a.store, a.opt.Machine); err != nil {
		return err
	}
	if a.queue, err = jobs.New(ctx, a.log, a.store); err != nil {
		return err
	}
	a.pipeline = pipeline.New(a.log, a.store, a.queue, a.metrics, pipeline.Options{
		Workers: cfg.Crawl.Workers, Serve: a.opt.Serve && !a.opt.Visit, Now: a.clock.Now,
		Steady: a.clock.Steady, Elapsed: a.clock.Elapsed,
	})
	a.recaller = recaller{a.pipeline.Answers, a.store}
	a.pauser = pauser{a}
	how := pipeline.Start
	if a.opt.Visit {
		how = pipeline.Command
	}
	if err := a.adopt(ctx, cfg, how); err != nil {
		return err
	}
	if _, err := a.keepTime(ctx, true); err != nil {
		return err
	}
	if a.opt.Serve {
		if err := a.listen(ctx, cfg); err != nil {
			return err
		}
	}
	if a.opt.Serve || a.opt.Pages != nil {
		return listenPublic(a, cfg)
	}
	return nil
}

// listen opens the sockets before anything is crawled, so that an address in
// use is found out at once.
func (a *App) listen(ctx context.Context, cfg *config.Config) error {
	control, err := a.listenControl(ctx, cfg)
	if err != nil {
		return err
	}
	a.servers = append(a.servers, control)
	return nil
}

// listenPublic opens the address of the config.
func listenPublic(a *App, cfg *config.Config) (err error) {
	if cfg.Listen == "" {
		return nil
	}
	pages := http.NotFoundHandler()
	if a.opt.Pages != nil {
		if pages, err = a.opt.Pages(newWindow(a)); err != nil {
			return err
		}
	}
	public, err := web.Listen(a.log, cfg.Listen, web.Public(a, cfg.Listen, pages))
	if err != nil {
		return err
	}
	a.servers = append(a.servers, public)
	a.address = public.Addr()
	a.closers = append(a.closers, public.Close)
	return nil
}

// listenControl opens the control socket. Where another daemon has it, as two on
// one PostgreSQL do that were started from one folder, it takes the next number.
func (a *App) listenControl(ctx context.Context, cfg *config.Config) (control *web.Server, err error) {
	path := ""
	for _, path = range sockets(cfg, a.opt.Getenv) {
		if control, err = web.ListenSocket(a.log, path, web.Control(commands{a})); !errors.Is(err, web.ErrTaken) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	name := store.SettingSocket + path
	if err := a.store.Settings.Save(ctx, map[string]string{name: time.Now().UTC().Format(time.RFC3339)}); err != nil {
		return nil, errors.Join(err, control.Close())
	}
	a.closers = append(a.closers, control.Close, putSignpost(cfg.Path, path), func() error {
		ctx := context.WithoutCancel(ctx)
		err := a.store.Intact(ctx)
		if err == nil {
			err = a.store.Settings.Drop(ctx, name)
		}
		if err != nil { // whoever asks there finds nobody
			a.log.Warn("the store still says that commands are taken here", "error", err)
		}
		return nil
	})
	return control, nil
}

// Close gives up everything that New took.
func (a *App) Close() error {
	var errs []error
	for _, closer := range slices.Backward(a.closers) {
		errs = append(errs, closer())
	}
	a.closers = nil
	return errors.Join(errs...)
}

// Run works until ctx ends, then lets what is under way finish.
func (a *App) Run(ctx context.Context) error {
	stop, err := a.start(ctx)
	if err != nil {
		return err
	}
	a.log.Info("running", "config", a.cfg.Load().Path, "storage", a.store.Name(),
		"sources", len(a.cfg.Load().Sources), "listen", a.cfg.Load().Listen)
	if err := warnOfPauses(ctx, a.log, a.store, a.clock.Now()); err != nil {
		return errors.Join(err, stop())
	}
	notifySystemd(a.log, daemon.SdNotifyReady)
	if a.opt.Watch {
		go a.watch(ctx)
	}
	select {
	case <-ctx.Done():
	case err = <-a.lost:
	}
	notifySystemd(a.log, daemon.SdNotifyStopping)
	a.log.Info("stopping: what is under way may finish")
	if err := errors.Join(err, stop()); err != nil {
		return err
	}
	a.log.Info("stopped")
	return nil
}

// start starts the workers, the servers and the clock; stop undoes that.
func (a *App) start(ctx context.Context) (stop func() error, err error) {
	check := a.pipeline.Channels.CheckStore
	if a.opt.Restored {
		check = a.pipeline.Channels.DeclareRestored
	}
	if err := check(ctx); err != nil {
		return nil, err
	}
	if err := a.queue.Work(ctx, a.pipeline); err != nil {
		return nil, err
	}
	ticking, stopClock := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { a.dispatch(ticking) })
	running.Go(func() { giveBack(ticking) })
	running.Go(func() { a.pipeline.Hubs.ReadPushes(ticking) })
	running.Go(func() { tellEditors(ticking, a.log, feedback.Teller{Env: a.pipeline.Env}) })
	if !a.opt.Visit {
		running.Go(func() { a.foresight.run(ticking) })
	}
	if a.opt.Serve && !a.opt.Visit {
		running.Go(func() { a.board.run(ticking) })
	}
	for _, s := range a.servers {
		running.Go(s.Serve)
	}
	return func() error {
		stopClock()
		var errs []error
		for _, s := range a.servers {
			errs = append(errs, s.Close())
		}
		running.Wait()
		grace := cmp.Or(a.opt.Grace, 28*time.Second) // systemd and people wait 30
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
		defer cancel()
		return errors.Join(append(errs, a.queue.Stop(bounded))...)
	}, nil
}

// dispatch hands out what is due: when it is woken, after each beat of the clock, and
// every second. Where this daemon alone has the store, it asks the store every second
// only if something can be due.
func (a *App) dispatch(ctx context.Context) {
	alone, woken := a.store.Path() != "" && !a.opt.Visit, true
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	for {
		if lost := (*store.LostError)(nil); errors.As(a.store.Intact(ctx), &lost) {
			a.log.Error("the store is lost", "error", lost)
			a.lost <- lost
			return
		}
		away := a.outage.lasts()
		if away {
			a.clock.hurry()
		}
		beaten, err := a.keepTime(ctx, false)
		if err != nil && ctx.Err() == nil {
			a.log.Error("the time cannot be kept, trying again", "error", err)
		}
		kept := err == nil
		if alone {
			err = a.pipeline.DispatchDue(ctx, woken || beaten)
		} else {
			err = a.pipeline.Dispatch(ctx)
		}
		if err != nil && ctx.Err() == nil {
			a.log.Error("work cannot be handed out, trying again", "error", err)
		}
		if away && kept && err == nil {
			a.outage.end()
		}
		if err := a.agreement.check(ctx, a.clock.Now()); err != nil && ctx.Err() == nil {
			a.log.Error("the config cannot be compared with the newest one, trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			woken = false
		case <-a.pipeline.Woken():
			woken = true
		}
	}
}

func notifySystemd(log *slog.Logger, state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		log.Warn("systemd cannot be told", "state", state, "error", err)
	}
}

// Healthy reports whether the app does its work: what is due is handed out, and
// done.
func (a *App) Healthy() error { return a.pipeline.Healthy() }

// Ready reports whether the store answers.
func (a *App) Ready(ctx context.Context) error {
	_, err := a.store.Counts.Work(ctx, a.clock.Now())
	return err
}
