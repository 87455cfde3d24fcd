package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
)

// TestStorageLimit: what is too large is told to the operators once, and its end; what is pruned is
// not new when its source lists it again.
func TestStorageLimit(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("A fire in #kim Street", "A quiet day")
		w.Turn()
		limit := func(bytes int64) {
			w.Plan.StorageLimit = bytes
			w.SetPlan()
			for range 2 {
				if err := w.Pipe.Prune(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			w.Live(10 * time.Second)
		}
		w.Pass(8 * 24 * time.Hour)
		limit(1000)
		ops := w.Ops()
		if len(ops) != 1 || !strings.Contains(ops[0], "more than storage_limit: 0.0 MB.") {
			t.Errorf("the operators were told %q", ops)
		}
		limit(1e9)
		if ops = w.Ops(); len(ops) != 2 || !strings.Contains(ops[1], "not larger than storage_limit any more") {
			t.Errorf("the operators were told %q", ops)
		}
		w.Live(time.Hour)
		if told := len(w.Posts) - len(ops); told != 1 {
			t.Errorf("%d alerts, want the first alone", told)
		}
	})
}
