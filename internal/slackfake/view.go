package slackfake

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// When says how a reader is shown a time: format is that of Slack's dates, such as
// "{date_short_pretty} {time}".
type When func(t time.Time, format string) string

// Line is a line of a message as Slack sets it.
type Line struct {
	Kind string // "line", "quote", "code", "bullet", "small" or "actions"
	Runs []Run
}

// Run is a stretch of a line in one style.
type Run struct {
	Text         string
	Link         string
	Bold, Strike bool
	Mention      bool
}

// Lines returns what a message shows, from top to bottom: its blocks, or its text where it
// has none.
func (m *Message) Lines(when When) ([]Line, error) {
	if m.Blocks == nil {
		return []Line{{Kind: "line", Runs: markup(m.Text, when)}}, nil
	}
	var blocks []viewed
	if err := json.Unmarshal(m.Blocks, &blocks); err != nil {
		return nil, fmt.Errorf("read blocks of message %s: %w", m.TS, err)
	}
	var lines []Line
	for i := range blocks {
		lines = append(lines, blocks[i].lines(when)...)
	}
	return lines, nil
}

// viewed is a block, or an element of one.
type viewed struct {
	Type      string          `json:"type"`
	Elements  []viewed        `json:"elements"`
	Text      json.RawMessage `json:"text"` // a text, or a text object
	URL       string          `json:"url"`
	Name      string          `json:"name"`
	Range     string          `json:"range"`
	User      string          `json:"user_id"`
	Group     string          `json:"usergroup_id"`
	Channel   string          `json:"channel_id"`
	Format    string          `json:"format"`
	Timestamp int64           `json:"timestamp"`
	Style     json.RawMessage `json:"style"` // of a text; of a list and a button it is a word
}

// lines are those of a block, or of an element of a rich_text block.
func (v *viewed) lines(when When) (lines []Line) {
	switch v.Type {
	case "rich_text", "rich_text_list":
		for i := range v.Elements {
			below := v.Elements[i].lines(when)
			if v.Type == "rich_text_list" {
				below[0].Kind = "bullet"
			}
			lines = append(lines, below...)
		}
		return lines
	case "rich_text_quote":
		return []Line{{Kind: "quote", Runs: v.runs(when)}}
	case "rich_text_preformatted":
		return []Line{{Kind: "code", Runs: v.runs(when)}}
	case "context":
		return []Line{{Kind: "small", Runs: v.apart(when)}}
	case "actions":
		return []Line{{Kind: "actions", Runs: v.apart(when)}}
	case "divider":
		return nil
	case "section", "header":
		return []Line{{Kind: "line", Runs: v.run(when)}}
	default:
		return []Line{{Kind: "line", Runs: v.runs(when)}}
	}
}

func (v *viewed) runs(when When) (runs []Run) {
	for i := range v.Elements {
		runs = append(runs, v.Elements[i].run(when)...)
	}
	return runs
}

// apart are the elements of a row, which Slack keeps apart.
func (v *viewed) apart(when When) (runs []Run) {
	for i := range v.Elements {
		if i > 0 {
			runs = append(runs, Run{Text: " "})
		}
		runs = append(runs, v.Elements[i].run(when)...)
	}
	return runs
}

// signs are Slack's emoji that messages use.
var signs = map[string]string{
	"white_circle": "⚪", "unlock": "🔓", "zzz": "💤", "newspaper": "📰", "alarm_clock": "⏰",
	"rotating_light": "🚨", "large_orange_circle": "🟠", "arrow_right": "➡️", "exclamation": "❗", "arrow_up": "⬆️",
	"pencil2": "✏️", "no_entry_sign": "🚫", "hand": "✋", "leftwards_arrow_with_hook": "↩️", "warning": "⚠️",
	"white_check_mark": "✅", "broom": "🧹", "ocean": "🌊",
}

// run is an element within a line.
func (v *viewed) run(when When) []Run {
	r := Run{Text: v.text(), Link: v.URL}
	var style struct {
		Bold   bool `json:"bold"`
		Strike bool `json:"strike"`
	}
	if json.Unmarshal(v.Style, &style) == nil {
		r.Bold, r.Strike = style.Bold, style.Strike
	}
	switch v.Type {
	case "mrkdwn":
		return markup(r.Text, when)
	case "emoji":
		r.Text = signs[v.Name]
		if r.Text == "" {
			r.Text = ":" + v.Name + ":"
		}
	case "date":
		r.Text = when(time.Unix(v.Timestamp, 0), v.Format)
	case "broadcast", "user", "usergroup", "channel":
		r.Text, r.Mention = "@"+v.Range+v.User+v.Group+v.Channel, true
	case "button":
		r.Text, r.Link = "["+r.Text+"]", ""
	case "overflow":
		r.Text = "[⋯]"
	}
	return []Run{r}
}

