package slackfake

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

// TestWindows: a window shows its texts, what is filled in, what may be chosen and its buttons;
// what people wrote is text.
func TestWindows(t *testing.T) {
	s := Surface{Title: "Snooze", Blocks: json.RawMessage(`[
		{"type": "section", "text": {"type": "plain_text", "text": "<b>all</b> of it"}},
		{"type": "input", "label": {"type": "plain_text", "text": "What?"}, "hint": {"type": "plain_text", "text": "Others go on."}, "element": {
			"type": "radio_buttons", "initial_option": {"text": {"type": "plain_text", "text": "The rule"}, "value": "rule"}, "options": [
				{"text": {"type": "plain_text", "text": "This news"}, "value": "news", "description": {"type": "plain_text", "text": "and no other"}},
				{"text": {"type": "plain_text", "text": "The rule"}, "value": "rule"}]}},
		{"type": "input", "label": {"type": "plain_text", "text": "More"}, "element": {
			"type": "checkboxes", "options": [{"text": {"type": "plain_text", "text": "Tell others"}, "value": "tell"}]}},
		{"type": "input", "label": {"type": "plain_text", "text": "How long?"}, "element": {
			"type": "static_select", "initial_option": {"text": {"type": "plain_text", "text": "1 hour"}, "value": "1h"}}},
		{"type": "input", "optional": true, "label": {"type": "plain_text", "text": "Why?"}, "element": {"type": "plain_text_input"}}]`),
		fields: map[string]any{"submit": map[string]any{"type": "plain_text", "text": "Do it"}},
	}
	lines, err := s.Lines(func(time.Time, string) string { return "now" })
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range lines {
		got = append(got, l.String())
	}
	want := "<b>all</b> of it; *What?*; ○ This news; ° and no other; ● The rule; ° Others go on.; *More*; ☐ Tell others; " +
		"*How long?*; [1 hour ▾]; *Why? (optional)*; []"
	if got := strings.Join(got, "; "); got != want {
		t.Errorf("the window shows %s, want %s", got, want)
	}
	page, err := Windows([]Surface{s}, nil)
	for _, part := range []string{"<h1>Snooze</h1>", "&lt;b&gt;all", "<b>Do it</b>"} {
		if err != nil || !strings.Contains(string(page), part) {
			t.Errorf("the page lacks %s: %v, %s", part, err, page)
		}
	}
	s.Blocks = json.RawMessage(`{`)
	if _, err := Windows([]Surface{s}, nil); err == nil {
		t.Error("blocks that are none are shown")
	}
}
