package pipeline_test

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
)

// A pipeline is healthy as long as work is handed out, and what is due is done.
func TestHealthy(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Pipe = pipetest.NewPipeline(w, slog.DiscardHandler, pipeline.Options{
			Workers: 4, Elapsed: func() time.Duration { return w.Clock().Sub(pipetest.Noon) },
		})
		w.SetPlan()
		want := func(say string) {
			t.Helper()
			if err := w.Pipe.CheckProgress(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := w.Pipe.Healthy(); err != nil {
				got = err.Error()
			}
			if say == "" && got != "" || !strings.Contains(got, say) {
				t.Errorf("%v after the start it says %q, want %q", w.Clock().Sub(pipetest.Noon), got, say)
			}
		}
		dispatch := func() {
			t.Helper()
			if err := w.Pipe.Dispatch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		want("nothing was handed out yet")
		dispatch()
		w.Jobs = nil // nobody carries it out
		want("")
		w.Pass(time.Minute)
		want("nothing was handed out for 1m0s")
		w.Pass(3 * time.Minute)
		dispatch()
		want("1 sources to be crawled have been due for 2m")
		w.Turn()
		want("")
	})
}
