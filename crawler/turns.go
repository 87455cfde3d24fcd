package crawler

import (
	"context"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Turns are Hosts of this process alone: its requests to one host are as far
// apart as a daemon's, which it shares nothing with.
type Turns struct {
	mu   sync.Mutex
	free map[string]time.Time // when a host may be asked next
}

// Reserve waits for the host's next slot, unless it comes after ctx's deadline.
func (h *Turns) Reserve(ctx context.Context, host string, interval time.Duration) error {
	h.mu.Lock()
	at := h.next(host, time.Now())
	if end, ok := ctx.Deadline(); ok && at.After(end) {
		h.mu.Unlock()
		return &news.LaterError{At: at}
	}
	h.free[host] = at.Add(interval)
	h.mu.Unlock()
	timer := time.NewTimer(time.Until(at))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Hold keeps the host from being asked before until.
func (h *Turns) Hold(_ context.Context, host string, until time.Time) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.free[host] = h.next(host, until)
	return nil
}

// next returns when the host is free, not before at.
func (h *Turns) next(host string, at time.Time) time.Time {
	if h.free == nil {
		h.free = map[string]time.Time{}
	}
	if free := h.free[host]; free.After(at) {
		return free
	}
	return at
}
