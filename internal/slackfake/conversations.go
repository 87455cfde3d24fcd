package slackfake

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// method is one method of the API.
type method struct {
	scopes []string // any one of them is enough
	do     func(*Server, args) reply
	tier3  bool     // 50 calls a minute
	args   []string // that are documented, beside the token; nil is not checked
	app    bool     // wants the app's own token
}

// methods are the methods that the fake knows.
var methods = map[string]method{
	"auth.test": {do: authTest},
	"chat.postMessage": {scopes: []string{"chat:write"}, do: (*Server).post, args: []string{
		"channel", "text", "blocks", "attachments", "markdown_text", "metadata", "mrkdwn", "parse", "link_names", "thread_ts",
		"reply_broadcast", "unfurl_links", "unfurl_media", "username", "icon_emoji", "icon_url", "as_user"}},
	"chat.update": {scopes: []string{"chat:write"}, do: (*Server).update, tier3: true, args: []string{
		"channel", "ts", "text", "blocks", "attachments", "markdown_text", "metadata", "parse", "link_names", "reply_broadcast",
		"file_ids", "as_user"}},
	"chat.getPermalink":     {do: permalink, args: []string{"channel", "message_ts"}},
	"conversations.list":    {scopes: []string{"channels:read", "groups:read"}, do: listChannels},
	"conversations.info":    {scopes: []string{"channels:read", "groups:read"}, do: channelInfo},
	"conversations.join":    {scopes: []string{"channels:join"}, do: joinChannel},
	"conversations.history": {scopes: []string{"channels:history", "groups:history"}, do: history, tier3: true},
	"conversations.replies": {scopes: []string{"channels:history", "groups:history"}, do: replies, tier3: true,
		args: []string{"channel", "ts", "cursor", "inclusive", "latest", "limit", "oldest", "include_all_metadata"}},
	"apps.connections.open": {do: openConnection, app: true, args: []string{}},
	"chat.postEphemeral": {scopes: []string{"chat:write"}, do: whisper, args: []string{
		"channel", "user", "text", "blocks", "attachments", "markdown_text", "mrkdwn", "parse", "link_names", "thread_ts", "username",
		"icon_emoji", "icon_url", "as_user"}},
	"views.open":            {do: openView, args: []string{"trigger_id", "interactivity_pointer", "view"}},
	"views.update":          {do: updateView, args: []string{"view", "view_id", "external_id", "hash"}},
	"views.publish":         {do: publishView, args: []string{"view", "user_id", "hash"}},
	"users.info":            {scopes: []string{"users:read"}, do: userInfo, args: []string{"user", "include_locale"}},
	"usergroups.users.list": {scopes: []string{"usergroups:read"}, do: groupMembers, args: []string{"usergroup", "include_disabled", "team_id"}},

	"users.conversations": {scopes: []string{"channels:read", "groups:read"}, do: channelsOf, tier3: true,
		args: []string{"user", "types", "exclude_archived", "limit", "cursor", "team_id"}},
	"users.list":      {scopes: []string{"users:read"}, do: users},
	"usergroups.list": {scopes: []string{"usergroups:read"}, do: groups},
}

// unknown returns an argument that a method does not know, "" when there is none.
func (m *method) unknown(a args) string {
	for name := range a {
		if m.args != nil && name != "token" && !slices.Contains(m.args, name) {
			return name
		}
	}
	return ""
}

// allScopes are the scopes of a token that was given none.
var allScopes = []string{
	"channels:history", "channels:join", "channels:read", "chat:write", "commands", "groups:history", "groups:read", "usergroups:read",
	"users:read",
}

// call carries one call out.
func (s *Server) call(name string, a args) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, ok := methods[name]
	switch token := a.text("token"); {
	case !ok:
		return refuse("unknown_method", name)
	case token == "":
		return refuse("not_authed", "")
	case m.app && token == s.opt.Token || !m.app && token == s.opt.AppToken:
		return refuse("not_allowed_token_type", "")
	case token != s.opt.Token && token != s.opt.AppToken:
		return refuse("invalid_auth", "")
	case s.revoked && !m.app:
		return refuse("token_revoked", "")
	case m.scopes != nil && !slices.ContainsFunc(m.scopes, s.has):
		return s.missing(m.scopes[0])
	}
	if name := m.unknown(a); name != "" {
		return refuse("invalid_arguments", "unknown argument "+name)
	}
	if m.tier3 {
		if wait := s.throttle(name, s.opt.Tier3/60, max(1, int(s.opt.Tier3))); wait > 0 {
			return throttled(wait)
		}
	}
	return m.do(s, a)
}

