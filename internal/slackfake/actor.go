package slackfake

import (
	"encoding/json"
	"fmt"
	"slices"
)

// What the workspace and the app are called.
const (
	team = "T0FAKE"
	app  = "A0FAKE"
)

// Actor is a person who uses Slack. Each of its methods does what a person can
// do, and returns when the app has acknowledged it, else with
// ErrNotAcknowledged.
type Actor struct {
	server *Server
	id     string
}

// As returns the user of an ID. It need not be among Options.Users.
func (s *Server) As(userID string) Actor { return Actor{s, userID} }

// Press presses a button, or chooses an option of a menu, of a message as it
// stands. value is what the button or option carries; "" takes the first one of
// the action.
func (p Actor) Press(channel, ts, action, value string) (Envelope, error) {
	return p.press(channel, ts, -1, [2]string{action, value})
}

// PressOld presses a button that a message had when it was edited so many
// times: that of a client that did not show the newest edit yet.
func (p Actor) PressOld(channel, ts string, edits int, action, value string) (Envelope, error) {
	return p.press(channel, ts, edits, [2]string{action, value})
}

func (p Actor) press(channel, ts string, edits int, what [2]string) (Envelope, error) {
	s := p.server
	s.mu.Lock()
	payload, err := p.pressed(channel, ts, edits, what)
	s.mu.Unlock()
	if err != nil {
		return Envelope{}, err
	}
	return s.Link.deliver(interaction, payload, false)
}

// pressed builds what is sent when a button of a message is pressed.
func (p Actor) pressed(channel, ts string, edits int, what [2]string) (map[string]any, error) {
	s := p.server
	c, m := s.channel(channel), (*Message)(nil)
	if c != nil {
		m = s.find(c.ID, ts)
	}
	if c != nil && m == nil {
		m = s.desk.whispered(p.id, c.ID, ts)
	}
	if m == nil {
		return nil, fmt.Errorf("press a button: no message %s in %s", ts, channel)
	}
	blocks, shown := m.Blocks, m.show(true)
	if edits >= 0 && edits < len(m.Before) {
		blocks = m.Before[edits]
		shown["blocks"] = blocks
	}
	action, err := actionOf(blocks, what[0], what[1])
	if err != nil {
		return nil, err
	}
	action["action_ts"] = stamp(s.opt.Now())
	container := map[string]any{"type": "message", "message_ts": ts, "channel_id": c.ID, "is_ephemeral": m.Only != ""}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	payload := p.payload("block_actions")
	payload["container"], payload["channel"] = container, map[string]any{"id": c.ID, "name": c.Name}
	payload["actions"], payload["state"] = []any{action}, map[string]any{"values": map[string]any{}}
	payload["response_url"] = s.desk.responseURL(s, p.id, c.ID)
	if m.Only == "" {
		payload["message"] = shown
	}
	return payload, nil
}

// payload is what every interaction carries; the mutex is held.
func (p Actor) payload(kind string) map[string]any {
	s := p.server
	name := s.opt.nameOf(p.id)
	return map[string]any{
		"type": kind, "token": "legacy", "api_app_id": app, "team": map[string]any{"id": team, "domain": "fake"}, "enterprise": nil,
		"is_enterprise_install": false, "user": map[string]any{"id": p.id, "username": name, "name": name, "team_id": team},
		"trigger_id": s.desk.trigger(s, p.id),
	}
}

// actionOf finds a button, or an option of a menu, in blocks, and returns it as
// it is when it was used.
func actionOf(blocks json.RawMessage, action, value string) (map[string]any, error) {
	var all []map[string]any
	if blocks != nil && json.Unmarshal(blocks, &all) != nil {
		return nil, fmt.Errorf("read blocks %.100s", blocks)
	}
	for _, b := range all {
		elements, _ := b["elements"].([]any)
		for _, e := range append(slices.Clone(elements), b["accessory"]) {
			o, _ := e.(map[string]any)
			if o["action_id"] != action {
				continue
			}
			if used := useOf(o, value); used != nil {
				used["action_id"], used["block_id"], used["type"] = action, b["block_id"], o["type"]
				return used, nil
			}
		}
	}
	return nil, fmt.Errorf("press a button: there is no %s with the value %q", action, value)
}

