package push

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/crawl"
	"github.com/copytaster/copytaster/internal/work"
)

// ReadPushes reads what was pushed, one after the other, until ctx ends.
func (h *Hubs) ReadPushes(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case t := <-h.pushes:
			if err := h.read(ctx, t); err != nil && ctx.Err() == nil {
				h.Log.Error("push cannot be recorded; its source is polled when the claim runs out", "source", t.sub.Source, "error", err)
			}
		}
	}
}

// read reads one push.
func (h *Hubs) read(ctx context.Context, t taken) (err error) {
	defer func() {
		if r := recover(); r != nil { // one push must not end the daemon
			h.Log.Error("a push panicked", "source", t.sub.Source, "panic", r, "stack", string(debug.Stack()))
			err = h.pollInstead(ctx, t)
		}
	}()
	_, err = work.Do(ctx, h.Now, &arrival{hubs: h, taken: t})
	return err
}

// arrival is a push being read, which is taken already. It is a work.Task.
type arrival struct {
	taken

	hubs  *Hubs
	src   news.Source
	plan  *act.Plan
	visit *crawl.Visit
	list  news.Listing
	cause error // why the push cannot be read
}

// Take renews the claim on the source, and finds out what is known of it.
func (r *arrival) Take(ctx context.Context, _ time.Time) (err error) {
	var ok bool
	r.plan = r.hubs.Plan()
	r.src, ok = r.plan.Sources[r.sub.Source]
	if !ok || r.src.URL != r.sub.URL { // a reload is under way
		return work.ErrUnknown
	}
	r.visit, err = r.hubs.lists.Pushed(ctx, r.TakenPush, r.src, r.plan)
	return err
}

// Run reads the stories of the push. Only a hostile one is the source's fault.
func (r *arrival) Run(context.Context) error {
	list, err := r.plan.Crawler.ReadPush(r.src, r.sub.Topic, r.push.ContentType, r.push.Body)
	if fault, ok := errors.AsType[*news.CrawlError](err); ok && fault.Fault == news.FaultHostile {
		return fault
	}
	r.list, r.cause = list, err
	return nil
}

// Postpone leaves the source alone until a time.
func (r *arrival) Postpone(ctx context.Context, due time.Time) error {
	return r.hubs.Store.Sources.Postpone(ctx, r.Claim.Claim, due)
}

// Fail records a hostile push as a crawl of its source would be.
func (r *arrival) Fail(ctx context.Context, fault *news.CrawlError) error {
	defer r.hubs.Wake() // the operators may have to be told
	if err := r.visit.Fail(ctx, fault); err != nil {
		return fmt.Errorf("record hostile push: %w", err)
	}
	return nil
}

// Save records the stories of the push. A source whose push cannot be read is
// polled.
func (r *arrival) Save(ctx context.Context) error {
	h, source := r.hubs, r.sub.Source
	if r.cause != nil || len(r.list.Stories) == 0 {
		h.Log.Info("push cannot be read, its source is polled", "source", source, "error", r.cause)
		return h.pollInstead(ctx, r.taken)
	}
	done, err := r.visit.SavePushed(ctx, r.TakenPush, r.list)
	if err != nil {
		return err
	}
	h.Meter.Push(source, pushRead)
	h.Meter.Stories(source, done.New)
	h.Log.Info("push read", "source", source, "listed", done.Listed, "new", done.New, "alerts", done.Alerts)
	h.Wake()
	return nil
}
