package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/text"
)

func restoreVerb(t *tool) *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "restore FILE [--dry-run]",
		Short: "Put a backup in the place of the SQLite store",
		Long: `Put a copy of a backup in the place of the SQLite store, while no daemon runs. The file
is checked first. The store of before is kept beside the new one, under a name that is
printed. The next ` + "`copytaster run`" + ` knows that the store was restored, and looks for
whatever is open in Slack before it is sent: nothing is told twice. Pauses in the file hold
again, and are printed. --dry-run checks the file and changes nothing, beside a running
daemon as well.`,
		Args: cobra.ExactArgs(1),
		RunE: t.act(func(ctx context.Context, args []string) error { return restore(ctx, t, args[0], dry) }),
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "check the file, and change nothing")
	t.addFormat(cmd)
	return cmd
}

func restore(ctx context.Context, t *tool, file string, dry bool) error {
	cfg, err := t.inForce(ctx)
	if err == nil {
		err = t.require(cfg, config.UseStorage)
	}
	if err != nil {
		return err
	}
	r, err := app.Restore(ctx, t.logger(slog.LevelWarn), cfg, t.env, file, dry)
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(r)
	}
	done := map[bool]string{true: "can be restored", false: "restored to " + r.Storage}[dry]
	t.say("%s %s: %s, %s, %s still to be sent", file, done, text.Many(int(r.Stories), "story"),
		text.Many(int(r.Alerts), "alert"), text.Many(int(r.Open), "message"))
	t.say("%s", ageOfCopy(t.output, &r, time.Now()))
	if r.Version < r.Current {
		t.say("its tables are of version %d: `copytaster run` brings them to version %d", r.Version, r.Current)
	}
	for i := range r.Pauses {
		t.say("it brings a pause back: %s", app.PausedLine(&r.Pauses[i], t.zone))
	}
	if r.Kept != "" {
		t.say("the store of before is %s", r.Kept)
	}
	if !dry {
		t.note("`copytaster run` looks for what is open in Slack before it is sent: nothing is told twice")
	}
	if len(r.Pauses) > 0 {
		t.note("`copytaster resume` ends the pauses of the file, once it is restored")
	}
	return nil
}

// ageOfCopy says how old what was restored is.
func ageOfCopy(out *output, r *app.Restoration, now time.Time) string {
	ago := func(at *time.Time) string {
		return out.shownTime(at) + " (" + now.Sub(*at).Round(time.Second).String() + " ago)"
	}
	line := "backed up at "
	if r.Copied == nil {
		line = "nobody knows when it was copied"
	} else {
		line += ago(r.Copied)
	}
	if r.Newest == nil {
		return line + "; no story"
	}
	return line + "; newest story " + ago(r.Newest)
}
