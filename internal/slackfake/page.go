package slackfake

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
)

//go:embed page.html
var pageText string

// feed is a channel on a page.
type feed struct {
	Name     string
	Messages []view   // of the channel itself, oldest first
	Threads  [][]view // those with replies
}

// view is a message on a page.
type view struct {
	Message

	Posted  string
	To      string // of a reply that the channel shows: what its thread begins with
	Replies int
	Shown   []Line
}

// Page returns an HTML page that shows channels much as Slack does: what stands in each,
// then its threads. It needs nothing but itself.
func Page(names []string, channels map[string][]Message, when When) ([]byte, error) {
	page, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, fmt.Errorf("read page: %w", err)
	}
	feeds := make([]feed, 0, len(names))
	for _, name := range names {
		f, err := feedOf(name, channels[name], when)
		if err != nil {
			return nil, err
		}
		feeds = append(feeds, f)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, feeds); err != nil {
		return nil, fmt.Errorf("write page: %w", err)
	}
	return out.Bytes(), nil
}

func feedOf(name string, messages []Message, when When) (feed, error) {
	f, roots := feed{Name: name}, map[string]*Message{}
	replies := map[string]int{}
	for i := range messages {
		roots[messages[i].TS] = &messages[i]
		replies[messages[i].ThreadTS]++
	}
	for i := range messages {
		m := &messages[i]
		if m.ThreadTS != "" && !m.Broadcast {
			continue
		}
		v, err := viewOf(m, when)
		if err != nil {
			return f, err
		}
		v.Replies = replies[m.TS]
		if root := roots[m.ThreadTS]; root != nil {
			v.To = root.Text
		}
		f.Messages = append(f.Messages, v)
	}
	for _, thread := range Threads(messages) {
		if len(thread) == 1 {
			continue
		}
		views := make([]view, len(thread))
		for i := range thread {
			v, err := viewOf(&thread[i], when)
			if err != nil {
				return f, err
			}
			views[i] = v
		}
		f.Threads = append(f.Threads, views)
	}
	return f, nil
}

func viewOf(m *Message, when When) (view, error) {
	lines, err := m.Lines(when)
	seconds, _, _ := strings.Cut(m.TS, ".")
	posted, bad := strconv.ParseInt(seconds, 10, 64)
	if bad != nil {
		return view{}, fmt.Errorf("read time of message %s: %w", m.TS, bad)
	}
	return view{Message: *m, Posted: when(time.Unix(posted, 0), "{time}"), Shown: lines}, err
}