// useOf is what using an element adds to the action; nil when it carries another
// value.
func useOf(o map[string]any, value string) map[string]any {
	if o["type"] == "button" {
		if value != "" && o["value"] != value {
			return nil
		}
		return map[string]any{"text": o["text"], "value": o["value"]}
	}
	for _, option := range optionsOf(o) {
		if value == "" || option["value"] == value {
			return map[string]any{"selected_option": option}
		}
	}
	return nil
}

// optionsOf are the options of a menu, in groups or not.
func optionsOf(o map[string]any) []map[string]any {
	var all []map[string]any
	options, _ := o["options"].([]any)
	groups, _ := o["option_groups"].([]any)
	for _, g := range groups {
		group, _ := g.(map[string]any)
		more, _ := group["options"].([]any)
		options = append(options, more...)
	}
	for _, v := range options {
		if option, ok := v.(map[string]any); ok {
			all = append(all, option)
		}
	}
	return all
}

// PressIn presses a button in a modal or in the App Home, by its view's ID.
func (p Actor) PressIn(viewID, action, value string) (Envelope, error) {
	s := p.server
	s.mu.Lock()
	v := s.desk.view(viewID)
	if v == nil || v.User != p.id || !v.Open {
		s.mu.Unlock()
		return Envelope{}, fmt.Errorf("press a button: %s has no view %s open", p.id, viewID)
	}
	used, err := actionOf(v.Blocks, action, value)
	payload := p.payload("block_actions")
	payload["container"] = map[string]any{"type": "view", "view_id": v.ID}
	payload["view"], payload["actions"] = v.show(), []any{used}
	s.mu.Unlock()
	if err != nil {
		return Envelope{}, err
	}
	used["action_ts"] = stamp(s.opt.Now())
	return s.Link.deliver(interaction, payload, false)
}

// Shortcut uses a shortcut of the app on a message.
func (p Actor) Shortcut(channel, ts, callbackID string) (Envelope, error) {
	s := p.server
	s.mu.Lock()
	c, m := s.channel(channel), (*Message)(nil)
	if c != nil {
		m = s.find(c.ID, ts)
	}
	if m == nil {
		s.mu.Unlock()
		return Envelope{}, fmt.Errorf("use a shortcut: no message %s in %s", ts, channel)
	}
	payload := p.payload("message_action")
	payload["callback_id"], payload["message_ts"], payload["message"] = callbackID, ts, m.show(true)
	payload["channel"], payload["action_ts"] = map[string]any{"id": c.ID, "name": c.Name}, stamp(s.opt.Now())
	payload["response_url"] = s.desk.responseURL(s, p.id, c.ID)
	s.mu.Unlock()
	return s.Link.deliver(interaction, payload, false)
}

// Slash types a slash command, such as "/copytaster status", in a channel.
func (p Actor) Slash(channel, command, text string) (Envelope, error) {
	s := p.server
	s.mu.Lock()
	c := s.channel(channel)
	if c == nil {
		s.mu.Unlock()
		return Envelope{}, fmt.Errorf("type a command: no channel %s", channel)
	}
	payload := map[string]any{
		"token": "legacy", "team_id": team, "team_domain": "fake", "channel_id": c.ID, "channel_name": c.Name, "user_id": p.id,
		"user_name": s.opt.nameOf(p.id), "command": command, "text": text, "api_app_id": app, "is_enterprise_install": "false",
		"response_url": s.desk.responseURL(s, p.id, c.ID), "trigger_id": s.desk.trigger(s, p.id),
	}
	s.mu.Unlock()
	return s.Link.deliver(slash, payload, true)
}

// OpenHome opens the app's home.
func (p Actor) OpenHome() (Envelope, error) {
	event := map[string]any{"type": "app_home_opened", "user": p.id, "channel": "D0FAKE", "tab": "home"}
	if home, ok := p.server.Home(p.id); ok {
		event["view"] = home.show()
	}
	return p.server.Link.Emit(event)
}

// nameOf is the name of a user.
func (o *Options) nameOf(id string) string {
	if i := slices.IndexFunc(o.Users, func(u User) bool { return u.ID == id }); i >= 0 {
		return o.Users[i].Name
	}
	return "somebody"
}
