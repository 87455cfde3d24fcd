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
	clockSkew   = time.Minute // how far Slack's clock may be behind ours
	maxMetadata = 4000        // bytes of rule names; Slack's own bound is not documented
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

// Find looks for a delivery among the channel's messages from a minute before
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

func (s *Sender) find(ctx context.Context, channelID string, delivery int64, since time.Time) (notify.Receipt, bool, error) {
	params := &slackgo.GetConversationHistoryParameters{ChannelID: channelID, IncludeAllMetadata: true, Limit: pageSize}
	if !since.IsZero() {
		oldest := max(0, since.Add(-clockSkew).UnixMicro())
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

// lookupError says what a look-up's error means. A scope that only looking up
// needs is no reason to stop posting.
func lookupError(err error, reached bool) error {
	se := settled(verdict("read history", err, reached))
	if refusedWith(err, "missing_scope") {
		se.Problem = notify.Temporary
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
