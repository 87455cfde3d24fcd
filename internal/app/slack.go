package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// SlackLook is what Slack says of a config's token and channels.
type SlackLook struct {
	Reached  bool // Slack answered
	Team     string
	Bot      string        // the name to invite it by, without "@"
	Missing  []slack.Scope // that the bot needs and the token has not
	MayJoin  bool          // the bot can join public channels by itself
	Channels []ChannelLook // in the order they were asked for
	Socket   error         // why no connection of Socket Mode can be opened; nil where none is wanted, too
}

// ChannelLook is how the bot stands to one channel.
type ChannelLook struct {
	Name   string // as it was asked for
	ID     string // "" when there is none, or the bot may not see it
	Member bool
	Joins  bool // it is not in the channel, and joins it with the first alert
	Hidden bool // there is no such channel that the bot may see: it may be private
	Asked  bool // Slack answered about this channel
	Err    error
}

// LookAtSlack asks Slack about a token and the channels of a config, and
// changes nothing there. The error says why the token is not good; of a channel
// its own look does.
func LookAtSlack(ctx context.Context, log *slog.Logger, cfg config.Slack, channels []string) (SlackLook, error) {
	sender := slack.New(log, nil, slack.Options{Token: cfg.Token, APIURL: cfg.APIURL})
	w, err := sender.Workspace(ctx, cfg.Answerable())
	if refused := (*notify.SendError)(nil); errors.As(err, &refused) && refused.Problem == notify.Temporary {
		return SlackLook{}, fmt.Errorf("ask Slack: %w", refused.Err)
	}
	if err != nil {
		return SlackLook{Reached: true}, fmt.Errorf("ask Slack: %w", err)
	}
	look := SlackLook{Reached: true, Team: w.Team, Bot: w.Bot, Missing: w.Missing}
	look.MayJoin = !slices.ContainsFunc(w.Missing, func(s slack.Scope) bool { return s.Name == "channels:join" })
	for _, name := range channels {
		look.Channels = append(look.Channels, look.at(ctx, sender, name))
	}
	if cfg.AppToken != "" {
		look.Socket = slack.ProbeSocket(ctx, log, nil, slack.SocketOptions{Token: cfg.AppToken, APIURL: cfg.APIURL})
	}
	return look, nil
}

func (l SlackLook) at(ctx context.Context, sender *slack.Sender, name string) ChannelLook {
	standing, err := sender.Standing(ctx, name)
	c := ChannelLook{Name: name, ID: standing.ID, Member: standing.Member, Err: err, Asked: true}
	var refused *notify.SendError
	switch {
	case errors.As(err, &refused) && refused.Problem == notify.NoChannel:
		c.Hidden = true
	case err != nil:
		c.Asked = false
	case standing.Archived:
		c.Err = errors.New("the channel is archived")
	case !standing.Member && !standing.Private && l.MayJoin:
		c.Joins = true
	case !standing.Member:
		c.Err = errors.New("the bot is not in the channel")
	}
	return c
}

// MentionLook is whom a mention of a config reaches.
type MentionLook struct {
	Who    string         // as it is written
	People []slack.Person // none when Slack knows nobody of that name or ID
}

// LookForMentions asks Slack for the people behind handles and IDs. Without the
// scopes that are missing, which are said for people, some are not found.
func LookForMentions(ctx context.Context, log *slog.Logger, cfg config.Slack, who []string) (
	looks []MentionLook, missing string, err error,
) {
	people, scopes, err := slack.New(log, nil, slack.Options{Token: cfg.Token, APIURL: cfg.APIURL}).People(ctx)
	if err != nil {
		return nil, "", fmt.Errorf("ask Slack: %w", err)
	}
	for i, s := range scopes {
		if i > 0 {
			missing += " and "
		}
		missing += s.String()
	}
	for _, w := range who {
		looks = append(looks, MentionLook{w, slack.Whom(people, w)})
	}
	return looks, missing, nil
}
