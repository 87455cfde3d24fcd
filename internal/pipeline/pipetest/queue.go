package pipetest

import (
	"context"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// queue is the world's side that takes claimed work.
type queue struct{ *World }

// Queue returns the world's queue.
func (w *World) Queue() queue { return queue{w} }

func (w queue) List(_ context.Context, _ *store.Tx, batch []store.Claim) error {
	w.Jobs = append(w.Jobs, func(ctx context.Context) error { return w.Pipe.List(ctx, batch) })
	return nil
}

func (w queue) Page(_ context.Context, _ *store.Tx, pages []store.Claim) error {
	for _, c := range pages {
		w.Jobs = append(w.Jobs, func(ctx context.Context) error { return w.Pipe.Page(ctx, c) })
	}
	return nil
}

func (w queue) Look(_ context.Context, _ *store.Tx, stories []store.Claim) error {
	for _, c := range stories {
		w.Jobs = append(w.Jobs, func(ctx context.Context) error { return w.Pipe.Look(ctx, c) })
	}
	return nil
}

func (w queue) Deliver(_ context.Context, _ *store.Tx, channels []store.Claim) error {
	for _, c := range channels {
		w.Jobs = append(w.Jobs, func(ctx context.Context) error { return w.Pipe.Deliver(ctx, c) })
	}
	return nil
}

func (w queue) Subscribe(_ context.Context, _ *store.Tx, batch []store.Claim) error {
	w.Jobs = append(w.Jobs, func(ctx context.Context) error { return w.Pipe.Subscribe(ctx, batch) })
	return nil
}

// Meter keeps the latencies, counts further reports, and counts nothing else.
type Meter struct {
	mu        sync.Mutex // lists are read at the same time
	Latencies []time.Duration
	Reports   map[string]int // further reports, by relation and level
}

// Crawl counts nothing.
func (*Meter) Crawl(string, string, float64) {}

// Stories counts nothing.
func (*Meter) Stories(string, int) {}

// Match counts nothing.
func (*Meter) Match(string) {}

// Delivery counts nothing.
func (*Meter) Delivery(string) {}

// Stage counts nothing.
func (m *Meter) Stage(string, time.Duration) {}

// Report counts a further report by its relation and level.
func (m *Meter) Report(relation, level string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Reports == nil {
		m.Reports = map[string]int{}
	}
	m.Reports[relation+", "+level]++
}

// Escalation counts nothing.
func (m *Meter) Escalation() {}

// Latency keeps a latency.
func (m *Meter) Latency(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Latencies = append(m.Latencies, d)
}

// Push counts nothing.
func (*Meter) Push(string, string) {}
