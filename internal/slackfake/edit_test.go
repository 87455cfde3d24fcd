package slackfake

import (
	"strings"
	"testing"
	"time"
)

const (
	richBlocks = `[{"type":"rich_text","block_id":"head.ID","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]}]`
	onlyLine   = `[{"type":"divider"}]`
	channelID  = "C000000001"
)

func blocksOf(edition string) string { return strings.ReplaceAll(richBlocks, "ID", edition) }

// posted posts a message of rich text and returns its ts.
func posted(t *testing.T, s *Server, pairs ...string) string {
	t.Helper()
	got := form(t, s, "chat.postMessage", append([]string{"channel", channelID, "text", "x", "blocks", blocksOf("0")}, pairs...)...)
	if !got.fields.OK {
		t.Fatal(got.body)
	}
	return got.fields.TS
}

// TestEdits: what chat.update takes and refuses, as its reference says.
func TestEdits(t *testing.T) {
	for _, tt := range []struct {
		name   string
		edit   []string
		error  string
		marked bool
	}{
		{"blocks", []string{"text", "y", "blocks", blocksOf("1")}, "", false},
		{"text alone is marked", []string{"text", "y"}, "", true},
		{"the same block_id", []string{"text", "y", "blocks", blocksOf("0")}, "invalid_blocks", false},
		{"no rich text", []string{"text", "y", "blocks", onlyLine}, "block_mismatch", false},
		{"nothing", nil, "no_text", false},
		{"an argument of posts alone", []string{"text", "y", "unfurl_links", "false"}, "invalid_arguments", false},
		{"bad blocks", []string{"text", "y", "blocks", `[{"type":"x"}]`}, "invalid_blocks", false},
	} {
		s := started(t, Options{})
		ts := posted(t, s, "metadata", `{"event_type":"a","event_payload":{"n":1}}`)
		got := form(t, s, "chat.update", append([]string{"channel", channelID, "ts", ts}, tt.edit...)...)
		m := s.Messages("")[0]
		if got.fields.Error != tt.error || m.Marked != tt.marked || m.EventType != "a" {
			t.Errorf("%s: %s, %+v", tt.name, got.body, m)
		}
	}
}

func TestEditWindow(t *testing.T) {
	now, move := clock()
	s := started(t, Options{Now: now, EditWindow: time.Hour})
	ts := posted(t, s)
	edit := func(edition string) string {
		return form(t, s, "chat.update", "channel", channelID, "ts", ts, "text", "y", "blocks", blocksOf(edition)).fields.Error
	}
	move(time.Hour)
	if got := edit("1"); got != "" {
		t.Error(got)
	}
	move(time.Second)
	if got := edit("2"); got != "edit_window_closed" {
		t.Error(got)
	}
	s.AddChannel(Channel{ID: channelID, Name: "news", Member: true, Archived: true})
	if got := edit("2"); got != "is_inactive" {
		t.Error(got)
	}
}

// TestThreads: replies are taken by threads that exist. What is posted to one
// that does not lands in the channel, without an error.
func TestThreads(t *testing.T) {
	s := started(t, Options{})
	parent := posted(t, s)
	reply := posted(t, s, "thread_ts", parent)
	posted(t, s, "thread_ts", parent, "reply_broadcast", "true")
	got := form(t, s, "chat.postMessage", "channel", channelID, "text", "x", "thread_ts", reply)
	if got.fields.Error != "invalid_arguments" {
		t.Errorf("a reply to a reply: %s", got.body)
	}
	posted(t, s, "thread_ts", "1.000000")
	all := s.Messages("")
	if all[1].ThreadTS != parent || all[1].Broadcast || !all[2].Broadcast || all[3].ThreadTS != "" {
		t.Errorf("%+v", all)
	}
	for method, want := range map[string]int{"conversations.history": 3, "conversations.replies": 3} {
		read := form(t, s, method, "channel", channelID, "ts", parent)
		if method == "conversations.history" {
			read = form(t, s, method, "channel", channelID)
		}
		if len(read.fields.Messages) != want || !strings.Contains(read.body, `"subtype":"thread_broadcast"`) {
			t.Errorf("%s: %s", method, read.body)
		}
	}
	if got := form(t, s, "conversations.replies", "channel", channelID, "ts", reply); len(got.fields.Messages) != 3 {
		t.Errorf("by a message in the thread: %s", got.body)
	}
}

// TestDelete: without replies nothing is left; with replies a tombstone that
// can be replied to, but not edited.
func TestDelete(t *testing.T) {
	s := started(t, Options{})
	alone, parent := posted(t, s), posted(t, s)
	posted(t, s, "thread_ts", parent)
	for _, ts := range []string{alone, parent, "1.000000"} {
		s.Delete(channelID, ts)
	}
	for _, ts := range []string{alone, parent} {
		got := form(t, s, "chat.update", "channel", channelID, "ts", ts, "text", "y", "blocks", blocksOf("1"))
		if got.fields.Error != "message_not_found" {
			t.Errorf("edit: %s", got.body)
		}
	}
	if got := form(t, s, "conversations.replies", "channel", channelID, "ts", alone); got.fields.Error != "thread_not_found" {
		t.Error(got.body)
	}
	posted(t, s, "thread_ts", parent)
	got := form(t, s, "conversations.replies", "channel", channelID, "ts", parent)
	if len(got.fields.Messages) != 3 || !strings.Contains(got.body, `"subtype":"tombstone"`) {
		t.Error(got.body)
	}
}

func TestPermalink(t *testing.T) {
	now, _ := clock()
	s := started(t, Options{Now: now})
	parent := posted(t, s)
	reply := posted(t, s, "thread_ts", parent)
	for ts, want := range map[string]string{
		parent:     `"https://fake.slack.com/archives/C000000001/p1795413600000000"`,
		reply:      `/p1795413600000001?thread_ts=1795413600.000000\u0026cid=C000000001"`,
		"1.000000": "message_not_found",
	} {
		if got := form(t, s, "chat.getPermalink", "channel", channelID, "message_ts", ts); !strings.Contains(got.body, want) {
			t.Errorf("%s: %s, want %s", ts, got.body, want)
		}
	}
}

// TestTier3: each method of the tier has its own minute.
func TestTier3(t *testing.T) {
	now, move := clock()
	s := started(t, Options{Now: now, Tier3: 2})
	ts := posted(t, s)
	read := func() answer { return form(t, s, "conversations.replies", "channel", channelID, "ts", ts) }
	for range 2 {
		if got := read(); !got.fields.OK {
			t.Fatal(got.body)
		}
	}
	if got := read(); got.status != 429 || got.header.Get("Retry-After") != "30" {
		t.Errorf("%d %v", got.status, got.header)
	}
	if got := form(t, s, "conversations.history", "channel", channelID); !got.fields.OK {
		t.Errorf("another method: %s", got.body)
	}
	move(30 * time.Second)
	if got := read(); !got.fields.OK {
		t.Error(got.body)
	}
}
