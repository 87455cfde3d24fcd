package slack

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestDecodePress(t *testing.T) {
	got, err := decodeInteraction([]byte(pressed))
	if err != nil {
		t.Fatal(err)
	}
	want := Request{
		ID: "1.2.abc", Kind: Press, User: User{ID: "U0ANNA", Name: "anna", Team: "T1"}, Channel: "C0NEWS", ChannelName: "news",
		TS: "1795413600.000100", Delivery: 41, Promise: "p1", Action: "ct.ack", Value: "v1.4711", Trigger: "1.2.abc",
		ResponseURL: "https://hooks.slack.com/actions/T1/2/3", At: time.Date(2026, 11, 23, 6, 0, 5, 123e6, time.UTC),
		Values: nil,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestDecodeInteractions: what is read of each kind, in short.
func TestDecodeInteractions(t *testing.T) {
	for _, tt := range []struct{ name, payload, want string }{
		{"a menu", `{"type":"block_actions","user":{"id":"U1"},"trigger_id":"t","channel":{"id":"C1"},"container":{"message_ts":"1.2","thread_ts":"1.1"},` +
			`"actions":[{"action_id":"ct.more","type":"overflow","selected_option":{"text":{"type":"plain_text","text":"Why"},"value":"v1.7.why"}}]}`,
			"press ct.more v1.7.why C1 1.2 1.1"},
		{"an ephemeral message", `{"type":"block_actions","user":{"id":"U1"},"container":{"channel_id":"C1","message_ts":"1.2","is_ephemeral":true},` +
			`"actions":[{"action_id":"ct.undo","value":"v1.7"}]}`, "press ct.undo v1.7 C1 1.2  only"},
		{"the App Home", `{"type":"block_actions","user":{"id":"U1"},"container":{"type":"view","view_id":"V1"},"view":{"id":"V1"},` +
			`"actions":[{"action_id":"ct.unsnooze","value":"v1.7"}]}`, "press ct.unsnooze v1.7    V1"},
		{"a modal", `{"type":"view_submission","user":{"id":"U1"},"view":{"id":"V1","callback_id":"ct.irrelevant","private_metadata":"v1.7",` +
			`"state":{"values":{"reason":{"v":{"type":"radio_buttons","selected_option":{"value":"old"}}},"leave":{"v":{"type":"checkboxes",` +
			`"selected_options":[{"value":"n1"},{"value":"n2"}]}},"words":{"v":{"type":"plain_text_input","value":"a\nb"}},` +
			`"none":{"v":{"type":"plain_text_input","value":null}},"nothing":{"v":{"type":"static_select","selected_option":null}}}}}}`,
			`submit ct.irrelevant v1.7    V1 {"leave":["n1","n2"],"reason":["old"],"words":["a\nb"]}`},
		{"a modal that is closed", `{"type":"view_closed","user":{"id":"U1"},"view":{"id":"V1","callback_id":"ct.irrelevant"}}`, "close ct.irrelevant    V1"},
		{"a message shortcut", `{"type":"message_action","callback_id":"ct.why","user":{"id":"U1","name":"a"},"channel":{"id":"C1"},"message_ts":"1.2",` +
			`"message":{"ts":"1.2","thread_ts":"1.1"}}`, "shortcut ct.why  C1 1.2 1.1"},
		{"a shortcut", `{"type":"shortcut","callback_id":"ct.try","user":{"id":"U1"}}`, "shortcut ct.try    "},

		{"an old button", `{"type":"interactive_message","user":{"id":"U1"}}`, `unused: interaction of type "interactive_message": not used`},
		{"a menu that loads", `{"type":"block_suggestion","user":{"id":"U1"}}`, `unused: interaction of type "block_suggestion": not used`},
		{"nothing", `{}`, `unused: interaction of type "": not used`},
		{"null", `null`, `unused: interaction of type "": not used`},
		{"no user", `{"type":"shortcut","callback_id":"x"}`, `read shortcut: "" is no user`},
		{"an odd user", `{"type":"shortcut","callback_id":"x","user":{"id":"<!here>"}}`, `read shortcut: "<!here>" is no user`},
		{"an odd channel", `{"type":"shortcut","callback_id":"x","user":{"id":"U1"},"channel":{"id":"../x"}}`, `read shortcut: "../x" is no channel`},
		{"an odd message", `{"type":"message_action","callback_id":"x","user":{"id":"U1"},"channel":{"id":"C1"},"message_ts":"1"}`,
			`read shortcut: "1 " is no message`},
		{"a message of no channel", `{"type":"message_action","callback_id":"x","user":{"id":"U1"},"message_ts":"1.2"}`, `read shortcut: "" is no channel`},
		{"no callback", `{"type":"view_submission","user":{"id":"U1"},"view":{}}`, "read submit: it does not say of what"},
		{"a list", `[]`, "read interaction: json: cannot unmarshal array into Go value of type slack.interaction"},
		{"an odd state", `{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"x","state":{"values":[]}}}`,
			"read interaction: json: cannot unmarshal array into Go struct field .view.state.values of type map[string]map[string]slack.action"},
	} {
		r, err := decodeInteraction([]byte(tt.payload))
		if got := short(r, err); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.name, got, tt.want)
		}
	}
}

