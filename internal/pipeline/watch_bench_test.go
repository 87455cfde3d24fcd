package pipeline_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// BenchmarkWatched is what a look at 5,000 sources reads, each with a timeline of 14 days.
func BenchmarkWatched(b *testing.B) {
	s := storetest.Open(b, storetest.SQLite(b))
	state, line := health.State{Verdict: health.OK, Leaning: health.OK, Streak: 3}, health.Timeline{}
	for hour := range health.TimelineHours {
		at := pipetest.Noon.Add(time.Duration(hour) * time.Hour)
		if line = line.Add(at, nil, hour%2 == 0); hour%40 == 0 {
			line = line.Add(at, errors.New(strings.Repeat("no route to host ", hour/40)), false)
		}
	}
	err := s.InTx(b.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(b.Context(), `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
			INSERT INTO source (name, url, host, enabled, next_at, health, timeline)
			SELECT 'source ' || i, 'https://example.org/' || i, 'example.org', 1, 0, $1, $2 FROM n`,
			act.Encode(state), act.Encode(line))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		sources, err := s.Sources.Watched(b.Context())
		if err != nil || len(sources) != 5000 {
			b.Fatal(len(sources), err)
		}
		for i := range sources {
			var state health.State
			if err := json.Unmarshal([]byte(sources[i].Health), &state); err != nil || !state.Healthy() {
				b.Fatal(err)
			}
		}
	}
}
