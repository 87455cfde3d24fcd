// Package page reads the pages of stories. Make Pages with New; Page reads the
// one that a new story waits for (page.go), and Look reads that of a story that
// alerted again, for what its outlet changed (look.go). Both are carried by the
// frame of package work, and end in package alert.
package page

import (
	"context"
	"errors"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/pipeline/pace"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/work"
)

// Pages reads pages. Its methods may be called from many goroutines.
type Pages struct {
	*act.Env

	index *alert.SketchIndex
	pages *pace.Lane
	looks *pace.Lane
}

// New makes an act of Pages with a number of workers.
func New(env *act.Env, index *alert.SketchIndex, workers int) *Pages {
	return &Pages{Env: env, index: index, pages: pace.NewLane(workers), looks: pace.NewLane(pace.Share(workers))}
}

// Page reads the page of one claimed story and matches the story.
func (p *Pages) Page(ctx context.Context, c store.Claim) error {
	ctx, f := pace.Begin(ctx, p.Env, p.pages, c.Host, false)
	defer func() {
		if f.Leave(); p.pages.Idle() {
			p.Wake() // there may be more than one turn's worth
		}
	}()
	_, err := work.Do(ctx, p.Now, &reading{pages: p, claim: c})
	return err
}

// Look reads the page of one claimed story again and records what its outlet
// changed. A page that is gone is believed to be so when a second look a few
// minutes later finds the same; any other trouble is left to the next look.
func (p *Pages) Look(ctx context.Context, c store.Claim) error {
	ctx, f := pace.Begin(ctx, p.Env, p.looks, c.Host, false)
	defer f.Leave()
	_, err := work.Do(ctx, p.Now, &looking{pages: p, claim: c})
	return err
}

// errUnwatched says that a source was removed from the config or switched off.
var errUnwatched = errors.New("the source is not watched any more")

// watched returns a source of a plan whose host may be asked. The error is
// errUnwatched, or work.ErrUnknown for a source that the plan lacks and the
// newest config has, so that its stories are for other daemons.
func (p *Pages) watched(ctx context.Context, plan *act.Plan, source string) (news.Source, error) {
	src, ok := plan.Watched(source)
	if ok {
		return src, nil
	}
	states, err := p.Store.Sources.List(ctx)
	switch {
	case err != nil:
		return src, err
	case slices.ContainsFunc(states, func(s store.SourceState) bool { return s.Name == source }):
		return src, work.ErrUnknown
	}
	return src, errUnwatched
}
