package slack

import (
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// TestFindByAnotherClock: a message is found however far our clock is from
// Slack's, and whether anything was posted before that could show it or not.
func TestFindByAnotherClock(t *testing.T) {
	for _, ahead := range []time.Duration{0, 90 * time.Second, 5 * time.Minute, 3 * time.Hour, 400 * 24 * time.Hour,
		-90 * time.Second, -3 * time.Hour} {
		for _, posted := range []bool{false, true} {
			t.Run(ahead.String()+map[bool]string{true: " with posts before", false: ""}[posted], func(t *testing.T) {
				var passed atomic.Int64 // the server may still be answering what was cut off
				slacks := func() time.Time {
					return time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC).Add(time.Duration(passed.Load()))
				}
				_, fake := pair(t, slackfake.Options{Now: slacks})
				var log strings.Builder
				s := New(slog.New(slog.NewTextHandler(&log, nil)), nil,
					Options{Token: slackfake.DefaultToken, APIURL: fake.URL(), Store: "store-1",
						Now: func() time.Time { return slacks().Add(ahead) }})
				if posted {
					send(t, s, "C000000001", story(1))
				}
				passed.Add(int64(time.Hour))
				fake.Plan(slackfake.Fault{Method: "chat.postMessage", Stored: true, Close: true})
				if _, err := s.Send(t.Context(), "C000000001", story(2)); problemOf(err) != notify.InDoubt {
					t.Fatal(err)
				}
				since := slacks().Add(ahead)
				passed.Add(int64(time.Minute))
				if _, found, err := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: 2}, since); !found || err != nil {
					t.Errorf("found %v, %v", found, err)
				}
				if _, found, err := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: 3}, since); found || err != nil {
					t.Errorf("found what was never sent: %v, %v", found, err)
				}
				if said := strings.Count(log.String(), "far from Slack's"); (said == 1) != (ahead.Abs() > farOff) {
					t.Errorf("the log speaks of the clock %d times", said)
				}
			})
		}
	}
}

// TestDateAndTimestampsMayDiffer: messages are looked for by their timestamps,
// whatever the answers' Date says.
func TestDateAndTimestampsMayDiffer(t *testing.T) {
	c := newSlackClock(slog.New(slog.DiscardHandler), func() time.Time { return time.Unix(100_000, 0) })
	ours := time.Unix(100_000, 0)
	c.learnDate(map[string][]string{"Date": {time.Unix(100_000, 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")}})
	for ts, want := range map[string]time.Time{
		"99000.000100":  time.Unix(99_000, 0),
		"100500.000100": ours,
		"terminal.1":    ours,
	} {
		c.ts = 0
		c.learnTS(ts)
		if got := c.at(ours); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", ts, got, want)
		}
	}
	c.ts = 0 // the cases come in any order
	c.learnDate(map[string][]string{"Date": {"yesterday"}})
	if got := c.at(ours); !got.Equal(ours) {
		t.Errorf("%v after a Date that is none", got)
	}
}

// TestLookUpThatIsNotAllowed: a token that may not look up may still post.
func TestLookUpThatIsNotAllowed(t *testing.T) {
	for _, tt := range []struct {
		fault   slackfake.Fault
		want    notify.Problem
		lasting bool
	}{
		{slackfake.Fault{Code: "missing_scope"}, notify.Temporary, true},
		{slackfake.Fault{Code: "access_denied"}, notify.Temporary, true},
		{slackfake.Fault{Code: "method_deprecated"}, notify.Temporary, true},
		{slackfake.Fault{Status: 403}, notify.Temporary, true},
		{slackfake.Fault{Code: "token_revoked"}, notify.Unauthorized, false},
		{slackfake.Fault{Code: "team_added_to_org"}, notify.Temporary, false},
		{slackfake.Fault{Code: "fatal_error"}, notify.Temporary, false},
		{slackfake.Fault{Status: 503}, notify.Temporary, false},
	} {
		s, fake := pair(t, slackfake.Options{})
		tt.fault.Method = "conversations.history"
		fake.Plan(tt.fault)
		_, _, err := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: 1}, time.Time{})
		se, ok := err.(*notify.SendError)
		if !ok || se.Problem != tt.want || se.Lasting != tt.lasting {
			t.Errorf("%+v: %+v", tt.fault, err)
		}
	}
}
