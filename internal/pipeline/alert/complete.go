package alert

import (
	"context"
	"fmt"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// FullStory is a story whose page was waited for.
type FullStory struct {
	store.NewStory            // with what the page adds
	Page           news.Story // the page's own words; without a text: it could not be read
	FromPage       bool       // the story's text is the page's
}

// completion is what a page leads to.
type completion struct {
	FullStory
	found  []news.Match // by all that is known now
	early  []news.Match // that followed from what the list says, and are recorded
	still  []news.Match // of what was found, what was told early
	unsaid []news.Match // of that, what the page's own words do not call for
	read   *Compared    // nil when nothing was found
}

// Complete matches a story whose page was waited for and records it as complete,
// with all that follows from it, in one transaction. What was recorded by what its
// list says stays. A twin of a story that its source's list gave under another
// link, and that is complete already, is recorded, and nothing follows from it.
// The error is store.ErrClaimLost when another worker is at the story.
func (r Recorder) Complete(ctx context.Context, c store.Claim, n FullStory) error {
	done := completion{FullStory: n, found: r.plan.Rules.Match(n.Story)}
	matches, err := r.complete(ctx, c, &done)
	if err != nil {
		return fmt.Errorf("complete story %s: %w", n.URL, err)
	}
	r.CountMatches(matches)
	if len(matches)+len(done.early) > 0 {
		r.Wake()
	}
	return nil
}

func (r Recorder) complete(ctx context.Context, c store.Claim, n *completion) (matches []news.Match, err error) {
	if n.early, err = r.Store.Stories.Matches(ctx, n.ID); err != nil {
		return nil, err
	}
	r.weigh(n)
	if len(n.found) > 0 {
		if n.read, err = r.Read(ctx, n.Story); err != nil {
			return nil, err
		}
	}
	cluster := n.Cluster
	err = r.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		n.Cluster = cluster // anew when the transaction is tried again
		if len(n.found)+len(n.early) > 0 {
			if err := r.Lock(ctx, tx); err != nil {
				return err
			}
		}
		if err := tx.Pages.Complete(ctx, c, n.Story, n.FromPage, r.now); err != nil {
			return err
		}
		matches, err = r.saveComplete(ctx, tx, n)
		return err
	})
	return matches, err
}

// saveComplete records what follows from a story that is complete, and returns
// the matches that count: those that neither its list told nor its twin has.
func (r Recorder) saveComplete(ctx context.Context, tx *store.Tx, n *completion) ([]news.Match, error) {
	if page := news.LinkKey(n.Canonical); page != "" && page != n.Key {
		if err := tx.Stories.AddPageURL(ctx, n.ID, page, r.now); err != nil {
			return nil, err
		}
	}
	twin, at, err := r.placeComplete(ctx, tx, n)
	if err != nil {
		return nil, err
	}
	matches := notOf(n.found, n.early)
	if twin != 0 {
		known, err := tx.Stories.Matches(ctx, twin)
		if err != nil {
			return nil, err
		}
		matches = notOf(matches, known)
	}
	calling := matches
	if at.left {
		calling = slices.Concat(n.early, matches)
	}
	if _, err := r.saveMatches(ctx, tx, n.NewStory, at, calling); err != nil || len(n.early) == 0 {
		return matches, err
	}
	return matches, r.saveEarly(ctx, tx, n)
}

// placeComplete places a story that is complete. twin is that of joinCluster.
func (r Recorder) placeComplete(
	ctx context.Context, tx *store.Tx, n *completion,
) (twin int64, at placement, err error) {
	own := n.Cluster
	twin, err = joinCluster(ctx, tx, n.Story)
	if err != nil || n.read == nil {
		return twin, at, err
	}
	if joined := n.Cluster != own; r.index.knows(n.ID) {
		at, err = r.index.refill(ctx, tx, n.read, n.Story, joined, r.now)
	} else {
		at, err = r.index.place(ctx, tx, n.read, n.Story, joined)
	}
	return twin, at, err
}
