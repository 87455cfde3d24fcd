package main

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sys/unix"
)

// result is what was measured of one engine.
type result struct {
	engine  string
	micros  float64       // of CPU per text, the median of turns
	turns   []float64     // microseconds per text, one for each round
	allocs  float64       // per text
	bytes   float64       // allocated per text
	build   time.Duration // of CPU
	heap    int64         // what the built engine keeps, beside its rules as they were given
	matched [][]int       // the rules that match each text
}

func (r *result) matches() float64 {
	n := 0
	for _, m := range r.matched {
		n += len(m)
	}
	return float64(n) / float64(len(r.matched))
}

// sum is the same for all engines that find the same, in whatever order.
func (r *result) sum() uint32 {
	var sum uint64
	for text, matched := range r.matched {
		for _, rule := range matched {
			sum += mix(uint64(text)+1, uint64(rule)+1) * oddA
		}
	}
	return uint32(sum >> 32)
}

// against returns how many times the time of another result this one takes: the
// median of the rounds, in each of which both were measured.
func (r *result) against(other *result) float64 {
	var ratios []float64
	for i := range r.turns {
		ratios = append(ratios, r.turns[i]/other.turns[i])
	}
	return median(ratios)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// contender is an engine with its rules.
type contender struct {
	name    string
	prepare func() builder
}

// shortestTurn is how long one engine runs before the next has its turn: long
// enough that what the others left in the caches does not count.
const shortestTurn = 20 * time.Millisecond

// leastRounds is how often every engine has its turn, however long it takes.
const leastRounds = 3

// measure builds engines, then lets them take turns over the texts until each
// had the time that is given for it.
func measure(contenders []contender, docs []document, each time.Duration) ([]*result, error) {
	var results []*result
	var engines []*built
	for _, c := range contenders {
		r, e, err := build(c, docs)
		if err != nil {
			return nil, fmt.Errorf("build %s: %w", c.name, err)
		}
		defer e.release()
		results, engines = append(results, r), append(engines, e)
	}
	began := time.Now()
	for round := 0; round < leastRounds || time.Since(began) < each*time.Duration(len(contenders)); round++ {
		for i, e := range engines {
			results[i].turns = append(results[i].turns, turn(e, docs))
		}
	}
	for _, r := range results {
		r.micros = median(r.turns)
	}
	return results, nil
}

// build builds one engine, and gathers what needs no clock but its own.
func build(c contender, docs []document) (*result, *built, error) {
	builder := c.prepare()
	before := heap()
	start := cpu()
	e, err := builder()
	if err != nil {
		return nil, nil, err
	}
	r := &result{engine: c.name, build: time.Duration(cpu() - start), matched: make([][]int, len(docs))}
	r.heap = heap() - before + e.outside
	runtime.KeepAlive(builder)
	for i := range docs {
		r.matched[i] = slices.Compact(slices.Sorted(slices.Values(e.match(&docs[i], nil))))
	}
	into := e.pass(docs, nil) // the second time nothing has to grow any more
	var then, now runtime.MemStats
	runtime.ReadMemStats(&then)
	e.pass(docs, into)
	runtime.ReadMemStats(&now)
	r.allocs = float64(now.Mallocs-then.Mallocs) / float64(len(docs))
	r.bytes = float64(now.TotalAlloc-then.TotalAlloc) / float64(len(docs))
	return r, e, nil
}

// pass matches all texts, and gives room for the matches of any of them.
func (b *built) pass(docs []document, into []int) []int {
	for i := range docs {
		into = b.match(&docs[i], into[:0])
	}
	return into
}

// turn returns the microseconds of CPU per text, garbage collection included.
func turn(e *built, docs []document) float64 {
	var into []int
	passes := 0
	began, start := time.Now(), cpu()
	for passes == 0 || time.Since(began) < shortestTurn {
		into = e.pass(docs, into)
		passes++
	}
	return float64(cpu()-start) / 1e3 / float64(passes*len(docs))
}

// cpu is the CPU time of the process in nanoseconds, of all its threads.
func cpu() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		return 0
	}
	return t.Nano()
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
