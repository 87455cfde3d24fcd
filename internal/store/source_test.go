package store_test

import (
	"maps"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// TestLastSeen: the last story of a source is the one that was first seen last, whatever its date.
func TestLastSeen(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sync2(t, s, false, store.PlannedSource{Name: "tass", URL: "https://tass.example/feed", First: noon},
			store.PlannedSource{Name: "quiet", URL: "https://quiet.example/feed", First: noon})
		for key, ago := range map[string]time.Duration{"a": 3 * time.Hour, "b": time.Hour, "c": 2 * time.Hour} {
			one := story(key)
			one.FirstSeen, one.Published = noon.Add(-ago), noon.Add(-4*time.Hour+ago)
			add(t, s, one)
		}
		last, err := s.Sources.LastSeen(t.Context())
		want := map[string]time.Time{"tass": noon.Add(-time.Hour)}
		if err != nil || !maps.EqualFunc(last, want, time.Time.Equal) {
			t.Errorf("got %v, %v, want %v", last, err, want)
		}
	})
}
