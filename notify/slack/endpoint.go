package slack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

const (
	mostBody   = 1 << 20
	signedFor  = 5 * time.Minute // how old, or how far ahead, a signature may be
	sayRefused = time.Minute     // between two lines of the log on refused requests
)

// Endpoint is where Slack sends what people do as signed requests: interactions,
// slash commands and events alike. It is safe for concurrent use.
type Endpoint struct {
	log    *slog.Logger
	secret []byte
	now    func() time.Time
	in     *intake

	mu      sync.Mutex
	refused int // since the log said so
	said    time.Time
}

// HTTPHandler returns the endpoint of an app with the signing secret; a nil now
// is time.Now.
func HTTPHandler(log *slog.Logger, secret news.Secret, now func() time.Time, h Handler) *Endpoint {
	if now == nil {
		now = time.Now
	}
	return &Endpoint{log: log, secret: []byte(secret.Reveal()), now: now, in: newIntake(log, h)}
}

// Wait waits until all is stored that was acknowledged.
func (e *Endpoint) Wait() { e.in.wait() }

// ServeHTTP answers one request. One that only tries the certificate need not be
// signed.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("ssl_check") == "1" {
		return
	}
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "only POST is answered", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if tooLong := new(http.MaxBytesError); errors.As(err, &tooLong) {
		e.refuse(w, http.StatusRequestEntityTooLarge, err)
		return
	}
	if err == nil {
		err = e.verify(r.Header, body)
	}
	if err != nil {
		e.refuse(w, http.StatusUnauthorized, err)
		return
	}
	e.answer(r.Context(), w, r.Header.Get("Content-Type"), body)
}

// verify checks the signature of a request: v0, the HMAC of its timestamp and
// body.
func (e *Endpoint) verify(h http.Header, body []byte) error {
	stamp := h.Get("X-Slack-Request-Timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || len(e.secret) == 0 {
		return errors.New("it is not signed")
	}
	if age := e.now().Sub(time.Unix(seconds, 0)); age.Abs() > signedFor {
		return fmt.Errorf("its signature is %s old", age.Round(time.Second))
	}
	mac := hmac.New(sha256.New, e.secret)
	_, _ = fmt.Fprintf(mac, "v0:%s:%s", stamp, body) // a hash takes everything
	want := "v0=" + hex.EncodeToString(mac.Sum(nil))
	if !hmac.Equal([]byte(want), []byte(h.Get("X-Slack-Signature"))) {
		return errors.New("its signature is forged, or made with another signing secret")
	}
	return nil
}

// answer takes a request that comes from Slack.
func (e *Endpoint) answer(ctx context.Context, w http.ResponseWriter, contentType string, body []byte) {
	request, challenge, err := decodeBody(contentType, body)
	switch {
	case errors.Is(err, errUnused):
		e.log.Debug("ignored what Slack sent", "error", err)
		return
	case err != nil:
		e.refuse(w, http.StatusBadRequest, err)
		return
	case challenge != "":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, challenge)
		return
	}
	if request.At.IsZero() {
		request.At = e.now().UTC().Truncate(time.Second)
	}
	reply, err := e.in.take(ctx, request)
	if err != nil {
		http.Error(w, "it could not be stored", http.StatusServiceUnavailable)
		return
	}
	if said := reply.body(); said != nil {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(said)
	}
}

// refuse answers a request that is not taken. The log counts them, without what
// they say.
func (e *Endpoint) refuse(w http.ResponseWriter, status int, err error) {
	http.Error(w, http.StatusText(status), status)
	e.mu.Lock()
	e.refused++
	now, count := e.now(), e.refused
	say := e.said.IsZero() || now.Sub(e.said).Abs() >= sayRefused
	if say {
		e.said, e.refused = now, 0
	}
	e.mu.Unlock()
	if say {
		e.log.Warn("refused requests to Slack's endpoint", "count", count, "status", status, "last_error", err)
	}
}

// decodeBody reads a signed request. One that only tries whether the endpoint is
// there is to be answered with its challenge; a body without any ID of its own is
// known by its hash.
func decodeBody(contentType string, body []byte) (r Request, challenge string, err error) {
	kind, _, _ := mime.ParseMediaType(contentType)
	if kind == "application/json" {
		r, challenge, err = decodeJSON(body)
	} else {
		r, err = decodeForm(body)
	}
	if err == nil && r.ID == "" {
		r.ID = hashed(body)
	}
	return r, challenge, err
}

func decodeJSON(body []byte) (Request, string, error) {
	var in struct {
		Type      string `json:"type"`
		Challenge string `json:"challenge"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return Request{}, "", fmt.Errorf("read body: %w", err)
	}
	if in.Type == "url_verification" && in.Challenge != "" {
		return Request{}, kept(in.Challenge, mostValue), nil
	}
	r, err := decodeEvent(body)
	return r, "", err
}

func decodeForm(body []byte) (Request, error) {
	form, err := url.ParseQuery(string(body))
	switch {
	case err != nil:
		return Request{}, fmt.Errorf("read body: %w", err)
	case form.Get("ssl_check") == "1":
		return Request{}, fmt.Errorf("a check of the certificate: %w", errUnused)
	case form.Has("payload"):
		return decodeInteraction([]byte(form.Get("payload")))
	case form.Has("command"):
		return decodeCommand(form.Get)
	}
	return Request{}, errors.New("read body: neither a payload nor a command")
}
