package pipeline

import (
	"context"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// recorder records the new stories of one list of one claimed source.
type recorder struct {
	*Pipeline
	claim    store.Claim
	src      news.Source
	plan     *Plan
	firstRun bool
	now      time.Time
	done     *Crawled // counts what was recorded
}

// saveFresh records new stories in their order: those that match nothing in
// small transactions, each one that matches in its own.
func (r *recorder) saveFresh(ctx context.Context, fresh []store.NewStory) error {
	for batch := range slices.Chunk(fresh, saveBatch) {
		var plain []store.NewStory
		for _, n := range batch {
			matches := r.plan.Rules.Match(n.Story) // what the list says
			n.FirstRun, n.Waiting = r.firstRun, needsPage(r.src, n.Story)
			if n.Waiting {
				n.Host = news.Host(n.URL)
				if len(matches) > 0 && r.plan.mayAlert(n, r.now) {
					n.WaitUntil = r.now.Add(alertWait)
				}
			}
			if n.Waiting || len(matches) == 0 {
				plain = append(plain, n)
				continue
			}
			if err := r.saveMatched(ctx, n, matches); err != nil {
				return err
			}
		}
		if err := r.savePlain(ctx, plain); err != nil {
			return err
		}
	}
	return nil
}

// savePlain records stories that nothing follows from yet.
func (r *recorder) savePlain(ctx context.Context, stories []store.NewStory) error {
	if len(stories) == 0 {
		return nil
	}
	err := r.store.InTx(ctx, func(tx *store.Tx) error {
		if err := r.count(ctx, tx, len(stories)); err != nil {
			return err
		}
		for _, n := range stories {
			err := tx.Stories.Add(ctx, n)
			if err == nil && !n.WaitUntil.IsZero() {
				err = tx.Pages.LimitWait(ctx, n.ID, n.WaitUntil)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.done.New += len(stories)
	for _, n := range stories {
		if n.Waiting {
			r.done.Waiting++
		}
	}
	return nil
}

// saveMatched records a story with all that follows from its matches.
func (r *recorder) saveMatched(ctx context.Context, n store.NewStory, matches []news.Match) error {
	var told int
	err := r.store.InTx(ctx, func(tx *store.Tx) error {
		err := tx.Stories.LockClusters(ctx)
		if err == nil {
			err = r.count(ctx, tx, 1)
		}
		if err == nil {
			err = tx.Stories.Add(ctx, n)
		}
		if err == nil {
			_, err = joinCluster(ctx, tx, n.Story)
		}
		if err == nil {
			told, err = r.saveMatches(ctx, tx, r.plan, n, matches, r.now)
		}
		return err
	})
	if err != nil {
		return err
	}
	r.Pipeline.count(matches)
	r.done.New++
	r.done.Matched++
	r.done.Alerts += told
	return nil
}

// count counts stories in the transaction that records them, as long as the
// claim on their source holds.
func (r *recorder) count(ctx context.Context, tx *store.Tx, stories int) error {
	ok, err := tx.Sources.CountStories(ctx, r.claim, stories, r.opt.Now())
	if err == nil && !ok {
		err = errClaimLost
	}
	return err
}
