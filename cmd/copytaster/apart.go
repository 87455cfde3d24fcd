package main

import (
	"cmp"
	"context"
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/text"
)

func apartVerb(t *tool) *cobra.Command {
	var by string
	var undo bool
	cmd := &cobra.Command{
		Use:   "apart URL",
		Short: "Take a story out of its news, because it tells another one",
		Long: `Take a story out of its news, because it tells another one: it was joined or linked
to that by mistake. It is a news of its own from then on, with what carries its
text, and is never joined with the other one again. A channel where it was only
counted, or told in a thread, gets an alert on it. --undo puts it back.`,
		Args: cobra.ExactArgs(1),
		RunE: t.act(func(ctx context.Context, args []string) error { return apart(ctx, t, args[0], by, undo) }),
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "put back what was taken apart")
	cmd.Flags().StringVar(&by, "by", "", "who says so, as `name` that `why` shows (default: the user of this machine)")
	t.addFormat(cmd)
	return cmd
}

func apart(ctx context.Context, t *tool, link, by string, undo bool) error {
	cfg, err := t.inForce(ctx)
	if err != nil {
		return err
	}
	var p app.Parted
	running, err := t.withDaemon(ctx, cfg, func(d daemon) (err error) {
		p, err = d.Apart(ctx, link, cmp.Or(strings.TrimSpace(by), userName()), undo)
		return err
	})
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(p)
	}
	title := orNone(p.Title)
	switch {
	case p.Already:
		t.say("%s was taken apart by %s at %s", title, p.By, t.shownTime(&p.At))
		return nil
	case undo:
		t.say("%s is put back: it is the same news", title)
	default:
		t.say("%s is taken apart: it is a news of its own", title)
	}
	if p.Along > 0 {
		t.say("  with %s that carry its text", text.Many(p.Along, "further story"))
	}
	if len(p.Told) > 0 {
		t.say("  alerts: %s", strings.Join(p.Told, ", "))
	}
	if !running {
		t.note("no daemon runs: `copytaster run` sends what is due")
	}
	return nil
}

// userName is who uses this machine.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return "somebody"
	}
	return cmp.Or(u.Name, u.Username)
}
