package probe

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/text"
)

// SlackAnswer is what Slack says of the token, channels and mentions of a config.
type SlackAnswer struct {
	Configured bool            `json:"configured"` // there is a token
	OK         bool            `json:"ok"`
	Team       string          `json:"team,omitempty"`
	Bot        string          `json:"bot,omitempty"`
	Error      string          `json:"error,omitempty"` // why the token is not good
	Missing    []MissingScope  `json:"missing_scopes"`
	Channels   []ChannelAnswer `json:"channels"`
	Mentions   []MentionAnswer `json:"mentions,omitempty"`
	Socket     string          `json:"socket,omitempty"` // of slack.app_token: ok, or why no connection can be opened

	silent bool // Slack did not answer
}

// MissingScope is a permission that the token lacks.
type MissingScope struct {
	Scope string `json:"scope"`
	For   string `json:"for"`
}

// ChannelAnswer says whether the bot can post to a channel.
type ChannelAnswer struct {
	Channel string `json:"channel"`
	ID      string `json:"id,omitempty"`
	OK      bool   `json:"ok"`
	Member  bool   `json:"member"`
	Detail  string `json:"detail"`
	Invite  string `json:"invite,omitempty"` // what to type in Slack

	path string // where the config names it
}

// namedChannel is a channel with the first place that the config names it in.
type namedChannel struct{ name, path string }

// channelsOf lists all channels of a config, each once.
func channelsOf(cfg *config.Config) []namedChannel {
	var all []namedChannel
	sinks := cfg.SinkNames()
	seen := map[string]bool{} // rules may be many, and their channels few
	add := func(path string, names ...string) {
		for _, name := range names {
			name = strings.TrimPrefix(name, "#")
			if name != "" && !seen[name] && !slices.Contains(sinks, name) {
				seen[name] = true
				all = append(all, namedChannel{name, path})
			}
		}
	}
	add("alerts.default_channel", cfg.Alerts.Routes.Default)
	for i, r := range cfg.Alerts.Routes.Routes {
		add(fmt.Sprintf("alerts.routes[%d].to", i), r.To...)
		add(fmt.Sprintf("alerts.routes[%d].if_unanswered.to", i), r.Fallback.To...)
	}
	add("slack.ops_channel", cfg.Slack.OpsChannel)
	add("slack.rules_channel", cfg.Slack.RulesChannel)
	for i, r := range cfg.Definition.Rules {
		if !r.Disabled {
			add(fmt.Sprintf("rules[%d].to", i), r.To...)
			add(fmt.Sprintf("rules[%d].also to", i), r.AlsoTo...)
		}
	}
	return all
}

// Slack asks Slack about the token, the channels and the mentions of a config.
func Slack(ctx context.Context, cfg *config.Config) SlackAnswer {
	answer := SlackAnswer{OK: true, Missing: []MissingScope{}, Channels: []ChannelAnswer{}}
	if !cfg.Slack.Configured {
		return answer
	}
	answer.Configured = true
	channels := channelsOf(cfg)
	names := make([]string, len(channels))
	for i, c := range channels {
		names[i] = c.name
	}
	look, err := app.LookAtSlack(ctx, slog.New(slog.DiscardHandler), cfg.Slack, names)
	if err != nil {
		answer.OK, answer.Error, answer.silent = false, text.OneLine(err.Error()), !look.Reached
		return answer
	}
	answer.Team, answer.Bot = look.Team, look.Bot
	for _, s := range look.Missing {
		answer.Missing = append(answer.Missing, MissingScope{s.Name, s.For})
		answer.OK = answer.OK && s.Name != "chat:write"
	}
	for i, c := range look.Channels {
		a := answerOf(c, cmp.Or(look.Bot, "copytaster"))
		a.path = channels[i].path
		if j := slices.IndexFunc(answer.Channels, func(o ChannelAnswer) bool { return a.ID != "" && o.ID == a.ID }); j >= 0 {
			a.OK, a.Detail = false, fmt.Sprintf("it is the channel that %q names, too: write it in one way, else its alerts come twice", answer.Channels[j].Channel)
		}
		answer.OK = answer.OK && a.OK
		answer.Channels = append(answer.Channels, a)
	}
	if cfg.Slack.AppToken != "" {
		answer.Socket = socketOK
		if look.Socket != nil {
			answer.OK, answer.Socket = false, text.OneLine(look.Socket.Error())
		}
	}
	if answer.Mentions, err = askMentions(ctx, cfg); err != nil {
		answer.OK, answer.Error = false, text.OneLine(err.Error())
	}
	return answer
}

// socketOK says that people can answer alerts.
const socketOK = "ok"

func answerOf(c app.ChannelLook, bot string) ChannelAnswer {
	a := ChannelAnswer{Channel: c.Name, ID: c.ID, Member: c.Member, OK: c.Err == nil}
	invite := "/invite @" + bot
	switch {
	case c.Err == nil && c.Joins:
		a.Detail, a.Invite = "the bot is not in it, and joins with the first alert", invite
	case c.Err == nil:
		a.Detail = "the bot is in it"
	case c.Hidden:
		a.Detail, a.Invite = "there is no such channel that the bot can see: make it, unarchive it, or invite the bot when it is private", invite
	default:
		a.Detail = text.OneLine(c.Err.Error())
		if c.ID != "" && !c.Member && c.Asked {
			a.Invite = invite
		}
	}
	return a
}

// SocketOpens reports whether a connection was opened over which people can answer alerts.
func (a *SlackAnswer) SocketOpens() bool { return a.Socket == socketOK }

const scopeHint = "add it at https://api.slack.com/apps, under OAuth & Permissions, and install the app again"

// Mistakes returns Slack's answer as mistakes of the config.
func (a *SlackAnswer) Mistakes(cfg *config.Config) config.Mistakes {
	var all config.Mistakes
	add := func(isError bool, path, hint, format string, args ...any) {
		m := cfg.Warning(path, hint, format, args...)
		if isError {
			m.Severity = config.Error
		}
		if m.File == "" { // no file sets it
			m.File = cfg.Path
		}
		all = append(all, m)
	}
	if a.Error != "" {
		hint := "get the Bot User OAuth Token at https://api.slack.com/apps, under OAuth & Permissions"
		if a.silent {
			hint = "is slack.api_url right, and this machine on the network?"
		}
		add(true, "slack", hint, "%s", a.Error)
	}
	for _, s := range a.Missing {
		add(s.Scope == "chat:write", "slack", scopeHint, "the token lacks the scope %s, to %s", s.Scope, s.For)
	}
	if a.Socket != "" && !a.SocketOpens() {
		add(true, "slack", "make an app-level token with the scope connections:write, and switch Socket Mode on, at https://api.slack.com/apps",
			"nobody can answer alerts: %s", a.Socket)
	}
	for _, c := range a.Channels {
		if !c.OK {
			hint := ""
			if c.Invite != "" {
				hint = "type in #" + c.Channel + ": " + c.Invite
			}
			add(true, c.path, hint, "channel %s: %s", c.Channel, c.Detail)
		}
	}
	for _, m := range a.Mentions {
		if !m.OK {
			add(false, m.path, "a mention of it notifies nobody", "mention %s: %s", m.Mention, m.Detail)
		}
	}
	return all
}
