// Package pace bounds how many lists and pages are fetched at once, and how
// often each host is asked. A Lane has places for fetches; Begin takes one, and
// Hosts, which the crawler calls before each request, gives it up as long as
// the fetch waits for a host. The hosts' slots are rows of the store, so that
// all daemons on it keep one pace.
package pace

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
)

// slowAfter is how long a host may take to answer before its fetch no longer
// counts as one of the workers: from then on it costs a connection, and holds
// nobody up.
const slowAfter = 2 * time.Second

// Lane bounds how many fetches of one kind are at work at once. A fetch leaves its
// place to another one while it waits for a slot of its host, or for a host that
// hangs. After the wait it goes on at once, even if all places are taken again.
type Lane struct {
	mu    sync.Mutex
	size  int
	free  int // places; less than 0 when fetches went on that had waited
	queue []chan struct{}
}

// NewLane makes a lane with a number of places.
func NewLane(size int) *Lane { return &Lane{size: size, free: size} }

// enter waits for a place.
func (l *Lane) enter(ctx context.Context) error {
	l.mu.Lock()
	if l.free > 0 {
		l.free--
		l.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	l.queue = append(l.queue, turn)
	l.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	i := slices.Index(l.queue, turn)
	if i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
	}
	l.mu.Unlock()
	if i < 0 { // the turn came meanwhile
		l.leave()
	}
	return ctx.Err()
}

// goOn takes a place without waiting for it.
func (l *Lane) goOn() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free--
}

// leave gives a place up.
func (l *Lane) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free++; l.free > 0 && len(l.queue) > 0 {
		l.free--
		close(l.queue[0])
		l.queue = l.queue[1:]
	}
}

// Idle reports whether half of the places are free.
func (l *Lane) Idle() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.free > l.size/2
}

// Fetch is one list or page being fetched: it holds a place of a lane while it
// works, and notes which host keeps it waiting. A nil fetch does nothing.
type Fetch struct {
	lane *Lane                        // nil: whoever asks for it does not share the workers
	list bool                         // it is part of reading a list
	mark func(host string, hung bool) // notes that a host hangs, or that it answers again

	mu     sync.Mutex
	placed bool        // it holds a place
	asks   int         // requests so far
	hung   string      // the host that is asked when it is noted as hanging
	timer  *time.Timer // runs out when that host has taken too long; nil: none is asked
	late   bool        // it has run out
}

type fetchKey struct{}

// Begin takes a place of a lane for a fetch from a host, and lets ctx carry the
// fetch to Hosts. It has none when ctx ends before a place is free. Without a
// lane the fetch is not bounded; list says that it reads a list, not a page. The
// caller must call Leave.
func Begin(ctx context.Context, env *act.Env, l *Lane, host string, list bool) (context.Context, *Fetch) {
	if l != nil && l.enter(ctx) != nil {
		return ctx, &Fetch{}
	}
	f := &Fetch{lane: l, list: list, placed: l != nil}
	background := context.WithoutCancel(ctx)
	f.mark = func(host string, hung bool) {
		var since time.Time
		if hung {
			since = env.Now()
		}
		if err := env.Store.Hosts.MarkHung(background, host, since); err != nil {
			env.Log.Error("cannot note whether a host hangs", "host", host, "hung", hung, "error", err)
		}
	}
	f.ask(host, false)
	return context.WithValue(ctx, fetchKey{}, f), f
}

// fetchOf returns the fetch that a context carries, nil when it carries none.
func fetchOf(ctx context.Context) *Fetch {
	f, _ := ctx.Value(fetchKey{}).(*Fetch)
	return f
}

func (f *Fetch) isList() bool { return f != nil && f.list }

// ask notes that a host is asked from now on. One that hung when it was asked
// last does not get a place.
func (f *Fetch) ask(host string, hung bool) {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if hung {
		f.hung = host
		f.rest()
	} else if !f.placed && f.lane != nil {
		f.placed = true
		f.lane.goOn()
	}
	f.stop()
	f.asks++
	n := f.asks
	f.timer = time.AfterFunc(slowAfter, func() { f.tooLate(n, host) })
}

// tooLate is called when a host has not answered in time, unless it answered at
// the last moment.
func (f *Fetch) tooLate(ask int, host string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.timer == nil || f.asks != ask {
		return
	}
	f.late = true
	f.rest()
	if f.hung == "" {
		f.hung = host
		f.mark(host, true)
	}
}

// wait leaves the place to others while the fetch waits for a slot.
func (f *Fetch) wait() {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rest()
}

// rest gives the place up. f.mu is held.
func (f *Fetch) rest() {
	if f.placed {
		f.placed = false
		f.lane.leave()
	}
}

// answered notes that the host which was asked has answered.
func (f *Fetch) answered() {
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stop()
	if f.hung != "" {
		f.mark(f.hung, false)
		f.hung = ""
	}
}

// stop ends the wait for an answer. f.mu is held.
func (f *Fetch) stop() {
	f.late = false
	if f.timer != nil {
		f.timer.Stop()
		f.timer = nil
	}
}

// End notes how the fetch that ctx carries ended. A host that did not answer in
// time stays noted as hanging.
func End(ctx context.Context, err error) { fetchOf(ctx).end(err) }

func (f *Fetch) end(err error) {
	var fault *news.CrawlError
	if f != nil && errors.As(err, &fault) {
		f.mu.Lock()
		late := f.late
		f.mu.Unlock()
		if fault.Fault == news.FaultTimeout || late && fault.Status == 0 {
			return
		}
	}
	f.answered()
}

// Leave gives up what the fetch holds.
func (f *Fetch) Leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stop()
	f.rest()
}
