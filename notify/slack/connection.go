package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/copytaster/copytaster/notify"
)

const (
	pingEach    = 10 * time.Second
	pongWithin  = 30 * time.Second // a connection that answers no ping for so long is dead
	writeWithin = 3 * time.Second
)

// connection is one connection of Socket Mode. Its reader never waits for
// anything: each envelope is stored and acknowledged by a goroutine of its own.
type connection struct {
	l    *listener
	conn *websocket.Conn
	acks sync.WaitGroup
	turn chan struct{} // has one place: whoever fills it may write
	asks chan string   // what Slack's pings say, to be answered

	mu      sync.Mutex
	stopped bool          // it is not read any more
	going   chan struct{} // closed when it has to be replaced
	why     error         // that it has to be; nil when Slack asked for it
	told    bool          // going is closed
}

// frame is what Slack sends over a connection.
type frame struct {
	Type        string          `json:"type"`
	Reason      string          `json:"reason"`
	EnvelopeID  string          `json:"envelope_id"`
	Payload     json.RawMessage `json:"payload"`
	TakesAnswer bool            `json:"accepts_response_payload"`
}

// greeted waits for Slack's greeting, and begins to read.
func (l *listener) greeted(ctx context.Context, conn *websocket.Conn) (*connection, error) {
	fail := func(err error) (*connection, error) {
		_ = conn.Close()
		return nil, err
	}
	conn.SetReadLimit(mostBody)
	_ = conn.SetReadDeadline(time.Now().Add(openWithin))
	var hello frame
	if err := conn.ReadJSON(&hello); err != nil {
		return fail(&notify.SendError{Problem: notify.Temporary, Err: fmt.Errorf("open socket: %w", err)})
	}
	if err := dismissed(hello.Reason); err != nil {
		return fail(err)
	}
	if hello.Type != "hello" {
		return fail(&notify.SendError{Problem: notify.Temporary,
			Err: fmt.Errorf("open socket: Slack greets with %q %q", kept(hello.Type, mostName), kept(hello.Reason, mostName))})
	}
	c := &connection{l: l, conn: conn, turn: make(chan struct{}, 1), asks: make(chan string, 8),
		going: make(chan struct{})}
	conn.SetPongHandler(func(string) error { c.attend(pongWithin); return nil })
	conn.SetPingHandler(c.asked)
	c.attend(pongWithin)
	l.opened()
	l.lives.Go(func() { c.live(ctx) })
	return c, nil
}

// live reads the connection until it ends, and closes it when all is
// acknowledged that came in.
func (c *connection) live(ctx context.Context) {
	alive, cancel := context.WithCancel(ctx)
	defer cancel()
	context.AfterFunc(alive, c.stop)
	c.l.lives.Go(func() { c.pings(alive) })
	err := c.read(ctx)
	cancel()
	c.replace(err)
	c.acks.Wait()
	if why := c.stay(); why != nil {
		err = why
	}
	c.l.ended(err)
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	_ = c.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(writeWithin))
	_ = c.conn.Close()
}

// attend lets the connection be read for so long from now on, unless it was
// stopped.
func (c *connection) attend(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.stopped {
		_ = c.conn.SetReadDeadline(time.Now().Add(d))
	}
}

// stop ends the reading.
func (c *connection) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stopped = true
	_ = c.conn.SetReadDeadline(time.Unix(1, 0))
}

// retire stops the connection once its successor has been open for a while: until
// then Slack may still send to it. A nil connection has nothing to stop.
func (c *connection) retire() {
	if c != nil {
		time.AfterFunc(overlap, c.stop)
	}
}

// replace says that the connection has to be replaced. What is said first
// counts.
func (c *connection) replace(why error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.told {
		c.told, c.why = true, why
		close(c.going)
	}
}

// stay waits until the connection has to be replaced, and says why; nil when
// Slack asked for it.
func (c *connection) stay() error {
	<-c.going
	return c.why
}

// asked notes one of Slack's pings. Where many wait for an answer, one more is
// not worth it.
func (c *connection) asked(data string) error {
	select {
	case c.asks <- data:
	default:
	}
	return nil
}

// pings answers Slack's pings, and asks Slack again and again whether it is there.
// An answer shows that both directions work; a ping that is lost is noticed by
// its answer.
func (c *connection) pings(ctx context.Context) {
	ticker := time.NewTicker(pingEach)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case data := <-c.asks:
			_ = c.conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeWithin))
		case <-ticker.C:
			_ = c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeWithin))
		}
	}
}

// read takes frames until the connection ends.
func (c *connection) read(ctx context.Context) error {
	for {
		_, raw, err := c.conn.ReadMessage()
		if err != nil {
			return &notify.SendError{Problem: notify.Temporary, Err: fmt.Errorf("read socket: %w", err)}
		}
		var f frame
		switch err := json.Unmarshal(raw, &f); {
		case err != nil:
			c.l.log.Warn("what Slack sent cannot be read", "error", err, "bytes", len(raw))
		case f.Type == "disconnect":
			c.l.log.Debug("Slack ends a connection", "reason", kept(f.Reason, mostName))
			c.replace(dismissed(f.Reason))
		case f.EnvelopeID == "":
			c.l.log.Debug("ignored what Slack sent", "type", kept(f.Type, mostName))
		default:
			c.acks.Go(func() { c.take(ctx, f) })
		}
	}
}

// take stores what came in an envelope, and acknowledges it.
func (c *connection) take(ctx context.Context, f frame) {
	request, err := f.decode()
	switch {
	case errors.Is(err, errUnused):
		c.l.log.Debug("ignored what Slack sent", "error", err)
		c.acknowledge(f, nil)
		return
	case err != nil:
		c.l.log.Warn("what Slack sent cannot be read", "error", err, "bytes", len(f.Payload))
		return
	}
	if request.ID == "" {
		request.ID = identified(f.EnvelopeID)
	}
	if request.At.IsZero() {
		request.At = c.l.now().UTC().Truncate(time.Second)
	}
	if reply, err := c.l.in.take(ctx, request); err == nil {
		c.acknowledge(f, reply.body())
	} else if errors.Is(err, errBusy) {
		c.l.log.Error("refused what was done in Slack", "kind", request.Kind, "error", err)
	}
}

// decode reads what an envelope holds.
func (f frame) decode() (Request, error) {
	switch f.Type {
	case "interactive":
		return decodeInteraction(f.Payload)
	case "events_api":
		return decodeEvent(f.Payload)
	case "slash_commands":
		var fields map[string]any
		if err := json.Unmarshal(f.Payload, &fields); err != nil {
			return Request{}, fmt.Errorf("read command: %w", err)
		}
		return decodeCommand(func(name string) string { s, _ := fields[name].(string); return s })
	}
	return Request{}, fmt.Errorf("an envelope of type %q: %w", kept(f.Type, mostName), errUnused)
}

// acknowledge tells Slack that an envelope was taken.
func (c *connection) acknowledge(f frame, reply json.RawMessage) {
	ack := map[string]any{"envelope_id": f.EnvelopeID}
	if f.TakesAnswer && reply != nil {
		ack["payload"] = reply
	}
	raw, err := json.Marshal(ack)
	if err != nil {
		return // texts can be written
	}
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	_ = c.conn.SetWriteDeadline(time.Now().Add(writeWithin))
	if err := c.conn.WriteMessage(websocket.TextMessage, raw); err != nil {
		c.l.log.Warn("what was done in Slack is stored, but not acknowledged", "error", err)
		c.stop() // nothing can be acknowledged here any more
	}
}
