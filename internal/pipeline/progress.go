package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// Bounds of health.
const (
	dispatchWithin = 30 * time.Second // it is looked for work every longestIdle, or more often
	doneWithin     = 2 * time.Minute  // what is due is begun; longer than any step takes and any claim holds
)

// progress notes when work was last handed out, and when a step of each kind last
// ended without an error, so that it can be told whether work that is due is done.
type progress struct {
	elapsed func() time.Duration // on a clock that nobody sets

	dispatched            atomic.Int64 // when that last ended; 0: it never has
	lists, pages, deliver atomic.Int64 // when one last ended, or the process began
	undone                atomic.Pointer[string]
}

func (p *progress) begin(elapsed func() time.Duration) {
	p.elapsed = elapsed
	for _, last := range []*atomic.Int64{&p.lists, &p.pages, &p.deliver} {
		last.Store(int64(p.elapsed()))
	}
}

// ended notes that a step ended, and returns its error.
func (p *progress) ended(last *atomic.Int64, err error) error {
	if err == nil {
		last.Store(max(1, int64(p.elapsed())))
	}
	return err
}

// since returns how long ago a step last ended.
func (p *progress) since(last *atomic.Int64) time.Duration {
	return p.elapsed() - time.Duration(last.Load())
}

// CheckProgress finds out whether work is due, has been for too long, and none of
// its kind was done meanwhile. It is to be called every few seconds.
func (p *Pipeline) CheckProgress(ctx context.Context) error {
	overdue, err := p.Store.Counts.Overdue(ctx, p.Now().Add(-doneWithin), p.LeftToOthers())
	if err != nil {
		return err
	}
	var undone error
	for _, kind := range []struct {
		due  int64
		last *atomic.Int64
		what string
	}{
		{overdue.Lists, &p.progress.lists, "sources to be crawled"},
		{overdue.Pages, &p.progress.pages, "pages to be read"},
		{overdue.Channels, &p.progress.deliver, "channels to be posted to"},
	} {
		if kind.due > 0 && p.progress.since(kind.last) > doneWithin {
			undone = errors.Join(undone, fmt.Errorf("work that is due is not done: %d %s have been due for %s and more", kind.due, kind.what, doneWithin))
		}
	}
	if undone == nil {
		p.progress.undone.Store(nil)
		return nil
	}
	text := undone.Error()
	p.progress.undone.Store(&text)
	return nil
}

// Healthy reports whether work is handed out, and done.
func (p *Pipeline) Healthy() error {
	if p.progress.dispatched.Load() == 0 {
		return errors.New("nothing was handed out yet")
	}
	if ago := p.progress.since(&p.progress.dispatched); ago > dispatchWithin {
		return fmt.Errorf("nothing was handed out for %s: see the log", ago.Round(time.Second))
	}
	if undone := p.progress.undone.Load(); undone != nil {
		return errors.New(*undone)
	}
	return nil
}
