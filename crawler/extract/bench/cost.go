package main

import (
	"runtime"
	"runtime/metrics"
	"syscall"
	"time"
)

// cost is what some work took of the machine.
type cost struct {
	cpu     time.Duration // of all threads, the garbage collector's too
	objects uint64
	bytes   uint64
}

// spent is what the process took so far. The garbage is collected before, so
// that nobody pays for another's.
func spent() (cost, error) {
	runtime.GC()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return cost{}, err
	}
	samples := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(samples)
	return cost{time.Duration(used.Utime.Nano() + used.Stime.Nano()), samples[0].Value.Uint64(),
		samples[1].Value.Uint64()}, nil
}

func (c cost) since(start cost) cost {
	return cost{c.cpu - start.cpu, c.objects - start.objects, c.bytes - start.bytes}
}
