// Package webhook posts messages to a URL as signed JSON. Make a Sender with New. The
// signature is that of Standard Webhooks (https://www.standardwebhooks.com): the headers
// webhook-id, webhook-timestamp and webhook-signature. The ID of a message is the same in
// each attempt, so that a receiver can drop what comes twice; therefore no post is in doubt
// for longer than it takes to repeat it.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// mostRead is how much of an answer is read, in bytes.
const mostRead = 64 << 10

// Options are the properties of a receiver.
type Options struct {
	URL     news.Secret
	Secret  news.Secret // as ParseSecret takes it
	Headers map[string]news.Secret
	Agent   string // what the sender calls itself
	Now     func() time.Time
}

// Sender posts to one receiver. Its methods may be called from many goroutines.
type Sender struct {
	client *http.Client
	opt    Options
	key    []byte
}

// New makes a sender. The error says what is wrong with the secret.
func New(client *http.Client, opt Options) (*Sender, error) {
	key, err := ParseSecret(opt.Secret.Reveal())
	if err != nil {
		return nil, err
	}
	c := *client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Sender{client: &c, opt: opt, key: key}, nil
}

// Bounds of a secret, in bytes, as Standard Webhooks has them.
const (
	shortestKey = 24
	longestKey  = 64
)

// ParseSecret reads a secret as receivers' libraries take it: whsec_ and 24 to 64 bytes in
// base64.
func ParseSecret(text string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(strings.TrimSpace(text), "whsec_"))
	if err != nil {
		return nil, errors.New("the secret is not in base64")
	}
	if len(key) < shortestKey || len(key) > longestKey {
		return nil, fmt.Errorf("the secret has %d bytes, and not %d to %d", len(key), shortestKey, longestKey)
	}
	return key, nil
}

// Sign returns the signature of a body that is sent under an ID at a time.
func Sign(key []byte, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write(fmt.Appendf(nil, "%s.%d.%s", id, at.Unix(), body)) // a hash.Hash never returns an error
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Resolve returns the channel's own name: there is nothing to look up.
func (s *Sender) Resolve(_ context.Context, channel string) (string, error) { return channel, nil }

// Send posts a message. One that was cut off is certainly worth another try: the receiver
// knows it by its ID.
func (s *Sender) Send(ctx context.Context, channel string, m notify.Message) (notify.Receipt, error) {
	id, now := idOf(m), s.opt.Now()
	body, err := json.Marshal(PayloadOf(channel, id, m, now))
	if err != nil {
		return notify.Receipt{}, &notify.SendError{Problem: notify.Malformed, Err: fmt.Errorf("write message: %w", err)}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.opt.URL.Reveal(), bytes.NewReader(body))
	if err != nil {
		return notify.Receipt{}, &notify.SendError{Problem: notify.NoChannel, Err: errors.New("post message: the URL is none")}
	}
	for name, value := range s.opt.Headers {
		r.Header.Set(name, value.Reveal())
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", s.opt.Agent)
	r.Header.Set("Webhook-Id", id)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("Webhook-Signature", Sign(s.key, id, now, body))
	answer, err := s.client.Do(r)
	if err != nil {
		return notify.Receipt{}, &notify.SendError{Problem: notify.Temporary, Err: fmt.Errorf("post message: %w", bare(err))}
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, mostRead)) // so that the connection can be used again
	if err := verdict(answer, now); err != nil {
		return notify.Receipt{}, err
	}
	return notify.Receipt{ChannelID: channel, TS: id, Thread: m.Thread}, nil
}

// idOf is the name of a message, the same in each attempt. A test, which is no delivery, is
// never the same as another one.
func idOf(m notify.Message) string {
	switch {
	case m.Promise != "":
		return "msg_" + m.Promise
	case m.Delivery != 0:
		return "msg_" + strconv.FormatInt(m.Delivery, 10)
	default:
		return "msg_" + rand.Text()
	}
}

// bare is an error of a request without the URL, which may hold a secret.
func bare(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// verdict is what an answer means for the delivery.
func verdict(answer *http.Response, now time.Time) error {
	code := answer.StatusCode
	if code >= 200 && code < 300 {
		return nil
	}
	se := &notify.SendError{Problem: notify.Temporary, Err: fmt.Errorf("post message: the receiver answers %d %s", code, http.StatusText(code))}
	wait := news.RetryAfter(answer.Header.Get("Retry-After"), now)
	switch {
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable && wait > 0:
		se.Problem, se.RetryAfter = notify.Throttled, wait
	case code == http.StatusBadRequest, code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		se.Problem = notify.Malformed
	case code >= 300 && code < 500 && code != http.StatusRequestTimeout && code != http.StatusTooEarly:
		se.Problem = notify.NoChannel // somebody has to mend it
	}
	return se
}

// Edit does nothing: what was sent stays. What matters is told by a message of its own.
func (s *Sender) Edit(context.Context, notify.Receipt, notify.Message) error { return nil }

// Find finds nothing: nobody can ask a receiver what has arrived. It drops what comes twice.
func (s *Sender) Find(context.Context, string, notify.Sought, time.Time) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}

// Newest knows of no message.
func (s *Sender) Newest(context.Context, string) (t notify.Trace, found bool, err error) {
	return t, false, nil
}

// Permalink returns "": the messages have no URL.
func (s *Sender) Permalink(context.Context, notify.Receipt) (string, error) { return "", nil }

// Probe asks whether the receiver can be reached, and sends nothing: any answer to a request
// of its options will do, except for those that say that there is no such receiver.
func (s *Sender) Probe(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodOptions, s.opt.URL.Reveal(), http.NoBody)
	if err != nil {
		return errors.New("ask receiver: the URL is none")
	}
	r.Header.Set("User-Agent", s.opt.Agent)
	answer, err := s.client.Do(r)
	if err != nil {
		return fmt.Errorf("ask receiver: %w", bare(err))
	}
	defer answer.Body.Close()
	if code := answer.StatusCode; code == http.StatusNotFound || code == http.StatusGone || code >= 500 {
		return fmt.Errorf("ask receiver: it answers %d %s", code, http.StatusText(code))
	}
	return nil
}
