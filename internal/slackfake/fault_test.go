package slackfake

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// outcome says in a word how a call ended.
func outcome(s *Server, channel string) string {
	body := "token=" + DefaultToken + "&text=x&channel=" + channel
	a, err := try(s, "chat.postMessage", "application/x-www-form-urlencoded", body, "")
	switch {
	case err != nil && strings.Contains(err.Error(), "reset"):
		return "reset"
	case err != nil:
		return "closed"
	case a.status != http.StatusOK:
		return strings.TrimSpace(fmt.Sprint(a.status, " ", a.header.Get("Retry-After"), " ", a.fields.Error))
	case a.fields.Error != "":
		return a.fields.Error
	case a.fields.OK:
		return "ok"
	default:
		return a.body
	}
}

func TestFaults(t *testing.T) {
	const date = "Mon, 23 Nov 2026 06:00:09 GMT"
	for _, tt := range []struct {
		name   string
		fault  Fault
		want   string
		stored int
	}{
		{"429 without a time", Fault{Status: 429}, "429", 0},
		{"429 with a date", Fault{Status: 429, RetryAfter: date}, "429 " + date, 0},
		{"429 as Slack says it", Fault{Status: 429, RetryAfter: "3", Code: "ratelimited"}, "429 3 ratelimited", 0},
		{"500", Fault{Status: 500}, "500", 0},
		{"503 after storing", Fault{Status: 503, Stored: true}, "503", 1},
		{"an empty answer", Fault{Body: "{}"}, "{}", 0},
		{"an empty answer after storing", Fault{Body: "{}", Stored: true}, "{}", 1},
		{"garbage", Fault{Body: "<html>"}, "<html>", 0},
		{"a code", Fault{Code: "internal_error"}, "internal_error", 0},
		{"a code after storing", Fault{Code: "internal_error", Stored: true}, "internal_error", 1},
		{"the connection ends", Fault{Close: true}, "closed", 0},
		{"the connection ends after storing", Fault{Close: true, Stored: true}, "closed", 1},
		{"half an answer", Fault{Close: true, Body: `{"ok"`, Stored: true}, "closed", 1},
		{"a reset", Fault{Reset: true}, "reset", 0},
		{"a reset after storing", Fault{Reset: true, Stored: true}, "reset", 1},
		{"slow", Fault{Delay: time.Millisecond}, "ok", 1},
		{"slow after storing", Fault{Delay: time.Millisecond, Stored: true}, "ok", 1},
	} {
		s := started(t, Options{})
		s.Plan(tt.fault)
		if got := outcome(s, "news"); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		if got := len(s.Messages("news")); got != tt.stored {
			t.Errorf("%s: %d stored, want %d", tt.name, got, tt.stored)
		}
		if got := outcome(s, "news"); got != "ok" {
			t.Errorf("%s: the next call: %s", tt.name, got)
		}
		if calls := s.Calls("chat.postMessage"); len(calls) != 2 || !calls[0].Faulty || calls[1].Faulty {
			t.Errorf("%s: calls %+v", tt.name, calls)
		}
	}
}

// TestFaultedCalls meets the calls that it is planned for: o is the regular
// answer, x a fault, y another one.
func TestFaultedCalls(t *testing.T) {
	x, y := Fault{Code: "x"}, Fault{Code: "y"}
	with := func(f Fault, change func(*Fault)) Fault { change(&f); return f }
	for _, tt := range []struct {
		name   string
		faults []Fault
		want   string
	}{
		{"none", nil, "ooooo"},
		{"the next", []Fault{x}, "xoooo"},
		{"the third", []Fault{with(x, func(f *Fault) { f.Nth = 3 })}, "ooxoo"},
		{"two from the second on", []Fault{with(x, func(f *Fault) { f.Nth, f.Times = 2, 2 })}, "oxxoo"},
		{"all", []Fault{with(x, func(f *Fault) { f.Times = -1 })}, "xxxxx"},
		{"all but the first", []Fault{with(x, func(f *Fault) { f.Nth, f.Times = 2, -1 })}, "oxxxx"},
		{"of another method", []Fault{with(x, func(f *Fault) { f.Method = "chat.update" })}, "ooooo"},
		{"of this method", []Fault{with(x, func(f *Fault) { f.Method = "chat.postMessage" })}, "xoooo"},
		{"of another channel", []Fault{with(x, func(f *Fault) { f.Channel = "desk" })}, "ooooo"},
		{"two, the first counts", []Fault{x, y}, "xoooo"},
		{"two in turn", []Fault{x, with(y, func(f *Fault) { f.Nth = 2 })}, "xyooo"},
	} {
		s := started(t, Options{})
		for _, f := range tt.faults {
			s.Plan(f)
		}
		var got strings.Builder
		for range 5 {
			got.WriteString(strings.Replace(outcome(s, "news"), "ok", "o", 1))
		}
		if got.String() != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got.String(), tt.want)
		}
		s.Plan(Fault{Times: -1, Status: 500})
		s.Mend()
		if got := outcome(s, "news"); got != "ok" {
			t.Errorf("%s: after mending: %s", tt.name, got)
		}
	}
}

// TestLateArrival: a post whose sender gave up is under way all the same.
func TestLateArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		s.Plan(Fault{Delay: time.Minute})
		impatient, giveUp := context.WithCancel(t.Context())
		body := strings.NewReader("token=" + DefaultToken + "&text=x&channel=news")
		post := httptest.NewRequestWithContext(impatient, http.MethodPost, "/api/chat.postMessage", body)
		post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		go s.ServeHTTP(httptest.NewRecorder(), post)
		synctest.Wait()
		giveUp()
		synctest.Wait()
		if len(s.Messages("")) != 0 {
			t.Error("it has landed already")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(s.Messages("news")) != 1 {
			t.Error("it never landed")
		}
	})
}

