package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Pass is what one pass over all sources came to.
type Pass struct {
	Sources  int                 `json:"sources"`
	Failed   []store.SourceState `json:"-"`    // sources that could not be crawled
	Barren   []Barren            `json:"-"`    // sources whose list could be read and holds no story
	Sent     int                 `json:"sent"` // deliveries sent in this pass
	Left     []news.Delivery     `json:"-"`    // parked, in doubt, unsent, or given up in this pass
	Paused   string              `json:"-"`    // why nothing can be sent, "" when it can
	Pauses   []Paused            `json:"-"`    // of deliveries, by operators
	TimedOut bool                `json:"timed_out"`
}

// Barren is a source whose list could be read and holds no story.
type Barren struct {
	Name   string
	Reason string
	Ever   bool // it has given stories before, and may again
}

// Done reports whether nothing is left, and at least one source gave something.
func (p Pass) Done() bool { return len(p.Left) == 0 && !p.TimedOut && !p.Fruitless() }

// Fruitless reports whether there are sources, and nothing can be read of any.
func (p Pass) Fruitless() bool {
	none := len(p.Failed)
	for _, b := range p.Barren {
		if !b.Ever {
			none++
		}
	}
	return p.Sources > 0 && none == p.Sources
}

// Once crawls every source, reads the pages, delivers everything and waits out
// what is in doubt, for at most the timeout; then it stops.
func (a *App) Once(ctx context.Context, timeout time.Duration) (Pass, error) {
	return a.Through(ctx, timeout, func() bool { return false })
}

// Through is Once over sources that tell more when they are asked to: next is called
// whenever all that was due is done, and every source is crawled again until it returns
// false. What waits for more to come, such as a batch of reports, is delivered in the end.
func (a *App) Through(ctx context.Context, timeout time.Duration, next func() bool) (Pass, error) {
	start := a.clock.Now().Truncate(time.Millisecond) // as the store keeps times
	if err := a.store.Sources.MarkAllDue(ctx, start); err != nil {
		return Pass{}, err
	}
	stop, err := a.start(ctx)
	if err != nil {
		return Pass{}, err
	}
	bounded, cancel := context.WithTimeout(ctx, timeout)
	timedOut, waitErr := a.await(bounded, start, next)
	cancel()
	if err := errors.Join(waitErr, stop(), ctx.Err()); err != nil {
		return Pass{}, err
	}
	pass, err := a.pass(context.WithoutCancel(ctx), start)
	pass.TimedOut = timedOut
	return pass, err
}

// await returns when every source was crawled, next returned false, and nothing is left to
// do.
func (a *App) await(ctx context.Context, start time.Time, next func() bool) (timedOut bool, err error) {
	const probeEvery = 5 * time.Second
	var probed time.Time
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for {
		select {
		case <-ctx.Done():
			return true, nil
		case err := <-a.lost:
			return false, err
		case <-poll.C:
		}
		crawled, err := crawledSince(ctx, a, start)
		if err != nil || !crawled {
			if err == nil || ctx.Err() != nil {
				continue
			}
			return false, err
		}
		left, err := a.store.Counts.Work(ctx, start)
		if err == nil && left.Pages == 0 && left.Deliveries > 0 && time.Since(probed) > probeEvery {
			if probed = time.Now(); a.cannotSend(ctx) {
				return false, nil
			}
		}
		more := false
		if err == nil {
			more, err = again(ctx, a, &start, next)
		}
		switch {
		case ctx.Err() != nil || more && err == nil:
			continue
		case err != nil:
			return false, err
		case left.Pages == 0 && left.Deliveries == 0:
			return false, nil
		}
		next = func() bool { return false }
		if left.Pages == 0 { // nothing more comes that they could tell
			if err := a.store.Deliveries.WaitNoMore(ctx, a.clock.Now()); err != nil && ctx.Err() == nil {
				return false, err
			}
			a.pipeline.Wake()
		}
	}
}

// again has every source crawled once more if next says so, which is asked when nothing is
// due. It reports whether there is still something to come.
func again(ctx context.Context, a *App, start *time.Time, next func() bool) (more bool, err error) {
	now := a.clock.Now().Truncate(time.Millisecond)
	due, err := a.store.Counts.Due(ctx, now)
	if err != nil || due > 0 {
		return due > 0, err
	}
	if !next() {
		return false, nil
	}
	*start = now
	err = a.store.Sources.MarkAllDue(ctx, now)
	a.pipeline.Wake()
	return true, err
}

// crawledSince reports whether every source of the config was crawled, well or
// badly, at or after a time.
func crawledSince(ctx context.Context, a *App, start time.Time) (bool, error) {
	states, err := a.store.Sources.List(ctx)
	if err != nil {
		return false, err
	}
	crawled := map[string]bool{}
	for _, s := range states {
		crawled[s.Name] = !s.Crawled.Before(start)
	}
	return !slices.ContainsFunc(a.cfg.Load().Sources, func(src news.Source) bool {
		return !src.Disabled && !crawled[src.Name]
	}), nil
}

// cannotSend reports whether sending is paused and the token, tried anew, is
// still refused: waiting would not help. A good token ends the pause.
func (a *App) cannotSend(ctx context.Context) bool {
	pause, err := a.store.Sending.Paused(ctx)
	if err != nil || pause.Since.IsZero() {
		return false
	}
	a.planMu.Lock()
	sender := a.parts.sender
	a.planMu.Unlock()
	if err := sender.Probe(ctx); err != nil {
		var se *notify.SendError
		return errors.As(err, &se) && se.Problem == notify.Unauthorized
	}
	if _, err := a.store.Sending.Resume(ctx); err != nil {
		a.log.Error("sending stays paused", "error", err)
	}
	a.pipeline.Wake()
	return false
}

func (a *App) pass(ctx context.Context, start time.Time) (Pass, error) {
	var pass Pass
	sources, err := a.store.Sources.List(ctx)
	if err != nil {
		return pass, err
	}
	pass.Sources = len(sources)
	kinds := map[string]news.SourceKind{}
	for _, src := range a.cfg.Load().Sources {
		kinds[src.Name] = src.Kind
	}
	for _, src := range sources {
		thought, kind := healthOf(src), kinds[src.Name]
		switch {
		case src.Error != "":
			pass.Failed = append(pass.Failed, src)
		case thought.ListsNothing():
			pass.Barren = append(pass.Barren, Barren{src.Name, kind.Barren(), thought.Barren(kind, src.Stories) == ""})
		}
	}
	pause, err := a.store.Sending.Paused(ctx)
	if err != nil {
		return pass, err
	}
	pass.Paused = pause.Error
	if pass.Pauses, err = readPauses(ctx, a.store, a.clock.Now()); err != nil {
		return pass, err
	}
	all, err := a.store.Deliveries.List(ctx, 100_000)
	if err != nil {
		return pass, fmt.Errorf("list what is left: %w", err)
	}
	for _, d := range all {
		switch {
		case d.Kind == news.DeliverEdit && d.State == news.StateSent, d.Later(start):
		case d.State == news.StateSent && !d.Done.Before(start):
			pass.Sent++
		case d.State == news.StateDead && !d.Done.Before(start):
			pass.Left = append(pass.Left, d)
		case d.State != news.StateSent && d.State != news.StateDead:
			pass.Left = append(pass.Left, d)
		}
	}
	return pass, nil
}
