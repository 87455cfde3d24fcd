package slackfake

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Limits of chat.postMessage. Slack cuts texts at 40,000 characters and
// refuses blocks of about 13,200 characters in all without saying where the
// line is; the fake draws both as hard lines, the second one lower. The size
// of metadata is not documented.
const (
	maxText     = 40_000
	maxInBlocks = 10_000
	maxMetadata = 8_000
)

// bot is the user that the token belongs to.
const bot = "U0FAKEBOT"

// post is chat.postMessage.
func (s *Server) post(a args) reply {
	c, bad := s.postable(a.text("channel"))
	if bad.code != "" {
		return bad
	}
	m, bad := message(a)
	if bad.code != "" {
		return bad
	}
	if wait := s.throttle(c.ID, s.opt.Rate, s.opt.Burst); wait > 0 {
		return throttled(wait)
	}
	if bad := s.thread(c.ID, a, &m); bad.code != "" {
		return bad
	}
	m.Channel, m.TS, m.stored = c.ID, s.nextTS(), s.opt.Now()
	s.messages = append(s.messages, m)
	return reply{fields: map[string]any{"channel": c.ID, "ts": m.TS, "message": m.show(true)}}
}

// thread puts a message in the thread that it is posted to. Where the parent
// does not exist any more, Slack posts the reply to the channel itself and
// reports no error.
func (s *Server) thread(channel string, a args, m *Message) reply {
	ts, broadcast := a.text("thread_ts"), a.flag("reply_broadcast", false)
	parent := s.find(channel, ts)
	switch {
	case ts == "" && broadcast:
		return refuse("invalid_arguments", "reply_broadcast wants a thread_ts")
	case parent == nil:
		return reply{}
	case parent.ThreadTS != "":
		return refuse("invalid_arguments", "thread_ts is that of a reply, not of its parent")
	}
	m.ThreadTS, m.Broadcast = ts, broadcast
	return reply{}
}

// message reads and checks what a message says.
func message(a args) (Message, reply) {
	m := Message{Text: a.text("text"), Unfurl: a.flag("unfurl_links", false) || a.flag("unfurl_media", true)}
	if utf8.RuneCountInString(m.Text) > maxText {
		return m, refuse("msg_too_long", "text")
	}
	if err := literal("text", m.Text); err != nil {
		return m, refuse("invalid_arguments", err.Error())
	}
	blocks, ok := a.value("blocks")
	if !ok {
		return m, refuse("invalid_blocks_format", "blocks are no JSON")
	}
	if err := checkBlocks(blocks); err != nil {
		return m, refuse("invalid_blocks", err.Error())
	}
	if weight(blocks) > maxInBlocks {
		return m, refuse("msg_blocks_too_long", "")
	}
	if list, _ := blocks.([]any); len(list) == 0 && m.Text == "" {
		return m, refuse("no_text", "")
	}
	if blocks != nil {
		m.Blocks = encode(blocks)
	}
	m.Mentions = append(mentionsInText(m.Text, a), mentionsInBlocks(blocks)...)
	return m, m.readMetadata(a)
}

// encode writes a value as JSON again that was read from it.
func encode(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // what came from JSON can go back there
	}
	return raw
}

// eventType is the form of metadata's event types in Slack's examples.
var eventType = regexp.MustCompile(`^[a-zA-Z0-9_.]{1,255}$`)

func (m *Message) readMetadata(a args) reply {
	v, ok := a.value("metadata")
	if !ok {
		return refuse("invalid_metadata_format", "metadata is no JSON")
	}
	if v == nil {
		return reply{}
	}
	fields, isObject := v.(map[string]any)
	name, _ := fields["event_type"].(string)
	payload, hasPayload := fields["event_payload"].(map[string]any)
	if !isObject || !hasPayload || !eventType.MatchString(name) {
		return refuse("invalid_metadata_format", "metadata wants event_type and event_payload")
	}
	if len(encode(v)) > maxMetadata {
		return refuse("metadata_too_large", "")
	}
	m.EventType, m.EventPayload = name, payload
	return reply{}
}

// show returns a message as Slack's answers do.
func (m *Message) show(metadata bool) map[string]any {
	fields := map[string]any{"type": "message", "user": bot, "bot_id": "B0FAKEBOT", "ts": m.TS, "text": m.Text}
	switch {
	case m.Tombstone:
		fields["subtype"], fields["user"] = "tombstone", "USLACKBOT"
	case m.Broadcast:
		fields["subtype"] = "thread_broadcast"
	}
	if m.Blocks != nil {
		fields["blocks"] = m.Blocks
	}
	if m.ThreadTS != "" {
		fields["thread_ts"] = m.ThreadTS
	}
	if metadata && m.EventType != "" {
		fields["metadata"] = map[string]any{"event_type": m.EventType, "event_payload": m.EventPayload}
	}
	return fields
}

// postable finds a channel, by ID or name, that the bot may post to.
func (s *Server) postable(nameOrID string) (*Channel, reply) {
	c := s.channel(nameOrID)
	switch {
	case c == nil, c.Private && !c.Member:
		return nil, refuse("channel_not_found", "")
	case c.Archived:
		return nil, refuse("is_archived", "")
	case !c.Member && !slices.Contains(s.opt.Scopes, "chat:write.public"):
		return nil, refuse("not_in_channel", "")
	}
	return c, reply{}
}

// find finds a message; nil when there is none.
func (s *Server) find(channel, ts string) *Message {
	for i := range s.messages {
		if m := &s.messages[i]; m.Channel == channel && m.TS == ts {
			return m
		}
	}
	return nil
}

// nextTS returns a timestamp later than any before.
func (s *Server) nextTS() string {
	s.lastTS = max(s.lastTS+1, s.opt.Now().UnixMicro())
	return fmt.Sprintf("%d.%06d", s.lastTS/1e6, s.lastTS%1e6)
}

// bucket is how many calls of a kind are still taken at a time.
type bucket struct {
	calls float64
	at    time.Time
}

// throttle takes one call from a bucket that is refilled at a rate a second up
// to most, or says how long to wait; a rate of 0 is any.
func (s *Server) throttle(name string, rate float64, most int) time.Duration {
	if rate <= 0 {
		return 0
	}
	now := s.opt.Now()
	b, ok := s.buckets[name]
	if !ok {
		b = bucket{calls: float64(most), at: now}
	}
	b.calls = min(float64(most), b.calls+now.Sub(b.at).Seconds()*rate)
	b.at = now
	wait := time.Duration(0)
	if b.calls < 1 {
		wait = time.Duration((1 - b.calls) / rate * float64(time.Second))
	} else {
		b.calls--
	}
	s.buckets[name] = b
	return wait
}

// throttled is the answer to a call that comes too early.
func throttled(wait time.Duration) reply {
	seconds := strconv.Itoa(int(math.Ceil(wait.Seconds())))
	return reply{code: "ratelimited", status: http.StatusTooManyRequests, header: map[string]string{"Retry-After": seconds}}
}
