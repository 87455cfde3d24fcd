package notify

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Sinks sends to receivers beside the channels of a workspace, each by its name. A channel
// of that name gets nothing.
type Sinks struct {
	Rest  Sender // of all other channels
	Named map[string]Sender
}

// sinkID begins the IDs of sinks, which no channel's ID does.
const sinkID = "sink:"

// IsSink reports whether the ID of a channel is a sink's.
func IsSink(id string) bool { return strings.HasPrefix(id, sinkID) }

// of returns the sender of a channel ID, and its own name for it.
func (s Sinks) of(id string) (Sender, string, error) {
	name, is := strings.CutPrefix(id, sinkID)
	if !is {
		return s.Rest, id, nil
	}
	sink, ok := s.Named[name]
	if !ok {
		return nil, "", &SendError{Problem: NoChannel, Err: fmt.Errorf("the config has no sink %q any more", name)}
	}
	return sink, name, nil
}

// Resolve returns the ID of a sink, else of a channel.
func (s Sinks) Resolve(ctx context.Context, channel string) (string, error) {
	if _, ok := s.Named[channel]; ok {
		return sinkID + channel, nil
	}
	return s.Rest.Resolve(ctx, channel)
}

// Send posts a message.
func (s Sinks) Send(ctx context.Context, channelID string, m Message) (Receipt, error) {
	to, id, err := s.of(channelID)
	if err != nil {
		return Receipt{}, err
	}
	r, err := to.Send(ctx, id, m)
	if IsSink(channelID) {
		r.ChannelID = channelID
	}
	return r, err
}

// Edit edits a message.
func (s Sinks) Edit(ctx context.Context, at Receipt, m Message) error {
	to, id, err := s.of(at.ChannelID)
	if err != nil {
		return err
	}
	at.ChannelID = id
	return to.Edit(ctx, at, m)
}

// Find looks for a message.
func (s Sinks) Find(ctx context.Context, channelID string, d Sought, since time.Time) (Receipt, bool, error) {
	to, id, err := s.of(channelID)
	if err != nil {
		return Receipt{}, false, err
	}
	r, found, err := to.Find(ctx, id, d, since)
	if IsSink(channelID) {
		r.ChannelID = channelID
	}
	return r, found, err
}

// Newest returns the newest message of a channel.
func (s Sinks) Newest(ctx context.Context, channelID string) (Trace, bool, error) {
	to, id, err := s.of(channelID)
	if err != nil {
		return Trace{}, false, err
	}
	return to.Newest(ctx, id)
}

// Permalink returns the URL of a message.
func (s Sinks) Permalink(ctx context.Context, at Receipt) (string, error) {
	to, id, err := s.of(at.ChannelID)
	if err != nil {
		return "", err
	}
	at.ChannelID = id
	return to.Permalink(ctx, at)
}

// Probe asks whether the channels that are no sinks can be posted to at all.
func (s Sinks) Probe(ctx context.Context) error { return s.Rest.Probe(ctx) }
