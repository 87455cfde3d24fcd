package slack

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

func TestFind(t *testing.T) {
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	s, fake := pair(t, slackfake.Options{Now: func() time.Time { return now }, PageSize: 10})
	const channel = "C000000001"
	first := send(t, s, channel, story(1))
	now = now.Add(time.Hour)
	var receipts []notify.Receipt
	for i := range 35 {
		receipts = append(receipts, send(t, s, channel, story(int64(100+i))))
	}
	other := to(t, fake, 0)
	other.store = "store-2"
	send(t, other, channel, story(999))
	for _, tt := range []struct {
		name     string
		delivery int64
		since    time.Time
		want     notify.Receipt
	}{
		{"the newest", 134, now, receipts[34]},
		{"on the last page", 100, now, receipts[0]},
		{"ten minutes of skew", 100, now.Add(9 * time.Minute), receipts[0]},
		{"more than ten minutes", 100, now.Add(11 * time.Minute), notify.Receipt{}},
		{"an hour ago", 1, now, notify.Receipt{}},
		{"an hour ago, asked for", 1, now.Add(-time.Hour), first},
		{"any time", 1, time.Time{}, first},
		{"before there was time", 1, time.Unix(-5, 0), first},
		{"never sent", 7, time.Time{}, notify.Receipt{}},
		{"of another store", 999, now, notify.Receipt{}},
	} {
		got, found, err := s.Find(t.Context(), channel, notify.Sought{Delivery: tt.delivery}, tt.since)
		if got != tt.want || found != (tt.want != notify.Receipt{}) || err != nil {
			t.Errorf("%s: %+v, %v, %v, want %+v", tt.name, got, found, err, tt.want)
		}
	}
}

func TestFindJoins(t *testing.T) {
	s, fake := pair(t, slackfake.Options{Channels: []slackfake.Channel{{Name: "news"}},
		Scopes: []string{"chat:write", "chat:write.public", "channels:history", "channels:join"}})
	want := send(t, s, "C000000001", story(5)) // posted without being a member
	got, found, err := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: 5}, time.Time{})
	if got != want || !found || err != nil {
		t.Errorf("%+v, %v, %v", got, found, err)
	}
	if n := len(fake.Calls("conversations.join")); n != 1 {
		t.Errorf("%d joins", n)
	}
}

// TestFindInTrouble: no answer is no proof that a message is not there, and a
// look-up is never in doubt itself.
func TestFindInTrouble(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault slackfake.Fault
		want  notify.Problem
	}{
		{"empty", slackfake.Fault{Body: "{}"}, notify.Temporary},
		{"no, without a reason", slackfake.Fault{Body: `{"ok":false}`}, notify.Temporary},
		{"down", slackfake.Fault{Status: 503}, notify.Temporary},
		{"garbage", slackfake.Fault{Body: page}, notify.Temporary},
		{"cut off", slackfake.Fault{Close: true}, notify.Temporary},
		{"internal_error", slackfake.Fault{Code: "internal_error"}, notify.Temporary},
		{"throttled", slackfake.Fault{Status: 429, RetryAfter: "9"}, notify.Throttled},
		{"gone", slackfake.Fault{Code: "channel_not_found"}, notify.NoChannel},
		{"revoked", slackfake.Fault{Code: "token_revoked"}, notify.Unauthorized},
		{"no scope for it", slackfake.Fault{Code: "missing_scope"}, notify.Temporary}, // posting goes on
	} {
		s, fake := pair(t, slackfake.Options{})
		send(t, s, "C000000001", story(1))
		tt.fault.Method = "conversations.history"
		fake.Plan(tt.fault)
		_, found, err := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: 1}, time.Time{})
		if found || problemOf(err) != tt.want {
			t.Errorf("%s: %v, %v, want %s", tt.name, found, err, tt.want)
		}
	}
}

func TestFindInAChannelThatCannotBeJoined(t *testing.T) {
	s, fake := pair(t, slackfake.Options{Channels: []slackfake.Channel{{Name: "news"}}})
	fake.Plan(slackfake.Fault{Method: "conversations.join", Code: "missing_scope"})
	if _, _, err := s.Find(t.Context(), "C000000001", notify.Sought{Delivery: 1}, time.Time{}); problemOf(err) != notify.NoChannel {
		t.Errorf("%v", err)
	}
}

