// Package jobs carries the pipeline's steps as River jobs: New gives the queue
// that the pipeline hands work to inside its transactions, Work starts the
// workers that call the pipeline back.
//
// The rows of the store say what is due and who has claimed it; a job is only
// the errand. It is therefore never retried: when it is lost with its process
// or comes to grief, the claim it carries runs out and the row is due again.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
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
	rescueAfter   = 90 * time.Second
	keepCompleted = 10 * time.Minute
	pruneEvery    = time.Hour
	maxFetches    = 512 // jobs of each kind that fetch; the pipeline bounds how many are at work
	maxDeliveries = 128 // channels written to at once
)

// Steps are the pipeline's steps that jobs carry.
type Steps interface {
	List(ctx context.Context, batch []store.Claim) error
	Page(ctx context.Context, c store.Claim) error
	Look(ctx context.Context, c store.Claim) error
	Deliver(ctx context.Context, c store.Claim) error
	Subscribe(ctx context.Context, batch []store.Claim) error
	Prune(ctx context.Context) error
}

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

// engine is River's client with its type parameter, the driver's transaction,
// hidden.
type engine interface {
	Start(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	insert(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error
}

type client[T any] struct {
	*river.Client[T]
	tx func(*store.Tx) T
}

func (c client[T]) insert(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error {
	_, err := c.InsertManyFastTx(ctx, c.tx(tx), jobs)
	return err
}

// Queue is the job queue of one daemon.
type Queue struct {
	log     *slog.Logger
	store   *store.Store
	workers *river.Workers
	engine  engine
	bell    bell // of SQLite; nil on PostgreSQL, which has its own
}

// New makes the queue on the store's own database and brings River's tables up
// to date.
func New(ctx context.Context, log *slog.Logger, s *store.Store) (*Queue, error) {
	q := &Queue{log: log, store: s, workers: river.NewWorkers()}
	cfg := config(log, q.workers)
	err := s.Alone(ctx, func() (err error) {
		if pool := s.Postgres(); pool != nil {
			q.engine, err = open(ctx, riverpgxv5.New(pool), cfg, (*store.Tx).Postgres)
		} else {
			q.bell = make(bell, waiting)
			q.engine, err = open(ctx, aloneDriver{riversqlite.New(s.SQLite()), q.bell}, cfg, (*store.Tx).SQLite)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	return q, nil
}

func open[T any](ctx context.Context, driver riverdriver.Driver[T], cfg *river.Config, tx func(*store.Tx) T) (engine, error) {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: cfg.Logger})
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	c, err := river.NewClient(driver, cfg)
	if err != nil {
		return nil, err
	}
	return client[T]{Client: c, tx: tx}, nil
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
		},
	}
}

// Work starts the workers; from now on jobs run.
func (q *Queue) Work(ctx context.Context, steps Steps) error {
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
	if err := q.takeOver(ctx); err != nil {
		return err
	}
	if err := q.engine.Start(context.WithoutCancel(ctx)); err != nil { // Stop ends it, not a signal
		return fmt.Errorf("start workers: %w", err)
	}
	return nil
}

// Stop ends the contexts of the jobs under way and waits until they have
// finished what they cannot leave half done.
func (q *Queue) Stop(ctx context.Context) error {
	if err := q.engine.StopAndCancel(ctx); err != nil {
		return fmt.Errorf("stop workers: %w", err)
	}
	return nil
}

// takeOver makes work resume at once after a kill on SQLite, whose one owner
// knows that nobody else can be at work: jobs marked as running are made
// available again, a dead leader is forgotten (else planned jobs come 12 to 16
// seconds late), and the claims on our rows are dropped. Both statements touch
// River's own tables, for which it has no call; a test holds them to River's
// schema.
func (q *Queue) takeOver(ctx context.Context) error {
	if q.store.SQLite() == nil {
		return nil
	}
	err := q.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.SQLite().ExecContext(ctx, `
			UPDATE river_job SET state = 'available', attempt = max(attempt - 1, 0), scheduled_at = datetime('now', 'subsec')
			WHERE state = 'running'`)
		if err != nil {
			return err
		}
		if _, err := tx.SQLite().ExecContext(ctx, `DELETE FROM river_leader`); err != nil {
			return err
		}
		return tx.ReleaseClaims(ctx)
	})
	if err != nil {
		return fmt.Errorf("take over jobs: %w", err)
	}
	return nil
}

