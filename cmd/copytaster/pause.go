package main

import (
	"cmp"
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/text"
)

func pauseVerb(t *tool) *cobra.Command {
	var o app.PauseOrder
	cmd := &cobra.Command{
		Use:   "pause [--channel CHANNEL] [--for TIME]",
		Short: "Stop deliveries to all channels, or to one",
		Long: `Stop deliveries to all channels, or to one, for TIME (45s, 2h30m, 3d; at most 30d) or until
` + "`copytaster resume`" + `. Sources are read and stories matched meanwhile. Alerts are
recorded and wait, urgent ones as well: nothing is lost. It holds over restarts, and for
all daemons on the store. Who paused is told to the ops channel, unless that is paused,
and shown by ` + "`copytaster status`" + `. A further one changes the first.`,
		Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error { return pause(ctx, t, o) }),
	}
	cmd.Flags().StringVar(&o.Channel, "channel", "", "only this `channel`")
	cmd.Flags().StringVar(&o.For, "for", "", "for this `time`, then deliveries go on by themselves")
	cmd.Flags().StringVar(&o.Why, "why", "", "what the ops channel is told beside it, as `text`")
	cmd.Flags().StringVar(&o.By, "by", "", "who does it, as `name` (default: the user of this machine)")
	t.addFormat(cmd)
	return cmd
}

func pause(ctx context.Context, t *tool, o app.PauseOrder) error {
	cfg, err := t.inForce(ctx)
	if err != nil {
		return err
	}
	o.By = cmp.Or(strings.TrimSpace(o.By), userName())
	var p app.Paused
	_, err = t.withDaemon(ctx, cfg, func(d daemon) (err error) {
		p, err = d.Pause(ctx, o)
		return err
	})
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(p)
	}
	t.say("%s", app.PausedLine(&p, t.zone))
	t.note("alerts wait, urgent ones as well; `copytaster resume%s` ends it", flagOf(&p))
	return nil
}

func resumeVerb(t *tool) *cobra.Command {
	var channel, by string
	cmd := &cobra.Command{
		Use:   "resume [--channel CHANNEL]",
		Short: "End all pauses of deliveries, or that of one channel",
		Long: `End all pauses of deliveries, or that of one channel. What waited is sent, the most
severe first. Alerts that waited for longer than alerts.max_age come together in one
message, and what quiet hours, a calendar or a snooze keep now comes with their digest.`,
		Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error {
			return resume(ctx, t, channel, cmp.Or(strings.TrimSpace(by), userName()))
		}),
	}
	cmd.Flags().StringVar(&channel, "channel", "", "only of this `channel`")
	cmd.Flags().StringVar(&by, "by", "", "who does it, as `name` (default: the user of this machine)")
	t.addFormat(cmd)
	return cmd
}

func resume(ctx context.Context, t *tool, channel, by string) error {
	cfg, err := t.inForce(ctx)
	if err != nil {
		return err
	}
	var all []app.Paused
	running, err := t.withDaemon(ctx, cfg, func(d daemon) (err error) {
		all, err = d.Resume(ctx, channel, by)
		return err
	})
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(all)
	}
	for i := range all {
		t.say("deliveries to %s go on: %s waited", whichChannels(&all[i]), text.Plural(all[i].Waiting, "message"))
	}
	if !running {
		t.note("no daemon runs: `copytaster run` sends what waited")
	}
	return nil
}

func whichChannels(p *app.Paused) string {
	if p.All {
		return "all channels"
	}
	return "#" + p.Channel
}

// flagOf is how a pause is named on the command line.
func flagOf(p *app.Paused) string {
	if p.All {
		return ""
	}
	return " --channel " + p.Channel
}
