package pipeline

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// Hosts paces the requests to each host over all daemons on one store.
type Hosts struct {
	store *store.Store
	now   func() time.Time
}

// slotMargin is added to the time between two slots of a host: a request that
// opens a connection reaches the host a little later after its slot than one
// that finds a connection open, and would come too close behind it.
const slotMargin = 25 * time.Millisecond

// NewHosts makes the pace keeper of a store.
func NewHosts(s *store.Store, now func() time.Time) *Hosts { return &Hosts{store: s, now: now} }

// Reserve returns when a request to the host may begin. A moment too far off
// to be waited for here is not reserved: the error is a *news.LaterError.
func (h *Hosts) Reserve(ctx context.Context, host string, interval time.Duration) error {
	if interval <= 0 {
		return h.check(ctx, host)
	}
	now := h.now()
	free, ok, err := h.store.ReserveHost(ctx, host, now, now.Add(nearSlot), interval+slotMargin)
	if err != nil {
		return err
	}
	if !ok {
		return &news.LaterError{At: free}
	}
	return sleep(ctx, free.Sub(now))
}

// check lets a host without an interval of its own be asked at any time, but
// for the time that it asked to be left alone.
func (h *Hosts) check(ctx context.Context, host string) error {
	free, err := h.store.HostFree(ctx, host)
	if err != nil {
		return err
	}
	if now := h.now(); free.After(now) {
		return &news.LaterError{At: free}
	}
	return nil
}

// Hold keeps everybody from asking the host before until.
func (h *Hosts) Hold(ctx context.Context, host string, until time.Time) error {
	return h.store.HoldHost(ctx, host, until)
}

// sleep waits, or returns early with the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
