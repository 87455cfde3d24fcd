package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
)

// slackAnswer is what Slack says of a config.
type slackAnswer struct {
	Configured bool            `json:"configured"` // there is a token
	OK         bool            `json:"ok"`
	Team       string          `json:"team,omitempty"`
	Bot        string          `json:"bot,omitempty"`
	Error      string          `json:"error,omitempty"` // why the token is not good
	Missing    []missingScope  `json:"missing_scopes"`
	Channels   []channelAnswer `json:"channels"`
	Mentions   []mentionAnswer `json:"mentions,omitempty"`

	silent bool // Slack did not answer
}

// missingScope is a permission that the token lacks.
type missingScope struct {
	Scope string `json:"scope"`
	For   string `json:"for"`
}

// channelAnswer is how the bot stands to a channel.
type channelAnswer struct {
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
	add := func(path string, names ...string) {
		for _, name := range names {
			name = strings.TrimPrefix(name, "#")
			if name != "" && !slices.ContainsFunc(all, func(c namedChannel) bool { return c.name == name }) {
				all = append(all, namedChannel{name, path})
			}
		}
	}
	add("alerts.default_channel", cfg.Alerts.Routes.Default)
	for i, r := range cfg.Alerts.Routes.Routes {
		add(fmt.Sprintf("alerts.routes[%d].to", i), r.To...)
	}
	add("slack.ops_channel", cfg.Slack.OpsChannel)
	seen := map[string]bool{} // rules may be many, and their channels few
	for i, r := range cfg.Definition.Rules {
		for key, names := range map[string][]string{"to": r.To, "also to": r.AlsoTo} {
			for _, name := range names {
				if !r.Disabled && !seen[name] {
					seen[name] = true
					add(fmt.Sprintf("rules[%d].%s", i, key), name)
				}
			}
		}
	}
	return all
}

// askSlack asks Slack about the token and the channels.
func askSlack(ctx context.Context, cfg *config.Config) slackAnswer {
	answer := slackAnswer{OK: true, Missing: []missingScope{}, Channels: []channelAnswer{}}
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
		answer.OK, answer.Error, answer.silent = false, oneLine(err.Error()), !look.Reached
		return answer
	}
	answer.Team, answer.Bot = look.Team, look.Bot
	for _, s := range look.Missing {
		answer.Missing = append(answer.Missing, missingScope{s.Name, s.For})
		answer.OK = answer.OK && s.Name != "chat:write"
	}
	for i, c := range look.Channels {
		a := channelAnswerOf(c, cmp.Or(look.Bot, "copytaster"))
		a.path = channels[i].path
		if j := slices.IndexFunc(answer.Channels, func(o channelAnswer) bool { return a.ID != "" && o.ID == a.ID }); j >= 0 {
			a.OK, a.Detail = false, fmt.Sprintf("it is the channel that %q names, too: write it in one way, else its alerts come twice", answer.Channels[j].Channel)
		}
		answer.OK = answer.OK && a.OK
		answer.Channels = append(answer.Channels, a)
	}
	if answer.Mentions, err = askMentions(ctx, cfg); err != nil {
		answer.OK, answer.Error = false, oneLine(err.Error())
	}
	return answer
}

func channelAnswerOf(c app.ChannelLook, bot string) channelAnswer {
	a := channelAnswer{Channel: c.Name, ID: c.ID, Member: c.Member, OK: c.Err == nil}
	invite := "/invite @" + bot
	switch {
	case c.Err == nil && c.Joins:
		a.Detail, a.Invite = "the bot is not in it, and joins with the first alert", invite
	case c.Err == nil:
		a.Detail = "the bot is in it"
	case c.Hidden:
		a.Detail, a.Invite = "there is no such channel that the bot can see: make it, unarchive it, or invite the bot when it is private", invite
	default:
		a.Detail = oneLine(c.Err.Error())
		if c.ID != "" && !c.Member && c.Asked {
			a.Invite = invite
		}
	}
	return a
}

const scopeHint = "add it at https://api.slack.com/apps, under OAuth & Permissions, and install the app again"

// problems are the mistakes that Slack's answer amounts to.
func (a *slackAnswer) problems(cfg *config.Config) config.Mistakes {
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

func (t *tool) tellSlack(a *slackAnswer) {
	switch {
	case !a.Configured:
		t.say("\nSlack: slack.token is not set, alerts go to the terminal")
		return
	case a.Error != "":
		t.say("\nSlack: %s %s", t.palette.mark(false), a.Error)
		return
	}
	t.say("\nSlack: %s as @%s", a.Team, a.Bot)
	for _, s := range a.Missing {
		t.say("  %s scope %s is missing, to %s", t.palette.mark(false), s.Scope, s.For)
	}
	rows := make([][]string, len(a.Channels))
	for i, c := range a.Channels {
		rows[i] = []string{"  " + t.palette.mark(c.OK) + " #" + c.Channel, c.Detail, c.Invite}
	}
	t.table(rows)
	rows = nil
	for _, m := range a.Mentions {
		rows = append(rows, []string{"  " + t.palette.mark(m.OK) + " " + m.Mention, m.Detail})
	}
	t.table(rows)
}
