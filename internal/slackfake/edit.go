package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// update is chat.update.
func (s *Server) update(a args) reply {
	c, bad := s.byID(a.text("channel"))
	if bad.code != "" {
		return bad
	}
	old := s.find(c.ID, a.text("ts"))
	switch {
	case c.Archived:
		return refuse("is_inactive", "")
	case old == nil || old.Tombstone:
		return refuse("message_not_found", a.text("ts"))
	case s.opt.EditWindow > 0 && s.opt.Now().Sub(old.stored) > s.opt.EditWindow:
		return refuse("edit_window_closed", "")
	}
	m, bad := message(a)
	if bad.code != "" {
		return bad
	}
	if bad := replaceable(old.Blocks, m.Blocks); bad.code != "" {
		return bad
	}
	if m.EventType == "" {
		m.EventType, m.EventPayload = old.EventType, old.EventPayload
	}
	m.Channel, m.TS, m.ThreadTS, m.Broadcast, m.Edits, m.stored = old.Channel, old.TS, old.ThreadTS, old.Broadcast,
		old.Edits+1, old.stored
	m.Before = slices.Concat(old.Before, []json.RawMessage{old.Blocks})
	m.Marked = old.Marked || m.Blocks == nil
	m.Mentions, m.Unfurl = old.Mentions, old.Unfurl // whom the post has notified
	*old = m
	return reply{fields: map[string]any{"channel": c.ID, "ts": m.TS, "text": m.Text, "message": m.show(true)}}
}

// replaceable checks whether the blocks of an edit may stand in place of those
// before it: rich text is replaced by rich text, and a block_id is never used
// again.
func replaceable(before, after json.RawMessage) reply {
	was, is := headsOf(before), headsOf(after)
	rich := func(b blockHead) bool { return b.Type == "rich_text" }
	if len(is) > 0 && slices.ContainsFunc(was, rich) && !slices.ContainsFunc(is, rich) {
		return refuse("block_mismatch", "rich text has to be replaced by rich text")
	}
	for _, b := range is {
		if b.ID != "" && slices.ContainsFunc(was, func(w blockHead) bool { return w.ID == b.ID }) {
			return refuse("invalid_blocks", fmt.Sprintf("block_id %q was used before the edit", b.ID))
		}
	}
	return reply{}
}

// blockHead is what an edit is checked by.
type blockHead struct {
	Type string `json:"type"`
	ID   string `json:"block_id"`
}

// headsOf reads blocks that were checked before.
func headsOf(blocks json.RawMessage) (all []blockHead) {
	if blocks != nil && json.Unmarshal(blocks, &all) != nil {
		return nil
	}
	return all
}

// permalink is chat.getPermalink.
func permalink(s *Server, a args) reply {
	c, bad := s.byID(a.text("channel"))
	if bad.code != "" {
		return bad
	}
	m := s.find(c.ID, a.text("message_ts"))
	if m == nil {
		return refuse("message_not_found", a.text("message_ts"))
	}
	link := workspaceURL + "archives/" + c.ID + "/p" + strings.Replace(m.TS, ".", "", 1)
	if m.ThreadTS != "" {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + c.ID
	}
	return reply{fields: map[string]any{"channel": c.ID, "permalink": link}}
}

// Delete deletes a message, as an administrator can. One that has replies leaves
// a tombstone, which keeps its thread.
func (s *Server) Delete(channelID, ts string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.find(channelID, ts)
	if m == nil {
		return
	}
	if slices.ContainsFunc(s.messages, func(r Message) bool { return r.Channel == channelID && r.ThreadTS == ts }) {
		*m = Message{Channel: m.Channel, TS: m.TS, Text: "This message was deleted.", Tombstone: true, stored: m.stored}
		return
	}
	s.messages = slices.DeleteFunc(s.messages, func(r Message) bool { return r.Channel == channelID && r.TS == ts })
}
