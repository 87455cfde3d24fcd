// Package work is the frame of claimed work. A row of the store is claimed in
// the transaction that hands it to a worker; the worker makes a Task of it and
// calls Do, which takes the claim over, runs the task, classifies how it ended
// and has the task record that.
//
// Nothing is stored here. A claim runs out by itself: work whose worker died, or
// that ended with an error of our own, is claimed again by somebody.
package work

import (
	"context"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// UnknownRest is how long work that is not as this daemon knows it is left to
// others.
const UnknownRest = 10 * time.Second

// ErrUnknown is returned by Take for work that is not as this daemon knows it:
// another daemon's config is newer, or a reload is under way.
var ErrUnknown = errors.New("it is not as this daemon's config says")

// Task is one piece of claimed work.
type Task interface {
	// Take renews the claim, and loads what it is on. The error is
	// store.ErrClaimLost or ErrUnknown where that is so.
	Take(ctx context.Context, now time.Time) error

	// Run asks other hosts; no transaction may be open. It bounds itself to less
	// than the claim lasts. Its error is classified by Do.
	Run(ctx context.Context) error

	// Save records what Run found, and ends the claim.
	Save(ctx context.Context) error

	// Fail records that the other side is at fault, and ends the claim.
	Fail(ctx context.Context, fault *news.CrawlError) error

	// Postpone ends the claim without a result: the work is due at a time.
	Postpone(ctx context.Context, due time.Time) error
}

// Outcome is how a task ended.
type Outcome int

// The outcomes of a task.
const (
	Internal Outcome = iota // an error of our own: the claim runs out
	Saved                   // what was found is recorded
	Failed                  // the fault of the other side is recorded
	Later                   // it cannot be done before a time, and is due then
	Stopped                 // the daemon stops; it is due at once
	Unknown                 // it is left to others
	Lost                    // another worker has it
)

// Do carries out one task:
//
//  1. Take. Work that is unknown is postponed by UnknownRest.
//  2. Run, unless ctx has ended. What it returns is classified, the first that applies:
//     stopped (ctx has ended), later (a *news.LaterError), failed (a
//     *news.CrawlError), internal (any other error), saved.
//  3. Save, Fail or Postpone, by the outcome; an internal error is returned, and
//     the claim brings the work back when it runs out.
//
// Run alone ends with ctx: a daemon that stops still settles what it claimed, within
// settleWithin, so that no claim has to run out.
//
// A claim that is lost at any step ends the task in silence: the other worker
// does what is left. An error is an internal one.
func Do(ctx context.Context, now func() time.Time, t Task) (Outcome, error) {
	outcome, err := do(ctx, now(), t)
	switch {
	case errors.Is(err, store.ErrClaimLost):
		return Lost, nil
	case err != nil:
		return Internal, err
	}
	return outcome, nil
}

func do(ctx context.Context, start time.Time, t Task) (Outcome, error) {
	settling, cancel := outlive(ctx, settleWithin)
	defer cancel()
	err := t.Take(settling, start)
	if errors.Is(err, ErrUnknown) {
		return Unknown, t.Postpone(settling, start.Add(UnknownRest))
	}
	if err != nil {
		return Internal, err
	}
	if ctx.Err() == nil {
		err = t.Run(ctx)
	}
	var later *news.LaterError
	var fault *news.CrawlError
	switch {
	case ctx.Err() != nil: // nothing is known of the other side
		return Stopped, t.Postpone(settling, start)
	case errors.As(err, &later):
		return Later, t.Postpone(settling, later.At)
	case errors.As(err, &fault):
		return Failed, t.Fail(settling, fault)
	case err != nil:
		return Internal, err
	}
	return Saved, t.Save(settling)
}

// settleWithin is how long a task may go on once the daemon stops. It is less than
// what the daemon waits for its workers.
const settleWithin = 15 * time.Second

// outlive returns a context that ends some time after ctx.
func outlive(ctx context.Context, by time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		bounded, end := context.WithTimeout(longer, by)
		defer end()
		<-bounded.Done()
		cancel()
	})
	return longer, func() {
		stop()
		cancel()
	}
}
