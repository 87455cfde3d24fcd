package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// local is a queue in the process: each job is a goroutine that waits for a
// worker of its kind to be free, in the order in which the jobs came.
type local struct {
	log   *slog.Logger
	store *store.Store

	working chan struct{} // closed by Work
	ctx     context.Context
	cancel  context.CancelFunc
	steps   Steps // once working is closed

	mu      sync.Mutex // of stopped, against jobs that begin while Stop waits
	stopped bool
	running sync.WaitGroup

	lists, pages, looks, deliveries workers
}

// workers are the free places of a kind of job.
type workers chan struct{}

func newLocal(log *slog.Logger, s *store.Store) *local {
	ctx, cancel := context.WithCancel(context.Background()) // Stop ends it, not a signal
	return &local{
		log: log, store: s, working: make(chan struct{}), ctx: ctx, cancel: cancel,
		lists: make(workers, maxFetches), pages: make(workers, maxFetches), looks: make(workers, maxFetches),
		deliveries: make(workers, maxDeliveries),
	}
}

// Work drops the claims of the process before: the file has one owner, so
// nobody else can be at work, and what was claimed is due again at once.
func (q *local) Work(ctx context.Context, steps Steps) error {
	if err := q.store.InTx(ctx, func(tx *store.Tx) error { return tx.ReleaseClaims(ctx) }); err != nil {
		return fmt.Errorf("take over jobs: %w", err)
	}
	q.steps = steps
	close(q.working)
	q.running.Go(func() { q.repeat("prune", pruneEvery, q.steps.Prune) })
	q.running.Go(func() { q.repeat("index", indexEvery, q.steps.Index) })
	return nil
}

// repeat runs a step at once and then again and again.
func (q *local) repeat(kind string, every time.Duration, step func(context.Context) error) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		q.step(kind, step)
		select {
		case <-q.ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Stop implements Queue.
func (q *local) Stop(ctx context.Context) error {
	q.mu.Lock()
	q.stopped = true
	q.mu.Unlock()
	q.cancel()
	ended := make(chan struct{})
	go func() {
		q.running.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop workers: %w", ctx.Err())
	}
}

// MendTimes has nothing to do: no job waits for a time.
func (q *local) MendTimes(context.Context) error { return nil }

// List implements Queue.
func (q *local) List(_ context.Context, tx *store.Tx, batch []store.Claim) error {
	q.add(tx, q.lists, "list", func(ctx context.Context) error { return q.steps.List(ctx, batch) })
	return nil
}

// Page implements Queue.
func (q *local) Page(_ context.Context, tx *store.Tx, pages []store.Claim) error {
	for _, c := range pages {
		q.add(tx, q.pages, "page", func(ctx context.Context) error { return q.steps.Page(ctx, c) })
	}
	return nil
}

// Look implements Queue.
func (q *local) Look(_ context.Context, tx *store.Tx, stories []store.Claim) error {
	for _, c := range stories {
		q.add(tx, q.looks, "look", func(ctx context.Context) error { return q.steps.Look(ctx, c) })
	}
	return nil
}

// Deliver implements Queue.
func (q *local) Deliver(_ context.Context, tx *store.Tx, channels []store.Claim) error {
	for _, c := range channels {
		q.add(tx, q.deliveries, "deliver", func(ctx context.Context) error { return q.steps.Deliver(ctx, c) })
	}
	return nil
}

// Subscribe implements Queue. Subscriptions share the workers of lists: they
// are requests to other hosts, too.
func (q *local) Subscribe(_ context.Context, tx *store.Tx, batch []store.Claim) error {
	q.add(tx, q.lists, "subscribe", func(ctx context.Context) error { return q.steps.Subscribe(ctx, batch) })
	return nil
}

// add makes a job that begins once tx commits.
func (q *local) add(tx *store.Tx, w workers, kind string, step func(context.Context) error) {
	tx.AfterCommit(func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if !q.stopped {
			q.running.Go(func() { q.job(w, kind, step) })
		}
	})
}

func (q *local) job(w workers, kind string, step func(context.Context) error) {
	select {
	case <-q.working:
	case <-q.ctx.Done():
		return
	}
	select {
	case w <- struct{}{}:
		defer func() { <-w }()
		q.step(kind, step)
	case <-q.ctx.Done():
	}
}

// step runs a step and logs what it returned or panicked with.
func (q *local) step(kind string, step func(context.Context) error) {
	defer func() {
		if value := recover(); value != nil {
			logPanic(q.log, kind, value, debug.Stack())
		}
	}()
	logError(q.log, kind, step(q.ctx))
}

// logError logs the error that a job ended with.
func logError(log *slog.Logger, kind string, err error) {
	switch {
	case err == nil:
	case errors.Is(err, context.Canceled):
		log.Debug("job stopped", "job", kind)
	default:
		log.Error("job ended with an error", "job", kind, "error", err, "again", again(kind))
	}
}

func logPanic(log *slog.Logger, kind string, value any, stack []byte) {
	log.Error("job panicked", "job", kind, "panic", value, "stack", string(stack), "again", again(kind))
}

// again says when the work of a job that failed is done again.
func again(kind string) string {
	switch kind {
	case "prune":
		return "in an hour"
	case "index":
		return "in 20 seconds"
	}
	return "when its claim runs out"
}
