package slackfake

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxAck is of how many bytes on an acknowledgement is lost.
const maxAck = 20_000

// Types of envelopes.
const (
	interaction = "interactive"
	slash       = "slash_commands"
	events      = "events_api"
)

// ErrNotAcknowledged is what a person sees as a warning sign: the app did not
// respond within Options.Patience.
var ErrNotAcknowledged = errors.New("the app did not respond")

// Envelope is something that a person did, or an event, as it was sent to the
// app.
type Envelope struct {
	ID      string
	Type    string // interactive, slash_commands, events_api
	Payload json.RawMessage
	Sent    time.Time

	Acks   int             // within Options.Patience
	Late   int             // after it
	After  time.Duration   // until the first one
	Answer json.RawMessage // that it carried

	takesAnswer bool
	over        map[*socket]bool // that it was sent over
	acked       chan struct{}    // closed by the first acknowledgement
}

// deliver sends an envelope and waits for its acknowledgement, no longer than
// Slack does.
func (l *Link) deliver(kind string, payload map[string]any, takesAnswer bool) (Envelope, error) {
	e := &Envelope{Type: kind, Payload: encode(payload), Sent: time.Now(), takesAnswer: takesAnswer,
		over: map[*socket]bool{}, acked: make(chan struct{})}
	l.mu.Lock()
	l.dealt++
	e.ID = fmt.Sprintf("00000000-0000-4000-8000-%012d", l.dealt)
	l.sent = append(l.sent, e)
	copies := l.copies
	l.mu.Unlock()
	l.send(e, copies)
	timer := time.NewTimer(l.server.opt.Patience)
	defer timer.Stop()
	select {
	case <-e.acked:
	case <-timer.C:
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Acks == 0 {
		return e.copied(), ErrNotAcknowledged
	}
	return e.copied(), nil
}

// Again sends an envelope again, so many times, without waiting.
func (l *Link) Again(id string, times int) {
	l.mu.Lock()
	e := l.find(id)
	l.mu.Unlock()
	if e != nil {
		l.send(e, times)
	}
}

// find finds an envelope, nil when there is none; the mutex is held.
func (l *Link) find(id string) *Envelope {
	i := slices.IndexFunc(l.sent, func(e *Envelope) bool { return e.ID == id })
	if i < 0 {
		return nil
	}
	return l.sent[i]
}

// copied is an envelope as it stands; the mutex is held.
func (e *Envelope) copied() Envelope {
	c := *e
	c.over, c.acked = nil, nil
	return c
}

// send sends an envelope without waiting for its acknowledgement.
func (l *Link) send(e *Envelope, times int) {
	l.mu.Lock()
	url := l.url
	l.mu.Unlock()
	if url != "" {
		for range times {
			go l.post(url, e)
		}
		return
	}
	frame := map[string]any{"type": e.Type, "envelope_id": e.ID, "payload": e.Payload, "accepts_response_payload": e.takesAnswer}
	for range times {
		open := l.open()
		if len(open) == 0 {
			return
		}
		c := open[rand.IntN(len(open))] //nolint:gosec // any connection will do
		l.mu.Lock()
		e.over[c] = true
		l.mu.Unlock()
		_ = c.say(frame)
	}
}

// post sends an envelope as a signed request.
func (l *Link) post(to string, e *Envelope) {
	ctx, cancel := context.WithTimeout(context.Background(), l.server.opt.Patience)
	defer cancel()
	kind, body := requestBody(e)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return
	}
	req.Header = Sign(l.server.opt.SigningSecret, l.server.opt.Now(), body)
	req.Header.Set("Content-Type", kind)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err != nil:
	case resp.StatusCode != http.StatusOK:
		l.wrong("%s was answered %s", e.ID, resp.Status)
	default:
		l.acknowledge(e, answer)
	}
}

// requestBody writes an envelope as a request's body.
func requestBody(e *Envelope) (contentType string, body []byte) {
	const form = "application/x-www-form-urlencoded"
	switch e.Type {
	case events:
		return "application/json", e.Payload
	case slash:
		var fields map[string]string
		if err := json.Unmarshal(e.Payload, &fields); err != nil {
			panic(err) // it was built of texts
		}
		values := url.Values{}
		for name, v := range fields {
			values.Set(name, v)
		}
		return form, []byte(values.Encode())
	default:
		return form, []byte(url.Values{"payload": {string(e.Payload)}}.Encode())
	}
}

// Sign returns the headers that prove a request's body to come from Slack.
func Sign(secret string, at time.Time, body []byte) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", stamp, body) // a hash takes everything
	return http.Header{
		"X-Slack-Request-Timestamp": {stamp},
		"X-Slack-Signature":         {"v0=" + hex.EncodeToString(mac.Sum(nil))},
	}
}

// Emit sends an event, such as {"type": "channel_archive", "channel": "C…"}.
func (l *Link) Emit(event map[string]any) (Envelope, error) {
	l.mu.Lock()
	l.dealt++
	n := l.dealt
	l.mu.Unlock()
	now := l.server.opt.Now()
	if event["event_ts"] == nil {
		event["event_ts"] = stamp(now)
	}
	return l.deliver(events, map[string]any{
		"token": "legacy", "team_id": team, "api_app_id": app, "event": event, "type": "event_callback",
		"event_id": fmt.Sprintf("Ev%09d", n), "event_time": now.Unix(), "authorizations": []any{}, "is_ext_shared_channel": false,
	}, false)
}

// stamp writes a time as Slack does.
func stamp(t time.Time) string {
	return fmt.Sprintf("%d.%s", t.Unix(), strings.TrimPrefix(fmt.Sprintf("%.6f", float64(t.Nanosecond()/1000)/1e6), "0."))
}
