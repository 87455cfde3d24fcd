package store_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// TestLease: one holder at a time; who does not renew loses it, and a clock that was ahead
// keeps nobody out.
func TestLease(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		const longest = time.Minute
		hold := func(holder string, now time.Time, want bool) {
			t.Helper()
			held, err := s.Leases.Hold(t.Context(), "slack", holder, now, now.Add(20*time.Second), longest)
			if err != nil || held != want {
				t.Errorf("%s at %s: %v, %v", holder, now.Format(time.TimeOnly), held, err)
			}
		}
		hold("a", noon, true)
		hold("b", noon.Add(10*time.Second), false)
		hold("a", noon.Add(15*time.Second), true)
		hold("b", noon.Add(34*time.Second), false)
		hold("b", noon.Add(35*time.Second), true)
		hold("a", noon.Add(36*time.Second), false)
		if err := s.Leases.Release(t.Context(), "slack", "a"); err != nil { // not its own
			t.Fatal(err)
		}
		hold("a", noon.Add(37*time.Second), false)
		if err := s.Leases.Release(t.Context(), "slack", "b"); err != nil {
			t.Fatal(err)
		}
		hold("a", noon.Add(38*time.Second), true)
		hold("b", noon.Add(-24*time.Hour), true) // the clock was set back
	})
}
