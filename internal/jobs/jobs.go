// Package jobs carries claimed work from the transaction that claims it to the
// steps of the pipeline: New opens the queue of a store, Work starts its workers.
//
// The rows of the store say what is due and who has claimed it; a job only
// carries claims. A job is never retried: when it is lost with its process or
// ends with an error, its claims run out and the rows are due again. On SQLite,
// where one daemon owns the file, the jobs are goroutines and nothing is stored.
// On PostgreSQL, where several daemons share the work, they are rows of River.
package jobs

import (
	"context"
	"log/slog"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// Bounds of both queues.
const (
	maxFetches    = 512 // jobs of each kind that fetch; the pipeline bounds how many are at work
	maxDeliveries = 128 // channels written to at once
	pruneEvery    = time.Hour
	indexEvery    = 20 * time.Second
)

// Steps are the pipeline's steps that jobs carry.
type Steps interface {
	List(ctx context.Context, batch []store.Claim) error
	Page(ctx context.Context, c store.Claim) error
	Look(ctx context.Context, c store.Claim) error
	Deliver(ctx context.Context, c store.Claim) error
	Subscribe(ctx context.Context, batch []store.Claim) error
	Prune(ctx context.Context) error
	Index(ctx context.Context) error
}

// Queue carries the jobs of one daemon. List and Subscribe make one job of a
// batch of claims, the others one job a claim; the jobs run once tx commits, and
// never when it is rolled back.
type Queue interface {
	List(ctx context.Context, tx *store.Tx, batch []store.Claim) error
	Page(ctx context.Context, tx *store.Tx, pages []store.Claim) error
	Look(ctx context.Context, tx *store.Tx, stories []store.Claim) error
	Deliver(ctx context.Context, tx *store.Tx, channels []store.Claim) error
	Subscribe(ctx context.Context, tx *store.Tx, batch []store.Claim) error

	// Work starts the workers; from now on jobs run, and the store is pruned
	// at once and then every hour.
	Work(ctx context.Context, steps Steps) error

	// Stop ends the contexts of the jobs that run and waits until they have
	// finished what they cannot leave half done.
	Stop(ctx context.Context) error

	// MendTimes lets jobs run now that wait because the clock was ahead when
	// they were inserted.
	MendTimes(ctx context.Context) error
}

// New opens the queue of a store.
func New(ctx context.Context, log *slog.Logger, s *store.Store) (Queue, error) {
	if s.Postgres() != nil {
		return newShared(ctx, log, s)
	}
	return newLocal(log, s), nil
}
