package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/text"
)

func snoozeVerb(t *tool) *cobra.Command {
	var o app.SnoozeOrder
	cmd := &cobra.Command{
		Use:   "snooze [TIME --channel CHANNEL (--rule RULE [--source SOURCE] | --story URL)]",
		Short: "Keep a rule, or a news, from a channel for a time",
		Long: `Keep something from a channel for a time: what a rule finds, what it finds at one
source, or further reports of a story's news. TIME is like 30m, 4h or 3d, at most
7d, or morning or monday (08:00 in the zone of the config). What a rule finds
meanwhile is recorded, and told in one message when the snooze ends; what is more
severe than the rule is told at once. Without arguments it lists the snoozes that
hold. ` + "`copytaster unsnooze`" + ` ends one.`,
		Args: cobra.MaximumNArgs(1),
		RunE: t.act(func(ctx context.Context, args []string) error {
			if len(args) == 0 && o == (app.SnoozeOrder{}) {
				return listSnoozes(ctx, t)
			}
			o.Span = strings.Join(args, "")
			return snooze(ctx, t, o)
		}),
	}
	cmd.Flags().StringVar(&o.Channel, "channel", "", "the `channel` that it is kept from")
	cmd.Flags().StringVar(&o.Rule, "rule", "", "the `rule` whose finds are kept")
	cmd.Flags().StringVar(&o.Source, "source", "", "of the rule only what it finds at this `source`")
	cmd.Flags().StringVar(&o.URL, "story", "", "the `URL` of a story whose news is kept")
	cmd.Flags().StringVar(&o.Why, "why", "", "what the channel is told beside it, as `text`")
	cmd.Flags().StringVar(&o.By, "by", "", "who does it, as `name` (default: the user of this machine)")
	t.addFormat(cmd)
	return cmd
}

func snooze(ctx context.Context, t *tool, o app.SnoozeOrder) error {
	switch {
	case o.Span == "":
		return usage("say for how long: copytaster snooze 4h --channel CHANNEL --rule RULE")
	case o.Channel == "":
		return usage("say in which channel: --channel CHANNEL")
	case (o.Rule == "") == (o.URL == ""):
		return usage("say what: --rule RULE or --story URL")
	}
	cfg, err := t.inForce(ctx)
	if err != nil {
		return err
	}
	o.By = cmp.Or(strings.TrimSpace(o.By), userName())
	var s app.Snoozed
	running, err := t.withDaemon(ctx, cfg, func(d daemon) (err error) {
		s, err = d.Snooze(ctx, o)
		return err
	})
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(s)
	}
	t.say("%s", snoozeLine(t.output, &s))
	t.note("`copytaster unsnooze %d` ends it", s.ID)
	if !running {
		t.note("no daemon runs: `copytaster run` tells the channel")
	}
	return nil
}

// snoozeLine says a snooze in a line.
func snoozeLine(out *output, s *app.Snoozed) string {
	line := s.Subject + " in #" + s.Channel + " until " + out.shownTime(&s.Until) + ", by " + s.By
	if s.Why != "" {
		line += ": " + s.Why
	}
	if s.Kept > 0 {
		line += " (" + text.Many(s.Kept, "alert") + " kept)"
	}
	return line
}

func listSnoozes(ctx context.Context, t *tool) (err error) {
	_, r, err := t.reader(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return withHint(err, "`copytaster run` begins the store")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	all, err := r.Snoozes(ctx, time.Now())
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(all)
	}
	if len(all) == 0 {
		t.say("nothing is snoozed")
	}
	for i := range all {
		t.say("%d  %s", all[i].ID, snoozeLine(t.output, &all[i]))
	}
	return nil
}

func unsnoozeVerb(t *tool) *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "unsnooze NUMBER",
		Short: "End a snooze, and tell what it kept",
		Long:  "End a snooze, and tell its channel what it kept. `copytaster snooze` lists the numbers.",
		Args:  cobra.ExactArgs(1),
		RunE: t.act(func(ctx context.Context, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usage("%q is no number: `copytaster snooze` lists them", args[0])
			}
			cfg, err := t.inForce(ctx)
			if err != nil {
				return err
			}
			by = cmp.Or(strings.TrimSpace(by), userName())
			_, err = t.withDaemon(ctx, cfg, func(d daemon) error { return d.Unsnooze(ctx, id, by) })
			if err == nil {
				t.say("snooze %d is over", id)
			}
			return err
		}),
	}
	cmd.Flags().StringVar(&by, "by", "", "who does it, as `name` (default: the user of this machine)")
	return cmd
}
