package crawl

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/pace"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/work"
)

// Visit is one crawl of a claimed source, or what stands in for one: what was
// pushed. It is a work.Task.
type Visit struct {
	lists    *Lists
	claim    store.Claim
	src      news.Source
	state    store.SourceState // before the visit
	plan     *act.Plan
	start    time.Time
	habit    schedule.Habit
	health   health.State
	timeline health.Timeline
	list     news.Listing
	oldest   time.Time // the oldest date in the list

	done    Crawled
	reports []func()         // log what was found of the source, once it is recorded
	fault   *news.CrawlError // that ended the visit
	due     time.Time        // of a visit that was postponed
}

// know takes in what is known of the source.
func (v *Visit) know(src news.Source, state store.SourceState, plan *act.Plan, start time.Time) {
	v.src, v.state, v.plan, v.start = src, state, plan, start
	v.done.Source = src.Name
	v.lists.Decode(src.Name, state.Health, &v.health)
	v.lists.Decode(src.Name, state.Timeline, &v.timeline)
	v.lists.Decode(src.Name, state.Habit, &v.habit)
}

// Take takes the source over, unless another daemon's config has it otherwise.
func (v *Visit) Take(ctx context.Context, now time.Time) error {
	state, err := v.lists.Store.Sources.Renew(ctx, v.claim, now)
	if err != nil {
		return err
	}
	plan := v.lists.Plan()
	src, ok := plan.Sources[v.claim.Name]
	if !ok || src.URL != state.URL {
		return work.ErrUnknown
	}
	v.know(src, state, plan, now)
	return nil
}

// Run fetches the list.
func (v *Visit) Run(ctx context.Context) (err error) {
	bounded, cancel := context.WithTimeout(ctx, pace.Bound)
	defer cancel()
	v.list, err = v.plan.Crawler.List(bounded, v.src, v.validators())
	pace.End(ctx, err)
	if err != nil {
		return fmt.Errorf("crawl %s: %w", v.src.Name, err)
	}
	return nil
}

// Postpone leaves the source alone until a time.
func (v *Visit) Postpone(ctx context.Context, due time.Time) error {
	v.due = due
	return v.lists.Store.Sources.Postpone(ctx, v.claim, due)
}

// Fail records a failure: the source is tried again at its next run, or later
// when it goes on failing or the server asks for it. What was pushed meanwhile
// and not read makes it due as soon as that allows.
func (v *Visit) Fail(ctx context.Context, fault *news.CrawlError) error {
	l, now := v.lists, v.lists.Now()
	v.fault = fault
	rest := v.restAfter(fault)
	next := v.afterFailure(rest, now)
	v.judge(health.Outcome{At: now, Took: now.Sub(v.start), Err: fault})
	end := store.CrawlResult{Health: act.Encode(v.health), Timeline: act.Encode(v.timeline), At: now, Next: next}
	err := l.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.Sources.MarkFailed(ctx, v.claim, end, fault.Error()); err != nil {
			return err
		}
		return tx.Pushes.CatchUp(ctx, v.src.Name, v.start, now.Add(rest))
	})
	l.Meter.Crawl(v.src.Name, string(fault.Fault), now.Sub(v.start).Seconds())
	v.line(string(fault.Fault), fault.Status, next).Warn("source cannot be crawled", "error", fault)
	if err != nil {
		return err
	}
	v.report()
	return nil
}

// report logs what was found of the source. It is recorded: a visit whose claim
// was lost, or whose transaction failed, has found nothing.
func (v *Visit) report() {
	for _, log := range v.reports {
		log()
	}
}

// Save records what the list holds.
func (v *Visit) Save(ctx context.Context) error {
	l := v.lists
	v.done.Listed, v.done.Skipped = len(v.list.Stories), v.list.Skipped
	v.done.NotModified, v.done.MovedTo = v.list.NotModified, news.ShownURL(v.list.MovedTo)
	if err := v.saveList(ctx); err != nil {
		return fmt.Errorf("save list of %s: %w", v.src.Name, err)
	}
	outcome, status := "ok", http.StatusOK
	if v.list.NotModified {
		outcome, status = "not modified", http.StatusNotModified
	}
	l.Meter.Crawl(v.src.Name, outcome, l.Now().Sub(v.start).Seconds())
	l.Meter.Stories(v.src.Name, v.done.New)
	v.line(outcome, status, v.done.Next).Info("crawled",
		"listed", v.done.Listed, "new", v.done.New, "matched", v.done.Matched, "alerts", v.done.Alerts)
	return nil
}

// line is the log with the fields that the one line of every crawl has. status is that of HTTP, 0
// when there was no answer.
func (v *Visit) line(outcome string, status int, next time.Time) *slog.Logger {
	took := v.lists.Now().Sub(v.start).Round(time.Millisecond)
	return v.lists.Log.With("source", v.src.Name, "outcome", outcome, "status", status, "took", took,
		"next", next.UTC().Format(time.RFC3339))
}

// saveList records the stories of the list and, in the last transaction, what
// was learnt of the source, with its validators, the end of its first run and
// its next run. When the daemon dies before that, the list is read again whole.
func (v *Visit) saveList(ctx context.Context) error {
	l, now := v.lists, v.lists.Now()
	found, err := v.identify(ctx, now)
	if err != nil {
		return err
	}
	if err := v.recorder(now).saveFresh(ctx, found.fresh); err != nil {
		return err
	}
	left, err := v.saveEdits(ctx, &found)
	if err != nil {
		return err
	}
	hub, err := v.hubState(ctx)
	if err != nil {
		return err
	}
	v.learn(found, now)
	fresh := v.done.New > 0
	v.done.Next = hub.nextPoll(l.Plan().Next(v.src.Name, now, v.habit), now, fresh)
	v.done.Barren = v.health.Barren(v.src.Kind, v.state.Stories+int64(v.done.New))
	end := store.CrawlResult{
		NotModified: v.list.NotModified, Validators: v.validatorsAfter(), At: now, Next: v.done.Next,
		Health: act.Encode(v.health), Timeline: act.Encode(v.timeline),
		Habit: act.Encode(v.habit), Ways: act.Encode(found.ways),
	}
	if left {
		end.Validators = news.Validators{} // "not modified" would hide what is left
	}
	err = l.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.Sources.MarkCrawled(ctx, v.claim, end); err != nil {
			return err
		}
		if err := found.save(ctx, tx); err != nil {
			return err
		}
		if err := l.Ops(ctx, tx, now, found.message); err != nil {
			return err
		}
		return hub.save(ctx, tx, now, fresh)
	})
	if err != nil {
		return err
	}
	v.report()
	return nil
}
