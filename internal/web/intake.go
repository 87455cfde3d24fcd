package web

import (
	"context"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds of the bodies that come in.
const (
	pushSlots   = 4                      // bodies taken in at once, so that they need little memory
	pushTimeout = 30 * time.Second       // for one body
	pushGrace   = 250 * time.Millisecond // in which a body gives way to no other
	pushRate    = 64 << 10               // bytes a second at which it never does
	slotWait    = 3 * time.Second        // for a slot
	slotPoll    = 50 * time.Millisecond
)

// intake takes in a few bodies at once. When it is full and another one comes,
// one that is slow gives way after a time of grace: who sends slowly holds nobody
// else up.
type intake struct {
	mu     sync.Mutex
	bodies []*body // the oldest first
}

// body is one that comes in.
type body struct {
	io.Reader
	since time.Time
	bytes atomic.Int64
	cut   func() // ends the read that is under way
}

// Read counts what comes in.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.bytes.Add(int64(n))
	return n, err
}

// rate is how many bytes a second have come in.
func (b *body) rate(now time.Time) float64 {
	return float64(b.bytes.Load()) / now.Sub(b.since).Seconds()
}

// enter takes a slot for a body, after a short wait when it has to be; false
// means that there is none.
func (in *intake) enter(ctx context.Context, b *body) bool {
	end := time.Now().Add(slotWait)
	for !in.tryEnter(time.Now(), b) {
		if time.Now().After(end) {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(slotPoll):
		}
	}
	return true
}

// tryEnter takes a slot that is free, or that of a body that gives way.
func (in *intake) tryEnter(now time.Time, b *body) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.bodies) == pushSlots {
		i := slices.IndexFunc(in.bodies, func(b *body) bool {
			return now.Sub(b.since) >= pushGrace && b.rate(now) < pushRate
		})
		if i < 0 {
			return false
		}
		in.bodies[i].cut()
		in.bodies = slices.Delete(in.bodies, i, i+1)
	}
	b.since = now
	in.bodies = append(in.bodies, b)
	return true
}

// leave frees a slot, unless it was taken.
func (in *intake) leave(b *body) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.bodies = slices.DeleteFunc(in.bodies, func(other *body) bool { return other == b })
}

// read reads the body of a push; full means that there was no slot for it.
func (in *intake) read(w http.ResponseWriter, r *http.Request) (text []byte, full bool, err error) {
	conn := http.NewResponseController(w)
	deadline := func(t time.Time) { _ = conn.SetReadDeadline(t) } // without it the server's own holds
	deadline(time.Now().Add(slotWait + pushTimeout))
	b := &body{Reader: http.MaxBytesReader(w, r.Body, maxPush), cut: func() { deadline(time.Unix(1, 0)) }}
	if !in.enter(r.Context(), b) {
		return nil, true, nil
	}
	defer in.leave(b)
	text, err = io.ReadAll(b)
	return text, false, err
}