// TestIs: a message is known by its promise; a number counts only among what
// was recorded before there were promises, since a store that was restored assigns
// numbers twice; what an epoch before sent is known by its story.
func TestIs(t *testing.T) {
	s := &Sender{store: "s"}
	old, mine := notify.Sought{Delivery: 7, Kind: news.DeliverStory}, notify.Sought{Delivery: 7, Promise: "P",
		Kind: news.DeliverStory}
	lost := mine
	lost.Marks = []string{"m1", "m2"}
	for _, tt := range []struct {
		name    string
		sought  notify.Sought
		payload map[string]any
		want    bool
	}{
		{"a number", old, map[string]any{"store": "s", "delivery": float64(7)}, true},
		{"a number of JSON", old, map[string]any{"store": "s", "delivery": json.Number("7")}, true},
		{"a number as text", old, map[string]any{"store": "s", "delivery": "7"}, true},
		{"another number", old, map[string]any{"store": "s", "delivery": float64(8)}, false},
		{"another store", old, map[string]any{"store": "t", "delivery": float64(7)}, false},
		{"no store", old, map[string]any{"delivery": float64(7)}, false},
		{"no number", old, map[string]any{"store": "s", "delivery": true}, false},
		{"a store alone", old, map[string]any{"store": "s"}, false},
		{"nothing", old, nil, false},
		{"the number, given again since", old, map[string]any{"store": "s", "delivery": float64(7), "promise": "Q"}, false},
		{"the number, given before", mine, map[string]any{"store": "s", "delivery": float64(7)}, false},
		{"the number, given in an epoch before", mine, map[string]any{"store": "s/E", "delivery": float64(7), "promise": "Q"}, false},
		{"the promise", mine, map[string]any{"store": "s", "delivery": float64(7), "promise": "P"}, true},
		{"the promise, in an epoch since", mine, map[string]any{"store": "s/E", "delivery": float64(7), "promise": "P"}, true},
		{"the promise, of another store", mine, map[string]any{"store": "s2", "delivery": float64(7), "promise": "P"}, false},
		{"its story, which nobody asked for", mine, map[string]any{"store": "s", "delivery": float64(9), "promise": "Q", "kind": "story", "marks": []any{"m2"}}, false},
		{"its story", lost, map[string]any{"store": "s", "delivery": float64(9), "promise": "Q", "kind": "story", "marks": []any{"m0", "m2"}}, true},
		{"its story, in an epoch", lost, map[string]any{"store": "s/E", "delivery": float64(9), "promise": "Q", "kind": "story", "marks": []any{"m1"}}, true},
		{"its story, of another store", lost, map[string]any{"store": "t", "delivery": float64(9), "promise": "Q", "kind": "story", "marks": []any{"m1"}}, false},
		{"another message about its story", lost, map[string]any{"store": "s", "delivery": float64(9), "promise": "Q", "kind": "update", "marks": []any{"m1"}}, false},
		{"another story", lost, map[string]any{"store": "s", "delivery": float64(7), "promise": "Q", "kind": "story", "marks": []any{"m3"}}, false},
		{"marks of an odd kind", lost, map[string]any{"store": "s", "delivery": float64(7), "promise": "Q", "kind": "story", "marks": "m1"}, false},
	} {
		m := slackgo.SlackMetadata{EventType: eventType, EventPayload: tt.payload}
		if got := s.is(m, tt.sought); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
		m.EventType = "another"
		if s.is(m, tt.sought) {
			t.Errorf("%s: not our event", tt.name)
		}
	}
}

// TestNewest: of the messages in a channel the newest that this store has
// posted for a delivery; a test message is none.
func TestNewest(t *testing.T) {
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	s, fake := pair(t, slackfake.Options{Now: func() time.Time { return now }})
	const channel = "C000000001"
	if _, found, err := s.Newest(t.Context(), channel); found || err != nil {
		t.Errorf("an empty channel: %v, %v", found, err)
	}
	m := story(7)
	m.Promise, m.Epoch, m.Marks = "P", "E", []string{"m1"}
	send(t, s, channel, story(6))
	now = now.Add(time.Minute)
	send(t, s, channel, m)
	now = now.Add(time.Minute)
	other := to(t, fake, 0)
	other.store = "store-2"
	send(t, other, channel, story(999))
	send(t, s, channel, notify.Message{Kind: news.DeliverOps, Text: "a test"})
	got, found, err := s.Newest(t.Context(), channel)
	if want := (notify.Trace{Delivery: 7, Promise: "P", Sent: now.Add(-time.Minute)}); got != want || !found || err != nil {
		t.Errorf("%+v, %v, %v, want %+v", got, found, err, want)
	}
	if got := fmt.Sprint(fake.Messages("")[1].EventPayload["store"]); got != s.store+"/E" {
		t.Errorf("the message names the store %q", got)
	}
	lost := notify.Sought{Delivery: 1, Promise: "new", Kind: news.DeliverStory, Marks: []string{"m1"}, Until: now}
	if _, found, err := s.Find(t.Context(), channel, lost, now.Add(-time.Hour)); !found || err != nil {
		t.Errorf("by its story: %v, %v", found, err)
	}
	lost.Until = now.Add(-time.Minute - clockSkew - time.Second)
	if _, found, err := s.Find(t.Context(), channel, lost, now.Add(-time.Hour)); found || err != nil {
		t.Errorf("what arrived after the epoch began is not of the one before: %v, %v", found, err)
	}
}

