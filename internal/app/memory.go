package app

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How often memory is looked at, and what the heap may hold beyond one and a half times what is in
// use before the rest is given back.
const (
	lookAtMemory = 30 * time.Second
	heldBeyond   = 4 << 20
)

// heap is what the runtime says of its heap.
type heap struct {
	live   uint64 // bytes that the last collection left
	held   uint64 // bytes that are taken from the system
	cycles uint64 // collections so far
}

func readHeap() heap {
	s := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}, {Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/free:bytes"},
	}
	metrics.Read(s)
	n := func(i int) uint64 { return s[i].Value.Uint64() }
	return heap{live: n(0), cycles: n(1), held: n(2) + n(3) + n(4)}
}

// wasteful reports whether much of the heap is held for nothing: it was needed for a start or a
// burst. While collections follow each other it is needed, and costs more to take again.
func (h heap) wasteful(before heap) bool {
	return h.cycles-before.cycles <= 1 && h.held > h.live+h.live/2+heldBeyond
}

// giveBack gives memory back to the system that nothing needs any more, until ctx ends. The runtime
// alone does so when it collects next, which an idle daemon does every two minutes, and keeps as much
// again as is in use.
func giveBack(ctx context.Context) {
	ticker := time.NewTicker(lookAtMemory)
	defer ticker.Stop()
	before := readHeap()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		now := readHeap()
		if now.wasteful(before) {
			debug.FreeOSMemory()
			now = readHeap()
		}
		before = now
	}
}
