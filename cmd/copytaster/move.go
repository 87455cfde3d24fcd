package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/text"
)

func moveVerb(t *tool) *cobra.Command {
	var to string
	var dry, cancel bool
	cmd := &cobra.Command{
		Use:   "move {--to STORAGE [--dry-run] | --cancel}",
		Short: "Move the store to PostgreSQL, or back to a file",
		Long: `Move all that copytaster has seen, promised and sent to another storage: a
postgres:// URL, or the path of a file that does not exist yet. Stop every daemon
before. The copy is counted and compared row by row; only then is the old store
given up, and no daemon opens it any more. When the move is interrupted, the same
command goes on. --cancel gives up a move that has not ended. Keep a password out
of the command line: PostgreSQL's ~/.pgpass and $PGPASSWORD work.`,
		Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error {
			switch {
			case cancel && (to != "" || dry):
				return usage("--cancel goes alone")
			case !cancel && to == "":
				return usage("say where to: copytaster move --to postgres://USER@HOST/DATABASE")
			}
			cfg, err := t.load(config.UseStorage)
			if err != nil {
				return err
			}
			if to != "" {
				to = config.StoragePath(to, cfg.Path, t.env)
				if strings.Contains(to, "://") && !strings.HasPrefix(to, "postgres") {
					return usage("a path is SQLite, postgres://… is PostgreSQL: there is no such kind of storage as %s", to)
				}
			}
			switch {
			case cancel:
				return cancelMove(ctx, t, cfg)
			case dry:
				return planMove(ctx, t, cfg, to)
			}
			return moveStore(ctx, t, cfg, to)
		}),
	}
	cmd.Flags().StringVar(&to, "to", "", "the `storage` that it is moved to, as the config would name it")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say how much it is and how long it takes, and change nothing")
	cmd.Flags().BoolVar(&cancel, "cancel", false, "give up a move that has not ended")
	t.addFormat(cmd)
	return cmd
}

func cancelMove(ctx context.Context, t *tool, cfg *config.Config) error {
	to, err := app.CancelMove(ctx, t.logger(slog.LevelWarn), cfg)
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(app.Move{To: to, Tables: []app.MoveTable{}, Cancelled: true})
	}
	t.say("the move to %s is given up: this store goes on", to)
	return nil
}

func planMove(ctx context.Context, t *tool, cfg *config.Config, to string) error {
	m, err := app.PlanMove(ctx, t.logger(slog.LevelWarn), cfg, to)
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(m)
	}
	t.say("would move %s to %s", m.From, m.To)
	sayMove(t, &m)
	t.say("%s, %s, about %s", text.Many(int(m.Rows), "row"), inBytes(m.Bytes), spanOf(m.Seconds))
	return nil
}

func moveStore(ctx context.Context, t *tool, cfg *config.Config, to string) error {
	bar := t.newProgress(inRows)
	m, err := app.MoveStore(ctx, t.logger(slog.LevelWarn), cfg, to, bar.at)
	bar.end()
	if errors.Is(err, context.Canceled) {
		return withHint(err, "the same command goes on where it was")
	}
	if err != nil {
		return err
	}
	if t.isJSON() {
		return t.json(m)
	}
	t.say("moved %s to %s", m.From, m.To)
	sayMove(t, &m)
	t.say("%s in %s, counted and compared", text.Many(int(m.Rows), "row"), spanOf(m.Seconds))
	if m.Mended > 0 {
		t.say("%s with characters that PostgreSQL does not store: they were left out", text.Many(int(m.Mended), "text"))
	}
	name := m.To
	if strings.Contains(to, "://") {
		name = "the URL of " + m.To
	}
	t.note("let `storage` be %s, and start copytaster: what is open (%s) is looked for in Slack before it is sent",
		name, text.Many(int(m.Open), "message"))
	t.note("the rows of %s are kept, and no daemon opens it", m.From)
	return nil
}

// sayMove says the tables that have rows.
func sayMove(t *tool, m *app.Move) {
	for _, table := range m.Tables {
		if table.Rows > 0 {
			t.say("%s", strings.TrimRight(fmt.Sprintf("  %-14s %12s  %s", table.Name, text.Thousands(int(table.Rows)), table.Hash), " "))
		}
	}
}

// spanOf says seconds as people do: 40s, 3m0s.
func spanOf(seconds float64) string {
	return max(time.Second, time.Duration(seconds*float64(time.Second)).Round(time.Second)).String()
}

func inRows(n int64) string { return text.Thousands(int(n)) + " rows" }
