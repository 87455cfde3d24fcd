package slack

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

const page = "<html><body>Slack is down</body></html>"

// TestVerdicts meets every way a post can end with what it means, and for how
// long a channel rests.
func TestVerdicts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault slackfake.Fault
		want  notify.Problem
		rest  time.Duration
	}{
		{"an empty answer", slackfake.Fault{Body: "{}"}, notify.InDoubt, 0},
		{"no, without a reason", slackfake.Fault{Body: `{"ok":false}`}, notify.InDoubt, 0},
		{"yes, without a message", slackfake.Fault{Body: `{"ok":true,"channel":"C000000001"}`}, notify.InDoubt, 0},
		{"a page", slackfake.Fault{Body: page}, notify.InDoubt, 0},
		{"half an answer", slackfake.Fault{Body: `{"ok":true,"ts":"1.0`, Close: true}, notify.InDoubt, 0},
		{"another type", slackfake.Fault{Body: `[]`}, notify.InDoubt, 0},
		{"the connection ends", slackfake.Fault{Close: true}, notify.InDoubt, 0},
		{"the connection is reset", slackfake.Fault{Reset: true}, notify.InDoubt, 0},
		{"500", slackfake.Fault{Status: 500}, notify.InDoubt, 0},
		{"502 with a page", slackfake.Fault{Status: 502, Body: page}, notify.InDoubt, 0},
		{"503", slackfake.Fault{Status: 503}, notify.InDoubt, 0},
		{"503 that names a time", slackfake.Fault{Status: 503, RetryAfter: "5"}, notify.InDoubt, 5 * time.Second},
		{"504", slackfake.Fault{Status: 504}, notify.InDoubt, 0},
		{"408", slackfake.Fault{Status: 408}, notify.InDoubt, 0},
		{"202", slackfake.Fault{Status: 202, Body: "{}"}, notify.InDoubt, 0},
		{"403 of a proxy", slackfake.Fault{Status: 403, Body: page}, notify.Temporary, 0},
		{"404", slackfake.Fault{Status: 404}, notify.Temporary, 0},
		{"413", slackfake.Fault{Status: 413}, notify.Malformed, 0},
		{"internal_error", slackfake.Fault{Code: "internal_error"}, notify.InDoubt, 0},
		{"fatal_error", slackfake.Fault{Code: "fatal_error"}, notify.InDoubt, 0},
		{"service_unavailable", slackfake.Fault{Code: "service_unavailable"}, notify.InDoubt, 0},
		{"429", slackfake.Fault{Status: 429, RetryAfter: "7"}, notify.Throttled, 7 * time.Second},
		{"429 without a time", slackfake.Fault{Status: 429}, notify.Throttled, 10 * time.Second},
		{"429 with a negative time", slackfake.Fault{Status: 429, RetryAfter: "-7"}, notify.Throttled, 10 * time.Second},
		{"429 with words", slackfake.Fault{Status: 429, RetryAfter: "soon"}, notify.Throttled, 10 * time.Second},
		{"429 with a date", slackfake.Fault{Status: 429, RetryAfter: "Mon, 23 Nov 2026 06:00:09 GMT"}, notify.Throttled, 9 * time.Second},
		{"429 with a date gone by", slackfake.Fault{Status: 429, RetryAfter: "Mon, 23 Nov 2026 05:00:00 GMT"}, notify.Throttled, 10 * time.Second},
		{"ratelimited", slackfake.Fault{Code: "ratelimited"}, notify.Throttled, 10 * time.Second},
		{"429 and ratelimited", slackfake.Fault{Status: 429, Code: "ratelimited", RetryAfter: "3"}, notify.Throttled, 3 * time.Second},
		{"invalid_auth", slackfake.Fault{Code: "invalid_auth"}, notify.Unauthorized, 0},
		{"account_inactive", slackfake.Fault{Code: "account_inactive"}, notify.Unauthorized, 0},
		{"token_revoked", slackfake.Fault{Code: "token_revoked"}, notify.Unauthorized, 0},
		{"token_expired", slackfake.Fault{Code: "token_expired"}, notify.Unauthorized, 0},
		{"missing_scope", slackfake.Fault{Code: "missing_scope"}, notify.Unauthorized, 0},
		{"is_archived", slackfake.Fault{Code: "is_archived"}, notify.NoChannel, 0},
		{"channel_not_found", slackfake.Fault{Code: "channel_not_found"}, notify.NoChannel, 0},
		{"restricted_action", slackfake.Fault{Code: "restricted_action"}, notify.NoChannel, 0},
		{"invalid_blocks", slackfake.Fault{Code: "invalid_blocks"}, notify.Malformed, 0},
		{"msg_too_long", slackfake.Fault{Code: "msg_too_long"}, notify.Malformed, 0},
		{"msg_blocks_too_long", slackfake.Fault{Code: "msg_blocks_too_long"}, notify.Malformed, 0},
		{"invalid_metadata_format", slackfake.Fault{Code: "invalid_metadata_format"}, notify.Malformed, 0},
		{"a code of next year", slackfake.Fault{Code: "moon_phase_wrong"}, notify.Temporary, 0},
	} {
		now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
		s, fake := pair(t, slackfake.Options{Now: func() time.Time { return now }})
		tt.fault.Method = "chat.postMessage"
		fake.Plan(tt.fault)
		receipt, err := s.Send(t.Context(), "C000000001", story(1))
		var se *notify.SendError
		if !errors.As(err, &se) {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if se.Problem != tt.want || se.RetryAfter != tt.rest || receipt != (notify.Receipt{}) {
			t.Errorf("%s: %v and rest %s, want %s and %s", tt.name, se, se.RetryAfter, tt.want, tt.rest)
		}
		if n := len(fake.Calls("chat.postMessage")); n != 1 {
			t.Errorf("%s: posted %d times", tt.name, n)
		}
	}
}

