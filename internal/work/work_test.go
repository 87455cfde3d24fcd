package work_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/work"
)

var noon = time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)

// task is a task whose steps return what a test says, and notes them.
type task struct {
	take, run, end error
	stop           context.CancelFunc // called by Run; nil does not stop
	ended          bool               // the context has ended before
	steps          []string
}

func (t *task) note(format string, args ...any) {
	t.steps = append(t.steps, fmt.Sprintf(format, args...))
}

func (t *task) Take(ctx context.Context, now time.Time) error {
	t.note("take %s", now.Format(time.TimeOnly))
	return errors.Join(ctx.Err(), t.take)
}

func (t *task) Run(context.Context) error {
	t.note("run")
	if t.stop != nil {
		t.stop()
	}
	return t.run
}

func (t *task) Save(context.Context) error {
	t.note("save")
	return t.end
}

func (t *task) Fail(_ context.Context, fault *news.CrawlError) error {
	t.note("fail %s", fault.Fault)
	return t.end
}

func (t *task) Postpone(ctx context.Context, due time.Time) error {
	t.note("postpone %s", due.Format(time.TimeOnly))
	return errors.Join(ctx.Err(), t.end)
}

func TestDo(t *testing.T) {
	broken, gone := errors.New("broken"), &news.CrawlError{Fault: news.FaultGone}
	later := &news.LaterError{At: noon.Add(time.Hour)}
	for _, c := range []struct {
		name    string
		task    task
		stops   bool
		outcome work.Outcome
		steps   string // after the claim was taken
		err     error
	}{
		{"it is done", task{}, false, work.Saved, "run, save", nil},
		{"the result cannot be recorded", task{end: broken}, false, work.Internal, "run, save", broken},
		{"the claim is lost before the result is recorded", task{end: store.ErrClaimLost}, false, work.Lost, "run, save", nil},
		{"the claim is lost in a transaction that says where", task{end: fmt.Errorf("save: %w", store.ErrClaimLost)}, false, work.Lost, "run, save", nil},
		{"the claim is lost before it begins", task{take: store.ErrClaimLost}, false, work.Lost, "", nil},
		{"it is not known", task{take: work.ErrUnknown}, false, work.Unknown, "postpone 12:00:10", nil},
		{"it is not known, and cannot be postponed", task{take: work.ErrUnknown, end: broken}, false, work.Internal, "postpone 12:00:10", broken},
		{"it cannot be loaded", task{take: broken}, false, work.Internal, "", broken},
		{"its host rests", task{run: later}, false, work.Later, "run, postpone 13:00:00", nil},
		{"its host rests, as is said in passing", task{run: fmt.Errorf("crawl: %w", later)}, false, work.Later, "run, postpone 13:00:00", nil},
		{"the other side is at fault", task{run: fmt.Errorf("crawl: %w", gone)}, false, work.Failed, "run, fail gone", nil},
		{"the fault cannot be recorded", task{run: gone, end: broken}, false, work.Internal, "run, fail gone", broken},
		{"the claim is lost before the fault is recorded", task{run: gone, end: store.ErrClaimLost}, false, work.Lost, "run, fail gone", nil},
		{"we are at fault", task{run: broken}, false, work.Internal, "run", broken},
		{"the daemon stops", task{run: broken}, true, work.Stopped, "run, postpone 12:00:00", nil},
		{"the daemon stops, and the other side seems at fault", task{run: gone}, true, work.Stopped, "run, postpone 12:00:00", nil},
		{"the daemon has stopped before it begins", task{ended: true}, false, work.Stopped, "postpone 12:00:00", nil},
		{"the daemon stops after it was read", task{}, true, work.Stopped, "run, postpone 12:00:00", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			if c.stops {
				c.task.stop = stop
			}
			if c.task.ended {
				stop()
			}
			outcome, err := work.Do(ctx, func() time.Time { return noon }, &c.task)
			if outcome != c.outcome || !errors.Is(err, c.err) || c.err == nil && err != nil {
				t.Errorf("outcome %d, %v; want %d, %v", outcome, err, c.outcome, c.err)
			}
			steps := strings.TrimPrefix(strings.TrimPrefix(strings.Join(c.task.steps, ", "), "take 12:00:00"), ", ")
			if steps != c.steps {
				t.Errorf("steps %q, want %q", steps, c.steps)
			}
		})
	}
}

// stuck is a task whose Save waits for a store that does not answer.
type stuck struct{ task }

func (*stuck) Save(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// A task that cannot be settled does not hold up a daemon that stops.
func TestSettlingIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		began := time.Now()
		time.AfterFunc(time.Hour, stop)
		_, err := work.Do(ctx, time.Now, &stuck{})
		took := time.Since(began)
		if !errors.Is(err, context.Canceled) || took < time.Hour || took > time.Hour+20*time.Second {
			t.Errorf("%v after %v", err, took)
		}
	})
}
