package app

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestWasteful(t *testing.T) {
	const mb = 1 << 20
	for _, tt := range []struct {
		name   string
		now    heap
		cycles uint64 // collections since the last look
		want   bool
	}{
		{"after the start", heap{live: 9 * mb, held: 27 * mb}, 0, true},
		{"after a burst", heap{live: 12 * mb, held: 60 * mb}, 1, true},
		{"in a burst", heap{live: 12 * mb, held: 60 * mb}, 2, false},
		{"idle", heap{live: 9 * mb, held: 17 * mb}, 0, false},
		{"large and idle", heap{live: 200 * mb, held: 300 * mb}, 0, false},
		{"large, as much again", heap{live: 200 * mb, held: 400 * mb}, 1, true},
	} {
		tt.now.cycles = 7 + tt.cycles
		if got := tt.now.wasteful(heap{cycles: 7}); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// TestReadHeap: what is allocated is held, and what is given back is not.
func TestReadHeap(t *testing.T) {
	before := readHeap()
	burst := make([]byte, 64<<20)
	for i := range burst {
		burst[i] = 1
	}
	during := readHeap()
	runtime.KeepAlive(burst)
	debug.FreeOSMemory()
	after := readHeap()
	const most = 32 << 20
	if during.held < before.held+most || after.held > during.held-most {
		t.Errorf("before %+v, during %+v, after %+v", before, during, after)
	}
	if after.live == 0 || after.cycles <= before.cycles {
		t.Errorf("before %+v, during %+v, after %+v", before, during, after)
	}
}
