package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/web/pages"
	"github.com/copytaster/copytaster/notify/terminal"
)

// running is what `run` was asked for.
type running struct {
	once, dryRun, lastGood bool
	restored               bool
	timeout                time.Duration
	level                  slog.LevelVar
}

func runVerb(t *tool) *cobra.Command {
	var r running
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run the daemon, or go once through all sources",
		Long: `Run the daemon until SIGTERM or Ctrl-C; a second signal ends it at once. SIGHUP,
POST /-/reload and a changed file reload the config; a wrong one never replaces
a good one. Without slack.token alerts go to the terminal and count as sent.`,
		Args: cobra.NoArgs,
	}
	f := cmd.Flags()
	f.BoolVar(&r.once, "once", false, "crawl every source once and deliver everything: exit 0 when nothing is left")
	f.BoolVar(&r.dryRun, "dry-run", false, "work on a throwaway copy of the store: alerts to the terminal, nothing sent or remembered")
	f.BoolVar(&r.lastGood, "last-good", false, "when the config is wrong, start on the last good one that the store keeps")
	f.BoolVar(&r.restored, "restored", false, "the store was restored from a backup: look for everything in Slack before it is sent (most restores are noticed)")
	f.DurationVar(&r.timeout, "timeout", 5*time.Minute, "longest time that --once may take")
	f.TextVar(&r.level, "log-level", &slog.LevelVar{}, "DEBUG, INFO, WARN or ERROR")
	cmd.RunE = func(c *cobra.Command, _ []string) error {
		switch {
		case c.Flags().Changed("timeout") && !r.once:
			return errors.New("--timeout goes with --once")
		case c.Flags().Changed("format") && !r.once:
			return errors.New("--format goes with --once")
		case r.once && !c.Flags().Changed("log-level"):
			r.level.Set(slog.LevelWarn)
		}
		t.begun = true
		return runDaemon(c.Context(), t, &r)
	}
	t.addFormat(cmd)
	return cmd
}

func runDaemon(ctx context.Context, t *tool, r *running) (err error) {
	log := t.logger(&r.level)
	cfg, err := loadToRun(ctx, t, log, r)
	if err != nil {
		return err
	}
	for _, w := range cfg.Warnings {
		var mend []any
		if w.Hint != "" {
			mend = []any{"hint", w.Hint}
		}
		log.Warn(w.Error(), mend...) //nolint:sloglint // the warning is the message
	}
	if wrong := cfg.CheckStorage(t.env); len(wrong) > 0 && !r.dryRun {
		return t.complain(cfg.Path, wrong)
	}
	opt := app.Options{Config: cfg, Getenv: t.env, Serve: true, Watch: true, Restored: r.restored, Pages: pages.New}
	opt.Output, opt.Color = t.alerts()
	if r.dryRun {
		dir, err := os.MkdirTemp("", "copytaster-dry-run-")
		if err != nil {
			return fmt.Errorf("prepare dry run: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		if err := prepareDryRun(ctx, t.output, log, &opt, dir); err != nil {
			return err
		}
	}
	if r.once {
		opt.Serve, opt.Watch, opt.Pages = false, false, nil
		return runOnce(ctx, t.output, log, opt, r)
	}
	stop := hangups(&opt)
	defer stop()
	a, err := app.New(ctx, log, opt)
	if err != nil {
		return explainAddress(err, "set `listen` to a free address, or to \"\"")
	}
	return errors.Join(a.Run(ctx), a.Close())
}

// uses returns the parts of the config that a run uses, nil for all of them. A dry
// run neither posts nor listens.
func (r *running) uses() []config.Use {
	if !r.dryRun {
		return nil
	}
	return []config.Use{
		config.UseStorage, config.UseTimezone, config.UseRetention, config.UseCrawl, config.UseAlerts, config.UseSources,
	}
}

// loadToRun loads the config, or the last good one when that was asked for.
func loadToRun(ctx context.Context, t *tool, log *slog.Logger, r *running) (*config.Config, error) {
	uses := r.uses()
	if !r.lastGood {
		return t.load(uses...)
	}
	path, err := t.find()
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(path, t.env, uses...)
	if err == nil {
		return cfg, nil
	}
	complaint := t.complain(path, err)
	cfg, err = app.LastGood(ctx, log, path, t.env, uses...)
	if err != nil {
		return nil, errors.Join(complaint, err)
	}
	log.Error("the config is wrong: starting on the last good one", "error", complaint, "hash", cfg.Hash[:12])
	return cfg, nil
}

// prepareDryRun turns a run into a dry one.
func prepareDryRun(ctx context.Context, out *output, log *slog.Logger, opt *app.Options, dir string) error {
	cfg, err := app.Rehearsal(ctx, log, opt.Config, dir)
	if err != nil {
		return err
	}
	opt.Config, opt.Serve, opt.Watch, opt.Pages = cfg, false, false, nil
	opt.Sender = terminal.New(opt.Output, opt.Color)
	out.note("dry run: on a throwaway copy of what the store has seen; alerts appear here, nothing is sent or remembered")
	return nil
}

// hangups lets SIGHUP reload the config.
func hangups(opt *app.Options) (stop func()) {
	signals, reload, done := make(chan os.Signal, 1), make(chan struct{}, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	opt.Hangup = reload
	go func() {
		for {
			select {
			case <-signals:
				select {
				case reload <- struct{}{}:
				default: // a reload is asked for already
				}
			case <-done:
				return
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(done)
	}
}

// explainAddress adds what to do when an address is taken.
func explainAddress(err error, hint string) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return withHint(err, "%s", hint)
	}
	return err
}
