package slack

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// TestEdit: an edit shows what the message says now, mentions nobody, is not
// marked, and leaves the delivery to be found.
func TestEdit(t *testing.T) {
	s, fake := pair(t, slackfake.Options{})
	m := story(41)
	m.Mentions = []string{"@here"}
	at := send(t, s, "C000000001", m)
	for edition := 1; edition <= 3; edition++ {
		m.Edition, m.Headline, m.Text = edition, "Kim did not meet Putin", "CORRECTED · Kim did not meet Putin"
		if err := s.Edit(t.Context(), at, m); err != nil {
			t.Fatal(err)
		}
	}
	got := fake.Messages("news")
	if len(got) != 1 || got[0].Edits != 3 || got[0].Marked || got[0].Text != m.Text ||
		got[0].EventType != eventType {
		t.Errorf("%+v", got)
	}
	shown := string(got[0].Blocks)
	if !strings.Contains(shown, m.Headline) || strings.Contains(shown, "broadcast") ||
		!strings.Contains(shown, `"block_id":"b1.3"`) {
		t.Errorf("shows %s", shown)
	}
	r, found, err := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: 41}, time.Time{})
	if !found || r != at || err != nil {
		t.Errorf("found %v, %+v, %v", found, r, err)
	}
	if calls := fake.Calls("chat.update"); len(calls) != 3 {
		t.Errorf("%d calls", len(calls))
	}
	m.Plain = true
	if err := s.Edit(t.Context(), at, m); err != nil || fake.Messages("news")[0].Blocks != nil {
		t.Errorf("plain: %v, %s", err, fake.Messages("news")[0].Blocks)
	}
}

// TestEditThatIsNone: an edit without a number of its own is refused, not lost.
func TestEditThatIsNone(t *testing.T) {
	s, _ := pair(t, slackfake.Options{})
	at := send(t, s, "C000000001", story(1))
	if err := s.Edit(t.Context(), at, story(1)); problemOf(err) != notify.Malformed {
		t.Error(err)
	}
}

// TestEditInTrouble: what each way to fail means. None leaves a doubt.
func TestEditInTrouble(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault slackfake.Fault
		want  notify.Problem
		rest  time.Duration
	}{
		{"deleted", slackfake.Fault{Code: "message_not_found"}, notify.Gone, 0},
		{"too late", slackfake.Fault{Code: "edit_window_closed"}, notify.Locked, 0},
		{"not ours", slackfake.Fault{Code: "cant_update_message"}, notify.Locked, 0},
		{"archived", slackfake.Fault{Code: "is_inactive"}, notify.NoChannel, 0},
		{"no such channel", slackfake.Fault{Code: "channel_not_found"}, notify.NoChannel, 0},
		{"blocks of another type", slackfake.Fault{Code: "block_mismatch"}, notify.Malformed, 0},
		{"bad blocks", slackfake.Fault{Code: "invalid_blocks"}, notify.Malformed, 0},
		{"failed at Slack", slackfake.Fault{Code: "update_failed"}, notify.Temporary, 0},
		{"an error at Slack", slackfake.Fault{Code: "internal_error"}, notify.Temporary, 0},
		{"cut off", slackfake.Fault{Stored: true, Close: true}, notify.Temporary, 0},
		{"empty", slackfake.Fault{Body: "{}"}, notify.Temporary, 0},
		{"down", slackfake.Fault{Status: 503}, notify.Temporary, 0},
		{"revoked", slackfake.Fault{Code: "token_revoked"}, notify.Unauthorized, 0},
		{"throttled", slackfake.Fault{Status: 429, RetryAfter: "17"}, notify.Throttled, 17 * time.Second},
		{"throttled without a time", slackfake.Fault{Status: 429}, notify.Throttled, defaultRest},
	} {
		s, fake := pair(t, slackfake.Options{})
		at := send(t, s, "C000000001", story(1))
		tt.fault.Method = "chat.update"
		fake.Plan(tt.fault)
		m := story(1)
		m.Edition = 1
		err := s.Edit(t.Context(), at, m)
		var se *notify.SendError
		if !errors.As(err, &se) || se.Problem != tt.want || se.RetryAfter != tt.rest || se.Lasting {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
}

// TestEditWindow: what cannot be edited any more can still be replied to.
func TestEditWindow(t *testing.T) {
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	s, _ := pair(t, slackfake.Options{Now: func() time.Time { return now }, EditWindow: time.Minute})
	at := send(t, s, "C000000001", story(1))
	now = now.Add(time.Hour)
	m := story(1)
	m.Edition = 1
	if err := s.Edit(t.Context(), at, m); problemOf(err) != notify.Locked {
		t.Error(err)
	}
	m.Edition, m.Thread = 0, at.TS
	if r := send(t, s, "C000000001", m); r.Thread != at.TS {
		t.Errorf("%+v", r)
	}
}

func TestPermalink(t *testing.T) {
	s, fake := pair(t, slackfake.Options{})
	at := send(t, s, "C000000001", story(1))
	link, err := s.Permalink(t.Context(), at)
	if want := "https://fake.slack.com/archives/C000000001/p" + strings.Replace(at.TS, ".", "", 1); link != want || err != nil {
		t.Errorf("%q, %v, want %q", link, err, want)
	}
	for want, f := range map[notify.Problem]slackfake.Fault{
		notify.Temporary: {Body: "{}"}, notify.Throttled: {Status: 429, RetryAfter: "3"}, notify.Gone: {Code: "message_not_found"},
	} {
		f.Method = "chat.getPermalink"
		fake.Mend()
		fake.Plan(f)
		if link, err := s.Permalink(t.Context(), at); link != "" || problemOf(err) != want {
			t.Errorf("%q, %v, want %s", link, err, want)
		}
	}
}
