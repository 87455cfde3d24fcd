// Package terminal shows messages on a terminal as Slack would show them: New
// makes a Sender that writes to it. It is what alerts go to without a token,
// in a dry run and in the demo.
package terminal

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/copytaster/copytaster/notify"
)

// Sender writes messages, one after the other. It is safe for concurrent use.
type Sender struct {
	color bool

	mu       sync.Mutex
	w        io.Writer
	count    int
	posts    map[string]post // the newest ones, by TS
	pressing bool            // somebody can press buttons
	answered []string        // TS of the messages that have buttons: the first one is number 1
}

// post is a message that stands somewhere above.
type post struct {
	headline string
	parts    []string // as they were last written
	standing Standing // the zero value of one that cannot be answered
}

// remembered is how many messages replies and edits can refer to.
const remembered = 1000

var _ notify.Sender = (*Sender)(nil)

// New makes a Sender that writes to w, with colours, bold type and links when
// color is set: w has to be a terminal then.
func New(w io.Writer, color bool) *Sender {
	return &Sender{w: w, color: color, posts: map[string]post{}}
}

// Resolve takes a channel's name for its ID.
func (s *Sender) Resolve(_ context.Context, channel string) (string, error) {
	return notify.ChannelName(channel), nil
}

// Send writes a message. What it returns counts the messages written.
func (s *Sender) Send(_ context.Context, channelID string, m notify.Message) (notify.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ts, parts := name(s.count+1), render(m, s.color)
	standing := s.stands(notify.Receipt{ChannelID: channelID, TS: ts}, m)
	if err := s.write(s.heading(channelID, m), m.Mentions, append(slices.Clone(parts), s.keys(standing))); err != nil {
		return notify.Receipt{}, err
	}
	s.count++
	if standing.Number > 0 {
		s.answered = append(s.answered, ts)
	}
	s.posts[ts] = post{headline: short(m), parts: parts, standing: standing}
	delete(s.posts, name(s.count-remembered))
	return notify.Receipt{ChannelID: channelID, TS: ts, Thread: m.Thread}, nil
}

// name is the TS of a message by its number.
func name(number int) string { return fmt.Sprintf("terminal.%d", number) }

// Edit writes what a message shows now and did not before, else what it does not show any
// more: what scrolled by stays as it is. Nothing is written when that is nothing.
func (s *Sender) Edit(_ context.Context, at notify.Receipt, m notify.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	was, parts := s.posts[at.TS], render(m, s.color)
	without := func(all, others []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(part string) bool { return slices.Contains(others, part) })
	}
	said, changed := " now shows", without(parts, was.parts)
	if len(changed) == 0 {
		said, changed = " does not show any more", without(was.parts, parts)
	}
	if len(changed) == 0 {
		return nil
	}
	standing := was.standing
	standing.Headline, standing.Buttons = short(m), pressable(m)
	if keys := s.keys(standing); keys != s.keys(was.standing) {
		changed = append(changed, keys)
	}
	if err := s.write("#"+at.ChannelID+"  ↻ "+s.named(at.TS)+said, nil, changed); err != nil {
		return err
	}
	s.posts[at.TS] = post{headline: short(m), parts: parts, standing: standing}
	return nil
}

// heading says where a message is posted.
func (s *Sender) heading(channel string, m notify.Message) string {
	switch {
	case m.Thread == "":
		return "#" + channel
	case m.Broadcast:
		return "#" + channel + "  ↳ reply to " + s.named(m.Thread) + ", also in the channel"
	default:
		return "#" + channel + "  ↳ reply to " + s.named(m.Thread)
	}
}

// named is a message as a reader knows it.
func (s *Sender) named(ts string) string {
	if p, known := s.posts[ts]; known && p.headline != "" {
		return "“" + p.headline + "”"
	}
	return "an earlier message"
}

func (s *Sender) write(heading string, mentions, parts []string) error {
	if len(mentions) > 0 {
		heading += "  " + strings.Join(mentions, " ")
	}
	p := page{color: s.color}
	p.paragraph("", "", run{text: heading, style: dimStyle})
	if _, err := io.WriteString(s.w, p.String()+strings.Join(parts, "")+"\n"); err != nil {
		return &notify.SendError{Problem: notify.Temporary, Err: fmt.Errorf("write message: %w", err)}
	}
	return nil
}

// Permalink returns none: nobody can go back to what scrolled by.
func (s *Sender) Permalink(context.Context, notify.Receipt) (string, error) { return "", nil }

// Find finds nothing: what scrolled by cannot be asked for.
func (s *Sender) Find(context.Context, string, notify.Sought, time.Time) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}

// Newest finds nothing either.
func (s *Sender) Newest(context.Context, string) (notify.Trace, bool, error) {
	return notify.Trace{}, false, nil
}

// Probe reports that a terminal is always there.
func (s *Sender) Probe(context.Context) error { return nil }
