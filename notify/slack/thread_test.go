package slack

import (
	"errors"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// reply is a reply that says little.
func reply(delivery int64, thread string, broadcast bool) notify.Message {
	m := story(delivery)
	m.Thread, m.Broadcast = thread, broadcast
	return m
}

func TestReply(t *testing.T) {
	s, fake := pair(t, slackfake.Options{})
	at := send(t, s, "C000000001", story(1))
	for _, broadcast := range []bool{false, true} {
		r := send(t, s, "C000000001", reply(2, at.TS, broadcast))
		all := fake.Messages("news")
		got := all[len(all)-1]
		if r.Thread != at.TS || r.TS != got.TS || got.ThreadTS != at.TS || got.Broadcast != broadcast {
			t.Errorf("%+v, %+v", r, got)
		}
	}
	if at.Thread != "" {
		t.Errorf("a post is in thread %s", at.Thread)
	}
}

// TestReplyToWhatIsGone: Slack would post it to the channel without a word. What
// only adds is not posted; what has to be seen is, and its receipt says where.
func TestReplyToWhatIsGone(t *testing.T) {
	for _, replied := range []bool{false, true} {
		s, fake := pair(t, slackfake.Options{})
		at := send(t, s, "C000000001", story(1))
		if replied { // then a tombstone is left
			send(t, s, "C000000001", reply(2, at.TS, false))
		}
		fake.Delete("C000000001", at.TS)
		before := len(fake.Messages("news"))
		_, err := s.Send(t.Context(), "C000000001", reply(3, at.TS, false))
		if problemOf(err) != notify.Gone || len(fake.Messages("news")) != before {
			t.Errorf("%v, %d messages", err, len(fake.Messages("news")))
		}
		r := send(t, s, "C000000001", reply(4, at.TS, true))
		if (r.Thread == "") == replied {
			t.Errorf("replied to before %v: %+v", replied, r)
		}
		found, ok, err := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: 4, Thread: at.TS}, time.Time{})
		if !ok || err != nil || found != r {
			t.Errorf("found %v, %+v, %v, want %+v", ok, found, err, r)
		}
		if _, ok, err := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: 3, Thread: at.TS}, time.Time{}); ok || err != nil {
			t.Errorf("what was not posted: %v, %v", ok, err)
		}
	}
}

