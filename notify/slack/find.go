package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// eventType marks the metadata of our messages.
const eventType = "copytaster_alert"

const (
	mostMarks   = 100              // of a message: those of a digest may be many
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
	payload := map[string]any{
		"delivery": m.Delivery, "rules": rules, "cluster": m.Cluster, "kind": string(m.Kind), "store": s.store,
	}
	if m.Epoch != "" {
		payload["store"] = s.store + epochMark + m.Epoch
	}
	if m.Promise != "" {
		payload["promise"] = m.Promise
	}
	if n := min(len(m.Marks), mostMarks); n > 0 {
		payload["marks"] = m.Marks[:n]
	}
	return slackgo.SlackMetadata{EventType: eventType, EventPayload: payload}
}

// epochMark stands between the store's number and its epoch.
const epochMark = "/"

// Find looks for a delivery among the channel's messages from some time before
// since on; for a reply in its thread, and among the channel's messages when
// there is no such thread any more. The bot has to be a member for that: a public channel is joined.
func (s *Sender) Find(ctx context.Context, channelID string, d notify.Sought, since time.Time) (notify.Receipt,
	bool, error) {
	receipt, found, err := s.find(ctx, channelID, d, since)
	if !refusedWith(err, "not_in_channel") {
		return receipt, found, err
	}
	if err := s.join(ctx, channelID); err != nil {
		return notify.Receipt{}, false, err
	}
	return s.find(ctx, channelID, d, since)
}

// find looks once, and once more when Slack's answer has shown that its clock
// is so far behind ours that messages were left out.
func (s *Sender) find(ctx context.Context, channelID string, d notify.Sought, since time.Time) (notify.Receipt,
	bool, error) {
	if d.Thread != "" {
		receipt, found, gone, err := s.searchThread(ctx, channelID, d)
		if !gone {
			return receipt, found, err
		}
	}
	if since.IsZero() {
		return s.search(ctx, channelID, d, time.Time{})
	}
	from := s.clock.at(since)
	receipt, found, err := s.search(ctx, channelID, d, from)
	if earlier := s.clock.at(since); err == nil && !found && earlier.Before(from) {
		return s.search(ctx, channelID, d, earlier)
	}
	return receipt, found, err
}

// search reads a channel's history from a time of Slack's on; zero is all of it.
func (s *Sender) search(ctx context.Context, channelID string, d notify.Sought, from time.Time) (notify.Receipt,
	bool, error) {
	params := &slackgo.GetConversationHistoryParameters{ChannelID: channelID, IncludeAllMetadata: true, Limit: pageSize}
	if !from.IsZero() {
		oldest := max(0, from.Add(-clockSkew).UnixMicro())
		params.Oldest = fmt.Sprintf("%d.%06d", oldest/1e6, oldest%1e6)
	}
	if !d.Until.IsZero() {
		latest := s.clock.latest(d.Until).Add(clockSkew)
		params.Latest = fmt.Sprintf("%d.%06d", latest.Unix(), 0)
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
			if s.is(m.Metadata, d) {
				return notify.Receipt{ChannelID: channelID, TS: m.Timestamp, Among: among(m.Metadata, d)}, true, nil
			}
			if !s.lists(&m, d) {
				continue
			}
			d.Thread = m.Timestamp
			receipt, found, _, err := s.searchThread(ctx, channelID, d)
			if err != nil || found {
				return receipt, found, err
			}
		}
		if params.Cursor = page.ResponseMetaData.NextCursor; params.Cursor == "" {
			return notify.Receipt{}, false, nil
		}
	}
}

