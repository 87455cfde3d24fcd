package web

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
)

// mostConnections is how many connections a server keeps. Prometheus, a proxy and a few dozen
// people take far fewer.
const mostConnections = 512

// graceSteps is how many changes a connection has for its request before it is closed for others,
// so that none is closed before its server has come to read what it sent.
const graceSteps = mostConnections / 4

// crowd are the connections of a server. When there are too many, one is closed for the newest:
// the one that has waited longest for a request or the rest of its body, or when none has waited
// long the one whose request was begun first. So those who ask are answered while others only
// hold connections open.
type crowd struct {
	most int

	mu    sync.Mutex
	all   map[net.Conn]standing
	steps uint64 // one more with each change
}

// standing is what a connection does.
type standing struct {
	busy  bool   // with a request that is here as a whole
	since uint64 // the step that made it so
}

func newCrowd(most int) *crowd { return &crowd{most: most, all: map[net.Conn]standing{}} }

// change is the server's ConnState.
func (c *crowd) change(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		c.admit(conn)
	case http.StateActive:
		c.put(conn, true)
	case http.StateIdle:
		c.put(conn, false)
	case http.StateHijacked, http.StateClosed:
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.all, conn)
	}
}

// admit takes in a new connection, for which another one may be closed.
func (c *crowd) admit(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) >= c.most {
		first := c.first()
		delete(c.all, first)
		_ = first.Close() // its server notices
	}
	c.steps++
	c.all[conn] = standing{since: c.steps}
}

// first is the connection that is closed.
func (c *crowd) first() (first net.Conn) {
	var its standing
	var itsWaits bool
	for conn, s := range c.all {
		waits := !s.busy && c.steps-s.since >= graceSteps
		if first == nil || waits == itsWaits && s.since < its.since || waits && !itsWaits {
			first, its, itsWaits = conn, s, waits
		}
	}
	return first
}

// put says of a connection whether it is busy. One that gave way is forgotten.
func (c *crowd) put(conn net.Conn, busy bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s, ok := c.all[conn]; ok && s.busy != busy {
		c.steps++
		c.all[conn] = standing{busy, c.steps}
	}
}

// connKey is where the context of a request has its connection.
type connKey struct{}

// note is the server's ConnContext.
func (c *crowd) note(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, conn)
}

// watch counts a connection among those that wait until the body of its request is here.
func (c *crowd) watch(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if conn, ok := r.Context().Value(connKey{}).(net.Conn); ok && r.Body != http.NoBody {
			c.put(conn, false)
			r.Body = &awaited{ReadCloser: r.Body, here: func() { c.put(conn, true) }}
		}
		h.ServeHTTP(w, r)
	})
}

// awaited is a body that tells when it is here.
type awaited struct {
	io.ReadCloser
	here func()
}

// Read tells of the end.
func (a *awaited) Read(p []byte) (int, error) {
	n, err := a.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		a.here()
	}
	return n, err
}
