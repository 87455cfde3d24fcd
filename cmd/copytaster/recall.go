package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/text"
)

func recallVerb(t *tool) *cobra.Command {
	var o app.RecallOrder
	cmd := &cobra.Command{
		Use:   "recall [--rule RULE --since TIME [--channel CHANNEL] | --undo NUMBER]",
		Short: "Take back what a rule told that flooded",
		Long: `Take back what a rule told within TIME (10m, 2h, 3d): its messages are struck, what is
still to be sent is not sent, and further reports of these news are not told for the
rule. An alert that another rule raised, too, stands for that one. New news of the rule
still alert: mend it, or ` + "`copytaster snooze`" + ` it. Each channel is told who did it.
--dry-run says what it would be. --undo undoes a recall as one. Without arguments it
lists the recalls.`,
		Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error {
			if o == (app.RecallOrder{}) {
				return listRecalls(ctx, t)
			}
			return recall(ctx, t, o)
		}),
	}
	cmd.Flags().StringVar(&o.Rule, "rule", "", "the `rule` that flooded")
	cmd.Flags().StringVar(&o.Since, "since", "", "take back what it told within this `time`")
	cmd.Flags().StringVar(&o.Channel, "channel", "", "only in this `channel`")
	cmd.Flags().BoolVar(&o.DryRun, "dry-run", false, "say what would be taken back, and change nothing")
	cmd.Flags().Int64Var(&o.Undo, "undo", 0, "undo the recall of this `number`")
	cmd.Flags().StringVar(&o.Why, "why", "", "what the channels are told beside it, as `text`")
	cmd.Flags().StringVar(&o.By, "by", "", "who does it, as `name` (default: the user of this machine)")
	t.addFormat(cmd)
	return cmd
}

func recall(ctx context.Context, t *tool, o app.RecallOrder) error {
	switch {
	case o.Undo < 0:
		return usage("%d is no recall's number: `copytaster recall` lists them", o.Undo)
	case o.Undo != 0 && (o.Rule+o.Since+o.Channel+o.Why != "" || o.DryRun):
		return usage("--undo undoes a recall as one: it goes with --by alone")
	case o.Undo == 0 && o.Rule == "":
		return usage("say which rule flooded: copytaster recall --rule RULE --since 10m")
	case o.Undo == 0 && o.Since == "":
		return usage("say since when: copytaster recall --rule RULE --since 10m")
	}
	cfg, err := t.inForce(ctx)
	if err != nil {
		return err
	}
	o.By = cmp.Or(strings.TrimSpace(o.By), userName())
	var r app.Recalled
	running, err := t.withDaemon(ctx, cfg, func(d daemon) (err error) {
		r, err = d.Recall(ctx, o)
		return err
	})
	if err != nil {
		if near := text.Nearest(o.Rule, ruleNames(cfg.Definition.Rules)); near != "" && near != o.Rule {
			return withHint(err, "did you mean %s?", near)
		}
		return err
	}
	if t.isJSON() {
		return t.json(r)
	}
	t.say("%s", recallLine(t.output, &r))
	for _, c := range r.Channels {
		t.say("  #%s: %s", c.Channel, takenIn(&r, c))
	}
	if r.DryRun || r.Undone != nil {
		return nil
	}
	t.note("`copytaster recall --undo %d` undoes it", r.ID)
	if !running {
		t.note("no daemon runs: `copytaster run` strikes the messages")
	}
	return nil
}

// recallLine says a recall in a line.
func recallLine(out *output, r *app.Recalled) string {
	what := map[bool]string{true: "would be taken back", false: "taken back by " + r.By}[r.DryRun]
	line := fmt.Sprintf("%s of %s since %s %s", text.Many(r.Alerts, "alert"), r.Rule, out.shownTime(r.Since), what)
	if n := len(r.Channels); n > 1 {
		line = fmt.Sprintf("%s in %s of %s since %s %s", text.Many(r.Alerts, "alert"), text.Many(n, "channel"), r.Rule,
			out.shownTime(r.Since), what)
	}
	if r.Why != "" {
		line += ": " + r.Why
	}
	if r.Undone != nil {
		line += "; they stand again, by " + r.UndoneBy
	}
	return line
}

// takenIn says what is taken back in a channel.
func takenIn(r *app.Recalled, c app.RecalledIn) string {
	if r.Undone != nil {
		return text.Many(c.Struck, "alert")
	}
	parts := []string{fmt.Sprintf("%d told", c.Struck)}
	if c.Unsent > 0 {
		parts = append(parts, fmt.Sprintf("%d not sent yet", c.Unsent))
	}
	if c.Others > 0 {
		parts = append(parts, fmt.Sprintf("%d of other rules, too, for which they stand", c.Others))
	}
	return strings.Join(parts, ", ")
}

func listRecalls(ctx context.Context, t *tool) (err error) {
	_, r, err := t.reader(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return withHint(err, "`copytaster run` begins the store")
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	all, err := r.Recalls(ctx)
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(all)
	}
	if len(all) == 0 {
		t.say("nothing was taken back")
	}
	for i := range all {
		t.say("%d  %s", all[i].ID, recallLine(t.output, &all[i]))
	}
	return nil
}
