package slackfake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// started serves a fake for the length of a test.
func started(t *testing.T, o Options) *Server {
	t.Helper()
	s := New(o)
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// answer is what a call was answered.
type answer struct {
	status int
	header http.Header
	body   string
	fields struct {
		OK       bool
		Error    string
		TS       string
		Channel  any
		Channels []struct{ ID, Name string }
		Members  []struct{ ID, Name string }
		Messages []struct {
			TS, Text string
			Metadata map[string]any
		}
		Needed           string
		HasMore          bool `json:"has_more"`
		ResponseMetadata struct {
			NextCursor string `json:"next_cursor"`
		} `json:"response_metadata"`
	}
}

// form calls a method with a form, as slack-go does; pairs are names and
// values.
func form(t *testing.T, s *Server, method string, pairs ...string) answer {
	t.Helper()
	values := url.Values{"token": {DefaultToken}}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return do(t, s, method, "application/x-www-form-urlencoded", values.Encode(), "")
}

func do(t *testing.T, s *Server, method, contentType, body, bearer string) answer {
	t.Helper()
	a, err := try(s, method, contentType, body, bearer)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func try(s *Server, method, contentType, body, bearer string) (answer, error) {
	req, err := http.NewRequest(http.MethodPost, s.URL()+method, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", contentType)
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	a := answer{status: resp.StatusCode, header: resp.Header, body: string(text)}
	_ = json.NewDecoder(bytes.NewReader(text)).Decode(&a.fields) // not every body is JSON
	return a, err
}

// now is a clock that stands still until it is moved.
func clock() (now func() time.Time, move func(time.Duration)) {
	at, mu := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC), new(sync.Mutex)
	return func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return at
		}, func(d time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			at = at.Add(d)
		}
}

func TestPost(t *testing.T) {
	now, _ := clock()
	s := started(t, Options{Now: now})
	for i, want := range []string{"1795413600.000000", "1795413600.000001"} {
		got := form(t, s, "chat.postMessage", "channel", "#news", "text", fmt.Sprint("text ", i), "unfurl_media", "false",
			"metadata", `{"event_type":"copytaster_alert","event_payload":{"delivery":7}}`)
		if !got.fields.OK || got.fields.TS != want || got.fields.Channel != "C000000001" {
			t.Errorf("%d: %s", i, got.body)
		}
	}
	m := s.Messages("C000000001")[1]
	if m.Text != "text 1" || m.EventType != "copytaster_alert" || fmt.Sprint(m.EventPayload["delivery"]) != "7" || m.Unfurl || m.Blocks != nil {
		t.Errorf("%+v", m)
	}
	if s.Messages("nowhere") != nil && len(s.Messages("nowhere")) > 0 {
		t.Error("messages of a channel that is not there")
	}
}

// TestBodies: the same call as a form and as JSON, and what is neither.
func TestBodies(t *testing.T) {
	s := started(t, Options{})
	const json, plain = "application/json; charset=utf-8", "application/x-www-form-urlencoded"
	for _, tt := range []struct{ name, contentType, body, bearer, want string }{
		{"form", plain, "token=xoxb-fake&channel=news&text=x", "", ""},
		{"form with bearer", plain, "channel=news&text=x", "xoxb-fake", ""},
		{"JSON", json, `{"channel":"news","blocks":[{"type":"divider"}],"unfurl_links":true}`, "xoxb-fake", ""},
		{"JSON with blocks as text", json, `{"channel":"news","blocks":"[{\"type\":\"divider\"}]"}`, "xoxb-fake", ""},
		{"JSON cannot carry the token", json, `{"channel":"news","text":"x","token":"xoxb-fake"}`, "", "not_authed"},
		{"no token", plain, "channel=news&text=x", "", "not_authed"},
		{"another token", plain, "channel=news&text=x", "xoxb-other", "invalid_auth"},
		{"broken JSON", json, `{"channel":`, "xoxb-fake", "invalid_json"},
		{"a list", json, `[]`, "xoxb-fake", "invalid_json"},
		{"a broken form", plain, "channel=%zz", "xoxb-fake", "invalid_form_data"},
		{"not UTF-8", plain, "channel=news&text=%ff", "xoxb-fake", "invalid_charset"},
		{"another charset", "application/json; charset=latin1", `{}`, "xoxb-fake", "invalid_charset"},
		{"another type", "text/plain", "channel=news", "xoxb-fake", "invalid_post_type"},
		{"no type", "", "channel=news", "xoxb-fake", "invalid_post_type"},
		{"too much", plain, "text=" + strings.Repeat("x", maxBody), "xoxb-fake", "request_timeout"},
	} {
		if got := do(t, s, "chat.postMessage", tt.contentType, tt.body, tt.bearer); got.fields.Error != tt.want || got.status != 200 {
			t.Errorf("%s: %d %s, want %q", tt.name, got.status, got.body, tt.want)
		}
	}
	if n := len(s.Messages("news")); n != 4 {
		t.Errorf("%d messages", n)
	}
	if got := form(t, s, "chat.deleteEverything"); got.fields.Error != "unknown_method" {
		t.Error(got.body)
	}
}

func TestChannels(t *testing.T) {
	s := started(t, Options{Channels: []Channel{
		{Name: "in", Member: true}, {Name: "out"}, {Name: "old", Archived: true, Member: true},
		{Name: "secret", Private: true, Member: true}, {Name: "hidden", Private: true},
	}})
	for _, tt := range []struct{ method, channel, want string }{
		{"chat.postMessage", "in", ""},
		{"chat.postMessage", "out", "not_in_channel"},
		{"chat.postMessage", "C000000003", "is_archived"},
		{"chat.postMessage", "secret", ""},
		{"chat.postMessage", "hidden", "channel_not_found"},
		{"conversations.history", "C000000001", ""},
		{"conversations.history", "in", "channel_not_found"}, // only posting takes names
		{"conversations.history", "C000000002", "not_in_channel"},
		{"conversations.history", "C000000005", "channel_not_found"},
		{"conversations.info", "C000000002", ""},
		{"conversations.info", "C000000005", "channel_not_found"},
		{"conversations.join", "C000000003", "is_archived"},
		{"conversations.join", "C000000004", "method_not_supported_for_channel_type"},
		{"conversations.join", "C000000005", "channel_not_found"},
		{"conversations.join", "C000000002", ""},
		{"chat.postMessage", "out", ""}, // joined by now
		{"conversations.history", "C000000002", ""},
	} {
		if got := form(t, s, tt.method, "channel", tt.channel, "text", "x"); got.fields.Error != tt.want {
			t.Errorf("%s %s: %s, want %q", tt.method, tt.channel, got.body, tt.want)
		}
	}
	if c, ok := s.Channel("out"); !ok || !c.Member {
		t.Errorf("%+v", c)
	}
	c, _ := s.Channel("in")
	c.Archived = true
	s.AddChannel(c)
	if got := form(t, s, "chat.postMessage", "channel", "C000000001", "text", "x"); got.fields.Error != "is_archived" {
		t.Error(got.body)
	}
	if _, ok := s.Channel("in"); ok {
		t.Error("an archived channel has given up its name")
	}
}

func TestList(t *testing.T) {
	channels := []Channel{{Name: "old", Archived: true}, {Name: "secret", Private: true, Member: true}, {Name: "hidden", Private: true}}
	for i := range 10 {
		channels = append(channels, Channel{Name: fmt.Sprint("room-", i)})
	}
	s := started(t, Options{Channels: channels, PageSize: 4})
	for _, tt := range []struct {
		name  string
		args  []string
		count int
		pages int
	}{
		{"public", nil, 11, 3},
		{"without archived", []string{"exclude_archived", "true"}, 10, 3},
		{"private", []string{"types", "private_channel"}, 1, 1},
		{"both", []string{"types", "public_channel,private_channel", "exclude_archived", "1", "limit", "999"}, 11, 3},
		{"small pages", []string{"limit", "2"}, 11, 6},
	} {
		seen, cursor, pages := map[string]bool{}, "", 0
		for pages == 0 || cursor != "" {
			got := form(t, s, "conversations.list", append(slices.Clone(tt.args), "cursor", cursor)...)
			if !got.fields.OK {
				t.Fatal(got.body)
			}
			for _, c := range got.fields.Channels {
				seen[c.Name] = true
			}
			cursor = got.fields.ResponseMetadata.NextCursor
			pages++
		}
		if len(seen) != tt.count || pages != tt.pages {
			t.Errorf("%s: %d channels on %d pages, want %d on %d", tt.name, len(seen), pages, tt.count, tt.pages)
		}
	}
	for arg, want := range map[string]string{"limit=1000": "invalid_limit", "limit=x": "invalid_limit", "cursor=x": "invalid_cursor",
		"cursor=after:99": "invalid_cursor", "types=public": "invalid_types"} {
		name, value, _ := strings.Cut(arg, "=")
		if got := form(t, s, "conversations.list", name, value); got.fields.Error != want {
			t.Errorf("%s: %s, want %s", arg, got.body, want)
		}
	}
}

func TestHistoryAndReplies(t *testing.T) {
	now, move := clock()
	s := started(t, Options{Now: now, PageSize: 2})
	var ts []string
	post := func(text string, more ...string) {
		args := append([]string{"channel", "news", "text", text, "metadata", `{"event_type":"e","event_payload":{"text":"` + text + `"}}`}, more...)
		ts = append(ts, form(t, s, "chat.postMessage", args...).fields.TS)
		move(time.Second)
	}
	post("a")
	post("b")
	post("b1", "thread_ts", ts[1])
	post("b2", "thread_ts", ts[1], "reply_broadcast", "true")
	post("c")
	read := func(method string, more ...string) string {
		var texts []string
		for cursor, first := "", true; first || cursor != ""; first = false {
			got := form(t, s, method, append([]string{"channel", "C000000001", "cursor", cursor}, more...)...)
			if cursor = got.fields.ResponseMetadata.NextCursor; got.fields.HasMore != (cursor != "") || !got.fields.OK {
				t.Fatal(got.body)
			}
			for _, m := range got.fields.Messages {
				if m.Metadata != nil {
					m.Text += "+"
				}
				texts = append(texts, m.Text)
			}
		}
		return strings.Join(texts, " ")
	}
	for _, tt := range []struct {
		method string
		args   []string
		want   string
	}{
		{"conversations.history", nil, "c b2 b a"},
		{"conversations.history", []string{"include_all_metadata", "1"}, "c+ b2+ b+ a+"},
		{"conversations.history", []string{"oldest", ts[1]}, "c b2"},
		{"conversations.history", []string{"oldest", ts[1], "inclusive", "1"}, "c b2 b"},
		{"conversations.history", []string{"latest", ts[3]}, "b a"},
		{"conversations.history", []string{"oldest", "1795413600.500000", "latest", "1795413603"}, "b"},
		{"conversations.replies", []string{"ts", ts[1]}, "b b1 b2"},
		{"conversations.replies", []string{"ts", ts[0]}, "a"},
	} {
		if got := read(tt.method, tt.args...); got != tt.want {
			t.Errorf("%s %v: %s, want %s", tt.method, tt.args, got, tt.want)
		}
	}
	if got := form(t, s, "conversations.replies", "channel", "C000000001", "ts", "1.0"); got.fields.Error != "thread_not_found" {
		t.Error(got.body)
	}
	if got := form(t, s, "conversations.history", "channel", "C000000001", "oldest", "yesterday"); got.fields.Error != "invalid_ts_oldest" {
		t.Error(got.body)
	}
}

func TestUpdate(t *testing.T) {
	s := started(t, Options{})
	posted := form(t, s, "chat.postMessage", "channel", "news", "text", "a", "metadata", `{"event_type":"e","event_payload":{}}`)
	for i, text := range []string{"b", "<!here>"} {
		got := form(t, s, "chat.update", "channel", "C000000001", "ts", posted.fields.TS, "text", text)
		m := s.Messages("news")
		if !got.fields.OK || len(m) != 1 || m[0].Text != text || m[0].Edits != i+1 || m[0].EventType != "e" {
			t.Errorf("%s: %s, %+v", text, got.body, m)
		}
	}
	for _, tt := range []struct{ ts, text, want string }{
		{"1.000000", "x", "message_not_found"}, {posted.fields.TS, "", "no_text"},
	} {
		if got := form(t, s, "chat.update", "channel", "C000000001", "ts", tt.ts, "text", tt.text); got.fields.Error != tt.want {
			t.Errorf("%+v: %s", tt, got.body)
		}
	}
	if got := form(t, s, "chat.update", "channel", "news", "ts", posted.fields.TS, "text", "x"); got.fields.Error != "channel_not_found" {
		t.Error(got.body)
	}
}
