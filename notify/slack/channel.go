package slack

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/notify"
)

const (
	freshFor   = time.Minute      // how long a whole list of channels is believed
	listWithin = 10 * time.Minute // how long a list may take that Slack throttles
	pageSize   = 999              // the most that conversations.list and history take
	mostPages  = 10               // of the channels that somebody is in
)

// channelID is the form of the IDs of channels, groups and direct messages.
var channelID = regexp.MustCompile(`^[CGD][A-Z0-9]{7,}$`)

// directory is what is known of the workspace's channels. A large workspace
// takes many calls to list, more than Slack allows in a minute: the list is
// kept as far as it came, and goes on from there.
type directory struct {
	turn   chan struct{} // holds one token: whoever has it uses the fields below
	ids    map[string]string
	types  []string
	cursor string
	whole  bool
	begun  time.Time
}

func newDirectory() directory {
	d := directory{turn: make(chan struct{}, 1)}
	d.turn <- struct{}{}
	return d
}

// stale reports whether the list has to be begun anew.
func (d *directory) stale(now time.Time) bool {
	age := now.Sub(d.begun)
	return d.ids == nil || age > listWithin || d.whole && age > freshFor
}

// Resolve returns the ID of a channel. An ID is returned as it is; a name, with
// or without "#", is looked for among the public channels and the private ones
// that the bot is in.
func (s *Sender) Resolve(ctx context.Context, channel string) (string, error) {
	name := notify.ChannelName(channel)
	if channelID.MatchString(name) {
		return name, nil
	}
	d := &s.directory
	select {
	case <-d.turn:
		defer func() { d.turn <- struct{}{} }()
	case <-ctx.Done():
		return "", &notify.SendError{Problem: notify.Temporary, Err: fmt.Errorf("find channel %s: %w", name, ctx.Err())}
	}
	if now := time.Now(); d.stale(now) {
		d.ids, d.types, d.cursor, d.whole, d.begun = map[string]string{}, []string{"public_channel", "private_channel"}, "", false, now
	}
	for {
		if id, ok := d.ids[strings.ToLower(name)]; ok {
			return id, nil
		}
		if d.whole {
			return "", &notify.SendError{Problem: notify.NoChannel, Err: fmt.Errorf(
				"find channel %s: there is none of this name, it is archived, or it is private and the bot is not in it", name)}
		}
		if err := s.listChannels(ctx, d); err != nil {
			return "", err
		}
	}
}

// listChannels reads one more page of the channels. Without groups:read the
// private ones are left out.
func (s *Sender) listChannels(ctx context.Context, d *directory) error {
	ctx, reached := watch(ctx)
	channels, next, err := s.api.GetConversationsContext(ctx, &slackgo.GetConversationsParameters{
		Cursor: d.cursor, ExcludeArchived: true, Limit: pageSize, Types: d.types,
	})
	switch {
	case refusedWith(err, "missing_scope") && len(d.types) > 1:
		d.types = d.types[:1]
		return nil
	case refusedWith(err, "missing_scope"):
		return &notify.SendError{Problem: notify.NoChannel,
			Err: errors.New("list channels: the scope channels:read is missing; add it, or configure the channel by its ID")}
	case refusedWith(err, "invalid_cursor"):
		d.ids = nil // begun anew by the next call
		fallthrough
	case err != nil:
		return settled(verdict("list channels", err, reached.Load()))
	case len(channels) == 0 && next == "" && len(d.ids) == 0: // every workspace has a channel
		return &notify.SendError{Problem: notify.Temporary, Err: errors.New("list channels: the answer is empty")}
	}
	for _, c := range channels {
		d.ids[strings.ToLower(c.Name)] = c.ID
	}
	d.cursor, d.whole = next, next == ""
	return nil
}

// ChannelsOf asks which channels a user is in that are not archived: public ones, and the
// private ones that the bot is in. The answer, names by ID, counts for a minute.
func (s *Sender) ChannelsOf(ctx context.Context, userID string) (names map[string]string, err error) {
	return s.usersIn.get(userID, s.clock.now(), freshFor, func() (map[string]string, error) {
		names := map[string]string{}
		ask := slackgo.GetConversationsForUserParameters{
			UserID: userID, Types: []string{"public_channel", "private_channel"}, Limit: pageSize, ExcludeArchived: true,
		}
		for page := 0; page < mostPages; {
			ctx, reached := watch(ctx)
			channels, next, err := s.api.GetConversationsForUserContext(ctx, &ask)
			if refusedWith(err, "missing_scope") && len(ask.Types) > 1 { // groups:read
				ask.Types = ask.Types[:1]
				continue
			}
			if err != nil {
				return nil, settled(verdict("ask for a user's channels", err, reached.Load()))
			}
			for _, c := range channels {
				names[c.ID] = c.Name
			}
			if page++; next == "" {
				break
			}
			ask.Cursor = next
		}
		return names, nil
	})
}