func (s *Server) scopes() []string {
	if s.opt.Scopes == nil {
		return allScopes
	}
	return s.opt.Scopes
}

func (s *Server) has(scope string) bool { return slices.Contains(s.scopes(), scope) }

func (s *Server) missing(scope string) reply {
	return reply{code: "missing_scope", fields: map[string]any{"needed": scope, "provided": strings.Join(s.scopes(), ",")}}
}

// workspaceURL is where the workspace is.
const workspaceURL = "https://fake.slack.com/"

func authTest(*Server, args) reply {
	return reply{fields: map[string]any{"url": workspaceURL, "team": "Fake", "user": "copytaster",
		"team_id": "T0FAKE", "user_id": bot, "bot_id": "B0FAKEBOT"}}
}

// list is conversations.list.
func listChannels(s *Server, a args) reply {
	return listed(s, a, func(Channel) bool { return true })
}

// channelsOf is users.conversations.
func channelsOf(s *Server, a args) reply {
	user := a.text("user")
	if err := id("UW")("user", user); err != nil {
		return refuse("user_not_found", err.Error())
	}
	return listed(s, a, func(c Channel) bool { return c.Users == nil || slices.Contains(c.Users, user) })
}

// listed is a page of some channels.
func listed(s *Server, a args, in func(Channel) bool) reply {
	types := strings.Split(a.text("types"), ",")
	if a.text("types") == "" {
		types = []string{"public_channel"}
	}
	for _, t := range types {
		switch {
		case !slices.Contains([]string{"public_channel", "private_channel", "mpim", "im"}, t):
			return refuse("invalid_types", t)
		case t == "public_channel" && !s.has("channels:read"):
			return s.missing("channels:read")
		case t == "private_channel" && !s.has("groups:read"):
			return s.missing("groups:read")
		}
	}
	limit, ok := a.limit(999, s.opt.PageSize)
	if !ok {
		return refuse("invalid_limit", a.text("limit"))
	}
	all := []map[string]any{}
	for _, c := range s.channels {
		if !in(c) || c.Archived && a.flag("exclude_archived", false) || c.Private && (!c.Member || !slices.Contains(types, "private_channel")) ||
			!c.Private && !slices.Contains(types, "public_channel") {
			continue
		}
		all = append(all, c.show())
	}
	page, next, ok := paged(all, a.text("cursor"), limit)
	if !ok {
		return refuse("invalid_cursor", a.text("cursor"))
	}
	return reply{fields: map[string]any{"channels": page, "response_metadata": map[string]any{"next_cursor": next}}}
}

// info is conversations.info.
func channelInfo(s *Server, a args) reply {
	c, bad := s.byID(a.text("channel"))
	if bad.code != "" {
		return bad
	}
	return reply{fields: map[string]any{"channel": c.show()}}
}

// join is conversations.join.
func joinChannel(s *Server, a args) reply {
	c, bad := s.byID(a.text("channel"))
	switch {
	case bad.code != "":
		return bad
	case c.Archived:
		return refuse("is_archived", "")
	case c.Private:
		return refuse("method_not_supported_for_channel_type", "")
	}
	c.Member = true
	return reply{fields: map[string]any{"channel": c.show()}}
}

// history is conversations.history: the channel's messages, newest first,
// without the replies of threads.
func history(s *Server, a args) reply {
	return s.read(a, func(m *Message) bool { return m.ThreadTS == "" || m.ThreadTS == m.TS || m.Broadcast }, true)
}

// replies is conversations.replies: a thread, oldest first, given by its parent
// or by a message in it.
func replies(s *Server, a args) reply {
	ts := a.text("ts")
	if c := s.channel(a.text("channel")); c != nil {
		m := s.find(c.ID, ts)
		if m == nil {
			return refuse("thread_not_found", ts)
		}
		if m.ThreadTS != "" {
			ts = m.ThreadTS
		}
	}
	return s.read(a, func(m *Message) bool { return m.TS == ts || m.ThreadTS == ts }, false)
}

