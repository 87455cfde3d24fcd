package pages

import (
	"bytes"
	"context"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/web"
)

// How the first page is kept up to date.
const (
	mostLive    = 50               // streams at once; whoever is over that reloads the page
	lookEvery   = 2 * time.Second  // at the least, between two looks at whether the page has changed
	restFactor  = 20               // a look that takes long is made this many times more seldom
	pulseEvery  = 15 * time.Second // proxies close streams on which nothing comes
	writeWithin = 10 * time.Second
)

// glance looks at the first page for all who have it open, and tells them when it has changed.
// Nobody looks while nobody has it open.
type glance struct {
	site *site

	mu      sync.Mutex
	seen    map[chan struct{}]bool // who is told
	looking bool
}

// watch registers somebody who is told of changes; ok is false when there are too many.
func (g *glance) watch() (changed chan struct{}, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.seen) >= mostLive {
		return nil, false
	}
	changed = make(chan struct{}, 1)
	g.seen[changed] = true
	if !g.looking {
		g.looking = true
		go g.look()
	}
	return changed, true
}

func (g *glance) leave(changed chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.seen, changed)
}

// look tells of changes until nobody is there any more.
func (g *glance) look() {
	var last [sha256.Size]byte
	timer := time.NewTimer(0)
	defer timer.Stop()
	for known := false; ; {
		<-timer.C
		g.mu.Lock()
		if g.looking = len(g.seen) > 0; !g.looking {
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
		began := time.Now()
		sum, err := g.sum()
		if err != nil {
			g.site.Log().Warn("the page cannot be kept up to date", "error", err)
		}
		if known && sum != last {
			g.tell()
		}
		last, known = sum, true
		timer.Reset(max(lookEvery, restFactor*time.Since(began)))
	}
}

// sum is a hash of the first page as it is now; with an error it is zero.
func (g *glance) sum() (sum [sha256.Size]byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), pageWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "/", http.NoBody)
	if err != nil {
		return sum, err
	}
	p, err := g.site.now(r)
	if err != nil {
		return sum, err
	}
	var out bytes.Buffer
	if err := g.site.frames[p.Frame].ExecuteTemplate(&out, "main", p); err != nil {
		return sum, err
	}
	return sha256.Sum256(out.Bytes()), nil
}

func (g *glance) tell() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for changed := range g.seen {
		select {
		case changed <- struct{}{}:
		default: // it is to be told already
		}
	}
}

// live tells a browser when the first page has changed, as server-sent events.
func (s *site) live(w http.ResponseWriter, r *http.Request) {
	changed, ok := s.glance.watch()
	if !ok {
		w.Header().Set("Retry-After", "60")
		http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
		return
	}
	defer s.glance.leave(changed)
	if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil { // that of a request would end it
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // of nginx
	pulse := time.NewTicker(pulseEvery)
	defer pulse.Stop()
	for say := "retry: 10000\n\n"; ; {
		if !send(w, say) || !s.visitorOf(r).in {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-web.Stopping(r):
			return
		case <-changed:
			say = "event: changed\ndata: now\n\n"
		case <-pulse.C:
			say = ": still here\n\n"
		}
	}
}

// send writes a part of a stream, and reports whether somebody takes it.
func send(w http.ResponseWriter, text string) bool {
	c := http.NewResponseController(w)
	if err := c.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return false
	}
	_, err := w.Write([]byte(text))
	return err == nil && c.Flush() == nil
}
