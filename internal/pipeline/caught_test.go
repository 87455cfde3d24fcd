package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
)

// The end of an outage says what was found of the time, and whether anything may be lost.
func TestRecoverySaysWhatWasMissed(t *testing.T) {
	for _, tt := range []struct {
		name  string
		still bool // the list goes on with what it had before
		want  string
	}{
		{
			"all is there", true, "5 stories of the gap were found late, 4 of them match: 3 were alerted, up to 1 h late, " +
				"1 was too old to alert and in the digest of what was missed; nothing of it is known to be lost.",
		},
		{
			"a list that is too short", false, "5 stories of the gap were found late, 4 of them match: 3 were alerted, up to 1 h late, " +
				"1 was too old to alert and in the digest of what was missed; its list is shorter than the gap: what is lost cannot be known.",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.MaxAge = 100 * time.Minute
				w.Scheduled("*/3 * * * *")
				before := pipetest.Listed("before", "and this", "that too")
				w.Stories = before
				for range 3 {
					w.ToNext()
				}
				w.ListErr = &news.CrawlError{Fault: news.FaultStatus, URL: "https://tass.example/feed", Status: 500}
				for w.Clock().Before(pipetest.Noon.Add(3 * time.Hour)) {
					w.Pass(3 * time.Minute)
					w.Turn()
				}
				state, err := w.Store.Sources.Get(t.Context(), "tass")
				if err != nil {
					t.Fatal(err)
				}
				back := state.Next
				w.ListErr, w.Stories = nil, nil
				for title, ago := range map[string]time.Duration{
					"one #kim": 97 * time.Minute, "two #kim": 30 * time.Minute, "three #putin": time.Hour, "old #kim": 2 * time.Hour,
					"nothing": time.Hour,
				} {
					s := pipetest.Listed(title)[0]
					s.Published = back.Add(-ago)
					w.Stories = append(w.Stories, s)
				}
				if tt.still {
					w.Stories = append(w.Stories, before...)
				}
				for range 10 {
					w.ToNext()
					w.Pass(40 * time.Second)
					w.Turn()
				}
				ops := w.Ops()
				last := ops[len(ops)-1]
				if !strings.Contains(last, "tass is ok again") || !strings.Contains(last, tt.want) {
					t.Errorf("the operators heard %q", ops)
				}
			})
		})
	}
}
