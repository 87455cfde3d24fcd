package slackfake

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	responseLives = 30 * time.Minute
	responseUses  = 5
	pathOfReplies = "/actions/"
)

// desk is what the app may do for what somebody did: open a view with its
// trigger, or answer at its response URL. It is guarded by the server's mutex.
type desk struct {
	dealt     int // numbers what follows
	triggers  map[string]*permit
	responses map[string]*permit // by path
	views     []*Surface
	whispers  []Message
}

// permit is a trigger or a response URL.
type permit struct {
	user, channel string
	issued        time.Time
	uses          int
}

func newDesk() *desk {
	return &desk{triggers: map[string]*permit{}, responses: map[string]*permit{}}
}

// trigger issues a trigger ID.
func (d *desk) trigger(s *Server, user string) string {
	d.dealt++
	id := fmt.Sprintf("%d.%d.fake", s.opt.Now().UnixMilli(), d.dealt)
	d.triggers[id] = &permit{user: user, issued: s.opt.Now()}
	return id
}

// responseURL issues a response URL.
func (d *desk) responseURL(s *Server, user, channel string) string {
	d.dealt++
	path := fmt.Sprintf("%s%s/%d/secret", pathOfReplies, team, d.dealt)
	d.responses[path] = &permit{user: user, channel: channel, issued: s.opt.Now()}
	return strings.TrimSuffix(s.url, "/api/") + path
}

// whispered finds a message that one user alone sees; nil when there is none.
func (d *desk) whispered(user, channel, ts string) *Message {
	i := slices.IndexFunc(d.whispers, func(m Message) bool { return m.Only == user && m.Channel == channel && m.TS == ts })
	if i < 0 {
		return nil
	}
	return &d.whispers[i]
}

// Whispers returns the messages that one user alone was shown, oldest first.
func (s *Server) Whispers(user string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.desk.whispers), func(m Message) bool { return m.Only != user })
}

// whisper is chat.postEphemeral.
func whisper(s *Server, a args) reply {
	c, bad := s.postable(a.text("channel"))
	if bad.code != "" {
		return bad
	}
	if !c.Member {
		return refuse("not_in_channel", "")
	}
	user := a.text("user")
	if err := id("UW")("user", user); err != nil {
		return refuse("user_not_in_channel", err.Error())
	}
	m, bad := message(a)
	if bad.code != "" {
		return bad
	}
	m.Channel, m.Only, m.ThreadTS, m.TS, m.stored = c.ID, user, a.text("thread_ts"), s.nextTS(), s.opt.Now()
	s.desk.whispers = append(s.desk.whispers, m)
	return reply{fields: map[string]any{"message_ts": m.TS}}
}

// respond answers a call of a response URL.
func (s *Server) respond(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	s.mu.Lock()
	defer s.mu.Unlock()
	code := s.desk.responded(s, r, body, err)
	s.calls = append(s.calls, Call{Method: "response_url", At: s.opt.Now(), Error: code})
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if code == "" {
		_, _ = io.WriteString(w, `{"ok":true}`)
		return
	}
	w.WriteHeader(http.StatusNotFound)
	_, _ = fmt.Fprintf(w, `{"ok":false,"error":%q}`, code)
}

// responded shows what was sent to a response URL, or says why not.
func (d *desk) responded(s *Server, r *http.Request, body []byte, err error) (code string) {
	p := d.responses[r.URL.Path]
	a := args{}
	switch {
	case err != nil, r.Method != http.MethodPost, !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"),
		json.Unmarshal(body, &a) != nil:
		return "invalid_payload"
	case p == nil:
		return "invalid_url"
	case s.opt.Now().Sub(p.issued) > responseLives:
		return "expired_url"
	case p.uses >= responseUses:
		return "used_url"
	case a.flag("replace_original", false), a.flag("delete_original", false), a.text("response_type") != "ephemeral":
		return "unsupported_by_the_fake"
	}
	p.uses++
	for name := range a {
		if !slices.Contains([]string{"text", "blocks", "response_type", "replace_original", "thread_ts"}, name) {
			return "invalid_payload"
		}
	}
	blocks, _ := a.value("blocks")
	if blocks != nil { // numbers are read as texts are
		var read any
		decoder := json.NewDecoder(strings.NewReader(string(encode(blocks))))
		decoder.UseNumber()
		if decoder.Decode(&read) != nil {
			return "invalid_blocks"
		}
		a["blocks"] = read
	}
	m, bad := message(a)
	if bad.code != "" {
		return bad.code
	}
	m.Channel, m.Only, m.ThreadTS, m.TS, m.stored = p.channel, p.user, a.text("thread_ts"), s.nextTS(), s.opt.Now()
	d.whispers = append(d.whispers, m)
	return ""
}

// userInfo is users.info.
func userInfo(s *Server, a args) reply {
	for _, u := range s.opt.Users {
		if u.ID == a.text("user") {
			fields := u.show()
			fields["tz"], fields["is_bot"] = u.Zone, u.Bot
			fields["is_restricted"], fields["is_ultra_restricted"] = u.Guest, false
			return reply{fields: map[string]any{"user": fields}}
		}
	}
	return refuse("user_not_found", a.text("user"))
}

// groupMembers is usergroups.users.list.
func groupMembers(s *Server, a args) reply {
	for _, g := range s.opt.Groups {
		if g.ID == a.text("usergroup") {
			return reply{fields: map[string]any{"users": append([]string{}, g.Users...)}}
		}
	}
	return refuse("no_such_subteam", a.text("usergroup"))
}
