package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"github.com/copytaster/copytaster/internal/store"
)

// The queues. There are few, because each costs a poll.
const (
	queueList    = "list"
	queuePage    = "page"
	queueLook    = "look"
	queueDeliver = "deliver"
	queueKeep    = "maintenance"
)

// Timings of River. The rescue only tidies up: it marks jobs as lost whose
// process died, while claims have brought their work back long before.
const (
	fetchCooldown = 50 * time.Millisecond // between two fetches of a queue; also what a new job waits at the most
	pollInterval  = time.Second           // when no notification comes
	rescueAfter   = 10 * time.Minute      // longer than the turn of a channel whose server is slow
	keepCompleted = 10 * time.Minute
)

type listArgs struct {
	Sources []store.Claim `json:"sources"`
}

func (listArgs) Kind() string { return "list" }

type pageArgs struct {
	Page store.Claim `json:"page"`
}

func (pageArgs) Kind() string { return "page" }

type lookArgs struct {
	Story store.Claim `json:"story"`
}

func (lookArgs) Kind() string { return "look" }

type deliverArgs struct {
	Channel store.Claim `json:"channel"`
}

func (deliverArgs) Kind() string { return "deliver" }

type subscribeArgs struct {
	Subscriptions []store.Claim `json:"subscriptions"`
}

func (subscribeArgs) Kind() string { return "subscribe" }

type pruneArgs struct{}

func (pruneArgs) Kind() string { return "prune" }

type indexArgs struct{}

func (indexArgs) Kind() string { return "index" }

// shared is a queue of River's, for several daemons that share the work. A job
// carries claims; it is never retried: when it is lost with its process or ends
// with an error, its claims run out and the rows are due again.
type shared struct {
	log     *slog.Logger
	store   *store.Store
	workers *river.Workers
	client  *river.Client[pgx.Tx]
}

// newShared creates River's tables, or brings them up to date.
func newShared(ctx context.Context, log *slog.Logger, s *store.Store) (*shared, error) {
	q := &shared{log: log, store: s, workers: river.NewWorkers()}
	driver, cfg := riverpgxv5.New(s.Postgres()), config(log, q.workers)
	err := s.Alone(ctx, func() error {
		migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: cfg.Logger})
		if err != nil {
			return err
		}
		if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
		q.client, err = river.NewClient(driver, cfg)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	return q, nil
}

func config(log *slog.Logger, workers *river.Workers) *river.Config {
	return &river.Config{
		Logger:                      quiet(log),
		Workers:                     workers,
		MaxAttempts:                 1,
		JobTimeout:                  -1, // every step bounds itself
		RescueStuckJobsAfter:        rescueAfter,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           pollInterval,
		CompletedJobRetentionPeriod: keepCompleted,
		DiscardedJobRetentionPeriod: keepCompleted,
		ErrorHandler:                errorHandler{log},
		SkipUnknownJobCheck:         true, // Work registers the workers later than New makes the client
		Queues: map[string]river.QueueConfig{
			queueList:    {MaxWorkers: maxFetches},
			queuePage:    {MaxWorkers: maxFetches},
			queueLook:    {MaxWorkers: maxFetches},
			queueDeliver: {MaxWorkers: maxDeliveries},
			queueKeep:    {MaxWorkers: 1},
		},
		PeriodicJobs: []*river.PeriodicJob{
			river.NewPeriodicJob(river.PeriodicInterval(pruneEvery), func() (river.JobArgs, *river.InsertOpts) {
				return pruneArgs{}, &river.InsertOpts{Queue: queueKeep}
			}, &river.PeriodicJobOpts{RunOnStart: true}),
			river.NewPeriodicJob(river.PeriodicInterval(indexEvery), func() (river.JobArgs, *river.InsertOpts) {
				return indexArgs{}, &river.InsertOpts{Queue: queueKeep}
			}, &river.PeriodicJobOpts{RunOnStart: true}),
		},
	}
}

// Work starts the workers; from now on jobs run.
func (q *shared) Work(ctx context.Context, steps Steps) error {
	river.AddWorker(q.workers, river.WorkFunc(func(ctx context.Context, j *river.Job[listArgs]) error {
		return steps.List(ctx, j.Args.Sources)
	}))
	river.AddWorker(q.workers, river.WorkFunc(func(ctx context.Context, j *river.Job[pageArgs]) error {
		return steps.Page(ctx, j.Args.Page)
	}))
	river.AddWorker(q.workers, river.WorkFunc(func(ctx context.Context, j *river.Job[lookArgs]) error {
		return steps.Look(ctx, j.Args.Story)
	}))
	river.AddWorker(q.workers, river.WorkFunc(func(ctx context.Context, j *river.Job[deliverArgs]) error {
		return steps.Deliver(ctx, j.Args.Channel)
	}))
	river.AddWorker(q.workers, river.WorkFunc(func(ctx context.Context, j *river.Job[subscribeArgs]) error {
		return steps.Subscribe(ctx, j.Args.Subscriptions)
	}))
	river.AddWorker(q.workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[pruneArgs]) error {
		return steps.Prune(ctx)
	}))
	river.AddWorker(q.workers, river.WorkFunc(func(ctx context.Context, _ *river.Job[indexArgs]) error {
		return steps.Index(ctx)
	}))
	if err := q.client.Start(context.WithoutCancel(ctx)); err != nil { // Stop ends it, not a signal
		return fmt.Errorf("start workers: %w", err)
	}
	return nil
}

