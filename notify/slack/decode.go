package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// How much is kept of what comes in, in characters. Slack's own limits are
// lower, where it has any.
const (
	mostID     = 255
	mostName   = 100
	mostValue  = 3000
	mostTyped  = 40_000
	mostURL    = 2000
	mostInputs = 100 // values of a modal, for each input as well
)

// errUnused marks what Slack may send and copytaster does not use.
var errUnused = errors.New("not used")

// The forms of what names a user, a conversation and a message.
var (
	userID         = regexp.MustCompile(`^[UW][A-Z0-9]{1,40}$`)
	conversationID = regexp.MustCompile(`^[CGD][A-Z0-9]{1,40}$`)
	timestamp      = regexp.MustCompile(`^[0-9]{1,12}\.[0-9]{1,9}$`)
)

// interaction is the payload of what was done with a button, a menu, a modal or a
// shortcut.
type interaction struct {
	Type        string      `json:"type"`
	User        sentUser    `json:"user"`
	Channel     sentChannel `json:"channel"`
	Container   container   `json:"container"`
	Message     sentMessage `json:"message"`
	MessageTS   string      `json:"message_ts"`
	View        sentView    `json:"view"`
	Actions     []action    `json:"actions"`
	ActionTS    string      `json:"action_ts"`
	CallbackID  string      `json:"callback_id"`
	TriggerID   string      `json:"trigger_id"`
	ResponseURL string      `json:"response_url"`
}

type sentUser struct {
	ID       string `json:"id"`
	Username string `json:"username"`
	Name     string `json:"name"`
	TeamID   string `json:"team_id"`
}

type sentChannel struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type container struct {
	ChannelID string `json:"channel_id"`
	MessageTS string `json:"message_ts"`
	ThreadTS  string `json:"thread_ts"`
	Ephemeral bool   `json:"is_ephemeral"`
}

type sentMessage struct {
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts"`
	Metadata struct {
		EventType    string                     `json:"event_type"`
		EventPayload map[string]json.RawMessage `json:"event_payload"`
	} `json:"metadata"`
}

type sentView struct {
	ID         string `json:"id"`
	CallbackID string `json:"callback_id"`
	Metadata   string `json:"private_metadata"`
	State      struct {
		Values map[string]map[string]action `json:"values"`
	} `json:"state"`
}

// action is the use of a button or menu, or what an input of a modal holds.
type action struct {
	ActionID string   `json:"action_id"`
	ActionTS string   `json:"action_ts"`
	Value    string   `json:"value"`
	Option   option   `json:"selected_option"`
	Options  []option `json:"selected_options"`
}

type option struct {
	Value string `json:"value"`
}

// decodeInteraction reads the payload of an interaction.
func decodeInteraction(raw []byte) (Request, error) {
	var in interaction
	if err := json.Unmarshal(raw, &in); err != nil {
		return Request{}, fmt.Errorf("read interaction: %w", err)
	}
	r := Request{
		ID: in.TriggerID, User: in.User.kept(), Trigger: in.TriggerID, ResponseURL: kept(in.ResponseURL, mostURL),
		Channel: first(in.Channel.ID, in.Container.ChannelID), ChannelName: kept(in.Channel.Name, mostName),
		TS:     first(in.Container.MessageTS, in.Message.TS, in.MessageTS),
		Thread: first(in.Container.ThreadTS, in.Message.ThreadTS),
		Only:   in.Container.Ephemeral, View: kept(in.View.ID, mostID), At: timeOf(in.ActionTS),
		Action: kept(in.CallbackID, mostID),
	}
	r.Delivery, r.Promise = in.Message.delivery()
	switch in.Type {
	case "block_actions":
		if len(in.Actions) == 0 {
			return r, errors.New("read interaction: it has no action")
		}
		used := in.Actions[0]
		r.Kind, r.Action, r.At = Press, kept(used.ActionID, mostID), timeOf(used.ActionTS)
		r.Value = kept(first(used.Value, used.Option.Value), mostValue)
	case "view_submission", "view_closed":
		r.Kind = Submission
		if in.Type == "view_closed" {
			r.Kind = Closing
		}
		r.Action, r.Value = kept(in.View.CallbackID, mostID), kept(in.View.Metadata, mostValue)
		r.Values = in.View.values()
	case "message_action", "shortcut":
		r.Kind = Shortcut
	default:
		return r, fmt.Errorf("interaction of type %q: %w", kept(in.Type, mostName), errUnused)
	}
	return r.checked()
}

// decodeCommand reads the fields of a slash command.
func decodeCommand(field func(name string) string) (Request, error) {
	return Request{
		ID: field("trigger_id"), Kind: Command, Channel: field("channel_id"), ChannelName: kept(field("channel_name"), mostName),
		User:    sentUser{ID: field("user_id"), Name: field("user_name"), TeamID: field("team_id")}.kept(),
		Trigger: field("trigger_id"), ResponseURL: kept(field("response_url"), mostURL),
		Action: kept(field("command"), mostID), Text: keptLines(field("text"), mostTyped),
	}.checked()
}

// eventKinds are the events that are used, by Slack's names.
var eventKinds = map[string]RequestKind{
	"app_home_opened": HomeOpened,
	"channel_archive": ChannelArchived, "group_archive": ChannelArchived,
	"channel_deleted": ChannelArchived, "group_deleted": ChannelArchived,
	"channel_unarchive": ChannelOpened, "group_unarchive": ChannelOpened,
	"channel_rename": ChannelRenamed, "group_rename": ChannelRenamed,
	"tokens_revoked": TokensRevoked, "app_uninstalled": AppUninstalled,
}

