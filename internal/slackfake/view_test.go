package slackfake

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// utc shows a time by the words of its format.
func utc(at time.Time, format string) string { return at.UTC().Format("15:04") + " as " + format }

// shown returns a message as lines of text.
func shown(t *testing.T, m Message) string {
	t.Helper()
	lines, err := m.Lines(utc)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range lines {
		all = append(all, l.String())
	}
	return strings.Join(all, "\n")
}

func TestLines(t *testing.T) {
	for blocks, want := range map[string]string{
		`[{"type": "rich_text", "elements": [
			{"type": "rich_text_section", "elements": [
				{"type": "emoji", "name": "rotating_light"}, {"type": "text", "text": " a ", "style": {"bold": true}},
				{"type": "link", "url": "https://x.example", "text": "b", "style": {"bold": true, "strike": true}}]},
			{"type": "rich_text_quote", "elements": [{"type": "text", "text": "q <b>"}]},
			{"type": "rich_text_list", "style": "bullet", "elements": [
				{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
				{"type": "rich_text_section", "elements": [{"type": "emoji", "name": "unheard_of"}]}]},
			{"type": "rich_text_section", "elements": [
				{"type": "broadcast", "range": "here"}, {"type": "user", "user_id": "U1"}, {"type": "usergroup", "usergroup_id": "S1"},
				{"type": "date", "timestamp": 60, "format": "{time}"}]}]}]`: "🚨* a *[~*b*~](https://x.example)\n│ q <b>\n• one\n• :unheard_of:\n@here@U1@S100:01 as {time}",
		`[{"type": "context", "elements": [
			{"type": "plain_text", "text": "<!here> &amp;"},
			{"type": "mrkdwn", "text": "<!date^60^{time}|then>. &lt;b&gt; <https://x.example|x> <@U1> <!subteam^S1> <!channel> <https://y.example>"}]}]`: "° <!here> &amp; 00:01 as {time}. <b> [x](https://x.example) @U1 @S1 @channel [https://y.example](https://y.example)",
		`[{"type": "section", "text": {"type": "mrkdwn", "text": "a"}}, {"type": "divider"}, {"type": "header", "text": {"type": "plain_text", "text": "b"}}]`: "a\nb",
		`[{"type": "actions", "elements": [
			{"type": "button", "style": "primary", "text": {"type": "plain_text", "text": "Got it"}}, {"type": "overflow"}]}]`: "[Got it] [⋯]",
	} {
		if got := shown(t, Message{Blocks: json.RawMessage(blocks)}); got != want {
			t.Errorf("%s\nshows\n%s\nwant\n%s", blocks, got, want)
		}
	}
	if got := shown(t, Message{Text: "a <!here> &lt;"}); got != "a @here <" {
		t.Errorf("a text alone shows %q", got)
	}
	unread := Message{TS: "1.2", Blocks: json.RawMessage(`{}`)}
	if _, err := unread.Lines(utc); err == nil || !strings.Contains(err.Error(), "message 1.2") {
		t.Errorf("no list of blocks: %v", err)
	}
}

// conversation is a channel with a thread, whose last reply is shown in the channel, too.
var conversation = []Message{
	{TS: "60.000001", Text: "first", Edits: 2, Mentions: []string{"here"}},
	{TS: "120.000001", Text: "second"},
	{TS: "180.000001", ThreadTS: "60.000001", Text: "quiet"},
	{TS: "240.000001", ThreadTS: "60.000001", Text: "loud", Broadcast: true},
	{TS: "300.000001", ThreadTS: "1.000001", Text: "its parent is elsewhere"},
}

func TestChannelAsText(t *testing.T) {
	got, err := Text(conversation, utc)
	want := `── POST, edited, notifies here: first
first

    ── REPLY: quiet
    quiet

    ── REPLY, also in the channel: loud
    loud

── POST: second
second

`
	if err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

func TestChannelAsPage(t *testing.T) {
	hostile := append([]Message{{TS: "30.1", Marked: true, Text: "&lt;script>alert(1)&lt;/script> <javascript:alert(1)|x>"}}, conversation...)
	page, err := Page([]string{"news", "empty"}, map[string][]Message{"news": hostile}, utc)
	if err != nil {
		t.Fatal(err)
	}
	got := string(page)
	for _, want := range []string{
		"<h1># news</h1>", "<h1># empty</h1>", "00:01 as {time}", "(edited)", "2 replies", "replied to a thread: first", "&lt;script&gt;",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	for _, bad := range []string{"<script", "javascript:"} {
		if strings.Contains(got, bad) {
			t.Errorf("%q in\n%s", bad, got)
		}
	}
	for text, times := range map[string]int{">quiet<": 1, ">loud<": 2, ">first<": 2, ">second<": 1} {
		if n := strings.Count(got, text); n != times {
			t.Errorf("%q stands there %d times, want %d", text, n, times)
		}
	}
	if _, err := Page([]string{"a"}, map[string][]Message{"a": {{TS: "today"}}}, utc); err == nil {
		t.Error("a message without a time is shown")
	}
}
