package app

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/store"
)

// Bounds of health.
const (
	dispatchWithin = 30 * time.Second // work is handed out every second
	doneWithin     = 2 * time.Minute  // what is due is begun; longer than any step takes and any claim holds
)

// progress carries the pipeline's steps and notes when one of each kind last
// ended well, so that it can be told whether work that is due is done.
type progress struct {
	*pipeline.Pipeline
	elapsed func() time.Duration // on a clock that nobody sets

	dispatch, list, page, deliver *atomic.Int64 // when one last ended; 0: none has yet
	undone                        *atomic.Pointer[string]
}

func newProgress(p *pipeline.Pipeline, elapsed func() time.Duration) progress {
	start := int64(elapsed())
	began := func() *atomic.Int64 {
		mark := new(atomic.Int64)
		mark.Store(start)
		return mark
	}
	return progress{
		Pipeline: p, elapsed: elapsed,
		dispatch: new(atomic.Int64), list: began(), page: began(), deliver: began(), undone: new(atomic.Pointer[string]),
	}
}

// List is the pipeline's.
func (p *progress) List(ctx context.Context, batch []store.Claim) error {
	return p.ended(p.list, p.Pipeline.List(ctx, batch))
}

// Page is the pipeline's.
func (p *progress) Page(ctx context.Context, c store.Claim) error {
	return p.ended(p.page, p.Pipeline.Page(ctx, c))
}

// Deliver is the pipeline's.
func (p *progress) Deliver(ctx context.Context, c store.Claim) error {
	return p.ended(p.deliver, p.Pipeline.Deliver(ctx, c))
}

func (p *progress) ended(mark *atomic.Int64, err error) error {
	if err == nil {
		mark.Store(int64(p.elapsed()))
	}
	return err
}

// dispatched notes that work was handed out.
func (p *progress) dispatched() { p.dispatch.Store(max(1, int64(p.elapsed()))) }

// look finds out whether work is due, has been for too long, and none of its
// kind was done meanwhile. Sources in except are others' work.
func (p *progress) look(ctx context.Context, s *store.Store, except []string, now time.Time) error {
	overdue, err := s.Counts.Overdue(ctx, now.Add(-doneWithin), except)
	if err != nil {
		return err
	}
	var undone error
	for _, kind := range []struct {
		due  int64
		last *atomic.Int64
		what string
	}{
		{overdue.Lists, p.list, "sources to be crawled"}, {overdue.Pages, p.page, "pages to be read"},
		{overdue.Channels, p.deliver, "channels to be posted to"},
	} {
		if kind.due > 0 && p.elapsed()-time.Duration(kind.last.Load()) > doneWithin {
			undone = errors.Join(undone, fmt.Errorf("work that is due is not done: %d %s have been due for %s and more", kind.due, kind.what, doneWithin))
		}
	}
	if undone == nil {
		p.undone.Store(nil)
		return nil
	}
	text := undone.Error()
	p.undone.Store(&text)
	return nil
}

// healthy reports whether work is handed out, and done.
func (p *progress) healthy() error {
	last := p.dispatch.Load()
	if last == 0 {
		return errors.New("nothing was handed out yet")
	}
	if ago := p.elapsed() - time.Duration(last); ago > dispatchWithin {
		return fmt.Errorf("nothing was handed out for %s: see the log", ago.Round(time.Second))
	}
	if undone := p.undone.Load(); undone != nil {
		return errors.New(*undone)
	}
	return nil
}
