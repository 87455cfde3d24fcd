package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
)

// reader opens the store of the config in force for reading.
func (t *tool) reader(ctx context.Context) (*config.Config, *app.Reader, error) {
	cfg, err := t.inForce(ctx)
	if err == nil {
		err = t.require(cfg, config.UseStorage)
	}
	if err != nil {
		return nil, nil, err
	}
	r, err := app.OpenReader(ctx, t.logger(slog.LevelWarn), cfg)
	return cfg, r, err
}

// view opens the daemon's work for reading, through its store. Where the store may
// not be read, or is not known, it asks the daemon.
func (t *tool) view(ctx context.Context) (*config.Config, app.View, error) {
	cfg, err := t.inForce(ctx)
	if err != nil {
		return nil, nil, err
	}
	if wrong := missing(cfg, config.UseStorage); wrong != nil {
		if c, ok := app.Dial(ctx, cfg, t.env); ok {
			return cfg, c, nil
		}
		return nil, nil, t.complain(cfg.Path, wrong)
	}
	v, err := app.OpenView(ctx, t.logger(slog.LevelWarn), cfg, t.env)
	return cfg, v, err
}

// daemon is what a running daemon does on command. When none runs, an app in this
// process does the same.
type daemon interface {
	Retry(ctx context.Context, delivery int64, channel string) error
	Drop(ctx context.Context, delivery int64) error
	Apart(ctx context.Context, link, by string, undo bool) (app.Parted, error)
	Snooze(ctx context.Context, o app.SnoozeOrder) (app.Snoozed, error)
	Unsnooze(ctx context.Context, id int64, by string) error
	Recall(ctx context.Context, o app.RecallOrder) (app.Recalled, error)
	Pause(ctx context.Context, o app.PauseOrder) (app.Paused, error)
	Resume(ctx context.Context, channel, by string) ([]app.Paused, error)
}

var (
	_ daemon = (*app.Client)(nil)
	_ daemon = (*app.App)(nil)
)

// withDaemon lets the running daemon act, or opens the store when none runs.
func (t *tool) withDaemon(ctx context.Context, cfg *config.Config, act func(daemon) error) (running bool, err error) {
	if client, ok := app.Dial(ctx, cfg, t.env); ok {
		return true, act(client)
	}
	return false, t.withApp(ctx, cfg, func(a *app.App) error { return act(a) })
}

// withApp acts on the store itself.
func (t *tool) withApp(ctx context.Context, cfg *config.Config, act func(*app.App) error) error {
	if !isWhole(cfg) {
		return errors.New("the daemon is gone, and the config is wrong")
	}
	if err := t.require(cfg, config.UseStorage); err != nil {
		return err
	}
	opt := app.Options{Config: cfg, Getenv: t.env, Visit: true}
	opt.Output, opt.Color = t.alerts()
	a, err := app.New(ctx, t.logger(slog.LevelError), opt)
	if err != nil {
		return fmt.Errorf("no daemon takes commands: %w", err)
	}
	return errors.Join(act(a), a.Close())
}