func (s *Server) read(a args, in func(*Message) bool, newestFirst bool) reply {
	c, bad := s.byID(a.text("channel"))
	if bad.code != "" {
		return bad
	}
	if !c.Member {
		return refuse("not_in_channel", "")
	}
	limit, ok := a.limit(999, s.opt.PageSize)
	if !ok {
		return refuse("invalid_limit", a.text("limit"))
	}
	within, bad := bounds(a)
	if bad.code != "" {
		return bad
	}
	found, now := []map[string]any{}, s.opt.Now()
	for i := range s.messages {
		if m := &s.messages[i]; m.Channel == c.ID && within(m.TS) && in(m) && now.Sub(m.stored) >= s.opt.Lag {
			shown := m.show(a.flag("include_all_metadata", false))
			if n := repliesTo(s, m); n > 0 {
				shown["reply_count"] = n
			}
			found = append(found, shown)
		}
	}
	if newestFirst {
		slices.Reverse(found)
	}
	page, next, ok := paged(found, a.text("cursor"), limit)
	if !ok {
		return refuse("invalid_cursor", a.text("cursor"))
	}
	return reply{fields: map[string]any{"messages": page, "has_more": next != "",
		"response_metadata": map[string]any{"next_cursor": next}}}
}

// repliesTo counts the replies to a message.
func repliesTo(s *Server, m *Message) (n int) {
	for i := range s.messages {
		if s.messages[i].Channel == m.Channel && s.messages[i].ThreadTS == m.TS {
			n++
		}
	}
	return n
}

// bounds reads oldest, latest and inclusive.
func bounds(a args) (within func(ts string) bool, bad reply) {
	oldest, latest := 0.0, 1e18
	for name, bound := range map[string]*float64{"oldest": &oldest, "latest": &latest} {
		if text := a.text(name); text != "" {
			v, err := strconv.ParseFloat(text, 64)
			if err != nil {
				return nil, refuse("invalid_ts_"+name, text)
			}
			*bound = v
		}
	}
	inclusive := a.flag("inclusive", false)
	return func(ts string) bool {
		v, _ := strconv.ParseFloat(ts, 64) // our own
		return v > oldest && v < latest || inclusive && (v == oldest || v == latest)
	}, reply{}
}

// users is users.list.
func users(s *Server, a args) reply {
	limit, ok := a.limit(999, s.opt.PageSize)
	if !ok {
		return refuse("invalid_limit", a.text("limit"))
	}
	all := []map[string]any{}
	for _, u := range s.opt.Users {
		all = append(all, u.show())
	}
	page, next, ok := paged(all, a.text("cursor"), limit)
	if !ok {
		return refuse("invalid_cursor", a.text("cursor"))
	}
	return reply{fields: map[string]any{"members": page, "response_metadata": map[string]any{"next_cursor": next}}}
}

func (u *User) show() map[string]any {
	return map[string]any{"id": u.ID, "team_id": cmp.Or(u.Team, team), "name": u.Name, "real_name": u.RealName, "deleted": u.Deleted,
		"profile": map[string]any{"display_name": u.DisplayName, "real_name": u.RealName}}
}

// groups is usergroups.list, which has no pages.
func groups(s *Server, a args) reply {
	all := []map[string]any{}
	for _, g := range s.opt.Groups {
		deleted := 0
		if g.Disabled {
			deleted = 1
		}
		if g.Disabled && !a.flag("include_disabled", false) {
			continue
		}
		all = append(all, map[string]any{"id": g.ID, "handle": g.Handle, "name": g.Name, "is_usergroup": true, "date_delete": deleted})
	}
	return reply{fields: map[string]any{"usergroups": all}}
}

// byID finds a channel by its ID, which is all that most methods take.
func (s *Server) byID(id string) (*Channel, reply) {
	for i := range s.channels {
		if c := &s.channels[i]; c.ID == id && (c.Member || !c.Private) {
			return c, reply{}
		}
	}
	return nil, refuse("channel_not_found", id)
}

func (c *Channel) show() map[string]any {
	return map[string]any{"id": c.ID, "name": c.Name, "is_channel": !c.Private, "is_group": c.Private, "is_private": c.Private,
		"is_archived": c.Archived, "is_member": c.Member}
}

// paged returns one page of a list and the cursor of the next, "" after the
// last.
func paged(all []map[string]any, cursor string, limit int) (page []map[string]any, next string, ok bool) {
	from := 0
	if cursor != "" {
		n, found := strings.CutPrefix(cursor, "after:")
		var err error
		if from, err = strconv.Atoi(n); err != nil || !found || from < 0 || from > len(all) {
			return nil, "", false
		}
	}
	to := min(from+limit, len(all))
	if to < len(all) {
		next = "after:" + strconv.Itoa(to)
	}
	return all[from:to], next, true
}