// text is what an element says.
func (v *viewed) text() (text string) {
	var object viewed
	if json.Unmarshal(v.Text, &text) == nil || json.Unmarshal(v.Text, &object) != nil {
		return text
	}
	return object.text()
}

// bracketed finds what Slack's mark-up puts in angle brackets.
var bracketed = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)

// markup reads a text with Slack's mark-up: dates, mentions and links.
func markup(text string, when When) (runs []Run) {
	add := func(r Run) {
		r.Text = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(r.Text)
		if r.Text != "" {
			runs = append(runs, r)
		}
	}
	done := 0
	for _, at := range bracketed.FindAllStringSubmatchIndex(text, -1) {
		add(Run{Text: text[done:at[0]]})
		what, shown := text[at[2]:at[3]], ""
		if at[4] >= 0 {
			shown = text[at[4]:at[5]]
		}
		add(markedRun(what, shown, when))
		done = at[1]
	}
	add(Run{Text: text[done:]})
	return runs
}

// markedRun is what stands in angle brackets: what it is, and what is shown of it.
func markedRun(what, shown string, when When) Run {
	if date, ok := strings.CutPrefix(what, "!date^"); ok {
		seconds, format, _ := strings.Cut(date, "^")
		if n, err := strconv.ParseInt(seconds, 10, 64); err == nil {
			return Run{Text: when(time.Unix(n, 0), format)}
		}
	}
	switch {
	case strings.HasPrefix(what, "!subteam^"):
		return Run{Text: "@" + strings.TrimPrefix(what, "!subteam^"), Mention: true}
	case strings.HasPrefix(what, "!"), strings.HasPrefix(what, "@"):
		return Run{Text: "@" + what[1:], Mention: true}
	case shown == "":
		shown = what
	}
	return Run{Text: shown, Link: what}
}

// Threads returns messages as a channel has them: each that stands in the channel itself,
// followed by the replies to it. The order is otherwise kept.
func Threads(messages []Message) (threads [][]Message) {
	at := map[string]int{}
	for _, m := range messages {
		if m.ThreadTS == "" {
			at[m.TS] = len(threads)
			threads = append(threads, []Message{m})
		}
	}
	for _, m := range messages {
		if i, known := at[m.ThreadTS]; known {
			threads[i] = append(threads[i], m)
		}
	}
	return threads
}

// Text returns the threads of a channel as text, for people and for golden files. Bold is
// *bold*, struck is ~struck~, a link is [text](URL), small print begins with "°".
func Text(messages []Message, when When) (string, error) {
	var text strings.Builder
	for _, thread := range Threads(messages) {
		for i := range thread {
			m, indent := &thread[i], ""
			if i > 0 {
				indent = "    "
			}
			lines, err := m.Lines(when)
			if err != nil {
				return "", err
			}
			fmt.Fprintf(&text, "%s%s\n", indent, m.heading())
			for _, l := range lines {
				text.WriteString(indent + l.String() + "\n")
			}
			text.WriteString("\n")
		}
	}
	return text.String(), nil
}

// heading says what kind of message it is, and what a notification of it says.
func (m *Message) heading() string {
	kind := "POST"
	switch {
	case m.Broadcast:
		kind = "REPLY, also in the channel"
	case m.ThreadTS != "":
		kind = "REPLY"
	}
	if m.Edits > 0 {
		kind += ", edited"
	}
	if len(m.Mentions) > 0 {
		kind += ", notifies " + strings.Join(m.Mentions, " ")
	}
	return "── " + kind + ": " + m.Text
}

// String returns a line as Text does.
func (l Line) String() string {
	var text strings.Builder
	text.WriteString(map[string]string{"quote": "│ ", "bullet": "• ", "small": "° "}[l.Kind])
	for _, r := range l.Runs {
		shown := r.Text
		if r.Bold {
			shown = "*" + shown + "*"
		}
		if r.Strike {
			shown = "~" + shown + "~"
		}
		if r.Link != "" {
			shown = "[" + shown + "](" + r.Link + ")"
		}
		text.WriteString(shown)
	}
	return strings.TrimRight(text.String(), " ")
}
