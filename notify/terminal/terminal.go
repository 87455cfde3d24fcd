// Package terminal shows messages on a terminal as Slack would show them: New
// makes a Sender that writes to it. It is what alerts go to without a token,
// in a dry run and in the demo.
package terminal

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/copytaster/copytaster/notify"
)

// Sender writes messages, one after the other. It is safe for concurrent use.
type Sender struct {
	color bool

	mu    sync.Mutex
	w     io.Writer
	count int
}

var _ notify.Sender = (*Sender)(nil)

// New makes a Sender that writes to w, with colours, bold type and links when
// color is set: w has to be a terminal then.
func New(w io.Writer, color bool) *Sender { return &Sender{w: w, color: color} }

// Resolve takes a channel's name for its ID.
func (s *Sender) Resolve(_ context.Context, channel string) (string, error) {
	return notify.ChannelName(channel), nil
}

// Send writes a message. What it returns counts the messages written.
func (s *Sender) Send(_ context.Context, channelID string, m notify.Message) (notify.Receipt, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.write(heading(channelID, m), m); err != nil {
		return notify.Receipt{}, err
	}
	s.count++
	return notify.Receipt{ChannelID: channelID, TS: fmt.Sprintf("terminal.%d", s.count), Thread: m.Thread}, nil
}

// Edit writes what a message says now below all others: what scrolled by stays
// as it is.
func (s *Sender) Edit(_ context.Context, at notify.Receipt, m notify.Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m.Mentions = nil
	return s.write("#"+at.ChannelID+"  edit of "+at.TS, m)
}

func (s *Sender) write(heading string, m notify.Message) error {
	if _, err := io.WriteString(s.w, render(heading, m, s.color)); err != nil {
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
