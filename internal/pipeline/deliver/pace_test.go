package deliver_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

// Whatever becomes of a post, or of the look for one, the channel keeps its pace.
func TestChannelKeepsItsPace(t *testing.T) {
	for _, problem := range []notify.Problem{notify.InDoubt, notify.Malformed} {
		t.Run(string(problem), func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.Pace, w.Plan.OpsChannel = time.Minute, ""
				w.OnSend = func(notify.Message) error { return pipetest.Fault(problem) }
				w.OnFind = pipetest.Fault(notify.Temporary)
				w.Stories = pipetest.Listed("c #kim", "b #kim", "a #kim")
				for minute := range 10 {
					before := w.Calls + w.Looks
					w.Turn()
					if n := w.Calls + w.Looks - before; n > 1 {
						t.Errorf("%d requests at once in minute %d, want one a minute", n, minute)
					}
					w.Pass(time.Minute)
				}
				if w.Calls < 3 {
					t.Errorf("%d posts in ten minutes, want three and more", w.Calls)
				}
			})
		})
	}
}
