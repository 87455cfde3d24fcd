package slackfake

import (
	"strings"
	"testing"
	"time"
)

// The fake's clock is in its timestamps and its Date, a message is in the
// history only after the lag, and a scope can be taken away.
func TestClockLagAndScopes(t *testing.T) {
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	s := started(t, Options{Now: func() time.Time { return now }, Lag: 45 * time.Second})
	got := form(t, s, "chat.postMessage", "channel", "C000000001", "text", "a")
	if !strings.HasPrefix(got.fields.TS, "1795413600.") || got.header.Get("Date") != "Mon, 23 Nov 2026 06:00:00 GMT" {
		t.Errorf("ts %s, date %s", got.fields.TS, got.header.Get("Date"))
	}
	listed := func() int {
		return len(form(t, s, "conversations.history", "channel", "C000000001").fields.Messages)
	}
	if n := listed(); n != 0 {
		t.Errorf("%d messages at once", n)
	}
	now = now.Add(45 * time.Second)
	if n := listed(); n != 1 {
		t.Errorf("%d messages after the lag", n)
	}
	s.SetScopes([]string{"chat:write"})
	if got := form(t, s, "conversations.history", "channel", "C000000001"); got.fields.Error != "missing_scope" {
		t.Errorf("got %q", got.fields.Error)
	}
	s.SetScopes(nil)
	s.Plan(Fault{Method: "chat.postMessage", Stored: true, Status: 429, RetryAfter: "3"})
	if got := form(t, s, "chat.postMessage", "channel", "C000000001", "text", "b"); got.status != 429 || got.header.Get("Retry-After") != "3" {
		t.Errorf("got %d", got.status)
	}
	if n := len(s.Messages("news")); n != 2 {
		t.Errorf("%d messages stored", n)
	}
}
