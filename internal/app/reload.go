package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/store"
)

// pollEvery is how often the config's files are looked at. A file watcher
// misses the symlink swaps of Kubernetes and editors; polling sees them all.
const pollEvery = 5 * time.Second

// Reload reads the config again and puts it in force. A bad one changes
// nothing but the log, the metric, the status and a word to the ops channel.
func (a *App) Reload(ctx context.Context) error {
	notifySystemd(a.log, daemon.SdNotifyReloading+"\n"+daemon.SdNotifyMonotonicUsec())
	defer notifySystemd(a.log, daemon.SdNotifyReady)
	ctx = context.WithoutCancel(ctx) // whoever asked may not wait
	old := a.cfg.Load()
	cfg, err := config.Load(old.Path, a.opt.Getenv)
	if err == nil {
		err = emptied(old, cfg)
	}
	if err != nil {
		a.refuse(ctx, err)
		return fmt.Errorf("reload: the last good config stays in force: %w", err)
	}
	if err := a.adopt(ctx, cfg, pipeline.Reload); err != nil {
		a.metrics.ConfigReload(false)
		a.log.Error("config could not be put in force, the one before stays", "error", err)
		return fmt.Errorf("reload: %w", notAdoptedError{err})
	}
	a.accept(ctx)
	a.warnFixed(old, cfg)
	a.log.Info("config loaded", "sources", len(cfg.Sources), "rules", cfg.Rules.Len(), "hash", cfg.Hash[:12])
	return nil
}

// emptied finds what a config lacks altogether that the one before it has: a full
// disk or an interrupted copy leaves an empty file, which is a config without a
// mistake that watches nothing.
func emptied(old, cfg *config.Config) error {
	for _, part := range []struct {
		what     string
		had, has bool
	}{
		{"sources", len(old.Sources) > 0, len(cfg.Sources) > 0},
		{"rules", old.Rules.Len() > 0, cfg.Rules.Len() > 0},
		{"slack.token", old.Slack.Configured, cfg.Slack.Configured},
	} {
		if part.had && !part.has {
			return fmt.Errorf("%s: it has no %s any more: was it emptied? If that is meant, restart copytaster", cfg.Path, part.what)
		}
	}
	return nil
}

// notAdoptedError is a config that is right, but could not be put in force.
type notAdoptedError struct{ error }

// Unwrap returns the cause.
func (e notAdoptedError) Unwrap() error { return e.error }

// refuse says that the files on disk are not in force; the ops channel hears
// of it once for each different reason.
func (a *App) refuse(ctx context.Context, cause error) {
	a.metrics.ConfigReload(false)
	why := cause.Error()
	if was := a.refusal.Swap(&why); *was == why {
		return
	}
	a.log.Error("config refused, the last good one stays in force", "error", cause)
	a.say(ctx, why, "The changed config is wrong, the last good one stays in force:\n"+why)
}

func (a *App) accept(ctx context.Context) {
	none := ""
	if was := a.refusal.Swap(&none); *was != "" {
		a.say(ctx, "", "The config is right again and in force.")
	}
}

// say keeps why the config is not in force for the status, and tells the ops
// channel.
func (a *App) say(ctx context.Context, why, text string) {
	if err := a.store.Settings.Save(ctx, map[string]string{store.SettingConfigError: why}); err != nil {
		a.log.Error("the config's state cannot be kept", "error", err)
	}
	if err := a.pipeline.Tell(ctx, text); err != nil {
		a.log.Error("the ops channel cannot be told", "error", err)
	}
}

// warnFixed names the settings that only a restart can change.
func (a *App) warnFixed(old, cfg *config.Config) {
	for name, changed := range map[string]bool{
		"storage":       old.Storage != cfg.Storage,
		"listen":        old.Listen != cfg.Listen,
		"crawl.workers": old.Crawl.Workers != cfg.Crawl.Workers,
	} {
		if changed {
			a.log.Warn("setting changed, it takes effect at the next start", "setting", name)
		}
	}
}

// watch reloads on a hangup signal, and when the files have changed and have
// stayed the same for two polls: an editor may be half way through a save.
func (a *App) watch(ctx context.Context) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	tried, seen := a.cfg.Load().Hash, ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.opt.Hangup:
			hash := config.Hash(a.cfg.Load().Path, a.opt.Getenv)
			if a.tryReload(ctx) {
				tried = hash
			}
		case <-ticker.C:
			hash := config.Hash(a.cfg.Load().Path, a.opt.Getenv)
			if hash != tried && hash == seen && a.tryReload(ctx) {
				tried = hash
			}
			seen = hash
		}
	}
}

// tryReload reloads, and reports whether that settled the matter: a config is
// in force or refused. It has said so; else it is worth another try.
func (a *App) tryReload(ctx context.Context) (settled bool) {
	err := a.Reload(ctx)
	return !errors.As(err, new(notAdoptedError))
}
