package alert

import (
	"context"
	"fmt"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// Complete matches a story whose page was waited for and records it as complete,
// with all that follows from it, in one transaction. fromPage says that its text
// is the page's. A twin of a story that its source's list gave under another
// link, and that is complete already, is recorded, and nothing follows from it.
// The error is store.ErrClaimLost when another worker is at the story.
func (r Recorder) Complete(ctx context.Context, c store.Claim, n store.NewStory, fromPage bool) error {
	found, cluster := r.plan.Rules.Match(n.Story), n.Cluster
	var matches []news.Match
	var read *Compared
	if len(found) > 0 {
		var err error
		if read, err = r.Read(ctx, n.Story); err != nil {
			return fmt.Errorf("complete story %s: %w", n.URL, err)
		}
	}
	err := r.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		if n.Cluster = cluster; len(found) > 0 { // anew when the transaction is tried again
			if err := r.Lock(ctx, tx); err != nil {
				return err
			}
		}
		if err := tx.Pages.Complete(ctx, c, n.Story, fromPage); err != nil {
			return err
		}
		matches, err = r.saveComplete(ctx, tx, n, read, found)
		return err
	})
	if err != nil {
		return fmt.Errorf("complete story %s: %w", n.URL, err)
	}
	r.CountMatches(matches)
	if len(matches) > 0 {
		r.Wake()
	}
	return nil
}

// saveComplete records what follows from a story that is complete, and returns
// the matches that count: those that its twin does not have.
func (r Recorder) saveComplete(
	ctx context.Context, tx *store.Tx, n store.NewStory, read *Compared, found []news.Match,
) ([]news.Match, error) {
	if page := news.LinkKey(n.Canonical); page != "" && page != n.Key {
		if err := tx.Stories.AddPageURL(ctx, n.ID, page, r.now); err != nil {
			return nil, err
		}
	}
	own := n.Cluster
	twin, err := joinCluster(ctx, tx, n.Story)
	var at placement
	if err == nil && read != nil {
		at, err = r.index.place(ctx, tx, read, n.Story, n.Cluster != own)
	}
	if err != nil {
		return nil, err
	}
	matches := found
	if twin != 0 {
		known, err := tx.Stories.Matches(ctx, twin)
		if err != nil {
			return nil, err
		}
		matches = notOf(found, known)
	}
	_, err = r.saveMatches(ctx, tx, n, at, matches)
	return matches, err
}