// TestBroadcastThatIsRefused: should Slack ever refuse a reply to what is gone,
// one that has to be seen still is.
func TestBroadcastThatIsRefused(t *testing.T) {
	for _, code := range []string{"thread_not_found", "invalid_thread_ts", "cannot_reply_to_message"} {
		s, fake := pair(t, slackfake.Options{})
		at := send(t, s, "C000000001", story(1))
		fake.Plan(slackfake.Fault{Method: "chat.postMessage", Code: code})
		if r := send(t, s, "C000000001", reply(2, at.TS, true)); r.Thread != "" || len(fake.Messages("news")) != 2 {
			t.Errorf("%s: %+v", code, r)
		}
		fake.Plan(slackfake.Fault{Method: "chat.postMessage", Code: code})
		if _, err := s.Send(t.Context(), "C000000001", reply(3, at.TS, false)); problemOf(err) != notify.Gone {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// TestReplyInTrouble: a thread that cannot be looked at is no reason to post, or
// to give up.
func TestReplyInTrouble(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault slackfake.Fault
		want  notify.Problem // "" when the reply is posted
	}{
		{"no scope", slackfake.Fault{Code: "missing_scope"}, ""},
		{"not in the channel", slackfake.Fault{Code: "not_in_channel"}, ""},
		{"throttled", slackfake.Fault{Status: 429, RetryAfter: "9"}, notify.Throttled},
		{"down", slackfake.Fault{Status: 503}, notify.Temporary},
		{"empty", slackfake.Fault{Body: `{"ok":true}`}, notify.Temporary},
		{"cut off", slackfake.Fault{Close: true}, notify.Temporary},
		{"revoked", slackfake.Fault{Code: "token_revoked"}, notify.Unauthorized},
		{"archived", slackfake.Fault{Code: "channel_not_found"}, notify.NoChannel},
	} {
		s, fake := pair(t, slackfake.Options{})
		at := send(t, s, "C000000001", story(1))
		tt.fault.Method = "conversations.replies"
		fake.Plan(tt.fault)
		_, err := s.Send(t.Context(), "C000000001", reply(2, at.TS, false))
		if problemOf(err) != tt.want || (len(fake.Messages("news")) == 2) != (tt.want == "") {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

// TestFindReply: a reply is looked for in its thread, whatever was posted to the
// channel meanwhile; no answer is no proof that it is not there.
func TestFindReply(t *testing.T) {
	s, fake := pair(t, slackfake.Options{PageSize: 10})
	at := send(t, s, "C000000001", story(1))
	var want notify.Receipt
	for i := range int64(35) {
		if r := send(t, s, "C000000001", reply(100+i, at.TS, false)); i == 30 {
			want = r
		}
		send(t, s, "C000000001", story(500+i))
	}
	sought := notify.Sought{Delivery: 130, Thread: at.TS}
	got, found, err := s.Find(t.Context(), "C000000001", sought, time.Now())
	if got != want || !found || err != nil {
		t.Errorf("%+v, %v, %v, want %+v", got, found, err, want)
	}
	if n := len(fake.Calls("conversations.history")); n != 0 {
		t.Errorf("the channel was read %d times", n)
	}
	sought.Delivery = 999
	if _, found, err := s.Find(t.Context(), "C000000001", sought, time.Now()); found || err != nil {
		t.Errorf("never sent: %v, %v", found, err)
	}
	for _, tt := range []struct {
		fault slackfake.Fault
		want  notify.Problem
	}{
		{slackfake.Fault{Body: `{"ok":true}`}, notify.Temporary},
		{slackfake.Fault{Status: 503}, notify.Temporary},
		{slackfake.Fault{Status: 429, RetryAfter: "30"}, notify.Throttled},
		{slackfake.Fault{Code: "missing_scope"}, notify.Temporary},
		{slackfake.Fault{Code: "token_revoked"}, notify.Unauthorized},
	} {
		tt.fault.Method = "conversations.replies"
		fake.Mend()
		fake.Plan(tt.fault)
		if _, found, err := s.Find(t.Context(), "C000000001", sought, time.Now()); found || problemOf(err) != tt.want {
			t.Errorf("%+v: %v, %v", tt.fault, found, err)
		}
	}
}

// TestFindReplyJoins: a thread can be read by members alone.
func TestFindReplyJoins(t *testing.T) {
	s, fake := pair(t, slackfake.Options{Channels: []slackfake.Channel{{Name: "news"}},
		Scopes: []string{"chat:write", "chat:write.public", "channels:history", "channels:join"}})
	at := send(t, s, "C000000001", story(1))
	want := send(t, s, "C000000001", reply(2, at.TS, true))
	got, found, err := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: 2, Thread: at.TS}, time.Time{})
	if got != want || !found || err != nil || len(fake.Calls("conversations.join")) != 1 {
		t.Errorf("%+v, %v, %v", got, found, err)
	}
}

// TestTier3: who edits too often is told for how long to rest.
func TestTier3(t *testing.T) {
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	s, _ := pair(t, slackfake.Options{Now: func() time.Time { return now }, Tier3: 50})
	at := send(t, s, "C000000001", story(1))
	m := story(1)
	var err error
	for err == nil && m.Edition < 60 {
		m.Edition++
		err = s.Edit(t.Context(), at, m)
	}
	var se *notify.SendError
	if !errors.As(err, &se) || se.Problem != notify.Throttled || se.RetryAfter != 2*time.Second || m.Edition != 51 {
		t.Errorf("edit %d: %v", m.Edition, err)
	}
	now = now.Add(2 * time.Second)
	if err := s.Edit(t.Context(), at, m); err != nil {
		t.Error(err)
	}
}
