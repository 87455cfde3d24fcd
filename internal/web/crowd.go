package web

import (
	"net"
	"net/http"
	"slices"
	"sync"
)

// mostConnections is how many connections a server keeps. Prometheus, a proxy and a few dozen
// people take far fewer.
const mostConnections = 512

// crowd are the connections of a server. When there are too many, the one that has waited
// longest without a request gives way, so that those who ask are answered while others only
// hold connections open.
type crowd struct {
	most int

	mu      sync.Mutex
	all     map[net.Conn]bool
	waiting []net.Conn // without a request, the longest first
}

func newCrowd(most int) *crowd { return &crowd{most: most, all: map[net.Conn]bool{}} }

// change is the server's ConnState.
func (c *crowd) change(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.leave(conn)
	switch state {
	case http.StateNew, http.StateIdle:
		c.all[conn] = true
		c.waiting = append(c.waiting, conn)
	case http.StateActive:
		c.all[conn] = true
	case http.StateHijacked, http.StateClosed:
		delete(c.all, conn)
	}
	if len(c.all) > c.most && len(c.waiting) > 0 {
		first := c.waiting[0]
		c.leave(first)
		delete(c.all, first)
		_ = first.Close() // its server notices
	}
}

// leave takes a connection out of those that wait.
func (c *crowd) leave(conn net.Conn) {
	if i := slices.Index(c.waiting, conn); i >= 0 {
		c.waiting = slices.Delete(c.waiting, i, i+1)
	}
}
