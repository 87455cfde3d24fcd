package slack

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// pair starts a fake Slack and a Sender that posts to it.
func pair(t *testing.T, o slackfake.Options) (*Sender, *slackfake.Server) {
	t.Helper()
	fake := slackfake.New(o)
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = fake.Close() })
	s := to(t, fake, 0)
	if o.Now != nil {
		s.clock.now = o.Now
	}
	return s, fake
}

// to makes a Sender with connections of its own.
func to(t *testing.T, fake *slackfake.Server, timeout time.Duration) *Sender {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport, Timeout: timeout}
	return New(slog.New(slog.DiscardHandler), client,
		Options{Token: slackfake.DefaultToken, APIURL: fake.URL(), Store: "store-1"})
}

// story is a message that says little.
func story(delivery int64) notify.Message {
	return notify.Message{
		Delivery: delivery, Cluster: 3, Kind: news.DeliverStory, Severity: news.High, Headline: "Kim met Putin",
		Link: "https://example.org/1", Outlet: "TASS", Tier: "state", Rules: []string{"kim", "putin"}, Text: "HIGH · Kim met Putin · TASS (state) · kim",
	}
}

func send(t *testing.T, s *Sender, channel string, m notify.Message) notify.Receipt {
	t.Helper()
	receipt, err := s.Send(t.Context(), channel, m)
	if err != nil {
		t.Fatal(err)
	}
	return receipt
}

// problemOf is the problem that an error names, "" for anything that is not a
// SendError.
func problemOf(err error) notify.Problem {
	if se, ok := errors.AsType[*notify.SendError](err); ok {
		return se.Problem
	}
	return ""
}

func TestSend(t *testing.T) {
	s, fake := pair(t, slackfake.Options{})
	receipt := send(t, s, "C000000001", story(41))
	posted := fake.Messages("news")
	if len(posted) != 1 || posted[0].TS != receipt.TS || receipt.ChannelID != "C000000001" {
		t.Fatalf("receipt %+v, posted %+v", receipt, posted)
	}
	if posted[0].Text != "HIGH · Kim met Putin · TASS (state) · kim" || posted[0].EventType != "copytaster_alert" {
		t.Errorf("posted %+v", posted[0])
	}
	var payload []string
	for _, key := range []string{"delivery", "rules", "cluster", "kind", "store"} {
		values := strings.Fields(toText(posted[0].EventPayload[key]))
		payload = append(payload, key+"="+strings.Join(values, ","))
	}
	want := []string{"delivery=41", "rules=[kim,putin]", "cluster=3", "kind=story", "store=store-1"}
	if diff := cmp.Diff(want, payload); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
}

func TestSendJoinsAPublicChannelOnce(t *testing.T) {
	s, fake := pair(t, slackfake.Options{Channels: []slackfake.Channel{{Name: "news"}}})
	send(t, s, "C000000001", story(1))
	send(t, s, "C000000001", story(2))
	if posts, joins := len(fake.Calls("chat.postMessage")), len(fake.Calls("conversations.join")); posts != 3 || joins != 1 {
		t.Errorf("%d posts, %d joins", posts, joins)
	}
	if n := len(fake.Messages("news")); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// TestSendCannotJoin: what comes of joining is not what comes of posting.
func TestSendCannotJoin(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault slackfake.Fault
		want  notify.Problem
	}{
		{"refused", slackfake.Fault{Code: "method_not_supported_for_channel_type"}, notify.NoChannel},
		{"no scope for it", slackfake.Fault{Code: "missing_scope"}, notify.NoChannel},
		{"the server breaks down", slackfake.Fault{Status: 503}, notify.Temporary},
		{"no answer", slackfake.Fault{Close: true}, notify.Temporary},
		{"throttled", slackfake.Fault{Status: 429, RetryAfter: "7"}, notify.Throttled},
		{"throttled by code", slackfake.Fault{Code: "ratelimited"}, notify.Throttled},
	} {
		s, fake := pair(t, slackfake.Options{Channels: []slackfake.Channel{{Name: "news"}}})
		tt.fault.Method = "conversations.join"
		fake.Plan(tt.fault)
		_, err := s.Send(t.Context(), "C000000001", story(1))
		if got := problemOf(err); got != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		if n := len(fake.Messages("")); n != 0 {
			t.Errorf("%s: %d messages", tt.name, n)
		}
	}
}