// MendTimes makes jobs that wait for a time that lies ahead available now, and
// forgets a leader whose time lies far ahead: a clock that was ahead wrote so,
// and none of our jobs is for later. It touches River's own tables, for which it
// has no call.
func (q *Queue) MendTimes(ctx context.Context) error {
	now, ahead := "datetime('now', 'subsec')", "datetime('now', '+10 minutes')"
	if q.store.Postgres() != nil {
		now, ahead = "now()", "now() + interval '10 minutes'"
	}
	err := q.store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE river_job SET scheduled_at = `+now+` WHERE state = 'available' AND scheduled_at > `+now)
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM river_leader WHERE expires_at > `+ahead)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("mend times of jobs: %w", err)
	}
	return nil
}

// List hands a batch of claimed sources to a worker once tx commits.
func (q *Queue) List(ctx context.Context, tx *store.Tx, batch []store.Claim) error {
	return q.insert(ctx, tx, []river.InsertManyParams{{Args: listArgs{Sources: batch}, InsertOpts: &river.InsertOpts{Queue: queueList}}})
}

// Page hands claimed pages to workers once tx commits.
func (q *Queue) Page(ctx context.Context, tx *store.Tx, pages []store.Claim) error {
	jobs := make([]river.InsertManyParams, len(pages))
	for i, c := range pages {
		jobs[i] = river.InsertManyParams{Args: pageArgs{Page: c}, InsertOpts: &river.InsertOpts{Queue: queuePage}}
	}
	return q.insert(ctx, tx, jobs)
}

// Look hands claimed stories that are to be looked at again to workers once tx
// commits.
func (q *Queue) Look(ctx context.Context, tx *store.Tx, stories []store.Claim) error {
	jobs := make([]river.InsertManyParams, len(stories))
	for i, c := range stories {
		jobs[i] = river.InsertManyParams{Args: lookArgs{Story: c}, InsertOpts: &river.InsertOpts{Queue: queueLook}}
	}
	return q.insert(ctx, tx, jobs)
}

// Deliver hands claimed channels to workers once tx commits.
func (q *Queue) Deliver(ctx context.Context, tx *store.Tx, channels []store.Claim) error {
	jobs := make([]river.InsertManyParams, len(channels))
	for i, c := range channels {
		jobs[i] = river.InsertManyParams{Args: deliverArgs{Channel: c}, InsertOpts: &river.InsertOpts{Queue: queueDeliver}}
	}
	return q.insert(ctx, tx, jobs)
}

// Subscribe hands a batch of claimed subscriptions to a worker once tx commits.
// They share the queue of the lists: they too are requests to other hosts.
func (q *Queue) Subscribe(ctx context.Context, tx *store.Tx, batch []store.Claim) error {
	return q.insert(ctx, tx, []river.InsertManyParams{{Args: subscribeArgs{Subscriptions: batch}, InsertOpts: &river.InsertOpts{Queue: queueList}}})
}

func (q *Queue) insert(ctx context.Context, tx *store.Tx, jobs []river.InsertManyParams) error {
	if err := q.engine.insert(ctx, tx, jobs); err != nil {
		return fmt.Errorf("insert jobs: %w", err)
	}
	q.bell.ring(jobs)
	return nil
}

// errorHandler logs what a step returned; the claim brings the work back.
type errorHandler struct{ log *slog.Logger }

// HandleError logs a job's error, unless the job was only told to stop.
func (h errorHandler) HandleError(_ context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if errors.Is(err, context.Canceled) {
		h.log.Debug("job stopped", "job", job.Kind)
		return nil
	}
	h.log.Error("job ended with an error; its work comes back when its claim runs out", "job", job.Kind, "error", err)
	return nil
}

// HandlePanic logs a panic in a step with its stack.
func (h errorHandler) HandlePanic(_ context.Context, job *rivertype.JobRow, value any, _ string) *river.ErrorHandlerResult {
	h.log.Error("job panicked; its work comes back when its claim runs out", "job", job.Kind, "panic", value, "stack", string(debug.Stack()))
	return nil
}

// quiet lets only River's warnings and errors through: its chatter at Info is
// about its own services, not about news.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

type warnings struct{ slog.Handler }

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
