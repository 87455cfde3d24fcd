package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/notify"
)

// eventType marks the metadata of our messages.
const eventType = "copytaster_alert"

const (
	clockSkew   = 10 * time.Minute // how far Slack's clock may be behind what is known of it
	maxMetadata = 4000             // bytes of rule names; Slack's own bound is not documented
)

// metadata is what a message carries for machines.
func (s *Sender) metadata(m notify.Message) slackgo.SlackMetadata {
	rules, size := []string{}, 0
	for _, r := range m.Rules {
		if size += len(r); size > maxMetadata {
			break
		}
		rules = append(rules, r)
	}
	return slackgo.SlackMetadata{EventType: eventType, EventPayload: map[string]any{
		"delivery": m.Delivery, "rules": rules, "cluster": m.Cluster, "kind": string(m.Kind), "store": s.store,
	}}
}

// Find looks for a delivery among the channel's messages from some time before
// since on. The bot has to be a member for that: a public channel is joined.
func (s *Sender) Find(ctx context.Context, channelID string, delivery int64, since time.Time) (notify.Receipt, bool, error) {
	receipt, found, err := s.find(ctx, channelID, delivery, since)
	if !refusedWith(err, "not_in_channel") {
		return receipt, found, err
	}
	if err := s.join(ctx, channelID); err != nil {
		return notify.Receipt{}, false, err
	}
	return s.find(ctx, channelID, delivery, since)
}

// find looks once, and once more when Slack's answer has shown that its clock
// is so far behind ours that messages were left out.
func (s *Sender) find(ctx context.Context, channelID string, delivery int64, since time.Time) (notify.Receipt, bool, error) {
	if since.IsZero() {
		return s.search(ctx, channelID, delivery, time.Time{})
	}
	from := s.clock.at(since)
	receipt, found, err := s.search(ctx, channelID, delivery, from)
	if earlier := s.clock.at(since); err == nil && !found && earlier.Before(from) {
		return s.search(ctx, channelID, delivery, earlier)
	}
	return receipt, found, err
}

// search reads a channel's history from a time of Slack's on; zero is all of it.
func (s *Sender) search(ctx context.Context, channelID string, delivery int64, from time.Time) (notify.Receipt, bool, error) {
	params := &slackgo.GetConversationHistoryParameters{ChannelID: channelID, IncludeAllMetadata: true, Limit: pageSize}
	if !from.IsZero() {
		oldest := max(0, from.Add(-clockSkew).UnixMicro())
		params.Oldest = fmt.Sprintf("%d.%06d", oldest/1e6, oldest%1e6)
	}
	for {
		ctx, reached := watch(ctx)
		page, err := s.api.GetConversationHistoryContext(ctx, params)
		if err != nil {
			return notify.Receipt{}, false, lookupError(err, reached.Load())
		}
		if !page.Ok { // an empty answer is no proof of absence
			return notify.Receipt{}, false, &notify.SendError{Problem: notify.Temporary, Err: errors.New("read history: the answer is empty")}
		}
		for _, m := range page.Messages {
			if s.isDelivery(m.Metadata, delivery) {
				return notify.Receipt{ChannelID: channelID, TS: m.Timestamp}, true, nil
			}
		}
		if params.Cursor = page.ResponseMetaData.NextCursor; params.Cursor == "" {
			return notify.Receipt{}, false, nil
		}
	}
}

// lookupError says what a look-up's error means. A token that may not look up
// may still post.
func lookupError(err error, reached bool) error {
	se := settled(verdict("read history", err, reached))
	if se.Problem == notify.Unauthorized && !tokenTrouble[refusal(err)] {
		se.Problem, se.Lasting = notify.Temporary, true
	}
	return se
}

// isDelivery reports whether a message carries the number of a delivery of
// our store.
func (s *Sender) isDelivery(m slackgo.SlackMetadata, delivery int64) bool {
	if m.EventType != eventType || fmt.Sprint(m.EventPayload["store"]) != s.store {
		return false
	}
	switch v := m.EventPayload["delivery"].(type) {
	case float64:
		return int64(v) == delivery
	case json.Number:
		return v.String() == strconv.FormatInt(delivery, 10)
	case string:
		return v == strconv.FormatInt(delivery, 10)
	default:
		return false
	}
}
