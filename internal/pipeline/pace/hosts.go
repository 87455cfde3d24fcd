package pace

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// NearSlot is how near a host's slot has to be to be waited for in place.
const NearSlot = 5 * time.Second

// Bound is the longest that a list or page may take. It is less than
// store.ClaimTime, so that nobody else takes the work up meanwhile.
const Bound = NearSlot + news.LongestFetch

// Share returns the part of the workers that is for looks, or for hosts that
// hang.
func Share(workers int) int { return max(1, workers/4) }

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
// to be waited for here is not reserved: the error is a *news.LaterError. It
// also tells the fetch that ctx carries which host keeps it waiting.
func (h *Hosts) Reserve(ctx context.Context, host string, interval time.Duration) error {
	f := fetchOf(ctx)
	f.answered() // whoever was asked before
	slot, err := h.slot(ctx, host, interval, f.isList())
	if err != nil {
		return err
	}
	if wait := slot.At.Sub(h.now()); slot.Reserved && wait > 0 {
		f.wait()
		if err := Sleep(ctx, wait); err != nil {
			return err
		}
	}
	f.ask(host, slot.Hung)
	return nil
}

// slot reserves the next slot of a host. The error is a *news.LaterError when that
// is too far off. A host without an interval has no slots: it can be asked at any
// time, unless it has asked to be left alone for a while.
func (h *Hosts) slot(ctx context.Context, host string, interval time.Duration, list bool) (slot store.Slot, err error) {
	now := h.now()
	if interval > 0 {
		request := store.Request{Interval: interval + slotMargin, List: list}
		slot, err = h.store.Hosts.Reserve(ctx, host, now, now.Add(NearSlot), request)
	} else if slot, err = h.store.Hosts.Free(ctx, host); err == nil && slot.Paced {
		err = h.store.Hosts.DropPace(ctx, host)
	}
	if err == nil && !slot.Reserved && (interval > 0 || slot.At.After(now)) {
		err = &news.LaterError{At: slot.At}
	}
	return slot, err
}

// Hold keeps everybody from asking the host before until.
func (h *Hosts) Hold(ctx context.Context, host string, until time.Time) error {
	return h.store.Hosts.Hold(ctx, host, until)
}

// Sleep waits, or returns early with the context's error.
func Sleep(ctx context.Context, d time.Duration) error {
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
