package slackfake

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	mostSockets = 10               // connections of one app
	warnAhead   = 10 * time.Second // between a warning and the end of a connection
	goWithin    = time.Second      // between the last envelope and the end of a connection
	pingEach    = 5 * time.Second
	pathOfLink  = "/link/"
)

// Link is the fake's end of Socket Mode: the app's connections, and what was
// sent to the app over them or, after SendTo, as signed HTTP requests. It is safe
// for concurrent use.
type Link struct {
	server *Server

	mu      sync.Mutex
	sockets []*socket
	most    int
	off     bool
	slow    time.Duration
	url     string          // of the app, for signed HTTP
	copies  int             // of each envelope that are sent
	tickets map[string]bool // of URLs that were not dialled yet
	dealt   int             // numbers the tickets and envelopes
	sent    []*Envelope
	wrongs  []string
}

// socket is one connection.
type socket struct {
	link  *Link
	conn  *websocket.Conn
	write chan struct{} // has one place: whoever fills it may write
	done  chan struct{} // closed by end
	end   func()

	going, deaf bool // guarded by the link's mutex
}

func newLink(s *Server) *Link {
	return &Link{server: s, most: mostSockets, copies: 1, tickets: map[string]bool{}}
}

// openConnection is apps.connections.open.
func openConnection(s *Server, _ args) reply {
	at, err := url.Parse(s.url)
	if err != nil || at.Host == "" {
		return refuse("internal_error", "the fake does not serve on an address of its own")
	}
	l := s.Link
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dealt++
	ticket := fmt.Sprintf("ticket-%d", l.dealt)
	l.tickets[ticket] = true
	return reply{fields: map[string]any{"url": "ws://" + at.Host + pathOfLink + "?ticket=" + ticket + "&app_id=" + app}}
}

// serve is one connection from its handshake to its end.
func (l *Link) serve(w http.ResponseWriter, r *http.Request) {
	if !l.redeem(r.URL.Query().Get("ticket")) {
		http.Error(w, "the URL was used before, or never issued", http.StatusNotFound)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // it has answered
	}
	c := &socket{link: l, conn: conn, write: make(chan struct{}, 1), done: make(chan struct{})}
	c.end = sync.OnceFunc(func() { close(c.done); _ = conn.Close() })
	defer c.end()
	n, refusal := l.admit(c)
	if refusal != "" {
		_ = c.say(map[string]any{"type": "disconnect", "reason": refusal})
		return
	}
	defer l.forget(c)
	conn.SetPingHandler(c.pong)
	hello := map[string]any{"type": "hello", "num_connections": n, "connection_info": map[string]any{"app_id": app},
		"debug_info": map[string]any{"host": "applink-fake", "build_number": 1, "approximate_connection_time": 18060}}
	if c.say(hello) != nil {
		return
	}
	go c.pings()
	c.hear()
}

// redeem uses a ticket up.
func (l *Link) redeem(ticket string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ok := l.tickets[ticket]
	delete(l.tickets, ticket)
	return ok
}

// admit adds a connection, or says why it may not be.
func (l *Link) admit(c *socket) (n int, refusal string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.off:
		return 0, "link_disabled"
	case len(l.sockets) >= l.most:
		return 0, "too_many_websockets"
	}
	l.sockets = append(l.sockets, c)
	return len(l.sockets), ""
}

func (l *Link) forget(c *socket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sockets = slices.DeleteFunc(l.sockets, func(o *socket) bool { return o == c })
}

// say sends one frame.
func (c *socket) say(v any) error {
	c.write <- struct{}{}
	defer func() { <-c.write }()
	_ = c.conn.SetWriteDeadline(time.Now().Add(5 * time.Second))
	return c.conn.WriteJSON(v) //nolint:wrapcheck // it is only asked whether there is one
}

// hear reads what the app sends until the connection ends.
func (c *socket) hear() {
	for {
		kind, frame, err := c.conn.ReadMessage()
		if err != nil {
			return
		}
		if !c.attends() {
			<-c.done
			return
		}
		c.link.heard(c, kind, frame)
	}
}

// attends waits as long as the connection is slow, and reports whether it hears
// anything.
func (c *socket) attends() bool {
	c.link.mu.Lock()
	slow, deaf := c.link.slow, c.deaf
	c.link.mu.Unlock()
	return !deaf && c.rest(slow)
}

// rest waits, and reports whether the connection goes on.
func (c *socket) rest(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-c.done:
		return false
	}
}

func (c *socket) pong(data string) error {
	if c.attends() {
		_ = c.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(pingEach))
	}
	return nil
}