// decodeEvent reads the payload of an event.
func decodeEvent(raw []byte) (Request, error) {
	var in struct {
		EventID   string `json:"event_id"`
		EventTime int64  `json:"event_time"`
		Event     struct {
			Type    string          `json:"type"`
			Tab     string          `json:"tab"`
			User    json.RawMessage `json:"user"`    // an ID, or an object
			Channel json.RawMessage `json:"channel"` // the same
			EventTS string          `json:"event_ts"`
		} `json:"event"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return Request{}, fmt.Errorf("read event: %w", err)
	}
	kind, ok := eventKinds[in.Event.Type]
	if !ok || kind == HomeOpened && in.Event.Tab != "home" && in.Event.Tab != "" {
		return Request{}, fmt.Errorf("event of type %q: %w", kept(in.Event.Type, mostName), errUnused)
	}
	r := Request{ID: in.EventID, Kind: kind, At: timeOf(in.Event.EventTS)}
	if r.At.IsZero() && in.EventTime > 0 {
		r.At = time.Unix(in.EventTime, 0).UTC()
	}
	var user sentUser
	var channel sentChannel
	user.ID, user.Name = named(in.Event.User)
	channel.ID, channel.Name = named(in.Event.Channel)
	r.User, r.Channel, r.ChannelName = user.kept(), channel.ID, kept(channel.Name, mostName)
	if kind == ChannelRenamed {
		r.Text = r.ChannelName
	}
	return r.checked()
}

// named reads an ID that stands alone, or in an object beside a name.
func named(raw json.RawMessage) (id, name string) {
	var object sentChannel
	if json.Unmarshal(raw, &id) == nil || json.Unmarshal(raw, &object) != nil {
		return id, ""
	}
	return object.ID, object.Name
}

// checked returns the request when it names who and what as it has to.
func (r Request) checked() (Request, error) {
	r.ID, r.Trigger = identified(r.ID), kept(r.Trigger, mostID)
	byPerson := r.Kind == Press || r.Kind == Submission || r.Kind == Closing || r.Kind == Command || r.Kind == Shortcut ||
		r.Kind == HomeOpened
	inChannel := r.Kind == Command || r.Kind == ChannelArchived || r.Kind == ChannelOpened || r.Kind == ChannelRenamed ||
		r.TS != "" && r.View == ""
	switch {
	case byPerson && !userID.MatchString(r.User.ID), r.User.ID != "" && !userID.MatchString(r.User.ID):
		return Request{}, fmt.Errorf("read %s: %q is no user", r.Kind, kept(r.User.ID, mostName))
	case inChannel && !conversationID.MatchString(r.Channel), r.Channel != "" && !conversationID.MatchString(r.Channel):
		return Request{}, fmt.Errorf("read %s: %q is no channel", r.Kind, kept(r.Channel, mostName))
	case r.TS != "" && !timestamp.MatchString(r.TS), r.Thread != "" && !timestamp.MatchString(r.Thread):
		return Request{}, fmt.Errorf("read %s: %q is no message", r.Kind, kept(r.TS+" "+r.Thread, mostName))
	case r.Action == "" && byPerson && r.Kind != HomeOpened:
		return Request{}, fmt.Errorf("read %s: it does not say of what", r.Kind)
	}
	return r, nil
}

// identified is an ID that can be stored: one that is too long, or no text, is
// replaced by its hash.
func identified(id string) string {
	if len(id) > mostID || kept(id, mostID) != id {
		return hashed([]byte(id))
	}
	return id
}

// hashed names what has no ID of its own.
func hashed(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func (u sentUser) kept() User {
	return User{ID: u.ID, Name: kept(first(u.Username, u.Name), mostName), Team: kept(u.TeamID, mostName)}
}

// delivery reads what the metadata of a message says of its delivery.
func (m sentMessage) delivery() (number int64, promise string) {
	if m.Metadata.EventType != eventType {
		return 0, ""
	}
	said := m.Metadata.EventPayload
	number, err := strconv.ParseInt(strings.Trim(string(said["delivery"]), `"`), 10, 64)
	if err != nil || json.Unmarshal(said["promise"], &promise) != nil && len(said["promise"]) > 0 {
		return 0, ""
	}
	return number, kept(promise, mostID)
}

// values are what a modal's inputs hold, by block_id.
func (v sentView) values() map[string][]string {
	all := map[string][]string{}
	for block, inputs := range v.State.Values {
		var held []string
		for _, in := range inputs {
			held = append(held, in.holds()...)
		}
		if len(held) > 0 && len(all) < mostInputs {
			all[kept(block, mostID)] = held[:min(len(held), mostInputs)]
		}
	}
	return all
}

// holds are the values that an input holds.
func (a action) holds() []string {
	var held []string
	for _, o := range append(a.Options, a.Option, option{a.Value}) {
		if o.Value != "" {
			held = append(held, keptLines(o.Value, mostValue))
		}
	}
	return held
}

// first returns the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// kept is the beginning of a text without what cannot be stored or shown.
func kept(s string, most int) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, keptLines(s, most))
}

// keptLines is kept for a text that may have line breaks and tabs.
func keptLines(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i]
		}
	}
	return s
}
