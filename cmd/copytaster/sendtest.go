package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
)

func sendTestVerb(t *tool) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "send-test CHANNEL",
		Short: "Post a test message to a channel",
		Args:  cobra.ExactArgs(1),
		RunE:  t.act(func(ctx context.Context, args []string) error { return sendTest(ctx, t, args[0]) }),
	}
	t.addFormat(cmd)
	return cmd
}

// sentJSON is the JSON form of a message that was posted.
type sentJSON struct {
	Channel   string `json:"channel"`
	ChannelID string `json:"channel_id"`
	TS        string `json:"ts"`
}

func sendTest(ctx context.Context, t *tool, channel string) error {
	channel = strings.TrimPrefix(channel, "#")
	if channel == "" {
		return usage("the channel's name is empty")
	}
	cfg, err := t.inForce(ctx)
	if err != nil {
		return err
	}
	sent := sentJSON{Channel: channel}
	if client, ok := app.Dial(ctx, cfg, t.env); ok {
		receipt, err := client.SendTest(ctx, channel)
		if err != nil {
			return nearChannel(cfg, channel, err)
		}
		sent.ChannelID, sent.TS = receipt.ChannelID, receipt.TS
	} else {
		if err := t.require(cfg, config.UseSlack, config.UseSinks, config.UseMail); err != nil {
			return err
		}
		err := t.withApp(ctx, cfg, func(a *app.App) error {
			receipt, err := a.SendTest(ctx, channel)
			sent.ChannelID, sent.TS = receipt.ChannelID, receipt.TS
			return err
		})
		if err != nil {
			return nearChannel(cfg, channel, err)
		}
	}
	if t.isJSON() {
		return t.json(sent)
	}
	if isWhole(cfg) && !cfg.Slack.Configured {
		t.note("slack.token is not set: alerts go to the terminal")
	}
	t.say("sent to %s (%s)", channel, sent.ChannelID)
	return nil
}

// mostNamed is how many channels a hint names.
const mostNamed = 10

// nearChannel adds to an error which channel of the config may be meant by one that it does not have.
func nearChannel(cfg *config.Config, channel string, err error) error {
	if !isWhole(cfg) {
		return err
	}
	names := app.ChannelNames(cfg)
	switch {
	case slices.Contains(names, channel):
		return err
	case len(names) == 0:
		return withHint(err, "the config names no channel: see alerts.default_channel")
	}
	known := "the config has " + strings.Join(names[:min(len(names), mostNamed)], ", ")
	return withHint(err, "%s", cmp.Or(config.DidYouMean(channel, names), known))
}