// TestVerdictOfNotInChannel stays NoChannel when joining does not help.
func TestVerdictOfNotInChannel(t *testing.T) {
	s, fake := pair(t, slackfake.Options{})
	fake.Plan(slackfake.Fault{Method: "chat.postMessage", Code: "not_in_channel", Times: -1})
	if _, err := s.Send(t.Context(), "C000000001", story(1)); problemOf(err) != notify.NoChannel {
		t.Errorf("%v", err)
	}
	if posts, joins := len(fake.Calls("chat.postMessage")), len(fake.Calls("conversations.join")); posts != 2 || joins != 1 {
		t.Errorf("%d posts, %d joins", posts, joins)
	}
}

func TestErrorsExplain(t *testing.T) {
	s, _ := pair(t, slackfake.Options{Scopes: []string{"users:read"}})
	_, err := s.Send(t.Context(), "C000000001", story(1))
	if want := "unauthorized: post message: missing_scope (needed: chat:write)"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	s, _ = pair(t, slackfake.Options{})
	m := story(1)
	m.Headline = strings.Repeat("x", 3001)
	m.Link = ""
	_, err = s.Send(t.Context(), "C000000001", m)
	want := "malformed: post message: invalid_blocks ([ERROR] blocks/0/elements/0/elements/4/text: 3001 characters, must be 1 to 3000)"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		after, date string
		want        time.Duration
	}{
		{"", "", 0}, {"0", "", 0}, {"30", "", 30 * time.Second}, {"-1", "", 0}, {"1.5", "", 0}, {"99999999999", "", (1<<31 - 1) * time.Second},
		{"Mon, 23 Nov 2026 06:01:00 GMT", "", time.Minute},
		{"Mon, 23 Nov 2026 06:01:00 GMT", "rubbish", time.Minute},
		{"Mon, 23 Nov 2026 06:01:00 GMT", "Mon, 23 Nov 2026 06:00:50 GMT", 10 * time.Second}, // their clock is ahead of ours
		{"Monday, 23-Nov-26 06:01:00 GMT", "", time.Minute},
		{"Mon, 23 Nov 2026 05:00:00 GMT", "", 0},
	} {
		h := http.Header{"Retry-After": {tt.after}, "Date": {tt.date}}
		if got := retryAfter(h, now); got != tt.want {
			t.Errorf("%q at %q: %s, want %s", tt.after, tt.date, got, tt.want)
		}
	}
}
