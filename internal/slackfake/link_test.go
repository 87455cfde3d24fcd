package slackfake

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// client is an app's end of a connection.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

// frameOf is what the fake sends.
type frameOf struct {
	Type, Reason string
	Number       int             `json:"num_connections"`
	ID           string          `json:"envelope_id"`
	TakesAnswer  bool            `json:"accepts_response_payload"`
	Payload      json.RawMessage `json:"payload"`
}

// socketURL asks for the URL of a connection.
func socketURL(t *testing.T, s *Server) string {
	t.Helper()
	var answer struct{ URL string }
	got := do(t, s, "apps.connections.open", "application/json", "", DefaultAppToken)
	if err := json.Unmarshal([]byte(got.body), &answer); err != nil || !got.fields.OK {
		t.Fatal(got.body)
	}
	return answer.URL
}

// dial opens a connection and returns its first frame.
func dial(t *testing.T, s *Server) (*client, frameOf) {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial(socketURL(t, s), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	c := &client{t, conn}
	f, _ := c.read()
	return c, f
}

func (c *client) read() (f frameOf, err error) {
	_ = c.conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	err = c.conn.ReadJSON(&f)
	return f, err
}

func (c *client) write(text string) {
	if err := c.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.t.Error(err)
	}
}

// acknowledge reads envelopes and acknowledges each until the connection ends.
func (c *client) acknowledge() {
	for {
		f, err := c.read()
		if err != nil {
			return
		}
		c.write(`{"envelope_id":"` + f.ID + `"}`)
	}
}

// TestConnections: who may open one, that a URL is good once, and how many.
func TestConnections(t *testing.T) {
	s := started(t, Options{})
	for token, want := range map[string]string{"": "not_authed", DefaultToken: "not_allowed_token_type", "xapp-other": "invalid_auth"} {
		if got := do(t, s, "apps.connections.open", "application/json", "", token); got.fields.Error != want {
			t.Errorf("%q: %s, want %s", token, got.body, want)
		}
	}
	if got := do(t, s, "chat.postMessage", "application/json", `{"channel":"news","text":"x"}`, DefaultAppToken); got.fields.Error != "not_allowed_token_type" {
		t.Error(got.body)
	}
	url := socketURL(t, s)
	for i, want := range []int{http.StatusSwitchingProtocols, http.StatusNotFound} {
		conn, resp, err := websocket.DefaultDialer.Dial(url, nil)
		if resp.StatusCode != want {
			t.Errorf("dialled %d times: %d, %v", i+1, resp.StatusCode, err)
		}
		if conn != nil {
			defer func() { _ = conn.Close() }()
		}
	}
	for i := 2; i <= 10; i++ {
		if _, f := dial(t, s); f.Type != "hello" || f.Number != i {
			t.Errorf("%d: %+v", i, f)
		}
	}
	c, f := dial(t, s)
	if _, err := c.read(); f.Type != "disconnect" || f.Reason != "too_many_websockets" || err == nil {
		t.Errorf("an eleventh: %+v, %v", f, err)
	}
}

// TestAcknowledgements: which are counted, and which are against the protocol.
func TestAcknowledgements(t *testing.T) {
	s := started(t, Options{})
	c, _ := dial(t, s)
	other, _ := dial(t, s)
	s.Link.Repeat(1)
	anna := s.As("U0ANNA")
	const id = "00000000-0000-4000-8000-000000000003"
	done := make(chan error, 1)
	go func() { _, err := anna.Slash("news", "/copytaster", "status"); done <- err }()
	read := make(chan *client, 2)
	for _, x := range []*client{c, other} {
		go func() {
			if f, err := x.read(); err == nil && f.ID == id && f.TakesAnswer {
				read <- x
			}
		}()
	}
	mine := <-read
	wrong := c
	if mine == c {
		wrong = other
	}
	wrong.write(`{"envelope_id":"` + id + `"}`)
	mine.write(`{"envelope_id":`)
	mine.write(`{"envelope_id":"x"}`)
	mine.write(`{"envelope_id":"` + id + `","payload":"` + strings.Repeat("x", maxAck) + `"}`)
	mine.write(`{"envelope_id":"` + id + `","payload":{"text":"x"}}`)
	mine.write(`{"envelope_id":"` + id + `"}`)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	ticks := time.NewTicker(time.Millisecond)
	defer ticks.Stop()
	for n := 0; n < 30_000 && (len(s.Link.Wrongs()) < 4 || s.Link.Envelopes()[0].Acks < 2); n++ {
		<-ticks.C
	}
	e := s.Link.Envelopes()[0]
	if e.Acks != 2 || string(e.Answer) != `{"text":"x"}` || e.After <= 0 || e.Late != 0 || len(s.Link.Wrongs()) != 4 {
		t.Errorf("%+v\n%q", e, s.Link.Wrongs())
	}
}

// TestNobodyListens: without a connection a person sees that nothing came of it.
func TestNobodyListens(t *testing.T) {
	s := started(t, Options{})
	if e, err := s.As("U0ANNA").Slash("news", "/copytaster", "status"); !errors.Is(err, ErrNotAcknowledged) || e.Acks != 0 {
		t.Errorf("%+v, %v", e, err)
	}
	if _, err := s.As("U0ANNA").Slash("nowhere", "/copytaster", "status"); err == nil || errors.Is(err, ErrNotAcknowledged) {
		t.Errorf("%v", err)
	}
}

// TestDisconnect: how each reason ends a connection.
func TestDisconnect(t *testing.T) {
	s := started(t, Options{})
	for _, reason := range []string{"refresh_requested", "too_many_websockets"} {
		c, _ := dial(t, s)
		if !s.Link.Disconnect(reason) || s.Link.Open() != 0 {
			t.Errorf("%s: %d open", reason, s.Link.Open())
		}
		f, _ := c.read()
		if _, err := c.read(); f.Type != "disconnect" || f.Reason != reason || err == nil {
			t.Errorf("%+v, %v", f, err)
		}
	}
	c, _ := dial(t, s)
	s.Link.Disconnect("warning")
	if f, err := c.read(); f.Reason != "warning" || err != nil || s.Link.Open() != 1 {
		t.Errorf("%+v, %v; %d open", f, err, s.Link.Open())
	}
	cut := make(chan bool)
	go func() { c.acknowledge(); close(cut) }()
	if _, err := s.As("U0ANNA").Slash("news", "/copytaster", "x"); err != nil {
		t.Errorf("after a warning: %v", err)
	}
	s.Link.Disable(true)
	if _, f := dial(t, s); f.Reason != "link_disabled" {
		t.Errorf("%+v", f)
	}
	s.Link.Disable(false)
	if _, f := dial(t, s); f.Type != "hello" {
		t.Errorf("%+v", f)
	}
	s.Link.Cut()
	<-cut
}
