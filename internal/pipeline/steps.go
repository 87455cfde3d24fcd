package pipeline

import (
	"context"

	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/store"
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

// Prune removes texts that are older than the retention.
func (p *Pipeline) Prune(ctx context.Context) error {
	now, plan := p.Now(), p.Plan()
	n, err := p.Store.Prune(ctx, store.Ages{
		Texts: now.Add(-plan.Retention), Seen: now.Add(-max(store.SeenAtLeast, plan.Retention)),
		Compared: now.Add(-alert.ComparedFor),
	})
	if n > 0 {
		p.Log.Info("pruned old stories", "stories", n)
	}
	return err
}