func TestNewestInTrouble(t *testing.T) {
	for name, tt := range map[string]struct {
		fault   slackfake.Fault
		want    notify.Problem // "" when nothing was found out, and nothing is wrong
		lasting bool
	}{
		"empty":                  {slackfake.Fault{Body: "{}"}, notify.Temporary, false},
		"down":                   {slackfake.Fault{Status: 503}, notify.Temporary, false},
		"throttled":              {slackfake.Fault{Status: 429, RetryAfter: "9"}, notify.Throttled, false},
		"revoked":                {slackfake.Fault{Code: "token_revoked"}, notify.Unauthorized, false},
		"no scope for it":        {slackfake.Fault{Code: "missing_scope"}, notify.Temporary, true},
		"not in the channel yet": {slackfake.Fault{Code: "not_in_channel"}, "", false},
	} {
		s, fake := pair(t, slackfake.Options{})
		tt.fault.Method = "conversations.history"
		fake.Plan(tt.fault)
		_, found, err := s.Newest(t.Context(), "C000000001")
		var se *notify.SendError
		if found || errors.As(err, &se) != (tt.want != "") ||
			se != nil && (se.Problem != tt.want || se.Lasting != tt.lasting) {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}

// TestMetadataIsBounded: an alert of very many rules is delivered as well.
func TestMetadataIsBounded(t *testing.T) {
	s, fake := pair(t, slackfake.Options{})
	m := story(1)
	m.Rules = nil
	for range 500 {
		m.Rules = append(m.Rules, strings.Repeat("rule", 15))
	}
	send(t, s, "C000000001", m)
	rules, _ := fake.Messages("")[0].EventPayload["rules"].([]any)
	if len(rules) < 50 || len(rules) > 100 {
		t.Errorf("%d rules", len(rules))
	}
}

// TestFindFolded: what an earlier epoch told in the thread of a storm is found there, by what
// tells it alone, too. Without a loss no thread is read.
func TestFindFolded(t *testing.T) {
	now := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	s, fake := pair(t, slackfake.Options{Now: func() time.Time { return now }})
	const channel = "C000000001"
	digest := func(delivery int64, promise, thread string, marks ...string) notify.Message {
		m := story(delivery)
		m.Kind, m.Promise, m.Thread, m.Marks = news.DeliverDigest, promise, thread, marks
		return m
	}
	head := send(t, s, channel, digest(1, "head", ""))
	list := send(t, s, channel, digest(2, "list", head.TS, "a", "b"))
	send(t, s, channel, digest(3, "night", "", "c"))
	lost := now.Add(time.Hour)
	sought := func(kind news.DeliveryKind, until time.Time, marks ...string) notify.Sought {
		return notify.Sought{Kind: kind, Promise: "x", Marks: marks, Until: until}
	}
	among := list
	among.Among = true
	for name, tt := range map[string]struct {
		sought notify.Sought
		want   notify.Receipt
	}{
		"a story of the list": {sought(news.DeliverStory, lost, "b"), among},
		"another list of it":  {sought(news.DeliverDigest, lost, "z", "a"), list},
		"the list itself":     {notify.Sought{Kind: news.DeliverDigest, Promise: "list", Until: lost}, list},
		"a story of none":     {sought(news.DeliverStory, lost, "z"), notify.Receipt{}},
		"nothing was lost":    {sought(news.DeliverStory, time.Time{}, "b"), notify.Receipt{}},
		"an update":           {sought(news.DeliverUpdate, lost, "b"), notify.Receipt{}},
	} {
		before := len(fake.Calls("conversations.replies"))
		got, found, err := s.Find(t.Context(), channel, tt.sought, now)
		if got != tt.want || found != (tt.want != notify.Receipt{}) || err != nil {
			t.Errorf("%s: %+v, %v, %v, want %+v", name, got, found, err, tt.want)
		}
		read := len(fake.Calls("conversations.replies")) - before
		if may := !tt.sought.Until.IsZero() && tt.sought.Kind != news.DeliverUpdate; read > 1 || read == 1 && !may {
			t.Errorf("%s: %d threads were read", name, read)
		}
	}
}
