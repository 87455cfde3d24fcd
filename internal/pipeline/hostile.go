package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// hostileRest is what a source is left alone after it served a document that is
// built to use up memory, whatever its schedule says, restarts and pushes
// included.
const hostileRest = 24 * time.Hour

// hostileUntil returns until when a source is left alone that served a hostile
// document last, the zero time for any other.
func (p *Pipeline) hostileUntil(s store.SourceState) time.Time {
	var state health.State
	if p.decode(s.Name, s.Health, &state); state.Leaning != health.Hostile {
		return time.Time{}
	}
	return s.Crawled.Add(hostileRest)
}

// keepHostileAway lets planned sources rest that served hostile documents: a
// start catches up with what is due by their schedule, but not with them.
func (p *Pipeline) keepHostileAway(ctx context.Context, planned []store.PlannedSource) error {
	states, err := p.store.Sources.List(ctx)
	if err != nil {
		return err
	}
	until := map[string]time.Time{}
	for _, s := range states {
		until[s.URL] = p.hostileUntil(s)
	}
	for i := range planned {
		planned[i].Next = later(planned[i].Next, until[planned[i].URL])
	}
	return nil
}

// isHostile reports whether a source is left alone now because of what it
// served last.
func (p *Pipeline) isHostile(ctx context.Context, source string) (bool, error) {
	state, err := p.store.Sources.Get(ctx, source)
	if err != nil {
		return false, err
	}
	return p.opt.Now().Before(p.hostileUntil(state)), nil
}

// pushFailed records a push that was hostile as a crawl of its source would be.
func (p *Pipeline) pushFailed(ctx context.Context, taken takenPush, src news.Source, plan *Plan, cause *news.CrawlError) error {
	state, err := p.store.Sources.Get(ctx, src.Name)
	if err != nil {
		return fmt.Errorf("record hostile push: %w", err)
	}
	defer p.Wake() // the operators may have to be told
	return p.crawlFailed(ctx, p.newVisit(taken.claim.Claim, src, state, plan, taken.at), cause)
}