// short is what matters of a request, or its error.
func short(r Request, err error) string {
	switch {
	case errors.Is(err, errUnused):
		return "unused: " + err.Error()
	case err != nil:
		return err.Error()
	}
	said := strings.Join([]string{string(r.Kind), r.Action, r.Value, r.Channel, r.TS, r.Thread}, " ")
	if r.Only {
		said += " only"
	}
	if r.View != "" {
		said = strings.TrimRight(said, " ") + strings.Repeat(" ", 4) + r.View
	}
	if len(r.Values) > 0 {
		values, _ := json.Marshal(r.Values)
		said += " " + string(values)
	}
	return said
}

func TestDecodeEvents(t *testing.T) {
	for _, tt := range []struct{ name, event, want string }{
		{"home", `{"type":"app_home_opened","user":"U1","channel":"D1","tab":"home","event_ts":"1795413600.5"}`, "home U1 D1 "},
		{"messages", `{"type":"app_home_opened","user":"U1","channel":"D1","tab":"messages"}`, `event of type "app_home_opened": not used`},
		{"archived", `{"type":"channel_archive","channel":"C1","user":"U1"}`, "channel archived U1 C1 "},
		{"archived by nobody", `{"type":"group_archive","channel":"G1"}`, "channel archived  G1 "},
		{"deleted", `{"type":"channel_deleted","channel":"C1"}`, "channel archived  C1 "},
		{"back again", `{"type":"channel_unarchive","channel":"C1","user":"U1"}`, "channel opened U1 C1 "},
		{"renamed", `{"type":"channel_rename","channel":{"id":"C1","name":"new","created":1}}`, "channel renamed  C1 new"},
		{"tokens", `{"type":"tokens_revoked","tokens":{"oauth":["U1"],"bot":["U2"]}}`, "tokens revoked   "},
		{"uninstalled", `{"type":"app_uninstalled"}`, "app uninstalled   "},
		{"archived nothing", `{"type":"channel_archive"}`, `read channel archived: "" is no channel`},
		{"opened by a list", `{"type":"app_home_opened","user":[]}`, `read home: "" is no user`},
		{"another", `{"type":"reaction_added"}`, `event of type "reaction_added": not used`},
	} {
		r, err := decodeEvent([]byte(`{"type":"event_callback","event_id":"Ev1","event_time":1795413600,"event":` + tt.event + `}`))
		got := strings.Join([]string{string(r.Kind), r.User.ID, r.Channel, r.Text}, " ")
		if err != nil {
			got = err.Error()
		}
		if got != tt.want || err == nil && (r.ID != "Ev1" || r.At.Unix() != 1795413600) {
			t.Errorf("%s: %q, %s at %s; want %q", tt.name, got, r.ID, r.At, tt.want)
		}
	}
}

// TestHostileCommand: what people and strangers write is kept as far as it can be
// stored.
func TestHostileCommand(t *testing.T) {
	text := "try\x00 \ufffd\x1b[31m" + strings.Repeat("ä", 50_000) + "\n  never: [x]\n"
	fields := map[string]string{"user_id": "U1", "channel_id": "C1", "command": "/copytaster", "user_name": "a\nb\x07",
		"text": text, "trigger_id": strings.Repeat("1", 1000)}
	r, err := decodeCommand(func(name string) string { return fields[name] })
	if err != nil || !strings.HasPrefix(r.Text, "try [31mää") || utf8.RuneCountInString(r.Text) != mostTyped {
		t.Errorf("%.20q (%d), %v", r.Text, utf8.RuneCountInString(r.Text), err)
	}
	if r.User.Name != "a b" || len(r.ID) != 64 || len(r.Trigger) != mostID {
		t.Errorf("%q %q", r.User.Name, r.ID)
	}
}

// FuzzDecode: whatever comes in, all that is kept can be stored.
func FuzzDecode(f *testing.F) {
	f.Add(formType, payload(pressed))
	f.Add(formType, "command=%2Fcopytaster&text=%00&user_id=U1&channel_id=C1")
	f.Add(jsonType, `{"type":"event_callback","event_id":"Ev1","event":{"type":"channel_rename","channel":{"id":"C1","name":"\u0000"}}}`)
	f.Add(jsonType, `{"type":"url_verification","challenge":"x"}`)
	f.Add(formType, payload(`{"type":"view_submission","trigger_id":"\u0000","user":{"id":"U1"},"view":{"callback_id":"x","private_metadata":"\ud800","state":{"values":{"a":{"b":{"value":"\u0000c"}}}}}}`))
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r, challenge, err := decodeBody(contentType, []byte(body))
		if err != nil || challenge != "" {
			return
		}
		texts := []string{r.ID, r.User.ID, r.User.Name, r.User.Team, r.Channel, r.ChannelName, r.TS, r.Thread,
			r.Promise, r.Action, r.Value, r.View, r.Text, r.Trigger, r.ResponseURL}
		for block, values := range r.Values {
			texts = append(append(texts, block), values...)
		}
		for _, text := range texts {
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > mostTyped {
				t.Errorf("%q of %q", text, body)
			}
		}
		if r.ID == "" || r.Kind == "" {
			t.Errorf("%+v", r)
		}
	})
}
