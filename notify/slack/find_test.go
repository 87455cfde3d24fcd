package slack

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	slackgo "github.com/slack-go/slack"

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
		got, found, err := s.Find(t.Context(), channel, tt.delivery, tt.since)
		if got != tt.want || found != (tt.want != notify.Receipt{}) || err != nil {
			t.Errorf("%s: %+v, %v, %v, want %+v", tt.name, got, found, err, tt.want)
		}
	}
}

func TestFindJoins(t *testing.T) {
	s, fake := pair(t, slackfake.Options{Channels: []slackfake.Channel{{Name: "news"}},
		Scopes: []string{"chat:write", "chat:write.public", "channels:history", "channels:join"}})
	want := send(t, s, "C000000001", story(5)) // posted without being a member
	got, found, err := s.Find(t.Context(), "C000000001", 5, time.Time{})
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
		_, found, err := s.Find(t.Context(), "C000000001", 1, time.Time{})
		if found || problemOf(err) != tt.want {
			t.Errorf("%s: %v, %v, want %s", tt.name, found, err, tt.want)
		}
	}
}

func TestFindInAChannelThatCannotBeJoined(t *testing.T) {
	s, fake := pair(t, slackfake.Options{Channels: []slackfake.Channel{{Name: "news"}}})
	fake.Plan(slackfake.Fault{Method: "conversations.join", Code: "missing_scope"})
	if _, _, err := s.Find(t.Context(), "C000000001", 1, time.Time{}); problemOf(err) != notify.NoChannel {
		t.Errorf("%v", err)
	}
}

func TestIsDelivery(t *testing.T) {
	s := &Sender{store: "s"}
	for _, tt := range []struct {
		event   string
		payload map[string]any
		want    bool
	}{
		{eventType, map[string]any{"store": "s", "delivery": float64(7)}, true},
		{eventType, map[string]any{"store": "s", "delivery": json.Number("7")}, true},
		{eventType, map[string]any{"store": "s", "delivery": "7"}, true},
		{eventType, map[string]any{"store": "s", "delivery": float64(8)}, false},
		{eventType, map[string]any{"store": "t", "delivery": float64(7)}, false},
		{eventType, map[string]any{"delivery": float64(7)}, false},
		{eventType, map[string]any{"store": "s", "delivery": true}, false},
		{eventType, map[string]any{"store": "s"}, false},
		{eventType, nil, false},
		{"another", map[string]any{"store": "s", "delivery": float64(7)}, false},
	} {
		m := slackgo.SlackMetadata{EventType: tt.event, EventPayload: tt.payload}
		if got := s.isDelivery(m, 7); got != tt.want {
			t.Errorf("%s %v: %v", tt.event, tt.payload, got)
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