func (c *socket) pings() {
	for c.rest(pingEach) {
		if c.attends() {
			_ = c.conn.WriteControl(websocket.PingMessage, []byte("Ping from applink-fake"), time.Now().Add(pingEach))
		}
	}
}

// open returns the connections that are open, oldest first, without those that
// were told to go.
func (l *Link) open() []*socket {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(l.sockets), func(c *socket) bool { return c.going })
}

// Open returns how many connections the app has, those that were told to go
// left out.
func (l *Link) Open() int { return len(l.open()) }

// Disconnect tells a connection to go, the one that was not told for longest. After
// a "warning" it gets envelopes for 10 more seconds, and is told again then; after
// "refresh_requested" it gets none, and ends within a second; for any other reason
// it ends at once. It reports whether there was one.
func (l *Link) Disconnect(reason string) bool {
	open := l.open()
	if len(open) == 0 {
		return false
	}
	open[0].dismiss(reason)
	return true
}

// dismiss tells a connection to go.
func (c *socket) dismiss(reason string) {
	l := c.link
	l.mu.Lock()
	if at := slices.Index(l.sockets, c); at >= 0 {
		l.sockets = append(slices.Delete(l.sockets, at, at+1), c)
	}
	c.going = reason != "warning"
	l.mu.Unlock()
	_ = c.say(map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "applink-fake"}})
	switch reason {
	case "warning":
		time.AfterFunc(warnAhead, func() { c.dismiss("refresh_requested") })
	case "refresh_requested":
		time.AfterFunc(goWithin, c.end)
	default:
		c.end()
	}
}

// Disable switches Socket Mode off, and on again: every connection, and every new
// one, ends with link_disabled.
func (l *Link) Disable(off bool) {
	l.mu.Lock()
	l.off = off
	l.mu.Unlock()
	for _, c := range l.open() {
		if off {
			c.dismiss("link_disabled")
		}
	}
}

// Limit sets how many connections there may be: any more end with
// too_many_websockets. Slack's limit is 10.
func (l *Link) Limit(most int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.most = most
}

// Cut ends every connection as a broken network does: without a word.
func (l *Link) Cut() {
	for _, c := range l.all() {
		c.end()
	}
}

// all returns every connection.
func (l *Link) all() []*socket {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.sockets)
}

// Deafen makes the connections that are open now hear nothing any more, neither
// acknowledgements nor pings. They stay open, and envelopes are still sent.
func (l *Link) Deafen() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.sockets {
		c.deaf = true
	}
}

// Slow makes every connection take so long to hear each frame.
func (l *Link) Slow(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.slow = d
}

// SendTo sends everything that follows as signed HTTP requests to the URL, over
// Socket Mode for "".
func (l *Link) SendTo(url string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.url = url
}

// Repeat makes each envelope be sent so many times, each time to any connection.
func (l *Link) Repeat(times int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.copies = max(times, 1)
}

// Envelopes returns all that was sent, oldest first.
func (l *Link) Envelopes() []Envelope {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]Envelope, len(l.sent))
	for i, e := range l.sent {
		all[i] = e.copied()
	}
	return all
}

// Wrongs returns what the app did against the protocol.
func (l *Link) Wrongs() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.wrongs)
}

// wrong notes what the app did against the protocol; the mutex is held.
func (l *Link) wrong(format string, values ...any) {
	l.wrongs = append(l.wrongs, fmt.Sprintf(format, values...))
}

// heard takes a frame from the app, which can only be an acknowledgement.
func (l *Link) heard(c *socket, kind int, frame []byte) {
	var ack struct {
		ID      string          `json:"envelope_id"`
		Payload json.RawMessage `json:"payload"`
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := json.Unmarshal(frame, &ack); err != nil || kind != websocket.TextMessage {
		l.wrong("no acknowledgement: %.100q", frame)
		return
	}
	e := l.find(ack.ID)
	switch {
	case e == nil:
		l.wrong("acknowledged what was never sent: %.100q", ack.ID)
	case len(frame) >= maxAck:
		l.wrong("an acknowledgement of %d bytes is lost", len(frame))
	case !e.over[c]:
		l.wrong("%s was acknowledged on another connection than it came on", ack.ID)
	default:
		l.acknowledge(e, ack.Payload)
	}
}

// acknowledge counts an acknowledgement; the mutex is held.
func (l *Link) acknowledge(e *Envelope, answer json.RawMessage) {
	took := time.Since(e.Sent)
	if took > l.server.opt.Patience {
		e.Late++
		return
	}
	if len(answer) > 0 && !e.takesAnswer {
		l.wrong("%s takes no payload", e.ID)
	}
	if e.Acks++; e.Acks == 1 {
		e.After, e.Answer = cmp.Or(took, 1), answer
		close(e.acked)
	}
}
