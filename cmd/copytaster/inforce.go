package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/probe"
)

// inForce returns the config that a command about the work of the daemon goes
// by. When the files on disk are wrong that is the last good one, which the
// store keeps and the daemon follows; one line on err says what is wrong. When
// that cannot be read either, but a daemon runs, only Path and Storage of the
// config are set: what it is asked to do is then the daemon's to judge.
func (t *tool) inForce(ctx context.Context) (*config.Config, error) {
	path, err := t.find()
	if err != nil {
		return nil, err
	}
	cfg, wrong := config.Load(path, t.env, config.UseRules)
	if wrong == nil {
		return cfg, nil
	}
	if cfg, err = app.LastGood(ctx, t.logger(slog.LevelError), path, t.env, config.UseRules); err != nil {
		storage, _ := config.StorageOf(path, t.env) // "" when it cannot be told
		cfg = &config.Config{Path: path, Storage: storage}
		if _, running := app.Dial(ctx, cfg, t.env); !running {
			return nil, t.complain(path, wrong)
		}
	}
	t.note("the config on disk is wrong, the last good one is used: %s", probe.InShort(wrong))
	return cfg, nil
}

// isWhole reports whether a config is more than where its daemon is found.
func isWhole(cfg *config.Config) bool { return cfg.Rules != nil }

// require fails, and says why on err, when something outside the config's files
// is missed by the parts that are used.
func (t *tool) require(cfg *config.Config, uses ...config.Use) error {
	if err := missing(cfg, uses...); err != nil {
		return t.complain(cfg.Path, err)
	}
	return nil
}

// missing is the error of what the parts that are used miss.
func missing(cfg *config.Config, uses ...config.Use) error {
	if !isWhole(cfg) && cfg.Storage == "" && slices.Contains(uses, config.UseStorage) {
		return errors.New("open store: which one it is cannot be told as long as the config is wrong")
	}
	return cfg.Require(uses...)
}

// unknownName says that nothing of a kind has a name, with the name that was
// most likely meant, else where to find the names.
func unknownName(kind, name string, known []string, where string) error {
	for _, k := range known {
		if strings.EqualFold(k, name) {
			where = "did you mean `" + k + "`?"
		}
	}
	return withHint(usage("there is no %s %q", kind, name), "%s", cmp.Or(config.DidYouMean(name, known), where))
}
