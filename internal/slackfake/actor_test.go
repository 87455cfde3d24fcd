package slackfake

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// listening is a fake with an app that acknowledges everything.
func listening(t *testing.T) (*Server, string) {
	t.Helper()
	s := started(t, Options{Users: []User{{ID: "U0ANNA", Name: "anna"}}})
	c, _ := dial(t, s)
	go c.acknowledge()
	got := form(t, s, "chat.postMessage", "channel", "news", "text", "x", "metadata", `{"event_type":"x","event_payload":{"delivery":7}}`, "blocks", buttons(1))
	if !got.fields.OK {
		t.Fatal(got.body)
	}
	return s, got.fields.TS
}

// buttons are blocks with a button and two menus; n is of the edition.
func buttons(n int) string {
	const blocks = `[{"type":"rich_text","block_id":"t.N","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"x"}]}]},
{"type":"actions","block_id":"do.N","elements":[
{"type":"button","action_id":"ct.ack","text":{"type":"plain_text","text":"Got it"},"value":"v1.N"},
{"type":"static_select","action_id":"ct.snooze","placeholder":{"type":"plain_text","text":"Snooze"},"option_groups":[{"label":{"type":"plain_text","text":"x"},
"options":[{"text":{"type":"plain_text","text":"1 h"},"value":"v1.N.1h"},{"text":{"type":"plain_text","text":"24 h"},"value":"v1.N.24h"}]}]},
{"type":"overflow","action_id":"ct.more","options":[{"text":{"type":"plain_text","text":"Why"},"value":"v1.N.why"}]}]}]`
	return strings.ReplaceAll(blocks, "N", string(rune('0'+n)))
}

// TestPress: only what a message shows can be pressed, or what it showed.
func TestPress(t *testing.T) {
	s, ts := listening(t)
	if got := form(t, s, "chat.update", "channel", "C000000001", "ts", ts, "text", "x", "blocks", buttons(2)); !got.fields.OK {
		t.Fatal(got.body)
	}
	anna := s.As("U0ANNA")
	for _, tt := range []struct {
		action, value string
		old           bool
		want          string // of the action; "" when there is none
	}{
		{"ct.ack", "v1.2", false, "v1.2"},
		{"ct.ack", "", false, "v1.2"},
		{"ct.ack", "v1.1", false, ""},
		{"ct.ack", "v1.1", true, "v1.1"},
		{"ct.ack", "v1.2", true, ""},
		{"ct.snooze", "v1.2.24h", false, "v1.2.24h"},
		{"ct.more", "v1.2.why", false, "v1.2.why"},
		{"ct.more", "v1.2.open", false, ""},
		{"ct.undo", "", false, ""},
	} {
		e, err := anna.Press("news", ts, tt.action, tt.value)
		if tt.old {
			e, err = anna.PressOld("news", ts, 0, tt.action, tt.value)
		}
		var p struct {
			Message struct{ Metadata map[string]any }
			User    struct{ Username string }
			Actions []struct {
				Value  string
				Option struct{ Value string } `json:"selected_option"`
			}
			Trigger string `json:"trigger_id"`
			URL     string `json:"response_url"`
		}
		if err == nil {
			err = json.Unmarshal(e.Payload, &p)
		}
		switch {
		case (err == nil) != (tt.want != ""):
			t.Errorf("%+v: %v", tt, err)
		case err == nil && (len(p.Actions) != 1 || p.Actions[0].Value+p.Actions[0].Option.Value != tt.want ||
			p.User.Username != "anna" || p.Message.Metadata == nil || p.Trigger == "" || p.URL == ""):
			t.Errorf("%+v: %s", tt, e.Payload)
		}
	}
	s.Delete("C000000001", ts)
	if _, err := anna.Press("news", ts, "ct.ack", ""); err == nil {
		t.Error("pressed on a message that was deleted")
	}
}

// TestWhisper: an ephemeral message is seen by one person, who can press its
// buttons.
func TestWhisper(t *testing.T) {
	s, _ := listening(t)
	if got := form(t, s, "chat.postEphemeral", "channel", "C000000001", "user", "U0ANNA", "text", "x", "blocks", buttons(3)); !got.fields.OK {
		t.Fatal(got.body)
	}
	all := s.Whispers("U0ANNA")
	if len(all) != 1 || len(s.Messages("news")) != 1 {
		t.Fatalf("%+v", all)
	}
	e, err := s.As("U0ANNA").Press("news", all[0].TS, "ct.ack", "")
	if err != nil || !strings.Contains(string(e.Payload), `"is_ephemeral":true`) || strings.Contains(string(e.Payload), `"message":{`) {
		t.Errorf("%s %v", e.Payload, err)
	}
	if _, err := s.As("U0BOB").Press("news", all[0].TS, "ct.ack", ""); err == nil {
		t.Error("somebody else presses")
	}
	for want, pairs := range map[string][]string{
		"channel_not_found":   {"channel", "C1", "user", "U0ANNA", "text", "x"},
		"user_not_in_channel": {"channel", "news", "user", "anna", "text", "x"},
		"no_text":             {"channel", "news", "user", "U0ANNA"},
		"invalid_arguments":   {"channel", "news", "user", "U0ANNA", "text", "x", "ts", "1.2"},
	} {
		if got := form(t, s, "chat.postEphemeral", pairs...); got.fields.Error != want {
			t.Errorf("%v: %s, want %s", pairs, got.body, want)
		}
	}
}

// TestViews: which views are shown, and what is wrong with the others.
func TestViews(t *testing.T) {
	text, err := os.ReadFile("testdata/views.txt")
	if err != nil {
		t.Fatal(err)
	}
	want, cases := "", 0
	for line := range strings.SplitSeq(string(text), "\n") {
		view, ok := strings.CutPrefix(line, "\t")
		if !ok {
			want = strings.TrimSuffix(line, "shown")
			continue
		}
		cases++
		s := New(Options{})
		method, key, value := "views.open", "trigger_id", s.desk.trigger(s, "U0ANNA")
		if strings.Contains(view, `"home"`) {
			method, key, value = "views.publish", "user_id", "U0ANNA"
		}
		got := s.call(method, args{"token": DefaultToken, key: value, "view": view})
		if got.detail != want || (got.code == "") != (want == "") {
			t.Errorf("%s:\n%s %s, want %q", view, got.code, got.detail, want)
		}
	}
	if cases < 15 {
		t.Errorf("only %d cases", cases)
	}
}

// TestUpdatedView: a view is replaced as long as it is open, by those who saw its
// last state.
func TestUpdatedView(t *testing.T) {
	s := New(Options{})
	const view = `{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[{"type":"divider"}]}`
	shown := s.call("views.open", args{"token": DefaultToken, "trigger_id": s.desk.trigger(s, "U0ANNA"), "view": view})
	first, _ := shown.fields["view"].(map[string]any)
	id, hash := first["id"], first["hash"]
	for i, tt := range []struct {
		args args
		want string
	}{
		{args{"view_id": id, "hash": hash}, ""},
		{args{"view_id": id, "hash": hash}, "hash_conflict"},
		{args{"view_id": id}, ""},
		{args{"view_id": "V1"}, "not_found"},
		{args{"external_id": "x"}, "not_found"},
	} {
		tt.args["token"], tt.args["view"] = DefaultToken, view
		if got := s.call("views.update", tt.args); got.code != tt.want {
			t.Errorf("%d: %q %s, want %q", i, got.code, got.detail, tt.want)
		}
	}
	if all := s.Modals("U0ANNA"); len(all) != 1 || all[0].Updates != 2 {
		t.Errorf("%+v", all)
	}
}
