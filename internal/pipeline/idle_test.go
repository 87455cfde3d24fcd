package pipeline_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
)

// While nothing is due nothing is asked of the store; what becomes due is handed
// out in the second in which it does.
func TestDispatchWhileNothingIsDue(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.OpsChannel = ""
		w.Plan.Schedules["tass"] = mustParse(t, "*/10 * * * *")
		src := w.Plan.Sources["tass"]
		src.Schedule = "*/10 * * * *"
		w.Plan.Sources["tass"] = src
		w.SetPlan()
		w.Turn()
		jobs := func(changed bool) int {
			t.Helper()
			if err := w.Pipe.DispatchDue(t.Context(), changed); err != nil {
				t.Fatal(err)
			}
			done := w.Jobs
			w.Jobs = nil
			for _, job := range done {
				if err := job(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			return len(done)
		}
		if n := jobs(true) + jobs(false); n != 0 {
			t.Fatalf("%d jobs after all was done", n)
		}
		add := func() { // as nobody does without saying so
			err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
				return tx.Deliveries.Add(t.Context(), news.Delivery{
					Channel: "news", Kind: news.DeliverOps, State: news.StatePending, Due: w.Clock(), Created: w.Clock(),
				})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		add()
		w.Pass(time.Second)
		if n := jobs(false); n != 0 {
			t.Errorf("the store was asked though nothing was due")
		}
		if n := jobs(true); n != 1 {
			t.Errorf("%d jobs once something was recorded, want 1", n)
		}
		state, err := w.Store.Sources.Get(t.Context(), "tass")
		if err != nil {
			t.Fatal(err)
		}
		for w.Clock().Before(state.Next) {
			if n := jobs(false); n != 0 {
				t.Fatalf("%d jobs at %v, before the source is due", n, w.Clock())
			}
			w.Pass(time.Second)
		}
		if n := jobs(false); n != 1 {
			t.Errorf("%d jobs at %v, when the source is due, want 1", n, w.Clock())
		}
	})
}

func mustParse(t *testing.T, spec string) schedule.Schedule {
	t.Helper()
	s, err := schedule.Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