// lists reports whether the thread of a message may tell what an earlier epoch is to have sent:
// a storm lists in its thread what it folds, and no history shows that.
func (s *Sender) lists(m *slackgo.Message, d notify.Sought) bool {
	if d.Until.IsZero() || m.ReplyCount == 0 || !alike(news.DeliverDigest, d.Kind) {
		return false
	}
	_, _, ours := s.trace(m.Metadata)
	kind, _ := m.Metadata.EventPayload["kind"].(string)
	return ours && (kind == string(news.DeliverDigest) || kind == string(news.DeliverSignal))
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

// is reports whether a message is the delivery that is sought. A number says
// so only where neither has a promise: a store that was restored assigns numbers
// twice.
func (s *Sender) is(m slackgo.SlackMetadata, d notify.Sought) bool {
	number, promise, ours := s.trace(m)
	switch {
	case !ours:
		return false
	case promise == "" && d.Promise == "":
		return number == d.Delivery
	case promise == d.Promise:
		return true
	}
	kind, _ := m.EventPayload["kind"].(string)
	return alike(news.DeliveryKind(kind), d.Kind) && shares(m.EventPayload["marks"], d.Marks)
}

// among reports whether a message that was found is a digest, and not what was looked for.
func among(m slackgo.SlackMetadata, d notify.Sought) bool {
	kind, _ := m.EventPayload["kind"].(string)
	return kind == string(news.DeliverDigest) && d.Kind != news.DeliverDigest
}

// alike reports whether messages of two kinds say the same of a story. That a
// channel is told of it for the first time, a digest says, too.
func alike(a, b news.DeliveryKind) bool {
	first := func(k news.DeliveryKind) bool { return k == news.DeliverStory || k == news.DeliverDigest }
	return a == b || first(a) && first(b)
}

// shares reports whether a list in metadata has one of some texts.
func shares(list any, texts []string) bool {
	values, _ := list.([]any)
	return slices.ContainsFunc(values, func(v any) bool {
		text, ok := v.(string)
		return ok && slices.Contains(texts, text)
	})
}

// trace reads the number and the promise of a delivery from the metadata of a
// message; ours is false when another store posted it, or none.
func (s *Sender) trace(m slackgo.SlackMetadata) (number int64, promise string, ours bool) {
	if m.EventType != eventType {
		return 0, "", false
	}
	store, _, _ := strings.Cut(fmt.Sprint(m.EventPayload["store"]), epochMark)
	promise, _ = m.EventPayload["promise"].(string)
	switch v := m.EventPayload["delivery"].(type) {
	case float64:
		number = int64(v)
	case json.Number:
		number, _ = v.Int64()
	case string:
		number, _ = strconv.ParseInt(v, 10, 64)
	}
	return number, promise, store == s.store
}

// Newest looks for the newest message that the store has posted to a channel,
// among the channel's last ones.
func (s *Sender) Newest(ctx context.Context, channelID string) (notify.Trace, bool, error) {
	ctx, reached := watch(ctx)
	page, err := s.api.GetConversationHistoryContext(ctx, &slackgo.GetConversationHistoryParameters{
		ChannelID: channelID, IncludeAllMetadata: true, Limit: newestAmong,
	})
	switch {
	case refusedWith(err, "not_in_channel"):
		return notify.Trace{}, false, nil // the bot has not been here, or may not look
	case err != nil:
		return notify.Trace{}, false, lookupError(err, reached.Load())
	case !page.Ok:
		return notify.Trace{}, false, &notify.SendError{Problem: notify.Temporary, Err: errors.New("read history: the answer is empty")}
	}
	for _, m := range page.Messages {
		if number, promise, ours := s.trace(m.Metadata); ours && number > 0 { // a test message has none
			return notify.Trace{Delivery: number, Promise: promise, Sent: timeOf(m.Timestamp)}, true, nil
		}
	}
	return notify.Trace{}, false, nil
}

// newestAmong is how many messages of a channel Newest looks through.
const newestAmong = 200

// timeOf reads the time in a message's timestamp.
func timeOf(ts string) time.Time {
	seconds, err := strconv.ParseFloat(ts, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(int64(seconds * 1000)).UTC()
}
