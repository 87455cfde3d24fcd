package crawler

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// TestTurns: requests to one host are an interval apart, others are not held
// up, and what would come too late is not waited for.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, start := new(Turns), time.Now()
		reserve := func(ctx context.Context, host string, wait time.Duration) {
			t.Helper()
			begun := time.Now()
			if err := h.Reserve(ctx, host, 10*time.Second); err != nil || time.Since(begun) != wait {
				t.Errorf("%s: waited %v, want %v (%v)", host, time.Since(begun), wait, err)
			}
		}
		reserve(t.Context(), "a", 0)
		reserve(t.Context(), "b", 0)
		reserve(t.Context(), "a", 10*time.Second)
		if err := h.Hold(t.Context(), "b", start.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := h.Hold(t.Context(), "b", start.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var later *news.LaterError
		if err := h.Reserve(ctx, "b", 0); !errors.As(err, &later) || !later.At.Equal(start.Add(time.Hour)) {
			t.Errorf("%v", err)
		}
		reserve(ctx, "a", 10*time.Second)
		stopped, stop := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, stop)
		if err := h.Reserve(stopped, "a", 0); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	})
}
