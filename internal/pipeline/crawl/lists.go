// Package crawl reads the lists of sources and records what is new in them. Make
// Lists with New; List crawls claimed sources, and Crawl one that somebody asks
// for. What is pushed goes the same way from a Visit on.
//
// The way of a list, from top to bottom: a Visit takes the claim and fetches the
// list (visit.go); its entries are told apart from those that are known
// (identify.go); what is new is recorded, and what says enough alerts (record.go);
// what reads otherwise than before is compared (edits.go); what all that says of
// the source is learnt (judge.go); and what it says of its hub (hub.go). The last
// transaction saves the validators, so that a list whose crawl dies before is
// read again whole.
package crawl

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/pipeline/pace"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/work"
)

// Lists crawls sources. Its methods may be called from many goroutines.
type Lists struct {
	*act.Env

	index   *alert.SketchIndex
	lane    *pace.Lane
	verdict func() // called when the verdict on a source has changed
}

// New makes an act of Lists with a number of workers. verdict is called when the
// operators may have to be told of a source.
func New(env *act.Env, index *alert.SketchIndex, workers int, verdict func()) *Lists {
	return &Lists{Env: env, index: index, lane: pace.NewLane(workers), verdict: verdict}
}

// Crawled is what one crawl of a source came to.
type Crawled struct {
	Source      string
	Listed      int    // stories in the list
	Skipped     int    // entries of the list that could not be read
	New         int    // recorded for the first time
	Waiting     int    // of the new ones: their page is still to be read
	Matched     int    // of the new ones: matched a rule
	Alerts      int    // promised
	NotModified bool   // the server said that nothing has changed
	Barren      string // why no story could be read, though the list could; "" when one was, or used to be

	MovedTo       string    // where the list is now for good, "" when it has not moved
	health.Missed           // since the crawl before
	Next          time.Time // when it is due again
}

// List crawls a batch of claimed sources, each on its own: one that hangs
// holds no other up. What goes wrong with a source is recorded there; an error
// is returned only for trouble with the store.
func (l *Lists) List(ctx context.Context, batch []store.Claim) error {
	var (
		wg   sync.WaitGroup
		errs = make([]error, len(batch))
	)
	for i, c := range batch {
		wg.Go(func() {
			ctx, f := pace.Begin(ctx, l.Env, l.lane, c.Host, true)
			defer f.Leave()
			_, errs[i] = work.Do(ctx, l.Now, &Visit{lists: l, claim: c})
		})
	}
	wg.Wait()
	l.Wake()
	return errors.Join(errs...)
}

// Crawl crawls one source now, whether it is due or not. The error says what
// was wrong with the source, too, or why it was not asked.
func (l *Lists) Crawl(ctx context.Context, source string) (Crawled, error) {
	src, ok := l.Plan().Sources[source]
	if !ok {
		return Crawled{}, fmt.Errorf("crawl %s: no such source: %w", source, store.ErrNotFound)
	}
	c, ok, err := l.Store.Sources.ClaimOne(ctx, source, l.Now())
	if err != nil {
		return Crawled{}, err
	}
	if !ok {
		return Crawled{}, fmt.Errorf("crawl %s: it is being crawled at this moment, or disabled", source)
	}
	l.Wake() // what is recorded is handed out meanwhile
	defer l.Wake()
	fetching, f := pace.Begin(ctx, l.Env, nil, news.Host(src.URL), true)
	defer f.Leave()
	v := &Visit{lists: l, claim: c}
	outcome, err := work.Do(fetching, l.Now, v)
	switch outcome {
	case work.Saved:
		v.done.Next = v.done.Next.Truncate(time.Millisecond).UTC() // as the store keeps it
	case work.Internal:
	case work.Failed:
		err = v.fault
	case work.Unknown:
		err = fmt.Errorf("crawl %s: the store has another URL for it, until a daemon starts on this config or reloads it", source)
	case work.Later:
		err = fmt.Errorf("crawl %s: its host cannot be asked before %s", source, v.due.UTC().Format(time.TimeOnly))
	case work.Stopped:
		err = ctx.Err()
	case work.Lost:
		err = fmt.Errorf("crawl %s: %w", source, store.ErrClaimLost)
	}
	v.done.Source = source
	return v.done, err
}