// Stop ends the contexts of the jobs under way and waits until they have
// finished what they cannot leave half done.
func (q *shared) Stop(ctx context.Context) error {
	if err := q.client.StopAndCancel(ctx); err != nil {
		return fmt.Errorf("stop workers: %w", err)
	}
	return nil
}

// MendTimes makes jobs that wait for a time that lies ahead available now, and
// forgets a leader whose time lies far ahead: a clock that was ahead wrote so,
// and none of our jobs is for later. It touches River's own tables, for which it
// has no call.
func (q *shared) MendTimes(ctx context.Context) error {
	err := q.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE river_job SET scheduled_at = now() WHERE state = 'available' AND scheduled_at > now()`)
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM river_leader WHERE expires_at > now() + interval '10 minutes'`)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("mend times of jobs: %w", err)
	}
	return nil
}

// List implements Queue.
func (q *shared) List(ctx context.Context, tx *store.Tx, batch []store.Claim) error {
	return q.insert(ctx, tx, queueList, listArgs{Sources: batch})
}

// Page implements Queue.
func (q *shared) Page(ctx context.Context, tx *store.Tx, pages []store.Claim) error {
	jobs := each(pages, func(c store.Claim) river.JobArgs { return pageArgs{Page: c} })
	return q.insert(ctx, tx, queuePage, jobs...)
}

// Look implements Queue.
func (q *shared) Look(ctx context.Context, tx *store.Tx, stories []store.Claim) error {
	jobs := each(stories, func(c store.Claim) river.JobArgs { return lookArgs{Story: c} })
	return q.insert(ctx, tx, queueLook, jobs...)
}

// Deliver implements Queue.
func (q *shared) Deliver(ctx context.Context, tx *store.Tx, channels []store.Claim) error {
	jobs := each(channels, func(c store.Claim) river.JobArgs { return deliverArgs{Channel: c} })
	return q.insert(ctx, tx, queueDeliver, jobs...)
}

// Subscribe implements Queue. Subscriptions share the queue of the lists: they
// are requests to other hosts, too.
func (q *shared) Subscribe(ctx context.Context, tx *store.Tx, batch []store.Claim) error {
	return q.insert(ctx, tx, queueList, subscribeArgs{Subscriptions: batch})
}

// each makes one job a claim.
func each(claims []store.Claim, args func(store.Claim) river.JobArgs) []river.JobArgs {
	jobs := make([]river.JobArgs, len(claims))
	for i, c := range claims {
		jobs[i] = args(c)
	}
	return jobs
}

func (q *shared) insert(ctx context.Context, tx *store.Tx, queue string, jobs ...river.JobArgs) error {
	params := make([]river.InsertManyParams, len(jobs))
	for i, args := range jobs {
		params[i] = river.InsertManyParams{Args: args, InsertOpts: &river.InsertOpts{Queue: queue}}
	}
	if _, err := q.client.InsertManyFastTx(ctx, tx.Postgres(), params); err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	return nil
}

// errorHandler logs how jobs ended.
type errorHandler struct{ log *slog.Logger }

// HandleError logs a job's error, unless the job was only told to stop.
func (h errorHandler) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	logError(h.log, job.Kind, err)
	return nil
}

// HandlePanic logs a panic in a step with its stack.
func (h errorHandler) HandlePanic(
	_ context.Context, job *rivertype.JobRow, value any, _ string,
) *river.ErrorHandlerResult {
	logPanic(h.log, job.Kind, value, debug.Stack())
	return nil
}

// quiet lets only River's warnings and errors through: its chatter at Info is
// about its own services, not about news.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

type warnings struct{ slog.Handler }

// Handle has the texts of errors that say that the database is away be such errors again, so
// that whoever logs knows them.
func (w warnings) Handle(ctx context.Context, r slog.Record) error {
	named := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "err" || a.Key == "error" {
			a.Key = "error"
			if away := store.AwayText(a.Value.String()); away != nil {
				a.Value = slog.AnyValue(away)
			}
		}
		named.AddAttrs(a)
		return true
	})
	return w.Handler.Handle(ctx, named)
}

// Enabled drops everything below a warning.
func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}

// WithAttrs keeps the filter.
func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{w.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the filter.
func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.Handler.WithGroup(name)} }