func TestRate(t *testing.T) {
	now, move := clock()
	s := started(t, Options{Now: now, Rate: 0.5, Burst: 2,
		Channels: []Channel{{Name: "a", Member: true}, {Name: "b", Member: true}}})
	for i, tt := range []struct {
		wait    time.Duration
		channel string
		want    string
	}{
		{0, "a", "ok"}, {0, "a", "ok"}, {0, "a", "429 2 ratelimited"}, {0, "b", "ok"},
		{time.Second, "a", "429 1 ratelimited"}, {time.Second, "a", "ok"}, {0, "a", "429 2 ratelimited"},
		{time.Hour, "a", "ok"}, {0, "a", "ok"}, {0, "a", "429 2 ratelimited"}, // no more than the burst is saved up
	} {
		move(tt.wait)
		if got := outcome(s, tt.channel); got != tt.want {
			t.Errorf("%d: %s, want %s", i, got, tt.want)
		}
	}
	if n := len(s.Messages("")); n != 6 {
		t.Errorf("%d stored", n)
	}
}

func TestTokens(t *testing.T) {
	s := started(t, Options{Scopes: []string{"channels:read", "chat:write"}})
	if got := form(t, s, "auth.test"); !got.fields.OK || got.header.Get("X-OAuth-Scopes") != "channels:read,chat:write" {
		t.Error(got.body, got.header)
	}
	for method, needed := range map[string]string{
		"conversations.history": "channels:history", "conversations.join": "channels:join", "users.list": "users:read", "usergroups.list": "usergroups:read",
		"chat.postMessage": "", "conversations.info": "",
	} {
		got := form(t, s, method, "channel", "C000000001", "text", "x")
		if got.fields.Needed != needed || (got.fields.Error == "missing_scope") != (needed != "") {
			t.Errorf("%s: %s, want it to need %q", method, got.body, needed)
		}
	}
	if got := form(t, s, "conversations.list", "types", "public_channel,private_channel"); got.fields.Needed != "groups:read" {
		t.Error(got.body)
	}
	s.Revoke()
	if got := outcome(s, "news"); got != "token_revoked" {
		t.Error(got)
	}
	if got := form(t, s, "auth.test"); got.fields.Error != "token_revoked" {
		t.Error(got.body)
	}
	s.Restore()
	if got := outcome(s, "news"); got != "ok" {
		t.Error(got)
	}
}

func TestUsers(t *testing.T) {
	s := started(t, Options{Users: []User{{ID: "U1", Name: "anna"}, {ID: "U2", Name: "ben"}, {ID: "U3", Name: "cleo"}}, PageSize: 2})
	first := form(t, s, "users.list")
	second := form(t, s, "users.list", "cursor", first.fields.ResponseMetadata.NextCursor)
	if len(first.fields.Members) != 2 || len(second.fields.Members) != 1 || second.fields.Members[0].ID != "U3" {
		t.Errorf("%s %s", first.body, second.body)
	}
}

func TestGroups(t *testing.T) {
	s := started(t, Options{Groups: []Group{{ID: "S1", Handle: "oncall", Name: "On call"}, {ID: "S2", Handle: "old", Disabled: true}}})
	if got := form(t, s, "usergroups.list").body; !strings.Contains(got, `"handle":"oncall"`) || strings.Contains(got, "S2") {
		t.Error(got)
	}
	if got := form(t, s, "usergroups.list", "include_disabled", "true").body; !strings.Contains(got, `"date_delete":1`) {
		t.Error(got)
	}
}

// TestTogether: many clients at once; nothing is lost, no timestamp is given
// twice. It is for the race detector, too.
func TestTogether(t *testing.T) {
	now, _ := clock()
	s := started(t, Options{Now: now})
	s.Plan(Fault{Nth: 50, Times: 10, Status: 500})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 25 {
				outcome(s, "news")
				s.Messages("")
				s.Calls("")
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, m := range s.Messages("news") {
		seen[m.TS] = true
	}
	if len(seen) != 190 || len(s.Calls("")) != 200 {
		t.Errorf("%d messages, %d calls", len(seen), len(s.Calls("")))
	}
}

// TestListen serves until Close, and says where when it cannot.
func TestListen(t *testing.T) {
	s := New(Options{})
	if s.URL() != "" {
		t.Error("there is a URL before there is a listener")
	}
	done := make(chan error)
	go func() { done <- s.Listen("127.0.0.1:0") }()
	for s.URL() == "" {
		select {
		case err := <-done:
			t.Fatal(err)
		default:
		}
	}
	if got := outcome(s, "news"); got != "ok" {
		t.Error(got)
	}
	other := New(Options{})
	if err := other.Listen(strings.TrimSuffix(strings.TrimPrefix(s.URL(), "http://"), "/api/")); err == nil {
		t.Error("two on one port")
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	_ = s.Close() // twice does no harm
}

// TestHandler: the fake needs no listener of its own, and no waiting call holds
// Close up.
func TestHandler(t *testing.T) {
	s := New(Options{})
	s.Plan(Fault{Delay: time.Hour})
	front := httptest.NewServer(s)
	defer front.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if resp, err := http.Get(front.URL + "/api/auth.test"); err == nil {
			_ = resp.Body.Close()
		}
	}()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	<-done
}

// TestCloseAtOnce: after Close nobody connects, however soon it comes after
// Start.
func TestCloseAtOnce(t *testing.T) {
	for range 50 {
		s := New(Options{})
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(s.URL(), "http://"), "/api/"))
		if err == nil {
			_ = conn.Close()
			t.Fatal("connected")
		}
	}
}
