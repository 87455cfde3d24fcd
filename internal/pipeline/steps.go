package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
)

// The steps that the queue carries, in the order of a story.

// List crawls a batch of claimed sources, and records what is new in their lists.
func (p *Pipeline) List(ctx context.Context, batch []store.Claim) error {
	return p.progress.ended(&p.progress.lists, p.Lists.List(ctx, batch))
}

// Page reads the page that a claimed story waits for, and matches the story.
func (p *Pipeline) Page(ctx context.Context, c store.Claim) error {
	return p.progress.ended(&p.progress.pages, p.Pages.Page(ctx, c))
}

// Deliver posts what is due in a claimed channel.
func (p *Pipeline) Deliver(ctx context.Context, c store.Claim) error {
	return p.progress.ended(&p.progress.deliver, p.Channels.Deliver(ctx, c))
}

// Look reads the page of a claimed story that alerted again.
func (p *Pipeline) Look(ctx context.Context, c store.Claim) error { return p.Pages.Look(ctx, c) }

// Subscribe asks the hubs of claimed subscriptions.
func (p *Pipeline) Subscribe(ctx context.Context, batch []store.Claim) error {
	return p.Hubs.Subscribe(ctx, batch)
}

// Prune removes texts that are older than the retention, and the oldest while the store is too large.
func (p *Pipeline) Prune(ctx context.Context) error {
	now, plan := p.Now(), p.Plan()
	n, err := p.Store.Prune(ctx, store.Ages{
		Texts: now.Add(-plan.Retention), Seen: now.Add(-max(store.SeenAtLeast, plan.Retention)),
		Compared: now.Add(-alert.ComparedFor),
	})
	if n > 0 {
		p.Log.Info("pruned old stories", "stories", n)
	}
	if err != nil {
		return err
	}
	if err := p.shrink(ctx, now, plan.StorageLimit); err != nil {
		return err
	}
	segments, err := p.Store.Words.Prune(ctx)
	if segments > 0 {
		p.Log.Debug("took old stories out of the index of words", "segments", segments)
	}
	return err
}

// TroubleStorage is the trouble that the store is larger than it may be, and has nothing left to prune.
const TroubleStorage = "storage limit"

// wholeFor is how long texts stay that a limit of the store would have pruned.
const wholeFor = 24 * time.Hour

// shrink prunes the oldest texts while the store is larger than its limit, in bytes; 0 is none. The
// ops channel is told once when that does not help.
func (p *Pipeline) shrink(ctx context.Context, now time.Time, limit int64) error {
	var done store.Shrunk
	if limit > 0 {
		var err error
		if done, err = p.Store.Shrink(ctx, limit, now.Add(-wholeFor)); err != nil {
			return err
		}
	}
	if done.Stories > 0 {
		p.Log.Info("pruned the oldest texts, because the store was larger than its limit",
			"stories", done.Stories, "bytes", done.Size, "limit", limit)
	}
	if done.Size <= limit {
		return p.TellEnd(ctx, TroubleStorage, "The store is not larger than storage_limit any more.")
	}
	p.Log.Warn("the store is larger than its limit, and has no old texts left", "bytes", done.Size, "limit", limit)
	return p.TellBegin(ctx, TroubleStorage, fmt.Sprintf("The store takes %s, more than storage_limit: %s. Texts that are older than a day are pruned "+
		"already; alerts, what sources listed and texts that others are compared with stay. Raise the limit, or look for sources that list very much.",
		text.Bytes(done.Size), text.Bytes(limit)))
}