func TestSendToAChannelThatCannotBePostedTo(t *testing.T) {
	s, _ := pair(t, slackfake.Options{Channels: []slackfake.Channel{
		{Name: "old", Archived: true, Member: true}, {Name: "secret", Private: true},
	}})
	for _, id := range []string{"C000000001", "C000000002", "C999999999"} {
		if _, err := s.Send(t.Context(), id, story(1)); problemOf(err) != notify.NoChannel {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestSendThrottled(t *testing.T) {
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	s, _ := pair(t, slackfake.Options{Rate: 0.25, Now: func() time.Time { return now }})
	send(t, s, "C000000001", story(1))
	_, err := s.Send(t.Context(), "C000000001", story(2))
	var se *notify.SendError
	if !errors.As(err, &se) || se.Problem != notify.Throttled || se.RetryAfter != 4*time.Second {
		t.Errorf("%v", err)
	}
}

func TestSendBeforeAConnection(t *testing.T) {
	fake := slackfake.New(slackfake.Options{})
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	refused := to(t, fake, 0)
	_ = fake.Close() // the port is free again: connections are refused
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	log := slog.New(slog.DiscardHandler)
	for name, s := range map[string]*Sender{
		"refused":  refused,
		"no host":  New(log, nil, Options{APIURL: "http://slack.invalid/api"}),
		"no URL":   New(log, nil, Options{APIURL: "http://a b/"}),
		"no port":  New(log, nil, Options{APIURL: "http://127.0.0.1:99999/"}),
		"not http": New(log, nil, Options{APIURL: "gopher://127.0.0.1/"}),
	} {
		if _, err := s.Send(t.Context(), "C000000001", story(1)); problemOf(err) != notify.Temporary {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := refused.Send(stopped, "C000000001", story(1)); problemOf(err) != notify.Temporary {
		t.Errorf("stopped: %v", err)
	}
}

func TestSendToASlowServer(t *testing.T) {
	_, fake := pair(t, slackfake.Options{})
	fake.Plan(slackfake.Fault{Stored: true, Delay: time.Minute})
	s := to(t, fake, 3*time.Second)
	if _, err := s.Send(t.Context(), "C000000001", story(1)); problemOf(err) != notify.InDoubt {
		t.Errorf("%v, want in doubt", err)
	}
}

// TestNoTokenInErrors: what a log or a person sees never holds the token.
func TestNoTokenInErrors(t *testing.T) {
	_, fake := pair(t, slackfake.Options{})
	fake.Plan(slackfake.Fault{Times: -1, Close: true})
	s := to(t, fake, 0)
	_, err := s.Send(t.Context(), "C000000001", story(1))
	_, _, findErr := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: 1}, time.Now())
	_, resolveErr := s.Resolve(t.Context(), "news")
	for _, err := range []error{err, findErr, resolveErr, s.Probe(t.Context())} {
		if err == nil || strings.Contains(err.Error(), slackfake.DefaultToken) {
			t.Errorf("%v", err)
		}
	}
}

// TestRedirectsAreNotFollowed: a post must not be repeated elsewhere, nor the
// token sent there.
func TestRedirectsAreNotFollowed(t *testing.T) {
	_, elsewhere := pair(t, slackfake.Options{})
	s := New(slog.New(slog.DiscardHandler), &http.Client{Transport: redirect(elsewhere.URL())}, Options{Token: "xoxb-secret"})
	if _, err := s.Send(t.Context(), "C000000001", story(1)); problemOf(err) != notify.Temporary {
		t.Errorf("%v", err)
	}
	if calls := elsewhere.Calls(""); len(calls) != 0 {
		t.Errorf("followed: %v", calls)
	}
}

// redirect answers every request with a redirect to its method at a URL.
type redirect string

func (to redirect) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.String(), string(to)) {
		return http.DefaultTransport.RoundTrip(r)
	}
	header := http.Header{"Location": {string(to) + r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]}}
	return &http.Response{StatusCode: http.StatusTemporaryRedirect, Header: header, Body: http.NoBody, Request: r}, nil
}

func TestProbe(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options slackfake.Options
		fault   slackfake.Fault
		revoke  bool
		want    notify.Problem
	}{
		{name: "good"},
		{name: "revoked", revoke: true, want: notify.Unauthorized},
		{name: "another token", options: slackfake.Options{Token: "xoxb-other"}, want: notify.Unauthorized},
		{name: "may post", options: slackfake.Options{Scopes: []string{"users:read", "chat:write"}}},
		{name: "may not post", options: slackfake.Options{Scopes: []string{"users:read"}}, want: notify.Unauthorized},
		{name: "throttled", fault: slackfake.Fault{Status: 429}, want: notify.Throttled},
		{name: "down", fault: slackfake.Fault{Status: 500}, want: notify.Temporary},
		{name: "empty", fault: slackfake.Fault{Body: "{}"}, want: notify.Temporary},
		{name: "garbage", fault: slackfake.Fault{Body: "<html>"}, want: notify.Temporary},
	} {
		s, fake := pair(t, tt.options)
		if tt.fault != (slackfake.Fault{}) {
			fake.Plan(tt.fault)
		}
		if tt.revoke {
			fake.Revoke()
		}
		if err := s.Probe(t.Context()); problemOf(err) != tt.want || (err == nil) != (tt.want == "") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func toText(v any) string {
	switch v := v.(type) {
	case []any:
		var parts []string
		for _, p := range v {
			parts = append(parts, toText(p))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case string:
		return v
	case interface{ String() string }:
		return v.String()
	case int:
		return strconv.Itoa(v)
	default:
		return ""
	}
}
