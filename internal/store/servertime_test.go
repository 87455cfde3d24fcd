package store_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// The clock is that of the server; a file has none.
func TestClock(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		before := time.Now()
		now, ok, err := s.Clock.Now(t.Context())
		if err != nil || ok != (s.Postgres() != nil) {
			t.Fatalf("clock %v, %v, error %v", now, ok, err)
		}
		if ok && (now.Before(before.Add(-time.Minute)) || now.After(time.Now().Add(time.Minute))) {
			t.Errorf("the server of this machine says %v at %v", now, before)
		}
	})
}
