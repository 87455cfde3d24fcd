package replay

import (
	"cmp"
	"context"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/preselect"
	"github.com/copytaster/copytaster/internal/wordindex"
)

// BacktestNewest is Backtest over the newest stories of an archive, as many as there is time for: only those
// are read that rules may match by the index of words, and those that it does not have yet.
// The newest come first, so that what was counted when ctx ends is of whole days. Its counts are
// those of Backtest; of From and To it knows only the stories that it read.
func BacktestNewest(ctx context.Context, a *Archive, o Options) (*Report, error) {
	n := &narrowed{Archive: a, need: o.Rules.Set.Need()}
	var err error
	if n.oldest, n.newest, err = a.store.Words.Bounds(ctx); err != nil {
		return nil, err
	}
	after := n.newest
	o.Progress = func(done, _ int64) { after = n.newest - done } // what stands above it is counted
	var stories int64
	counted := make(chan error, 1)
	go func() { // meanwhile: of a million it takes as long as to find a few
		var err error
		stories, err = a.store.Archive.CountAfter(ctx, a.span, 0)
		counted <- err
	}()
	r, err := Backtest(ctx, n, o)
	failed := <-counted
	if err == nil {
		after = 0
	}
	if err != nil || failed != nil {
		stories, failed = a.store.Archive.CountAfter(context.WithoutCancel(ctx), a.span, after)
	}
	if r != nil {
		r.Stories = int(stories)
	}
	return r, cmp.Or(err, failed)
}

// narrowed is an Archive of which only the stories are read that may meet a need, the newest
// first. What was read of it is counted in IDs, down from the newest.
type narrowed struct {
	*Archive
	need           wordindex.Need
	oldest, newest int64 // IDs
}

// size is the number of IDs.
func (a *narrowed) size(context.Context) (int64, error) { return max(0, a.newest-a.oldest+1), nil }

// forNews returns the whole archive: what matched is grouped with what stood before.
func (a *narrowed) forNews() (Input, keeper, error) { return a.Archive.forNews() }

func (a *narrowed) parts(ctx context.Context, send func(*part) bool) error {
	var ids []int64
	for id, err := range preselect.IDs(ctx, a.store, a.need, a.newest, a.span.Kept) {
		if err != nil {
			return err
		}
		if ids = append(ids, id); len(ids) < partStories {
			continue
		}
		if more, err := a.send(ctx, ids, send); err != nil || !more {
			return err
		}
		ids = nil
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := a.send(ctx, ids, send)
	return err
}

// send sends stories in parts of which none is long. more is false when no more are wanted.
func (a *narrowed) send(ctx context.Context, ids []int64, send func(*part) bool) (more bool, err error) {
	sizes, err := a.store.Archive.Sizes(ctx, ids)
	if err != nil {
		return false, err
	}
	first, size := 0, 0
	for i, id := range ids {
		if size += sizes[id]; size < partSize && i < len(ids)-1 {
			continue
		}
		if !send(a.part(ctx, ids[first:i+1])) {
			return false, nil
		}
		first, size = i+1, 0
	}
	return true, nil
}

// part is some stories. Who works on them reads them: that takes longer than to find out which they are.
func (a *narrowed) part(ctx context.Context, ids []int64) *part {
	late := func() ([]*news.Story, error) { return a.store.Archive.Some(ctx, a.span, ids) }
	return &part{late: late, read: a.newest - ids[len(ids)-1] + 1}
}
