package pipeline

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/crawl"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// toldStep is how far a clock may be set before the operators hear of it.
const toldStep = time.Minute

// Kept is what KeepTime found.
type Kept struct {
	Beat   store.Beat    // that was recorded
	Before store.Beat    // the last one that any daemon on the store recorded
	Step   time.Duration // how far the clock was set since then; 0 when it was not
	Mended int64         // times that lay absurdly far ahead
}

// readBeat reads the clocks.
type readBeat func(context.Context) (store.Beat, error)

// KeepTime records that the store is at work, as read says, lets its times follow a clock
// that was set since the last time, and mends those that lie absurdly far
// ahead: a clock that was wrong, and is right again, must not make anything wait
// until it shows the wrong time again. It is to be called when a daemon starts,
// with all, and then every few seconds.
func (p *Pipeline) KeepTime(ctx context.Context, read readBeat, all bool) (Kept, error) {
	var (
		kept   Kept
		mended []store.Mended
	)
	err := p.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		kept = Kept{} // anew when the transaction is tried again
		if kept.Before, kept.Beat, err = tx.Clock.Beat(ctx, read); err != nil {
			return err
		}
		now := kept.Beat.At
		kept.Step = kept.Before.Step(kept.Beat)
		if kept.Step != 0 {
			if _, err := tx.Clock.Shift(ctx, now, kept.Step); err != nil {
				return err
			}
		}
		if mended, err = p.mendTimes(ctx, tx, now, kept.Step, all); err != nil {
			return err
		}
		for _, m := range mended {
			kept.Mended += m.Rows
		}
		return p.Ops(ctx, tx, now, stepMessage(kept.Step, now), mendedMessage(mended))
	})
	if err != nil {
		return Kept{}, fmt.Errorf("keep time: %w", err)
	}
	if kept.Step != 0 {
		p.Log.Warn("the clock was set: what waits in the store moves along", "by", kept.Step, "now", kept.Beat.At.UTC().Format(time.RFC3339))
	}
	for _, m := range mended {
		p.Log.Error("times in the store lay absurdly far ahead and were mended", "column", m.Column, "rows", m.Rows)
	}
	if kept.Step != 0 {
		if err := p.followHours(ctx, p.Plan(), kept.Beat.At); err != nil {
			return Kept{}, fmt.Errorf("keep time: %w", err)
		}
	}
	if kept.Step != 0 || kept.Mended > 0 {
		if err := p.index.Reload(ctx); err != nil {
			return Kept{}, fmt.Errorf("keep time: %w", err)
		}
	}
	return kept, nil
}

// mendTimes mends what lies too far ahead.
func (p *Pipeline) mendTimes(
	ctx context.Context, tx *store.Tx, now time.Time, step time.Duration, all bool,
) ([]store.Mended, error) {
	mended, err := tx.Clock.Mend(ctx, now, all || step != 0)
	if err != nil {
		return nil, err
	}
	plan := p.Plan()
	r := replanner{plan: plan, now: now}
	if step < 0 {
		_, err = r.replan(ctx, tx, now, func(source string, next time.Time) bool {
			return !plan.Schedules[source].Adaptive() && next.After(plan.Next(source, now, schedule.Habit{}))
		})
		if err != nil {
			return nil, err
		}
	}
	// A source that rests after a crawl that failed may pass runs of its schedule.
	rested := now.Add(crawl.LongestRest)
	runs, err := r.replan(ctx, tx, rested, func(source string, next time.Time) bool {
		return next.After(plan.Next(source, rested, schedule.Habit{}))
	})
	if runs > 0 {
		mended = append(mended, store.Mended{Column: "source.next_at", Rows: runs})
	}
	return mended, err
}

// replanner reckons anew when sources of a plan are due.
type replanner struct {
	plan *act.Plan
	now  time.Time
}

// replan plans sources anew that are due after a time and whose next run is
// wrong, and returns how many were.
func (r replanner) replan(
	ctx context.Context, tx *store.Tx, after time.Time, wrong func(source string, next time.Time) bool,
) (n int64, err error) {
	ahead, err := tx.Sources.PlannedAfter(ctx, after)
	if err != nil {
		return 0, err
	}
	for source, next := range ahead {
		if _, ours := r.plan.Sources[source]; !ours || !wrong(source, next) {
			continue
		}
		next = r.now
		if !r.plan.Schedules[source].Adaptive() {
			next = r.plan.Next(source, r.now, schedule.Habit{})
		}
		if err := tx.Sources.Replan(ctx, source, next); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func stepMessage(step time.Duration, now time.Time) string {
	if step.Abs() < toldStep {
		return ""
	}
	direction := "forward"
	if step < 0 {
		direction = "back"
	}
	return fmt.Sprintf("The clock was set %s by %s and shows %s now. What waits to be done moves along with it. Is the machine's time kept by NTP?",
		direction, step.Abs().Round(time.Second), now.UTC().Format("2006-01-02 15:04:05 MST"))
}

func mendedMessage(mended []store.Mended) string {
	if len(mended) == 0 {
		return ""
	}
	columns, rows := make([]string, len(mended)), int64(0)
	for i, m := range mended {
		columns[i], rows = m.Column, rows+m.Rows
	}
	return fmt.Sprintf("%d times in the store lay absurdly far ahead (%s): they were written while the clock was wrong. They were set to now, and work goes on.",
		rows, strings.Join(columns, ", "))
}
